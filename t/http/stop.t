# nginx is stopped at once, by TERM, while it works: what was answered from
# the queue is on disk all the same.  10 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $ROUNDS = 5;
my $COUNT = 4_000;             # what the queue holds

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my $conf = $shop->conf(workers => 2, server => "retention_ack queued;\n");
my @requests = map { 'GET ' . $shop->path($_->{pixel_url}) } $shop->rows;
my ($answers, $under_load) = (0, 0);

for my $round (1 .. $ROUNDS) {
    $t->nginx_start($conf);

    my $load = $t->load_start(count => $COUNT, connections => 32, requests => \@requests, seconds => 2);

    $t->wait_for(sub { -s "$load->{base}.results" }, 'the load has begun');
    $t->nginx_stop('TERM');
    $under_load += $t->load_running($load);
    $answers += $t->load_wait($load)->{counts}{200} // 0;
}

cmp_ok($under_load, '>', 0, "stopped under load, $under_load times");
cmp_ok(scalar $shop->lines, '>=', $answers, 'no event of an answer is missing');

done_testing;
