# Clients that send half a request or leave before the answer: their
# connections are closed, and nobody else notices.  3 s.

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $EACH = 100;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row) = $shop->rows;

$t->nginx_start($shop->conf);

my $pixel = $shop->path($row->{pixel_url});
my $visit = $shop->sign($row->{customer_id}, '--visit');
my $key = $shop->key;
my $body = qq({"kind":"view","token":"$visit"});
my $order = '{"order_id":"a","amount":"50.00","currency":"EUR"}';
my $host = "Host: shop.example\r\n";
my $post = "POST /e HTTP/1.1\r\n${host}Content-Length: " . length($body) . "\r\n\r\n";
my $redeem = "POST /coupons/$row->{coupon}/redeem HTTP/1.1\r\n${host}Authorization: Bearer $key\r\nContent-Length: " . length($order) . "\r\n\r\n";

# name, what is sent, whether it may be recorded
my @leavers = (
    ['nothing', '', 0],
    ['half a request line', 'GET /o/', 0],
    ['half a head', "GET $pixel HTTP/1.1\r\nHost: sh", 0],
    ['half a body', $post . substr($body, 0, 20), 0],
    ['a body that never comes', $post, 0],
    ['half a body of a redemption', $redeem . substr($order, 0, 20), 0],
    ['a pixel', "GET $pixel HTTP/1.1\r\n$host\r\n", 1],
    ['many pixels at once', "GET $pixel HTTP/1.1\r\n$host\r\n" x 20, 1],
    ['a post', $post . $body, 1],
    ['a redemption', $redeem . $order, 1],
    ['an unsubscription', 'POST ' . $shop->path($row->{unsubscribe_url}) . " HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n", 1],
);

sub fds {
    my ($worker) = $t->workers;

    return scalar(() = glob "/proc/$worker/fd/*");
}

$t->http('GET', '/gif');

my $before = fds();
my $recorded = 0;

for my $leaver (@leavers) {
    my ($name, $bytes, $may_record) = @$leaver;

    for my $i (1 .. $EACH) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) or die;

        syswrite $socket, $bytes;

        # every second leaves with a reset

        setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) if $i % 2;
        close $socket;
    }

    ok(eval { $t->wait_for(sub { fds() <= $before }, 'connections are closed', 5) }, "$EACH clients leave after $name: connections are closed");

    my $events = $shop->events;

    $may_record ? cmp_ok($events, '>=', $recorded, 'what was asked may be recorded')
                : is($events, $recorded, 'nothing is recorded');
    $recorded = $events;
}

ok(eval { $t->wait_for(sub { $shop->status->{queue_length} == 0 }, 'the queue is empty', 5) }, 'nobody is waited for');

my $taken = 0;
my $counts = $shop->status->{events};

$taken += $counts->{$_}{human} for qw(open view);
is(scalar(grep { $_->{kind} =~ /^(?:open|view)$/ } $shop->events), $taken, 'as many events as were taken');
is(scalar(grep { $_->{kind} eq 'unsubscribe' } $shop->events), 1, 'one unsubscription');
is($t->http('GET', $pixel)->{status}, 200, 'others are served');
is(scalar(() = $t->workers), 1, 'by the worker that was there');

done_testing;
