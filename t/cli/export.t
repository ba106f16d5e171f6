# retentionctl export: imported events, unsubscriptions, recipients, coupons.
# Events of the log are compared with nginx's answers in t/http.

use strict;
use warnings;

use JSON::PP;
use Test::More;

use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR');

my $file = $t->write_file('campaign.yaml', <<'END');
id: back
starts: 2024-11-25
window: 30d
holdout: 20%
audience: orders >= 0
tiers:
  - { name: all, when: orders >= 0, offer: { percent: 10 }, expires: 14d }
links:
  shop: { url: "https://shop.example/" }
hosts: [shop.example]
END

$t->write_file('customers.csv', join '', "customer_id,email,consent\n",
               "\"=1+1\",formula\@shop.example,granted\n",
               map { "c$_,c$_\@shop.example,granted\n" } 1 .. 99);
$t->write_file('events.jsonl', <<'END');
{"event_id":"e2","occurred_at":"2024-12-02T10:00:00Z","kind":"cart","customer_id":"c2","items":[{"sku":"A \"1\"","category":"x","quantity":2,"price":"1.50"}]}
{"event_id":"e1","occurred_at":"2024-12-01T10:00:00Z","kind":"visit","campaign":"back","customer_id":"c1","link":"shop"}
{"event_id":"e3","occurred_at":"2024-12-03T10:00:00Z","kind":"purchase","customer_id":"=1+1","order_id":"-7","amount":"30.00","currency":"EUR"}
END

$t->ctl_ok('import', 'customers', $t->path('customers.csv'));
$t->ctl_ok('campaign', 'create', $file, '--as-of', '2024-11-24');
$t->ctl_ok('import', 'events', $t->path('events.jsonl'));

sub lines {
    return map { decode_json($_) }
        split /\n/, $t->ctl_ok('export', @_, '--format', 'jsonl');
}


# Events.

my @events = lines('events');

is_deeply([map { $_->{kind} } @events], [qw(visit cart purchase)], 'by time');

my ($visit, $cart, $purchase) = @events;

is($visit->{campaign}, 'back', 'campaign by name');
is($visit->{link}, 'shop', 'link by name');
is($visit->{customer_id}, 'c1', 'customer by id');
is($visit->{source}, 'import', 'source');
is($visit->{class}, 'human', 'class');
is($visit->{received_at}, undef, 'imported: not received');
is($visit->{occurred_at}, '2024-12-01T10:00:00Z', 'but occurred');
ok(!$visit->{is_test}, 'no test');
is_deeply(decode_json($cart->{items}),
          [{ sku => 'A "1"', category => 'x', quantity => 2,
             price => '1.50' }], 'items');
is($purchase->{amount}, '30.00', 'amount');
is($purchase->{customer_id}, '=1+1', 'json: ids as they are');

my $csv = $t->ctl_ok('export', 'events');

