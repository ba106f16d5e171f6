# A real e-mail test, analysed from its files: 42,693 customers, half of them
# without a mail (Hillstrom, 2008).  What is expected is published.

use strict;
use warnings;

use FindBin;
use Test::More;

use Retention::Test;

my $data = ($ENV{RETENTION_DATA} || "$FindBin::Bin/../../../shared/data")
    . '/hillstrom-womens';

plan skip_all => "no data in $data" if !-e "$data/recipients.csv.gz";

my $t = Retention::Test->new;

$t->init('--currency', 'USD');

my $file = $t->write_file('campaign.yaml', <<'END');
id: hillstrom-womens
starts: 2008-03-01
window: 14d
holdout: 50%
arms: [{ name: womens, share: 100% }]
recipients: imported
END

$t->ctl_ok('import', 'customers', "$data/customers.csv.gz");
$t->ctl_ok('campaign', 'create', $file);

for my $kind (qw(recipients orders events)) {
    $t->ctl_ok('import', $kind, "$data/$kind.csv.gz",
               $kind eq 'orders' ? ('--until', '2008-03-31') : ());
}

my $report = $t->ctl_json('report', 'hillstrom-womens', '--format', 'json');

is($report->{orders_known_until}, '2008-03-31', 'orders known until');
ok($report->{window_complete}, 'the window is complete');


# Counts.

my %arms = map { ($_->{name} => $_) } @{ $report->{arms} };

for my $case ([ 'womens', 21387, 3238, 189, '23038.11' ],
              [ 'holdout', 21306, 2262, 122, '13908.33' ])
{
    my ($name, $recipients, $visits, $buyers, $revenue) = @$case;
    my $arm = $arms{$name};

    is($arm->{recipients}, $recipients, "$name: recipients");
    is($arm->{visited}{human}, $visits, "$name: visits");
    is($arm->{buyers}, $buyers, "$name: buyers");
    is($arm->{revenue}{USD}, $revenue, "$name: revenue");
}


# Intervals, to the last published digit; and to 1e-6 against the closed forms
# worked out from the counts by hand.

my %found = map { ($_->{metric} => $_) } @{ $report->{comparisons} };

my @published = (
    [ qw(buyers difference 0.003111 1e-6) ],
    [ qw(buyers low 0.001502 1e-6) ],
    [ qw(buyers high 0.004745 1e-6) ],
    [ qw(buyers p 1.57e-4 5e-7) ],
    [ qw(buyers relative 0.543 5e-4) ],
    [ qw(buyers relative_low 0.230 5e-4) ],
    [ qw(buyers relative_high 0.936 5e-4) ],
    [ qw(revenue difference 0.4244 5e-5) ],
    [ qw(revenue low 0.1690 5e-5) ],
    [ qw(revenue high 0.6799 5e-5) ],
    [ qw(revenue p 1.13e-3 5e-6) ],
    [ qw(visited difference 0.04523 5e-6) ],
    [ qw(visited low 0.03889 5e-6) ],
    [ qw(visited high 0.05157 5e-6) ],
);

for my $case (@published) {
    my ($metric, $field, $value, $margin) = @$case;
    my $number = $found{$metric}{$field};

    ok(abs($number - $value) <= $margin, "$metric: $field")
        or diag("$number, not $value");
}

my $z = 1.959963984540054;

sub wilson {
    my ($x, $n) = @_;

    my $p = $x / $n;
    my $half = $z * sqrt($p * (1 - $p) / $n + $z ** 2 / (4 * $n ** 2));

    return map { ($p + $z ** 2 / (2 * $n) + $_ * $half) / (1 + $z ** 2 / $n) }
        -1, 1;
}

for my $case ([ 'buyers', 189, 122 ], [ 'visited', 3238, 2262 ]) {
    my ($metric, $x1, $x0) = @$case;
    my ($p1, $p0) = ($x1 / 21387, $x0 / 21306);
    my ($l1, $u1) = wilson($x1, 21387);
    my ($l0, $u0) = wilson($x0, 21306);
    my $d = $p1 - $p0;
    my $low = $d - sqrt(($p1 - $l1) ** 2 + ($u0 - $p0) ** 2);
    my $high = $d + sqrt(($u1 - $p1) ** 2 + ($p0 - $l0) ** 2);

    ok(abs($found{$metric}{low} - $low) < 1e-6, "$metric: Newcombe, low");
    ok(abs($found{$metric}{high} - $high) < 1e-6, "$metric: Newcombe, high");
}

