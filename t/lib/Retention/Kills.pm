package Retention::Kills;

# kill -9 of single workers, and of the whole server with its master, under
# load, again and again.
#
#     my $kills = Retention::Kills->new($t, $shop);
#
#     $kills->run(500);           tests
#     $kills->sums;               cycles, acked, missing, twice, redeemed,
#                                 back_s (a list: of servers)

use strict;
use warnings;

use parent 'Retention::Ordeal';

use Test::More;
use Time::HiRes qw(sleep time);

my $WORKERS = 2;
my $BACK_S = 1;                 # from the start command to the first record
my $LIVE_S = 0.4;               # at most, between two kills
my $CYCLES = 20;                # between two looks into the store


sub new {
    my ($class, $t, $shop) = @_;

    return $class->SUPER::new($t, $shop,
                              sums => { cycles => 0, back_s => [] });
}


sub run {
    my ($self, $cycles) = @_;

    my $t = $self->{t};

    # a thread that is in a flush holds the sockets of its worker until it is
    # back: then nginx tries again after half a second

    $t->allow_alerts(qr/worker process \d+ exited on signal 9/,
                     qr/bind\(\) to \S+ failed \(98: Address already in use\)/);
    $t->nginx_start($self->{shop}->conf(workers => $WORKERS));

    $self->rounds($cycles, $CYCLES, sub { $self->_cycles(@_) });
    $self->verify('kill -9');

    my @late = grep { $_ > $BACK_S } @{ $self->{sums}{back_s} };

    is("@late", '', 'each server recorded again within a second');
}

# Kills in turn a worker, another one, and all.

sub _cycles {
    my ($self, $n) = @_;

    my $t = $self->{t};

    $self->{traffic}->begin(kept => {}, fresh => { close => 1 });

    for (1 .. $n) {
        my $cycle = ++$self->{sums}{cycles};

        sleep rand $LIVE_S;

        if ($cycle % 2) {
            $t->worker_kill($cycle >> 1);
            $t->wait_for(sub { $t->workers == $WORKERS }, 'another worker');

        } else {
            $t->nginx_kill;
            push @{ $self->{sums}{back_s} }, $self->_back;
        }
    }

    $self->{traffic}->end;

    my ($status, $out, $err) = $t->ctl('check');

    is($status, 0, "$self->{sums}{cycles} kills: the store verifies") or diag($out, $err);
}

# Seconds from the start command to the first event on disk.

sub _back {
    my ($self) = @_;

    my $t = $self->{t};
    my $begun = time;

    $t->nginx_launch;

    # after the start of the server the first connection may be refused

    $t->wait_for(sub {
        my $answer = eval {
            $t->http('POST', '/e', close => 1,
                     json => { kind => 'cart', customer => 'c1' },
                     headers => { Authorization => 'Bearer ' . $self->{shop}->key });
        };

        sleep 0.002 if !$answer;

        return $answer && $answer->{status} == 204;
    }, 'an event is recorded');

    return time - $begun;
}

1;
