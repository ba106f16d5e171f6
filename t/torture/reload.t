# A thousand reloads under load.  5 minutes.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Reloads;
use Retention::Sum;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 20_000);
my $reloads = Retention::Reloads->new($t, $shop);

$reloads->run($ENV{TORTURE_RELOADS} || 1000);

my $sums = $reloads->sums;

sum_line('reloads: %d; unanswered: %d of %d new connections, %d of %d requests on kept ones, %d of %d of empty_gif; %d events acknowledged, %d missing, %d twice; master grown by %d kB, a worker by %d kB; s until the old workers were gone: %s',
         $sums->{reloads}, map({ reverse @{ $sums->{$_} } } qw(fresh kept gif)), @{$sums}{qw(acked missing twice)}, @{ $sums->{grown} }{qw(master worker)}, spread(@{ $sums->{took_s} }));

done_testing;
