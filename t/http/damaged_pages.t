# Pages of LMDB's that the disk has changed: no worker reads them, all say so,
# and none dies again and again; what was repaired is taken again.  8 s.

use strict;
use warnings;

use Fcntl qw(SEEK_SET);
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $PAGE = 4096;
my $LEAF = 2;
my $SOON_S = 15;                # to see that the store is back
my $SAYS = qr/\[error\].*cannot open retention store ".*": a file is damaged/;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my @rows = $shop->rows;
my $key = { Authorization => 'Bearer ' . $shop->key };
my $file = $t->store . '/coupons/data.mdb';

# Where each leaf says that its nodes begin, which LMDB does not read when it
# looks for a row: so whoever dies here does so by our hand.

sub flip {
    open my $fh, '+<:raw', $file or die;

    for my $page (2 .. (-s $file) / $PAGE - 1) {
        sysseek $fh, $page * $PAGE, SEEK_SET or die;
        sysread $fh, my $head, 16 or die;

        next if unpack('x10 v', $head) != $LEAF;

        sysseek $fh, $page * $PAGE + 14, SEEK_SET or die;
        syswrite $fh, chr(ord(substr $head, 14, 1) ^ 4) or die;
    }

    close $fh or die;
}

sub answers {
    my ($row) = @_;

    return join ' ', $t->http('GET', $shop->path($row->{pixel_url}))->{status},
        $t->http('GET', $shop->path($row->{link_shop}))->{headers}{location} =~ /utm_campaign/ ? 'leads' : 'fallback',
        $t->http('GET', "/coupons/$row->{coupon}", headers => $key)->{status};
}

sub says { return scalar(() = $t->read_file('logs/error.log') =~ /$SAYS/g) }

sub heals {
    my ($name) = @_;

    ok(eval { $t->wait_for(sub { answers($rows[1]) eq '200 leads 200' }, 'it works again', $SOON_S) }, "$name: it works again by itself");
}


# Before the start.

flip();
$t->nginx_start($shop->conf(workers => 2));
is(answers($rows[0]), '200 fallback 503', 'at the start: nobody reads them') for 1 .. 4;
is(says(), 2, 'at the start: each worker says why, once');

my @workers = sort { $a <=> $b } $t->workers;

flip();
heals('at the start');
is_deeply([sort { $a <=> $b } $t->workers], \@workers, 'at the start: no worker has died');


# While they run: a worker that dies tells the others.

flip();
is(answers($rows[0]), '200 leads 200', 'while they run: nobody notices');
$t->worker_kill;
ok(eval { $t->wait_for(sub { answers($rows[0]) eq '200 fallback 503' }, 'it is noticed', $SOON_S) }, 'while they run: the next one notices');

for (1 .. 8) {
    is(answers($rows[0]), '200 fallback 503', 'while they run: all workers stop');
}

flip();
is(($t->ctl('check'))[0], 0, 'nothing was lost');
$t->allow_alerts(qr/worker process \d+ exited on signal 9/);

done_testing;
