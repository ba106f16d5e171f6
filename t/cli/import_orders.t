# import orders against a plain model: random files with repeats, updates,
# refunds and other customers, imported in turn, and killed on the way.

use strict;
use warnings;

use IO::Compress::Gzip qw(gzip);
use JSON::PP;
use List::Util qw(shuffle);
use Test::More;
use Time::HiRes qw(sleep);

use Retention::Test;

my $ORDERS = 300;
my $CUSTOMERS = 40;
my $FILES = 25;                 # more than runs are kept
my $ROWS = 200;
my @COLUMNS = qw(order_id customer_id ordered_at updated_at status amount
                 currency refunded channel);

my $seed = $ENV{RETENTION_SEED} // time;

srand $seed;
note "RETENTION_SEED=$seed";

my $t = Retention::Test->new;

$t->init('--currency', 'EUR');


# A row as a hash; equal numbers give equal rows often.

sub random_row {
    my $day = sprintf '2026-0%d-1%d', 1 + rand 3, rand 4;

    return {
        order_id    => 'o' . int rand $ORDERS,
        customer_id => 'c' . int rand $CUSTOMERS,
        ordered_at  => "${day}T10:00:00Z",
        updated_at  => rand() < 0.4 ? '' : sprintf('2026-05-0%dT00:00:00Z',
                                                   1 + rand 5),
        status      => (qw(paid paid paid refunded cancelled))[rand 5],
        amount      => sprintf('%.2f', 5 + int rand 3),
        currency    => rand() < 0.9 ? 'EUR' : 'USD',
        refunded    => rand() < 0.8 ? '' : '1.00',
        channel     => rand() < 0.5 ? '' : 'web',
    };
}

# Puts a row into the model, and counts what became of it.

sub put {
    my ($model, $counts, $row) = @_;

    my $stored = $model->{ $row->{order_id} };
    my $became = !$stored ? 'new'
        : !grep({ $stored->{$_} ne $row->{$_} } @COLUMNS) ? 'unchanged'
        : $row->{updated_at} && $stored->{updated_at} gt $row->{updated_at}
        ? 'older' : 'changed';

    $counts->{$became}++;
    $model->{ $row->{order_id} } = $row
        if $became eq 'new' || $became eq 'changed';
}

sub as_csv {
    return join '', map { join(',', @$_) . "\n" }
        \@COLUMNS, map { my $row = $_; [ map { $row->{$_} } @COLUMNS ] } @_;
}

sub as_json {
    return join '', map { encode_json($_) . "\n" } @_;
}

sub as_gzip {
    my ($text, $packed) = as_csv(@_);

    gzip(\$text => \$packed);
    return $packed;
}

# customer, days, sum and last day of paid orders in EUR, as the store has it

sub stored {
    my ($store) = @_;

    my $out = $t->ctl_ok('segment', 'rfm', '--list', '--csv', '--as-of',
                         '2026-06-30', $store ? ('--store', $store) : ());

    return [ sort map { my @cells = split /,/; "@cells[0 .. 3]" }
             grep { /^c\d/ } split /\r?\n/, $out ];
}

sub expected {
    my ($model) = @_;

    my %customers;

    for my $row (values %$model) {
        next if $row->{status} ne 'paid' || $row->{currency} ne 'EUR';

        my $customer = $customers{ $row->{customer_id} } //= {};

        $customer->{days}{ substr $row->{ordered_at}, 0, 10 } = 1;
        $customer->{sum} += $row->{amount} - ($row->{refunded} || 0);
    }

    return [ sort map {
        my ($last) = reverse sort keys %{ $customers{$_}{days} };

        sprintf '%s %d %d %.2f', $_, days($last),
            scalar keys %{ $customers{$_}{days} }, $customers{$_}{sum};
    } keys %customers ];
}

# From a day of 2026 up to June the 30th.

sub days {
    my ($month, $day) = $_[0] =~ /-(\d\d)-(\d\d)$/;
    my @before = (0, 0, 31, 59, 90, 120, 151);

    return 181 - $before[$month] - $day;
}


