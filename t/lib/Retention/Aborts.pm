package Retention::Aborts;

# Clients that leave at any phase of a request, over HTTP/1.1 and HTTP/2,
# while the disk is slow enough that they are waited for.
#
#     my $aborts = Retention::Aborts->new($t, $shop);
#
#     $aborts->run(20_000);      tests; so many requests are aborted
#     $aborts->sums;             aborted, clients, phases, fds and kb (before
#                                 and after)

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(SHUT_WR SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(sleep);
use Retention::Faults;
use Retention::Http2;

my $WORKERS = 2;
my $FLUSH_MS = 4;               # that a flush takes longer
my $FOREVER = 1_000_000_000;
my $PIPELINED = 100;
my $STREAMS = 25;               # of a connection of HTTP/2
my $CLOSED_S = 10;              # until the last connection is closed
my $GROWTH_KB = 8192;           # of all workers' heaps, at their fullest

# nginx (1.22) keeps a connection that was reset while it discarded the rest of
# a body after the answer, until this time is over.

my $HTTP = "keepalive_timeout 1s;\n";

my $SERVER = <<'END';
listen unix:%%DIR%%/h2 http2;
location = /stub { stub_status; }
END


sub new {
    my ($class, $t, $shop) = @_;

    my $self = bless {
        t      => $t,
        shop   => $shop,
        faults => Retention::Faults->new($t, $shop),
        rows   => [ $shop->rows ],
        host   => "Host: shop.example\r\n",
        sums   => { aborted => 0, clients => 0 },
    }, $class;

    $self->{auth} = 'Bearer ' . $shop->key;

    return $self;
}

sub sums { return $_[0]{sums} }


# What is asked for, whole: method, path, body.

sub _requests {
    my ($self) = @_;

    my $shop = $self->{shop};
    my $row = $self->{rows}[rand @{ $self->{rows} }];
    my $event = '{"kind":"checkout","customer":"c1","order_id":"a"}';
    my $order = qq({"order_id":"$row->{coupon}","amount":"50.00","currency":"EUR"});

    return (
        ['GET', $shop->path($row->{pixel_url})],
        ['GET', $shop->path($row->{link_shop})],
        ['POST', '/e', $event],
        ['POST', '/e', '[' . join(',', ($event) x 100) . ']'],
        ['GET', "/coupons/$row->{coupon}"],
        ['POST', "/coupons/$row->{coupon}/redeem", $order],
        ['GET', $shop->path($row->{unsubscribe_url})],
        ['POST', $shop->path($row->{unsubscribe_url}), 'List-Unsubscribe=One-Click'],
    );
}

sub _any {
    my ($self, @methods) = @_;

    my @requests = grep { my $r = $_; !@methods || grep { $_ eq $r->[0] } @methods } $self->_requests;

    return @{ $requests[rand @requests] };
}

sub _bytes {
    my ($self, $method, $path, $body, $more) = @_;

    my $len = defined $body ? 'Content-Length: ' . length($body) . "\r\n" : '';

    return "$method $path HTTP/1.1\r\n$self->{host}Authorization: $self->{auth}\r\n" . ($more // $len) . "\r\n" . ($body // '');
}

# Not the whole of it.

sub _cut {
    my ($bytes) = @_;

    return substr $bytes, 0, 1 + int rand(length($bytes) - 1);
}


# HTTP/1.1: name, what is sent, what is done then.

my @ONE = (
    ['after connecting', sub { '' }],
    ['in the request line', sub { _cut('GET /o/' . 'x' x 36) }],
    ['in the head', sub { _cut($_[0]->_bytes($_[0]->_any('GET'))) }],
    ['before the body', sub { $_[0]->_bytes(($_[0]->_any('POST'))[0, 1], undef, "Content-Length: 50\r\n") }],
    ['in the body', sub { my @r = $_[0]->_any('POST'); $_[0]->_bytes(@r[0, 1], _cut($r[2]), 'Content-Length: ' . length($r[2]) . "\r\n") }],
    ['in a chunked body', sub { $_[0]->_bytes('POST', '/e', _cut("5\r\n{\"kin\r\n5\r\nd\":\"c\r\n"), "Transfer-Encoding: chunked\r\n") }],
    ['after the request', sub { $_[0]->_bytes($_[0]->_any) }],
    ['waiting for the commit', sub { $_[0]->_bytes($_[0]->_any) }, sub { sleep rand 2 * $FLUSH_MS / 1000 }],
    ['waiting, with its half closed', sub { $_[0]->_bytes($_[0]->_any) }, sub { shutdown $_[1], SHUT_WR; sleep rand $FLUSH_MS / 1000 }],
    ['with many requests on the way', sub { join '', map { $_[0]->_bytes($_[0]->_any) } 1 .. $PIPELINED }],
    ['in the answer', sub { join '', map { $_[0]->_bytes($_[0]->_any) } 1 .. $PIPELINED }, sub { sysread $_[1], my $buffer, 20 }],
);

sub _one {
    my ($self, $send, $then) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{t}->port) or die "cannot connect: $!\n";

    local $SIG{PIPE} = 'IGNORE';

    syswrite $socket, $send->($self);
    $then->($self, $socket) if $then;

    # every second leaves with a reset

    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0) if $self->{sums}{clients} % 2;
    close $socket;

    return 1;
}


# HTTP/2: name, the window for answers, and what is done with each stream; all
# streams of a connection are left alone when it is closed.

