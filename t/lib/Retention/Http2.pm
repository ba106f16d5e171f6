package Retention::Http2;

# The frames of HTTP/2, for clients that do not behave: RFC 9113, sent as the
# test says.  Header fields go as literals without a table (RFC 7541, 6.2.2).
#
#     my $h2 = Retention::Http2->connect($path);      a Unix socket
#
#     $h2->headers(1, 'GET', '/o/x.gif');             stream 1, ended
#     $h2->reset(1);
#     $h2->leave;
#
# What is written is sent at `flush` or `leave`.

use strict;
use warnings;

use IO::Select;
use IO::Socket::UNIX;
use Time::HiRes qw(time);

my $PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
my $CANCEL = 8;                 # the error of a stream nobody wants any more

my %TYPES = (DATA => 0, HEADERS => 1, RST_STREAM => 3, SETTINGS => 4,
             GOAWAY => 7, WINDOW_UPDATE => 8, CONTINUATION => 9);

my %FLAGS = (end_stream => 1, end_headers => 4);


# Options: window, the bytes of an answer's body that it takes (65,535).

sub connect {
    my ($class, $path, %opt) = @_;

    my $socket = IO::Socket::UNIX->new(Peer => $path)
        or die "cannot connect to '$path': $!\n";
    my $self = bless { socket => $socket, out => $PREFACE, in => '' }, $class;

    # SETTINGS_INITIAL_WINDOW_SIZE

    $self->frame('SETTINGS', 0, 0, defined $opt{window} ? pack('nN', 4, $opt{window}) : '');

    return $self;
}

sub frame {
    my ($self, $type, $flags, $stream, $payload) = @_;

    $self->{out} .= substr(pack('N', length $payload), 1)
        . pack('CCN', $TYPES{$type}, $flags, $stream) . $payload;
}


# A string of HPACK: its length in a prefix of 7 bits, and itself.

sub _string {
    my ($text) = @_;

    my $len = length $text;

    return chr($len) . $text if $len < 127;

    my $bytes = chr 127;

    for ($len -= 127; $len >= 128; $len >>= 7) {
        $bytes .= chr(128 + $len % 128);
    }

    return $bytes . chr($len) . $text;
}

# Options: body (bytes to come: the stream stays open), headers (a hash), cut
# (the block is not ended).

sub headers {
    my ($self, $stream, $method, $path, %opt) = @_;

    my %more = (%{ $opt{headers} || {} },
                defined $opt{body} ? ('content-length' => $opt{body}) : ());
    my $block = join '', map { "\0" . _string($_->[0]) . _string($_->[1]) }
        [':method', $method], [':scheme', 'http'],
        [':authority', 'shop.example'], [':path', $path],
        map { [$_, $more{$_}] } sort keys %more;

    $self->frame('HEADERS', ($opt{cut} ? 0 : $FLAGS{end_headers})
                 + (defined $opt{body} ? 0 : $FLAGS{end_stream}), $stream, $block);
}

sub data {
    my ($self, $stream, $bytes, $is_last) = @_;

    $self->frame('DATA', $is_last ? $FLAGS{end_stream} : 0, $stream, $bytes);
}

sub reset {
    my ($self, $stream) = @_;

    $self->frame('RST_STREAM', 0, $stream, pack 'N', $CANCEL);
}


# The server may be gone already: that is no fault of a client that leaves.

sub flush {
    my ($self) = @_;

    local $SIG{PIPE} = 'IGNORE';

    while ($self->{out} ne '') {
        my $n = syswrite $self->{socket}, $self->{out};

        return 0 if !$n;

        substr $self->{out}, 0, $n, '';
    }

    return 1;
}

sub leave {
    my ($self) = @_;

    $self->flush;
    close $self->{socket};
}


# Reads until so many streams have ended, or some seconds; returns for each the
# block of its first HEADERS.

sub answers {
    my ($self, $count, $seconds) = @_;

    my $end = time + $seconds;
    my (%blocks, %ended);

    $self->flush;

    while (keys %ended < $count && time < $end) {
        next if !IO::Select->new($self->{socket})->can_read(0.1);
        last if !sysread $self->{socket}, $self->{in}, 65536, length $self->{in};

        while (my ($type, $flags, $stream, $payload) = $self->_take) {
            $blocks{$stream} //= $payload if $type == $TYPES{HEADERS};
            $ended{$stream} = 1 if $type <= $TYPES{HEADERS} && $flags & $FLAGS{end_stream};
        }
    }

    return { map { ($_ => $blocks{$_}) } keys %ended };
}

sub _take {
    my ($self) = @_;

    return if length $self->{in} < 9;

    my $len = unpack 'N', "\0" . substr $self->{in}, 0, 3;

    return if length $self->{in} < 9 + $len;

    my ($type, $flags, $stream) = unpack 'CCN', substr $self->{in}, 3, 6;
    my $payload = substr $self->{in}, 9, $len;

    substr $self->{in}, 0, 9 + $len, '';

    return ($type, $flags, $stream, $payload);
}

1;
