# Twenty reloads and a new key under load: every answer is the expected one,
# and recorded.  The short form of t/torture/reload.t.  8 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Reloads;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 2_000);

Retention::Reloads->new($t, $shop)->run(20);

done_testing;
