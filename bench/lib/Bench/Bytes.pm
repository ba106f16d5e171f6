package Bench::Bytes;

# What a commit costs the disk: bytes written for an event, and flushes.  The
# server has bench/flushes.c preloaded, which counts both, for the event log and
# for the other files of the store, where events are added up.  The kernel counts
# for the whole device (/sys/dev/block), with the file system's journal and with
# what others write.  (What it counts for a process, /proc/PID/io, says too much:
# a byte that changes in a large folio of the page cache counts as all of it.)

use strict;
use warnings;

use File::Copy qw(copy);

use Bench::Limits;
use Retention::Fixture;
use Retention::Test;

my $BATCH = 256;                # events of a post, and so of a commit
my $COMMITS = 400;              # for each second of other parts' rounds
my $SECTOR = 512;


sub about { return 'bytes and flushes of a commit' }


sub run {
    my ($run) = @_;

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 1000);
    my $counters = $t->write_file('flushes', pack('Q6', (0) x 6));
    my $library = $t->path('flushes.so');
    my $answered = 0;

    copy($t->build . '/bench/flushes.so', $library) or die "flushes.so: $!\n";
    chmod 0755, $library;

    {
        local $ENV{RETENTION_PRELOAD} = join ' ',
            grep { $_ } $ENV{RETENTION_PRELOAD}, $library;
        local $ENV{FLUSHES_FILE} = $counters;
        local $ENV{FLUSHES_PATHS} = join ':', $t->store . '/events/',
            $t->store . '/';

        # a body in a temporary file would count as well

        $t->nginx_start($shop->conf(workers => 1, server =>
                                    'client_body_buffer_size 128k;'));
    }

    my %series;

    # the first grows the tree from nothing and is left out

    for my $round (0 .. $run->rounds_n) {
        my $numbers = _round($run, $t, $shop, $counters, \$answered);

        next if $round == 0;

        push @{ $series{$_} }, $numbers->{$_} for keys %$numbers;
    }

    _rows($run, $t, %series);

    $t->nginx_stop;
    $run->verify($shop, $answered, 'events answered with 204');
}

# One connection posts BATCH events at a time, so each post is a commit.

sub _round {
    my ($run, $t, $shop, $counters, $answered) = @_;

    my $posts = int($COMMITS * $run->seconds) || 1;
    my $key = $shop->key;
    my $before = _count($t, $counters);

    $run->load($t, count => $posts, connections => 1, status => 204,
               requests => [ map { _post() } 1 .. $posts ],
               headers => ["Authorization: Bearer $key"]);

    my $after = _count($t, $counters);
    my %n = map { $_ => $after->{$_} - $before->{$_} } keys %$after;
    my $events = $posts * $BATCH;

    $$answered += $events;

    return {
        records => $events / $n{commits},
        (map { $_ => $n{$_} / $events }
            qw(log_bytes fold_bytes device_bytes)),
        (map { $_ => $n{$_} / $n{commits} }
            qw(log_flushes fold_flushes device_flushes)),
    };
}

my $events = 0;

# Records of 128 bytes: an order's id fills them up.

sub _post {
    my @events = map {
        sprintf '{"event_id":"%08d","kind":"checkout","customer":"c%d",'
            . '"campaign":"winback","order_id":"%064d",'
            . '"items":[{"sku":"%09d"}]}', ++$events, $events % 1000 + 1,
            $events, $events;
    } 1 .. $BATCH;

    return "POST /e\t[" . join(',', @events) . ']';
}


# The counters now.

sub _count {
    my ($t, $counters) = @_;

    my @log = unpack 'Q3', $t->read_file($counters);
    my @fold = unpack 'x24 Q3', $t->read_file($counters);
    my @device = _device($t);
    my ($commits) = $t->http('GET', '/metrics')->{body}
        =~ /^retention_commit_duration_seconds_count (\d+)/m;

    return {
        commits      => $commits,
        log_flushes  => $log[0] + $log[1],   log_bytes    => $log[2],
        fold_flushes => $fold[0] + $fold[1], fold_bytes   => $fold[2],
        device_flushes => $device[0],        device_bytes => $device[1],
    };
}

# Flushes (since Linux 5.5), and bytes written.

sub _device {
    my ($t) = @_;

    my $device = (stat $t->store)[0];
    my ($major, $minor) = ($device >> 8 & 0xfff, $device & 0xff);
    my @numbers = split ' ', $t->read_file("/sys/dev/block/$major:$minor/stat")
        // '';

    return ($numbers[15] // 0, ($numbers[6] // 0) * $SECTOR);
}


# A figure's name, what is counted, how, and what was asked.

my @ROWS = (
    ['events of a commit', 'records'],
    ['written for an event, into the log', 'log_bytes', 'write()', 400],
    ['  elsewhere, to add it up', 'fold_bytes', 'write()'],
    ['  by the whole device', 'device_bytes', '/sys/dev/block'],
    ['flushes of a commit, of the log', 'log_flushes', 'fdatasync, O_DSYNC', 2],
    ['  elsewhere, meanwhile', 'fold_flushes', 'fdatasync, O_DSYNC'],
    ['  of the whole device', 'device_flushes', '/sys/dev/block'],
);

sub _rows {
    my ($run, $t, %series) = @_;

    my $row = Bench::Limits->new($t)->code('file', 1)->(1)->{row_bytes};

    $run->title("one connection, posts of $BATCH events, each a commit; "
                . "rows of $row bytes");

    for my $row (@ROWS) {
        my ($name, $what, $how, $most) = @$row;

        $run->row(name => $name, values => $series{$what}, durable => $how,
                  unit => $what =~ /bytes/ ? 'bytes' : '', most => $most)
            if $what !~ /device/ || $series{$what}[0];
    }
}

1;
