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

like($t->ctl_ok('report', 'hillstrom-womens'),
     qr/brought customers back\.\nOf 21387 treated, about 67 more bought/,
     'in plain words');

done_testing;
