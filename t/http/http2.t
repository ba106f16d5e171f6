# HTTP/2: many streams on a connection, and clients that leave in the middle.
# 1 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $STREAMS = 5_000;
my $LEAVERS = 20;

my ($h2load) = grep { -x } map { "$_/h2load" } split /:/, $ENV{PATH};

plan(skip_all => 'h2load is not here: install nghttp2-client') if !defined $h2load;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);

$t->nginx_start($shop->conf(server => "listen unix:%%DIR%%/h2 http2;\n"));

my $url = $t->url;

$t->write_file('uris', join '', map { ($_->{pixel_url} . "\n", "$_->{link_shop}\n") } $shop->rows);

my @base = ($h2load, '--base-uri', 'unix:' . $t->path('h2'));
my @load = (@base, '-i', $t->path('uris'));

sub fds {
    my ($worker) = $t->workers;

    return scalar(() = glob "/proc/$worker/fd/*");
}


# all stay

my $before = fds();
my ($status, $out) = $t->run({}, @load, '-n', $STREAMS, '-c', 4, '-m', 100);

like($out, qr/\b$STREAMS succeeded, 0 failed, 0 errored, 0 timeout/, "$STREAMS streams are answered") or diag($out);
like($out, qr{status codes: \d+ 2xx, \d+ 3xx, 0 4xx, 0 5xx}, 'as they should be');

my ($ok, $found) = $out =~ /status codes: (\d+) 2xx, (\d+) 3xx/;
my @events = $shop->lines;

is(scalar @events, $STREAMS, 'as many events');
is(scalar(grep { /"open"/ } @events), $ok, 'opens as pictures');
is(scalar(grep { /"click"/ } @events), $found, 'clicks as redirects');


# a browser's post, and a coupon

my $visit = $shop->sign(($shop->rows)[0]{customer_id}, '--visit');

$t->write_file('post', qq({"kind":"view","token":"$visit"}));
(undef, $out) = $t->run({}, @base, '-n', 100, '-c', 2, '-m', 10, '-d', $t->path('post'), "$url/e");
like($out, qr/status codes: 100 2xx/, 'posts are answered') or diag($out);
is(scalar $shop->lines, $STREAMS + 100, 'and recorded');
(undef, $out) = $t->run({}, @base, '-n', 100, '-c', 2, '-m', 10, '-H', 'Authorization: Bearer ' . $shop->key, "$url/coupons/" . ($shop->rows)[0]{coupon});
like($out, qr/status codes: 100 2xx/, 'coupons too') or diag($out);


# some leave: killed with streams open

my $recorded = $shop->lines;

for (1 .. $LEAVERS) {
    my $pid = $t->spawn({}, @load, '-n', 1_000_000, '-c', 4, '-m', 100);
    my $seen = $shop->status->{requests}{pixel}{200};

    $t->wait_for(sub { $shop->status->{requests}{pixel}{200} > $seen }, 'it has begun');
    kill 'KILL', $pid;
    waitpid $pid, 0;
}

ok(eval { $t->wait_for(sub { fds() <= $before + 1 }, 'connections are closed', 5) }, "$LEAVERS left in the middle: their connections are closed");
ok(eval { $t->wait_for(sub { $shop->status->{queue_length} == 0 }, 'the queue is empty', 5) }, 'nobody is waited for');

my $answered = $shop->status->{events};
my $taken = 0;

$taken += $_->{human} for values %$answered;
is(scalar $shop->lines, $taken, 'what was taken is recorded');
cmp_ok($taken, '>', $recorded, 'and there was something');
(undef, $out) = $t->run({}, @load, '-n', 1_000, '-c', 4, '-m', 100);
like($out, qr/\b1000 succeeded, 0 failed/, 'others are served');

done_testing;
