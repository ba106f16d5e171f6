# 500 kill -9 of workers and of the whole server under load.  3 minutes.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Kills;
use Retention::Sum;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 20_000);
my $kills = Retention::Kills->new($t, $shop);

$kills->run($ENV{TORTURE_KILLS} || 500);

my $sums = $kills->sums;

sum_line('kill -9: %d cycles; %d events and %d redemptions acknowledged, %d missing, %d twice; %d servers recorded again after s: %s',
         @{$sums}{qw(cycles acked redeemed missing twice)}, scalar @{ $sums->{back_s} }, spread(@{ $sums->{back_s} }));

done_testing;
