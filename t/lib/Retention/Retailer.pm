package Retention::Retailer;

# A made-up shop from a seed: its customers, two years of their orders, and
# the export that it makes after the campaign.  The columns are those that
# 'retentionctl import' takes.
#
# Its orders lie between 06:00 and 18:00 UTC, so that their day is the same in
# UTC and in the time zones of Europe.

use strict;
use warnings;
use utf8;

use POSIX qw(strftime);
use Time::Local qw(timegm);

use Retention::Csv qw(csv_text);
use Retention::Random;

my $DAY_S = 86400;
my $HISTORY_DAYS = 730;

my @FIRST_NAMES = (
    qw(Anna Ben Clara David Elena Felix Greta Hugo Irma Jonas Karla Leo Mila
       Nora Oskar Paula Rosa Simon Tina Viktor), 'Олена', 'Zoë', 'Łukasz',
);

my @LAST_NAMES = (
    qw(Berg Costa Dahl Fischer Green Haas Jansen Keller Lang Marin Novak Ortiz
       Peters Rossi Silva Vogel Weber Young), 'Шевченко', "O'Brien", 'Çelik',
);

my @COUNTRIES = (['DE', 'de'], ['UA', 'uk'], ['PL', 'pl'], ['FR', 'fr']);

my @CUSTOMER_COLUMNS = qw(customer_id email name country language
    registered_at consent subscribed);

my @ORDER_COLUMNS = qw(order_id customer_id ordered_at status amount currency
    discount coupon items);


# seed; customers: how many; today: YYYY-MM-DD; currency.

sub new {
    my ($class, %opt) = @_;

    my $self = bless {
        currency => 'EUR', %opt,
        midnight => day_seconds($opt{today}),
        list     => [],
        orders   => [],
    }, $class;

    $self->_add_customer($_) for 1 .. $self->{customers};

    return $self;
}

# Of today, in seconds since 1970.

sub midnight { return $_[0]{midnight} }

# Seconds since 1970 of a day's midnight in UTC, and back.

sub day_seconds {
    my ($year, $month, $day) = split /-/, $_[0];

    return timegm(0, 0, 0, $day, $month - 1, $year);
}

sub day_text {
    my ($seconds) = @_;

    return strftime('%Y-%m-%d', gmtime $seconds);
}

sub time_text {
    my ($seconds) = @_;

    return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $seconds);
}

sub money_text {
    my ($minor) = @_;

    return sprintf '%d.%02d', int($minor / 100), $minor % 100;
}


sub _add_customer {
    my ($self, $n) = @_;

    my $random = Retention::Random->new($self->{seed}, 'customer', $n);
    my $country = $random->pick(@COUNTRIES);
    my $joined = 5 + $random->below($HISTORY_DAYS - 5);

    my %customer = (
        customer_id   => 'C' . (1000 + $n),
        email         => "c$n\@customers.example",
        name          => $random->pick(@FIRST_NAMES) . ' '
                         . $random->pick(@LAST_NAMES),
        country       => $country->[0],
        language      => $country->[1],
        registered_at => day_text($self->{midnight} - $joined * $DAY_S),
        consent       => $random->pick(('granted') x 18, 'unknown', 'denied'),
        subscribed    => $random->percent(97) ? 'yes' : 'no',
    );

    push @{ $self->{list} }, \%customer;
    $self->_add_history(\%customer, $joined, $random);
}

# Buys every now and then until, after some order, it was the last one.

sub _add_history {
    my ($self, $customer, $days_ago, $random) = @_;

    my $pace = 20 + $random->below(60);
    my $n = 0;

    while ($days_ago > 0) {
        my $seconds = $self->{midnight} - $days_ago * $DAY_S
            + 6 * 3600 + $random->below(12 * 3600);
        my $is_paid = !$random->percent(3);

        $customer->{silent_days} = $days_ago if $is_paid;

        push @{ $self->{orders} }, {
            order_id     => sprintf('A%s-%d', $customer->{customer_id}, ++$n),
            customer_id  => $customer->{customer_id},
            ordered_s    => $seconds,
            status       => $is_paid ? 'paid' : 'cancelled',
            amount_minor => 900 + $random->below(5000) + $random->below(4000),
            items        => 1 + $random->below(4),
        };

        last if $random->percent(22);

        $days_ago -= 1 + $random->below(2 * $pace);
    }
}


# Id and days of silence of those whom a campaign draws from, if it is for
# those silent for more than so many days who have agreed.

sub audience {
    my ($self, $days) = @_;

    return map { [$_->{customer_id}, $_->{silent_days}] }
        grep { defined $_->{silent_days} && $_->{silent_days} > $days
               && $_->{consent} eq 'granted' && $_->{subscribed} eq 'yes' }
        @{ $self->{list} };
}

# Those who have bought lately: they go on buying, campaign or not.

sub active {
    my ($self, $days) = @_;

    return map { $_->{customer_id} }
        grep { defined $_->{silent_days} && $_->{silent_days} <= $days }
        @{ $self->{list} };
}


sub customers_csv {
    my ($self) = @_;

    return csv_text(\@CUSTOMER_COLUMNS, @{ $self->{list} });
}

sub history_csv {
    my ($self) = @_;

    return $self->orders_csv(@{ $self->{orders} });
}

# Orders as the shop exports them.  An order has order_id, customer_id,
# ordered_s, amount_minor (what was paid); status, discount_minor, coupon and
# items where they are known.

sub orders_csv {
    my ($self, @orders) = @_;

    return csv_text(\@ORDER_COLUMNS, map { {
        status     => 'paid',
        items      => 1,
        coupon     => '',
        %$_,
        ordered_at => time_text($_->{ordered_s}),
        currency   => $self->{currency},
        amount     => money_text($_->{amount_minor}),
        discount   => money_text($_->{discount_minor} // 0),
    } } sort { $a->{ordered_s} <=> $b->{ordered_s}
               || $a->{order_id} cmp $b->{order_id} } @orders);
}

1;
