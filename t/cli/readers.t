# pandas and R read the files that retentionctl writes, as they are: nothing is
# told to them but the name.  Each is asked how many rows it sees, and what
# kind of column.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Csv qw(csv_rows);
use Retention::Leavers;
use Retention::Test;

my %PROGRAM = (pandas => <<'PYTHON', R => <<'R');
import json, sys
import pandas

KINDS = {'b': 'flag', 'i': 'number', 'f': 'number', 'O': 'text', 'M': 'time'}

def read(path):
    if path.endswith('csv'):
        return pandas.read_csv(path)
    return pandas.read_json(path, lines=path.endswith('jsonl'))

for path in sys.argv[1:]:
    data = read(path)
    print(json.dumps({'rows': len(data), 'columns': {
        name: 'empty' if data[name].isna().all() else KINDS[kind.kind]
        for name, kind in data.dtypes.items()}}))
PYTHON
suppressMessages(library(jsonlite))

kinds <- c(logical = "flag", integer = "number", numeric = "number",
           character = "text")

kind <- function(x)
    if (is.list(x)) "list" else
        if (all(is.na(x))) "empty" else kinds[[class(x)[1]]]

for (path in commandArgs(TRUE)) {
    data <- if (grepl("csv$", path)) read.csv(path) else
        if (grepl("jsonl$", path)) stream_in(file(path), verbose = FALSE) else
            fromJSON(path)

    cat(toJSON(list(rows = unbox(nrow(data)),
                    columns = lapply(lapply(data, kind), unbox))), "\n")
}
R

my %RUN = (pandas => ['python3'], R => ['Rscript', '--vanilla']);
my %IS_THERE = (
    pandas => system('python3 -c "import pandas" >/dev/null 2>&1') == 0,
    R      => system('Rscript -e "library(jsonlite)" >/dev/null 2>&1') == 0,
);

plan skip_all => 'neither pandas nor R with jsonlite is installed'
    if !grep { $_ } values %IS_THERE;

my @AS_OF = ('--as-of', $Retention::Leavers::AS_OF);
my $t = Retention::Test->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');
Retention::Leavers::fill($t, 200, 20261122);

# Ids that a spreadsheet would run, and what needs quotes.  An id NA or null is
# missing to both of them, and one of digits alone a number: docs say so.

my @odd = ('=1+1', '-2x', '@x', 'a,b', 'a"b', "\xc3\xa9\xe2\x82\xac", 'a;b',
           "x'y", 'a#b', 'a b');

