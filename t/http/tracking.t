# Pixel and redirect: what they answer, what they record, and that a bad token
# changes nothing but a counter.

use strict;
use warnings;

use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row, $other) = $shop->rows;

$t->nginx_start($shop->conf);

my $pixel = $shop->path($row->{pixel_url});
my $link = $shop->path($row->{link_shop});
my $coupon = $row->{coupon};


sub status { return decode_json($t->http('GET', '/status')->{body}) }

sub events {
    return map { decode_json($_) }
        split /\n/, $t->ctl_ok('export', 'events', '--format', 'jsonl');
}


# the pixel

my $r = $t->http('GET', $pixel);

is($r->{status}, 200, 'pixel');
is(length $r->{body}, 43, 'a picture of 43 bytes');
like($r->{body}, qr/^GIF89a/, 'which is a GIF');
is($r->{headers}{'content-type'}, 'image/gif', 'and says so');
is($r->{headers}{'content-length'}, 43, 'with its length');
is($r->{headers}{'cache-control'},
   'no-store, no-cache, must-revalidate, private', 'never cached');
ok(!exists $r->{headers}{$_}, "no $_") for qw(etag last-modified set-cookie);

# the redirect

$r = $t->http('GET', $link);

is($r->{status}, 302, 'redirect');
like($r->{headers}{location},
     qr{^https://shop\.example/\?utm_campaign=winback&coupon=\Q$coupon\E&v=[\w-]{40}#top$},
     'with campaign, coupon and visit');
is($r->{headers}{'referrer-policy'}, 'no-referrer', 'no referrer');
is($r->{headers}{'cache-control'}, 'private, no-store', 'not cached');
is($r->{headers}{'x-robots-tag'}, 'noindex', 'not indexed');

$r = $t->http('GET', "$link?gclid=1&coupon=MINE&a=b%20c");

like($r->{headers}{location}, qr/&gclid=1&a=b%20c#top$/,
     'arguments are added where the target lacks them, before the fragment');
unlike($r->{headers}{location}, qr/MINE/, 'and never over its own');

$r = $t->http('GET', $shop->path($row->{link_price}));
is($r->{headers}{location}, 'https://shop.example/thanks', 'a survey link');

$r = $t->http('GET', $shop->path($row->{link_trap}));
is($r->{headers}{location}, 'https://shop.example/', 'the honeypot');

# machines

is($t->http('HEAD', $pixel)->{status}, 200, 'HEAD of a pixel');
is($t->http('HEAD', $link)->{status}, 302, 'HEAD of a link');
is($t->http('GET', $pixel, headers => { 'Sec-Purpose' => 'prefetch' })
       ->{status}, 200, 'prefetch');
$t->http('GET', $pixel, headers => { 'User-Agent' => 'Mozilla/5.0' });

my @events = events();

is(scalar @events, 9, 'each is recorded once');
is_deeply([map { "$_->{kind} $_->{class}" } @events],
          ['open human', 'click human', 'click human', 'click human',
           'click machine', 'open machine', 'click machine', 'open machine',
           'open unknown'],
          'with its kind and class');
is($events[3]{survey}, 'too-expensive', 'a survey click has its answer');
is($events[0]{customer_id}, $row->{customer_id}, 'of its customer');
is($events[0]{campaign}, 'winback', 'and campaign');
ok($events[0]{id} lt $events[-1]{id} || length $events[0]{id}
   < length $events[-1]{id}, 'in the order of ids');

# bad tokens: pixel still 200, redirect to the fallback, nothing recorded

my ($token) = $link =~ m{([^/]+)$};
my ($picture) = $pixel =~ m{([^/]+)\.gif$};

sub flip {
    my ($text, $i) = @_;

    my $c = substr($text, $i, 1);

    substr($text, $i, 1) = $c eq 'A' ? 'B' : 'A';

    return $text;
}

my @bad = (
    ['a bit flipped in the MAC', flip($token, 30), flip($picture, 30), 'mac'],
    ['a bit flipped in the recipient', flip($token, 9), flip($picture, 9), 'mac'],
    ['cut', substr($token, 0, 35), substr($picture, 0, 35), 'form'],
    ['padded', "$token=", "$picture=", 'form'],
    ['one more', "${token}A", "${picture}A", 'form'],
    ['of another purpose', $picture, $token, 'purpose'],
    ['of another version', 'A' . substr($token, 1), 'A' . substr($picture, 1), 'version'],
    ['with an unknown key', substr($token, 0, 2) . '8' . substr($token, 3),
     substr($picture, 0, 2) . '8' . substr($picture, 3), 'key'],
    ['not base64', ('*' x 36) x 2, 'form'],
    ['empty', '', '', 'form'],
    ['very long', ('A' x 3000) x 2, 'form'],
);

for my $case (@bad) {
    my ($name, $bad_link, $bad_pixel, $reason) = @$case;
    my $before = status();

    $r = $t->http('GET', "/o/$bad_pixel.gif");
    is($r->{status} . length $r->{body}, '20043', "pixel $name");

    $r = $t->http('GET', "/r/$bad_link");
    is("$r->{status} $r->{headers}{location}", '302 https://shop.example/',
       "link $name");

    my $after = status();

    for my $endpoint (qw(pixel redirect)) {
        is(($after->{rejected}{$endpoint}{$reason} // 0)
           - ($before->{rejected}{$endpoint}{$reason} // 0), 1,
           "one counter: $endpoint $reason, $name");
    }
}

for my $tag ('*|RTN_CODE|*', '{{rtn_pixel}}', '%7B%7Brtn%7D%7D') {
    is($t->http('GET', "/o/$tag")->{status}, 200, "merge tag $tag: pixel");
    is($t->http('GET', "/r/$tag")->{headers}{location},
       'https://shop.example/', "merge tag $tag: fallback");
}

is(status()->{unmerged}, 6, 'unmerged tags are counted');
is($t->http($_, $pixel)->{status}, 405, "$_ is not allowed")
    for qw(POST PUT DELETE);
is(scalar events(), 9, 'and nothing of all this was recorded');

done_testing;
