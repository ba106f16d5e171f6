# A campaign whose mail never led to this server: report says so in every
# format, and no longer once there is one open.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Retention::Csv qw(csv_rows);
use Retention::Test;
use Retention::Workbook;

my $SILENT = qr/^no open and no click of any class was counted of (\d+) treated/;
my $ELSEWHERE = qr/^2 coupons were used in imported orders, and not one /;
my @AS_OF = ('--as-of', '2025-01-10');

my $t = Retention::Test->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');
$t->ctl_ok('import', 'customers', $t->write_file('customers.csv', join '',
    "customer_id,email,consent\n",
    map { "c$_,c$_\@shop.example,granted\n" } 1 .. 80));
$t->ctl_ok('import', 'orders', $t->write_file('before.csv', join '',
    "order_id,customer_id,ordered_at,amount\n",
    map { "b$_,c$_,2024-06-01,20.00\n" } 1 .. 80));

sub campaign {
    my ($id, $more) = @_;

    return $t->write_file("$id.yaml", "id: $id\nstarts: 2024-11-25\n"
                          . "window: 14d\nholdout: 50%\n$more");
}

$t->ctl_ok('campaign', 'create', '--as-of', '2024-11-24', campaign('ours', <<'END'));
audience: orders >= 1
tiers:
  - { name: all, when: orders >= 1, offer: { percent: 5 }, expires: 7d }
messages: [{ name: first }]
links:
  shop: { url: "https://shop.example/" }
hosts: [shop.example]
END

sub notes {
    my ($id, @as_of) = @_;

    return grep { $_ =~ $SILENT || $_ =~ $ELSEWHERE }
        @{ $t->ctl_json('report', $id, '--json', @as_of)->{notes} };
}

sub tracking { return ($t->ctl_ok('report', @_) =~ /^tracking +(.*)$/m)[0] }


# Before the third day is over nothing is known.

is(scalar notes('ours', '--as-of', '2024-11-26'), 0, 'the second day: quiet');
like(tracking('ours', '--as-of', '2024-11-26'), qr/^healthy: 0 damaged/,
     'the second day: healthy');
like((notes('ours', '--as-of', '2024-11-27'))[0], $SILENT, 'the third: said');


# All formats.

my @rows = csv_rows($t->ctl_ok('report', 'ours', '--format', 'csv', @AS_OF));
my $path = $t->path('silent.xlsx');

$t->ctl_ok('report', 'ours', '--format', 'xlsx', '-o', $path, @AS_OF);

my @said;
my ($heading, @cells) = Retention::Workbook->read($path)->rows('Data quality');

is(tracking('ours', @AS_OF), 'not healthy: no open or click of any class, '
   . '0 damaged records, 0 repeats dropped', 'text: among the first lines');
like($t->ctl_ok('report', 'ours', @AS_OF), qr/\Qno open and no click of any\E/,
     'text: a note');
is(scalar(@said = notes('ours', @AS_OF)), 1, 'json');
ok((grep { grep { ($_ // '') =~ $SILENT } values %$_ } @rows), 'csv');
ok((grep { grep { ($_ // '') =~ $SILENT } @$_ } @cells), 'xlsx');
like($t->ctl_ok('report', 'ours', '--format', 'html', @AS_OF),
     qr/no open and no click of any class/, 'html');


# Coupons that orders name, while none was redeemed here.

my @treated = grep { $_->{arm} ne 'holdout' }
    csv_rows($t->ctl_ok('export', 'recipients', 'ours'));

is(($said[0] =~ $SILENT)[0], @treated, 'the note counts the treated');
unlike($t->ctl_ok('report', 'ours', @AS_OF), qr/^redemptions/m,
       'no coupon was used');
$t->ctl_ok('import', 'orders', '--until', '2025-01-10',
    $t->write_file('after.csv', join '',
        "order_id,customer_id,ordered_at,amount,coupon\n",
        map { "a$_,$treated[$_]{customer_id},2024-11-27,30.00,"
              . "$treated[$_]{coupon}\n" } 0, 1));

is(scalar(grep { $_ =~ $ELSEWHERE } notes('ours', @AS_OF)), 1,
   'coupons used elsewhere: a note');
like($t->ctl_ok('report', 'ours', @AS_OF),
     qr/^redemptions +none here: 2 by imported orders alone/m,
     'coupons used elsewhere: text');


# One open, by a machine or by anybody.

$t->ctl_ok('import', 'events', $t->write_file('events.csv', <<"END"));
event_id,kind,customer_id,campaign,occurred_at
e1,open,$treated[0]{customer_id},ours,2024-11-26T12:00:00Z
END

is(scalar(grep { $_ =~ $SILENT } notes('ours', @AS_OF)), 0, 'one open: quiet');
like(tracking('ours', @AS_OF), qr/^healthy: 0 damaged/, 'one open: healthy');


# Imported recipients may have had no pixel.

$t->ctl_ok('campaign', 'create', campaign('theirs', "recipients: imported\n"));
$t->ctl_ok('import', 'recipients', $t->write_file('recipients.csv', join '',
    "campaign,customer_id,arm,sent_at\n",
    map { "theirs,c$_,treated,2024-11-25\n" } 1 .. 40));
is(scalar notes('theirs', @AS_OF), 0, 'imported recipients: quiet');
like(tracking('theirs', @AS_OF), qr/^healthy/, 'imported recipients: healthy');

done_testing;
