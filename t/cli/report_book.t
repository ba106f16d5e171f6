# report as a workbook and as a page: the same sheets, whose cells are what the
# JSON says.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;
use Time::Local qw(timegm);

use Retention::Csv qw(csv_rows);
use Retention::Random;
use Retention::Test;
use Retention::Workbook;

my $N = 600;
my @SHEETS = ('Summary', 'Arms', 'Tiers', 'Lift', 'Estimates', 'Profit',
              'Funnel', 'By definition', 'Responses', 'Daily',
              'Buyers by day', 'Links', 'Coupons', 'Segments', 'After',
              'Curve', 'Definitions', 'Data quality');

my $t = Retention::Test->new;
my $random = Retention::Random->new('book');

sub some { return $random->below($_[0]) }

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');
$t->write_file('campaign.yaml', <<'END');
id: back
title: "<script>alert(1)</script> & 'co' =1+1"
starts: 2024-11-25
window: 14d
holdout: 30%
arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]
audience: orders >= 0
tiers:
  - { name: some, when: orders >= 0, offer: { percent: 5 }, expires: 7d }
  - { name: more, when: orders >= 2, offer: { percent: 10 }, expires: 7d }
messages: [{ name: first }, { name: reminder, after: 10d }]
links:
  shop: { url: "https://shop.example/" }
  sale: { url: "https://shop.example/sale" }
hosts: [shop.example]
cost: "12.50 EUR"
END

sub order {
    my ($id, $c, $day, $coupon) = @_;

    return sprintf "%s,c%d,2024-%s,%d.%02d,%s,%s,%s,%s\n", $id, $c, $day,
        5 + some(90), some(100), some(12) ? 'EUR' : 'JPY',
        some(6) ? '' : '1', '2', $coupon;
}

my $heading = "order_id,customer_id,ordered_at,amount,currency,refunded,cost,"
    . "coupon\n";

$t->write_file('customers.csv', join '', "customer_id,email,consent\n",
               map { "c$_,c$_\@shop.example,granted\n" } 1 .. $N);
$t->write_file('before.csv', join '', $heading, map {
    order("b$_", 1 + some($N), sprintf('%02d-%02d', 1 + some(10),
                                       1 + some(28)), '')
        =~ s/\.\d\d,JPY/,JPY/r } 1 .. 900);
$t->ctl_ok('import', 'customers', $t->path('customers.csv'));
$t->ctl_ok('import', 'orders', $t->path('before.csv'));
$t->ctl_ok('campaign', 'create', $t->path('campaign.yaml'), '--as-of',
           '2024-11-24');

my %drawn = map { $_->{customer_id} => $_ }
    csv_rows($t->ctl_ok('export', 'recipients', 'back'));

$t->write_file('after.csv', join '', $heading, map {
    my $c = 1 + some($N);

    $drawn{"c$c"}{arm} eq 'holdout' && some(2) ? ()
        : order("a$_", $c, sprintf('12-%02d', 1 + some(12)),
                some(3) ? '' : $drawn{"c$c"}{coupon}) =~ s/\.\d\d,JPY/,JPY/r
} 1 .. 300);
$t->write_file('events.csv', join '', "event_id,kind,customer_id,campaign,"
    . "link,occurred_at\n", map { my $k = qw(open click visit cart)[$_ % 4];
    "e$_,$k,c" . (1 + some($N)) . ",back," . ($k eq 'click'
        ? (qw(shop sale))[some(2)] : '') . ",2024-12-"
    . sprintf('%02d', 1 + some(8)) . "T12:00:00Z\n" } 1 .. 400);
$t->ctl_ok('import', 'orders', $t->path('after.csv'), '--until', '2025-01-10');
$t->ctl_ok('import', 'events', $t->path('events.csv'));

my @as_of = ('--as-of', '2025-01-10');
my $report = $t->ctl_json('report', 'back', '--json', @as_of);
my $path = $t->path('report.xlsx');

$t->ctl_ok('report', 'back', '--format', 'xlsx', '-o', $path, @as_of);

my $book = Retention::Workbook->read($path);

is_deeply([ $book->names ], \@SHEETS, 'the sheets');
is($t->ctl_ok('report', 'back', '--format', 'xlsx', @as_of),
   $t->read_file($path), 'the same bytes again');


# Numbers as near as doubles are.