sub cell { return '"' . ($_[0] =~ s/"/""/gr) . '"' }

$t->ctl_ok('import', 'customers', $t->write_file('odd.csv', join '',
    "customer_id,email,name,channel,referred_by\n",
    map { cell($odd[$_]) . ",odd$_\@example.com,\"O, \"\"dd\"\" #$_\",web,c1\n"
        } 0 .. $#odd));
$t->ctl_ok('import', 'orders', $t->write_file('odd-orders.csv', join '',
    "order_id,customer_id,ordered_at,amount,cost\n",
    map { "o-$_," . cell($odd[$_]) . ",2026-06-20T10:00:00Z,30.50,10.00\n" }
        0 .. $#odd));

my $campaign = $t->write_file('back.yaml', <<'END');
id: back
starts: 2026-07-01
window: 10d
holdout: 20%
audience: orders >= 1
tiers:
  - { name: all, when: orders >= 1, offer: { percent: 10 }, expires: 14d }
links:
  shop: { url: "https://shop.example/?c={coupon}" }
hosts: [shop.example]
END

$t->ctl_ok('campaign', 'create', $campaign, @AS_OF);
$t->ctl_ok('import', 'events', $t->write_file('told.jsonl', <<'END'));
{"event_id":"e1","occurred_at":"2026-07-02T10:00:00Z","kind":"cart","customer_id":"c2","items":[{"sku":"A \"1\"","category":"x","quantity":2,"price":"1.50"}],"currency":"EUR"}
{"event_id":"e2","occurred_at":"2026-07-03T10:00:00Z","kind":"visit","campaign":"back","customer_id":"c1","link":"shop"}
{"event_id":"e3","occurred_at":"2026-07-03T10:00:00Z","kind":"purchase","customer_id":"=1+1","order_id":"x7","amount":"30.00","currency":"EUR"}
END


# A file, the command, and columns with their kinds.  Amounts are text in JSON,
# as they are written; pandas makes numbers of them by itself.

my %export = (customer_id => 'text', is_test => 'flag');
my %money = (currency => 'text');
my @files;

sub file {
    my ($name, $command, %kinds) = @_;

    my $path = $t->path($name);

    if ($command->[-1] eq 'FILE') {
        $t->ctl_ok(@$command[0 .. $#$command - 1], $path);

    } else {
        $t->write_file($name, $t->ctl_ok(@$command));
    }

    push @files, { name => $name, path => $path, kinds => \%kinds };
}

for my $format (qw(csv jsonl)) {
    my @to = ('--format', $format, 'FILE');

    file("recipients.$format", ['export', 'recipients', 'back', @to],
         %export, t0 => 'text', coupon => 'text', batch => 'number',
         bought => 'flag', visited => 'flag');
    file("responses.$format", ['export', 'responses', 'back', @to],
         customer_id => 'text', is_holdout => 'flag', orders => 'number',
         currency => 'text', bought => 'flag');
    file("coupons.$format", ['export', 'coupons', @to], %export,
         expires => 'text');
    file("events.$format", ['export', 'events', @to], customer_id => 'text',
         kind => 'text', is_test => 'flag');
    file("person.$format", ['export', 'person', '=1+1', @to],
         record => 'text', number => 'number', field => 'text',
         value => 'text');
}

for my $format (qw(csv json)) {
    my %segment = (
        tiers      => [ [], from_days => 'number', customers => 'number' ],
        lifecycle  => [ [], stage => 'text', share => 'number' ],
        rfm        => [ ['--list'], customer_id => 'text', r => 'number',
                        segment => 'text', %money ],
        'abc-xyz'  => [ [], class => 'text', spend_share => 'number' ],
        cohorts    => [ [], cohort => 'text', active => 'number',
                        complete => 'flag' ],
        value      => [ [qw(--by customer --expected)],
                        customer_id => 'text', orders => 'number',
                        first_order => 'text', %money ],
        priority   => [ [], customer_id => 'text', p_gone => 'number',
                        growth => 'number', referrals => 'number', %money ],
    );

    for my $name (sort keys %segment) {
        my ($options, %kinds) = @{ $segment{$name} };

        $kinds{revenue} = 'number' if $format eq 'csv' && $name eq 'value';
        $kinds{at_stake} = 'number' if $format eq 'csv' && $name eq 'priority';
        file("$name.$format", ['segment', $name, @AS_OF, @$options,
                               "--$format"], %kinds);
    }
}

file('predict.csv', ['model', 'predict', @AS_OF], customer_id => 'text',
     x => 'number', p_alive => 'number', expected_value => 'number');
file('report.csv', ['report', 'back', '--format', 'csv', '--as-of',
                    '2026-07-20'], section => 'text', arm => 'text',
     count => 'number', low => 'number', text => 'text');
file('merge.csv', ['campaign', 'merge', 'back', '--format', 'csv'],
     customer_id => 'text', email => 'text', coupon => 'text',
     pixel_url => 'text');
file('google.csv', ['audience', 'back', '--for', 'google', '--force',
                    'FILE'], Email => 'text');


# What we find in it ourselves: rows, and names.

sub ours {
    my ($file) = @_;

    my $text = $t->read_file($file->{name});
    my @rows = $file->{name} =~ /csv$/ ? csv_rows($text)
        : $file->{name} =~ /jsonl$/ ? map { decode_json($_) } split /\n/, $text
        : @{ decode_json($text) };

    return (scalar @rows, join ' ', sort keys %{ $rows[0] });
}

for my $reader (sort keys %PROGRAM) {
    SKIP: {
        skip "$reader is not installed", 3 * @files if !$IS_THERE{$reader};

        my $script = $t->write_file("read.$reader", $PROGRAM{$reader});
        my $out = join '', map { "'$_' " } @{ $RUN{$reader} }, $script,
            map { $_->{path} } @files;
        my @seen = map { decode_json($_) } split /\n/, `$out`;

        for my $file (@files) {
            my $seen = shift @seen // {};
            my ($rows, $names) = ours($file);
            my %kinds = %{ $file->{kinds} };
            my $read = join ' ', sort keys %{ $seen->{columns} };

            # read.csv makes names of names with blanks
            $names =~ s/(First|Last) Name/$1.Name/g
                if $reader eq 'R' && $file->{name} =~ /csv$/;

            is($seen->{rows}, $rows, "$reader, $file->{name}: rows");
            is($read, $names, "$reader, $file->{name}: columns");
            is_deeply({ map { $_ => $seen->{columns}{$_} } keys %kinds },
                      \%kinds, "$reader, $file->{name}: kinds");
        }
    }
}

done_testing;
