# retentionctl report: tiers and stages, Holm, margins and profit, and what
# became of those who came back; the same in every format.

use strict;
use warnings;

use Test::More;

use Retention::Csv qw(csv_rows);
use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');

# 900 customers: arms plain, warm and hold-out in turn; the tier says how long
# they were silent, 100 or 200 days.  Every tenth comes back, of the warm ones
# each fifth, and half of those order again after 20 days.  An order of 50.00
# costs 20.00 and has 5.00 of discount by a coupon of nobody's.

my @arms = qw(holdout plain warm);
my (@recipients, @orders);
my $n = 900;

for my $i (1 .. $n) {
    my $arm = $arms[$i % 3];
    my $tier = $i % 2 ? 'd90' : 'd180';
    my $last = $i % 2 ? '2024-08-17' : '2024-05-09';

    push @recipients, "back,c$i,$arm,$tier,"
        . ($arm eq 'holdout' ? '' : '2024-11-25');
    push @orders, "p$i,c$i,$last,40.00,15.00" if $i % 4;

    next if int($i / 3) % ($arm eq 'warm' ? 5 : 10);

    push @orders, "b$i,c$i,2024-12-01,50.00,20.00";
    push @orders, "a$i,c$i,2024-12-21,30.00,10.00" if int($i / 3) % 20 == 0;
}

# New customers are in no arm; one of two orders again.

push @orders, map { ("n$_,new$_,2024-12-05,25.00,9.00",
                     $_ % 2 ? "m$_,new$_,2025-01-15,25.00,9.00" : ()) }
    1 .. 20;

$t->ctl_ok('campaign', 'create', $t->write_file('back.yaml', <<'END'));
id: back
starts: 2024-11-25
window: 14d
holdout: 33.3333%
arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]
tiers:
  - { name: d90,  when: last_order > 90d }
  - { name: d180, when: last_order > 180d }
recipients: imported
cost: "100.00 EUR"
END

$t->ctl_ok('import', 'recipients', $t->write_file('recipients.csv', join '',
    map { "$_\n" } 'campaign,customer_id,arm,tier,sent_at', @recipients));
$t->ctl_ok('import', 'orders', '--until', '2025-06-30',
    $t->write_file('orders.csv', join '', map { "$_\n" }
                   'order_id,customer_id,ordered_at,amount,cost', @orders));

my $report = $t->ctl_json('report', 'back', '--json');


# Comparisons of several arms.

