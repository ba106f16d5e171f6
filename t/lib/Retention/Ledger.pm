package Retention::Ledger;

# What the crowd did and what was acknowledged: its own book, kept without a
# look at the store, in the shape of 'report --format json'.
#
# Its data are plain, so that a child sends them to its parent as JSON.

use strict;
use warnings;

my @KINDS = qw(opened clicked visited viewed carted checked_out);
my @CLASSES = qw(human unknown machine);

# Of the claims about one order the strongest counts.

my %RANK = (redemption => 1, purchase => 2, import => 3);


sub new {
    my ($class, $currency) = @_;

    return bless {
        currency     => $currency,
        recipients   => {},     # customer => arm, tier, has_coupon
        seen         => {},     # customer => kind => class => times
        orders       => {},     # id => customer, rank, minor, is_paid
        redeemed     => {},     # customer => order_id, minor of the discount
        unsubscribed => {},     # customer => 1
        requests     => {},     # endpoint => status => times
        refusals     => {},     # a coupon's reason => times
        exported     => [],     # what the shop will export
        faults       => [],     # answers that were not as they must be
    }, $class;
}

# Takes over what another has; the two have no customer in common.

sub add {
    my ($self, $other) = @_;

    for my $what (qw(recipients seen orders redeemed unsubscribed)) {
        $self->{$what} = { %{ $self->{$what} }, %{ $other->{$what} } };
    }

    for my $endpoint (keys %{ $other->{requests} }) {
        my $statuses = $other->{requests}{$endpoint};

        $self->{requests}{$endpoint}{$_} += $statuses->{$_}
            for keys %$statuses;
    }

    $self->{refusals}{$_} += $other->{refusals}{$_}
        for keys %{ $other->{refusals} };

    push @{ $self->{$_} }, @{ $other->{$_} } for qw(exported faults);
}

# A copy without blessing.

sub data {
    my ($self) = @_;

    return { %$self };
}


sub recipient {
    my ($self, $customer, %opt) = @_;

    $self->{recipients}{$customer} = { %opt };
}

sub seen {
    my ($self, $customer, $kind, $class) = @_;

    $self->{seen}{$customer}{$kind}{$class}++;
}

sub unsubscribed {
    my ($self, $customer) = @_;

    $self->{unsubscribed}{$customer} = 1;
}

sub request {
    my ($self, $endpoint, $status) = @_;

    $self->{requests}{$endpoint}{$status}++;
}

sub refused {
    my ($self, $reason) = @_;

    $self->{refusals}{$reason}++;
}

sub fault {
    my ($self, $text) = @_;

    push @{ $self->{faults} }, $text;
}


# Someone says of an order whose it is: 'redemption', 'purchase' or 'import'.

sub order {
    my ($self, $source, $order_id, %opt) = @_;

    my $order = $self->{orders}{$order_id};

    return if $order && $order->{rank} >= $RANK{$source};

    $self->{orders}{$order_id} = {
        is_paid => 1, %opt, rank => $RANK{$source},
    };
}

sub redeemed {
    my ($self, $customer, $order_id, $minor) = @_;

    $self->{redeemed}{$customer} = { order_id => $order_id, minor => $minor };
}

sub restored {
    my ($self, $customer) = @_;

    my $redeemed = delete $self->{redeemed}{$customer} or return;
    my $order = $self->{orders}{ $redeemed->{order_id} } or return;

    delete $self->{orders}{ $redeemed->{order_id} }
        if $order->{rank} == $RANK{redemption};
}

# An order that the shop's export will have.

sub export {
    my ($self, %order) = @_;

    push @{ $self->{exported} }, { %order };
}

sub exported {
    my ($self) = @_;

    return @{ $self->{exported} };
}

# The export has been imported: from now on it decides.

sub imported {
    my ($self) = @_;

    for my $order (@{ $self->{exported} }) {
        $self->order('import', $order->{order_id},
            customer => $order->{customer_id},
            minor    => $order->{amount_minor},
            is_paid  => ($order->{status} // 'paid') eq 'paid' ? 1 : 0);
    }
}


sub requests_total {
    my ($self) = @_;

    my $total = 0;

    $total += $_ for map { values %$_ } values %{ $self->{requests} };

    return $total;
}


# The rows of the report: arms, tiers (by "tier/arm") and all together.  With
# is_over the coupons' time is up.

sub tally {
    my ($self, $is_over) = @_;

    my %tally;
    my $sold = $self->_sold;

    for my $customer (keys %{ $self->{recipients} }) {
        my $recipient = $self->{recipients}{$customer};
        my @groups = ('all', "arm $recipient->{arm}",
                      "tier $recipient->{tier}/$recipient->{arm}");

        for my $group (@groups) {
            my $row = $tally{$group} ||= $self->_empty;

            $self->_count($row, $customer, $recipient, $is_over);
            $self->_count_orders($row, $sold->{$customer});
        }
    }

    $self->_finish($_) for values %tally;

    return \%tally;
}

# Money is held in minor units until _finish.

sub _empty {
    my %classes = map { $_ => 0 } @CLASSES;

    return {
        (map { $_ => 0 } qw(recipients buyers orders revenue discounts
                            unsubscribed)),
        (map { $_ => { %classes } } @KINDS),
        total   => { map { $_ => { %classes } } @KINDS },
        coupons => { issued => 0, redeemed => 0, expired => 0 },
    };
}

sub _sold {
    my ($self) = @_;

    my %sold;

    for my $order (values %{ $self->{orders} }) {
        push @{ $sold{ $order->{customer} } }, $order->{minor}
            if $order->{is_paid};
    }

    return \%sold;
}

sub _count {
    my ($self, $row, $customer, $recipient, $is_over) = @_;

    my $seen = $self->{seen}{$customer} || {};
    my $redeemed = $self->{redeemed}{$customer};
    my $coupons = $row->{coupons};

    $row->{recipients}++;
    $row->{unsubscribed}++ if $self->{unsubscribed}{$customer};

    for my $kind (keys %$seen) {
        for my $class (keys %{ $seen->{$kind} }) {
            $row->{$kind}{$class}++;
            $row->{total}{$kind}{$class} += $seen->{$kind}{$class};
        }
    }

    return if !$recipient->{has_coupon};

    $coupons->{issued}++;
    $coupons->{redeemed}++ if $redeemed;
    $coupons->{expired}++ if !$redeemed && $is_over;
    $row->{discounts} += $redeemed->{minor} if $redeemed;
}

sub _count_orders {
    my ($self, $row, $amounts) = @_;

    return if !$amounts;

    $row->{buyers}++;
    $row->{orders} += @$amounts;
    $row->{revenue} += $_ for @$amounts;
}

sub _finish {
    my ($self, $row) = @_;

    for my $what (qw(revenue discounts)) {
        $row->{$what} = {
            $self->{currency} => sprintf('%d.%02d',
                int($row->{$what} / 100), $row->{$what} % 100),
        };
    }
}


# The same rows of a decoded report, with the fields that a tally has.

sub of_report {
    my ($report) = @_;

    my $empty = Retention::Ledger->new('')->_empty;
    my %rows;

    for my $arm (@{ $report->{arms} }) {
        $rows{"arm $arm->{name}"} = { map { $_ => $arm->{$_} } keys %$empty };
    }

    for my $tier (@{ $report->{tiers} }) {
        $rows{"tier $tier->{name}/$tier->{arm}"}
            = { map { $_ => $tier->{$_} } keys %$empty };
    }

    return \%rows;
}

1;
