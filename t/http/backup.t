# A backup during traffic has every event that was acknowledged before it
# began, and a store made from it takes over.  4 s.

use strict;
use warnings;

use File::Find qw(find);
use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $EVENTS = 20_000;
my $BACKUPS = 3;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row) = $shop->rows;
my $key = $shop->key;
my $store = $t->store;

$t->nginx_start($shop->conf(workers => 2));

my @requests = map { sprintf qq(POST /e\t{"kind":"checkout","customer":"c%d","order_id":"n%d"}), $_ % 20 + 1, $_ } 1 .. $EVENTS;

sub orders {
    my ($path) = @_;

    my $text = $t->ctl_ok('export', 'events', '--format', 'jsonl', '--store', $path);

    return { map { $_ => 1 } $text =~ /"order_id": ?"(n\d+)"/g };
}

# What has been answered so far; the last line may still be half written.

sub acked {
    my ($load) = @_;

    my $text = $t->read_file("$load->{base}.results");

    return map { 'n' . ($_ + 1) } $text =~ /^(\d+) 204 /mg;
}


# Backups while it goes on.

my $load = $t->load_start(requests => \@requests, connections => 32, headers => ["Authorization: Bearer $key"]);
my @acked;

for my $i (1 .. $BACKUPS) {
    my $half = $EVENTS * (2 * $i - 1) / (2 * $BACKUPS);

    $t->wait_for(sub { -e "$load->{base}.results" && acked($load) > $half }, 'some are answered', 60);
    push @acked, [ acked($load) ];
    is(($t->ctl('backup', $t->path("copy-$i")))[0], 0, "backup $i, of " . @{ $acked[-1] } . ' and more');
}

is($t->load_wait($load)->{counts}{204}, $EVENTS, 'all posts are answered');

for my $i (1 .. $BACKUPS) {
    my $found = orders($t->path("copy-$i"));

    is(scalar(grep { !$found->{$_} } @{ $acked[$i - 1] }), 0, "backup $i has all that were answered before it");
    like($t->ctl_ok('check', '--store', $t->path("copy-$i")), qr/, 0 faults$/m, "backup $i verifies");
}

my $copy = $t->path('copy-1');
my (@open, @files);

find({ no_chdir => 1, wanted => sub {
    push @open, $_ if ((stat)[2] & 0777) != (-d _ ? 0700 : 0600);
    push @files, $_;
} }, $t->path('copy-2'));

# those of copies 1 and 2 have been read by now: LMDB makes its locks

is_deeply(\@open, [], 'nobody else can read it');
ok(!-e $t->path('copy-1.part'), 'nothing is left of the making');

my ($status, undef, $err) = $t->ctl('backup', $copy);

is($status, 1, 'what is there is not overwritten');
like($err, qr/there is '.*copy-1'/, 'and the message says so');
is(($t->ctl('backup', $t->path('no/where')))[0], 1, 'nowhere: refused');
mkdir $t->path('half.part') or die;
is(($t->ctl('backup', $t->path('half')))[0], 1, 'one that runs, or was interrupted: refused');


# Restoring.

my $new = $t->path('new');
my %before = %{ orders($copy) };

($status, undef, $err) = $t->ctl('restore', $copy, '--store', $store);
is($status, 3, 'over a store: refused');
like($err, qr/there is one already/, 'and the message says so');
is(($t->ctl('restore', $t->path('none'), '--store', $new))[0], 1, 'no backup: refused');
ok(!-e $new && !-e "$new.part", 'and nothing is made');

mkdir $new or die;
is(($t->ctl('restore', $copy, '--store', $new, $> == 0 ? ('--user', $t->user) : ()))[0], 0, 'into an empty directory');
ok(!-e "$new.part", 'nothing is left of the making');
is((stat $new)[2] & 0777, 0700, 'for its owner alone');
is(scalar(getpwuid((stat "$new/events/000001.mdb")[4])), $t->user, "of nginx's user");
is_deeply(orders($new), \%before, 'the same events');

for my $what (['no state', sub { unlink "$_[0]/state/data.mdb" }], ['no log', sub { unlink "$_[0]/events/000001.mdb" }],
    ['a bit', sub { flip("$_[0]/events/000001.mdb", 20_000) }], ['half of it', sub { truncate "$_[0]/events/000001.mdb", 100_000 }])
{
    my ($name, $break) = @$what;
    my $bad = $t->path("bad");

    system('cp', '-a', $copy, $bad) == 0 or die;
    $break->($bad);
    is(($t->ctl('restore', $bad, '--store', "$new-bad"))[0] ? 'refused' : 'taken', 'refused', "damaged, $name: refused");
    ok(!-e "$new-bad" && !-e "$new-bad.part", "damaged, $name: nothing is made");
    system('rm', '-r', $bad) == 0 or die;
}

sub flip {
    my ($path, $at) = @_;

    open my $file, '+<:raw', $path or die;
    seek $file, $at, 0 or die;
    read $file, my $byte, 1 or die;
    seek $file, $at, 0 or die;
    print $file chr(ord($byte) ^ 1);
    close $file or die;
}


# It takes over: old mails keep their meaning, new numbers are new.

$t->nginx_stop;
$t->{store} = $new;
$t->{stores}{$new} = 1;
$t->nginx_start($shop->conf);

is($t->http('GET', $shop->path($row->{pixel_url}))->{status}, 200, 'pixel of an old mail');
like($t->http('GET', $shop->path($row->{link_shop}))->{headers}{location}, qr/utm_campaign=winback/, 'link of an old mail');
is($t->http('POST', "/coupons/$row->{coupon}/redeem", headers => { Authorization => "Bearer $key" },
            json => { order_id => 'r1', amount => '50.00', currency => 'EUR' })->{status}, 200, 'coupon of an old mail');
is(scalar(grep { $_->{kind} =~ /^(?:open|click)$/ && $_->{campaign} eq 'winback' && $_->{customer_id} eq $row->{customer_id} } $shop->events), 2, 'both are recorded as theirs');

my $again = Retention::Fixture->new($t, slug => 'second', customers => 21, holdout => '0%');
my ($late) = grep { $_->{customer_id} eq 'c21' } $again->rows;
my $number = numbers($new);

cmp_ok($number->{campaign}, '>', 1000, 'the next campaign has a number that no mail has seen');
cmp_ok($number->{customer}, '>', 1_000_000, 'the next customer too');

# Of the newest link: the token's numbers, behind version, purpose and key.

sub numbers {
    my $text = $late->{pixel_url} =~ m{/o/([\w-]{36})} ? $1 : die;

    $text =~ tr{-_}{+/};

    my $bytes = unpack 'u', join '', map { chr(32 + length($_) * 3 / 4) . tr{A-Za-z0-9+/}{ -_}r . "\n" } $text =~ /(.{1,60})/g;
    my ($high, $low, undef, $customer) = unpack 'x2 C n C N', $bytes;

    return { campaign => $high << 16 | $low, customer => $customer };
}

done_testing;
