# More requests than a lane has room for while the disk is slow: what fails
# closed is refused at once, pixels and links are answered and counted, and
# everything that was taken is recorded.  8 s.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);
use Retention::Fixture;
use Retention::Faults;
use Retention::Test;

my $FOREVER = 1_000_000_000;
my $FLUSH_MS = 700;             # that a flush takes longer
my $CLIENTS = 700;              # more than four batches of coupons have room for
my $POSTS = 40;                 # more than four batches of events
my $EVENTS = 512;               # of a post: eight fill a batch to the last
my $SOON_MS = 100;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 800);
my $faults = Retention::Faults->new($t, $shop);
my @rows = $shop->rows;
my $auth = 'Authorization: Bearer ' . $shop->key;
my $events = '[' . join(',', ('{"kind":"checkout","customer":"c1"}') x $EVENTS) . ']';

$faults->start(workers => 1);


# A load while each flush takes its time; code is run once the queue is full.

sub slow {
    my ($requests, $full, $code) = @_;

    $faults->arm('fdatasync', 1, $FOREVER, -$FLUSH_MS);

    my $load = $t->load_start(requests => $requests, connections => scalar @$requests, headers => [$auth]);

    $t->wait_for(sub { $shop->status->{requests}{$full}{503} }, 'the queue is full', 20);
    $code->() if $code;
    $faults->arm('none', 0, 0, 0);

    return $t->load_wait($load)->{counts};
}

sub answers {
    my ($name, $counts, $good) = @_;

    is(join(' ', sort keys %$counts), "$good 503", "$name: taken or refused, $counts->{$good} and $counts->{503}");

    return $counts->{$good};
}


my $taken = answers('coupons', slow([ map { qq(POST /coupons/$_->{coupon}/redeem\t{"order_id":"$_->{coupon}","amount":"50.00","currency":"EUR"}) } @rows[0 .. $CLIENTS - 1] ], 'coupons'), 200);

is(scalar(grep { /"source": "coupon"/ } $shop->lines), $taken, 'coupons: as many are redeemed as were taken');

$taken = answers('unsubscribe', slow([ map { 'POST ' . $shop->path($_->{unsubscribe_url}) . "\t" } @rows[0 .. $CLIENTS - 1] ], 'unsubscribe'), 200);
is(scalar(grep { /"kind": "unsubscribe"/ } $shop->lines), $taken, 'unsubscribe: as many are stored as were taken');

# while no event has room

my $open = 0;
my $counts = slow([ ("POST /e\t$events") x $POSTS ], 'events', sub {
    my $begun = time;
    my $r = $t->http('POST', '/e', headers => { Authorization => 'Bearer ' . $shop->key }, body => $events);

    is($r->{status}, 503, 'events: refused');
    like($r->{headers}{'retry-after'} // '', qr/^\d+$/, 'events: and may come back');
    cmp_ok(1000 * (time - $begun), '<=', $SOON_MS, 'events: at once');

    for my $row (@rows[0 .. 9]) {
        $open += $t->http('GET', $shop->path($row->{pixel_url}))->{status} == 200;
        $open += $t->http('GET', $shop->path($row->{link_shop}))->{headers}{location} =~ /utm_campaign/;
    }
});

is($open, 20, 'pixels and links are answered');
$taken = answers('events', $counts, 204);
ok(eval { $t->wait_for(sub { $shop->status->{queue_length} == 0 }, 'the queue is empty', 5) }, 'nothing is left in the queue');

my @lines = $shop->lines;
my $lost = $shop->status->{lost}{queue} // 0;

cmp_ok($lost, '>', 0, "some of them are counted as lost, $lost");
is(scalar(grep { /"kind": "checkout"/ } @lines), $EVENTS * $taken, 'events: as many are recorded as were taken');
is(grep({ /"kind": "(?:open|click)"/ } @lines) + $lost, 20, 'and the others are recorded');

done_testing;
