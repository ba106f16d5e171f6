# Ten kill -9 of workers and of the whole server under load: each event and
# each redemption that was acknowledged is there once.  5 s.

use strict;
use warnings;

use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Test;

my @KILLS = (('worker') x 5, ('server') x 5);
my $EVENTS = 4_000;             # posts of one round
my $COUPONS = 30;               # redemptions of one round

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 2 * @KILLS * $COUPONS);
my @coupons = map { $_->{coupon} } $shop->rows;
my $key = $shop->key;

$t->nginx_start($shop->conf(workers => 2));

# Each request names an order of its own: no event_id, which would hide what
# came twice.

my (%acked, %redeemed);

sub requests {
    my ($round) = @_;

    my @requests = map { sprintf qq(POST /e\t{"kind":"checkout","customer":"c%d","order_id":"%d-%d"}), $_ % 40 + 1, $round, $_ } 1 .. $EVENTS;

    # redemptions among them, at even distances

    for my $i (1 .. $COUPONS) {
        my $coupon = shift @coupons;

        $requests[$i * $EVENTS / $COUPONS - 1] = qq(POST /coupons/$coupon/redeem\t{"order_id":"$coupon","amount":"50.00","currency":"EUR"});
    }

    return @requests;
}

for my $round (0 .. $#KILLS) {
    my $what = $KILLS[$round];
    my @requests = requests($round);
    my $load = $t->load_start(requests => \@requests, connections => 32, seconds => 30, headers => ["Authorization: Bearer $key"]);

    # in the midst of it: when the first hundreds of answers are in

    $t->wait_for(sub { -s "$load->{base}.results" }, 'the load has begun');

    if ($what eq 'worker') {
        $t->worker_kill($round);
    } else {
        $t->nginx_kill;
        $t->nginx_start;
    }

    my $was_running = $t->load_running($load);
    my $statuses = $t->load_wait($load)->{statuses};

    ok($was_running, "round $round: kill -9 of a $what under load");
    is(join(' ', sort { $a <=> $b } keys %{ { map { $_ => 1 } grep { $_ != 0 } @$statuses } }), '200 204', "round $round: answers are the expected ones");

    for my $i (0 .. $#$statuses) {
        $acked{$1}++ if $statuses->[$i] == 204 && $requests[$i] =~ /"order_id":"([^"]+)"/;
        $redeemed{$1}++ if $statuses->[$i] == 200 && $requests[$i] =~ /"order_id":"([^"]+)"/;
    }

    my ($status, $out, $err) = $t->ctl('check');

    is($status, 0, "round $round: the store verifies") or diag($out, $err);
}

my (%found, %sold);

for my $line ($shop->lines) {
    my ($source) = $line =~ /"source": ?"(\w+)"/;
    my ($order) = $line =~ /"order_id": ?"([^"]+)"/;

    ($source eq 'coupon' ? \%sold : \%found)->{$order}++;
}

cmp_ok(scalar keys %acked, '>', @KILLS * $EVENTS / 2, 'most events were acknowledged');
is(scalar(grep { !$found{$_} } keys %acked), 0, 'no acknowledged event is missing');
is(scalar(grep { $found{$_} > 1 } keys %found), 0, 'none is there twice');
cmp_ok(scalar keys %redeemed, '>', @KILLS * $COUPONS / 2, 'most redemptions were acknowledged');
is(scalar(grep { !$sold{$_} } keys %redeemed), 0, 'no acknowledged redemption is missing');
is(scalar(grep { $sold{$_} > 1 } keys %sold), 0, 'none is there twice');

my @free = grep {
    my $r = $t->http('GET', "/coupons/$_", headers => { Authorization => "Bearer $key" });

    (decode_json($r->{body})->{reason} // '') ne 'used';
} keys %redeemed;

is(scalar @free, 0, 'and each of their coupons is used');

$t->allow_alerts(qr/worker process \d+ exited on signal 9/);

done_testing;
