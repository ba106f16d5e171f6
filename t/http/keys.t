# Rotation of keys while nginx runs: new mails work at once, old ones until
# their key is retired.  3 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $SOON_S = 2;                 # in which a change of the ring takes effect

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row) = $shop->rows;

# reuseport spreads connections over the workers by chance; else the one that
# was busy last may take them all.

$t->nginx_start($shop->conf(workers => 2, server => 'add_header X-Worker $pid always;')
                =~ s/(listen [^;]+);/$1 reuseport;/r);

my $customer = $row->{customer_id};
my $recorded = 0;

# Follows a link on new connections until each worker has answered once, and
# says whether it led to the shop in all of them.

sub leads {
    my ($link) = @_;

    my (%seen, $missed);

    while (keys %seen < 2) {
        my $r = $t->http('GET', $link, close => 1);

        $seen{$r->{headers}{'x-worker'}}++;

        if ($r->{headers}{location} =~ /utm_campaign=winback/) {
            $recorded++;
        } else {
            $missed++;
        }
    }

    return !$missed;
}

sub link_now { return $shop->path($shop->sign($customer, '--link', 'shop')) }

my $old = $shop->path($row->{link_shop});

is(link_now(), $old, 'a link has one spelling');
ok(leads($old), 'and works');

$t->ctl_ok('keys', 'new');

my $new = link_now();

isnt($new, $old, 'with a new key it is another');
ok(eval { $t->wait_for(sub { leads($new) }, 'the new key works', $SOON_S) }, "which works within $SOON_S s");
ok(leads($old), 'and the old one still does');

$t->nginx_reload;
ok(leads($new) && leads($old), 'both after a reload');

my $visit = $t->http('GET', $old)->{headers}{location} =~ s/.*&v=([\w-]+).*/$1/r;

$recorded++;

is($t->ctl_json('keys', 'list', '--json')->[0]{state}, 'verifies', 'the old key is listed so');
$t->ctl_ok('keys', 'retire', '1');
ok(eval { $t->wait_for(sub { !leads($old) && !leads($old) }, 'the old key is gone', $SOON_S) }, "retired, it is gone within $SOON_S s");
is($t->http('GET', $old)->{headers}{location}, 'https://shop.example/', 'its links lead to the fallback');
is($t->http('GET', $shop->path($row->{pixel_url}))->{status}, 200, 'its pixels are pictures');
is($t->http('GET', $shop->path($row->{unsubscribe_url}))->{status}, 404, 'its unsubscribe pages are none');
ok($shop->status->{rejected}{redirect}{key} > 0, 'they are counted as of an unknown key');
is($shop->status->{rejected}{pixel}{key}, 1, 'pixels too');
is($t->http('POST', '/e', json => { kind => 'view', token => $visit })->{status}, 204, 'a visit that began under the old key goes on with the new');
$recorded++;
ok(leads($new), 'the new links work');

$t->nginx_reload;
ok(leads($new) && !leads($old), 'and nothing comes back with a reload');

is(scalar $shop->events, $recorded, 'all that led to the shop was recorded, nothing else');

isnt(($t->ctl('keys', 'retire', '2'))[0], 0, 'the last key cannot be retired');

done_testing;
