package Retention::Ordeal;

# What nginx goes through under load, many times: kills, reloads, upgrades, a
# full disk.  Each of them is one of these.
#
#     my $self = $class->SUPER::new($t, $shop, sums => { cycles => 0 });
#
#     $self->rounds($cycles, 20, sub { my ($n) = @_; ... });
#     $self->verify('kill -9');   tests: what was answered is there
#     $self->sums;                and acked, missing, twice, redeemed
#
# Its fields are t, shop, traffic, sums, and what else it is given.

use strict;
use warnings;

use Retention::Traffic;


sub new {
    my ($class, $t, $shop, %own) = @_;

    return bless {
        t       => $t,
        shop    => $shop,
        traffic => $own{traffic} || Retention::Traffic->new($t, $shop),
        %own,
    }, $class;
}

sub sums {
    my ($self) = @_;

    return { %{ $self->{sums} }, %{ $self->{traffic}->sums } };
}


# Calls code with how many to do, at most so many at once, until all are done.

sub rounds {
    my ($self, $all, $most, $code) = @_;

    for (my $left = $all; $left > 0; $left -= $most) {
        $code->($left < $most ? $left : $most);
    }
}

# Ends nginx; lost: see Retention::Traffic.

sub verify {
    my ($self, $name, $lost) = @_;

    $self->{traffic}->verify_coupons($name);
    $self->{t}->nginx_stop;
    $self->{traffic}->verify($name, $lost);
}

1;
