package Retention::Http;

# A small HTTP/1.1 client for the tests: what it sends is what the test says.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

my $WAIT_S = 20;


sub new {
    my ($class, $port) = @_;

    return bless { port => $port, buffer => '' }, $class;
}


# Keeps the connection for the next request.  The server may close one that
# waits; only then, before any byte of an answer, is a request sent again.

sub request {
    my ($self, $method, $path, %opt) = @_;

    my $bytes = $self->_format($method, $path, %opt);

    if ($opt{source}) {
        $self->close;
        $self->{source} = $opt{source};
    }

    for my $is_again (0, 1) {
        my $is_kept = defined $self->{socket};

        $self->_connect if !$is_kept;

        if ($self->_write($bytes) && $self->_fill) {
            last;
        }

        $self->close;

        die "no answer to $method $path\n" if !$is_kept || $is_again;
    }

    my $answer = $self->_read_answer($method);

    if ($opt{close} || $opt{source}
        || lc($answer->{headers}{connection} // '') eq 'close')
    {
        $self->close;
        delete $self->{source};
    }

    return $answer;
}

sub _format {
    my ($self, $method, $path, %opt) = @_;

    my %headers = (Host => "127.0.0.1:$self->{port}",
                   %{ $opt{headers} || {} });

    if (defined $opt{body}) {
        $headers{'Content-Length'} //= length $opt{body};
    }

    $headers{Connection} = 'close' if $opt{close};

    my $head = "$method $path HTTP/1.1\r\n";

    for my $name (sort keys %headers) {
        my $value = $headers{$name};

        for my $one (ref $value ? @$value : $value) {
            $head .= "$name: $one\r\n" if defined $one;
        }
    }

    return "$head\r\n" . ($opt{body} // '');
}


sub close {
    my ($self) = @_;

    CORE::close($self->{socket}) if defined $self->{socket};
    delete $self->{socket};
    $self->{buffer} = '';
}

sub _connect {
    my ($self) = @_;

    $self->{socket} = IO::Socket::INET->new(
        PeerAddr => '127.0.0.1', PeerPort => $self->{port},
        ($self->{source} ? (LocalAddr => $self->{source}) : ()))
        or die "cannot connect: $!\n";
}

sub _write {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    my $offset = 0;

    while ($offset < length $bytes) {
        my $n = syswrite($self->{socket}, $bytes, length($bytes) - $offset,
                         $offset);

        return 0 if !$n;

        $offset += $n;
    }

    return 1;
}


# Reads what is there; false at the end of the connection.

sub _fill {
    my ($self) = @_;

    IO::Select->new($self->{socket})->can_read($WAIT_S)
        or die "no answer within $WAIT_S s\n";

    return sysread($self->{socket}, $self->{buffer}, 65536,
                   length $self->{buffer});
}

sub _take {
    my ($self, $n) = @_;

    while (length $self->{buffer} < $n) {
        $self->_fill or die "the answer is cut\n";
    }

    return substr($self->{buffer}, 0, $n, '');
}

sub _take_line {
    my ($self) = @_;

    while ($self->{buffer} !~ /\r\n/) {
        $self->_fill or die "the answer is cut\n";
    }

    $self->{buffer} =~ s/^(.*?)\r\n//s;

    return $1;
}

sub _read_answer {
    my ($self, $method) = @_;

    my $line = $self->_take_line;

    $line =~ m{^HTTP/1\.[01] (\d{3})} or die "not an answer: '$line'\n";

    my %answer = (status => $1, headers => {}, body => '');
    my $headers = $answer{headers};

    while ((my $field = $self->_take_line) ne '') {
        my ($name, $value) = split /:\s*/, $field, 2;

        $name = lc $name;
        $headers->{$name} = exists $headers->{$name}
            ? "$headers->{$name}, $value" : $value;
    }

    if ($method ne 'HEAD' && $answer{status} !~ /^(?:1..|204|304)$/) {
        $answer{body} = $self->_read_body($headers);
    }

    return \%answer;
}

sub _read_body {
    my ($self, $headers) = @_;

    if (($headers->{'transfer-encoding'} // '') eq 'chunked') {
        my $body = '';

        while (my $size = hex $self->_take_line) {
            $body .= $self->_take($size);
            $self->_take_line;
        }

        $self->_take_line;

        return $body;
    }

    if (defined $headers->{'content-length'}) {
        return $self->_take($headers->{'content-length'});
    }

    1 while $self->_fill;

    my $body = $self->{buffer};

    $self->close;

    return $body;
}


# The halves of a request, for a test that has something to do in between.

sub send {
    my ($self, $method, $path, %opt) = @_;

    $self->_connect if !defined $self->{socket};
    $self->{method} = $method;

    return $self->_write($self->_format($method, $path, %opt));
}

sub receive {
    my ($self) = @_;

    return $self->_read_answer($self->{method});
}


sub raw {
    my ($self, $bytes) = @_;

    $self->_connect;
    $self->_write($bytes);
    1 while $self->_fill;

    my $answer = $self->{buffer};

    $self->close;

    return $answer;
}

1;
