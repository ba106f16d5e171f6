# Who is a person: each row of the known agents and headers, as it is
# recorded.  2 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row) = $shop->rows;

$t->nginx_start($shop->conf);

my $pixel = $shop->path($row->{pixel_url});
my $link = $shop->path($row->{link_shop});
my $trap = $shop->path($row->{link_trap});

my $chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 '
    . '(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
my $edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 '
    . '(KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246';

# name, path, headers, class and reasons; a method other than GET
my @cases = (
    ['a browser', $pixel, { 'User-Agent' => $chrome }, 'human'],
    ['no agent', $pixel, {}, 'human'],
    ['a click of a browser', $link, { 'User-Agent' => $chrome }, 'human'],

    ['Apple Mail Privacy Protection', $pixel, { 'User-Agent' => 'Mozilla/5.0' }, 'unknown privacy'],
    ['an agent that only begins so', $pixel, { 'User-Agent' => 'Mozilla/5.0 (X11)' }, 'human'],

    ['Gmail, displayed', $pixel, { 'User-Agent' => 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)' }, 'human proxied'],
    ['Gmail, ahead', $pixel, { 'User-Agent' => "$edge Mozilla/5.0" }, 'machine agent'],
    ['Edge itself', $pixel, { 'User-Agent' => $edge }, 'human'],
    ['Gmail, sampling', $pixel, { 'User-Agent' => 'Mozilla/5.0 (compatible; Gmail-content-sampling)' }, 'machine agent'],
    ['Yahoo', $pixel, { 'User-Agent' => 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html' }, 'human proxied'],
    ['Yandex', $pixel, { 'User-Agent' => 'Mozilla/5.0 (compatible; YandexImageResizer/2.0; +http://yandex.com/bots)' }, 'human proxied'],

    ['Sec-Purpose prefetch', $link, { 'Sec-Purpose' => 'prefetch' }, 'machine prefetch'],
    ['Sec-Purpose prerender', $link, { 'Sec-Purpose' => 'prefetch;prerender' }, 'machine prefetch'],
    ['Purpose', $link, { 'Purpose' => 'prefetch' }, 'machine prefetch'],
    ['X-Purpose', $link, { 'X-Purpose' => 'preview' }, 'machine prefetch'],
    ['X-Moz', $link, { 'X-Moz' => 'Prefetch' }, 'machine prefetch'],
    ['another purpose', $link, { 'Sec-Purpose' => 'navigate', 'X-Moz' => 'no' }, 'human'],

    ['HEAD of a link', $link, { 'User-Agent' => $chrome }, 'machine head', 'HEAD'],
    ['HEAD of a pixel', $pixel, {}, 'machine head', 'HEAD'],
    ['the honeypot', $trap, { 'User-Agent' => $chrome }, 'machine honeypot'],

    ['all at once', $trap, { 'User-Agent' => 'Mozilla/5.0', 'Purpose' => 'preview' }, 'machine head,honeypot,prefetch,privacy', 'HEAD'],
    ['a proxy that prefetches', $pixel, { 'User-Agent' => 'GoogleImageProxy', 'X-Moz' => 'prefetch' }, 'machine prefetch,proxied'],

    # what a shop's own page says of its visitor
    ['an event', undef, { 'User-Agent' => $chrome }, 'human', 'POST'],
    ['a prerendered event', undef, { 'Sec-Purpose' => 'prefetch;prerender' }, 'machine prefetch', 'POST'],
);

my $visit = $shop->sign($row->{customer_id}, '--visit');

for my $case (@cases) {
    my ($name, $path, $headers, undef, $method) = @$case;

    if (defined $path) {
        $t->http($method || 'GET', $path, headers => $headers);
    } else {
        $t->http('POST', '/e', headers => $headers, json => { kind => 'view', token => $visit });
    }
}

my @events = $shop->events;

for my $case (@cases) {
    my ($name, undef, undef, $expected) = @$case;
    my $event = shift @events || {};

    is(join(' ', grep { length } $event->{class} // '', join ',', sort split ' ', $event->{reasons} // ''), $expected, $name);
}

is(scalar @events, 0, 'each was recorded once');

my %expected;

$expected{$_->[3] =~ s/ .*//r}++ for @cases;

my $counts = $shop->status->{events};

for my $class (qw(human unknown machine)) {
    my $n = 0;

    $n += $counts->{$_}{$class} for keys %$counts;
    is($n, $expected{$class}, "counted: $class");
}

done_testing;
