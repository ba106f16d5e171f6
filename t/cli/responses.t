# export responses: a row a recipient, whose sums are the report's figures.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP;
use POSIX qw(strftime);
use Test::More;

use Retention::Csv qw(csv_rows);
use Retention::DuckDb;
use Retention::Random;
use Retention::Test;

my $N = 400;
my $NOW = time;
my $START = strftime('%Y-%m-%d', gmtime($NOW - 5 * 86400));
my $t = Retention::Test->new;

$t->init('--currency', 'EUR');
$t->write_file('customers.csv', join '', "customer_id,email,consent\n",
               map { "c$_,c$_\@shop.example,granted\n" } 1 .. $N);
$t->ctl_ok('import', 'customers', $t->path('customers.csv'));
$t->write_file('campaign.yaml', <<"END");
id: back
starts: $START
window: 30d
holdout: 30%
arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]
audience: orders >= 0
tiers:
  - { name: all, when: orders >= 0, offer: { percent: 10 }, expires: 14d }
messages: [{ name: first }, { name: reminder, after: 10d }]
links:
  shop: { url: "https://shop.example/" }
  sale: { url: "https://shop.example/sale" }
hosts: [shop.example]
END
$t->ctl_ok('campaign', 'create', $t->path('campaign.yaml'), '--as-of',
           $START);

my %drawn = map { $_->{customer_id} => $_ }
    csv_rows($t->ctl_ok('export', 'recipients', 'back'));
my @treated = sort grep { $drawn{$_}{arm} ne 'holdout' } keys %drawn;


# Orders of two currencies, with refunds, costs and coupons, on every day
# around the window's; the same each time.

my $random = Retention::Random->new(4);

sub pick { return $random->below($_[0]) }

sub day { return strftime('%Y-%m-%d', gmtime($NOW + $_[0] * 86400)) }

my @orders = "order_id,customer_id,ordered_at,status,amount,currency,"
    . "discount,refunded,cost,coupon\n";

for my $i (1 .. 900) {
    my $c = 'c' . (1 + pick($N));
    my $amount = 10 + pick(5000);
    my $coupon = pick(3) == 0 ? $drawn{$c}{coupon} : '';

    push @orders, sprintf("o%d,%s,%sT%02d:00:00Z,%s,%d.%02d,%s,%s,%s,%s,%s\n",
        $i, $c, day(pick(9) - 9), pick(24), pick(9) ? 'paid' : 'cancelled',
        $amount, pick(100), pick(10) ? 'EUR' : 'USD',
        $coupon ne '' ? '1.50' : '', pick(5) ? '' : '3.25',
        pick(40) ? '5.00' : '', $coupon);
}

$t->write_file('orders.csv', join '', @orders);
$t->ctl_ok('import', 'orders', $t->path('orders.csv'), '--until', day(0));
$t->write_file('events.jsonl', join '', map {
    encode_json({ event_id => "e$_", kind => (qw(visit cart view))[$_ % 3],
                  occurred_at => day(-1) . 'T10:00:00Z',
                  customer_id => 'c' . (1 + pick($N)), campaign => 'back' })
    . "\n" } 1 .. 200);
$t->ctl_ok('import', 'events', $t->path('events.jsonl'));


# Pixels and links from nginx.

my %mail = map { $_->{customer_id} => $_ }
    csv_rows($t->ctl_ok('campaign', 'merge', 'back'));
my %reminder = map { $_->{customer_id} => $_ }
    csv_rows($t->ctl_ok('campaign', 'merge', 'back', '--message', 'reminder'));

