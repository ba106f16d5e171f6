# segment tiers: whose last paid order is how long ago, by days of the shop.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Test;

my $data = $ENV{RETENTION_DATA} || "$FindBin::Bin/../../../shared/data";

my $t = Retention::Test->new;

$t->init('--timezone', 'America/New_York', '--currency', 'USD');


sub tiers {
    my ($test, @options) = @_;

    return join ' ', map { join ':', $_->{from_days}, $_->{to_days} // '',
                               $_->{customers} }
        @{ $test->ctl_json('segment', 'tiers', '--json', @options) };
}


is(tiers($t, '--tiers', '90'), '0:90:0 91::0', 'nobody yet');

$t->ctl_ok('import', 'customers', $t->write_file('customers.csv',
    "customer_id\n" . join('', map { "c$_\n" } 1 .. 8)));

$t->ctl_ok('import', 'orders', $t->write_file('orders.csv', <<'END'));
order_id,customer_id,email,ordered_at,status,amount
1,c1,,2026-06-30,,1
2,c2,,2026-04-01,,1
3,c3,,2026-03-31,,1
4,c4,,2026-04-02T03:30:00Z,,1
5,c4,,2025-01-01,,1
6,c5,,2026-06-30,cancelled,1
7,c5,,2026-06-29,refunded,1
8,c6,,2026-07-01T03:59:59Z,,1
9,c7,,2026-07-01T04:00:00Z,,1
10,c8,,2026-07-02,,1
11,c8,,2020-01-01,,1
12,,guest@example.com,2026-06-30,,1
END

# c4's order of 03:30 UTC is of April 1 in New York, 90 days before.

is(tiers($t, '--as-of', '2026-06-30', '--tiers', '90'), '0:90:4 91::2',
   'day 90 belongs to the first, days are the shop\'s');
is(tiers($t, '--as-of', '2026-06-30', '--tiers', '89,90'),
   '0:89:2 90:90:2 91::2', 'exactly 90 days');
is(tiers($t, '--as-of', '2026-07-01', '--tiers', '1'), '0:1:3 2::4',
   'the next day');
is(tiers($t, '--as-of', '2026-06-30'), '0:90:4 91:180:1 181:360:0 361::1',
   'limits by default');

my ($status, $out, $err) = $t->ctl('segment', 'tiers', '--as-of',
                                   '2026-06-30', '--json');
like($err, qr/2 without a paid order by 2026-06-30/, 'who is not counted');
like($err, qr/1 guests/, 'guests are not');

($status, $out, $err) = $t->ctl('segment', 'tiers', '--as-of', '2026-06-30');
like($out, qr/^ +91 +180 +1$/m, 'as text');
like($out, qr/1 guests/, 'as text: the notes too');

($status, $out, $err) = $t->ctl('segment', 'tiers', '--as-of', '2026-06-30',
                                '--tiers', '90', '--csv');
is($out, "from_days,to_days,customers\r\n0,90,4\r\n91,,2\r\n", 'as CSV');

for my $limits ('', '0', '90,90', '180,90', '90,', 'x', '1,99999') {
    ($status, undef, $err) = $t->ctl('segment', 'tiers', '--tiers', $limits);
    is($status, 2, "refused: --tiers '$limits'");
    like($err, qr/--tiers/, "refused: says what");
}

($status) = $t->ctl('segment', 'tiers', '--csv', '--json');
is($status, 2, 'two formats');
($status) = $t->ctl('segment', 'tiers', '--as-of', '2026-02-29');
is($status, 2, 'a day that does not exist');


# Real orders; the figures were counted from the original file.

SKIP: {
    skip 'no real data: set RETENTION_DATA', 3 if !-d "$data/cdnow";

    my $real = Retention::Test->new;

    $real->init('--currency', 'USD');

    for my $kind (qw(customers orders)) {
        open my $in, '<:raw', "$data/cdnow/$kind.csv.gz" or die "$kind: $!\n";
        local $/;
        $real->ctl_ok('import', $kind,
                      $real->write_file("$kind.csv.gz", scalar <$in>));
    }

    my @as_of = ('--as-of', '1998-06-30');

    is(tiers($real, @as_of, '--tiers', '90,180,360'),
       '0:90:300 91:180:215 181:360:290 361::1552', 'CDNOW');
    is(300 + 215 + 290 + 1552, 2357, 'CDNOW: they add up');
    is(tiers($real, @as_of, '--tiers', '89,90,179,180,359,360'),
       '0:89:299 90:90:1 91:179:214 180:180:1 181:359:289 360:360:1 361::1552',
       'CDNOW: the limits themselves');
}

done_testing;
