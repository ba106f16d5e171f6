# Four busy workers, six times for ten seconds.  1 minute; alone on the
# machine, since what else runs is measured too.

use strict;
use warnings;

use Test::More;
use Retention::Fairness;
use Retention::Fixture;
use Retention::Sum;
use Retention::Test;

for my $round (1 .. $ENV{TORTURE_FAIRNESS} || 6) {
    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 200);
    my $fairness = Retention::Fairness->new($t, $shop);

    $fairness->run(10);

    my $sums = $fairness->sums;

    is($sums->{late}, 0, 'none waits over 0.1 s for the lock');
    sum_line('fairness: %d s, %d records, %s %% of them by each worker; %d batches, %d waited over 0.1 s; %d commits, %d over 0.05 s; answers: p99 %.1f ms, at most %.1f ms',
             @{$sums}{qw(seconds records)}, join(' ', map { sprintf '%.1f', $_ } @{ $sums->{shares} }), @{$sums}{qw(batches late commits slow p99_ms most_ms)});
}

done_testing;
