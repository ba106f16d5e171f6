# Fifty upgrades of nginx's program under load.  1 minute.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Sum;
use Retention::Test;
use Retention::Upgrades;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 20_000);
my $upgrades = Retention::Upgrades->new($t, $shop);

$upgrades->run($ENV{TORTURE_UPGRADES} || 50);

sum_line('upgrades: %d, %d of them taken back; %d of %d connections unanswered; %d events and %d redemptions acknowledged, %d missing, %d twice',
         @{ $upgrades->sums }{qw(upgrades taken_back failed requests acked redeemed missing twice)});

done_testing;
