package Retention::Sum;

# A campaign's last line, as 'make torture' shows it.

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

our @EXPORT = qw(sum_line spread);

sub sum_line {
    my ($format, @values) = @_;

    diag(sprintf $format, @values);
}

# "median 0.020, at most 0.054"

sub spread {
    my @values = sort { $a <=> $b } @_;

    return 'none' if !@values;

    return sprintf 'median %.3f, at most %.3f', $values[@values / 2], $values[-1];
}

1;
