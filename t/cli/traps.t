# What makes a report silently wrong, each through the real tool: a campaign of
# its own with two treated customers and two held out, a few orders and events,
# and what the report must say.

use strict;
use warnings;

use JSON::PP;
use Test::More;

use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');

# Windows go from 2024-11-25 00:00 in Kyiv, 2024-11-24T22:00:00Z, to
# 2024-12-24T22:00:00Z.  In orders and events, t1 and t2 are treated, h1 and h2
# are held out; expected are fields of arms, t and h, and of the report, r.

my @traps = (
    {
        name => 'the last second of the window',
        orders => [ 'o1,t1,2024-12-24T21:59:59Z,paid,10.00,EUR',
                    'o2,h1,2024-12-24T21:59:59Z,paid,10.00,EUR' ],
        t => { buyers => 1, orders => 1 }, h => { buyers => 1, orders => 1 }
    },
    {
        name => 'the second behind the window',
        orders => [ 'o1,t1,2024-12-24T22:00:00Z,paid,10.00,EUR',
                    'o2,h1,2024-12-24T22:00:00Z,paid,10.00,EUR' ],
        t => { buyers => 0, orders => 0 }, h => { buyers => 0, orders => 0 }
    },
    {
        name => 'before the send, on its day',
        orders => [ 'o1,t1,2024-11-24T22:00:00Z,paid,10.00,EUR',
                    'o2,h1,2024-11-25T08:59:59Z,paid,10.00,EUR' ],
        t => { buyers => 1 }, h => { buyers => 1 }
    },
    {
        name => 'before the send, the day before',
        orders => [ 'o1,t1,2024-11-24T21:59:59Z,paid,10.00,EUR',
                    'o2,h1,2024-11-24T21:59:59Z,paid,10.00,EUR' ],
        t => { buyers => 0 }, h => { buyers => 0 }
    },
    {
        name => 'refunded in part',
        orders => [ 'o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR,4.00' ],
        t => { buyers => 1, revenue => { EUR => '6.00' },
               refunds => { EUR => '4.00' },
               average_order => { EUR => '6.00' } }
    },
    {
        name => 'refunded whole',
        orders => [ 'o1,t1,2024-12-01T10:00:00Z,refunded,10.00,EUR,10.00',
                    'o2,t2,2024-12-01T10:00:00Z,paid,7.00,EUR' ],
        t => { buyers => 1, orders => 1, revenue => { EUR => '7.00' } }
    },
    {
        name => 'refunded by a later import',
        orders => [ 'o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR',
                    'o2,h1,2024-12-01T10:00:00Z,paid,9.00,EUR' ],
        again => [ 'o1,t1,2024-12-01T10:00:00Z,refunded,10.00,EUR,10.00' ],
        t => { buyers => 0, orders => 0, revenue => { EUR => '0.00' } },
        h => { buyers => 1, revenue => { EUR => '9.00' } }
    },
    {
        name => 'the same order twice',
        orders => [ 'o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR' ],
        again => [ 'o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR' ],
        t => { buyers => 1, orders => 1, revenue => { EUR => '10.00' } }
    },
    {
        name => 'the same order twice in one file',
        orders => [ ('o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR') x 2 ],
        t => { orders => 1, revenue => { EUR => '10.00' } }
    },
    {
        name => 'two currencies',
        orders => [ 'o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR',
                    'o2,t1,2024-12-02T10:00:00Z,paid,700,JPY',
                    'o3,h1,2024-12-02T10:00:00Z,paid,300,JPY' ],
        t => { buyers => 1, orders => 2,
               revenue => { EUR => '10.00', JPY => '700' } },
        h => { revenue => { EUR => '0.00', JPY => '300' } },
        differences => { EUR => 5, JPY => 200 },
        note => qr/^money in 2 currencies is counted one by one/
    },
    {
        name => 'a hold-out customer mailed by accident',
        events => [ 'e1,2024-12-01T10:00:00Z,open,h1',
                    'e2,2024-12-01T10:00:01Z,click,h1' ],
        orders => [ 'o1,h1,2024-12-01T11:00:00Z,paid,10.00,EUR' ],
        t => { recipients => 2, buyers => 0 },
        h => { recipients => 2, buyers => 1 },
        r => { holdout_reached => { customers => 1, opened_or_clicked => 1,
                                    redeemed => 0, unsubscribed => 0 } },
        note => qr/^1 of the hold-out opened or clicked/
    },
    {
        name => 'zero buyers',
        orders => [ 'o1,t1,2024-10-01T10:00:00Z,paid,10.00,EUR' ],
        t => { buyers => 0, bought => 0, orders_per_buyer => undef },
        h => { buyers => 0, bought => 0 },
        r => { after => [] },
        buyers => { difference => 0, p => 1, relative => undef }
    },
    {
        name => 'an empty hold-out',
        arms => [ qw(treated treated treated treated) ],
        orders => [ 'o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR' ],
        t => { recipients => 4, buyers => 1 },
        h => { recipients => 0, buyers => 0, bought => undef },
        r => { comparisons => [], segments => [] },
        words => qr/^No verdict: without a hold-out nobody can say/m
    },
    {
        name => 'nobody treated',
        arms => [ qw(holdout holdout holdout holdout) ],
        orders => [ 'o1,t1,2024-12-01T10:00:00Z,paid,10.00,EUR' ],
        t => { recipients => 0, bought => undef },
        h => { recipients => 4, buyers => 1 },
        buyers => { difference => undef, low => undef, p => undef },
        words => qr/^No verdict: an arm is empty\.$/m
    }
);

