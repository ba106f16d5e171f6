# campaign power: what a draw can show, and who comes back by himself.

use strict;
use warnings;

use JSON::PP;
use Test::More;

use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');

# 300 customers bought in January 2025.  By themselves 10 came back in April,
# 20 in May and 30 in June of 2026; windows of 30 days end with June 30, and
# audiences are judged two days before they begin, as the campaign's is.

my (%back, @orders);

@back{ 1 .. 10 } = ('2026-04-10') x 10;
@back{ 11 .. 30 } = ('2026-05-10') x 20;
@back{ 31 .. 58 } = ('2026-06-10') x 28;
$back{59} = '2026-06-01T00:00:00+03:00';        # the window's first second
$back{60} = '2026-06-30T23:59:59+03:00';        # its last
$back{61} = '2026-07-01T00:00:00+03:00';        # and the next

for my $i (1 .. 300) {
    push @orders, "o$i,c$i,2025-01-01,paid,10.00\n";
    push @orders, "b$i,c$i,$back{$i},paid,10.00\n" if $back{$i};
}

push @orders, "x100,c100,2026-06-10,cancelled,10.00\n",
    "b40-again,c40,2026-06-12,paid,10.00\n";

$t->ctl_ok('import', 'customers', $t->write_file('customers.csv',
    join '', "customer_id,email,consent\n",
             map { "c$_,c$_\@example.com,granted\n" } 1 .. 300));
$t->ctl_ok('import', 'orders', '--until', '2026-07-01',
           $t->write_file('orders.csv', join '',
               "order_id,customer_id,ordered_at,status,amount\n", @orders));

my $yaml = <<'END';
id: back
starts: 2026-07-01
window: 30d
holdout: 20%
arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]
audience: last_order > 90d
hosts: [shop.example]
links:
  shop: { url: "https://shop.example/" }
END

my $file = $t->write_file('back.yaml', $yaml);
my @power = ('campaign', 'power', '--as-of', '2026-06-29');


# Before it is created, and as it was drawn then.

my $power = $t->ctl_json(@power, $file, '--json');

ok(!$power->{is_created}, 'not created yet');
is($power->{base_rate_from}, 'history', 'the base rate is of the past');
is_deeply([ map { [ @$_{qw(as_of from to customers came_back)} ] }
            @{ $power->{windows} } ],
          [ [ qw(2026-05-29 2026-05-31 2026-06-29 270 29) ],
            [ qw(2026-04-29 2026-05-01 2026-05-30 290 20) ],
            [ qw(2026-03-30 2026-04-01 2026-04-30 300 10) ] ],
          'windows of the past, up to the as-of day');
ok(abs($power->{base_rate} - 59 / 860) < 1e-12, 'the base rate');
ok($power->{base_rate_low} < $power->{base_rate}
   && $power->{base_rate_high} > $power->{base_rate}, 'with its interval');

# An audience that asks for what nobody did.

my $seen = $t->write_file('seen.yaml', $yaml =~ s/^id: back/id: seen/r
    =~ s/90d$/90d and not (last_visit < 9d or bought(x) or answered(y))/mr);

is_deeply($t->ctl_json(@power, $seen, '--json')->{windows},
          $power->{windows}, 'an audience that asks events');

$t->ctl_ok('campaign', 'create', '--as-of', '2026-06-29', $file);

my $frozen = $t->ctl_json('campaign', 'power', 'back', '--json',
                          '--as-of', '2026-07-05');

ok($frozen->{is_created}, 'created');
is($frozen->{$_}, $power->{$_}, "as previewed: $_") for qw(treated holdout);

my ($first) = @{ $frozen->{windows} };

is_deeply([ @$first{qw(as_of from to customers came_back)} ],
          [ qw(2026-05-30 2026-06-01 2026-06-30 270 30) ],
          'windows end before the campaign starts, to the second');


# The numbers follow from the draw and the base rate.

my ($z_a, $z_b) = (1.959963984540054, 0.8416212335729143);

