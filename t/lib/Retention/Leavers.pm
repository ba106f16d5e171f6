package Retention::Leavers;

# A made-up shop whose customers leave: each buys at a rate of his own and
# may leave for good after a purchase, as MBG/NBD has it.  The same for the
# same seed.

use strict;
use warnings;

use Retention::Lapsed;

our $AS_OF = $Retention::Lapsed::AS_OF;

my $state;


# Numbers in (0, 1) that are the same with every Perl.

sub _uniform {
    $state = ($state * 1103515245 + 12345) % 2147483648;

    return ($state + 0.5) / 2147483648;
}

# Rows of orders.csv: half of the rates are five times the others, a fifth of
# the customers leave after each purchase.

sub orders {
    my ($n, $seed) = @_;

    my @rows;

    $state = $seed;
    _uniform() for 1 .. 10;

    for my $i (1 .. $n) {
        my $rate = _uniform() < 0.5 ? 0.005 : 0.025;
        my $size = 10 + 90 * _uniform();
        my $day = int 500 * _uniform();
        my $k = 0;

        while ($day < 700) {
            push @rows, sprintf "o%d-%d,c%d,%sT12:00:00Z,%.2f\n", $i, ++$k,
                $i, Retention::Lapsed::day(699 - $day),
                $size * (0.5 + _uniform());

            last if _uniform() < 0.2;

            $day += 1 + int(-log(_uniform()) / $rate);
        }
    }

    return @rows;
}

sub fill {
    my ($t, $n, $seed) = @_;

    $t->ctl_ok('import', 'customers', $t->write_file('customers.csv',
        "customer_id,email\n"
        . join('', map { "c$_,c$_\@example.com\n" } 1 .. $n)));
    $t->ctl_ok('import', 'orders', $t->write_file('orders.csv',
        "order_id,customer_id,ordered_at,amount\n"
        . join('', orders($n, $seed))), '--until', $AS_OF);
}

1;
