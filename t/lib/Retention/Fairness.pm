package Retention::Fairness;

# Four busy workers share one commit: how long a batch waits for the lock, and
# what each worker gets done.
#
#     my $fairness = Retention::Fairness->new($t, $shop);
#
#     $fairness->run(60);         tests; so many seconds
#     $fairness->sums;            seconds, records, shares (percent, a list),
#                                 batches, late (waited for 0.1 s), commits,
#                                 slow (took half of that), stalls (of this
#                                 process, as long), p99_ms and most_ms (of
#                                 answers)
#
# A batch waits for the commit that is under way and for one more, so a slow
# disk makes it wait whoever shares it, and so does a machine that is too busy
# to run whoever is ready: this process, which hardly does anything, notices.
#
# Each worker listens on a socket of its own (reuseport), so that the kernel
# gives each as many connections, and notes itself for each request.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

my $WORKERS = 4;
my $CONNECTIONS = 64;           # of each worker, on average
my $LEAST = 15;                 # percent of the records
my $MOST = 35;
my $WAIT_S = 0.1;
my $NAP_S = 0.01;

my %CONF = (
    http   => "log_format worker '\$pid \$status \$uri';\n",
    server => "access_log %%DIR%%/logs/workers worker buffer=64k flush=1s;\n",
);


sub new {
    my ($class, $t, $shop) = @_;

    return bless { t => $t, shop => $shop, sums => {} }, $class;
}

sub sums { return $_[0]{sums} }


sub run {
    my ($self, $seconds) = @_;

    my ($t, $shop, $sums) = @{$self}{qw(t shop sums)};

    $t->nginx_start($shop->conf(workers => $WORKERS, %CONF) =~ s/(listen [^;]+);/$1 reuseport;/r);
    $t->wait_for(sub { $t->workers == $WORKERS }, 'all run');

    my @workers = $t->workers;
    my $load = $t->load_start(requests => [ map { 'GET ' . $shop->path($_->{pixel_url}) } $shop->rows ],
                              count => 50_000_000, seconds => 600, connections => $WORKERS * $CONNECTIONS);

    $sums->{stalls} = _stalls($seconds);

    my $result = $t->load_end($load);

    $self->_waits;

    my $lost = $shop->status->{lost};

    $t->nginx_stop;
    $sums->{seconds} = $seconds;
    @{$sums}{qw(p99_ms most_ms)} = map { $_ / 1000 } $result->{line} =~ /p99_us (\d+) max_us (\d+)/;
    is_deeply([ grep { $_ ne 200 } keys %{ $result->{counts} } ], [], 'all are answered');
    is_deeply([ grep { $_ ne 'deadline' } keys %$lost ], [], 'and none lost');
    $self->_shares(@workers);
    is($sums->{records}, $result->{counts}{200}, 'each by one worker');
}

# How often a short sleep was too long by half of what a batch may wait.

sub _stalls {
    my ($seconds) = @_;

    my $stalls = 0;
    my $end = time + $seconds;

    while ((my $begun = time) < $end) {
        sleep $NAP_S;
        $stalls++ if time - $begun - $NAP_S > $WAIT_S / 2;
    }

    return $stalls;
}

sub _shares {
    my ($self, @workers) = @_;

    my ($t, $sums) = @{$self}{qw(t sums)};
    my %records;

    open my $log, '<', $t->path('logs/workers') or die "no log: $!\n";

    while (<$log>) {
        $records{$1}++ if m{^(\d+) 200 /o/};
    }

    $sums->{records} = 0;
    $sums->{records} += $_ for values %records;
    $sums->{shares} = [ map { 100 * ($records{$_} // 0) / $sums->{records} } @workers ];

    my $text = join ' ', map { sprintf '%.1f', $_ } @{ $sums->{shares} };

    is(scalar(grep { $_ < $LEAST || $_ > $MOST } @{ $sums->{shares} }), 0, "each worker has $LEAST to $MOST % of $sums->{records} records: $text");
}

# By the metric, over all workers.

sub _waits {
    my ($self) = @_;

    my ($t, $sums) = @{$self}{qw(t sums)};
    my $text = $t->http('GET', '/metrics', close => 1)->{body};
    my ($batches, $late) = _over($text, 'wait', $WAIT_S);
    my ($commits, $slow) = _over($text, 'duration', $WAIT_S / 2);

    @{$sums}{qw(batches late commits slow)} = ($batches, $late, $commits, $slow);

    my $stalls = $sums->{stalls};

    cmp_ok($late, '<=', $WORKERS * ($slow + $stalls), "of $batches batches none waits over $WAIT_S s for the lock, unless one of $commits commits takes half of that, or the machine stalls: $late, $slow, $stalls");
}

# How many a histogram has, and how many above a bound.

sub _over {
    my ($text, $name, $bound_s) = @_;

    my %until = $text =~ /^retention_commit_${name}_seconds_bucket\{le="([^"]+)"\} (\d+)$/mg;
    my $all = delete $until{'+Inf'};
    my ($below) = map { $until{$_} } grep { $_ == $bound_s } keys %until;

    return ($all, $all - $below);
}

1;
