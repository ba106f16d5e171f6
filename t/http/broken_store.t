# A store that is absent, somebody else's, unreadable, removed or full: mails
# work, facts are refused, and all heals by itself.  14 s.

use strict;
use warnings;

use File::Path qw(remove_tree);
use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $SOON_S = 10;                # to see that the store is back

my $SMALL = '8m';               # of the disk that gets full

my $mounted;

END { system('umount', '-l', $mounted) if defined $mounted; }


# What a test calls for: links, a server.  The paths stay the same while the
# store is broken.

sub begin {
    my ($t) = @_;

    my $shop = Retention::Fixture->new($t);
    my ($row) = $shop->rows;

    return {
        t     => $t,
        shop  => $shop,
        row   => $row,
        visit => $shop->sign($row->{customer_id}, '--visit'),
        key   => { Authorization => 'Bearer ' . $shop->key },
    };
}


# All endpoints: name, and a call that answers with status and more.

sub answers {
    my ($case) = @_;

    my ($t, $shop, $row) = @{$case}{qw(t shop row)};

    my %r = (
        pixel       => $t->http('GET', $shop->path($row->{pixel_url})),
        redirect    => $t->http('GET', $shop->path($row->{link_shop})),
        events      => $t->http('POST', '/e', json => { kind => 'view', token => $case->{visit} }),
        coupon      => $t->http('GET', "/coupons/$row->{coupon}", headers => $case->{key}),
        redeem      => $t->http('POST', "/coupons/$row->{coupon}/redeem", headers => $case->{key},
                                json => { order_id => 'a', amount => '50.00', currency => 'EUR' }),
        page        => $t->http('GET', $shop->path($row->{unsubscribe_url})),
        unsubscribe => $t->http('POST', $shop->path($row->{unsubscribe_url}), body => 'List-Unsubscribe=One-Click'),
    );

    return \%r;
}


