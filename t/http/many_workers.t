# Many workers: those that the shared batches have a place for, and those that
# come too late for one.  Each of them records.  6 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $COUNT = 4_000;
my $LATE = qr/commits by itself/;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my @requests = map { 'GET ' . $shop->path($_->{pixel_url}) } $shop->rows;

# without worker_processes, places are for two of each processor, at least 8

my $processors = () = $t->read_file('/proc/cpuinfo') =~ /^processor\b/mg;
my $workers = 8 + 2 * $processors + 2;

# each worker listens on a socket of its own, so that all get connections

my $conf = $shop->conf(workers => $workers) =~ s/(listen [^;]+);/$1 reuseport;/r;
my ($line) = $conf =~ /^(worker_processes .*\n)/m;
my $late = $conf =~ s/^\Q$line\E//mr . $line;

my $events = 0;

for my $case (['as many places as workers', $conf, 0], ['too few places', $late, 1]) {
    my ($name, $text, $are_late) = @$case;

    $t->write_file('logs/error.log', '');
    $t->give($t->path('logs'));
    $t->nginx_start($text);
    ok(eval { $t->wait_for(sub { (() = $t->workers) == $workers }, 'they run', 10) }, "$name: $workers workers run");

    my $load = $t->load(count => $COUNT, connections => 128, requests => \@requests);

    $events += $COUNT;
    is_deeply($load->{counts}, { 200 => $COUNT }, "$name: all are answered");
    is(scalar $shop->lines, $events, "$name: as many events as answers");

    my $lost = $shop->status->{lost};

    delete $lost->{deadline};
    is_deeply($lost, {}, "$name: none lost");

    my $log = $t->read_file('logs/error.log');

    $are_late ? like($log, $LATE, "$name: the log says so")
              : unlike($log, $LATE, "$name: the log has nothing to say");
    $t->nginx_stop;
}

# the place of a worker that was killed is its successor's

$t->nginx_start($shop->conf);

for my $round (1 .. 10) {
    $t->worker_kill;
    ok(eval { $t->wait_for(sub { (() = $t->workers) == 1 }, 'there is another', 5) }, "killed $round times: there is a successor");
    $t->http('GET', $shop->path(($shop->rows)[0]{pixel_url}));
}

is(scalar $shop->lines, $events + 10, 'each records');
unlike(($t->read_file('logs/error.log') =~ /.*start worker processes(.*)/s)[0], $LATE, 'in the same place');

$t->allow_alerts(qr/worker process \d+ exited on signal 9/);

done_testing;
