# The whole loop at small scale: a made-up shop, its campaign, the crowd over
# real HTTP, and a report that equals the crowd's own ledger, number for number.

use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;

use Retention::Buyers;
use Retention::Loop;
use Retention::Retailer;
use Retention::Test;

my $seed = $ENV{RETENTION_SEED} // 1;

note("seed $seed (RETENTION_SEED)");

my $today = strftime('%Y-%m-%d', gmtime);
my $t = Retention::Test->new;

my $shop = Retention::Retailer->new(seed => $seed, customers => 600,
                                today => $today);

# More buyers than in life, so that every path is walked.

my $buyers = Retention::Buyers->new(seed => $seed, window_days => 30,
    base => { d90 => 250_000, d180 => 200_000, d360 => 150_000 },
    lift => { plain => 100_000, warm => 150_000 });

my $loop = Retention::Loop->new(test => $t, currency => 'EUR', seed => $seed,
    today => $today, slug => 'winback', buyers => $buyers);

$t->write_file('customers.csv', $shop->customers_csv);
$t->write_file('orders.csv', $shop->history_csv);

$t->init('--timezone', 'UTC', '--currency', 'EUR');
$t->ctl_ok('import', 'customers', $t->path('customers.csv'));
$t->ctl_ok('import', 'orders', $t->path('orders.csv'));

# The campaign of earlier, whose coupons have had their time.

$loop->create(slug => 'earlier', starts => $loop->day(-60), holdout => '50%',
              expires => '14d');

my ($old) = $loop->merge('earlier');

$loop->create(slug => 'winback', starts => $today, holdout => '20%',
              arms => [qw(plain warm)], expires => '14d');

my @rows = $loop->merge('winback');
my @audience = map { [$_->[0], Retention::Loop::tier($_->[1])] }
    $shop->audience(90);
my %tier = map { @$_ } @audience;

# The draw took whom the shop would take, and put each into his tier.

my @drawn = $loop->recipients;

is_deeply({ map { $_->{customer_id} => $_->{tier} } @drawn }, \%tier,
          'drawn are those silent for more than 90 days, tier by tier');

my %arms = map { $_->{customer_id} => $_->{arm} } @drawn;
my %mailed = map { $_->{customer_id} => $_->{arm} } @rows;

is_deeply(\%mailed,
          { map { $_ => $arms{$_} } grep { $arms{$_} ne 'holdout' }
            keys %arms },
          'the merge file has the treated and nobody else');

$loop->start;

# What is over or unknown stays without effect.

my $answer = $t->http('POST', "/coupons/$old->{coupon}/redeem",
    json => { order_id => 'late-1', amount => '50.00', currency => 'EUR' },
    headers => { Authorization => 'Bearer ' . $loop->key });

is($answer->{status}, 409, 'a coupon of the earlier campaign');
like($answer->{body}, qr/"reason": ?"expired"/, 'it has expired');

my $ledger = $loop->crowd(\@rows,
    [ grep { !$mailed{$_->[0]} } @audience ]);

is_deeply($ledger->{faults}, [], 'every answer was as it must be');
cmp_ok($ledger->requests_total, '>', 400, 'there was a crowd');
$ledger->request('coupons', 409);       # the late one
$loop->status_agrees($ledger);

# Before the shop exports its orders events and redemptions are all we know.

$loop->report_agrees($ledger, 'by events alone', '--as-of', $loop->day(1));

# Then the export decides; its days lie in the window, and ahead.

$t->write_file('after.csv', $shop->orders_csv($ledger->exported));
$t->ctl_ok('import', 'orders', $t->path('after.csv'), '--until',
           $loop->day(29));
$ledger->imported;

my $report = $loop->report_agrees($ledger, 'with the export', '--as-of',
                                  $loop->day(29), is_over => 1);

ok($report->{window_complete}, 'the window is complete');
is($report->{orders_known_until}, $loop->day(29), 'and so are the orders');
is_deeply($report->{health}, {
    records_damaged        => 0,
    repeats_dropped        => $report->{health}{repeats_dropped},
    orders_disagreeing     => 0,
    events_of_no_recipient => 0,
    events_outside_window  => 0,
}, 'nothing is odd');
cmp_ok($report->{health}{repeats_dropped}, '>', 0, 'repeats came and went');

# The same again changes nothing.

$t->ctl_ok('import', 'orders', $t->path('after.csv'), '--until',
           $loop->day(29));
is_deeply($loop->report('--as-of', $loop->day(29)), $report,
          'the same import again, the same report');

# A report that is off by one would be seen.

$ledger->seen($rows[0]{customer_id}, 'opened', 'human');
$loop->report_differs($ledger, '--as-of', $loop->day(29), is_over => 1);

done_testing;
