# A reader that is killed in the midst of a read pins pages; nginx lets them
# go.  15 s, 10 of them to wait.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);
use Retention::Fixture;
use Retention::Test;

my $EVENTS = 50_000;
my $TRIES = 200;
my $SOON_S = 20;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);

$t->nginx_start($shop->conf);

my $visit = $shop->sign(($shop->rows)[0]{customer_id}, '--visit');
my $body = '[' . join(',', (qq({"kind":"view","token":"$visit"})) x 1000) . ']';

$t->http('POST', '/e', body => $body, headers => { 'Content-Type' => 'application/json' }) for 1 .. $EVENTS / 1000;

sub readers { return $shop->status->{store}{events}{readers}; }

is(readers(), 0, 'nobody reads');

my $tries = 0;

until ($tries == $TRIES || readers() > 0) {
    my $pid = $t->spawn({}, $t->build . '/retentionctl', 'export', 'events', '--store', $t->store);

    sleep 0.01 + rand 0.1;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    $tries++;
}

cmp_ok(readers(), '>', 0, 'a reader died in the midst of a read') or diag("$tries tries");
ok(eval { $t->wait_for(sub { readers() == 0 }, 'it is gone', $SOON_S) }, 'it pins nothing any more');

done_testing;
