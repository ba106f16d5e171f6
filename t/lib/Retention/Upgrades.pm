package Retention::Upgrades;

# Upgrades of nginx's program under load: two masters and their workers write
# into one store at once.  Every third is taken back.
#
#     my $upgrades = Retention::Upgrades->new($t, $shop);
#
#     $upgrades->run(50);         tests
#     $upgrades->sums;            upgrades, taken_back, acked, missing, twice,
#                                 requests

use strict;
use warnings;

use parent 'Retention::Ordeal';

use Test::More;
use Time::HiRes qw(sleep);

my $WORKERS = 2;
my $TOGETHER_S = 0.3;           # for which both generations answer

# The program that is started anew gets no environment but what is named.

my $MAIN = join '', map { "env $_;\n" } qw(LD_PRELOAD ASAN_OPTIONS UBSAN_OPTIONS);


sub new {
    my ($class, $t, $shop) = @_;

    return $class->SUPER::new($t, $shop,
        sums => { upgrades => 0, taken_back => 0, requests => 0,
                  failed => 0 });
}


# Connections of their own: a kept one may be closed when its worker ends.

sub run {
    my ($self, $upgrades) = @_;

    my ($t, $sums) = @{$self}{qw(t sums)};

    $t->{is_daemon} = 1;
    $t->nginx_start($self->{shop}->conf(workers => $WORKERS, main => $MAIN));

    for my $n (1 .. $upgrades) {
        $self->{traffic}->begin(fresh => { close => 1 });
        $n % 3 ? $self->_forward : $self->_back;

        my $counts = $self->{traffic}->end->{fresh};

        $sums->{upgrades}++;
        $sums->{failed} += $counts->{0} // 0;
        $sums->{requests} += $_ for values %$counts;
    }

    is($sums->{failed}, 0, "$upgrades upgrades: each of $sums->{requests} connections is answered");
    $self->verify('upgrades');
}


# Both masters and their workers at work; returns the old one.

sub _both {
    my ($self) = @_;

    my $t = $self->{t};
    my $old = $t->nginx_upgrade;

    sleep $TOGETHER_S;

    return $old;
}

# The old workers go, then their master.

sub _forward {
    my ($self) = @_;

    my $t = $self->{t};
    my $old = $self->_both;

    kill 'WINCH', $old;
    $t->wait_for(sub { !$t->workers($old) }, 'the old workers are gone');
    sleep $TOGETHER_S;
    $t->master_quit($old);
}

# The old workers go and come back, and the new program ends.

sub _back {
    my ($self) = @_;

    my $t = $self->{t};
    my $old = $self->_both;
    my $new = $t->{master};

    kill 'WINCH', $old;
    $t->wait_for(sub { !$t->workers($old) }, 'the old workers are gone');
    kill 'HUP', $old;
    $t->wait_for(sub { $t->workers($old) == $WORKERS }, 'they are back');
    $t->{master} = $old;
    $t->master_quit($new);

    # the old master has its file back when it knows that the new one ended

    $t->wait_for(sub { ($t->read_file('nginx.pid') // '') eq "$old\n" }, 'the old master is alone');
    $self->{sums}{taken_back}++;
}

1;
