# retentionctl report: one model, three formats.  The draw comes from a file,
# so that the arms are known.

use strict;
use warnings;

use JSON::PP;
use Test::More;

use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');

my $file = $t->write_file('campaign.yaml', <<'END');
id: back
title: We miss you
starts: 2024-11-25
window: 30d
holdout: 50%
recipients: imported
cost: "5.00 EUR"
END

my $people = 40;

$t->write_file('customers.csv', join '', "customer_id,consent\n",
               map { "c$_,granted\n" } 1 .. $people);
$t->write_file('recipients.csv', join '', "campaign,customer_id,arm,sent_at\n",
               map { "back,c$_," . ($_ % 2 ? "treated,2024-11-25"
                                           : "holdout,") . "\n" }
               1 .. $people);

# The window is from 2024-11-24T22:00:00Z to 2024-12-24T22:00:00Z.

$t->write_file('orders.csv', <<'END');
order_id,customer_id,ordered_at,status,amount,currency,refunded
first,c1,2024-11-24T22:00:00Z,paid,10.00,EUR,
early,c1,2024-11-24T21:59:59Z,paid,99.00,EUR,
last,c3,2024-12-24T21:59:59Z,paid,30.00,EUR,5.00
late,c3,2024-12-24T22:00:00Z,paid,99.00,EUR,
undone,c5,2024-12-01T00:00:00Z,cancelled,99.00,EUR,
back,c5,2024-12-01T00:00:00Z,refunded,99.00,EUR,
yen,c7,2024-12-01T00:00:00Z,paid,700,JPY,
self,c2,2024-12-01T00:00:00Z,paid,8.00,EUR,
twice,c9,2024-12-02T00:00:00Z,paid,20.00,EUR,
END

$t->write_file('events.csv', <<'END');
event_id,occurred_at,kind,campaign,customer_id,order_id,amount,currency
e1,2024-12-01T10:00:00Z,visit,back,c1,,,
e2,2024-12-01T10:00:00Z,visit,,c2,,,
e3,2024-12-01T10:00:00Z,cart,,c2,,,
e4,2024-12-01T10:00:00Z,purchase,,c9,twice,21.00,EUR
e5,2024-12-01T10:00:00Z,purchase,,c11,only-event,4.00,EUR
e6,2025-01-01T10:00:00Z,visit,back,c3,,,
END

$t->ctl_ok('import', 'customers', $t->path('customers.csv'));
$t->ctl_ok('campaign', 'create', $file);
$t->ctl_ok('import', 'recipients', $t->path('recipients.csv'));


# Before any order is known.

my $report = $t->ctl_json('report', 'back', '--json');

is($report->{orders_known_until}, undef, 'no orders: known until nothing');
ok(!$report->{window_complete}, 'no orders: not complete');
ok((grep { /no orders were imported/ } @{ $report->{notes} }),
   'no orders: said');

$t->ctl_ok('import', 'orders', $t->path('orders.csv'));
$t->ctl_ok('import', 'events', $t->path('events.csv'));

$report = $t->ctl_json('report', 'back', '--json');

# The last order lies at the end of the window, to the second.

ok($report->{window_complete}, 'complete by the last order');
is($report->{orders_known_until}, '2024-12-24', 'known until its day');


# The counts.

my %arms = map { ($_->{name} => $_) } @{ $report->{arms} };
my ($treated, $holdout) = @arms{qw(treated holdout)};

is($treated->{recipients}, 20, 'treated');
is($holdout->{recipients}, 20, 'held out');
ok($holdout->{holdout} && !$treated->{holdout}, 'which is which');
is($treated->{buyers}, 5, 'buyers: c1, c3, c7, c9, c11');
is($treated->{orders}, 5, 'one order id counts once');
is_deeply($treated->{revenue}, { EUR => '59.00', JPY => '700' },
          'revenue less refunds, by currency');
is($holdout->{buyers}, 1, 'a buyer of the hold-out');
is_deeply($holdout->{revenue}, { EUR => '8.00', JPY => '0' }, 'and revenue');
is($treated->{visited}{human}, 1, 'visits in the window alone');
is($holdout->{visited}{human}, 1, 'the hold-out visits by name');
is($holdout->{carted}{human}, 1, 'and fills carts');
is_deeply($holdout->{any_class}, { opened => 0, clicked => 0, visited => 1,
          viewed => 0, carted => 1, checked_out => 0 },
          'recipients of any class');
ok((grep { /order 'twice': the amount/ } @{ $report->{notes} }),
   'a disagreement is listed');

