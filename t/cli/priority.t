# segment priority, campaigns limited by it, and the permanent hold-out.

use strict;
use warnings;

use FindBin;
use List::Util qw(sum0);
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Csv qw(csv_rows);
use Retention::Leavers;
use Retention::Test;

my $N = 600;
my @AS_OF = ('--as-of', $Retention::Leavers::AS_OF);

my $t = Retention::Test->new;

$t->init('--currency', 'EUR');
Retention::Leavers::fill($t, $N, 20261122);

sub priority {
    my (@options) = @_;

    return csv_rows($t->ctl_ok('segment', 'priority', @AS_OF, '--csv',
                               @options));
}

sub refused {
    my ($status, $pattern, @command) = @_;

    my ($got, $out, $err) = $t->ctl(@command, @AS_OF);

    is($got, $status, "@command: exit $status");
    like($err, $pattern, '  it says why');
}

sub ids { return join ' ', map { $_->{customer_id} } @_ }

sub campaign {
    my ($id, @lines) = @_;

    return $t->write_file("$id.yaml", join "\n", "id: $id",
        'starts: 2026-07-01', 'window: 30d', 'audience: orders >= 1', @lines,
        '');
}

sub recipients {
    my ($id) = @_;

    return csv_rows($t->ctl_ok('export', 'recipients', $id));
}


# The list against the models' own, and its order.

my %predicted = map { ($_->{customer_id} => $_) }
    csv_rows($t->ctl_ok('model', 'predict', @AS_OF));
my @offer = ('--message-cost', '0.50 EUR', '--discount', '10%');
my @all = priority(@offer);

is(@all, $N, 'everybody is in the list');
is(join(' ', map { $_->{rank} } @all), join(' ', 1 .. $N), 'ranks');

my @wrong = grep {
    my $p = $predicted{ $_->{customer_id} };

    abs(1 - $p->{p_alive} - $_->{p_gone}) > 1e-12
        || abs($_->{value_if_back} * $p->{p_alive} - $p->{expected_value})
           > 0.02
} @all;

is(ids(@wrong), '', 'p_gone and value_if_back are those of model predict');

my @sorted = sort { $a->{break_even_uplift} <=> $b->{break_even_uplift}
                    || $b->{at_stake} <=> $a->{at_stake} }
    grep { $_->{break_even_uplift} ne '' } @all;

