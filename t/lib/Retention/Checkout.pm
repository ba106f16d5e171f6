package Retention::Checkout;

# The shop's own server, with an API key: it asks about coupons, redeems them
# and reports orders; and the orders that it will export.

use strict;
use warnings;

use parent 'Retention::Session';

use Retention::Random;

my $DAY_S = 86400;


# What a customer buys.  row: of the merge file; undef where there was no mail.

sub buys {
    my ($self, $outcome, $row, $customer) = @_;

    $self->{row} = $row;
    $self->{customer} = $customer // $row->{customer_id};
    $self->{random} = Retention::Random->new($self->{seed}, 'checkout',
                                             $self->{customer});

    if (!$outcome->{buys}) {
        $self->_logged_in if $self->{random}->percent(8);
        return;
    }

    if ($outcome->{is_online}) {
        $self->_online($outcome);

    } else {
        $self->_exported(1, $outcome->{day}, $outcome->{amount_minor});
    }

    $self->_exported(2, $outcome->{again_day}, $outcome->{again_minor})
        if $outcome->{buys_again};
}

sub _order_id {
    my ($self, $n) = @_;

    return "W$self->{customer}-$n";
}

# An order that an employee took, on some day of the window.

sub _exported {
    my ($self, $n, $day, $minor) = @_;

    $self->ledger->export(
        order_id     => $self->_order_id($n),
        customer_id  => $self->{customer},
        ordered_s    => $self->{midnight} + $day * $DAY_S
                        + 8 * 3600 + $self->{random}->below(8 * 3600),
        amount_minor => $minor,
    );
}


sub _money {
    my ($minor) = @_;

    return sprintf '%d.%02d', int($minor / 100), $minor % 100;
}

sub _minor {
    my ($text) = @_;

    return $text =~ s/\.//r + 0;
}

sub _online {
    my ($self, $outcome) = @_;

    my $order_id = $self->_order_id(1);
    my $minor = $outcome->{amount_minor};
    my $code = $self->{row} ? $self->{row}{coupon} : '';
    my $discount = 0;

    $self->_impostor($code, $minor) if $code ne '';

    $discount = $self->_redeem($code, $order_id, $minor)
        if $code ne '' && $outcome->{wants_coupon};

    my $is_cancelled = $discount && $self->{random}->percent(5)
        && $self->_cancel($code, $order_id);

    $self->ledger->export(
        order_id       => $order_id,
        customer_id    => $self->{customer},
        ordered_s      => time,
        amount_minor   => $minor - $discount,
        discount_minor => $discount,
        coupon         => $discount ? $code : '',
        status         => $is_cancelled ? 'cancelled' : 'paid',
    );

    $self->_report($order_id, $minor - $discount) if !$is_cancelled;
}

# Someone with another's code, and one who cannot type.

sub _impostor {
    my ($self, $code, $minor) = @_;

    my %body = (order_id => $self->_order_id('X'), amount => _money($minor),
                currency => $self->{currency});

    $self->coupon(409, $code, 'redeem', %body, customer => 'somebody-else')
        if $self->{random}->percent(4);

    $self->coupon(409, $code =~ s/(.)$/$1 eq '0' ? 1 : 0/er, 'redeem', %body)
        if $self->{random}->percent(2);
}

# From the question to the redemption; returns the discount, 0 where the
# coupon is not good for this basket.

sub _redeem {
    my ($self, $code, $order_id, $minor) = @_;

    my $random = $self->{random};
    my %body = (order_id => $order_id, customer => $self->{customer},
                amount => _money($minor), currency => $self->{currency});
    my $asked = $self->_ask($code, %body);

    return 0 if !$asked || !$asked->{valid};

    $self->coupon(200, $code, 'reserve', %body) if $random->percent(30);

    my $redeemed = $self->coupon(200, $code, 'redeem', %body);

    return 0 if !$redeemed;

    my $discount = _minor($redeemed->{discount});
    my $customer = $self->{customer};

    $self->ledger->fault("$code: two discounts")
        if $asked->{discount} ne $redeemed->{discount};
    $self->ledger->redeemed($customer, $order_id, $discount);
    $self->ledger->order('redemption', $order_id, customer => $customer,
                         minor => $minor);

    # The same again is harmless; for another order it is used.

    $self->coupon(200, $code, 'redeem', %body) if $random->percent(15);
    $self->coupon(409, $code, 'redeem', %body, order_id => "$order_id-more")
        if $random->percent(8);

    return $discount;
}

sub _ask {
    my ($self, $code, %body) = @_;

    return $self->coupon(200, $code, 'validate', %body)
        if $self->{random}->percent(70);

    my $answer = $self->expect('coupons', 200, 'GET', "/coupons/$code?"
        . join('&', map { "$_=$body{$_}" } qw(amount currency customer)),
        headers => { $self->authorisation }) or return;

    return JSON::PP::decode_json($answer->{body});
}

sub _cancel {
    my ($self, $code, $order_id) = @_;

    $self->coupon(200, $code, 'restore', order_id => $order_id) or return 0;
    $self->ledger->restored($self->{customer});

    return 1;
}


# The server names the customer, so this is known of the hold-out as well.

sub _event {
    my ($self, $kind, %fields) = @_;

    return {
        event_id => "server-$self->{customer}-$kind",
        kind     => $kind,
        customer => "$self->{customer}",
        ($self->{random}->percent(30)
            ? (campaign => $self->{campaign}) : ()),
        %fields,
    };
}

sub _logged_in {
    my ($self) = @_;

    $self->events('object', { $self->authorisation }, $self->_event('visit'))
        and $self->ledger->seen($self->{customer}, 'visited', 'human');
}

# An order as it is placed; some are told twice, some only by the export.

sub _report {
    my ($self, $order_id, $minor) = @_;

    my $random = $self->{random};
    my @events = ($self->_event('visit'), $self->_event('cart'));
    my $has_purchase = $random->percent(80);

    push @events, $self->_event('purchase', order_id => $order_id,
        amount => _money($minor), currency => $self->{currency})
        if $has_purchase;

    for (0 .. $random->percent(10)) {
        $self->events('gzip', { $self->authorisation }, @events) or return;
    }

    $self->ledger->seen($self->{customer}, 'visited', 'human');
    $self->ledger->seen($self->{customer}, 'carted', 'human');
    $self->ledger->order('purchase', $order_id, minor => $minor,
                         customer => $self->{customer}) if $has_purchase;
}

1;