sub row {
    my ($rows, %want) = @_;

    my ($row) = grep {
        my $have = $_;

        !grep { ($have->{$_} // '') ne $want{$_} } keys %want
    } @$rows;

    return $row // {};
}

my $rows = $report->{comparisons};
my %buyers = map { ($_ => row($rows, metric => 'buyers', arm => $_)) }
    qw(plain warm treated);

is($buyers{plain}{difference}, 0, 'plain: as the hold-out');
ok(abs($buyers{warm}{difference} - 0.1) < 1e-12, 'warm: ten points more');
is($buyers{warm}{p_holm}, 2 * $buyers{warm}{p}, 'warm: p by Holm, of two');
is($buyers{plain}{p_holm}, 1, 'plain: p by Holm');
is($buyers{treated}{p_holm}, undef, 'all of the treated: no family');

my $margin = row($rows, metric => 'margin', arm => 'treated');
my $revenue = row($rows, metric => 'revenue', arm => 'treated');

ok(abs($revenue->{difference} - 0.05 * 50) < 1e-12, 'revenue a customer');
ok(abs($margin->{difference} - 0.05 * 30) < 1e-12, 'margin a customer');
is($report->{arms}[0]{margin}{EUR}, '900.00', 'margin of the hold-out');

my ($profit) = @{ $report->{profit} };

is_deeply($report->{return_on_revenue}, [], 'a profit, no return on revenue');
ok(abs($profit->{value} - (600 * 1.5 - 100)) < 1e-9, 'profit');
ok(abs($profit->{return} - 8) < 1e-9, 'profit by what was spent');
ok(abs($profit->{break_even_discounts} - 800) < 1e-9, 'break-even');
is($profit->{discounts_to_anyway_buyers}, undef, 'no discount was given');


# Segments.

my @segments = @{ $report->{segments} };

is_deeply([ map { "$_->{by} $_->{segment}" }
            grep { $_->{metric} eq 'buyers' } @segments ],
          [ 'tier d90', 'tier d180', 'stage visitor', 'stage at-risk',
            'stage lapsed' ], 'tiers and stages');
is(row(\@segments, metric => 'buyers', segment => 'lapsed')->{arm},
   'treated', 'all of the treated');

my @p = sort { $a <=> $b } map { $_->{p} }
    grep { $_->{metric} eq 'buyers' } @segments;
my ($first) = sort { $a->{p} <=> $b->{p} }
    grep { $_->{metric} eq 'buyers' } @segments;
my $least = $p[0] * @p < 1 ? $p[0] * @p : 1;

ok(abs($first->{p_holm} - $least) < 1e-12, 'Holm over the rows of a metric');


# What came after: of those who came back half ordered again after 20 days.

my %after = map { ($_->{group} => $_) } @{ $report->{after} };

is($after{treated}{customers}, 90, 'after: 30 plain and 60 warm');
is($after{holdout}{customers}, 30, 'after: the hold-out');
is($after{new}{customers}, 20, 'after: new customers');
is($after{holdout}{month}{share}, 0.5, 'after: half of them within a month');
is($after{treated}{month}{at_risk}, 90 - 30, 'after: those still watched');
is($after{new}{month}{share}, 0, 'after: nobody new within a month');
is($after{new}{quarter}{share}, 0.5, 'after: half of them in the quarter');
is(scalar @{ $after{new}{weeks} }, 14, 'after: the curve');
ok(abs($after{holdout}{treated_less_this} - (30 / 90 - 0.5)) < 1e-9,
   'after: the treated less the hold-out');


# The same in CSV and text.

my @csv = csv_rows($t->ctl_ok('report', 'back', '--format', 'csv'));

sub csv {
    return row(\@csv, @_);
}

is(csv(section => 'comparison', arm => 'warm', metric => 'buyers')->{p_holm} + 0,
   $buyers{warm}{p_holm}, 'csv: p by Holm');
is(csv(section => 'segment', stage => 'lapsed',
       metric => 'buyers')->{p} + 0,
   row(\@segments, metric => 'buyers', segment => 'lapsed')->{p},
   'csv: a stage');
is(csv(section => 'segment', tier => 'd90', metric => 'margin')->{value},
   row(\@segments, metric => 'margin', segment => 'd90')->{difference},
   'csv: a tier');
is(csv(section => 'profit', metric => 'profit')->{value}, $profit->{value},
   'csv: profit');
is(csv(section => 'after', arm => 'treated', metric => 'quarter')->{low} + 0,
   $after{treated}{quarter}{low}, 'csv: after');
is(csv(section => 'day', arm => 'treated', metric => 'buyers',
       text => '2024-12-08')->{count}, 90, 'csv: days');

my $text = $t->ctl_ok('report', 'back');

like($text, qr/^By tier and stage \(exploratory\)$/m, 'text: segments');
like($text, qr/^stage lapsed +treated +buyers +/m, 'text: a stage');
like($text, qr/^warm +buyers +20\.000 % +10\.000 % .* newcombe/m,
     'text: an arm');
like($text, qr/^came back, hold-out +30 +15 +50\.0 % \(/m, 'text: after');
like($text, qr/^Profit, which is incremental margin less discounts 0\.00 and/m,
     'words: profit');
like($text, qr/^Coming back once is not staying: of the treated who came/m,
     'words: after');
like($text, qr/^Tiers and stages were not what the draw was made for/m,
     'words: segments');


# One order without a cost, and there is no margin any more.

$t->ctl_ok('import', 'orders', $t->write_file('late.csv',
    "order_id,customer_id,ordered_at,amount\nlate,c1,2024-12-02,9.00\n"));

$report = $t->ctl_json('report', 'back', '--json');

is_deeply($report->{profit}, [], 'a cost is missing: no profit');
is(scalar @{ $report->{return_on_revenue} }, 1, 'but a return on revenue');
ok((grep { /^1 orders carry no cost/ } @{ $report->{notes} }), 'and it says so');


# Only orders of the treated were imported: no verdict.

my $half = Retention::Test->new;

$half->init('--currency', 'EUR');
$half->ctl_ok('campaign', 'create', $half->write_file('half.yaml', <<'END'));
id: half
starts: 2024-11-25
window: 14d
holdout: 50%
recipients: imported
END
$half->ctl_ok('import', 'recipients', $half->write_file('recipients.csv',
    join '', "campaign,customer_id,arm\n",
    map { "half,c$_," . ($_ % 2 ? 'treated' : 'holdout') . "\n" } 1 .. 60));
$half->ctl_ok('import', 'orders', '--until', '2025-01-31',
    $half->write_file('orders.csv', join '',
        "order_id,customer_id,ordered_at,amount\n",
        map { $_ % 2 ? "o$_,c$_,2024-12-01,9.00\n" : () } 1 .. 60));

$text = $half->ctl_ok('report', 'half');

like($text, qr/^No verdict: no order of the hold-out is known/m,
     'without the hold-out\'s orders there is no verdict');
like($text, qr/^- of the hold-out no order of any time is known/m, 'a note');

done_testing;
