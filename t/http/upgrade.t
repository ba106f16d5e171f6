# Three upgrades of nginx's program under load, one of them taken back.  The
# short form of t/torture/upgrade.t.  4 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;
use Retention::Upgrades;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 2_000);

Retention::Upgrades->new($t, $shop)->run(3);

done_testing;
