# The event log in several files, under load: all workers go on in the next
# one, backups and pruning hold, and a reload changes nothing.  6 s.

use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $POSTS = 3_000;
my $EACH = 20;                  # events of a post
my $FILES_MIN = 4;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row) = $shop->rows;
my $key = $shop->key;
my $store = $t->store;

is($t->ctl_ok('config', 'get', 'segment-mib'), "1024\n", 'the default');
is(($t->ctl('config', 'set', 'segment-mib', '0'))[0], 2, 'not without a size');
$t->ctl_ok('config', 'set', 'segment-mib', '1');
is($t->ctl_ok('config', 'get', 'segment-mib'), "1\n", 'as set');

sub files { return map { s{.*/}{}r } sort grep { /\d[.](?:mdb|z)$/ } glob "$store/events/*" }

sub post {
    my ($n) = @_;

    return "POST /e\t[" . join(',', map { qq({"kind":"checkout","customer":"c1","order_id":"n$n-$_"}) } 1 .. $EACH) . ']';
}

sub orders {
    my (@args) = @_;
    my %n;

    $n{$_}++ for $t->ctl_ok('export', 'events', '--format', 'jsonl', @args) =~ /"order_id": ?"(n[\d-]+)"/g;

    return \%n;
}

$t->nginx_start($shop->conf(workers => 4));
is($t->http('GET', $shop->path($row->{pixel_url}))->{status}, 200, 'an open, in the first file');

my $load = $t->load_start(requests => [ map { post($_) } 1 .. $POSTS ], connections => 32, headers => ["Authorization: Bearer $key"]);

$t->wait_for(sub { files() > 1 }, 'a second file', 60);
$t->nginx_reload;
$t->wait_for(sub { files() > 2 }, 'a third file', 60);
cmp_ok(scalar @{ $t->ctl_json('compress', '--json') }, '>', 0, 'files are compressed meanwhile');
is(($t->ctl('backup', $t->path('copy')))[0], 0, 'a backup meanwhile');

my $statuses = $t->load_wait($load)->{statuses};
my @acked = map { my $i = $_ + 1; map { "n$i-$_" } 1 .. $EACH } grep { $statuses->[$_] == 204 } 0 .. $#$statuses;
my $found = orders();

cmp_ok(scalar files(), '>=', $FILES_MIN, 'several files: ' . join(' ', files()));
cmp_ok(scalar @acked, '>', $POSTS * $EACH * 0.9, 'most posts are answered');
is(scalar(grep { !$found->{$_} } @acked), 0, 'each event that was answered is there');
is(scalar(grep { $_ > 1 } values %$found), 0, 'none is there twice');
is(($t->ctl('check', '--store', $t->path('copy')))[0], 0, 'the backup verifies');
cmp_ok(scalar keys %{ orders('--store', $t->path('copy')) }, '>', 0, 'and can be read');

my ($events) = grep { $_->{environment} eq 'events' } @{ $t->ctl_json('stat', '--json') };

is($events->{entries}, 1 + keys %$found, 'stat counts them all');
is($shop->status->{lost}{store} // 0, 0, 'no worker lost the store');


# Pruning.

my $tomorrow = strftime('%Y-%m-%d', gmtime(time + 86400));
my @before = files();

is(($t->ctl('prune'))[0], 2, 'prune: without a day');
is_deeply($t->ctl_json('prune', '--before', '2020-01-01', '--json'), [], 'prune: nothing is that old');

$t->ctl_ok('fold');

my $dry = $t->ctl_json('prune', '--before', $tomorrow, '--json', '--dry-run');

is_deeply([files()], \@before, 'prune: a dry run drops nothing');

my $dropped = $t->ctl_json('prune', '--before', $tomorrow, '--json');

is_deeply($dropped, $dry, 'prune: what the dry run said');
is_deeply([map { $_->{file} } @$dropped], [map { "events/$_" } @before[0 .. $#before - 1]], 'prune: all files but the one that is written');
is_deeply([files()], [$before[-1]], 'prune: they are gone');

my $sum = 0;

$sum += $_->{events} for @$dropped;
is(keys(%{ orders() }) + $sum, 1 + keys %$found, 'prune: what was dropped is what is missing');

like($t->http('GET', $shop->path($row->{link_shop}))->{headers}{location}, qr/utm_campaign=winback/, 'pruned: old links lead to their target');
is($t->http('POST', '/e', headers => { Authorization => "Bearer $key" }, json => { kind => 'checkout', customer => 'c1', order_id => 'n0-0' })->{status}, 204, 'pruned: events are taken');
ok(orders()->{'n0-0'}, 'pruned: and are there');

my $report = $t->ctl_json('report', 'winback', '--format', 'json');
my ($arm) = grep { !$_->{holdout} } @{ $report->{arms} };

is($arm->{opened}{human}, 1, 'pruned: the report has the open that was added up');
like(join("\n", @{ $report->{notes} }), qr/the event log was pruned up to 20/, 'pruned: the report says so');
unlike($t->read_file('logs/error.log'), qr/removed or replaced/, 'pruned: no worker missed a file');

done_testing;