my @TWO = (
    ['streams after their request', undef, sub { }],
    ['streams reset at once', undef, sub { $_[1]->reset($_[2]) }],
    ['streams reset while they wait', undef, sub { $_[1]->flush; sleep rand 0.001; $_[1]->reset($_[2]) }],
    ['streams that take no answer', 0, sub { }],
    ['streams that take half an answer, and reset', 20, sub { $_[1]->flush; sleep rand 0.001; $_[1]->reset($_[2]) if $_[2] % 4 == 1 }],
    ['streams in their body', undef, undef],
    ['a head that does not end', undef, undef, 1],
);

sub _two {
    my ($self, $window, $then, $is_cut) = @_;

    my $h2 = Retention::Http2->connect($self->{t}->path('h2'), defined $window ? (window => $window) : ());
    my @streams = map { 2 * $_ + 1 } 0 .. ($is_cut ? 0 : $STREAMS - 1);

    for my $stream (@streams) {
        my ($method, $path, $body) = $then ? $self->_any : $self->_any('POST');

        $h2->headers($stream, $method, $path, headers => { authorization => $self->{auth} }, cut => $is_cut,
                     defined $body ? (body => length $body) : ());
        next if $is_cut;

        if ($then) {
            $h2->data($stream, $body, 1) if defined $body;
            $then->($self, $h2, $stream);

        } else {
            $h2->data($stream, _cut($body)) if rand > 0.3;
            $h2->reset($stream) if rand > 0.5;
        }
    }

    $h2->flush;
    sleep rand $FLUSH_MS / 1000 if rand > 0.5;
    $h2->leave;

    return scalar @streams;
}


sub run {
    my ($self, $count) = @_;

    my ($t, $sums) = @{$self}{qw(t sums)};

    $self->{faults}->start(workers => $WORKERS, server => $SERVER, http => $HTTP);

    # what connections and threads need first

    $self->_leave(@$_, 0) for $self->_phases;
    $self->_settle('a few of each');
    $sums->{kb}[0] = $self->_kb;
    $self->{before} = $self->_fds;

    my @workers = $t->workers;
    my @phases = $self->_phases;
    my $each = int($count / @phases) + 1;

    for my $phase (@phases) {
        my $begun = $sums->{aborted};

        $self->_leave(@$phase, $each);
        $self->_settle(($sums->{aborted} - $begun) . " clients leave $phase->[0]");
    }

    $sums->{phases} = @phases;
    $sums->{kb}[1] = $self->_kb;

    is(join(' ', $t->workers), "@workers", 'the same workers are there');
    cmp_ok($sums->{kb}[1] - $sums->{kb}[0], '<=', $GROWTH_KB, "they have not grown: $sums->{kb}[0] kB, $sums->{kb}[1] kB") if !$ENV{RETENTION_PRELOAD};
    $self->_verify;
}

sub _phases {
    my ($self) = @_;

    return (map { my ($name, @how) = @$_; [$name, sub { $self->_one(@how) }] } @ONE),
           (map { my ($name, @how) = @$_; [$name, sub { $self->_two(@how) }] } @TWO);
}

sub _leave {
    my ($self, $name, $leave, $count) = @_;

    my $sums = $self->{sums};
    my $until = $sums->{aborted} + $count;

    $self->{faults}->arm('fdatasync', 1, $FOREVER, -$FLUSH_MS);

    do {
        $sums->{aborted} += $leave->();
        $sums->{clients}++;
    } while ($sums->{aborted} < $until);

    $self->{faults}->arm('none', 0, 0, 0);
}


# All connections are closed but the one that asks, and nobody is waited for.

sub _settle {
    my ($self, $name) = @_;

    my $t = $self->{t};
    my $stub = '';

    ok(eval {
        $t->wait_for(sub {
            $stub = $t->http('GET', '/stub', close => 1)->{body};

            return $stub =~ /^Active connections: 1 \n/ && $stub =~ /Reading: 0 Writing: 1 Waiting: 0/
                && $self->{shop}->status->{queue_length} == 0
                && $self->_fds <= ($self->{before} // 1_000_000);
        }, 'it is quiet', $CLOSED_S);
    }, "$name: connections are closed") or diag($stub, ' ', $self->_fds, " descriptors, $self->{before} before");
}

# Of all workers; the connection that asks for the status is kept.

sub _fds {
    my ($self) = @_;

    $self->{t}{http}->close if $self->{t}{http};

    return scalar map { glob "/proc/$_/fd/*" } $self->{t}->workers;
}

sub _kb {
    my ($self) = @_;

    my $sum = 0;

    for my $pid ($self->{t}->workers) {
        my ($kb) = $self->{t}->read_file("/proc/$pid/status") =~ /^RssAnon:\s+(\d+) kB/m;

        $sum += $kb;
    }

    return $sum;
}

# Whoever left: what was taken is there, and others are served.

sub _verify {
    my ($self) = @_;

    my ($t, $shop) = @{$self}{qw(t shop)};
    my $counts = $shop->status->{events};
    my $taken = 0;

    delete $counts->{unsubscribe};
    $taken += $_ for map { values %$_ } values %$counts;

    my $recorded = grep { !/"source": "coupon"/ && !/"kind": "unsubscribe"/ } $shop->lines;

    is($recorded, $taken, 'as many events as were taken');

    my $h2 = Retention::Http2->connect($t->path('h2'));

    $h2->headers(2 * $_ + 1, 'GET', $shop->path($self->{rows}[0]{pixel_url})) for 0 .. $STREAMS - 1;

    my $answers = $h2->answers($STREAMS, 5);

    is(scalar(grep { /^\x88/ } values %$answers), $STREAMS, 'others are served, over HTTP/2');
    is($t->http('GET', $shop->path($self->{rows}[0]{link_shop}))->{status}, 302, 'and over HTTP/1.1');
    $h2->leave;
}

1;
