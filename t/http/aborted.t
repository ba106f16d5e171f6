# A thousand clients that leave at any phase: their connections are closed,
# nobody else notices, and what was taken is recorded.  The short form of
# t/torture/aborted.t.  6 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Aborts;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 200);

Retention::Aborts->new($t, $shop)->run(1_000);

done_testing;
