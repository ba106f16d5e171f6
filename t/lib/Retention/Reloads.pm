package Retention::Reloads;

# Reloads under load, on connections of their own and on kept ones, beside
# nginx's own empty_gif.
#
#     my $reloads = Retention::Reloads->new($t, $shop);
#
#     $reloads->run(1000);        tests
#     $reloads->sums;             reloads, acked, missing, twice, fresh, kept
#                                 and gif ([requests, without an answer]),
#                                 took_s (a list), grown (of the master: kB)

use strict;
use warnings;

use parent 'Retention::Ordeal';

use Test::More;
use Time::HiRes qw(sleep time);

my $CONNECTIONS = 8;            # of each load
my $SETTLED_S = 0.3;
my $ROUND = 50;                 # reloads between two looks at the answers

# What the configurations differ in: answers before the disk, which a worker
# that goes must not forget, and as many workers as need another zone.

my @CONFS = (
    { workers => 2 },
    { workers => 2, server => "retention_ack queued;\n" },
    { workers => 5 },
    { workers => 2, main => "worker_shutdown_timeout 2s;\n" },
);


sub new {
    my ($class, $t, $shop) = @_;

    return $class->SUPER::new($t, $shop,
        confs => [ map { $shop->conf(%$_) } @CONFS ],
        sums  => { reloads => 0, took_s => [],
                   map { $_ => [0, 0] } qw(fresh kept gif) });
}


sub run {
    my ($self, $reloads) = @_;

    my $t = $self->{t};

    $t->nginx_start($self->{confs}[0]);

    # once with each, so that all memory they need is there

    $t->nginx_reload($_) for @{ $self->{confs} }, $self->{confs}[0];

    my $before = $self->_needs;

    $self->rounds($reloads, $ROUND, sub { $self->_round(@_) });

    $t->nginx_reload($self->{confs}[0]);
    $self->_compare($before, $self->_needs);
    $self->_failures;
    $self->_verify;
}

sub _round {
    my ($self, $n) = @_;

    my ($t, $sums) = @{$self}{qw(t sums)};
    my %load = (connections => $CONNECTIONS);

    $self->{traffic}->begin(fresh => { %load, close => 1 }, kept => \%load,
                            gif => { %load, only => ['gif'] });

    for (1 .. $n) {
        my $begun = time;

        $t->ctl_ok('keys', 'new') if $sums->{reloads} % $ROUND == 5;
        $t->nginx_reload($self->{confs}[++$sums->{reloads} % @{ $self->{confs} }]);
        push @{ $sums->{took_s} }, time - $begun;
    }

    my $counts = $self->{traffic}->end;

    for my $name (keys %$counts) {
        $sums->{$name}[0] += $_ for values %{ $counts->{$name} };
        $sums->{$name}[1] += $counts->{$name}{0} // 0;
    }
}


# What processes hold while nobody asks: descriptors and kB.

sub _needs {
    my ($self) = @_;

    my $t = $self->{t};
    my @workers = $t->workers;

    $t->http('GET', '/gif', close => 1) for 1 .. 2 * @workers;

    # workers learn of each other, and of closed connections, a little later

    my ($since, $fds) = (time, '');

    while (time - $since < $SETTLED_S) {
        my $now = join ' ', map { _process($_)->{fds} } $t->{master}, @workers;

        ($since, $fds) = (time, $now) if $now ne $fds;
        sleep 0.01;
    }

    return { master => _process($t->{master}),
             worker => _process($workers[0]) };
}

sub _process {
    my ($pid) = @_;

    my ($anonymous) = _read("/proc/$pid/status") =~ /^RssAnon:\s+(\d+) kB/m;

    return { fds => scalar(() = glob "/proc/$pid/fd/*"), kb => $anonymous };
}

sub _read {
    my ($path) = @_;

    open my $file, '<', $path or return '';
    local $/;

    return scalar <$file> // '';
}

my $GROWTH_KB = 1024;           # what the heap's pieces may need, not a leak

sub _compare {
    my ($self, $before, $after) = @_;

    for my $who (qw(master worker)) {
        my $grown = $after->{$who}{kb} - $before->{$who}{kb};

        is($after->{$who}{fds}, $before->{$who}{fds}, "the $who has as many descriptors as before");
        cmp_ok($grown, '<=', $GROWTH_KB, "the $who has not grown: $before->{$who}{kb} kB, $after->{$who}{kb} kB")
            if !$ENV{RETENTION_PRELOAD};        # which keeps what is freed
        $self->{sums}{grown}{$who} = $grown;
    }
}


# A reload may close a kept connection on which a request is just on its way,
# and nginx does so with its own empty_gif.

sub _failures {
    my ($self) = @_;

    my ($fresh, $kept, $gif) = @{ $self->{sums} }{qw(fresh kept gif)};
    my $chance = 3 * sqrt($gif->[1] + 1);

    is($fresh->[1], 0, "$self->{sums}{reloads} reloads: each of $fresh->[0] new connections is answered");
    cmp_ok($kept->[1], '<=', $gif->[1] + $chance, "kept connections fail no more often than those of empty_gif: $kept->[1] of $kept->[0], $gif->[1] of $gif->[0]");
}

sub _verify {
    my ($self) = @_;

    my $t = $self->{t};
    my $lost = $self->{shop}->status->{lost};

    is_deeply([grep { !/^(?:deadline|queue)$/ } keys %$lost], [], 'none is lost but to the time and the room there is');
    $self->verify('reloads', ($lost->{deadline} // 0) + ($lost->{queue} // 0));
    unlike($t->read_file('logs/error.log'), qr/commits by itself/, 'each worker had a place in the group');
}

1;
