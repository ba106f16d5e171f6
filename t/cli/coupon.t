# coupon list, show, void: what people ask about a code.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP;
use POSIX qw(strftime);
use Test::More;

use Retention::Csv qw(csv_rows);
use Retention::Test;

my $t = Retention::Test->new;
my $yesterday = strftime('%Y-%m-%d', gmtime(time - 86400));

$t->init('--currency', 'EUR');
$t->write_file('customers.csv', join '', "customer_id,email\n",
               map { "c$_,c$_\@shop.example\n" } 1 .. 30);
$t->write_file('orders.csv', join '',
               "order_id,customer_id,ordered_at,amount\n",
               map { "o$_,c$_,2024-01-01,5.00\n" } 1 .. 12);
$t->ctl_ok('import', $_, $t->path("$_.csv")) for qw(customers orders);

sub create {
    my ($id, $starts) = @_;

    $t->write_file("$id.yaml", <<"END");
id: $id
starts: $starts
window: 30d
holdout: 0%
audience: orders >= 0
tiers:
  - { name: none, when: orders = 0, offer: { percent: 12.5, minimum: "30.00 EUR" }, expires: 14d }
  - { name: some, when: orders > 0, offer: { fixed: "5.00 EUR", transferable: true }, expires: 2d }
END
    $t->ctl_ok('campaign', 'create', $t->path("$id.yaml"));
}

create('back', $yesterday);
create('later', strftime('%Y-%m-%d', gmtime(time + 20 * 86400)));

sub list { return @{ $t->ctl_json('coupon', 'list', '--json', @_) } }

my @all = list();
my @back = list('--campaign', 'back');

is(scalar @all, 60, 'all coupons');
is(scalar @back, 30, "a campaign's");
is((grep { $_->{status} ne 'issued' } @all), 0, 'all are issued');
is_deeply([ sort map { $_->{customer_id} } list('--expiring', '3d') ],
          [ sort map { "c$_" } 1 .. 12 ],
          'those that end within three days, and are good by now');
is(scalar list('--expiring', '72h'), 12, 'in hours too');
is(scalar list('--expiring', '1h'), 0, 'none within the hour');
is(scalar list('--expiring', '20d'), 30, 'all that are good');
is_deeply([ map { $_->{coupon} }
            csv_rows($t->ctl_ok('coupon', 'list', '--csv')) ],
          [ map { $_->{coupon} } @all ], 'as CSV');
like($t->ctl_ok('coupon', 'list', '--excel'), qr/^\xef\xbb\xbfcoupon;/,
     'for Excel');


# One: as people type it.

my ($some) = grep { $_->{tier} eq 'some' } @back;
my ($none) = grep { $_->{tier} eq 'none' } @back;

sub show { return $t->ctl_json('coupon', 'show', $_[0], '--json')->[0] }

my $shown = show(lc $some->{coupon} =~ s/-/ /gr);

is($shown->{coupon}, $some->{coupon}, 'in lower case, with spaces');
is($shown->{customer_id}, $some->{customer_id}, 'whose it is');
is($shown->{amount}, '5.00', 'what it takes off');
ok(!$shown->{customer_bound}, 'it may be given away');
is($shown->{reason}, undef, 'it is good now');

$shown = show($none->{coupon});
is($shown->{percent}, 12.5, 'another, in per cent');
is($shown->{minimum_amount}, '30.00', 'of an order of so much');
ok($shown->{customer_bound}, 'its customer alone may use it');

my ($later) = grep { $_->{campaign} eq 'later' } @all;

is(show($later->{coupon})->{reason}, 'not_yet', 'not good yet');
like($t->ctl_ok('coupon', 'show', $none->{coupon}),
     qr/^status +issued\n(?:.*\n)*minimum_amount +30\.00 EUR\n/m, 'as text');


# Void, and redeemed by the shop.

my $key = $t->ctl_ok('api-key', 'new', 'shop', '--scope', 'coupons', '--file',
                     $t->path('api-keys'));

chomp $key;
$t->nginx_start($t->conf(
    'location /coupons/ { retention_coupons; }',
    http => 'retention_api_keys %%DIR%%/api-keys;'));

my %auth = (headers => { Authorization => "Bearer $key" });

sub redeem {
    my ($coupon, $order) = @_;

    my $answer = $t->http('POST', "/coupons/$coupon->{coupon}/redeem", %auth,
        json => { order_id => $order, amount => '50.00', currency => 'EUR',
                  customer => $coupon->{customer_id} });

    return decode_json($answer->{body})->{reason} // 'ok';
}

my @two = grep { $_->{tier} eq 'some' } @back;

is(redeem($two[1], 'r1'), 'ok', 'one is redeemed');
like($t->ctl_ok('coupon', 'void', $two[0]{coupon}), qr/ is void$/m, 'void');
$t->ctl_ok('coupon', 'void', $two[0]{coupon});
pass('again');
is(redeem($two[0], 'r2'), 'void', 'the shop is told at once');

my ($status, $out, $err) = $t->ctl('coupon', 'void', $two[1]{coupon},
                                   $two[2]{coupon});

is($status, 1, 'a redeemed one stays');
like($err, qr/not made void: used/, 'and why');
like($out, qr/^\Q$two[2]{coupon}\E is void$/m, 'the next one is void');

$shown = show($two[1]{coupon});
is("$shown->{status} $shown->{order_id} $shown->{reason}", 'redeemed r1 used',
   'by which order');
like($shown->{changed_at}, qr/^20\d\d-/, 'and when');
is(show($two[0]{coupon})->{reason}, 'void', 'void is shown');
is(scalar list('--status', 'void'), 2, 'and listed');
is(scalar list('--expiring', '3d'), 9, 'neither needs a reminder');

for my $case ([ 1, qr/is no coupon's code/, 'show', 'XXXX' ],
              [ 1, qr/no campaign 'x'/, 'list', '--campaign', 'x' ],
              [ 2, qr/--expiring wants/, 'list', '--expiring', 'soon' ],
              [ 2, qr/--expiring wants/, 'list', '--expiring', '0d' ],
              [ 2, qr/--expiring wants/, 'list', '--expiring',
                '99999999999999999999d' ],
              [ 2, qr/exclude each other/, 'list', '--csv', '--json' ])
{
    my ($expected, $words, @args) = @$case;

    ($status, undef, $err) = $t->ctl('coupon', @args);
    is($status, $expected, "coupon @args: exit $expected");
    like($err, $words, 'and why');
}

# Of all check symbols one is right, and no such coupon was issued.

my @words = map { ($t->ctl('coupon', 'show', "0000-0000-0001-$_"))[2] }
    0 .. 9, 'A' .. 'H', 'J', 'K', 'M', 'N', 'P' .. 'T', 'V' .. 'Z';

is((grep { /no coupon .* was issued/ } @words), 1, 'one that was not issued');
is((grep { /is no coupon's code/ } @words), 31, 'and slips of the hand');

done_testing;
