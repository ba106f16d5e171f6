# report: one model, five formats.  A campaign that has every part, and none of
# the numbers that the JSON tells is missing in the workbook, the page or the
# CSV.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Retention::Csv qw(csv_rows);
use Retention::Random;
use Retention::Test;
use Retention::Workbook;

my $N = 900;
my $random = Retention::Random->new('parts');

sub some { return $random->below($_[0]) }

sub day { return sprintf '2024-%02d-%02d', @_ }

sub campaign {
    my ($id, $starts) = @_;

    return <<"END";
id: $id
title: All of it
starts: $starts
window: 14d
holdout: 30%
arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]
tiers:
  - { name: d90,  when: last_order > 90d, offer: { percent: 5 }, expires: 9d }
  - { name: d180, when: last_order > 180d, offer: { percent: 10 }, expires: 9d }
messages: [{ name: first }, { name: reminder, after: 7d }]
links:
  shop: { url: "https://shop.example/" }
  sale: { url: "https://shop.example/sale" }
hosts: [shop.example]
audience: orders >= 1
cost: "12.50 EUR"
END
}

# All were silent since May or August, and some had bought once before that;
# every order carries its cost.

my $heading = "order_id,customer_id,ordered_at,amount,refunded,cost,discount,"
    . "coupon\n";
my $serial = 0;

sub order {
    my ($customer, $day, $discount, $coupon) = @_;

    return sprintf "o%d,%s,%s,%d.%02d,%s,%d.%02d,%s,%s\n", ++$serial,
        $customer, $day, 20 + some(70), some(100), some(8) ? '' : '1.50',
        3 + some(9), some(100), $discount // '', $coupon // '';
}

my @customers = map { "c$_" } 1 .. $N;

my $before = join '', map {
    order("c$_", day($_ % 2 ? 5 : 8, 1 + some(12))),
    $_ % 3 ? () : order("c$_", day(2 + some(2), 1 + some(28)))
} 1 .. $N;

sub store {
    my $new = Retention::Test->new;

    $new->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');
    $new->ctl_ok('import', 'customers', $new->write_file('customers.csv',
        join '', "customer_id,email,consent\n",
        map { "$_,$_\@shop.example,granted\n" } @customers));
    $new->ctl_ok('import', 'orders',
                 $new->write_file('before.csv', $heading . $before));
    $new->ctl_ok('campaign', 'create', '--as-of', '2024-11-24',
                 $new->write_file('back.yaml', campaign('back', '2024-11-25')));
    $new->ctl_ok('campaign', 'create', '--as-of', '2024-11-24',
                 $new->write_file('beside.yaml',
                                  campaign('beside', '2024-12-05')));

    return $new;
}

# A store draws by its own key.  One draw in thousands is so uneven that its
# lift would be withheld; then another store draws.