sub shown {
    my ($p0, $d, $n1, $n0) = @_;

    my $p1 = $p0 + $d;
    my $p = ($n1 * $p1 + $n0 * $p0) / ($n1 + $n0);

    return $z_a * sqrt($p * (1 - $p) * (1 / $n1 + 1 / $n0))
        + $z_b * sqrt($p1 * (1 - $p1) / $n1 + $p0 * (1 - $p0) / $n0);
}

is_deeply([ map { $_->{name} } @{ $frozen->{arms} } ],
          [ qw(plain warm treated) ], 'each arm, and all of the treated');
is($frozen->{arms}[2]{customers}, $frozen->{treated}, 'all of the treated');

for my $arm (@{ $frozen->{arms} }) {
    my $d = $arm->{difference};

    ok(abs(shown($frozen->{base_rate}, $d, $arm->{customers},
                 $frozen->{holdout}) - $d) < 1e-9,
       "$arm->{name}: the difference solves the equation");
    ok(abs($arm->{incremental} - $d * $arm->{customers}) < 1e-9,
       "$arm->{name}: in customers");
}

for my $lift (@{ $frozen->{needed} }) {
    my $n = $lift->{customers};
    my $h = $frozen->{holdout} / ($frozen->{holdout} + $frozen->{treated});
    my @arms = ($lift->{difference}, $n * (1 - $h), $n * $h);

    ok(abs(shown($frozen->{base_rate}, @arms) / $lift->{difference} - 1)
       < 1 / $n, "customers for a lift of $lift->{relative}");
    cmp_ok($lift->{customers_half_held_out}, '<', $n, 'fewer by halves');
}


# The published example: 122 of 21,306 bought, which is 0.57 %, and 21,300 in
# each arm show 0.224 points.

$t->ctl_ok('campaign', 'create', $t->write_file('test.yaml', <<'END'));
id: halves
starts: 2026-07-01
window: 14d
holdout: 50%
recipients: imported
END

my ($status, $out, $err) = $t->ctl('campaign', 'power', 'halves');

is($status, 1, 'nobody in it yet');
like($err, qr/'halves' has no recipients yet/, 'and says so');

$t->ctl_ok('import', 'recipients', $t->write_file('recipients.csv', join '',
    "campaign,customer_id,arm\n",
    map { "halves,h$_," . ($_ % 2 ? 'treated' : 'holdout') . "\n" }
    1 .. 42600));

($status, $out, $err) = $t->ctl('campaign', 'power', 'halves');

is($status, 1, 'recipients of a file have no past');
like($err, qr/from a file.*give --base-rate/, 'and it says what to do');

my $halves = $t->ctl_json('campaign', 'power', 'halves', '--json',
                          '--base-rate', '0.5726%');

is($halves->{base_rate}, 0.005726, 'the base rate that was given');
is(sprintf('%.3f', 100 * $halves->{arms}[0]{difference}), '0.224',
   'as published');
is_deeply($halves->{windows}, [], 'and no past');


# For people, and wrong uses.

my $text = $t->ctl_ok('campaign', 'power', 'halves', '--base-rate', '0.005726');

like($text, qr/^base rate  0\.57 %, as given$/m, 'text: the base rate');
like($text, qr/^treated +21300 +0\.224 points +\+39\.\d % +\d+$/m,
     'text: what it shows');
like($text, qr/^If the mail brings 0\.22 points or more, four of five/m,
     'in words');
like($t->ctl_ok(@power, 'back'), qr/^2026-05-29 +2026-05-31 +2026-06-29/m,
     'text: the past');

for my $case ([ 2, qr/no --base-rate/, 'back', '--base-rate', 'many' ],
              [ 2, qr/no --base-rate/, 'back', '--base-rate', '1' ],
              [ 2, qr/no --base-rate/, 'back', '--base-rate', '-1%' ],
              [ 1, qr/no campaign 'gone'/, 'gone' ],
              [ 1, qr/exists already/, $file ],
              [ 1, qr/cannot read|No such file/i, './gone.yaml' ])
{
    my ($expected, $words, @args) = @$case;

    ($status, $out, $err) = $t->ctl('campaign', 'power', @args);
    is($status, $expected, "campaign power @args: exit $expected");
    like($err, $words, 'and says why');
}

done_testing;
