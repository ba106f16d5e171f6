# worker_shutdown_timeout: clients that hold a worker which is to go, and
# requests that wait for a slow disk then, over HTTP/1.1 and HTTP/2.  Their
# connections are closed, the worker goes, and what it took is recorded.  5 s.

use strict;
use warnings;

use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(time);
use Retention::Fixture;
use Retention::Faults;
use Retention::Http2;
use Retention::Test;

my $FOREVER = 1_000_000_000;
my $FLUSH_MS = 600;             # that a flush takes longer
my $TIMEOUT_MS = 200;
my $GONE_S = 5;
my $EACH = 10;                  # clients of a kind
my $ROUNDS = 3;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my $faults = Retention::Faults->new($t, $shop);
my ($row) = $shop->rows;
my %conf = (workers => 1, main => "worker_shutdown_timeout ${TIMEOUT_MS}ms;\n", server => "listen unix:%%DIR%%/h2 http2;\n");
my $event = '{"kind":"checkout","customer":"c1"}';
my $head = "POST /e HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " . $shop->key . "\r\nContent-Length: " . length($event) . "\r\n\r\n";
my $pixel = 'GET ' . $shop->path($row->{pixel_url}) . " HTTP/1.1\r\nHost: a\r\n\r\n";

sub client {
    my ($bytes) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) or die;

    syswrite $socket, $bytes;

    return $socket;
}

sub streams {
    my $h2 = Retention::Http2->connect($t->path('h2'));

    for my $i (0 .. $EACH - 1) {
        $h2->headers(2 * $i + 1, 'POST', '/e', body => length $event, headers => { authorization => 'Bearer ' . $shop->key });
        $h2->data(2 * $i + 1, $event, 1) if $i % 2;
    }

    $h2->flush;

    return $h2;
}

$faults->start(%conf);

for my $round (1 .. $ROUNDS) {
    $faults->arm('fdatasync', 1, $FOREVER, -$FLUSH_MS);

    my @clients = (map({ client($_) } ($head . substr($event, 0, 9)) x $EACH, ($head . $event) x $EACH, ($pixel) x $EACH), streams());

    $t->wait_for(sub { $shop->status->{queue_length} >= 2 * $EACH }, 'they wait for the disk');

    my $begun = time;

    $t->nginx_reload;
    cmp_ok(time - $begun, '<', $GONE_S, 'the old worker is gone');
    $faults->arm('none', 0, 0, 0);
    is($t->http('POST', '/e', close => 1, headers => { Authorization => 'Bearer ' . $shop->key }, body => $event)->{status}, 204, 'the new one takes events');
}

my $taken = 0;

$taken += $_->{human} for @{ $shop->status->{events} }{qw(open checkout)};
is(scalar(grep { /"kind": "(?:open|checkout)"/ } $shop->lines), $taken, "what was taken is recorded, $taken events");
cmp_ok($taken, '>=', $ROUNDS * 2 * $EACH, 'of those that left as well');

done_testing;
