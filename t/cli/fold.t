# retentionctl fold: every answer is the same before and after it, as of any
# day, and 'check' recounts it.

use strict;
use warnings;

use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 30, holdout => '50%',
                                   starts => Retention::Fixture::day(-2));
my @rows = $shop->rows;
my %headers = (Authorization => 'Bearer ' . $shop->key,
               'Content-Type' => 'application/json');


sub post {
    my ($path, $body) = @_;

    return $t->http('POST', $path, headers => \%headers,
                    body => encode_json($body));
}

# All that can be asked of events and coupons, as text.
sub answers {
    my @days = map { Retention::Fixture::day($_) } -3, -2, -1, 0;

    return join "\n", $t->ctl_ok('report', $shop->slug, '--json'),
        (map { $t->ctl_ok('report', $shop->slug, '--json', '--as-of', $_) }
         @days),
        (map { $t->ctl_ok('export', $_, '--format', 'csv') }
         qw(events coupons)),
        $t->ctl_ok('export', 'recipients', $shop->slug, '--format', 'csv');
}

sub fold { return $t->ctl_json('fold', '--json')->[0] }


is_deeply([ @{ fold() }{qw(events coupon_changes transactions)} ],
          [ 0, 0, 0 ], 'an empty log');

# Nothing that is younger than some seconds is folded by nginx.

$t->nginx_start($shop->conf);

for my $i (0 .. $#rows) {
    my $row = $rows[$i];
    my $customer = $row->{customer_id};

    $t->http('GET', $shop->path($row->{pixel_url})) for 0 .. $i % 3;
    $t->http('HEAD', $shop->path($row->{pixel_url}));
    $t->http('GET', $shop->path($row->{link_shop})) if $i % 2;

    my $event = { kind => 'visit', customer => $customer,
                  event_id => "e$i", campaign => $shop->slug,
                  occurred_at => Retention::Fixture::day(-1)
                                 . 'T10:00:00Z' };

    is(post('/e', $event)->{status}, 204, 'a visit of yesterday') for 1, 2;

    post('/e', { kind => 'cart', customer => $customer });
    post('/e', { kind => 'purchase', customer => $customer, amount => '5.00',
                 currency => 'EUR', order_id => "s$i" }) if $i % 3 == 0;
    post('/e', { kind => 'visit', customer => $customer, campaign =>
                 $shop->slug, occurred_at => '2021-01-01T00:00:00Z' });
    post('/e', { kind => 'view', customer => "nobody$i", campaign =>
                 $shop->slug });
    post("/coupons/$row->{coupon}/redeem",
         { order_id => "s$i", amount => '50.00', currency => 'EUR' })
        if $i % 4 == 0;
}

$t->nginx_stop;

my $before = answers();
my $folded = fold();

cmp_ok($folded->{events}, '>=', 7 * @rows, 'events are folded');
cmp_ok($folded->{coupon_changes}, '>', 0, 'and changes of coupons');
cmp_ok($folded->{transactions}, '>', 1, 'in transactions');
is(answers(), $before, 'every answer is the same');
like($t->ctl_ok('check'), qr/^[1-9]\d* rows added up, 0 differences$/m,
     'recounted');

$folded = fold();
is($folded->{events} + $folded->{coupon_changes}, 0, 'a second one has none');

# One who is known only later still gets his events.

$t->ctl_ok('import', 'customers', $t->write_file('later.csv',
           "customer_id,consent\nnobody1,granted\n"));
like($t->ctl_ok('check'), qr/ 0 differences$/m, 'the roll-ups stay');

my ($status, undef, $err) = $t->ctl('fold', 'now');
is($status, 2, 'no arguments');

done_testing;
