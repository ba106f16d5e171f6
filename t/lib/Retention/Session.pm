package Retention::Session;

# One connection to nginx, and the ledger that its answers go into.

use strict;
use warnings;

use IO::Compress::Gzip qw(gzip $GzipError);
use JSON::PP;

use Retention::Http;

my $json = JSON::PP->new->canonical->ascii;


# port, ledger, key (of the shop's server), origin (of its pages), campaign,
# currency.

sub new {
    my ($class, %opt) = @_;

    return bless { %opt, http => Retention::Http->new($opt{port}) }, $class;
}

sub ledger { return $_[0]{ledger} }


# A request that must be answered with a status; returns the answer, or
# nothing where it was another.

sub expect {
    my ($self, $endpoint, $status, $method, $path, %opt) = @_;

    my $answer = $self->{http}->request($method, $path, %opt);

    $self->{ledger}->request($endpoint, $answer->{status});

    return $answer if $answer->{status} == $status;

    $self->{ledger}->fault("$method $path: $answer->{status}, not $status: "
                           . substr $answer->{body}, 0, 200);

    return;
}

# The path of a link in a mail.

sub path {
    my ($url) = @_;

    $url =~ s{^https?://[^/]+}{};

    return $url;
}

sub authorisation {
    my ($self) = @_;

    return (Authorization => "Bearer $self->{key}");
}


# Posts events as JSON; true when they are recorded.  form: 'object' (one
# alone), 'lines' (as a beacon does), 'gzip' (an array).

sub events {
    my ($self, $form, $headers, @events) = @_;

    my %headers = ('Content-Type' => 'application/json', %$headers);
    my $body = $form eq 'object' ? $json->encode($events[0])
        : $form eq 'lines' ? join "\n", map { $json->encode($_) } @events
        : $json->encode(\@events);

    $headers{'Content-Type'} = 'text/plain;charset=UTF-8'
        if $form eq 'lines';

    if ($form eq 'gzip') {
        my $packed;

        gzip(\$body => \$packed) or die "gzip: $GzipError\n";
        $body = $packed;
        $headers{'Content-Encoding'} = 'gzip';
    }

    return $self->expect('events', 204, 'POST', '/e', headers => \%headers,
                         body => $body);
}

# A question about a coupon, or an action; returns what was answered.

sub coupon {
    my ($self, $status, $code, $action, %body) = @_;

    my $answer = $self->expect('coupons', $status, 'POST',
        "/coupons/$code/$action", body => $json->encode(\%body),
        headers => { 'Content-Type' => 'application/json',
                     $self->authorisation }) or return;
    my $verdict = $json->decode($answer->{body});

    $self->{ledger}->refused($verdict->{reason}) if !$verdict->{valid};

    return $verdict;
}

1;