is(ids(@sorted), ids(@all[0 .. $#sorted]), 'the smallest break-even first');

@wrong = grep {
    abs($_->{cost} / $_->{at_stake} - $_->{break_even_uplift})
        > 0.02 * $_->{break_even_uplift} + 0.001
} grep { $_->{at_stake} > 1 } @all;
is(ids(@wrong), '', 'break-even is cost over what is at stake');

# What is expected of each, and of all, beside the value to date.

my @value = csv_rows($t->ctl_ok('segment', 'value', @AS_OF, '--by',
                                'customer', '--expected', '--csv'));

is(ids(grep { $_->{expected_value}
              ne $predicted{ $_->{customer_id} }{expected_value} } @value),
   '', 'segment value --expected: as model predict');

my ($sum) = @{ $t->ctl_json('segment', 'value', @AS_OF, '--expected',
                            '--json') };

is($sum->{expected_value},
   sprintf('%.2f', sum0(map { $_->{expected_value} } @value)), 'and the sum');
ok(!exists $t->ctl_json('segment', 'value', @AS_OF, '--json')
       ->[0]{expected_value}, 'not without --expected');

my @free = priority();

is(ids(@free), ids(sort { $b->{at_stake} <=> $a->{at_stake} } @free),
   'without cost: the most at stake first');
is(ids(grep { $_->{cost} != 0 } @free), '', 'without cost: it costs nothing');
is(ids(grep { abs($_->{at_stake} - $_->{p_gone} * $_->{value_if_back}) > 0.02 }
       @free), '', 'at stake is p_gone times the value');
is(ids(priority('--top', 7)), ids(@free[0 .. 6]), '--top');
is(ids(priority('--audience', 'lifecycle = lapsed')),
   ids(grep { $_->{stage} eq 'lapsed' } @free), '--audience');

my @margin = priority('--margin', '25%');

is(ids(@margin), ids(@free), '--margin: the order of one share stays');
cmp_ok(abs($margin[0]{at_stake} - $free[0]{at_stake} / 4), '<', 0.02,
       '--margin: a quarter is at stake');

my @paid = priority(@offer, '--budget', '40.00 EUR');
my $spent = sum0(map { $_->{cost} } @paid);

is(ids(@paid), ids(@all[0 .. $#paid]), '--budget: the first of all');
cmp_ok($spent, '<=', 40 + 0.005 * @paid, '--budget: it pays for them');
cmp_ok($spent + $all[@paid]{cost}, '>', 40 - 0.005 * @paid,
       '--budget: and for no other');

like($t->ctl_ok('segment', 'priority', @AS_OF, @offer, '--top', 3),
     qr/^3 of $N customers: [\d.]+ EUR at stake in revenue \(no margin is known\), for [\d.]+ EUR\nit pays when it brings back more than [\d.]+ %/m,
     'the sentence below');

my @priority = qw(segment priority);

refused(2, qr/--budget says nothing where nothing costs anything/, @priority,
        '--budget', '5.00 EUR');
refused(2, qr/--budget wants an amount in the store's currency, as "20\.00 EUR", not '5\.00 USD'/,
        @priority, @offer, '--budget', '5.00 USD');
refused(2, qr/--margin wants a percentage/, @priority, '--margin', '0.4');
refused(2, qr/--discount wants an amount/, @priority, '--discount', '101%');
refused(2, qr/--audience, column 1: unknown field 'order'; did you mean/,
        @priority, '--audience', 'order > 1');


# Orders that carry their cost tell the margin.

$t->ctl_ok('import', 'orders', $t->write_file('cost.csv',
    "order_id,customer_id,ordered_at,amount,cost\n"
    . "cost-1,c1,2026-06-30T12:00:00Z,100.00,60.00\n"));
like($t->ctl_ok('segment', 'priority', @AS_OF, '--top', 1),
     qr/EUR at stake in margin, for/, 'the margin of orders with cost');


# A campaign limited by priority has the same.

my @tier = ('tiers: [{ name: all, when: orders >= 1, offer: { percent: 10 } }]',
            'message_cost: "0.50 EUR"');

@all = priority(@offer);

my $out = $t->ctl_ok('campaign', 'create',
                     campaign('top', 'holdout: 50%', 'top: 50', @tier),
                     @AS_OF);

like($out, qr/^left out: @{[$N - 50]} beyond the limit, by priority$/m,
     'top: who is left out');
like($out, qr/^recipients: 50$/m, 'top: 50 recipients');
is(join(' ', sort map { $_->{customer_id} } recipients('top')),
   join(' ', sort map { $_->{customer_id} } @all[0 .. 49]),
   'top: those of segment priority');

my $show = $t->ctl_json('campaign', 'show', 'top', '--json');

is($show->{top}, 50, 'top: is kept');
is($show->{message_cost}{amount}, '0.50', 'message_cost: is kept');
is($show->{budget}, undef, 'no budget');
like($t->ctl_ok('campaign', 'create',
                campaign('top', 'holdout: 50%', 'top: 50', @tier), @AS_OF),
     qr/nothing changed/, 'top: the same file again');
refused(1, qr/only title, cost and new links may change/, 'campaign',
        'create', campaign('top', 'holdout: 50%', 'top: 51', @tier));

# The treated half costs half.

$t->ctl_ok('campaign', 'create',
           campaign('budget', 'holdout: 50%', 'budget: "20.00 EUR"', @tier),
           @AS_OF);

my @budget = recipients('budget');
@paid = priority(@offer, '--budget', '40.00 EUR');

is(join(' ', sort map { $_->{customer_id} } @budget),
   join(' ', sort map { $_->{customer_id} } @paid),
   'budget: the hold-out costs nothing');

refused(1, qr/'budget' says nothing where nothing costs anything/,
        'campaign', 'preview',
        campaign('free', 'holdout: 0%', 'budget: "20.00 EUR"'));
refused(1, qr/'budget' is not in EUR, the store's currency/, 'campaign',
        'preview', campaign('usd', 'holdout: 0%', 'budget: "20.00 USD"',
                            @tier));
refused(1, qr/:6:\d+: bad value '0' for 'top'; expected a number of customers such as 5000/,
        'campaign', 'preview',
        campaign('zero', 'holdout: 0%', 'top: 0'));

my $imported = campaign('imported', 'recipients: imported', 'top: 5')
    =~ s/^\s+//r;
$t->write_file('imported.yaml', $t->read_file('imported.yaml')
               =~ s/^audience.*\n//mr);
refused(1, qr/'top' with imported recipients; leave it out/, 'campaign',
        'create', $imported);


# Recipients of two campaigns at the same time.  'top' has 50 from July 1 on,
# for 30 days.

sub overlap {
    my ($starts, @lines) = @_;

    my $file = campaign('late', 'holdout: 50%', 'message_cost: "0.50 EUR"',
                        @lines);

    $t->write_file('late.yaml', $t->read_file('late.yaml')
                   =~ s/^starts: .*/starts: $starts/mr);

    my ($status, $stdout, $err) = $t->ctl('campaign', 'preview', $file,
                                          @AS_OF);

    is($status, 0, "starts $starts: a warning is no failure");

    return join ' ', $err =~ /(\d+ of \d+) recipients are in campaign 'top' at the same time/;
}

is(overlap('2026-07-30'), "50 of $N", 'the last day of its window');
is(overlap('2026-07-31'), '', 'the day behind it');
is(overlap('2026-06-02'), "50 of $N", 'a window that ends on its first day');
is(overlap('2026-06-01'), '', 'a window that ends before');
my ($n) = overlap('2026-06-01', 'batches: 300/day') =~ /^(\d+) of/;

ok($n > 0 && $n < 50, "only who is in the second batch: $n");


# The permanent hold-out.

sub members {
    my ($id) = @_;

    my %in = map { ($_->{customer_id} => 1) } recipients($id);

    return sort grep { !$in{$_} } map { "c$_" } 1 .. $N;
}

sub global {
    my ($status, $value) = @_;

    my ($got, $stdout, $err) = $t->ctl('config', 'set', 'global-holdout',
                                       $value);

    is($got, $status, "global-holdout $value: exit $status");

    return $err;
}

is($t->ctl_ok('config', 'get', 'global-holdout'), "0%\n", 'none at first');
is($t->ctl_json('campaign', 'show', 'top', '--json')->{global_holdout}, 0,
   'a campaign without');

like(global(0, '20%'), qr/there are campaigns: who joins the global hold-out now may have been mailed before/,
     'late: a warning');
$out = $t->ctl_ok('campaign', 'create', campaign('one', 'holdout: 10%'),
                  @AS_OF);
$t->ctl_ok('campaign', 'create', campaign('two', 'holdout: 10%'), @AS_OF);

my @members = members('one');

like($out, qr/^left out: @{[scalar @members]} in the global hold-out$/m,
     'create says how many');
cmp_ok(abs(@members - 0.2 * $N), '<', 5 * sqrt(0.16 * $N),
       'a fifth: ' . scalar @members);
is(join(' ', members('two')), "@members", 'the same in each campaign');

$show = $t->ctl_json('campaign', 'show', 'one', '--json');
is($show->{global_holdout}, 0.2, 'show: its share');
is($show->{global_holdout_left}, scalar @members, 'show: its members');

# Its draw says nothing of the campaign's: both arms are in their share.

my @held = grep { $_->{arm} eq 'holdout' } recipients('one');
my $rest = $N - @members;

cmp_ok(abs(@held - 0.1 * $rest), '<', 5 * sqrt(0.09 * $rest),
       'the own hold-out is a tenth of the rest');

@all = priority();
is(scalar(@all), $rest, 'segment priority leaves them out as well');

global(0, '30%');
$t->ctl_ok('campaign', 'create', campaign('three', 'holdout: 10%'), @AS_OF);

my %more = map { ($_ => 1) } members('three');

is(join(' ', grep { !$more{$_} } @members), '',
   'a larger share has all members of the smaller one');
cmp_ok(keys %more, '>', @members, 'and more');

like(global(1, '10%'), qr/cannot lower global-holdout: .*0% ends it/,
     'it cannot be lowered');
is($t->ctl_ok('config', 'get', 'global-holdout'), "30%\n", 'and was not');
like(global(0, '0%'), qr/the global hold-out ends here/, 'it can be ended');
$t->ctl_ok('campaign', 'create', campaign('four', 'holdout: 10%'), @AS_OF);
is(join(' ', members('four')), '', 'then nobody is left out');
is($t->ctl_json('campaign', 'show', 'three', '--json')->{global_holdout}, 0.3,
   'earlier campaigns keep theirs');
global(2, $_) for '5', '-1%', '51%', '1.00001%', '%';
like($t->ctl_ok('check'), qr/0 faults/, 'the store verifies');


# Where nobody is seen to leave, nobody can be said to be gone.

my $steady = Retention::Test->new;

$steady->init('--currency', 'EUR');
$steady->ctl_ok('import', 'customers', $steady->write_file('customers.csv',
    "customer_id,email\n"
    . join('', map { "c$_,c$_\@example.com\n" } 1 .. 30)));
$steady->ctl_ok('import', 'orders', $steady->write_file('orders.csv',
    "order_id,customer_id,ordered_at,amount\n"
    . join('', map { my $i = $_;
                     map { "o$i-$_,c$i," . Retention::Lapsed::day(30 * $_ + $i)
                           . ",10.00\n" } 0 .. 12 } 1 .. 30)));

my ($status, $stdout, $err) = $steady->ctl('segment', 'priority', @AS_OF);

is($status, 1, 'no drop-out: refused');
like($err, qr/no evidence of drop-out in these data, so nobody can be said to be gone/,
     'no drop-out: it says why');

done_testing;