$t->ctl_ok('campaign', 'merge', 'back', '--test', 'me@shop.example');
$t->nginx_start($t->conf(<<'END'));
location /o/ { retention_pixel; }
        location /r/ { retention_redirect; retention_fallback https://x.example/; }
        location /u/ { retention_unsubscribe; }
END

my %browser = (headers => { 'User-Agent' =>
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' });

sub get {
    my ($url) = @_;

    return $t->http('GET', $url =~ s{^https?://[^/]+}{}r, %browser)->{status};
}

is(get($mail{$_}{pixel_url}), 200, "an open of $_") for @treated[0 .. 9];
is(get($mail{$_}{link_shop}), 302, "a click of $_") for @treated[5 .. 12];
is(get($reminder{$_}{link_sale}), 302, "a reminder's click of $_")
    for @treated[12 .. 14];
is($t->http('POST', $mail{ $treated[3] }{unsubscribe_url}
                    =~ s{^https?://[^/]+}{}r)->{status}, 200,
   'an unsubscription');
$t->nginx_stop;


# What was counted up to a day stays, whatever the clock does meanwhile.

my @TODAY = ('--as-of', day(0));

sub rows {
    my (@args) = @_;

    return map { decode_json($_) }
        split /\n/, $t->ctl_ok('export', 'responses', 'back', '--format',
                               'jsonl', @TODAY, @args);
}

sub cents { return defined $_[0] ? int($_[0] * 100 + ($_[0] < 0 ? -.5 : .5)) : 0 }

sub sum {
    my ($column, @rows) = @_;

    my $sum = 0;

    $sum += $column =~ /^(?:gross|refund|revenue|margin|discount)$/
        ? cents($_->{$column}) : $_->{$column} // 0 for @rows;

    return $sum;
}

my @PEOPLE = qw(opened clicked visited viewed carted checked_out);

# Each group of rows of the report beside the export's rows of that group.

sub compare {
    my ($name, $group, $currency, @rows) = @_;

    is(scalar @rows, $group->{recipients}, "$name: recipients");
    is(sum('bought', @rows), $group->{buyers}, "$name: buyers");
    is(sum('orders', @rows), $group->{orders}, "$name: orders");
    is(sum('revenue', @rows), cents($group->{revenue}{$currency}),
       "$name: revenue");
    is(sum('gross', @rows) - sum('refund', @rows), sum('revenue', @rows),
       "$name: gross less refunds");
    is(sum('refund', @rows), cents($group->{refunds}{$currency}),
       "$name: refunds");
    is(sum('discount', @rows), cents($group->{discounts}{$currency}),
       "$name: discounts");
    is(sum('redeemed', @rows), $group->{coupons}{redeemed},
       "$name: redeemed");
    is(sum('unsubscribed', @rows), $group->{unsubscribed},
       "$name: unsubscribed");
    is(sum($_, @rows), $group->{$_}{human}, "$name: $_") for @PEOPLE;
}

sub compare_all {
    my ($what, $currency, @args) = @_;

    my $report = $t->ctl_json('report', 'back', '--json', @TODAY,
                              grep { !/^(?:--currency|USD)$/ } @args);
    my @counted = grep { !defined $_->{excluded_reason} } rows(@args);

    for my $arm (@{ $report->{arms} }) {
        compare("$what: $arm->{name}", $arm, $currency,
                grep { $_->{arm} eq $arm->{name} } @counted);
        is((grep { $_->{arm} eq $arm->{name}
                   && ($_->{is_holdout} ? 1 : 0)
                      != ($arm->{holdout} ? 1 : 0) } @counted), 0,
           "$what: $arm->{name}: is_holdout");
    }

    for my $tier (@{ $report->{tiers} }) {
        compare("$what: tier $tier->{name}/$tier->{arm}", $tier, $currency,
                grep { $_->{arm} eq $tier->{arm}
                       && $_->{tier} eq $tier->{name} } @counted);
    }

    return $report;
}

my $report = compare_all('all', 'EUR');

cmp_ok($report->{arms}[1]{revenue}{EUR}, '>', 0, 'there is something to sum');
cmp_ok($report->{arms}[1]{refunds}{EUR}, '>', 0, 'refunds too');
cmp_ok($report->{arms}[1]{discounts}{EUR}, '>', 0, 'discounts too');
compare_all('USD', 'USD', '--currency', 'USD');
compare_all('as of', 'EUR', '--as-of', day(-2));


# One by one.

my @rows = rows();
my %row = map { $_->{customer_id} => $_ } grep { $_->{customer_id} } @rows;
my @test = grep { !defined $_->{customer_id} } @rows;

is(scalar keys %row, $N, 'a row for each recipient');
is(scalar @test, 2, 'and for the test recipients');
is((grep { $_->{excluded_reason} ne 'test' || defined $_->{orders} } @test), 0,
   'which no figure counts');

my ($both, $only, $opened, $nothing) =
    map { $row{ $treated[$_] } } 12, 14, 0, 20;

is($both->{message}, 'first', 'the first message that was clicked');
is($only->{message}, 'reminder', 'or the only one');
is($nothing->{message}, undef, 'or none');
like($both->{first_human_click_at}, qr/^20\d\d-.*Z$/, 'when');
is($nothing->{first_human_click_at}, undef, 'or never');
ok($opened->{delivered}, 'who opened got the mail');
is($nothing->{delivered}, undef, 'of others nothing is known');
is((grep { defined $_->{margin} && $_->{currency_orders} == 0
           && $_->{margin} ne '0.00' } @rows), 0, 'no order, no margin');
cmp_ok((grep { !defined $_->{excluded_reason} && !defined $_->{margin} }
        @rows), '>', 0, 'no margin where a cost is missing');


# Roll-ups change nothing.

$t->ctl_ok('fold');
is_deeply([ rows() ], \@rows, 'the same after fold');
compare_all('folded', 'EUR');


# The days and links of the report add up.

my %orders;

for my $day (@{ $report->{activity} }) {
    $orders{$_} += $day->{orders}{$_} for keys %{ $day->{orders} };
}

is_deeply(\%orders, { map { $_->{name} => $_->{orders} }
                      @{ $report->{arms} } }, "days' orders are the arms'");

my %clicks;

for my $link (@{ $report->{links} }) {
    $clicks{"$link->{message}/$link->{link}"} = $link->{clicks}{human};
}

is_deeply(\%clicks, { 'first/shop' => 8, 'reminder/sale' => 3 },
          "links' clicks");
my $folded = $t->ctl_json('report', 'back', '--json', @TODAY);

is_deeply($folded->{links}, $report->{links}, 'of the roll-ups too');
is_deeply($folded->{activity}, $report->{activity}, 'and days');


# Formats, and what the columns mean.

my $csv = $t->ctl_ok('export', 'responses', 'back', @TODAY);
my @csv = csv_rows($csv);
my @dictionary = csv_rows($t->ctl_ok('export', 'responses', '--dictionary'));

is((split /\r\n/, $csv)[0], join(',', map { $_->{column} } @dictionary),
   'the dictionary has the columns in their order');
is_deeply([ map { $_->{customer_id} } @csv ],
          [ map { $_->{customer_id} // '' } @rows ], 'csv: the same rows');
is((grep { $_->{meaning} eq '' } @dictionary), 0, 'each has a meaning');

my $page = $t->read_file("$Retention::Test::ROOT/docs/retentionctl.1");
my ($section) = $page =~ /^\.Ss export responses\n(.*?)^\.Ss /ms;

for my $line (@dictionary) {
    ok(index($section, ".It Li $line->{column} Ta $line->{type} Ta "
                       . "$line->{meaning}\n") >= 0,
       "the manual has $line->{column}");
}

SKIP: {
    my $missing = Retention::DuckDb->missing;

    skip $missing, 2 if $missing;

    my %types = (text => 'VARCHAR', 'whole number' => 'BIGINT',
                 decimal => 'DOUBLE', 'time, UTC' => 'TIMESTAMP',
                 'true or false' => 'BOOLEAN');
    my $path = $t->path('responses.csv.gz');

    $t->ctl_ok('export', 'responses', 'back', $path, @TODAY);

    my ($types, $sums) = Retention::DuckDb->new->run(
        "describe from '$path'",
        "select arm, sum(orders)::int, round(sum(revenue), 2) from '$path' "
        . "where excluded_reason is null group by 1 order by 1");
    my %found = map { $_->[0] => $_->[1] =~ s/ WITH TIME ZONE//r }
        @{ $types->{rows} };

    is_deeply(\%found, { map { $_->{column} => $types{ $_->{type} } }
                         @dictionary }, 'DuckDB finds the types');
    is_deeply([ map { [ $_->[0], $_->[1], sprintf '%.2f', $_->[2] ] }
                @{ $sums->{rows} } ],
              [ map { [ $_->{name}, $_->{orders}, $_->{revenue}{EUR} ] }
                sort { $a->{name} cmp $b->{name} } @{ $report->{arms} } ],
              "and its sums are the report's");
}

for my $case ([ 2, qr/needs a campaign/ ], [ 1, qr/no campaign 'x'/, 'x' ],
              [ 2, qr/--currency wants/, 'back', '--currency', 'Euro' ])
{
    my ($expected, $words, @args) = @$case;
    my ($status, $out, $err) = $t->ctl('export', 'responses', @args);

    is($status, $expected, "export responses @args: exit $expected");
    like($err, $words, 'and why');
}

done_testing;
