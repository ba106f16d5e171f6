# model fit and model predict: the published figures of CDNOW, and a shop small
# enough to count by hand.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Csv qw(csv_rows);
use Retention::Test;

my $data = $ENV{RETENTION_DATA} || "$FindBin::Bin/../../../shared/data";

my $t = Retention::Test->new;

$t->init('--timezone', 'America/New_York', '--currency', 'USD');


# Whether a number is another but for a share of it.

sub near {
    my ($found, $expected, $relative, $name) = @_;

    my $is_near = defined $found
        && abs($found - $expected) <= $relative * abs($expected);

    ok($is_near, $name)
        || diag("found " . ($found // 'nothing') . ", not $expected");
}

# Within so much; absolute.

sub within {
    my ($found, $expected, $limit, $name) = @_;

    my $is_within = defined $found && abs($found - $expected) <= $limit;

    ok($is_within, $name)
        || diag("found " . ($found // 'nothing') . ", not $expected");
}

sub predict {
    my ($test, @options) = @_;

    return map { ($_->{customer_id} => $_) }
        csv_rows($test->ctl_ok('model', 'predict', @options));
}


# Nothing to fit yet.

my ($status, $out, $err) = $t->ctl('model', 'fit');
is($status, 1, 'no orders');
like($err, qr/nothing to fit: no customer bought on two days/, 'it says so');

$t->ctl_ok('import', 'customers', $t->write_file('customers.csv',
    "customer_id\n" . join('', map { "c$_\n" } 1 .. 6)));

# c1: two orders of one evening in New York; c2: a free order counts, what was
# cancelled, refunded or paid back does not; c3: another currency; c4: after
# the cut-off; c5: nothing but a cancellation; c6: nothing.

$t->ctl_ok('import', 'orders', $t->write_file('orders.csv', <<'END'));
order_id,customer_id,email,ordered_at,status,amount,refunded,currency
1,c1,,2026-01-01T15:00:00Z,,10.00,,
2,c1,,2026-01-15T23:00:00Z,,20.00,5.00,
3,c1,,2026-01-16T03:00:00Z,,15.00,,
4,c2,,2026-01-08,,10.00,,
5,c2,,2026-01-22,,0.00,,
6,c2,,2026-01-29,cancelled,10.00,,
7,c2,,2026-01-29,refunded,10.00,,
8,c2,,2026-01-30,,-10.00,,
9,c3,,2026-01-01,,10.00,,EUR
10,c3,,2026-02-12,,10.00,,USD
11,c4,,2026-02-13,,10.00,,
12,c5,,2026-01-01,cancelled,10.00,,
13,,guest@example.com,2026-01-01,,10.00,,
END

my @known = ('--parameters',
             'r=0.25,alpha=4,a=0.8,b=2.5,p=6,q=4,gamma=15');
my @until = ('--until', '2026-02-12');
my %row = predict($t, @known, @until, '--unit', 'days');

is_deeply([sort keys %row], [qw(c1 c2 c3)], 'who bought by the cut-off');

for my $case ([c1 => 1, 14, 42], [c2 => 1, 14, 35], [c3 => 1, 42, 42]) {
    my ($id, @expected) = @$case;

    is_deeply([@{ $row{$id} }{qw(x t_x T)}], \@expected, "$id: x, t_x, T");
}

isnt($row{c1}{expected_value}, '', 'c1: a value');
is($row{c3}{expected_value}, '', 'c3: none in two currencies');

my %next = predict($t, @known, '--until', '2026-02-13', '--unit', 'days');
is($next{c4}{T}, 0, 'c4: on the day of the cut-off');
is($next{c1}{T}, 43, 'c1: a day later');

%next = predict($t, @known, '--as-of', '2026-02-13', '--unit', 'days');
is($next{c1}{T}, 43, '--as-of is --until');
%next = predict($t, @known, '--unit', 'days');
is($next{c1}{T}, 43, 'until when orders are known');

my ($header) = split /\r\n/, $t->ctl_ok('model', 'predict', @known);
is($header, 'customer_id,x,t_x,T,p_alive,expected_orders,expected_value',
   'the columns');

($status, $out, $err) = $t->ctl('model', 'predict', @known, '--until',
                                '2026-03-01');
like($err, qr/orders are known until 2026-02-13/, 'days nobody knows of');

($status, $out, $err) = $t->ctl('model', 'fit', '--json');
is($status, 0, 'few customers are fitted');
ok(!decode_json($out)->{evidence_of_dropout}, 'and are no evidence');
is(decode_json($out)->{customers}, 4, 'guests are not counted');
like($err, qr/1 guests/, 'and it says so');

($status, $out, $err) = $t->ctl('model', 'fit');
like($out, qr/^no evidence of drop-out in these data/m, 'the sentence');
($status, $out, $err) = $t->ctl('model', 'predict');
like($err, qr/no evidence of drop-out in these data/, 'beside predictions');

for my $options (['--model', 'pareto/nbd'], ['--unit', 'months'],
                 ['--until', '2026-02-29'], ['--currency', 'usd'])
{
    is(($t->ctl('model', 'fit', @$options))[0], 2, "refused: @$options");
}

for my $options (['--parameters', 'r=1'], ['--parameters', 'p=1,q=2'],
                 ['--parameters', 'r=1,alpha=1,a=1,b=0'],
                 ['--parameters', 'r=1,alpha=1,a=1,b=-1'],
                 ['--parameters', 'r=1,alpha=1,a=1,b=nan'],
                 ['--parameters', 'r=1,alpha=1,a=1,b=1,b=1'],
                 ['--parameters', 'r=1,alpha=1,a=1,b=1,'],
                 ['--parameters', 'r=1,alpha=1,a=1,b=1;'],
                 ['--parameters', 'r=1,alpha=1,a=1,beta=1'],
                 ['--parameters', ''], ['--horizon', '39'],
                 ['--horizon', '0w'], ['--horizon', '1m'],
                 ['--horizon', '5215w'], ['--horizon', '-1d'],
                 ['--model', 'gamma-gamma'])
{
    is(($t->ctl('model', 'predict', @$options))[0], 2,
       "refused: @$options");
}

my $file = $t->path('predictions.csv');

$t->ctl_ok('model', 'predict', @known, @until, $file);
is(scalar(csv_rows($t->read_file($file))), 3, 'into a file');
is(($t->ctl('model', 'predict', @known, $file))[0], 1, 'that stays');
$t->ctl_ok('model', 'predict', @known, '--force', $file);
is(scalar(csv_rows($t->read_file($file))), 4, 'unless it is forced');


# CDNOW.

sub real_shop {
    my @orders = @_;

    my $real = Retention::Test->new;

    $real->init('--currency', 'USD');

    open my $in, '<:raw', "$data/cdnow/customers.csv.gz"
        or die "customers: $!\n";
    local $/;
    $real->ctl_ok('import', 'customers',
                  $real->write_file('customers.csv.gz', scalar <$in>));
    $real->ctl_ok('import', 'orders',
                  $real->write_file('orders.csv', join '', @orders));

    return $real;
}

sub test_fits {
    my ($real) = @_;

    my @cases = (
        [ 'bg/nbd', -9582.4292, r => 0.243, alpha => 4.414, a => 0.793,
          b => 2.426 ],
        [ 'mbg/nbd', -9582.1357, r => 0.525, alpha => 6.183, a => 0.891,
          b => 1.614 ],
        [ 'gamma-gamma', -4055.9177, p => 6.25, q => 3.74, gamma => 15.44 ],
    );

    for my $case (@cases) {
        my ($model, $log_likelihood, %published) = @$case;

        my $fit = $real->ctl_json('model', 'fit', '--model', $model, '--until',
                                  '1997-09-30', '--json');

        is($fit->{model}, $model, "$model: its name");
        is($fit->{unit}, 'weeks', "$model: its unit");
        ok($fit->{converged}, "$model: converged");
        is($fit->{starts}, $fit->{starts_agreed}, "$model: all starts agree");
        within($fit->{log_likelihood}, $log_likelihood, 1e-3,
               "$model: log-likelihood");

        # Published with three digits, so they cannot be nearer than a half
        # of the last.

        near($fit->{$_}, $published{$_}, 2e-3, "$model: $_")
            for sort keys %published;
        ok($fit->{"${_}_error"} > 0, "$model: standard error of $_")
            for sort keys %published;
    }

    my $bg = $real->ctl_json('model', 'fit', '--model', 'bg/nbd', '--until',
                             '1997-09-30', '--json');

    near($bg->{r}, 0.242595, 1e-5, 'bg/nbd: r, more digits');
    near($bg->{alpha}, 4.413602, 1e-5, 'bg/nbd: alpha, more digits');
    near($bg->{a}, 0.792922, 1e-5, 'bg/nbd: a, more digits');
    near($bg->{b}, 2.425907, 1e-5, 'bg/nbd: b, more digits');
    is($bg->{customers}, 2357, 'bg/nbd: customers');
    ok($bg->{evidence_of_dropout}, 'bg/nbd: customers leave');

    return $bg;
}

sub test_units {
    my ($real) = @_;

    my ($weeks, $days) = map {
        $real->ctl_json('model', 'fit', '--until', '1997-09-30', '--json',
                        '--unit', $_)
    } qw(weeks days);
    my %row = predict($real, '--until', '1997-09-30');
    my $repeats = 0;

    $repeats += $_->{x} for values %row;

    is($weeks->{$_}, $days->{$_}, "weeks to days: $_ stays")
        for qw(r a b p_value);
    near($days->{alpha}, 7 * $weeks->{alpha}, 1e-12, 'weeks to days: alpha');
    near($days->{log_likelihood},
         $weeks->{log_likelihood} - $repeats * log(7), 1e-12,
         'weeks to days: log-likelihood');
}

sub test_predictions {
    my ($real, $bg) = @_;

    my @options = ('--model', 'bg/nbd', '--until', '1997-09-30');
    my $parameters = join ',', map { "$_=$bg->{$_}" } qw(r alpha a b);
    my %row = predict($real, @options, '--horizon', '39w');
    my %given = predict($real, @options, '--horizon', '39w', '--parameters',
                        $parameters);
    my %alive = (1 => 0.726620, 2 => 0.212391, 3 => 1, 157 => 0.969221,
                 1516 => 0.968854);

    within($given{$_}{p_alive}, $alive{$_}, 1e-6, "customer $_: P(alive)")
        for sort { $a <=> $b } keys %alive;

    near($given{157}{expected_orders}, 20.05525, 1e-6,
         'customer 157: 39 weeks');
    within($row{157}{expected_orders}, $given{157}{expected_orders}, 1e-9,
           'fitted or given');

    %row = predict($real, @options, '--horizon', '364d');
    within($row{1516}{expected_orders}, 25.757, 5e-4,
           'customer 1516: 52 weeks');

    is_deeply([map { $row{$_}{p_alive} } grep { $row{$_}{x} == 0 } keys %row],
              [(1) x grep { $_->{x} == 0 } values %row],
              'bg/nbd: one-time buyers are alive');

    %row = predict($real, '--until', '1997-09-30');
    is(scalar(grep { $_->{x} == 0 && $_->{p_alive} >= 1 } values %row), 0,
       'mbg/nbd: they may have left');
}

sub test_summary {
    my ($real) = @_;

    my %row = predict($real, '--until', '1997-09-30');
    my @wrong;

    open my $in, '<', "$data/cdnow/cdnow_customers_summary.csv"
        or die "summary: $!\n";

    for my $expected (csv_rows(do { local $/; scalar <$in> })) {
        my $found = $row{ $expected->{ID} };

        push @wrong, $expected->{ID}
            if !$found || $found->{x} != $expected->{frequency}
            || abs($found->{t_x} - $expected->{recency}) > 0.0051
            || abs($found->{T} - $expected->{T}) > 0.0051;
    }

    is("@wrong", '', 'x, t_x and T of every customer as published');
}

# 18 months, with a customer of 171 purchase days, as the whole of CDNOW has.

sub test_whole_period {
    my ($real) = @_;

    my $days = join '', map {
        sprintf "heavy-%d,heavy,1997-%02d-%02d,9.99\n", $_, 1 + $_ / 28,
            1 + $_ % 28
    } 1 .. 171;

    $real->ctl_ok('import', 'orders', $real->write_file('heavy.csv',
        "order_id,customer_id,ordered_at,amount\n$days"));

    for my $model ('bg/nbd', 'mbg/nbd') {
        my %row = predict($real, '--model', $model);
        my ($most) = sort { $b->{x} <=> $a->{x} } values %row;
        my @wrong = grep {
            my $row = $_;
            $row->{p_alive} !~ /^(?:0|1|0\.[\d]+|[\d.]+e-\d+)$/
                || $row->{expected_orders} !~ /^[\d.]+(?:e-\d+)?$/
                || $row->{expected_value} !~ /^\d+\.\d\d$/
        } values %row;

        is($most->{x}, 170, "$model: a heavy buyer");
        cmp_ok($most->{p_alive}, '<', 1e-50, "$model: who has left");
        is(scalar(@wrong), 0, "$model: numbers for all");
    }
}

SKIP: {
    skip 'no real data: set RETENTION_DATA', 1 if !-d "$data/cdnow";

    open my $in, '-|', 'gzip', '-dc', "$data/cdnow/orders.csv.gz"
        or die "orders: $!\n";
    my ($columns, @orders) = <$in>;
    close $in or die "orders: $?\n";

    my $real = real_shop($columns, @orders);
    my $bg = test_fits($real);

    test_units($real);
    test_predictions($real, $bg);
    test_summary($real);

    my $turned = real_shop($columns, reverse @orders);

    is($turned->ctl_ok('model', 'fit', '--until', '1997-09-30', '--json'),
       $real->ctl_ok('model', 'fit', '--until', '1997-09-30', '--json'),
       'the order of the rows changes nothing');

    test_whole_period($real);
}

done_testing;