sub number_is {
    my ($got, $expected, $name) = @_;

    return is($got, undef, $name) if !defined $expected;

    my $is_near = defined $got
        && abs($got - $expected) <= 1e-12 * abs $expected;

    ok($is_near, $name) or diag("got " . ($got // 'nothing')
                                . ", expected $expected");
}

sub tally_is {
    my ($name, $row, $tally) = @_;

    number_is($row->{$_}, $tally->{$_}, "$name: $_")
        for qw(recipients buyers bought orders unsubscribed);
    number_is($row->{'orders a buyer'}, $tally->{orders_per_buyer},
              "$name: orders a buyer");
    number_is($row->{$_}, $tally->{$_}{human}, "$name: $_")
        for qw(opened clicked visited viewed carted checked_out);

    for my $currency (keys %{ $tally->{revenue} }) {
        my %column = (revenue => 'revenue', average_order => 'average order',
                      discounts => 'discounts', refunds => 'refunds',
                      margin => 'margin');

        number_is($row->{"$column{$_}, $currency"}, $tally->{$_}{$currency},
                  "$name: $_ in $currency") for sort keys %column;
    }
}

my @arms = $book->table('Arms');
my @tiers = $book->table('Tiers');

is(scalar @arms, scalar @{ $report->{arms} }, 'a row an arm');
is($arms[$_]{arm}, $report->{arms}[$_]{name}, 'its name'),
    tally_is("arm $arms[$_]{arm}", $arms[$_], $report->{arms}[$_])
    for 0 .. $#arms;
is(scalar @tiers, scalar @{ $report->{tiers} }, 'a row a tier and arm');
tally_is("tier $tiers[$_]{tier}/$tiers[$_]{arm}", $tiers[$_],
         $report->{tiers}[$_]) for 0 .. $#tiers;

sub key { return join '/', map { $_ // '' } @_ }

my %lift = map { key(@$_{qw(arm metric currency)}) => $_ } $book->table('Lift');
my %json = map { key(@$_{qw(arm metric currency)}) => $_ }
    @{ $report->{comparisons} };

is_deeply([ sort keys %lift ], [ sort keys %json ], 'comparisons');
cmp_ok(scalar keys %lift, '>', 5, 'some of them');

for my $key (sort keys %json) {
    my %column = ('this arm, a customer' => 'arm_value',
                  'hold-out, a customer' => 'against_value',
                  difference => 'difference', low => 'low', high => 'high',
                  p => 'p', relative => 'relative',
                  incremental => 'incremental',
                  'incremental low' => 'incremental_low',
                  'incremental high' => 'incremental_high');

    number_is($lift{$key}{$_}, $json{$key}{ $column{$_} }, "$key: $_")
        for sort keys %column;
}

my %step = map { $_->{step} => $_ } $book->table('Funnel');

for my $arm (@{ $report->{arms} }) {
    number_is($step{recipients}{ $arm->{name} }, $arm->{recipients},
              "funnel of $arm->{name}: recipients");
    number_is($step{clicked}{ $arm->{name} }, $arm->{clicked}{human},
              "funnel of $arm->{name}: clicked");
    number_is($step{bought}{ $arm->{name} }, $arm->{buyers},
              "funnel of $arm->{name}: bought");
}

my @days = $book->table('Daily');

is(scalar @days, 14, 'a row a day');
number_is($days[0]{day}, timegm(0, 0, 0, 25, 10, 2024) / 86400 + 25569,
          "a day is one of Excel's");

for my $i (0 .. $#days) {
    my $day = $report->{activity}[$i];

    number_is($days[$i]{"orders, $_"}, $day->{orders}{$_},
              "$day->{day}: orders of $_") for sort keys %{ $day->{orders} };
    number_is($days[$i]{clicked}, $day->{clicked}, "$day->{day}: clicks");
}

is_deeply([ map { [ @$_{qw(message link human)} ] } $book->table('Links') ],
          [ map { [ @$_{qw(message link)}, $_->{clicks}{human} ] }
            @{ $report->{links} } ], 'links');

my %coupons = map { key(@$_{qw(tier arm)}) => $_ } $book->table('Coupons');

for my $tier (grep { $_->{coupons}{issued} } @{ $report->{tiers} }) {
    my $row = $coupons{ key(@$tier{qw(name arm)}) };

    number_is($row->{$_}, $tier->{coupons}{$_},
              "coupons of $tier->{name}/$tier->{arm}: $_")
        for qw(issued redeemed expired);
}

is(scalar $book->table('Segments'), scalar @{ $report->{segments} }, 'segments');
cmp_ok(scalar $book->table('Definitions'), '>', 10, 'definitions');
is_deeply([ map { $_->{detail} } grep { $_->{what} eq 'note' }
            $book->table('Data quality') ], $report->{notes}, 'notes');


# Charts are Excel's own, over cells of their sheets.

my @charts = map { $book->part("xl/charts/chart$_.xml") // () } 1 .. 20;

is(scalar @charts, 10, 'charts');
is(scalar(grep { !/<c:f>(?:'[\w ]+'|\w+)!\$/ } @charts), 0,
   'which refer to cells');
is(scalar(grep { /<c:hiLowLines/ } @charts), 1, 'one with intervals');
like($book->part('xl/styles.xml'), qr/formatCode="#,##0\.00 &quot;EUR&quot;"/,
     'money has its currency');
like($book->part('xl/styles.xml'), qr/formatCode="#,##0 &quot;JPY&quot;"/,
     'and its digits');
is(scalar(grep { defined && /<f>/ }
          map { $book->part("xl/worksheets/sheet$_.xml") } 1 .. 20), 0,
   'no formula stands in a cell');
like($book->part('docProps/core.xml'), qr/2025-01-10T00:00:00Z/,
     'the date is the as-of day');


# The page has the same cells.

my $html = $t->ctl_ok('report', 'back', '--format', 'html', @as_of);
my @tables = Retention::Workbook::tables($html);

is_deeply([ map { $_->[0] } @tables ], \@SHEETS, 'html: the sheets');

for my $table (@tables) {
    my ($name, $rows) = @$table;
    my @expected = $book->rows($name);
    my @differ;

    for my $i (0 .. $#expected) {
        for my $j (0 .. $#{ $rows->[0] }) {
            my ($got, $cell) = ($rows->[$i][$j] // '', $expected[$i][$j] // '');

            $got = timegm(0, 0, 0, $3, $2 - 1, $1) / 86400 + 25569
                if $got =~ /^(\d{4})-(\d\d)-(\d\d)$/;
            push @differ, "$i/$j: '$got', not '$cell'"
                if $got ne $cell
                && !($got =~ /^-?[\d.e+-]+$/ && $cell =~ /^-?[\d.eE+-]+$/
                     && abs($got - $cell) <= 1e-12 * abs $cell);
        }
    }

    is_deeply(\@differ, [], "html: $name has the workbook's cells");
    is(scalar @$rows, scalar @expected, "html: $name: rows");
}

unlike($html, qr/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|https?:/i,
       'html: nothing from elsewhere, and nothing that runs');
like($html, qr/<h1>&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &#39;co&#39;/,
     'html: texts are escaped');
like($html, qr/Content-Security-Policy" content="default-src 'none'/,
     'html: and the page forbids itself what it does not need');
is(() = $html =~ /<svg /g, 10, 'html: charts');
is($html, $t->ctl_ok('report', 'back', '--format', 'html', @as_of),
   'html: the same bytes again');

for my $pair (qw(xlsx/excel html/excel json/excel text/excel xlsx/json
                 html/json csv/json text/json))
{
    my ($format, $option) = split /\//, $pair;
    my ($status, $out, $err) = $t->ctl('report', 'back', '--format', $format,
                                       "--$option");

    is($status, 2, "--$option does not go with $format");
    is($out, '', "--$option, $format: nothing is written");
    like($err, qr/--$option goes with --format \w+, not with $format/,
         "--$option, $format: said");
}

is($t->ctl_ok('report', 'back', '--format', 'json', '--json', @as_of),
   $t->ctl_ok('report', 'back', '--json', @as_of), '--json with json');
is($t->ctl_ok('report', 'back', '--format', 'csv', '--excel', @as_of),
   $t->ctl_ok('report', 'back', '--excel', @as_of), '--excel with csv');


# An empty campaign has all sheets too.

$t->write_file('empty.yaml', "id: empty\nstarts: 2024-11-25\nwindow: 14d\n"
               . "recipients: imported\n");
$t->ctl_ok('campaign', 'create', $t->path('empty.yaml'));
$t->ctl_ok('report', 'empty', '--format', 'xlsx', '-o',
           $t->path('empty.xlsx'));
is_deeply([ Retention::Workbook->read($t->path('empty.xlsx'))->names ],
          \@SHEETS, 'an empty campaign');
is(scalar Retention::Workbook::tables($t->ctl_ok('report', 'empty',
                                                 '--format', 'html')),
   scalar @SHEETS, 'html: an empty campaign');

done_testing;
