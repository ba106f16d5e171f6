# segment lifecycle, rfm, abc-xyz, cohorts, value: who is where, as of a day.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Test;

my $data = $ENV{RETENTION_DATA} || "$FindBin::Bin/../../../shared/data";

my $t = Retention::Test->new;

$t->init('--timezone', 'America/New_York', '--currency', 'EUR');

my @as_of = ('--as-of', '2026-06-30');


# Rows as text: the named columns of each, "-" for null.

sub rows {
    my ($test, $columns, @command) = @_;

    return join ' ', map { my $row = $_;
                           join ':', map { $row->{$_} // '-' } @$columns }
        @{ $test->ctl_json('segment', @command, '--json') };
}

sub stages {
    my ($test, @options) = @_;

    return rows($test, [qw(stage customers)], 'lifecycle', @options);
}


# Nobody yet.

is(stages($t), 'visitor:0 new:0 active:0 returned:0 at-risk:0 lapsed:0',
   'nobody: stages');
is(rows($t, [qw(customers)], 'rfm'), join(' ', (0) x 11), 'nobody: rfm');
is(rows($t, [qw(customers)], 'abc-xyz'), join(' ', (0) x 9),
   'nobody: classes');
is(rows($t, [qw(cohort)], 'cohorts'), '', 'nobody: cohorts');
is(rows($t, [qw(share)], 'cohorts', '--view', 'concentration'), '0 0 0 0 0',
   'nobody: concentration');
is(rows($t, [qw(orders)], 'value'), '', 'nobody: value');


# A made-up shop, in New York.

$t->ctl_ok('import', 'customers', $t->write_file('customers.csv', <<'END'));
customer_id,channel
visitor,ads
new,ads
active,mail
risk,mail
lapsed,
back,ads
weekly,mail
gone,ads
END

$t->ctl_ok('import', 'orders', $t->write_file('orders.csv', <<'END'));
order_id,customer_id,email,ordered_at,status,amount,currency,refunded,cost,channel
1,visitor,,2026-06-29,cancelled,90.00,EUR,,,
2,visitor,,2026-06-29,refunded,90.00,EUR,,,
3,visitor,,2026-07-01T04:00:00Z,paid,90.00,EUR,,,
4,new,,2026-06-01T03:59:59Z,paid,10.00,EUR,,4.00,
5,active,,2026-04-01,paid,20.00,EUR,5.00,10.00,
6,active,,2026-04-01,paid,1.00,USD,,,
7,risk,,2026-03-31,paid,30.00,EUR,,,
8,lapsed,,2025-12-31,paid,40.00,EUR,,,shop
9,lapsed,,2025-06-30,paid,2.00,EUR,,,late
10,back,,2025-09-01,paid,5.00,EUR,,,
11,back,,2026-06-30,paid,5.00,EUR,,,
12,weekly,,2026-05-16,paid,7.00,EUR,,,
13,weekly,,2026-05-23,paid,7.00,EUR,,,
14,weekly,,2026-05-30,paid,7.00,EUR,,,
15,gone,,2026-07-02,paid,1.00,EUR,,,
16,,guest@example.com,2026-06-30,paid,500.00,EUR,,,
17,,guest@example.com,2026-06-30,cancelled,500.00,EUR,,,
END

# Order 4 is of May 31 in New York, 30 days before; 3 is of the next day.

my @list = ('lifecycle', @as_of, '--list');

is(stages($t, @as_of),
   'visitor:2 new:1 active:1 returned:1 at-risk:2 lapsed:1', 'stages');
is(rows($t, ['customer_id'], @list, 'visitor'), 'visitor gone', 'visitors');
is(rows($t, ['customer_id'], @list, 'new'), 'new', 'new: day 30');
is(rows($t, ['customer_id'], @list, 'active'), 'active', 'active: day 90');
is(rows($t, ['customer_id'], @list, 'returned'), 'back', 'returned');
is(rows($t, [qw(customer_id silent_days median_gap_days risk_days lapse_days)],
        @list, 'at-risk'),
   'risk:91:-:90:180 weekly:31:7:30:90', 'at risk: by days, by own rhythm');
is(rows($t, [qw(customer_id last_order orders revenue)], @list, 'lapsed'),
   'lapsed:2025-12-31:2:42.00', 'lapsed: day 181');
is(stages($t, '--as-of', '2026-06-29'),
   'visitor:2 new:1 active:3 returned:0 at-risk:1 lapsed:1', 'the day before');
is(rows($t, [qw(stage orders revenue median_silent_days)], 'lifecycle',
        @as_of),
   'visitor:0:0.00:- new:1:10.00:30 active:2:15.00:90 returned:2:10.00:0 '
   . 'at-risk:4:51.00:61 lapsed:2:42.00:181', 'orders, money, medians');
is(rows($t, [qw(stage revenue)], 'lifecycle', @as_of, '--currency', 'USD'),
   'visitor:0.00 new:0.00 active:1.00 returned:0.00 at-risk:0.00 lapsed:0.00',
   'another currency');
is(stages($t, @as_of, '--limits', '91,180,360'),
   'visitor:2 new:1 active:2 returned:1 at-risk:1 lapsed:1', '--limits');

my ($status, $out, $err) = $t->ctl('segment', 'lifecycle', @as_of);
like($out, qr/^at-risk +2 +0\.25 +4 +51\.00 EUR/m, 'as text');
like($out, qr/1 guests, known by e-mail only, with 1 orders/, 'guests apart');
like($out, qr/not in EUR: 1 orders/, 'orders in other currencies');

($status, $out, $err) = $t->ctl('segment', @list, 'new', '--csv');
like($out, qr/\Acustomer_id,stage,[\w,]+\r\nnew,new,1,1,10\.00,EUR,\S+\r\n\z/,
     'a list as CSV');
like($err, qr/1 guests/, 'notes are not in the CSV');

($status, $out) = $t->ctl('help', 'segment', 'lifecycle');
like($out, qr/at risk after 2 g, within 30 and 180/, 'the rule is in the help');


# RFM.

is(rows($t, [qw(customer_id recency_days frequency monetary)], 'rfm', @as_of,
        '--list'),
   'new:30:1:10.00 active:90:1:15.00 risk:91:1:30.00 lapsed:181:2:42.00 '
   . 'back:0:2:10.00 weekly:31:3:21.00', 'rfm: values');
is(rows($t, [qw(customer_id monetary)], 'rfm', @as_of, '--list', '--monetary',
        'average'),
   'new:10.00 active:15.00 risk:30.00 lapsed:21.00 back:5.00 weekly:7.00',
   'rfm: average order');

# Six: cut points are the 2nd, 3rd, 4th and 5th of 0 30 31 90 91 181, of
# 1 1 1 2 2 3 and of 10 10 15 21 30 42; nobody's frequency scores 2 or 4.

is(rows($t, [qw(customer_id rfm segment)], 'rfm', @as_of, '--list'),
   'new:511:new active:312:about-to-sleep risk:214:hibernating '
   . 'lapsed:135:at-risk back:531:potential-loyal weekly:453:loyal',
   'rfm: cut points');
is(rows($t, [qw(customer_id rfm)], 'rfm', @as_of, '--list', '--scores',
        'ntile'),
   'new:411 active:212 risk:124 lapsed:145 back:531 weekly:353',
   'rfm: ntile');
is(rows($t, [qw(customer_id)], 'rfm', @as_of, '--segment', 'loyal'), 'weekly',
   'rfm: one segment');
is(rows($t, [qw(segment customers)], 'rfm', @as_of, '--currency', 'USD'),
   'champions:0 loyal:0 potential-loyal:0 new:1 promising:0 need-attention:0 '
   . 'about-to-sleep:0 at-risk:0 cannot-lose:0 hibernating:0 lost:0',
   'rfm: another currency alone');


# ABC-XYZ: 90 days end on June 30, so they begin on April 2, and those before
# on January 2.

is(rows($t, [qw(customer_id spend spend_before abc xyz abc_before xyz_before)],
        'abc-xyz', @as_of, '--period', '90d', '--list'),
   'new:10.00:0.00:A:Z:-:- active:0.00:15.00:-:-:A:Z '
   . 'risk:0.00:30.00:-:-:A:Z back:5.00:0.00:B:Z:-:- '
   . 'weekly:21.00:0.00:A:Y:-:-', 'abc-xyz: letters of both periods');
is(rows($t, [qw(kind from to customers)], 'abc-xyz', @as_of, '--period', '90d',
        '--moves'),
   'abc:A:-:2 abc:-:A:2 abc:-:B:1 xyz:Z:-:2 xyz:-:Y:1 xyz:-:Z:2',
   'abc-xyz: moves');
is(rows($t, [qw(class customers spend customers_before)], 'abc-xyz', @as_of,
        '--period', '90d'),
   'AX:0:0.00:0 AY:1:21.00:0 AZ:1:10.00:2 BX:0:0.00:0 BY:0:0.00:0 '
   . 'BZ:1:5.00:0 CX:0:0.00:0 CY:0:0.00:0 CZ:0:0.00:0', 'abc-xyz: classes');
like(rows($t, [qw(customer_id xyz)], 'abc-xyz', @as_of, '--period', '90d',
          '--list', '--days', '2,3'), qr/weekly:X/, 'abc-xyz: --days');
like(rows($t, [qw(customer_id xyz)], 'abc-xyz', @as_of, '--period', '90d',
          '--list', '--xyz', 'variability'), qr/weekly:Z/,
     'abc-xyz: by variability');

# A fixed sum in each of twelve days has no variation.

$t->ctl_ok('import', 'orders', $t->write_file('steady.csv',
    "order_id,customer_id,ordered_at,amount\n" . join '',
    map { sprintf "s%d,steady,2024-01-%02d,3\n", $_, $_ } 1 .. 12));

is(rows($t, [qw(customer_id abc xyz)], 'abc-xyz', '--as-of', '2024-01-12',
        '--period', '12d', '--list', '--xyz', 'variability'), 'steady:A:X',
   'abc-xyz: steady');
is(rows($t, [qw(customer_id abc xyz)], 'abc-xyz', '--as-of', '2024-01-13',
        '--period', '12d', '--list', '--xyz', 'variability'), 'steady:A:Z',
   'abc-xyz: a part without a purchase');


# Cohorts.

is(rows($t, [qw(cohort customers month active complete)], 'cohorts', @as_of,
        '--months', '1'),
   '2024-01:1:0:1:1 2024-01:1:1:0:1 2025-06:1:0:1:1 2025-06:1:1:0:1 '
   . '2025-09:1:0:1:1 2025-09:1:1:0:1 2026-03:1:0:1:1 2026-03:1:1:0:1 '
   . '2026-04:1:0:1:1 2026-04:1:1:0:1 2026-05:2:0:2:1 2026-05:2:1:0:1',
   'cohorts: month 1');
like(rows($t, [qw(cohort month active complete)], 'cohorts', '--as-of',
          '2026-06-29'), qr/2026-05:1:0:0$/, 'cohorts: June is not over');
like(rows($t, [qw(cohort month active share)], 'cohorts', @as_of),
     qr/2025-09:9:1:1 /, 'cohorts: who came back');

($status, $out) = $t->ctl('segment', 'cohorts', @as_of);
like($out, qr/^2025-06 +1 +0\.0 .* 100\.0 .*\n/m, 'cohorts: a line a cohort');

is(rows($t, [qw(purchases customers again median_days)], 'cohorts', @as_of,
        '--view', 'repeat', '--numbers', '3'),
   '1:7:4:95.5 2:4:2:4 3:2:1:1', 'cohorts: repeat');
is(rows($t, [qw(top_percent customers revenue)], 'cohorts', @as_of, '--view',
        'concentration'),
   '1:1:42.00 5:1:42.00 10:1:42.00 20:2:78.00 100:7:164.00',
   'cohorts: concentration');


# Value.

is(rows($t, [qw(currency customers orders revenue average_order
             revenue_per_customer orders_with_cost margin)], 'value', @as_of),
   'EUR:7:22:164.00:7.45:23.43:2:11.00 USD:1:1:1.00:1.00:1.00:0:-', 'value');
is(rows($t, [qw(channel currency customers orders revenue)], 'value', @as_of,
        '--by', 'channel'),
   '-:EUR:1:12:36.00 ads:EUR:2:3:20.00 late:EUR:1:2:42.00 '
   . 'mail:EUR:3:5:66.00 mail:USD:1:1:1.00', 'value: by channel');
is(rows($t, [qw(customer_id currency revenue first_order last_order)], 'value',
        '--as-of', '2026-04-01', '--by', 'customer'),
   'active:EUR:15.00:2026-04-01:2026-04-01 '
   . 'active:USD:1.00:2026-04-01:2026-04-01 '
   . 'risk:EUR:30.00:2026-03-31:2026-03-31 '
   . 'lapsed:EUR:42.00:2025-06-30:2025-12-31 '
   . 'back:EUR:5.00:2025-09-01:2025-09-01 '
   . 'steady:EUR:36.00:2024-01-01:2024-01-12', 'value: by customer');


# What is refused.

for my $command (
    'lifecycle --limits 90', 'lifecycle --limits 90,180',
    'lifecycle --limits 29,180,360', 'lifecycle --limits 90,90,360',
    'lifecycle --list nowhere', 'lifecycle --currency eur',
    'lifecycle --csv --json', 'rfm --currency XX', 'rfm --monetary mean',
    'rfm --scores deciles', 'rfm --segment nobody', 'abc-xyz --period=',
    'abc-xyz --period 11d', 'abc-xyz --period 3661d', 'abc-xyz --period 90',
    'abc-xyz --period -90d', 'abc-xyz --period 90dd', 'abc-xyz --days 3',
    'abc-xyz --days 6,3', 'abc-xyz --list --moves', 'abc-xyz --xyz x',
    'cohorts --view x', 'cohorts --months -1', 'cohorts --numbers 0',
    'value --by month'
) {
    my ($code, undef, $said) = $t->ctl('segment', split / /, $command);

    is($code, 2, "refused: $command");
    like($said, qr/--/, 'refused: says what');
}


# Real orders; the figures were counted from the original file.

SKIP: {
    skip 'no real data: set RETENTION_DATA', 9 if !-d "$data/cdnow";

    my $real = Retention::Test->new;

    $real->init('--currency', 'USD');

    for my $kind (qw(customers orders)) {
        open my $in, '<:raw', "$data/cdnow/$kind.csv.gz" or die "$kind: $!\n";
        local $/;
        $real->ctl_ok('import', $kind,
                      $real->write_file("$kind.csv.gz", scalar <$in>));
    }

    @as_of = ('--as-of', '1998-06-30');

    is(stages($real, @as_of),
       'visitor:0 new:0 active:257 returned:121 at-risk:148 lapsed:1831',
       'CDNOW: stages');

    my %scores;

    $scores{$_->{f}}++ for @{ $real->ctl_json('segment', 'rfm', @as_of,
                                              '--list', '--json') };

    is(join(' ', map { "$_:$scores{$_}" } sort keys %scores),
       '1:1218 3:403 4:358 5:378', 'CDNOW: frequency scores no 2');

    is(rows($real, [qw(segment customers)], 'rfm', @as_of),
       'champions:414 loyal:311 potential-loyal:250 new:0 promising:0 '
       . 'need-attention:82 about-to-sleep:363 at-risk:80 cannot-lose:2 '
       . 'hibernating:416 lost:439', 'CDNOW: segments');

    my $sum = 0;

    $sum += $_->{customers}
        for @{ $real->ctl_json('segment', 'rfm', @as_of, '--json') };

    is($sum, 2357, 'CDNOW: they add up');

    is(rows($real, [qw(class customers)], 'abc-xyz', @as_of),
       'AX:110 AY:140 AZ:54 BX:1 BY:77 BZ:178 CX:0 CY:2 CZ:250',
       'CDNOW: classes');

    is(rows($real, [qw(cohort customers active)], 'cohorts', @as_of,
            '--months', '0'),
       '1997-01:781:781 1997-02:857:857 1997-03:719:719', 'CDNOW: cohorts');

    is(rows($real, [qw(purchases customers again median_days)], 'cohorts',
            @as_of, '--view', 'repeat', '--numbers', '3'),
       '1:2357:1139:55 2:1139:736:49.5 3:736:527:43', 'CDNOW: repeat');

    my $tops = $real->ctl_json('segment', 'cohorts', @as_of, '--view',
                               'concentration', '--json');

    is(sprintf('%.6f', $tops->[4]{gini}), '0.630917', 'CDNOW: Gini');

    is(rows($real, [qw(customers orders revenue average_order)], 'value',
            @as_of), '2357:6919:244091.94:35.28', 'CDNOW: value');
}

done_testing;
