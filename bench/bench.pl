# Durable pixel and redirect against the same nginx serving empty_gif, without
# a log and with a buffered one, and `return 302`: in one run, rounds
# interleaved, as ratios.
#
#     make bench
#     make bench ARGS="--rounds 9 --seconds 3"

use strict;
use warnings;

use Getopt::Long;
use POSIX qw(uname);

use Retention::Fixture;
use Retention::Test;

my @CONNECTIONS = (64, 256);
my $WARM_UP = 4000;             # requests, which also give the rate
my $COUNT_MAX = 400_000;        # requests in a round

my %opt = (rounds => 5, seconds => 1.5);

GetOptions(\%opt, 'rounds=i', 'seconds=f')
    or die "usage: bench.pl [--rounds N] [--seconds S]\n";


# Name, what is asked for (a column of the merge file, or a path), status, and
# the baselines that it is compared with.

my @TARGETS = (
    { name => 'empty_gif, no log', path => '/plain.gif', status => 200 },
    { name => 'empty_gif, buffered log', path => '/logged.gif',
      status => 200, against => [0] },
    { name => 'pixel, durable', column => 'pixel_url', status => 200,
      against => [0, 1] },
    { name => 'return 302, no log', path => '/found', status => 302 },
    { name => 'return 302, buffered log', path => '/found-logged',
      status => 302, against => [3] },
    { name => 'redirect, durable', column => 'link_shop', status => 302,
      against => [3, 4] },
);

my $SERVER = <<'END';
location = /plain.gif { empty_gif; }
        location = /logged.gif {
            empty_gif;
            access_log %%DIR%%/logs/bench.log combined buffer=64k;
        }
        location = /found { return 302 https://shop.example/; }
        location = /found-logged {
            return 302 https://shop.example/;
            access_log %%DIR%%/logs/bench.log combined buffer=64k;
        }
        location /o/ { retention_pixel; }
        location /r/ {
            retention_redirect;
            retention_fallback https://shop.example/;
        }
END


my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 1000);
my $answered = 0;               # by pixel and redirect

$t->nginx_start($t->conf($SERVER, workers => 1));

for my $target (@TARGETS) {
    $target->{requests} = [ map { "GET $_" } $target->{column}
        ? map { $shop->path($_->{ $target->{column} }) } $shop->rows
        : $target->{path} ];
}

print "Measuring some ",
    int(@CONNECTIONS * @TARGETS * $opt{rounds} * $opt{seconds} + 10),
    " seconds ...\n\n";

my %results = map { $_ => [ measure($_) ] } @CONNECTIONS;

print_table($_, @{ $results{$_} }) for @CONNECTIONS;
print_durability();
print_machine();


# The rates of each target, one a round.

sub measure {
    my ($connections) = @_;

    my @counts = map {
        my $count = int(rate($_, $connections, $WARM_UP) * $opt{seconds});

        $count < $COUNT_MAX ? $count : $COUNT_MAX;
    } @TARGETS;

    my @rates;

    for (1 .. $opt{rounds}) {
        push @{ $rates[$_] }, rate($TARGETS[$_], $connections, $counts[$_])
            for 0 .. $#TARGETS;
    }

    return @rates;
}

sub rate {
    my ($target, $connections, $count) = @_;

    my $load = $t->load(count => $count, connections => $connections,
                        requests => $target->{requests});
    my $good = $load->{counts}{ $target->{status} } // 0;

    die "$target->{name}: only $good of $count were answered with "
        . "$target->{status}\n" if $good != $count;

    $answered += $count if $target->{column};

    return $load->{line} =~ / per_second (\d+)/ && $1;
}


sub median {
    my @sorted = sort { $a <=> $b } @_;

    return ($sorted[$#sorted / 2] + $sorted[@sorted / 2]) / 2;
}

# Half of what lies between the lowest and the highest, in per cent of the
# median.

sub spread {
    my @sorted = sort { $a <=> $b } @_;

    return 50 * ($sorted[-1] - $sorted[0]) / median(@sorted);
}

sub print_table {
    my ($connections, @rates) = @_;

    printf "%-26s %10s %8s  %s\n", "$connections connections", 'per second',
        'spread', 'ratio: median (lowest to highest)';

    for my $i (0 .. $#TARGETS) {
        my @ratios = map { ratio($rates[$i], $rates[$_], $_) }
            @{ $TARGETS[$i]{against} || [] };
        my $line = sprintf '%-26s %10.0f %6.0f %%  %s', $TARGETS[$i]{name},
            median(@{ $rates[$i] }), spread(@{ $rates[$i] }),
            join '; ', @ratios;

        print $line =~ s/ +$//r, "\n";
    }

    print "\n";
}

# Round by round, since what else the machine does changes between rounds.

sub ratio {
    my ($rates, $base, $of) = @_;

    my @ratios = sort { $a <=> $b }
        map { $rates->[$_] / $base->[$_] } 0 .. $#$rates;

    return sprintf '%.2f (%.2f to %.2f) of %s', median(@ratios),
        @ratios[0, -1], $TARGETS[$of]{name} =~ s/.*, //r;
}


# Every answer of pixel and redirect is an event on the disk.

sub print_durability {
    $t->nginx_stop;

    my $path = $t->path('events.jsonl');
    my $recorded = 0;

    $t->ctl_ok('export', 'events', '--format', 'jsonl', $path);
    open my $file, '<', $path or die "cannot read '$path': $!\n";
    $recorded++ while defined readline $file;

    print "$answered answers of pixel and redirect, $recorded events in "
        . "'retentionctl export events'\n";
    die "an answer came without its event\n" if $recorded != $answered;
}

sub print_machine {
    my ($system, undef, $release) = uname();
    my ($cpu) = ($t->read_file('/proc/cpuinfo') // '')
        =~ /^model name\s*:\s*(.*)/m;
    my $cores = () = ($t->read_file('/proc/cpuinfo') // '') =~ /^processor/mg;
    my (undef, undef, $version) = $t->run({}, $t->nginx_program, '-v');
    my ($mount) = (split /\n/, `df -T '@{[ $t->dir ]}'`)[1] =~ /^\S+\s+(\S+)/;

    chomp $version;

    print <<"END";

Machine: $cores cores (@{[ $cpu // 'unknown' ]}), $system $release, $mount,
$version.
One worker; keep-alive connections over loopback from t/lib/load.c, which
shares the machine.  A durable answer waits until its event is on the disk
(fsync).  Medians of $opt{rounds} rounds of some $opt{seconds} s, interleaved;
spread is half of lowest to highest, ratios are taken round by round.
To repeat:

    make bench ARGS="--rounds $opt{rounds} --seconds $opt{seconds}"
END
}
