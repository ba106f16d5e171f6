# kill -9 of 'compress' at any moment: each file of the event log is there,
# whole, in one form or the other, and the next run completes it.  5 s.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);
use Retention::Fixture;
use Retention::Test;

my $POSTS = 2_500;
my $EACH = 20;                  # events of a post
my $ROUNDS = 10;
my $STEP_S = 0.010;             # a round is killed so much later than the last

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my $store = $t->store;

sub post {
    my ($n) = @_;

    return "POST /e\t[" . join(',', map { qq({"kind":"visit","customer":"c$_","event_id":"$n-$_"}) } 1 .. $EACH) . ']';
}

$t->ctl_ok('config', 'set', 'segment-mib', '1');
$t->nginx_start($shop->conf);
$t->load_wait($t->load_start(requests => [map { post($_) } 1 .. $POSTS], connections => 32, headers => ['Authorization: Bearer ' . $shop->key]));
$t->nginx_stop;

my $kept = $t->path('kept');

rename "$store/events", $kept or die;

sub files { return sort map { m{/(\d+)[.](?:mdb|z)$} ? $1 : () } glob "$store/events/*" }
sub forms { return join ' ', map { m{/\d+[.](.*)$} && $1 !~ /lock/ ? $1 : () } sort glob "$store/events/*" }

my ($events, @numbers, %seen);

for my $round (0 .. $ROUNDS) {
    system('rm', '-rf', "$store/events");
    system('cp', '-a', $kept, "$store/events") == 0 or die;

    if (!defined $events) {
        $events = $t->ctl_ok('export', 'events', '--format', 'csv');
        @numbers = files();
        cmp_ok(scalar @numbers, '>=', 3, "files: @numbers");
        next;
    }

    my $pid = $t->spawn({ env => { RETENTION_STORE => $store } }, $t->build . '/retentionctl', 'compress');

    sleep $round * $STEP_S;
    kill 'KILL', $pid;
    waitpid $pid, 0;

    my %there = map { $_ => 1 } files();

    $seen{forms()}++;
    is_deeply([sort keys %there], \@numbers, "round $round: all are there: " . forms());
    is($t->ctl_ok('export', 'events', '--format', 'csv'), $events, "round $round: and say the same");

    $t->ctl_ok('compress');
    is(forms(), join(' ', ('z') x $#numbers, 'mdb'), "round $round: completed");
    is($t->ctl_ok('export', 'events', '--format', 'csv'), $events, "round $round: and says the same");
}

note("after the kill: $_") for sort keys %seen;

done_testing;
