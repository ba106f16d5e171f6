# 'make bench' measures what it says, finds all of it again, and leaves nothing
# behind, also when it is interrupted.  6 s.

use strict;
use warnings;

use File::Temp;
use FindBin;
use Test::More;
use Time::HiRes qw(sleep time);

my $WAIT_S = 60;
my $root = "$FindBin::Bin/..";
my $temp = File::Temp->newdir('bench-XXXXXX', TMPDIR => 1);

chmod 0755, "$temp";


# Starts it with files in our folder alone; returns its pid.

sub begin {
    my (@args) = @_;

    my $pid = fork;

    die "cannot fork: $!\n" if !defined $pid;

    return $pid if $pid;

    $ENV{TMPDIR} = "$temp";
    open STDOUT, '>', "$temp.out" or die "$!\n";
    open STDERR, '>', "$temp.err" or die "$!\n";
    exec $^X, '-w', "-I$root/t/lib", "$root/bench/bench.pl", @args;
    die "cannot run: $!\n";
}

sub text {
    my ($path) = @_;

    open my $file, '<', $path or return '';
    local $/;

    return scalar <$file>;
}

# Processes whose command line or folder is ours.

sub processes {
    return grep {
        text("$_/cmdline") =~ /\Q$temp\E/
            || (readlink("$_/cwd") // '') =~ /^\Q$temp\E/
    } glob '/proc/[0-9]*';
}

# Whether the table has something; it is shown once, if anything is missing.

my $out;

sub has {
    my ($pattern, $name) = @_;

    ok($out =~ $pattern, $name);
}

sub has_left_nothing {
    my ($when) = @_;

    is(join(' ', map { text("$_/cmdline") =~ tr/\0/ /r } processes()), '',
       "$when: no process is left");
    is(join(' ', glob "$temp/*"), '', "$when: no file is left");
}


waitpid begin(qw(--rounds 1 --seconds 0.02 --coupons 8000
                 --orders 2000)), 0;

$out = text("$temp.out");

is($?, 0, 'it runs') or diag(text("$temp.err"));
unlike(text("$temp.err"), qr/^[^#]/m, 'and says nothing but what it does');
has_left_nothing('at the end');

for my $row ('empty_gif, no log', 'pixel', 'return 302, buffered log',
             'redirect', 'LMDB alone, batches of 64 rows',
             'fdatasync alone, 64 rows each', 'posts of 1', 'posts of 20',
             'redemptions')
{
    has(qr{^  \Q$row\E +[\d,]+ /s}m, $row);
}

for my $row ('empty_gif, no log: median time', 'pixel: 99th percentile',
             '  added', 'written for an event, into the log',
             'a commit of 64 rows lasts', '  takes from all processors',
             'pixel alone: 99th percentile',
             'during the import: 99th percentile')
{
    has(qr{^  \Q$row\E +-?[\d.]+ (?:ms|bytes)}m, $row);
}

has(qr/^  events of a commit +256\.00/m, 'a post is a commit');
has(qr/^  flushes of a commit, of the log +2\.00/m, 'of two flushes');
has(qr/^  pixel .*of empty_gif, no log$/m, 'a ratio');
has(qr/of empty_gif, buffered log; asked: >= 0\.8, (?:met|missed)$/m,
    'what was asked, and whether it is met');
has(qr/^  [\d,]+ redemptions, each of another coupon/m,
    'redemptions are found again');

SKIP: {
    skip 'lua-nginx or Redis is not installed', 1
        if $out =~ /^lua-nginx with Redis: left out/m;

    has(qr/^ +\d.* of lua \+ Redis, everysec$/m, 'lua and Redis');
}

diag($out) if !Test::More->builder->is_passing;


# Interrupted while this runs.

my %DURING = (redis => qr{t/lib/load}, cost => qr{\A[^\0]*bench/limits\0});

for my $part (sort keys %DURING) {
    my $pid = begin('--only', $part, '--seconds', 60);
    my $end = time + $WAIT_S;

    sleep 0.05
        until grep({ text("$_/cmdline") =~ $DURING{$part} } processes())
        || text("$temp.out") =~ /left out/ || time > $end;

    cmp_ok(time, '<', $end, "$part has begun");
    kill 'INT', $pid;
    waitpid $pid, 0;
    has_left_nothing("when $part was interrupted");
}

unlink "$temp.out", "$temp.err";

done_testing;
