# Who left a cart behind: not who redeemed a coupon since, unless that was
# undone.  1 s.

use strict;
use warnings;

use Retention::Csv qw(csv_rows);
use Retention::Fixture;
use Retention::Test;
use Test::More;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 4, holdout => '0%');
my %coupon = map { ($_->{customer_id} => $_->{coupon}) } $shop->rows;
my %key = (Authorization => 'Bearer ' . $shop->key);
my $campaigns = 0;

$t->nginx_start($shop->conf);

sub who {
    my ($audience) = @_;

    my $id = 'a' . ++$campaigns;

    $t->ctl_ok('campaign', 'create', $t->write_file("$id.yaml", <<"END"));
id: $id
starts: @{[ Retention::Fixture::day(1) ]}
window: 30d
holdout: 0%
audience: $audience
END

    return join ' ', sort map { $_->{customer_id} }
        csv_rows($t->ctl_ok('export', 'recipients', $id));
}

sub coupon {
    my ($action, $customer) = @_;

    is($t->http('POST', "/coupons/$coupon{$customer}/$action",
                headers => \%key,
                json => { order_id => "o-$customer", amount => '50.00',
                          currency => 'EUR' })->{status},
       200, "$action by $customer");
}

for my $customer (qw(c1 c2 c3)) {
    is($t->http('POST', '/e', headers => \%key,
                json => { kind => 'cart', customer => $customer })->{status},
       204, "a cart of $customer");
}

is(who('cart_abandoned >= 0d'), 'c1 c2 c3', 'all three left it');

coupon('redeem', 'c1');
coupon('redeem', 'c2');
coupon('reserve', 'c3');
is(who('cart_abandoned >= 0d'), 'c3', 'a redemption is a purchase');

coupon('restore', 'c2');
is(who('cart_abandoned >= 0d'), 'c2 c3', 'one that was undone is none');

coupon('redeem', 'c2');
is(who('cart_abandoned >= 0d'), 'c3', 'and again');

done_testing;