# File by file, in all forms.

my (%model, %unlike);
my @forms = (\&as_csv, \&as_json, \&as_gzip);

for my $file (1 .. $FILES) {
    my @rows = map { random_row() } 1 .. $ROWS;
    my %counts = (new => 0, changed => 0, unchanged => 0, older => 0);

    # what is there already, twice

    push @rows, map { { %$_ } } (shuffle(values %model))[0 .. 9] if %model;
    push @rows, { %{ $rows[-1] } };

    put(\%model, \%counts, $_) for @rows;

    my $path = $t->write_file('orders', $forms[$file % @forms]->(@rows));
    my $summary = decode_json($t->ctl_ok('import', 'orders', $path,
                                         '--json'));

    for my $name (keys %counts) {
        $unlike{"$name of file $file"} = "$summary->{$name}, not "
            . $counts{$name} if $summary->{$name} != $counts{$name};
    }
}

is_deeply(\%unlike, {}, "$FILES files: what became of their rows");
is_deeply(stored(), expected(\%model), "$FILES files: what is stored");


# Compressed, and so large that a thread unpacks it ahead; whole, cut, and with
# a byte that is wrong.

my $note = join '', map { chr 97 + rand 26 } 1 .. 250;
my $large = "order_id,customer_id,ordered_at,amount,note\n" . join '', map {
    "g$_,c$_,2026-03-01,1.00," . substr($note, rand 100) . "\n" } 1 .. 30000;

gzip(\$large => \my $packed);

my %sent = (
    whole => $packed,
    cut   => substr($packed, 0, 0.7 * length $packed),
    wrong => substr($packed, 0, 0.7 * length $packed) . "\xFF" x 4000
        . substr($packed, 0.7 * length($packed) + 4000),
);

for my $what (qw(cut wrong whole)) {
    my ($status, $out, $err) = $t->ctl('import', 'orders', '--json',
        $t->write_file("$what.gz", $sent{$what}));
    my $summary = decode_json($out);

    if ($what eq 'whole') {
        is($summary->{rows}, 30000, 'large and compressed');
        cmp_ok($summary->{unchanged}, '>', 10000, 'what came before is there');
        next;
    }

    is($status, 1, "$what: status");
    like($err, qr/past line \d{5}: /, "$what: said where");
    cmp_ok($summary->{rows}, '>', 10000, "$what: the rows before are in");
}


# Killed anywhere, and run again.

my $path = $t->write_file('many.csv',
    as_csv(map { { %{ random_row() }, order_id => "m$_" } } 1 .. 20000));
my $once = $t->store . '-once';

$t->ctl_ok('init', '--base-url', 'https://mail.shop.example', '--currency',
           'EUR', '--store', $once);
$t->ctl_ok('import', 'orders', $path, '--store', $once);

my $killed = $t->store . '-killed';

$t->ctl_ok('init', '--base-url', 'https://mail.shop.example', '--currency',
           'EUR', '--store', $killed);

for my $signal (qw(KILL TERM KILL KILL INT KILL)) {
    my $pid = fork // die "cannot fork: $!";

    if ($pid == 0) {
        open STDOUT, '>', '/dev/null' or die $!;
        open STDERR, '>', '/dev/null' or die $!;
        exec "$Retention::Test::BUILD/retentionctl", 'import', 'orders',
            $path, '--store', $killed or die "cannot run retentionctl: $!";
    }

    sleep rand 0.15;
    kill $signal, $pid;
    waitpid $pid, 0;
}

my $again = decode_json($t->ctl_ok('import', 'orders', $path, '--store',
                                   $killed, '--json'));

is($again->{new} + $again->{unchanged}, 20000, 'killed, then run again');
is_deeply(stored($killed), stored($once), 'the same as if never killed');

for my $store ($once, $killed) {
    $t->ctl_ok('check', '--store', $store);
    system 'rm', '-rf', $store;
}

done_testing;