sub is_even {
    my (@recipients) = @_;

    my %n;

    $n{ $_->{arm} }++ for @recipients;

    return !grep { abs(($n{ $_->[0] } // 0) - $_->[1]) > 45 }
        [ 'holdout', .3 * $N ], [ 'plain', .35 * $N ], [ 'warm', .35 * $N ];
}

my ($t, @drawn);

until (is_even(@drawn)) {
    $t = store();
    @drawn = csv_rows($t->ctl_ok('export', 'recipients', 'back'));
}

# In the window: one in five of the hold-out comes back, of the treated two in
# five, half of them with their coupon.  Half of all come a second time.  A
# hold-out uses another's coupon, and new customers come by themselves.

my ($lent) = grep { $_ } map { $_->{coupon} } @drawn;
my @orders;

for my $one (@drawn) {
    my $is_treated = $one->{arm} ne 'holdout';

    next if some(5) >= ($is_treated ? 2 : 1);

    push @orders, order($one->{customer_id}, day(12, 1 + some(7)),
                        $is_treated && some(2) && $one->{coupon}
                        ? ('2.50', $one->{coupon}) : ());
    push @orders, order($one->{customer_id}, $random->below(2)
                        ? day(12, 12 + some(19)) : '2025-01-20') if some(2);
}

my ($heldout) = grep { $_->{arm} eq 'holdout' } @drawn;

push @orders, order($heldout->{customer_id}, day(12, 6), '2.50', $lent);
push @orders, map { order("new$_", day(12, 3)),
                    $_ % 3 ? () : order("new$_", day(12, 28)) } 1 .. 30;

$t->write_file('after.csv', join '', $heading, @orders);

my @kinds = qw(open click visit view cart checkout);

$t->write_file('events.csv', join '', "event_id,kind,customer_id,campaign,"
    . "link,occurred_at\n", (map {
        my $kind = $kinds[$_ % 6];

        "e$_,$kind,c" . (1 + some($N)) . ",back,"
        . ($kind eq 'click' ? (qw(shop sale))[some(2)] : '') . ','
        . day(12, 1 + some(6)) . "T12:00:00Z\n"
    } 1 .. 700), map {
        my ($arm) = @$_;

        map { "u$_,unsubscribe,$_,back,,2024-12-02T10:00:00Z\n" }
            map { $_->{customer_id} }
            (grep { $_->{arm} eq $arm } @drawn)[0 .. $_->[1]]
    } [ 'holdout', 3 ], [ 'plain', 8 ], [ 'warm', 2 ]);
$t->ctl_ok('import', 'orders', $t->path('after.csv'), '--until',
           '2025-04-30');
$t->ctl_ok('import', 'events', $t->path('events.csv'));

my @report = ('report', 'back', '--always-valid', '--cuped', '--as-of',
              '2025-04-30');
my $report = $t->ctl_json(@report, '--json');
my $path = $t->path('report.xlsx');

$t->ctl_ok(@report, '--format', 'xlsx', '-o', $path);

my $book = Retention::Workbook->read($path);
my $html = $t->ctl_ok(@report, '--format', 'html');
my $csv = $t->ctl_ok(@report, '--format', 'csv');
my $text = $t->ctl_ok(@report);


# Every part is there to be told.

for my $part (qw(arms tiers messages comparisons segments estimates profit
                 days after activity links overlaps notes))
{
    cmp_ok(scalar @{ $report->{$part} }, '>', 0, "there are $part");
}

my %found = map { $_->{estimate} => 1 } @{ $report->{estimates} };

ok($found{$_}, "an estimate: $_")
    for qw(always-valid cuped post-stratified winsorised);
is_deeply([ sort keys %{ { map { $_->{by} => 1 } @{ $report->{segments} } } } ],
          [ 'stage', 'tier' ], 'segments of both kinds');
cmp_ok($report->{holdout_reached}{$_}, '>', 0, "hold-out: $_")
    for qw(customers opened_or_clicked redeemed unsubscribed);
ok(defined $report->{sample_ratio_remaining}{p}, 'the second test');


# Numbers of a part of the JSON, with the names that lead to them.

sub leaves {
    my ($node, $path) = @_;

    return map { leaves($node->{$_}, "$path/$_") } sort keys %$node
        if ref $node eq 'HASH';
    return map { leaves($node->[$_], "$path/$_") } 0 .. $#$node
        if ref $node eq 'ARRAY';
    return if !defined $node || ref $node;

    return $node =~ /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/ ? [$path, $node]
                                                         : ();
}

# A workbook has 16 digits of a double, the others all 17.

sub same { return abs($_[0] - $_[1]) <= 1e-12 * abs $_[1] }

# Numbers are found by 12 digits of them; one between two such is either.

sub digits {
    my ($number) = @_;

    return map { sprintf '%.12g', $number * $_ } 1, 1 - 1e-15, 1 + 1e-15;
}

sub numbers {
    my %has;

    for my $cell (@_) {
        @has{ digits($cell) } = ()
            if defined $cell && $cell =~ /^-?[\d.]+(?:[eE][+-]?\d+)?$/;
    }

    return \%has;
}

sub has {
    my ($numbers, $wanted) = @_;

    return grep { exists $numbers->{$_} } digits($wanted);
}

my %cells = (
    xlsx => numbers(map { @$_ } map { $book->rows($_) } $book->names),
    html => numbers(map { @$_ } map { @{ $_->[1] } }
                    Retention::Workbook::tables($html)),
    csv  => numbers(map { values %$_ } csv_rows($csv))
);

for my $part (sort keys %$report) {
    my @leaves = leaves($report->{$part}, $part);

    for my $format (sort keys %cells) {
        my @missing = grep { !has($cells{$format}, $_->[1]) } @leaves;

        is_deeply(\@missing, [], "$format: $part: " . @leaves . ' numbers')
            if @leaves;
    }
}


# And they stand where they belong.

sub row_is {
    my ($name, $row, $expected, %columns) = @_;

    my @differ = grep {
        my ($got, $want) = ($row->{$_}, $expected->{ $columns{$_} });

        defined $got != defined $want
            || (defined $want && !same($got, $want))
    } sort keys %columns;

    is_deeply(\@differ, [], $name)
        or diag(explain({ row => $row, expected => $expected }));
}

my @estimates = $book->table('Estimates');
my %parameter = ('always-valid' => 'tau', cuped => 'rho', bootstrap => 'seed',
                 'post-stratified' => 'strata', winsorised => 'cap');

is(scalar @estimates, scalar @{ $report->{estimates} }, 'estimates');

for my $i (0 .. $#estimates) {
    my $want = $report->{estimates}[$i];

    is_deeply([ @{ $estimates[$i] }{'found by', 'metric', 'arm', 'with'} ],
              [ @$want{qw(estimate metric arm)},
                $parameter{ $want->{estimate} } ], "estimate $i");
    row_is("estimate $i: numbers", $estimates[$i], $want,
           'its value' => $parameter{ $want->{estimate} }, p => 'p',
           difference => 'difference', low => 'low', high => 'high',
           'variance saved' => 'variance_saved');
}

my ($profit) = $book->table('Profit');

is($profit->{what}, 'profit', 'all orders carry a cost: a profit');
row_is('profit: numbers', $profit, $report->{profit}[0], value => 'value',
       low => 'low', high => 'high', incremental => 'incremental',
       'incremental low' => 'incremental_low',
       'incremental high' => 'incremental_high', discounts => 'discounts',
       cost => 'cost', return => 'return',
       'break-even discounts' => 'break_even_discounts',
       'break-even, a coupon' => 'break_even_discount_each',
       'discounts to who would buy anyway' => 'discounts_to_anyway_buyers',
       'anyway low' => 'discounts_to_anyway_buyers_low',
       'anyway high' => 'discounts_to_anyway_buyers_high');

my @buyers = $book->table('Buyers by day');

is(scalar @buyers, scalar @{ $report->{days} }, 'a row a day');

for my $arm (map { $_->{name} } @{ $report->{arms} }) {
    my @want = map { $_->{arms}{$arm} } @{ $report->{days} };

    is_deeply([ map { [ @$_{"buyers, $arm", "recipients, $arm"} ] } @buyers ],
              [ map { [ @$_{qw(buyers recipients)} ] } @want ],
              "buyers of $arm by day");
    is(scalar(grep { !same($buyers[$_]{$arm}, $want[$_]{buyers}
                                              / $want[$_]{recipients}) }
              0 .. $#want), 0, 'and their share');
}

for my $i (0 .. $#buyers) {
    my $day = $report->{days}[$i];

    row_is("$day->{day}: all treated", $buyers[$i], $day,
           'buyers, all treated' => 'treated_buyers',
           'recipients, all treated' => 'treated');
}

my ($last) = reverse @{ $report->{days} };

is($last->{treated_buyers}, $last->{arms}{plain}{buyers}
   + $last->{arms}{warm}{buyers}, 'both arms are the treated');

my %label = (treated => 'came back, treated', new => 'new customers',
             holdout => 'came back, hold-out');
my %after = map { $_->{who} => $_ } $book->table('After');
my @curve = $book->table('Curve');

is(scalar @curve, 14, 'the curve');

for my $group (@{ $report->{after} }) {
    my $label = $label{ $group->{group} };
    my $row = $after{$label};

    row_is("$label", $row, $group, customers => 'customers',
           'ordered again' => 'ordered_again', 'half by day' => 'median_days',
           'treated less these, 91 days' => 'treated_less_this',
           'less: low' => 'low', 'less: high' => 'high');
    row_is("$label: a month", $row, $group->{month},
           'within 30 days' => 'share', '30 days: low' => 'low',
           '30 days: high' => 'high', '30 days: watched' => 'at_risk');
    row_is("$label: a quarter", $row, $group->{quarter},
           'within 91 days' => 'share', '91 days: low' => 'low',
           '91 days: high' => 'high', '91 days: watched' => 'at_risk');
    row_is("$label: week $_", $curve[$_], $group->{weeks}[$_],
           $label => 'share', "$label: low" => 'low', "$label: high" => 'high',
           "$label: watched" => 'at_risk') for 0 .. 13;
}

my %by = map { $_->{definition} => $_ } $book->table('By definition');

for my $arm (@{ $report->{arms} }) {
    my %want = ('opened, all' => $arm->{any_class}{opened},
                'opened, people' => $arm->{opened}{human},
                'clicked, all' => $arm->{any_class}{clicked},
                'clicked, people' => $arm->{clicked}{human},
                visited => $arm->{visited}{human},
                carted => $arm->{carted}{human},
                redeemed => $arm->{coupons}{redeemed},
                bought => $arm->{buyers});

    is_deeply({ map { $_ => $by{$_}{"recipients, $arm->{name}"} } keys %by },
              \%want, "definitions: $arm->{name}");
    is(scalar(grep { !same($by{$_}{ $arm->{name} },
                           $want{$_} / $arm->{recipients}) } keys %want), 0,
       'and their shares');
}

sub responses {
    my ($by, $name, $arm, $what) = @_;

    my ($row) = grep { $_->{by} eq $by && $_->{name} eq $name
                       && $_->{arm} eq $arm && $_->{what} eq $what }
        $book->table('Responses');

    return $row // {};
}

for my $arm (@{ $report->{arms} }) {
    my $row = responses('arm', $arm->{name}, $arm->{name}, 'clicked');

    row_is("responses of $arm->{name}", $row, $arm->{clicked},
           'recipients, human' => 'human', 'recipients, machine' => 'machine');
    row_is("responses of $arm->{name}: times", $row, $arm->{total}{clicked},
           'times, human' => 'human', 'times, unknown' => 'unknown');
}

for my $message (@{ $report->{messages} }) {
    row_is("responses to $message->{name}",
           responses('message', $message->{name}, 'all', 'opened'),
           $message->{total}{opened}, 'times, human' => 'human');
}

my %quality = map { $_->{what} => $_ } $book->table('Data quality');
my %expected = (
    'hold-out customers who were reached' =>
        $report->{holdout_reached}{customers},
    'of them, who opened or clicked' =>
        $report->{holdout_reached}{opened_or_clicked},
    'of them, who redeemed' => $report->{holdout_reached}{redeemed},
    'of them, who unsubscribed' => $report->{holdout_reached}{unsubscribed},
    'split as planned: chi-square' => $report->{sample_ratio}{chi2},
    'split as planned: p' => $report->{sample_ratio}{p},
    'split of who stayed: chi-square' =>
        $report->{sample_ratio_remaining}{chi2},
    'split of who stayed: p' => $report->{sample_ratio_remaining}{p},
    'recipients in another campaign too' => $report->{overlaps}[0]{recipients}
);

ok(same($quality{$_}{count}, $expected{$_}), "quality: $_")
    for sort keys %expected;


# Charts are over cells of numbers.

my @charts = map { $book->part("xl/charts/chart$_.xml") // () } 1 .. 20;

for my $sheet ('Lift', 'Buyers by day', 'Curve', 'By definition') {
    my ($chart) = grep { /<c:f>'?\Q$sheet\E'?!/ } @charts;

    ok($chart, "a chart of '$sheet'") or next;

    my @series = $chart =~ m{<c:val><c:numRef><c:f>'?\Q$sheet\E'?!
                             \$([A-Z]+)\$(\d+):\$\1\$(\d+)</c:f>}gx;

    is(@series / 3, $sheet eq 'Buyers by day' ? 4 : 3, "'$sheet': its series");
    is(scalar(grep { /^\$/ } @series), 0, "'$sheet': each of one column");
}


# The verdict is in every format, a sentence a row where no line is broken.

my $early = $t->ctl_json('report', 'back', '--json', '--as-of', '2024-12-04');
my @words = @{ $report->{words} };
my $broken = $text =~ s/\s+/ /gr;

like($words[0], qr/^The campaign /, 'a verdict');
is(scalar(grep { !/\.$/ || /\n/ } @words), 0, 'whole sentences');
is(index($broken, 'In plain words ' . join(' ', @words) . ' Notes') < 0, '',
   'text: the words');
is_deeply([ map { $_->{text} } grep { $_->{section} eq 'words' }
            csv_rows($csv) ], \@words, 'csv: the words');
is_deeply([ (map { $_->{what} } $book->table('Summary'))[-@words .. -1] ], \@words,
          'xlsx: the words');
like($html, qr/<td[^>]*>\Q$words[0]\E</, 'html: the words');
like(join(' ', @{ $early->{words} }), qr/^No verdict yet: /, 'none too early');
like($t->ctl_ok('report', 'back', '--format', 'html', '--as-of', '2024-12-04'),
     qr{<h2>$_</h2>\n<p>Preliminary: }, "html: $_ is preliminary before")
    for qw(Lift Estimates Profit Segments);


# The text has each part, in words that people read.

for my $part (qr/^and of who stayed   yes: chi-square/m,
              qr/^Incremental: the difference times the recipients$/m,
              qr/^warm +orders +\d+ +-?\d+\.\d +-?[\d.]+ to -?[\d.]+$/m,
              qr/^Profit in EUR$/m, qr/^less discounts +\d+\.\d\d EUR/m,
              qr/^Buyers so far/m, qr/^2024-12-08 +holdout +\d+ +\d+ /m,
              qr/^Clicks by link/m, qr/^first +sale +\d+/m,
              qr/^By one definition and another/m,
              qr/^The same differences, found otherwise/m,
              qr/^By tier and stage/m, qr/^After the order that counted/m)
{
    like($text, $part, "text: $part");
}

done_testing;
