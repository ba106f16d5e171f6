package Retention::Buyers;

# Who buys within a campaign's window, with a known truth.
#
# Each customer has a number from 0 to 999,999, drawn once.  Below the tier's
# base he buys in any case; in the strip above it, as wide as the arm's lift,
# he buys because of the mail.  So in every tier the mail adds the lift, in
# points of a million, and for every customer it is known what he would have
# done without it.

use strict;
use warnings;

use Retention::Random;

my $WHOLE = 1_000_000;


# seed; base, by tier's name; lift, by arm's name: parts of a million;
# window_days.

sub new {
    my ($class, %opt) = @_;

    return bless { %opt }, $class;
}

sub lift {
    my ($self, $arm) = @_;

    return $self->{lift}{$arm} // 0;
}


# What a customer does.  arm is undef for one who got no mail.
#
#     buys             0 or 1
#     is_persuaded     by the mail alone
#     is_online        in the web shop; else an employee takes the order
#     wants_coupon     uses it where there is one
#     amount_minor     of the basket, before any discount
#     day              of the window, from 0, where he waits
#     buys_again       a second order, that the mail did not cause

sub outcome {
    my ($self, $customer, $tier, $arm) = @_;

    my $random = Retention::Random->new($self->{seed}, 'buyer', $customer);
    my $number = $random->below($WHOLE);
    my $base = $self->{base}{$tier} // 0;
    my $lift = defined $arm ? $self->lift($arm) : 0;
    my $is_persuaded = $number >= $base && $number < $base + $lift ? 1 : 0;

    my %outcome = (
        buys         => $number < $base + $lift ? 1 : 0,
        is_persuaded => $is_persuaded,
        is_online    => $random->percent(65) || $is_persuaded ? 1 : 0,
        wants_coupon => $random->percent(50) || $is_persuaded ? 1 : 0,
        amount_minor => 1500 + $random->below(4000) + $random->below(4000),
        day          => $random->below($self->{window_days}),
        buys_again   => $random->percent(10) ? 1 : 0,
        again_minor  => 1500 + $random->below(6000),
        again_day    => $random->below($self->{window_days}),
    );

    $outcome{buys_again} = 0 if !$outcome{buys};

    return \%outcome;
}

1;