sub broken {
    my ($case, $name) = @_;

    my $r = answers($case);

    is("$r->{pixel}{status} " . length $r->{pixel}{body}, '200 43', "$name: pixel");
    is("$r->{redirect}{status} $r->{redirect}{headers}{location}", '302 https://shop.example/', "$name: redirect");

    is_deeply(decode_json($r->{$_}{body}), { error => 'the store cannot be used' }, "$name: $_ says no more")
        for qw(events coupon redeem);

    for my $endpoint (qw(events coupon redeem page unsubscribe)) {
        is($r->{$endpoint}{status}, 503, "$name: $endpoint");
        like($r->{$endpoint}{headers}{'retry-after'} // '', qr/^\d+$/, "$name: $endpoint may come back");
    }
}


sub works {
    my ($case) = @_;

    return $case->{t}->http('GET', $case->{shop}->path($case->{row}{link_shop}))->{headers}{location} =~ /utm_campaign/;
}

sub heals {
    my ($case, $name) = @_;

    ok(eval { $case->{t}->wait_for(sub { works($case) }, 'it works again', $SOON_S) }, "$name: it works again by itself");
    is($case->{t}->http('POST', '/e', json => { kind => 'view', token => $case->{visit} })->{status}, 204, "$name: events are taken");
}


sub log_has {
    my ($case, $pattern, $name) = @_;

    like($case->{t}->read_file('logs/error.log'), $pattern, $name);
}


sub fill {
    my ($disk) = @_;

    open my $file, '>', "$disk/ballast" or die;
    1 while syswrite $file, "\0" x 4096;
    close $file;
}

# without a store, until there is one

{
    my $t = Retention::Test->new;

    $t->write_file('api-keys', '');

    my $conf = $t->conf(<<'END', http => 'retention_api_keys %%DIR%%/api-keys;');
        location /o/ { retention_pixel; }
        location /r/ { retention_redirect; retention_fallback https://shop.example/; }
        location /u/ { retention_unsubscribe; }
        location = /e { retention_events; }
        location = /status { retention_status; }
        location = /metrics { retention_status prometheus; }
END

    $t->nginx_start($conf);

    my $status = decode_json($t->http('GET', '/status')->{body});

    ok(!$status->{store}{usable}, 'absent: the status says so');
    like($t->http('GET', '/metrics')->{body}, qr/^retention_store_usable 0$/m, 'absent: the metrics too');
    is($t->http('GET', '/o/a.gif')->{status}, 200, 'absent: pixel');
    is($t->http('GET', '/r/a')->{headers}{location}, 'https://shop.example/', 'absent: redirect');
    is($t->http('POST', '/e', json => { kind => 'view', token => 'a' })->{status}, 503, 'absent: events');
    is($t->http('POST', '/u/a', body => '')->{status}, 503, 'absent: unsubscribe');
    is(decode_json($t->http('GET', '/status')->{body})->{lost}{store}, 2, 'absent: what was lost is counted');
    like($t->read_file('logs/error.log'), qr/\[error\].*cannot open retention store ".*": .*run 'retentionctl init'/, 'absent: one line says what to do');
    ok(!-e $t->store, 'absent: nothing was made');

    my $shop = Retention::Fixture->new($t);
    my ($row) = $shop->rows;

    ok(eval { $t->wait_for(sub { $t->http('GET', $shop->path($row->{link_shop}))->{headers}{location} =~ /utm_campaign/ }, 'it records', $SOON_S) },
       'after init it works without a reload');
    is(scalar(() = $t->read_file('logs/error.log') =~ /cannot open retention store/g), 1, 'absent: one line, not one a second');
    is(scalar $shop->events, 1, 'and records');
    $t->nginx_stop;
}


# somebody else's, unreadable, removed: by mode, so that it holds for anyone

my $t = Retention::Test->new;
my $case = begin($t);

$t->nginx_start($case->{shop}->conf);
ok(works($case), 'a store that works');

my $count = $case->{shop}->events;
my $store = $t->store;

my $NOT_OURS = qr/cannot open retention store ".*": belongs to another user; the worker's user may not use it: name the store's owner in the "user" directive/;
my $GONE = qr/cannot open retention store ".*": a file is damaged, cut or missing; run 'retentionctl check', and restore it from a backup/;

my @faults = (
    ['unreadable', sub { chmod 0, $store or die }, sub { chmod 0700, $store or die }, $NOT_OURS],
    ['moved away', sub { rename $store, "$store-away" or die }, sub { rename "$store-away", $store or die }, qr/run 'retentionctl init'/],
    ['of somebody else', sub { system('chown', '-R', 'nobody:', $store) == 0 or die }, sub { $t->give($store) }, $NOT_OURS],
    ['half of it gone', sub { rename "$store/coupons", "$store-coupons" or die }, sub { rename "$store-coupons", "$store/coupons" or die }, $GONE],
    ['its state gone', sub { rename "$store/state", "$store-state" or die }, sub { rename "$store-state", "$store/state" or die }, $GONE],
);

for my $fault (@faults) {
    my ($name, $break, $repair, $says) = @$fault;

    SKIP: {
        skip "$name: needs root", 1 if $name eq 'of somebody else' && $> != 0;

        $t->nginx_stop;
        $t->write_file('logs/error.log', '');
        $t->give($t->path('logs'));
        $break->();
        $t->nginx_start;
        broken($case, $name);
        log_has($case, $says, "$name: the log says why");
        $repair->();
        heals($case, $name);
        $count += 2;
        is(scalar $case->{shop}->events, $count, "$name: nothing was recorded meanwhile");
    }
}

# removed while nginx runs: what is open goes on in files that nobody will
# ever see, so this must be noticed

rename $store, "$store-away" or die;
ok(eval { $t->wait_for(sub { !works($case) }, 'it is noticed', $SOON_S) }, 'removed while running: it is noticed');
broken($case, 'removed while running');
rename "$store-away", $store or die;
heals($case, 'removed while running');

$t->nginx_stop;
system('cp', '-a', $store, "$store-copy") == 0 or die;
$t->nginx_start;
ok(works($case), 'again a store that works');
remove_tree($store);
rename "$store-copy", $store or die;
$count = $case->{shop}->events;
is($t->http('POST', '/e', json => { kind => 'view', token => $case->{visit} })->{status}, 503, 'replaced while running: nothing is acknowledged that nobody will see');
heals($case, 'replaced while running');
is(scalar $case->{shop}->events, $count + 2, 'replaced while running: it records in the new one');


# a full disk

SKIP: {
    skip 'a full disk: needs root', 1 if $> != 0;

    my $full = Retention::Test->new;
    my $disk = $full->path('disk');

    mkdir $disk or die;
    system("mount -t tmpfs -o size=$SMALL,mode=0755 tmpfs '$disk' 2>/dev/null") == 0
        or skip 'a full disk: cannot mount one here', 1;

    $mounted = $disk;
    $full->{store} = "$disk/store";

    my $there = begin($full);

    $full->nginx_start($there->{shop}->conf);
    ok(works($there), 'a small disk works');

    my $events = $there->{shop}->events;

    fill($disk);

    # pages that were free before go first

    my $taken = 0;

    for my $n (500, 1) {
        my $body = '[' . join(',', (qq({"kind":"view","token":"$there->{visit}"})) x $n) . ']';
        my %post = (body => $body, headers => { 'Content-Type' => 'application/json' });

        $taken += $n while $taken < 1_000_000 && $full->http('POST', '/e', %post)->{status} == 204;
    }

    my $r = answers($there);

    is($r->{pixel}{status}, 200, 'full: pixel');
    like($r->{redirect}{headers}{location}, qr/utm_campaign/, 'full: links still lead where they should');
    is($r->{events}{status}, 503, 'full: events');
    like($r->{events}{body}, qr/no space/, 'full: and say why');
    like($r->{events}{headers}{'retry-after'}, qr/^\d+$/, 'full: may come back');
    like($full->read_file('logs/error.log'), qr/retention store did not take/, 'full: the log says so');

    my $lost = $there->{shop}->status->{lost};

    ok(($lost->{commit} // 0) + ($lost->{store} // 0) >= 1, 'full: what was lost is counted');

    # free pages of state/ may have room for what the log has no room for

    my $left = $r->{unsubscribe}{status} == 200;

    is(scalar $there->{shop}->events, $events + $taken + $left, 'full: nothing half done');

    unlink "$disk/ballast" or die;
    heals($there, 'full');
    is($full->http('POST', $there->{shop}->path($there->{row}{unsubscribe_url}), body => '')->{status}, 200, 'full: unsubscribing works again');
    is(($full->ctl('check'))[0], 0, 'full: the store verifies');
    $full->nginx_stop;
    $full->forget_store;
    system('umount', $disk) == 0 or die;
    undef $mounted;
}

done_testing;