my @who = qw(t1 t2 h1 h2);
my @arms = qw(treated treated holdout holdout);


# Names are the trap's own, so that traps do not meet.

sub own {
    my ($i, @rows) = @_;

    return map { s/\bo([0-9])/o$i-$1/gr =~ s/\be([0-9])\b/e$i-$1/gr
                     =~ s/\b([th][0-9])\b/$1-$i/gr } @rows;
}

sub file {
    my ($name, $head, @rows) = @_;

    return $t->write_file($name, join '', map { "$_\n" } $head, @rows);
}

my $orders_head = 'order_id,customer_id,ordered_at,status,amount,currency,'
    . 'refunded';
my (@customers, @recipients, @orders, @again, @events);

for my $i (0 .. $#traps) {
    my $trap = $traps[$i];

    $t->ctl_ok('campaign', 'create', $t->write_file("$i.yaml", <<"END"));
id: trap-$i
starts: 2024-11-25
window: 30d
recipients: imported
END

    push @customers, own($i, map { "$_,granted" } @who);
    push @orders, map { $_ . ',' x (6 - tr/,//) } own($i, @{ $trap->{orders} });
    push @again, map { $_ . ',' x (6 - tr/,//) }
        own($i, @{ $trap->{again} || [] });
    push @events, map { my @e = split /,/; "$e[0],$e[1],$e[2],trap-$i,$e[3]" }
        own($i, @{ $trap->{events} || [] });

    for my $j (0 .. 3) {
        my $arm = ($trap->{arms} || \@arms)->[$j];
        my $sent = $arm eq 'holdout' ? '' : '2024-11-25T09:00:00Z';

        push @recipients, "trap-$i,$who[$j]-$i,$arm,$sent";
    }
}

$t->ctl_ok('import', 'customers',
           file('customers.csv', 'customer_id,consent', @customers));
$t->ctl_ok('import', 'recipients', file('recipients.csv',
           'campaign,customer_id,arm,sent_at', @recipients));
$t->ctl_ok('import', 'orders', '--until', '2025-03-31',
           file('orders.csv', $orders_head, @orders));
$t->ctl_ok('import', 'orders', file('again.csv', $orders_head, @again));
$t->ctl_ok('import', 'events', file('events.csv',
           'event_id,occurred_at,kind,campaign,customer_id', @events));


# Each field of what is expected, and only those.

sub is_all {
    my ($have, $want, $name) = @_;

    for my $field (sort keys %{ $want || {} }) {
        is_deeply($have->{$field}, $want->{$field}, "$name: $field");
    }
}

for my $i (0 .. $#traps) {
    my $trap = $traps[$i];
    my $name = $trap->{name};
    my $json = $t->ctl_ok('report', "trap-$i", '--json');
    my $report = decode_json($json);
    my %arm = map { ($_->{name} => $_) } @{ $report->{arms} };
    my %row = map { (($_->{currency} // $_->{metric}) => $_) }
        @{ $report->{comparisons} };

    unlike($json, qr/nan|inf[^o]/i, "$name: numbers are numbers");
    is_all($arm{treated}, $trap->{t}, "$name: treated");
    is_all($arm{holdout}, $trap->{h}, "$name: hold-out");
    is_all($report, $trap->{r}, $name);
    is_all($row{buyers}, $trap->{buyers}, "$name: buyers");

    for my $currency (sort keys %{ $trap->{differences} || {} }) {
        is($row{$currency}{difference}, $trap->{differences}{$currency},
           "$name: difference in $currency");
    }

    ok((grep { $_ =~ $trap->{note} } @{ $report->{notes} }), "$name: noted")
        if $trap->{note};

    my $text = $t->ctl_ok('report', "trap-$i");

    unlike($text, qr/\b-?(?:nan|inf)\b/i, "$name: and in the text");
    like($text, $trap->{words}, "$name: in words") if $trap->{words};
    unlike($t->ctl_ok('report', "trap-$i", '--format', 'csv'),
           qr/,-?(?:nan|inf)\b/i, "$name: and in the csv");
}

# The mail service's list has a held-out customer with a day of sending: said
# at the import, and he stays where he was drawn.

$t->ctl_ok('campaign', 'create', $t->write_file('sent.yaml', <<'END'));
id: sent
starts: 2024-11-25
window: 30d
recipients: imported
END

my ($code, $out, $err) = $t->ctl('import', 'recipients', file('sent.csv',
    'campaign,customer_id,arm,sent_at', 'sent,s1,treated,2024-11-25',
    'sent,s2,holdout,2024-11-25', 'sent,s3,holdout,'), '--json');

is($code, 0, 'a hold-out that was sent: taken in');
is(decode_json($out)->{holdout_sent}, 1, 'a hold-out that was sent: counted');
like($err, qr/1 of the hold-out have a sent_at/, 'a hold-out that was sent: '
     . 'said');

my ($code_again, $out_again, $err_again) = $t->ctl('import', 'recipients',
    file('sent.csv', 'campaign,customer_id,arm,sent_at',
         'sent,s3,treated,2024-11-25'));

is($code_again, 1, 'the same customer in the other arm: refused');

my $sent = $t->ctl_json('report', 'sent', '--json');

is_deeply([ map { $_->{recipients} } @{ $sent->{arms} } ], [ 2, 1 ],
          'they stay in their arm');


# The hold-out that was reached, in every format.

my ($mailed) = grep { $traps[$_]{name} =~ /by accident/ } 0 .. $#traps;

like($t->ctl_ok('report', "trap-$mailed"),
     qr/^hold-out +1 reached by the campaign, see the notes$/m,
     'the text says who was reached');
like($t->ctl_ok('report', "trap-$mailed", '--format', 'csv'),
     qr/^holdout_reached,.*,customers,.*,1,/m, 'the csv too');


# Exactly 90, 180 and 360 days silent, and a day more, in a draw of our own.

my $lapsed = Retention::Test->new;

$lapsed->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');

my %last = (90 => '2026-04-01', 91 => '2026-03-31', 180 => '2026-01-01',
            181 => '2025-12-31', 360 => '2025-07-05', 361 => '2025-07-04');

# Orders of the first and of the last second of their day in Kyiv.

my @silent = map { my $days = $_; map { "s$days-$_" } 'a', 'b' }
    sort { $a <=> $b } keys %last;

sub at {
    my ($day, $second) = @_;

    return "$day" . ($second eq 'a' ? 'T00:00:00' : 'T23:59:59');
}

$lapsed->ctl_ok('import', 'customers', $lapsed->write_file('customers.csv',
    join '', "customer_id,email,consent\n",
             map { "$_,$_\@example.com,granted\n" } @silent));
$lapsed->ctl_ok('import', 'orders', $lapsed->write_file('orders.csv',
    join '', "order_id,customer_id,ordered_at,amount\n",
    map { my ($days, $half) = /s(\d+)-(.)/;
          my $zone = $last{$days} =~ /-(?:04|07)-/ ? '+03:00'
                   : $last{$days} eq '2026-03-31' ? '+03:00' : '+02:00';
          "o$_,$_," . at($last{$days}, $half) . "$zone,10.00\n" } @silent));

is_deeply([ map { $_->{customers} } @{ $lapsed->ctl_json('segment', 'tiers',
            '--tiers', '90,180,360', '--as-of', '2026-06-30', '--json') } ],
          [ 2, 4, 4, 2 ], 'days 90, 180 and 360 belong to the tier before');

$lapsed->ctl_ok('campaign', 'create', '--as-of', '2026-06-30',
                $lapsed->write_file('lapsed.yaml', <<'END'));
id: lapsed
starts: 2026-07-01
window: 30d
holdout: 50%
audience: last_order > 90d
tiers:
  - { name: d90,  when: last_order > 90d }
  - { name: d180, when: last_order > 180d }
  - { name: d360, when: last_order > 360d }
hosts: [shop.example]
links:
  shop: { url: "https://shop.example/" }
END

my @rows = split /\r\n/, $lapsed->ctl_ok('export', 'recipients', 'lapsed');
my @names = split /,/, shift @rows;
my %tier;

for (@rows) {
    my %row;

    @row{@names} = split /,/, $_, scalar @names;
    $tier{ $row{customer_id} } = $row{tier};
}

my %expected = (90 => undef, 91 => 'd90', 180 => 'd90', 181 => 'd180',
                360 => 'd180', 361 => 'd360');

for my $who (@silent) {
    my ($days) = $who =~ /s(\d+)/;

    is($tier{$who}, $expected{$days}, "$who: in its tier");
}


# 171 purchase days, which gave infinities to who formed the powers.

$lapsed->ctl_ok('import', 'orders', $lapsed->write_file('heavy.csv',
    join '', "order_id,customer_id,ordered_at,amount\n",
    (map { sprintf "h%d,heavy,2025-%02d-%02d,5.00\n", $_,
               1 + int(($_ - 1) / 28), 1 + ($_ - 1) % 28 } 1 .. 171),
    map { sprintf "l%d,light%d,2025-%02d-%02d,5.00\n", $_, $_ / 2,
              1 + $_ % 12, 1 + $_ % 28 } 1 .. 80));

for my $model ('bg/nbd', 'mbg/nbd') {
    my $csv = $lapsed->ctl_ok('model', 'predict', '--model', $model,
                              '--until', '2025-12-31', '--parameters',
                              'r=0.243,alpha=4.414,a=0.793,b=2.426,'
                              . 'p=6.25,q=3.74,gamma=15.44');
    my ($row) = $csv =~ /^(heavy,.*?)\r?$/m;
    my @cells = split /,/, $row;

    is($cells[1], 170, "$model: 171 purchase days are 170 repeats");
    cmp_ok($cells[4], '>', 0, "$model: P(alive) above 0");
    cmp_ok($cells[4], '<', 1, "$model: and below 1");
    unlike($csv, qr/nan|inf/i, "$model: numbers are numbers");
}

done_testing;
