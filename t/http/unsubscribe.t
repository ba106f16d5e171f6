# Unsubscribing by RFC 8058: a GET changes nothing, a POST takes effect at
# once.  1 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row, @others) = $shop->rows;

$t->nginx_start($shop->conf);

my $path = $shop->path($row->{unsubscribe_url});
my $boundary = 'x-boundary';
my $form = "--$boundary\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--$boundary--\r\n";

sub unsubscribed {
    return grep { $_->{kind} eq 'unsubscribe' } $shop->events;
}

sub post {
    my ($url, $type, $body) = @_;

    return $t->http('POST', $shop->path($url), body => $body, headers => { 'Content-Type' => $type });
}


# asking

my $r = $t->http('GET', $path);

is($r->{status}, 200, 'GET');
like($r->{headers}{'content-type'}, qr{^text/html}, 'a page');
like($r->{body}, qr{<form method="post">.*<button}s, 'with a button');
unlike($r->{body}, qr{<script|<img|https?://}, 'and nothing that fetches');
ok(!exists $r->{headers}{'set-cookie'}, 'no cookie');
is($r->{headers}{'cache-control'}, 'private, no-store', 'not cached');
is($r->{headers}{'referrer-policy'}, 'no-referrer', 'the token stays here');

my $head = $t->http('HEAD', $path);

is("$head->{status} $head->{headers}{'content-length'}", '200 ' . length $r->{body}, 'HEAD answers as GET');
$t->http('GET', "$path?List-Unsubscribe=One-Click");
is(scalar unsubscribed(), 0, 'and nobody is unsubscribed');
is(scalar $shop->merge, 1 + @others, 'the merge file has everybody');


# doing it: content type and body, as mail services send them

my @forms = (
    ['urlencoded', $row, 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    ['multipart', $others[0], "multipart/form-data; boundary=$boundary", $form],
    ['the button', $others[1], 'application/x-www-form-urlencoded', ''],
);

for my $case (@forms) {
    my ($name, $whose, $type, $body) = @$case;

    $r = post($whose->{unsubscribe_url}, $type, $body);

    is($r->{status}, 200, $name);
    ok(!exists $r->{headers}{$_}, "$name: no $_") for qw(location set-cookie);
    like($r->{body}, qr/You are unsubscribed/, "$name: says so");
    ok(!grep({ $_->{customer_id} eq $whose->{customer_id} } $shop->merge), "$name: gone from the merge file");
}

is(scalar $shop->merge, @others - 2, 'the others stay');
is(scalar unsubscribed(), 3, 'three are unsubscribed');
is((unsubscribed())[0]{customer_id}, $row->{customer_id}, 'by name');
is((unsubscribed())[0]{campaign}, 'winback', 'and campaign');
is(post($row->{unsubscribe_url}, $forms[0][2], $forms[0][3])->{status}, 200, 'once more');
is(scalar unsubscribed(), 3, 'changes nothing');
is($t->http('GET', $path)->{status}, 200, 'the page is still there');
is($t->http('GET', $shop->path($row->{link_shop}))->{status}, 302, 'and so are the links of the mail');


# bad tokens: what is shown, and nobody is unsubscribed

my ($token) = $path =~ m{([^/]+)$};
my ($pixel) = $others[3]{pixel_url} =~ m{([^/]+)\.gif$};
my ($link) = $others[3]{link_shop} =~ m{([^/]+)$};
my $flipped = $others[3]{unsubscribe_url} =~ s{.*/}{}r;

substr($flipped, 30, 1) = substr($flipped, 30, 1) eq 'A' ? 'B' : 'A';

my @bad = (
    ['a bit flipped', $flipped, 'mac'],
    ['cut', substr($token, 0, 20), 'form'],
    ['of a pixel', $pixel, 'purpose'],
    ['of a link', $link, 'purpose'],
    ['of another version', 'A' . substr($token, 1), 'version'],
    ['empty', '', 'form'],
    ['long', 'A' x 3000, 'form'],
);

for my $case (@bad) {
    my ($name, $bad, $reason) = @$case;
    my $before = $shop->status->{rejected}{unsubscribe}{$reason} // 0;

    is($t->http($_, "/u/$bad", $_ eq 'POST' ? (body => 'List-Unsubscribe=One-Click') : ())->{status}, 404, "$_ $name") for qw(GET POST);
    is($shop->status->{rejected}{unsubscribe}{$reason}, $before + 2, "$name is counted: $reason");
}

is($t->http('POST', '/u/%7B%7Brtn_unsubscribe%7D%7D', body => '')->{status}, 404, 'a merge tag');
is($shop->status->{unmerged}, 1, 'is counted');
is($t->http($_, $path)->{status}, 405, "$_ is not allowed") for qw(PUT DELETE);
is(scalar unsubscribed(), 3, 'nobody was unsubscribed by any of this');

done_testing;
