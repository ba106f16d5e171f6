package Retention::Random;

# Chance for made-up data, the same on every Perl: L'Ecuyer's combined
# generator (Communications of the ACM 31:742, 1988), whose products stay
# below 2^47, exact in integers and in doubles alike.
#
# A generator is named: one for each customer makes what a customer does
# independent of who else is there, and of the order in which things happen.

use strict;
use warnings;

use Digest::SHA qw(sha256);

my @MODULUS = (2147483563, 2147483399);
my @FACTOR = (40014, 40692);


sub new {
    my ($class, @name) = @_;

    my @words = unpack 'NN', sha256(join '/', @name);

    return bless [map { 1 + $words[$_] % ($MODULUS[$_] - 1) } 0, 1], $class;
}


# An integer from 0 to n - 1.

sub below {
    my ($self, $n) = @_;

    $self->[$_] = $self->[$_] * $FACTOR[$_] % $MODULUS[$_] for 0, 1;

    return ($self->[0] - $self->[1]) % ($MODULUS[0] - 1) % $n;
}

# Whether something of so many per cent happens.

sub percent {
    my ($self, $percent) = @_;

    return $self->below(100) < $percent;
}

sub pick {
    my ($self, @list) = @_;

    return $list[$self->below(scalar @list)];
}

1;
