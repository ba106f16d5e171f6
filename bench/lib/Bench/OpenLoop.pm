package Bench::OpenLoop;

# Requests that come at a rate of their own, whatever the answers do: h2load
# with --rps, and the times of each answer from its log.

use strict;
use warnings;

# h2load's clock ticks each 10 ms, so one connection asks 100 times a second
# and the rate decides how many there are.  They begin in PHASES groups, 7 ms
# apart, so that they tick in turn; of ten groups, which take longer to connect
# than that, several came to tick at once.  A connection does not wait for an
# answer before it asks again, up to PIPELINE requests.  Their number is given
# and not the time, at whose end some would stay without an answer.

my $PER_CONNECTION = 100;
my $PHASES = 50;
my $PIPELINE = 8;
my $SETTLE_S = 0.7;             # left out while connections are made


sub is_there {
    return grep { -x "$_/h2load" } split(/:/, $ENV{PATH});
}


# rate in requests a second, seconds, paths.  Returns p50_ms, p99_ms, max_ms,
# per_second, count.

sub ask {
    my ($t, %opt) = @_;

    my $run = start($t, %opt);

    return finish($t, $run);
}

sub start {
    my ($t, %opt) = @_;

    my $base = $t->path('open-' . ++$t->{open_loops});
    my $clients = int($opt{rate} / $PER_CONNECTION) || 1;

    $t->write_file("$base.urls", join '', map { $t->url . "$_\n" }
                   @{ $opt{paths} });

    my $pid = $t->spawn({ out => "$base.out", err => "$base.err" },
        'h2load', '--h1', '-c', $clients, '-m', $PIPELINE,
        '-n', int($opt{rate} * $opt{seconds}) || 1,
        '--rps', $PER_CONNECTION,
        '-r', int(($clients + $PHASES - 1) / $PHASES), '--rate-period', '7ms',
        '-i', "$base.urls", "--log-file=$base.log");

    return { pid => $pid, base => $base, status => $opt{status} || 200 };
}

sub finish {
    my ($t, $run) = @_;

    waitpid $run->{pid}, 0;

    my ($base, $ended) = ($run->{base}, $?);
    my $text = $t->read_file("$base.out") . $t->read_file("$base.err");

    die "h2load ended with $ended:\n$text" if $ended != 0;

    my $numbers = _read("$base.log", $run->{status});

    unlink glob "$base.*";

    return $numbers;
}

# A line has the start in microseconds, the status, and microseconds to the
# end of the answer.

sub _read {
    my ($path, $status) = @_;

    open my $file, '<', $path or die "cannot read '$path': $!\n";

    my (@rows, $begun);

    while (my $line = <$file>) {
        my ($start_us, $got, $us) = split ' ', $line;

        die "an answer had status $got\n" if $got != $status;

        $begun = $start_us if !defined $begun || $start_us < $begun;
        push @rows, [$start_us, $us];
    }

    die "h2load had no answer\n" if !@rows;

    my @kept = grep { $_->[0] >= $begun + $SETTLE_S * 1e6 } @rows;

    @kept = @rows if !@kept;

    my @us = sort { $a <=> $b } map { $_->[1] } @kept;
    my ($last) = sort { $b <=> $a } map { $_->[0] } @kept;
    my ($first) = sort { $a <=> $b } map { $_->[0] } @kept;

    return {
        count => scalar @rows,
        per_second => @us / (($last - $first) / 1e6 || 1),
        p50_ms => $us[@us * 0.50] / 1000,
        p99_ms => $us[@us * 0.99] / 1000,
        max_ms => $us[-1] / 1000,
    };
}

1;
