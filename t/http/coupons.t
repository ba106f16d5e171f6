# /coupons/: what the shop is told, what may be repeated, and that of two who
# want a coupon one gets it.  1 s.

use strict;
use warnings;

use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Http;
use Retention::Test;

my $ROUNDS = 100;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 150);
my $early = Retention::Fixture->new($t, slug => 'early', starts => Retention::Fixture::day(3));
my $late = Retention::Fixture->new($t, slug => 'late', starts => Retention::Fixture::day(-40));
my $fixed = Retention::Fixture->new($t, slug => 'fixed', offer => 'fixed: "5.00 EUR", combinable: true');
my ($row, $other, @rows) = $shop->rows;
my ($code, $customer) = @{$row}{qw(coupon customer_id)};

my %keys = (
    shop => $shop->key,
    erp  => $shop->api_key('erp', 'events'),
);

# reuseport spreads connections over the workers by chance; else the one that
# was busy last may take them all.

$t->nginx_start($shop->conf(workers => 2, server => 'add_header X-Worker $pid always;')
                =~ s/(listen [^;]+);/$1 reuseport;/r);


# Asks; a body makes it a POST.  Answers with status and what the JSON holds.

sub ask {
    my ($path, $body, %opt) = @_;

    my $key = exists $opt{key} ? $opt{key} : 'shop';
    my %headers = defined $key ? (Authorization => 'Bearer ' . ($keys{$key} // $key)) : ();
    my $r = $t->http($opt{method} || ($body ? 'POST' : 'GET'), $path, headers => \%headers,
                     ref $body ? (json => $body) : defined $body ? (body => $body) : ());

    return ($r->{status}, $r->{body} =~ /^\{/ ? decode_json($r->{body}) : $r->{body});
}

# "200 ok" or "409 used" and so on.

sub verdict {
    my ($status, $answer) = ask(@_);

    return "$status " . (!ref $answer ? $answer : $answer->{error} ? 'error' : $answer->{valid} ? 'ok' : $answer->{reason});
}

sub order {
    my ($id, %more) = @_;

    return { order_id => $id, amount => '100.00', currency => 'EUR', %more };
}


# the answer, field by field

my ($status, $answer) = ask("/coupons/$code");

is($status, 200, 'GET');
is_deeply([sort keys %$answer], [qw(amount code combinable currency customer_bound discount discount_type expires_at minimum_amount valid)], 'has the fields that a good coupon has')
    or diag(explain($answer));
is($answer->{code}, $code, 'its code');
ok(JSON::PP::is_bool($answer->{valid}) && $answer->{valid}, 'valid');
is("$answer->{discount_type} $answer->{amount}", 'percent 10.00', 'what it gives');
is("$answer->{minimum_amount} $answer->{currency}", '30.00 EUR', 'from which amount');
is($answer->{discount}, '0.00', 'nothing off no amount');
ok(JSON::PP::is_bool($answer->{customer_bound}) && $answer->{customer_bound}, 'for its customer alone');
ok(JSON::PP::is_bool($answer->{combinable}) && !$answer->{combinable}, 'alone');
is($answer->{expires_at}, Retention::Fixture::day(15) . 'T00:00:00Z', 'until the end of its last day');

($status, $answer) = ask("/coupons/$code/validate", { amount => '100.50', currency => 'EUR', customer => $customer });
is("$status $answer->{discount} $answer->{currency}", '200 10.05 EUR', 'validate: what is taken off');
($status, $answer) = ask("/coupons/$code?amount=100.50&currency=EUR&customer=$customer");
is("$status $answer->{discount} $answer->{currency}", '200 10.05 EUR', 'GET with arguments: the same');
($status, $answer) = ask('/coupons/' . ($fixed->rows)[0]{coupon} . '?amount=3.00&currency=EUR');
is("$answer->{discount_type} $answer->{amount} $answer->{discount}", 'fixed 5.00 3.00', 'never more than the amount');
ok($answer->{combinable} && !exists $answer->{minimum_amount}, 'terms of another offer');

($status, $answer) = ask('/coupons/0000-0000-0000-0');
is_deeply([sort keys %$answer], [qw(code message reason valid)], 'an unknown one has no terms') or diag(explain($answer));
like($answer->{message}, qr/\w{3}/, 'but words for the page');
($status, $answer) = ask("/public/$code", undef, key => undef);
is_deeply($answer, { code => $code, valid => JSON::PP::true }, 'public: code and valid alone');
is(verdict("/public/$code?amount=1&currency=EUR", undef, key => undef), '200 ok', 'public: no questions');
($status, $answer) = ask("/public/0000-0000-0000-0", undef, key => undef);
is_deeply([sort keys %$answer], [qw(code valid)], 'public: no reason');
is(verdict("/public/$code/validate", {}, key => undef), '401 error', 'public: no POST');
($status, $answer) = ask("/public/$code");
is($answer->{discount_type}, 'percent', 'public, with a key: everything');


# reasons: what is asked, the verdict

my ($eur, $uah) = ('amount=30.00&currency=EUR', 'amount=9999.00&currency=UAH');
my $not_yet = ($early->rows)[0]{coupon};
my $expired = ($late->rows)[0]{coupon};
my $fives = ($fixed->rows)[1]{coupon};

my @reasons = (
    ['good', "/coupons/$code", undef, '200 ok'],
    ['unknown', '/coupons/0000-0000-0000-0', undef, '200 unknown'],
    ['no code at all', '/coupons/SUMMER10', undef, '200 unknown'],
    ['one symbol changed', '/coupons/' . ($code =~ s/^(.)/$1 eq '7' ? '8' : '7'/er), undef, '200 unknown'],
    ['redeeming an unknown one', '/coupons/0000-0000-0000-0/redeem', order('x'), '409 unknown'],
    ['not yet', "/coupons/$not_yet", undef, '200 not_yet'],
    ['redeeming too early', "/coupons/$not_yet/redeem", order('x'), '409 not_yet'],
    ['expired', "/coupons/$expired", undef, '200 expired'],
    ['redeeming too late', "/coupons/$expired/redeem", order('x'), '409 expired'],

    ['at the minimum', "/coupons/$code?$eur", undef, '200 ok'],
    ['below it', "/coupons/$code?amount=29.99&currency=EUR", undef, '200 below_minimum'],
    ['redeeming below it', "/coupons/$code/redeem", order('x', amount => '29.99'), '409 below_minimum'],
    ['another currency', "/coupons/$code?$uah", undef, '200 wrong_currency'],
    ['redeeming in another currency', "/coupons/$code/redeem", order('x', currency => 'UAH'), '409 wrong_currency'],
    ['a fixed sum in another currency', "/coupons/$fives?$uah", undef, '200 wrong_currency'],

    ['its customer', "/coupons/$code?customer=$customer", undef, '200 ok'],
    ['another customer', "/coupons/$code?customer=$other->{customer_id}", undef, '200 wrong_customer'],
    ['a stranger', "/coupons/$code/validate", { customer => 'stranger' }, '200 wrong_customer'],
    ['redeeming as another', "/coupons/$code/redeem", order('x', customer => 'stranger'), '409 wrong_customer'],
);

is(verdict(@{$_}[1, 2]), $_->[3], $_->[0]) for @reasons;


# reserve, redeem, release, restore: what, by which order, the verdict

my @steps = (
    ['reserve', 'a', '200 ok'],
    ['reserve', 'a', '200 ok', 'again'],
    ['reserve', 'b', '409 reserved'],
    ['redeem', 'b', '409 reserved'],
    ['validate', 'b', '200 reserved'],
    ['validate', 'a', '200 ok', 'by the holder'],
    ['release', 'b', '409 reserved'],
    ['release', 'a', '200 ok'],
    ['release', 'a', '200 ok', 'again'],
    ['reserve', 'b', '200 ok', 'after it was given back'],
    ['redeem', 'b', '200 ok'],
    ['redeem', 'b', '200 ok', 'again'],
    ['redeem', 'a', '409 used'],
    ['reserve', 'a', '409 used'],
    ['release', 'a', '409 used'],
    ['restore', 'a', '409 used'],
    ['validate', 'c', '200 used'],
    ['restore', 'b', '200 ok'],
    ['restore', 'b', '200 ok', 'again'],
    ['redeem', 'c', '200 ok', 'after it was restored'],
);

for my $step (@steps) {
    my ($action, $order, $expected, $how) = @$step;

    is(verdict("/coupons/$code/$action", order($order)), $expected, "$action by $order" . ($how ? ", $how" : ''));
}

my (undef, $first) = ask("/coupons/$other->{coupon}/reserve", order('r'));
my (undef, $again) = ask("/coupons/$other->{coupon}/reserve", order('r', amount => '900.00'));

like($first->{reserved_until}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/, 'a reservation has its end');
is_deeply($again, $first, 'and a repeat gets the first answer');

(undef, $first) = ask("/coupons/$other->{coupon}/redeem", order('r', amount => '50.00'));
(undef, $again) = ask("/coupons/$other->{coupon}/redeem", order('r', amount => '900.00'));

is($first->{discount}, '5.00', 'a redemption has its discount');
is_deeply($again, $first, 'and so has its repeat');


# how a code is typed

my $typed = shift(@rows)->{coupon};
my $plain = $typed =~ tr/-//dr;
my $sloppy = lc $plain =~ tr/01/OI/r;

my @spellings = (
    ['as it is shown', $typed],
    ['small letters', lc $typed],
    ['without hyphens', $plain],
    ['with spaces', join '%20', split /-/, $typed],
    ['with spaces around', "%20$plain%20"],
    ['O and I for 0 and 1', $sloppy],
    ['o and l for 0 and 1', $sloppy =~ tr/i/l/r],
);

is(verdict("/coupons/$_->[1]"), '200 ok', "code $_->[0]") for @spellings;

(undef, $answer) = ask("/coupons/$sloppy");
is($answer->{code}, $typed, 'it is answered as it is shown');
is(verdict("/coupons/$sloppy/redeem", order('typed')), '200 ok', 'and redeemed');


# requests that are no question

my $fresh = shift(@rows)->{coupon};

my @refused = (
    ['no key', 401, "/coupons/$fresh", undef, key => undef],
    ['an unknown key', 401, "/coupons/$fresh", undef, key => 'x' x 40],
    ['a key of events', 403, "/coupons/$fresh", undef, key => 'erp'],
    ['a key of events, public', 403, "/public/$fresh", undef, key => 'erp'],
    ['redeem without a key', 401, "/coupons/$fresh/redeem", order('x'), key => undef],
    ['no such action', 404, "/coupons/$fresh/burn", order('x')],
    ['POST without an action', 404, "/coupons/$fresh", order('x')],
    ['DELETE', 405, "/coupons/$fresh", undef, method => 'DELETE'],
    ['PUT', 405, "/coupons/$fresh/redeem", order('x'), method => 'PUT'],
    ['an empty body', 400, "/coupons/$fresh/redeem", '', method => 'POST'],
    ['broken JSON', 400, "/coupons/$fresh/redeem", '{"order_id":'],
    ['an array', 400, "/coupons/$fresh/redeem", '[]'],
    ['an unknown field', 400, "/coupons/$fresh/redeem", order('x', emial => 'a')],
    ['a field twice', 400, "/coupons/$fresh/redeem", '{"order_id":"x","order_id":"y"}'],
    ['no amount', 400, "/coupons/$fresh/redeem", { order_id => 'x' }],
    ['no amount to reserve for', 400, "/coupons/$fresh/reserve", { order_id => 'x' }],
    ['no order', 400, "/coupons/$fresh/redeem", { amount => '100.00', currency => 'EUR' }],
    ['an empty order', 400, "/coupons/$fresh/redeem", order('')],
    ['an order too long', 400, "/coupons/$fresh/redeem", order('x' x 129)],
    ['an amount without a currency', 400, "/coupons/$fresh/redeem", { order_id => 'x', amount => '100.00' }],
    ['a negative amount', 400, "/coupons/$fresh/redeem", order('x', amount => '-1.00')],
    ['an amount that is none', 400, "/coupons/$fresh?amount=lots&currency=EUR", undef],
    ['an argument that is not UTF-8', 400, "/coupons/$fresh?customer=%ff", undef],
);

for my $case (@refused) {
    my ($name, $expected, @ask) = @$case;

    ($status, $answer) = ask(@ask);
    is($status, $expected, $name);
    like(ref $answer ? $answer->{error} : '', qr/\w{3}/, "$name: says why");
}

is($t->http('HEAD', "/coupons/$fresh", headers => { Authorization => "Bearer $keys{shop}" })->{status}, 200, 'HEAD');
is(verdict("/coupons/$fresh/redeem", order('last')), '200 ok', 'none of them touched the coupon');


# two workers: a connection to each

my @connections;

while (@connections < 2) {
    my $http = Retention::Http->new($t->port);
    my $pid = $http->request('GET', '/gif')->{headers}{'x-worker'};

    if (!@connections || $pid ne $connections[0]{pid}) {
        push @connections, { http => $http, pid => $pid };
    }
}

my ($here, $there) = map { $_->{http} } @connections;

sub use_coupon {
    my ($http, $coupon, $action, $order) = @_;

    $http->send('POST', "/coupons/$coupon/$action", headers => { Authorization => "Bearer $keys{shop}" },
                body => encode_json(order($order)));
}

my ($both, $neither) = (0, 0);

for my $round (1 .. $ROUNDS) {
    my $coupon = shift(@rows)->{coupon};

    use_coupon($here, $coupon, 'redeem', "here-$round");
    use_coupon($there, $coupon, 'redeem', "there-$round");

    my @won = grep { $_->receive->{status} == 200 } $here, $there;

    $both++ if @won == 2;
    $neither++ if !@won;
}

is("$both $neither", '0 0', "$ROUNDS races of two workers: one wins");

my $seen = shift(@rows)->{coupon};
my @seen;

for my $action (qw(reserve release redeem restore)) {
    use_coupon($here, $seen, $action, 'here');
    $here->receive;
    use_coupon($there, $seen, 'validate', 'there');
    push @seen, decode_json($there->receive->{body})->{reason} // 'ok';
}

is("@seen", 'reserved ok used ok', 'what one worker decides the other sees at once');

my $coupons = $shop->status->{coupons};

is($coupons->{used}, 5 + $ROUNDS + 1, 'verdicts are counted') or diag(explain($coupons));

done_testing;
