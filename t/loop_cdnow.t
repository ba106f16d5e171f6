# The whole loop on real orders: CDNOW's customers of 1997 and 1998 (Fader and
# Hardie), with a campaign that starts today and the scripted crowd.

use strict;
use warnings;

use FindBin;
use IO::Uncompress::Gunzip qw(gunzip $GunzipError);
use POSIX qw(strftime);
use Test::More;

use Retention::Buyers;
use Retention::Csv qw(csv_rows);
use Retention::Loop;
use Retention::Retailer;
use Retention::Test;

my $CUSTOMERS = 2357;
my $ORDERS = 6919;
my $AS_OF = '1998-06-30';       # the last day of the data

my $data = ($ENV{RETENTION_DATA} // "$FindBin::Bin/../../shared/data")
    . '/cdnow';

plan(skip_all => "no CDNOW data in $data (RETENTION_DATA)") if !-d $data;

my $seed = $ENV{RETENTION_SEED} // 1;

note("seed $seed (RETENTION_SEED)");

my $today = strftime('%Y-%m-%d', gmtime);
my $t = Retention::Test->new;

my $buyers = Retention::Buyers->new(seed => $seed, window_days => 30,
    base => { d90 => 120_000, d180 => 90_000, d360 => 50_000 },
    lift => { treated => 50_000 });

my $loop = Retention::Loop->new(test => $t, currency => 'USD', seed => $seed,
    today => $today, slug => 'cdnow', buyers => $buyers);

$t->init('--timezone', 'UTC', '--currency', 'USD');


# Everything goes in, and again nothing does.

my %COUNTS = (customers => $CUSTOMERS, orders => $ORDERS);

for my $what (qw(customers orders)) {
    my $n = $COUNTS{$what};

    is_deeply(take_in($what), { rows => $n, new => $n, rejected => 0 },
              "$n $what, none rejected");
}

for my $what (qw(customers orders)) {
    my $n = $COUNTS{$what};

    is_deeply(take_in($what), { rows => $n, unchanged => $n, rejected => 0 },
              "the same $what again change nothing");
}

# The counts that are not 0, but for rejected.

sub take_in {
    my ($what) = @_;

    my $said = $t->ctl_json('import', $what, "$data/$what.csv.gz", '--json');
    my $counts = ref $said eq 'ARRAY' ? $said->[0] : $said;

    return { rejected => $counts->{rejected},
             map { $_ => $counts->{$_} } grep { $counts->{$_} }
             qw(rows new changed unchanged older) };
}


# Tiers, and whom the campaign takes, against a count of our own.

my %silent = silent_days();

my $tiers = $t->ctl_json('segment', 'tiers', '--as-of', $AS_OF, '--tiers',
                         '90,180,360', '--json');
my $sum = 0;

for my $tier (@$tiers) {
    my ($from, $to) = @$tier{qw(from_days to_days)};
    my $n = grep { $_ >= $from && (!defined $to || $_ <= $to) } values %silent;

    is($tier->{customers}, $n, "silent for $from days and more: $n");
    $sum += $tier->{customers};
}

is($sum, $CUSTOMERS, 'the tiers add up');

$loop->create(slug => 'cdnow', starts => $today, holdout => '20%',
              expires => '14d', as_of => $AS_OF);

my @audience = map { [$_, Retention::Loop::tier($silent{$_})] }
    grep { $silent{$_} > 90 } sort keys %silent;
my @rows = $loop->merge('cdnow');
my %is_mailed = map { $_->{customer_id} => 1 } @rows;

is_deeply({ map { $_->{customer_id} => $_->{tier} } $loop->recipients },
          { map { @$_ } @audience },
          'drawn are those silent for more than 90 days, tier by tier');

sub silent_days {
    my ($text, %last);

    gunzip("$data/orders.csv.gz" => \$text) or die "$GunzipError\n";

    for my $order (csv_rows($text)) {
        my $day = substr $order->{ordered_at}, 0, 10;
        my $id = $order->{customer_id};

        $last{$id} = $day if !defined $last{$id} || $day gt $last{$id};
    }

    my $end = Retention::Retailer::day_seconds($AS_OF);

    return map { $_ => ($end - Retention::Retailer::day_seconds($last{$_}))
                       / 86400 } keys %last;
}


# The crowd, the shop's export, and the report.

$loop->start;

my $ledger = $loop->crowd(\@rows,
    [ grep { !$is_mailed{$_->[0]} } @audience ]);

is_deeply($ledger->{faults}, [], 'every answer was as it must be');
cmp_ok($ledger->requests_total, '>', 2000, 'there was a crowd');
$loop->status_agrees($ledger);
$loop->report_agrees($ledger, 'by events alone', '--as-of', $loop->day(1));

my $shop = Retention::Retailer->new(seed => $seed, customers => 0,
                                    today => $today, currency => 'USD');

$t->write_file('after.csv', $shop->orders_csv($ledger->exported));
$t->ctl_ok('import', 'orders', $t->path('after.csv'), '--until',
           $loop->day(29));
$ledger->imported;

my $report = $loop->report_agrees($ledger, 'with the export', '--as-of',
                                  $loop->day(29), is_over => 1);

ok($report->{window_complete}, 'the window is complete');

done_testing;