my ($buyers) = grep { $_->{metric} eq 'buyers' } @{ $report->{comparisons} };
my ($euros) = grep { ($_->{currency} // '') eq 'EUR' }
    @{ $report->{comparisons} };

ok(abs($buyers->{difference} - 0.2) < 1e-12, 'difference of shares');
like($buyers->{method}, qr/[Ff]isher/, 'small counts: Fisher');
ok(abs($euros->{difference} - 2.55) < 1e-12, 'difference in euros a customer');
is($euros->{against}, 'holdout', 'against the hold-out');
ok(abs($report->{return_on_revenue}[0]{value} - (2.55 * 20 - 5)) < 1e-9,
   'return on revenue');


# A day in between.

my $then = $t->ctl_json('report', 'back', '--json', '--as-of', '2024-12-01');
my ($arm) = grep { $_->{name} eq 'treated' } @{ $then->{arms} };

ok(!$then->{window_complete}, 'as of a day before: not complete');
is($then->{orders_known_until}, '2024-12-01', 'known until that day');
is($arm->{orders}, 3, 'orders of later days do not count');

my $text = $t->ctl_ok('report', 'back', '--as-of', '2024-12-01');

like($text, qr/^No verdict yet: it comes when 2024-12-24 is over/m,
     'no verdict yet');
like($text, qr/^Against the hold-out \(preliminary\)$/m, 'preliminary');
unlike($text, qr/treated, about/, 'and no words of success');


# The same numbers in every format.

$text = $t->ctl_ok('report', 'back');

like($text, qr/^We miss you \(back\)\norders known until  2024-12-24$/m,
     'text opens with what is known');
like($text, qr/^treated +20 +5 +25\.00 % +5 /m, 'text: the arm');
like($text, qr/^holdout(?: +0\.00 %){4} +5\.00 % +5\.00 % +0\.00 % +5\.00 %$/m,
     'text: by one definition and another');
like($text, qr/^treated +buyers +25\.000 % +5\.000 % +\+20\.0000 points/m,
     'text: the difference');

my @rows = split /\r\n/, $t->ctl_ok('report', 'back', '--format', 'csv');
my @names = split /,/, shift @rows;
my @table = map { my %row; @row{@names} = split /,/, $_, scalar @names; \%row }
    @rows;

sub csv_row {
    my (%want) = @_;

    my ($row) = grep {
        my $have = $_;

        !grep { $have->{$_} ne $want{$_} } keys %want
    } @table;

    return $row // {};
}

is(csv_row(section => 'arm', arm => 'treated', metric => 'revenue',
           currency => 'EUR')->{amount}, '59.00', 'csv: revenue');
is(csv_row(section => 'arm', arm => 'treated', metric => 'bought')->{value},
   0.25, 'csv: the share that bought');

my $row = csv_row(section => 'comparison', metric => 'buyers');

for my $field (qw(low high p relative arm_value against_value)) {
    is($row->{$field} + 0, $buyers->{$field} + 0, "csv: $field as in json");
}

for my $field (sort keys %{ $report->{health} }) {
    is(csv_row(section => 'health', metric => $field)->{count},
       $report->{health}{$field}, "csv: $field as in json");
}

my $return = $report->{return_on_revenue}[0];

for my $field (qw(discounts cost)) {
    is(csv_row(section => 'return_on_revenue', currency => 'EUR',
               metric => $field)->{amount}, $return->{$field},
       "csv: $field as in json");
}

is(csv_row(section => 'return_on_revenue', metric => 'incremental')->{value},
   $return->{incremental}, 'csv: incremental revenue as in json');
is(csv_row(section => 'state', metric => 'orders_known_until')->{text},
   $report->{orders_known_until}, 'csv: what is known, as in json');
is_deeply([map { $_->{text} =~ s/^"|"$//gr } grep { $_->{section} eq 'note' }
           @table], $report->{notes}, 'csv: the notes as in json');


# What is asked for beside the counts, in every format.

my @more = ('--always-valid', '--tau', '0.01', '--cuped');
my $more = $t->ctl_json('report', 'back', '--json', @more);
my ($always) = grep { $_->{estimate} eq 'always-valid' }
    @{ $more->{estimates} };

is($always->{tau}, 0.01, 'always-valid: with its tau');
is($always->{p}, undef, 'always-valid: too few buyers');
is_deeply($more->{comparisons}, $report->{comparisons},
          'the counts are the same');
like($t->ctl_ok('report', 'back', @more),
     qr/^For a look every day there are too few buyers yet: 20 in each arm/m,
     'and words say so');
like($t->ctl_ok('report', 'back', '--format', 'csv', @more),
     qr/^estimate,treated,holdout,.*,always-valid,tau 0.01\r$/m,
     'always-valid in csv');
is(scalar @{ $report->{days} }, 30, 'a row for each day');
is($report->{days}[0]{treated_buyers}, 1, 'days: c1');
is($report->{days}[29]{treated_buyers}, 5, 'days: all');
is($report->{arms}[1]{refunds}{EUR}, '5.00', 'refunds');
is($report->{arms}[1]{margin}{EUR}, undef, 'no margin without costs');
is($report->{arms}[1]{orders_per_buyer}, 1, 'orders a buyer');


# Files and wrong uses.

my $path = $t->path('report.json');

$t->ctl_ok('report', 'back', '--format', 'json', '--output', $path);
is_deeply(decode_json($t->read_file($path))->{arms}, $report->{arms},
          'into a file');

for my $case ([ 1, qr/exists; --force/, 'back', '--output', $path ],
              [ 1, qr/no campaign 'gone'/, 'gone' ],
              [ 2, qr/one of text, json, csv/, 'back', '--format', 'pdf' ],
              [ 2, qr/says nothing without --always-valid/, 'back', '--tau',
                '0.01' ],
              [ 2, qr/'1.5' is no --tau/, 'back', '--always-valid', '--tau',
                '1.5' ],
              [ 2, qr/'1e' is no --tau/, 'back', '--always-valid', '--tau',
                '1e' ],
              [ 2, qr/'nan' is no --tau/, 'back', '--always-valid', '--tau',
                'nan' ],
              [ 2, qr/./ ])
{
    my ($expected, $words, @args) = @$case;
    my ($status, $out, $err) = $t->ctl('report', @args);

    is($status, $expected, "report @args: exit $expected");
    like($err, $words, "report @args: says why");
}

done_testing;
