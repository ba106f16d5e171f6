# Four busy workers for two seconds: each gets its share of the commits.  The
# short form of t/torture/fairness.t.  4 s.

use strict;
use warnings;

use Test::More;
use Retention::Fairness;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 200);

Retention::Fairness->new($t, $shop)->run(2);

done_testing;