like($csv, qr/^id,occurred_at,received_at,source,kind,class,/, 'csv: heading');
like($csv, qr/,'=1\+1,/, 'csv: what a spreadsheet would run is defused');
like($csv, qr/,'-7,30\.00,EUR,/, 'csv: an id too, an amount not');


# For Excel.

my $excel = $t->ctl_ok('export', 'events', '--excel');

like($excel, qr/^\xef\xbb\xbfid;occurred_at;/, 'excel: BOM and semicolons');
like($excel, qr/;"=""=1\+1""";/, 'excel: a text stays one');
like($excel, qr/;"=""-7""";30,00;"=""EUR""";/, 'excel: an amount is a number');
like($excel, qr/;2024-12-02 10:00:00;/, 'excel: a time');
like($excel, qr/;"=""[^;]*""""sku"""": """"A \\""""1\\"/, 'excel: quotes');

for my $args ([ '--format', 'jsonl' ], [ '--json' ]) {
    my ($exit) = $t->ctl('export', 'events', '--excel', @$args);
    is($exit, 2, "excel: not with @$args");
}

is(scalar lines('events', '--from', '2024-12-02'), 2, 'from a day');
is(scalar lines('events', '--to', '2024-12-02'), 2, 'to a day');
is(scalar lines('events', '--from', '2024-12-02', '--to', '2024-12-02'), 1,
   'one day');
is(scalar lines('events', '--campaign', 'back'), 1, 'one campaign');

$t->write_file('unsubscribes.csv',
               "customer_id,unsubscribed_at\nc5,2024-12-01T12:00:00Z\n");

my ($status) = $t->ctl('import', 'unsubscribes', $t->path('unsubscribes.csv'));

is($status, 0, 'an unsubscription goes in');
is(scalar(grep { $_->{kind} eq 'unsubscribe' && $_->{customer_id} eq 'c5' }
          lines('events')), 1, 'and out');


# Recipients.

my @recipients = lines('recipients', 'back');

is(scalar @recipients, 100, 'all recipients');

my @treated = grep { $_->{arm} eq 'treated' } @recipients;
my @held = grep { $_->{arm} eq 'holdout' } @recipients;

is(@treated + @held, 100, 'in two arms');
is(scalar(grep { !$_->{coupon} } @treated), 0, 'the treated have coupons');
is(scalar(grep { $_->{coupon} } @held), 0, 'the hold-out has none');
is(scalar(grep { $_->{t0} eq '2024-11-25T00:00:00Z'
                 && $_->{until} eq '2024-12-25T00:00:00Z' } @recipients),
   100, 'windows');
is_deeply([sort map { $_->{customer_id} }
           grep { $_->{visited} } @recipients], ['c1'], 'who visited');
is_deeply([map { $_->{customer_id} } grep { $_->{bought} } @recipients],
          ['=1+1'], 'who bought');


# Coupons.

my @coupons = lines('coupons');

is_deeply([sort map { $_->{coupon} } @coupons],
          [sort map { $_->{coupon} } @treated], 'a coupon each');
is(scalar(grep { $_->{status} eq 'issued' && $_->{tier} eq 'all' } @coupons),
   scalar @treated, 'issued for the tier');


# One person: all of it, and nothing of others.

my %person;

for my $row (lines('person', 'c2')) {
    $person{ $row->{record} }[$row->{number} - 1]{ $row->{field} }
        = $row->{value};
}

my ($drawn) = grep { $_->{customer_id} eq 'c2' } @recipients;

is_deeply($person{customer}, [ { customer_id => 'c2',
    email => 'c2@shop.example', consent => 'granted', subscribed => 'yes' } ],
    'person: the customer');
is_deeply([ map { "$_->{kind} $_->{occurred_at} $_->{item} "
                  . "$_->{item_quantity} $_->{item_price}" }
            @{ $person{event} } ],
          [ 'cart 2024-12-02T10:00:00Z A "1" 2 1.50' ], 'person: events');
is_deeply([ map { [ @$_{qw(campaign arm t0)}, $_->{coupon} // 'none' ] }
            @{ $person{recipient} } ],
          [ [ 'back', @$drawn{qw(arm t0)}, $drawn->{coupon} // 'none' ] ],
          'person: draws');

$t->write_file('orders.csv', "order_id,customer_id,email,ordered_at,amount,"
    . "refunded,coupon\nx1,c2,,2024-12-05T10:00:00Z,30.00,2.50,SALE\n"
    . "x2,c3,,2024-12-05T10:00:00Z,31.00,,\n"
    . "x3,,Guest\@shop.example,2024-12-05T10:00:00Z,32.00,,\n");
$t->ctl_ok('import', 'orders', $t->path('orders.csv'));

my @orders = grep { $_->{record} eq 'order' } lines('person', 'c2');

is_deeply({ map { $_->{field} => $_->{value} } @orders },
          { order_id => 'x1', ordered_at => '2024-12-05T10:00:00Z',
            status => 'paid', amount => '30.00', currency => 'EUR',
            discount => '0.00', refunded => '2.50', coupon => 'SALE' },
          'person: orders');
is((grep { $_->{record} eq 'event' && $_->{value} eq 'unsubscribe' }
    lines('person', 'c5')), 1, 'person: unsubscriptions');
is_deeply([ map { $_->{value} } grep { $_->{field} eq 'order_id' }
            lines('person', ' guest@SHOP.example') ], [ 'x3' ],
          'person: a guest by e-mail');


# Files.

my $path = $t->path('events.csv.gz');

$t->ctl_ok('export', 'events', $path);
is(scalar `gzip -dc '$path'`, $t->ctl_ok('export', 'events'), 'compressed');
is((stat $path)[2] & 0777, 0600, 'for the owner alone');

for my $case ([ 1, qr/exists; --force/, 'events', $path ],
              [ 1, qr/no campaign 'x'/, 'events', '--campaign', 'x' ],
              [ 1, qr/no campaign 'x'/, 'recipients', 'x' ],
              [ 1, qr/no customer with the id or e-mail 'x'/, 'person', 'x' ],
              [ 2, qr/--from is after --to/, 'events', '--from', '2024-12-02',
                '--to', '2024-12-01' ],
              [ 2, qr/one of csv, jsonl/, 'events', '--format', 'xml' ])
{
    my ($expected, $words, @args) = @$case;
    my ($exit, $out, $err) = $t->ctl('export', @args);

    is($exit, $expected, "export @args: exit $expected");
    like($err, $words, "export @args: says why");
}

done_testing;
