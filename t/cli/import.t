# import customers, orders, events and unsubscribes: what goes in, what is
# left out with its line and reason, and what a second run changes.

use strict;
use warnings;

use FindBin;
use IO::Compress::Gzip qw(gzip);
use IO::Handle;
use JSON::PP;
use List::Util qw(min);
use POSIX qw(mkfifo);
use Test::More;
use Time::HiRes qw(sleep);

use lib "$FindBin::Bin/../lib";
use Retention::Test;

my $data = $ENV{RETENTION_DATA} || "$FindBin::Bin/../../../shared/data";

my $t = Retention::Test->new;

$t->init('--timezone', 'Europe/Kyiv', '--currency', 'EUR');


# Runs an import of a text; returns the exit status, the summary and what was
# said.

sub import {
    my ($kind, $text, @options) = @_;

    my $file = $t->write_file("$kind.csv", $text);
    my ($status, $out, $err) = $t->ctl('import', $kind, $file, '--json',
                                       @options);
    my $summary = $out =~ /^\{/ ? decode_json($out) : {};

    return ($status, $summary, $err);
}

# rows, new, changed, unchanged, older, rejected

sub counts {
    my ($summary) = @_;

    return join ' ', map { $summary->{$_} // '?' }
        qw(rows new changed unchanged older rejected);
}

# Line and reason of each rejected row.

sub rejected {
    my ($kind) = @_;

    my $text = $t->read_file("$kind.csv.rejected.csv") // return [];
    my @found;

    while ($text =~ /^(\d+),(?:"((?:[^"]|"")*)"|([^,\r\n]*))/mg) {
        push @found, "$1 " . ($2 // $3);
    }

    return \@found;
}

# How many customers have a paid order, and what else is said.

sub segment {
    my (@options) = @_;

    my ($status, $out, $err) = $t->ctl('segment', 'tiers', '--json',
                                       '--as-of', '2026-06-30', @options);
    my $n = 0;

    $n += $_->{customers} for @{ decode_json($out) };

    return ($n, $err);
}


# Customers.

my ($status, $summary, $err);

my $customers = "\xEF\xBB\xBFcustomer_id,name,email,note,consent,subscribed,"
    . "birthday,registered_at\r\n"
    . "c1,Anna,anna\@example.com,\"two\r\nlines\",granted,yes,1980-02-29,"
    . "2020-01-01\r\n"
    . "c2,\"Bo \"\"the\"\" B\",BO\@Example.com,,Denied,no,,\r\n"
    . "c3,,,,,,,\r\n";

($status, $summary) = import('customers', $customers);
is($status, 0, 'customers: BOM, CRLF, quotes over lines');
is(counts($summary), '3 3 0 0 0 0', 'customers: all new');
is($summary->{ignored_columns}, 'note', 'customers: a column not read');
is($summary->{rejected_file}, undef, 'customers: no file of rejected rows');

($status, $summary) = import('customers', $customers);
is(counts($summary), '3 0 0 3 0 0', 'customers: again changes nothing');

($status, $summary) = import('customers',
    "customer_id,name,consent\nc1,,\nc2,,granted\nc3,Cy,\n");
is(counts($summary), '3 0 2 1 0 0', 'customers: empty cells keep');

($status, $summary) = import('customers', "customer_id,subscribed\nc2,yes\n");
is(counts($summary), '1 0 0 1 0 0', 'customers: none is subscribed again');

my $long = 'x' x 65;

($status, $summary, $err) = import('customers',
    "customer_id,email,consent,birthday,subscribed,name,registered_at\n"
    . ",e\@example.com,,,,,\n"                         # 2
    . "$long,,,,,,\n"                                  # 3
    . "d1,not-an-address,,,,,\n"                       # 4
    . "d2,anna\@example.com,,,,,\n"                    # 5
    . "d3,,maybe,,,,\n"                                # 6
    . "d4,,,2026-02-30,,,\n"                           # 7
    . "d5,,,,perhaps,,\n"                              # 8
    . "d6,,,,,\"two\nlines\",\n"                       # 9 and 10
    . "d7,,,,,\xFF\xFE,\n"                             # 11
    . "d8,,,,\n"                                       # 12
    . "d9,,,,,,2026-13-01\n"                           # 13
    . "d10,,,,," . 'y' x 201 . ",\n"                   # 14
    . "d11,,,,,good,\n");                              # 15

is($status, 0, 'bad customers: the rest goes in');
is(counts($summary), '13 1 0 0 0 12', 'bad customers: counted');
like($summary->{rejected_file}, qr{/customers\.csv\.rejected\.csv$},
     'bad customers: the file is named');

my @reasons = @{ rejected('customers') };
my @expected = (
    [ 2,  qr/^customer_id: empty/ ],
    [ 3,  qr/^customer_id: longer than 64 bytes/ ],
    [ 4,  qr/^email: not an e-mail address/ ],
    [ 5,  qr/^email: belongs to another customer/ ],
    [ 6,  qr/^consent: not unknown, granted or denied/ ],
    [ 7,  qr/^birthday: not a day that exists/ ],
    [ 8,  qr/^subscribed: neither yes nor no/ ],
    [ 9,  qr/^name: a control character/ ],
    [ 11, qr/UTF-8/ ],
    [ 12, qr/\b5\b.*\b7\b|\b7\b.*\b5\b/ ],
    [ 13, qr/^registered_at: not a time that exists/ ],
    [ 14, qr/^name: too long/ ],
);

is(scalar @reasons, scalar @expected, 'bad customers: each has a line');

for my $i (0 .. $#expected) {
    my ($line, $reason) = ($reasons[$i] // '') =~ /^(\d+) (.*)$/s;

    is($line, $expected[$i][0], "bad customers: line $expected[$i][0]");
    like($reason, $expected[$i][1], "bad customers: why $expected[$i][0]");
}

like($err, qr/warning: line 2: customer_id: empty/, 'said on the spot');
is((stat "$t->{dir}/customers.csv.rejected.csv")[2] & 0777, 0600,
   'rejected rows are private');

($status, $summary) = import('customers', "customer_id\nd11\n");
ok(!-e "$t->{dir}/customers.csv.rejected.csv",
   'a good import removes the earlier file of rejected rows');


# The file as a whole.

($status, $summary, $err) = import('customers', "name,email\nA,a\@b.c\n");
is($status, 1, 'a missing column');
like($err, qr/customer_id/, 'a missing column is named');

($status, $summary, $err) = import('customers', "customer_id\n$long\n");
is($status, 1, 'all rows bad');
like($err, qr/every row/, 'all rows bad: said');

($status, $summary, $err) = import('customers', '');
is($status, 1, 'an empty file');

($status, undef, $err) = $t->ctl('import', 'customers', '/nonexistent');
is($status, 1, 'no such file');
like($err, qr{/nonexistent}, 'no such file: named');

($status) = $t->ctl('import', 'customers');
is($status, 2, 'no file given');


# Orders.

my $orders = "order_id,customer_id,email,ordered_at,updated_at,status,amount,"
    . "currency,discount,refunded,cost,items,coupon,channel\n"
    . "o1,c1,,2026-05-01,,,30.00,,5,,12.50,2,ABC,web\n"
    . "o2,new1,,2026-05-02 10:00,2026-05-02T10:00:00Z,PAID,1,usd,,,,,,\n"
    . "o3,,guest\@example.com,2026-05-03T10:00:00+03:00,,cancelled,7.5,,,,,"
    . "\"[{\"\"sku\"\":\"\"a\"\",\"\"quantity\"\":2},{\"\"sku\"\":\"\"b\"\"}]\""
    . ",,\n"
    . "o4,,Guest\@Example.com,2026-05-04,,,7,,,,,,,\n";

($status, $summary) = import('orders', $orders);
is($status, 0, 'orders');
is(counts($summary), '4 4 0 0 0 0', 'orders: all new');
is($summary->{customers}, 3, 'orders: customers touched');
is($summary->{first_day}, '2026-05-01', 'orders: the first day');
is($summary->{last_day}, '2026-05-04', 'orders: the last day');
is($summary->{orders_known_until}, '2026-05-03T21:00:00Z',
   'orders: known until the last, by the clock of the shop');

($status, $summary) = import('orders', $orders);
is(counts($summary), '4 0 0 4 0 0', 'orders: again changes nothing');

my ($n, $notes) = segment();
is($n, 2, 'an unknown customer is made by its order');
like($notes, qr/1 guests/, 'a guest is no customer');

import('customers', "customer_id,email\nc9,GUEST\@example.com\n");
($n, $notes) = segment();
is($n, 3, 'orders of a guest pass to the customer');
unlike($notes, qr/guests/, 'no guest is left');

($status, $summary) = import('orders',
    "order_id,customer_id,ordered_at,updated_at,amount,currency\n"
    . "o2,new1,2026-05-02,2026-05-01T10:00:00Z,2,USD\n");
is(counts($summary), '1 0 0 0 1 0', 'an older order is left');

($status, $summary) = import('orders',
    "order_id,customer_id,ordered_at,updated_at,amount,currency\n"
    . "o2,new1,2026-05-02,2026-05-03T10:00:00Z,2,USD\n");
is(counts($summary), '1 0 1 0 0 0', 'a newer order counts');

($status, $summary, $err) = import('orders',
    "order_id,customer_id,email,ordered_at,amount,currency,status,items,cost,"
    . "coupon\n"
    . "b1,c1,,2026-05-01,-1.00,,,,,\n"                         # 2
    . "b2,c1,,2026-05-01,99999999999999999999,,,,,\n"          # 3
    . "b3,c1,,2026-05-01,10000000000000.01,,,,,\n"             # 4
    . "b4,c1,,2026-05-01,1e3,,,,,\n"                           # 5
    . "b5,c1,,2026-05-01,1.001,,,,,\n"                         # 6
    . "b6,c1,,2026-05-01,1.5,JPY,,,,\n"                        # 7
    . "b7,c1,,2026-05-01,1.5,XYZ,,,,\n"                        # 8
    . "b8,c1,,2026-02-29,1.5,,,,,\n"                           # 9
    . "b9,c1,,1969-12-31,1.5,,,,,\n"                           # 10
    . "b10,,,2026-05-01,1.5,,,,,\n"                            # 11
    . "b11,,nobody,2026-05-01,1.5,,,,,\n"                      # 12
    . "$long,c1,,2026-05-01,1.5,,,,,\n"                        # 13
    . "b12,$long,,2026-05-01,1.5,,,,,\n"                       # 14
    . "b13,c1,,2026-05-01,1.5,,lost,,,\n"                      # 15
    . "b14,c1,,2026-05-01,1.5,,,-1,,\n"                        # 16
    . "b15,c1,,2026-05-01,1.5,,,\"[{\"\"sku\"\":1}]\",,\n"     # 17
    . "b16,c1,,2026-05-01,1.5,,,[1,,\n"                        # 18
    . "b17,c1,,2026-05-01,1.5,,,,-3,\n"                        # 19
    . "b18,c1,,2026-05-01,,,,,,\n"                             # 20
    . ",c1,,2026-05-01,1,,,,,\n"                               # 21
    . "b19,c1,,,1,,,,,\n"                                      # 22
    . "b20,c\xC3,,2026-05-01,1.5,,,,,\n"                       # 23
    . "b21,c1,,2026-05-01,1.5,,,,,\"never closed\n"            # 24
    . "b22,c1,,2026-05-01,10000000000000.00,,,0,,\n");         # 25, good

is($status, 0, 'bad orders: the rest goes in');
is(counts($summary), '24 1 0 0 0 23', 'bad orders: counted');

@reasons = @{ rejected('orders') };
@expected = (
    [ 2,  qr/^amount: negative/ ],
    [ 3,  qr/^amount: not an amount/ ],
    [ 4,  qr/^amount: not an amount/ ],
    [ 5,  qr/^amount: not an amount/ ],
    [ 6,  qr/^amount: not an amount/ ],
    [ 7,  qr/^amount: not an amount/ ],
    [ 8,  qr/^currency: not a currency/ ],
    [ 9,  qr/^ordered_at: not a time that exists/ ],
    [ 10, qr/^ordered_at: not after 1970-01-01/ ],
    [ 11, qr/^customer_id: empty, and no email either/ ],
    [ 12, qr/^email: not an e-mail address/ ],
    [ 13, qr/^order_id: longer than 64 bytes/ ],
    [ 14, qr/^customer_id: longer than 64 bytes/ ],
    [ 15, qr/^status: not paid, cancelled or refunded/ ],
    [ 16, qr/^items: out of range/ ],
    [ 17, qr/^items: .*sku/ ],
    [ 18, qr/^items: not a JSON array/ ],
    [ 19, qr/^cost: negative/ ],
    [ 20, qr/^amount: empty/ ],
    [ 21, qr/^order_id: empty/ ],
    [ 22, qr/^ordered_at: empty/ ],
    [ 23, qr/UTF-8/ ],
    [ 24, qr/quote/ ],
);

is(scalar @reasons, scalar @expected, 'bad orders: each has a line');

for my $i (0 .. $#expected) {
    my ($line, $reason) = ($reasons[$i] // '') =~ /^(\d+) (.*)$/s;

    is($line, $expected[$i][0], "bad orders: line $expected[$i][0]");
    like($reason, $expected[$i][1], "bad orders: why $expected[$i][0]");
}

($n) = segment();
is($n, 3, 'a rejected order makes no customer');

($status, $summary) = import('orders',
    "order_id,customer_id,ordered_at,amount\no1,c1,2026-05-01,30\n",
    '--until', '2026-05-31');
is($summary->{orders_known_until}, '2026-05-31T21:00:00Z',
   '--until counts its whole day');

($status, $summary) = import('orders',
    "order_id,customer_id,ordered_at,amount\no5,c1,2026-05-06,30\n");
is($summary->{orders_known_until}, '2026-05-31T21:00:00Z',
   'what is known never goes back by itself');


# A slip of the hand in a year does not end a campaign's window.

my $future = Retention::Test->new;

$future->init('--currency', 'EUR');
$summary = $future->ctl_json('import', 'orders', '--json',
    $future->write_file('future.csv', "order_id,customer_id,ordered_at,amount\n"
                        . "o1,c1,2099-05-06,30\no2,c1,2026-05-06,30\n"));
is(counts($summary), '2 2 0 0 0 0', 'an order of the future goes in');
is($summary->{orders_known_until}, '2026-05-06T00:00:00Z',
   'what is known ends with the last that is not');


# Nobody knows what a part of a file lacks.

my $all = join '', "order_id,customer_id,ordered_at,amount\n",
    map { "p$_,c$_," . (map { "2026-06-0$_" } 1 + $_ % 9)[0] . ",$_\n" } 1 .. 20000;

gzip(\$all => \my $zipped) or die "gzip failed\n";

($status, my $said) = $future->ctl('import', 'orders', '--json',
    $future->write_file('cut.csv.gz', substr $zipped, 0, length($zipped) / 2));
$summary = decode_json($said);
is($status, 1, 'a part of a file: refused');
cmp_ok($summary->{new}, '>', 1000, 'a part of a file: what was read is in');
is($summary->{orders_known_until}, '2026-05-06T00:00:00Z',
   'a part of a file: nothing more is known');


# Forms of files.

($status, $summary) = import('orders',
    "InvoiceNo;CustomerID;InvoiceDate;amount\nm1;c1;2026-05-07;3\n",
    '--map', 'order_id=InvoiceNo', '--map', 'customer_id=CustomerID',
    '--map', 'ordered_at=InvoiceDate');
is(counts($summary), '1 1 0 0 0 0', '--map, and semicolons');

($status, undef, $err) = import('orders', "a,b\n1,2\n", '--map', 'nonsense');
is($status, 2, '--map without a column of ours');
like($err, qr/^retentionctl: --map wants ours=theirs/, 'and the file is fine');

($status, undef, $err) = import('orders',
    "order_id,customer_id,ordered_at,amount\nm2,c1,2026-05-07,3\n",
    '--map', 'coupon=Voucher');
is($status, 1, '--map to a column that the file has not');
like($err, qr/no column 'Voucher'; the file's columns: order_id, /,
     'says which ones it has');

($status, $summary) = import('orders',
    '{"order_id": "j1", "customer_id": "c1", "ordered_at": "2026-05-07", '
    . '"amount": 3, "items": [{"sku": "a", "quantity": 2}], "extra": 1}' . "\n"
    . '{"order_id": "j2", "order_id": "j3"}' . "\n"
    . '{"order_id": "j4", "customer_id": "c1", "ordered_at": "2026-05-07", '
    . '"amount": 1.5}' . "\n"
    . "not json\n");
is(counts($summary), '4 1 0 0 0 3', 'JSON lines');
is($summary->{ignored_columns}, 'extra', 'JSON lines: a name not read');
is(join(' ', map { /^(\d+)/ } @{ rejected('orders') }), '2 3 4',
   'JSON lines: the lines that are bad');

my $plain = "order_id,customer_id,ordered_at,amount\n"
    . join('', map { "z$_,c1,2026-05-08,1\n" } 1 .. 100);
my ($packed, $nothing);

gzip(\$plain, \$packed);
gzip(\'', \$nothing);
($status, $summary) = import('orders', $packed);
is(counts($summary), '100 100 0 0 0 0', 'gzip');

($status, $summary, $err) = import('orders',
                                   substr($packed, 0, length($packed) - 20));
is($status, 1, 'a cut gzip file');
like($err, qr/cannot read/, 'a cut gzip file: said');
ok(!$summary->{complete}, 'a cut gzip file: not complete');

my %behind = (
    'the gzip file is damaged' => substr($packed, 0, -8)
        . (substr($packed, -8, 1) ^ "\x01") . substr($packed, -7),
    'something else stands behind the end of the gzip file' =>
        "${packed}garbage",
    'something else stands behind' => $packed . "\0" x 9 . $packed,
    'the gzip file is cut short' => $packed . substr($packed, 0, 15)
);

for my $reason (sort keys %behind) {
    ($status, $summary, $err) = import('orders', $behind{$reason});
    is($status, 1, "$reason: status");
    is($summary->{rows}, 100, "$reason: the rows before are in");
    ok(!$summary->{complete}, "$reason: not complete");
    like($err, qr/^retentionctl: cannot read '[^']*' past line 102: \Q$reason/,
         "$reason: said");
}

my %whole = ('zeros behind it' => $packed . "\0" x 70000,
             'a member of nothing' => $packed . $nothing);

for my $what (sort keys %whole) {
    ($status, $summary) = import('orders', $whole{$what});
    is($status, 0, "gzip, $what: status");
    is(counts($summary), '100 0 0 100 0 0', "gzip, $what");
}

($status, $summary) = import('orders', $packed . $packed);
is(counts($summary), '201 0 0 200 0 1', 'gzip of two members: both are read');

my ($code, $out) = $t->ctl({ stdin => $plain }, 'import', 'orders', '-',
                           '--json');
is(counts(decode_json($out)), '100 0 0 100 0 0', 'standard input');

($status) = $t->ctl({ stdin => $plain }, 'import', 'orders', '-', '--strict');
is($status, 2, '--strict needs a file');

($status, $out) = $t->ctl('import', 'orders', $t->path('orders.csv'));
like($out, qr/^rows +\d+$/m, 'the summary as text');


# --dry-run and --strict.

my $mixed = "customer_id,name\ns1,A\n,B\ns2,C\n";

($status, $summary, $err) = import('customers', $mixed, '--dry-run');
is($status, 0, '--dry-run');
is(counts($summary), '3 2 0 0 0 1', '--dry-run counts');
ok(!-e "$t->{dir}/customers.csv.rejected.csv", '--dry-run writes no file');
like($err, qr/line 3: customer_id: empty/, '--dry-run says what is bad');

($status, $summary, $err) = import('customers', $mixed, '--strict');
is($status, 1, '--strict with a bad row');
like($err, qr/--strict/, '--strict: said');
is_deeply(rejected('customers'), ['3 customer_id: empty'],
          '--strict names the row');

my $twins = "customer_id,email\n"
    . join('', map { "t$_," . ($_ % 6000 == 1 ? "twin\@example.com" : '')
                     . "\n" } 1 .. 6001);

($status, $summary) = import('customers', $twins, '--strict');
is($status, 1, '--strict sees one e-mail twice over slices');
is_deeply(rejected('customers'),
          ['6002 email: belongs to another customer'], '--strict: the second');

($status, $summary) = import('customers', "customer_id,name\ns1,A\ns2,C\n",
                             '--strict');
is($status, 0, '--strict with good rows');
is(counts($summary), '2 2 0 0 0 0', 'nothing was written before');


# Interrupted, and run again.

$SIG{PIPE} = 'IGNORE';

my $fifo = $t->path('slow.csv');
my $last = 15000;
my @lines = ("order_id,customer_id,ordered_at,amount\n",
             map { "i$_,i" . $_ % 700 . ",2026-04-01,1.00\n" } 1 .. $last);

mkfifo($fifo, 0600) or die "mkfifo: $!\n";

my $pid = $t->spawn({ out => $t->path('slow.out'),
                      env => { RETENTION_STORE => $t->store } },
                    $t->build . '/retentionctl', 'import', 'orders', '--json',
                    $fifo);

open my $pipe, '>', $fifo or die "open: $!\n";
$pipe->autoflush(1);

# the name before it, which may have spaces, ends with a bracket

my ($nice) = $t->read_file("/proc/$pid/stat") =~ /.*\)(?: \S+){16} (\d+)/;
my $most = 19;

is($nice, min($most, getpriority(0, 0) + 10), 'nginx goes first');

print $pipe @lines[0 .. 5001];
kill 'INT', $pid;
sleep 0.1;
print $pipe @lines[5002 .. $last];
close $pipe;
waitpid($pid, 0);

is($? >> 8, 130, 'SIGINT ends with 130');

my $stopped = decode_json($t->read_file('slow.out'));
my $rows = $stopped->{rows};

ok($rows % 1000 == 0 && $rows < $last, "stopped on the way: $rows rows");
is($stopped->{new}, $rows, 'what was read is in');
ok(!$stopped->{complete}, 'stopped: not complete');

($status, $summary) = import('orders', join '', @lines);
is(counts($summary), "$last " . ($last - $rows) . " 0 $rows 0 0",
   'run again, it goes on');


# Events.

my $events = "event_id,kind,customer_id,occurred_at,order_id,amount,items,"
    . "answer\n"
    . "e1,visit,c1,2026-05-01T10:00:00Z,,,,\n"
    . ",cart,c2,2026-05-01,,,\"[{\"\"sku\"\":\"\"a\"\",\"\"price\"\":"
    . "\"\"1.50\"\"}]\",\n"
    . "e3,purchase,someone,2026-05-02 12:30,p1,9.99,,\n"
    . "e4,survey,c1,2026-05-02,,,,too-expensive\n";

($status, $summary) = import('events', $events);
is(counts($summary), '4 4 0 0 0 0', 'events: all new');
($status, $summary) = import('events', $events);
is(counts($summary), '4 0 0 4 0 0', 'events: again changes nothing');

($status, $summary) = import('events',
    "event_id,kind,customer_id,occurred_at\ne1,view,c2,2026-05-09\n");
is(counts($summary), '1 0 0 1 0 0', 'an event_id counts once');

($status, $summary) = import('events',
    "event_id,kind,customer_id,occurred_at,campaign,link,order_id,amount,"
    . "items,answer\n"
    . "f1,jump,c1,2026-05-01,,,,,,\n"                          # 2
    . "f2,visit,,2026-05-01,,,,,,\n"                           # 3
    . "f3,visit,c1,,,,,,,\n"                                   # 4
    . "f4,visit,c1,2026-02-30,,,,,,\n"                         # 5
    . "f5,visit,c1,2026-05-01,nowhere,,,,,\n"                  # 6
    . "f6,click,c1,2026-05-01,,shop,,,,\n"                     # 7
    . "f7,purchase,c1,2026-05-01,,,,5,,\n"                     # 8
    . "f8,cart,c1,2026-05-01,,,,,{},\n"                        # 9
    . "f9,visit,c1,2026-05-01,,,,,,yes\n"                      # 10
    . "f10,cart,c1,2026-05-01,,,,-5,,\n"                       # 11
    . "f11,visit,c1,2026-05-01,,,,,,\n");
is(counts($summary), '11 1 0 0 0 10', 'bad events: counted');

@reasons = @{ rejected('events') };
@expected = (
    [ 2,  qr/kind/ ],
    [ 3,  qr/^customer_id: empty/ ],
    [ 4,  qr/^occurred_at: empty/ ],
    [ 5,  qr/^occurred_at: not a time that exists/ ],
    [ 6,  qr/^campaign: no such campaign/ ],
    [ 7,  qr/^link: needs a campaign/ ],
    [ 8,  qr/order_id/ ],
    [ 9,  qr/^items: not a JSON array/ ],
    [ 10, qr/answer/ ],
    [ 11, qr/amount/ ],
);

for my $i (0 .. $#expected) {
    my ($line, $reason) = ($reasons[$i] // '') =~ /^(\d+) (.*)$/s;

    is($line, $expected[$i][0], "bad events: line $expected[$i][0]");
    like($reason, $expected[$i][1], "bad events: why $expected[$i][0]");
}


# Unsubscriptions.

my $gone = "customer_id,email,unsubscribed_at\nc1,,2026-05-01\n"
    . ",someone\@example.com,\nc1,,2026-05-02\nunknown,,\n";

($status, $summary) = import('unsubscribes', $gone);
is(counts($summary), '4 3 0 1 0 0', 'unsubscribes');
($status, $summary) = import('unsubscribes', $gone);
is(counts($summary), '4 0 0 4 0 0', 'unsubscribes: again changes nothing');

($status, $summary) = import('unsubscribes',
                             "customer_id,email\n,\n,x\nc2,\n", '--dry-run');
is(counts($summary), '3 1 0 0 0 2', 'unsubscribes: --dry-run, bad rows');

($status, $summary) = import('unsubscribes', "customer_id\nc2\n");
is(counts($summary), '1 1 0 0 0 0', 'unsubscribes: --dry-run wrote nothing');


# 6,919 real orders.

SKIP: {
    skip 'no real data: set RETENTION_DATA', 4 if !-d "$data/cdnow";

    my $real = Retention::Test->new;

    $real->init('--currency', 'USD');

    my @expected = ('2357 2357 0 0 0 0', '6919 6919 0 0 0 0',
                    '2357 0 0 2357 0 0', '6919 0 0 6919 0 0');

    for my $kind (qw(customers orders customers orders)) {
        open my $in, '<:raw', "$data/cdnow/$kind.csv.gz" or die "$kind: $!\n";
        local $/;
        my $file = $real->write_file("$kind.csv.gz", scalar <$in>);
        my $got = $real->ctl_json('import', $kind, '--json', $file);

        is(counts($got), shift @expected, "CDNOW: $kind");
    }
}

done_testing;
