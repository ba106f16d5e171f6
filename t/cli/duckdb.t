# DuckDB reads the files that retentionctl writes, as they are: nothing is told
# to it but the name.  The types are those that it finds by itself; a time with
# Z has a zone for it in CSV, and none in JSON.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Csv qw(csv_rows);
use Retention::DuckDb;
use Retention::Test;

plan skip_all => Retention::DuckDb->missing if Retention::DuckDb->missing;

my $t = Retention::Test->new;
my $duck = Retention::DuckDb->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');

my $campaign = $t->write_file('campaign.yaml', <<'END');
id: back
starts: 2024-11-25
window: 30d
holdout: 20%
audience: orders >= 0
tiers:
  - { name: all, when: orders >= 0, offer: { percent: 10 }, expires: 14d }
links:
  shop: { url: "https://shop.example/" }
hosts: [shop.example]
END

# Ids that a spreadsheet would run, that need quotes, and in other alphabets;
# those of digits alone would be numbers, as anywhere in CSV.

my @odd = ('=1+1', '-2', '@x', 'a,b', 'a"b', "\xc3\xa9\xe2\x82\xac", 'a;b',
           'null', 'a b');

sub cell { return '"' . ($_[0] =~ s/"/""/gr) . '"' }

$t->write_file('customers.csv', join '', "customer_id,email,name,consent\n",
               (map { cell($odd[$_]) . ",odd$_\@shop.example,\"O, \"\"dd\"\"\""
                      . ",granted\n" } 0 .. $#odd),
               map { "c$_,c$_\@shop.example,C $_,granted\n" } 1 .. 91);
$t->write_file('orders.csv', join '',
    "order_id,customer_id,ordered_at,amount,cost,items\n",
    map { sprintf "o%d,c%d,2024-%02d-%02d,%d.%02d,%d.00,1\n", $_, $_ % 40 + 1,
              $_ % 12 + 1, $_ % 28 + 1, $_ * 3, $_ % 100, $_ } 1 .. 160);
$t->write_file('events.jsonl', <<'END');
{"event_id":"e2","occurred_at":"2024-12-02T10:00:00Z","kind":"cart","customer_id":"c2","items":[{"sku":"A \"1\"","category":"x","quantity":2,"price":"1.50"}]}
{"event_id":"e1","occurred_at":"2024-12-01T10:00:00Z","kind":"visit","campaign":"back","customer_id":"c1","link":"shop"}
{"event_id":"e3","occurred_at":"2024-12-03T10:00:00Z","kind":"purchase","customer_id":"=1+1","order_id":"-7","amount":"30.00","currency":"EUR"}
END

$t->ctl_ok('import', $_, $t->path("$_.csv")) for qw(customers orders);
$t->ctl_ok('campaign', 'create', $campaign, '--as-of', '2024-11-24');
$t->ctl_ok('import', 'events', $t->path('events.jsonl'));


# Writes a file; returns what DuckDB makes of it: a type for each column, and
# the rows as hashes.

my $files = 0;

sub duck {
    my ($name, @args) = @_;

    my $path = $t->path(++$files . "-$name");

    if ($args[-1] eq 'FILE') {
        pop @args;
        $t->ctl_ok(@args, $path);

    } else {
        $t->write_file($path, $t->ctl_ok(@args));
    }

    my ($types, $rows) = $duck->run("describe from '$path'",
                                    "select * from '$path'");
    my %types = map { $_->[0] => $_->[1] =~ s/ WITH TIME ZONE//r }
        @{ $types->{rows} };
    my @rows = map {
        my %row;

        @row{@{ $rows->{columns} }} = @$_;
        \%row;
    } @{ $rows->{rows} };

    return (\%types, \@rows, $rows->{columns});
}

# An export: as CSV, JSON lines, and both compressed, which must be equal.

sub export_is {
    my ($what, $args, $count, $key, $expected) = @_;

    for my $name ('csv', 'csv.gz', 'jsonl', 'jsonl.gz') {
        my ($types, $rows) = duck("$what.$name", 'export', $what, @$args,
                                  '--format', $name =~ s/\.gz//r, 'FILE');

        is(scalar @$rows, $count, "$what.$name: rows");
        is_deeply({ map { $_ => $types->{$_} } keys %$expected }, $expected,
                  "$what.$name: types");

        my @ids = sort map { $_->{$key} // '' } @$rows;
        my @plain = sort map { $_->{$key} // '' } json_lines($what, @$args);

        s/^'(?=[=+\-@])// for @ids;     # what CSV has defused
        is_deeply([sort @ids], \@plain, "$what.$name: $key");
    }
}

sub json_lines {
    return map { decode_json($_) }
        split /\n/, $t->ctl_ok('export', @_, '--format', 'jsonl');
}

export_is('recipients', ['back'], 100, 'customer_id', {
    customer_id => 'VARCHAR', arm => 'VARCHAR', batch => 'BIGINT',
    t0 => 'TIMESTAMP', until => 'TIMESTAMP', coupon => 'VARCHAR',
    coupon_expires => 'TIMESTAMP', is_test => 'BOOLEAN',
    visited => 'BOOLEAN', bought => 'BOOLEAN',
});
export_is('coupons', [], scalar(grep { $_->{coupon} }
                                json_lines('recipients', 'back')),
          'coupon', { coupon => 'VARCHAR', expires => 'TIMESTAMP' });
export_is('events', [], 3, 'customer_id', {
    occurred_at => 'TIMESTAMP', kind => 'VARCHAR', customer_id => 'VARCHAR',
    order_id => 'VARCHAR', is_test => 'BOOLEAN',
});



# What commands print: as many rows and the same columns as our own parsers
# find.

my @rfm = ('segment', 'rfm', '--as-of', '2024-11-24');
my @report = ('report', 'back', '--as-of', '2025-01-10');

for my $case (
    [ 'segment', 'tiers', '--as-of', '2024-11-24', '--csv' ],
    [ 'segment', 'lifecycle', '--as-of', '2024-11-24', '--csv' ],
    [ @rfm, '--csv' ], [ @rfm, '--list', '--csv' ], [ @rfm, '--json' ],
    [ 'segment', 'abc-xyz', '--as-of', '2024-11-24', '--csv' ],
    [ 'segment', 'cohorts', '--as-of', '2024-11-24', '--csv' ],
    [ 'segment', 'value', '--as-of', '2024-11-24', '--csv' ],
    [ 'campaign', 'merge', 'back', '--format', 'csv' ],
    [ @report, '--format', 'csv' ], [ @report, '--json' ],
) {
    my $name = grep({ $_ eq '--json' } @$case) ? 'json' : 'csv';
    my $text = $t->ctl_ok(@$case);
    my @expected = $name eq 'csv' ? csv_rows($text)
        : map { ref $_ eq 'ARRAY' ? @$_ : $_ } decode_json($text);
    my (undef, $rows, $columns) = duck("printed.$name", @$case);

    is(scalar @$rows, scalar @expected, "@$case: rows");
    is_deeply([ sort @$columns ],
              [ sort map { keys %$_ } $expected[0] // {} ],
              "@$case: columns");
}

done_testing;
