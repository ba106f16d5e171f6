# A record that the disk has changed: who asks for it is told, and nobody else
# notices.  1 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($good, $bad, $other) = $shop->rows;
my %key = (Authorization => 'Bearer ' . $shop->key);

# Crockford's base 32, without the check symbol: the key of a coupon's row

sub coupon_key {
    my ($text) = @_;

    my $alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    my $code = 0;

    $text =~ tr/-//d;
    $code = $code << 5 | index($alphabet, $_) for split //, substr($text, 0, 12);

    return pack('Q>', $code);
}

# Behind what the pattern finds, wherever it stands in the file.

sub flip {
    my ($file, $pattern) = @_;

    my $text = $t->read_file($file);
    my $flipped = 0;

    open my $out, '+<:raw', $file or die;

    while ($text =~ /$pattern/g) {
        seek $out, pos($text), 0;
        print $out ~substr($text, pos($text), 1);
        $flipped++;
    }

    close $out or die;

    return $flipped;
}

# a row: its key, version, checksum

sub row {
    my ($key) = @_;

    return qr/\Q$key\E\x01.{4}/s;
}

$t->nginx_start($shop->conf);

sub coupon {
    my ($row) = @_;

    return $t->http('POST', "/coupons/$row->{coupon}/redeem", headers => \%key, json => { order_id => 'a', amount => '50.00', currency => 'EUR' });
}

sub pixels {
    my ($name) = @_;

    my $before = $shop->status->{store}{events}{records};

    $t->http('GET', $shop->path($good->{pixel_url})) for 1 .. 5;
    is($shop->status->{store}{events}{records} - $before, 5, "$name: pixels are recorded");
}

# figures from which a record is missing are not passed off as whole

pixels('a good store');

my ($event) = map { /"id": ?"(\d+)".*"source": ?"pixel"/ ? $1 : () } $shop->lines;

my @asked = (['report', 'winback'], ['export', 'recipients', 'winback'], ['export', 'responses', 'winback']);

is(($t->ctl(@$_))[0], 0, "@$_: all is read") for @asked;
cmp_ok(flip($t->store . '/events/000001.mdb', row(pack('Q>C', $event, 0))), '>', 0, 'an event goes bad');

for my $command (@asked) {
    my ($status, $out, $err) = $t->ctl(@$command);

    is($status, 1, "@$command: what was left out is told");
    like($err, qr/^retentionctl: .*check/m, "@$command: and what to do");
    isnt($out, '', "@$command: the rest is there");
}

my $coupons = $t->store . '/coupons/data.mdb';

cmp_ok(flip($coupons, row(coupon_key($bad->{coupon}))), '>', 0, 'a coupon goes bad');

my $r = coupon($bad);

is($r->{status}, 503, 'a bad coupon is refused');
like($r->{headers}{'retry-after'} // '', qr/^\d+$/, 'and may be asked for again');
pixels('a bad coupon');
is(coupon($good)->{status}, 200, 'another coupon is redeemed');

# what changed may be anything now, so no coupon is good

cmp_ok(flip($coupons, quotemeta coupon_key($good->{coupon}) . pack('N', 1)), '>', 0, 'the journal goes bad');
$t->worker_kill;
$t->wait_for(sub { (() = $t->workers) == 1 }, 'there is a successor');
is(coupon($_)->{status}, 503, 'a bad journal: a coupon is refused') for $good, $other;
pixels('a bad journal');

is_deeply($shop->status->{lost}, {}, 'none lost');

my ($status) = $t->ctl('check');

isnt($status, 0, 'a check finds it');
$t->allow_alerts(qr/worker process \d+ exited on signal 9/);
$t->forget_store;

done_testing;