ok(abs($report->{sample_ratio}{chi2} - 0.15368) < 1e-5, 'chi-square');
ok(abs($report->{sample_ratio}{p} - 0.695) < 5e-4, 'p of the split');
ok($report->{sample_ratio}{ok}, 'split as planned');

# For who looks every day: p 0.0058 at tau 0.005 is published, the price of
# looking; here are all of the digits, by the formula.

my ($p1, $p0) = (189 / 21387, 122 / 21306);
my $variance = $p1 * (1 - $p1) / 21387 + $p0 * (1 - $p0) / 21306;

for my $tau (0.005, 0.002) {
    my $looked = $t->ctl_json('report', 'hillstrom-womens', '--json',
                              '--always-valid', '--tau', $tau);
    my ($row) = grep { $_->{estimate} eq 'always-valid' }
        @{ $looked->{estimates} };
    my $sum = $variance + $tau ** 2;
    my $half = sqrt($variance * $sum / $tau ** 2
                    * (log($sum / $variance) - 2 * log(0.05)));
    my $p = sqrt($sum / $variance)
        * exp(-$tau ** 2 * ($p1 - $p0) ** 2 / (2 * $variance * $sum));

    ok(abs($row->{p} / $p - 1) < 1e-6, "tau $tau: p");
    ok(abs($row->{low} - ($p1 - $p0 - $half)) < 1e-9, "tau $tau: low");
    ok(abs($row->{high} - ($p1 - $p0 + $half)) < 1e-9, "tau $tau: high");
    ok(abs($row->{p} - 0.0058) < 5e-5, "tau $tau: as published")
        if $tau == 0.005;
}


# The other figures that the counts settle: orders and shares a customer, Katz,
# what is incremental, and the split without anybody who left.

for my $case ([ qw(buyers arm_value), 189 / 21387 ],
              [ qw(buyers against_value), 122 / 21306 ],
              [ qw(visited arm_value), 3238 / 21387 ],
              [ qw(visited relative), 3238 / 21387 * 21306 / 2262 - 1 ],
              [ qw(orders difference), $p1 - $p0 ],
              [ qw(revenue arm_value), 23038.11 / 21387 ],
              [ qw(revenue against_value), 13908.33 / 21306 ],
              [ qw(revenue relative),
                23038.11 / 21387 * 21306 / 13908.33 - 1 ],
              [ qw(buyers incremental), 189 - 21387 * 122 / 21306 ])
{
    my ($metric, $field, $value) = @$case;

    ok(abs($found{$metric}{$field} / $value - 1) < 1e-9, "$metric: $field");
}

my $error = sqrt(1 / 189 - 1 / 21387 + 1 / 122 - 1 / 21306);

for my $case ([ relative_low => -1 ], [ relative_high => 1 ]) {
    my ($field, $sign) = @$case;
    my $limit = $p1 / $p0 * exp($sign * $z * $error) - 1;

    ok(abs($found{buyers}{$field} - $limit) < 1e-9, "buyers: Katz, $field");
}

is_deeply($report->{sample_ratio_remaining}, $report->{sample_ratio},
          'nobody left, so the split of the rest is the same');


# A bootstrap by another way stands beside Welch: 189 and 122 buyers are few.

my ($bootstrap) = grep { $_->{estimate} eq 'bootstrap' }
    @{ $report->{estimates} };

is($bootstrap->{difference}, $found{revenue}{difference},
   'bootstrap: the same difference');
ok(abs($bootstrap->{low} - 0.1690) < 0.02, 'bootstrap: low, near Welch\'s');
ok(abs($bootstrap->{high} - 0.6799) < 0.03, 'bootstrap: high');
is($bootstrap->{seed}, 1, 'bootstrap: its seed is named');

like($t->ctl_ok('report', 'hillstrom-womens'),
     qr/brought customers back\.\nOf 21387 treated, about 67 more bought/,
     'in plain words');

done_testing;
