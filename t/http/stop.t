# nginx is stopped under load, at once and gracefully: what was answered is on
# disk, whether the answer waited for it or not.  4 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;
use Retention::Traffic;

my $ROUNDS = 5;
my $COUNT = 4_000;             # what the queue holds


# at once, answered from the queue

{
    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t);
    my $conf = $shop->conf(workers => 2, server => "retention_ack queued;\n");
    my @requests = map { 'GET ' . $shop->path($_->{pixel_url}) } $shop->rows;
    my ($answers, $under_load) = (0, 0);

    for my $round (1 .. $ROUNDS) {
        $t->nginx_start($conf);

        my $load = $t->load_start(count => $COUNT, connections => 32, requests => \@requests);

        $t->wait_for(sub { -s "$load->{base}.results" }, 'the load has begun');
        $t->nginx_stop('TERM');
        $under_load += $t->load_running($load);
        $answers += $t->load_end($load)->{counts}{200} // 0;
    }

    cmp_ok($under_load, '>', 0, "stopped under load, $under_load times");
    cmp_ok(scalar $shop->lines, '>=', $answers, 'no event of an answer is missing');
}


# at once and gracefully, answered from disk

{
    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 2_000);
    my $traffic = Retention::Traffic->new($t, $shop);

    for my $signal (('QUIT', 'TERM') x $ROUNDS) {
        $t->nginx_start($shop->conf(workers => 2));
        $traffic->begin(kept => {}, fresh => { close => 1 });
        $t->nginx_stop($signal);
        $traffic->end;
    }

    $traffic->verify('stops');
    cmp_ok($traffic->sums->{acked}, '>', 10 * $ROUNDS, 'under load');
}

done_testing;
