# retentionctl compress: every answer is the same before and after it, and a
# file that is damaged is named.  5 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $REQUESTS = 12_000;
my $TOMORROW = Retention::Fixture::day(1);

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 40);
my @rows = $shop->rows;
my $events = $t->store . '/events';

$t->ctl_ok('config', 'set', 'segment-mib', '1');

sub request {
    my ($i) = @_;
    my $row = $rows[$i * 7 % @rows];

    return "GET " . $shop->path($i % 3 ? $row->{pixel_url} : $row->{link_shop}) if $i % 5;
    return qq(POST /e\t[{"event_id":"e$i","kind":"cart","customer":"$row->{customer_id}","currency":"EUR",)
        . qq("items":[{"sku":"SKU-$i","quantity":1,"price":"$i.50"}]}) . qq(,{"kind":"visit","customer":"$row->{customer_id}"}) x 20 . ']';
}

$t->nginx_start($shop->conf);
$t->load_wait($t->load_start(requests => [map { request($_) } 1 .. $REQUESTS], connections => 32, headers => ['Authorization: Bearer ' . $shop->key]));
$t->nginx_stop;
$t->ctl_ok('fold');

sub files { return map { s{.*/}{}r } sort grep { !/-lock$/ } glob "$events/*" }

sub answers {
    my (@store) = @_;

    return join "\n", map { $t->ctl_ok(@$_, @store) }
        ['report', $shop->slug, '--json'],
        ['report', $shop->slug, '--json', '--as-of', Retention::Fixture::day(0)],
        ['export', 'events', '--format', 'csv'],
        ['check'];
}

sub entries { return join ' ', map { "$_->{environment} $_->{entries}" } @{ $t->ctl_json('stat', '--json') } }

sub damage {
    my ($file, $at) = @_;

    open my $fh, '+<:raw', "$events/$file" or die "$file: $!\n";
    seek $fh, $at, $at < 0 ? 2 : 0;
    read $fh, my $byte, 1;
    seek $fh, $at, $at < 0 ? 2 : 0;
    print $fh $byte ^ "\x10";
    close $fh or die;
}

my @before = files();
my ($answers, $entries) = (answers(), entries());

cmp_ok(scalar @before, '>=', 3, "files: @before");


# What would be done, and what is not old enough.

my $dry = $t->ctl_json('compress', '--dry-run', '--json');

is_deeply([map { $_->{file} } @$dry], [map { "events/$_" } @before[0 .. $#before - 1]], 'all but the one that is written');
is($dry->[0]{compressed_bytes}, undef, 'a dry run does not know the size');
is_deeply($t->ctl_json('compress', '--before', '2020-01-01', '--json'), [], 'nothing is that old');
is_deeply([files()], \@before, 'nothing is done');


# One, then all, then nothing.

my $first = $t->ctl_json('compress', '--json', '--before', $TOMORROW);

is_deeply([map { [@{$_}{qw(file events bytes)}] } @$first], [map { [@{$_}{qw(file events bytes)}] } @$dry], 'what the dry run said');
is_deeply([files()], [(map { s/mdb/z/r } @before[0 .. $#before - 1]), $before[-1]], 'the files');
is($_->{compressed_bytes}, -s "$events/" . ($_->{file} =~ s{events/(\d+)\.mdb}{$1.z}r), "$_->{file}: its size") for @$first;
cmp_ok($_->{bytes} / $_->{compressed_bytes}, '>', 3, "$_->{file}: a third or less") for @$first;
is_deeply($t->ctl_json('compress', '--json'), [], 'again: nothing is left to do');

is(answers(), $answers, 'reports, export and check say the same');
is(entries(), $entries, 'stat counts the same');
is($t->ctl_json('fold', '--json')->[0]{events}, 0, 'nothing new to fold');


# Backup, restore, nginx.

$t->ctl_ok('backup', $t->path('copy'));
$t->ctl_ok('restore', $t->path('copy'), '--store', $t->path('back'));
is(answers('--store', $t->path('back')), $answers, 'from a backup: the same');

$t->nginx_start($shop->conf);
is($t->http('GET', $shop->path($rows[0]{pixel_url}))->{status}, 200, 'nginx goes on');
$t->nginx_stop;


# Damage.

my $z = $before[0] =~ s/mdb/z/r;

damage($z, 5000);
my ($status, $out, $err) = $t->ctl('export', 'events', '--format', 'csv');
is($status, 1, 'a damaged block: export');
like($err, qr/1 records could not be read.*check/, 'says so');
($status, $out, $err) = $t->ctl('check');
is($status, 1, 'a damaged block: check');
like($out, qr{events, log: record [0-9a-f]+: a checksum}, 'names it');
damage($z, 5000);

for my $at (3, -3, -20, -100) {
    damage($z, $at);

    for my $command (['export', 'events', '--format', 'csv'], ['report', $shop->slug, '--json', '--as-of', Retention::Fixture::day(0)]) {
        ($status, $out, $err) = $t->ctl(@$command);
        is($status, 3, "a damaged end ($at): $command->[0]");
        like($err, qr/a file is damaged, cut or missing; run 'retentionctl check'/, 'what to do');
    }

    ($status, $out) = $t->ctl('check');
    is($status, 1, 'check finds it');
    like($out, qr/events, log: segment 000001: a file is damaged/, 'and names it');
    damage($z, $at);
}



# Pruning.

$t->ctl_ok('fold');
my $pruned = $t->ctl_json('prune', '--before', $TOMORROW, '--json');

is($pruned->[0]{file}, "events/$z", 'prune: names the compressed file');
is(scalar(files()), 1, 'prune: they are gone');
is(($t->ctl('compress', '--before', 'soon'))[0], 2, 'refused: no day');

done_testing;
