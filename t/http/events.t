# POST /e: what is taken, what is refused and why, and that a refused post
# leaves nothing behind.  3 s.

use strict;
use warnings;

use IO::Compress::Gzip qw(gzip);
use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 40);
my $other = Retention::Fixture->new($t, slug => 'other', links => [qw(price shop)]);
my ($row) = $shop->rows;
my $customer = $row->{customer_id};

my %keys = (
    shop => $shop->key,
    erp  => $shop->api_key('erp', 'events'),
    till => $shop->api_key('till', 'coupons'),
);

$t->nginx_start($shop->conf(server => <<'END'));
        client_body_buffer_size 64k;
        location = /big { retention_events; client_max_body_size 4m; }
        location = /small { retention_events; client_max_body_size 1k; }
        location = /file { retention_events; client_body_buffer_size 1k; }
END

my $visit = $shop->sign($customer, '--visit');
my $view = qq({"kind":"view","token":"$visit"});
my $bad = qq({"kind":"look","token":"$visit"});
my $sale = qq({"kind":"purchase","customer":"$customer","order_id":"s1",)
    . qq("amount":"30.00","currency":"EUR"});


# Options: path, type, key (a name of %keys, or a whole value), and headers.

sub post {
    my ($body, %opt) = @_;

    my %headers = ('Content-Type' => $opt{type} || 'application/json',
                   %{ $opt{headers} || {} });

    if (defined $opt{key}) {
        $headers{Authorization} = exists $keys{$opt{key}}
            ? "Bearer $keys{$opt{key}}" : $opt{key};
    }

    return $t->http($opt{method} || 'POST', $opt{path} || '/e',
                    headers => \%headers, body => $body);
}

sub compress {
    my ($text) = @_;

    gzip(\$text, \my $data);

    return $data;
}


# what is taken: name, body, how many events, options

my %gzip = (headers => { 'Content-Encoding' => 'gzip' });
my @taken = (
    ['one event', $view, 1],
    ['an array', "[$view,$view]", 2],
    ['an empty array', '[]', 0],
    ['lines', "$view\n$view\n$view\n", 3],
    ['lines with CRLF and an empty one', "$view\r\n\r\n$view", 2],
    ['an event over several lines', "{\n  \"kind\": \"view\",\n  \"token\": \"$visit\"\n}\n", 1],
    ['text/plain, as beacons have it', $view, 1, type => 'text/plain;charset=UTF-8'],
    ['gzip', compress("[$view,$view]"), 2, %gzip],
    ['GZIP', compress($view), 1, headers => { 'Content-Encoding' => 'GZIP' }],
    ['identity', $view, 1, headers => { 'Content-Encoding' => 'identity' }],
    ['with its campaign and link', $view =~ s/}$/,"campaign":"winback","link":"shop"}/r, 1],
    ['a survey', qq({"kind":"survey","token":"$visit","answer":"too-expensive"}), 1],
    ['a body in a temporary file', "$view\n" x 100, 100, path => '/file'],
    ['the same in gzip', compress(join '', map { qq({"kind":"view","token":"$visit","event_id":") . rand() . qq("}\n) } 1 .. 100), 100, path => '/file', %gzip],
    ['a server by name', $sale, 1, key => 'shop'],
    ['a server with a visit token', $view, 1, key => 'shop'],
    ['the scheme in small letters', $view, 1, key => "bearer $keys{erp}"],
    ['an amount that is a whole number', $sale =~ s/"30.00"/30/r, 1, key => 'erp'],
    ['a thousand events', "$view\n" x 1000, 1000],
);

my $count = 0;

for my $case (@taken) {
    my ($name, $body, $n, %opt) = @$case;

    my $r = post($body, %opt);

    $count += $n;

    is("$r->{status} $r->{body}", '204 ', $name);
    is(scalar $shop->lines, $count, "$name: recorded");
}

is($shop->status->{events}{view}{human} + $shop->status->{events}{survey}{human}
   + $shop->status->{events}{purchase}{human}, $count, 'and counted');


# what is refused: name, body, status, what the answer says, options

sub deep {
    my ($n) = @_;

    return '{"kind":"view","token":"t","items":' . '[' x $n . ']' x $n . '}';
}

sub with {
    my ($event, $more) = @_;

    return $event =~ s/}$/,$more}/r;
}

my ($pixel) = $row->{pixel_url} =~ m{([^/]+)\.gif$};
my $old = $shop->sign($customer, '--visit', '--as-of', Retention::Fixture::day(-32));
my $flipped = $visit;

substr($flipped, 30, 1) = substr($flipped, 30, 1) eq 'A' ? 'B' : 'A';

my $alone = qr/^\{"error":"the body cannot be read"\}/;

my @refused = (
    ['broken JSON', substr($view, 0, 20), 400, qr/line 1, column \d+: the text ends too early/],
    ['no JSON', 'kind=view', 400, qr/line 1, column \d+: not JSON/],
    ['broken in its second line', "$view\n{\"kind\n", 400, qr/line 2, column \d+:/],
    ['an empty body', '', 400, qr/the body is empty/],
    ['bytes that are not UTF-8', qq({"kind":"view","token":"\xff"}), 400, qr/line 1, column \d+: bytes that are not UTF-8/],
    ['a zero byte', qq({"kind":"view","token":"a\\u0000b"}), 400, qr/line 1, column \d+: a string holds/],
    ['too deep', deep(9), 400, qr/line 1, column \d+: more than 8 levels/],
    ['deep beyond reason', deep(100_000), 400, qr/more than 8 levels/],
    ['too many', "$view\n" x 1001, 400, qr/more than 1000 events/],
    ['a field too long', with($view, '"event_id":"' . 'x' x 129 . '"'), 400, qr/event_id: must have 1 to 128 bytes/],
    ['a wrong type', qq({"kind":5,"token":"$visit"}), 400, qr/kind: must be a string/],
    ['not an object', '"view"', 400, qr/must be an object|not JSON/],
    ['an unknown kind', $bad, 400, qr/kind: is not a kind of event/],
    ['no kind', qq({"token":"$visit"}), 400, qr/kind: is missing/],
    ['a field twice', with($view, '"kind":"cart"'), 400, qr/line 1, column \d+: a field comes twice/],
    ['an unknown field', with($view, '"emial":"a@b.c"'), 400, qr/unknown field 'emial'/],
    ['an unknown field of an item', with($view, '"items":[{"sku":"a"},{"sku":"b","x":1}]'), 400, qr/items\[1\]: unknown field 'x'/],
    ['a control byte', with($view, '"order_id":"a\\nb"'), 400, qr/order_id: holds a control character/],
    ['an unknown campaign', with($view, '"campaign":"none"'), 400, qr/campaign: unknown campaign 'none'/],
    ['an unknown link', with($view, '"link":"none"'), 400, qr/link: unknown link 'none'/],
    ['the second of two', "[$view,$bad]", 400, qr/\[1\]\.kind: is not a kind/],
    ['the last of a thousand', "$view\n" x 999 . $bad, 400, qr/\[999\]\.kind: is not a kind/],
    ['the campaign of the second', "[$view," . with($view, '"campaign":"x"') . ']', 400, qr/\[1\]\.campaign: unknown campaign 'x'/],

    ['no token', '{"kind":"view"}', 400, qr/token: is missing/],
    ['a token that is none', '{"kind":"view","token":"hello"}', 400, qr/token: .*'hello'/],
    ['a bit flipped', qq({"kind":"view","token":"$flipped"}), 400, qr/token: /],
    ['a token of another purpose', qq({"kind":"view","token":"$pixel"}), 400, qr/token: /],
    ['a token of long ago', qq({"kind":"view","token":"$old"}), 400, qr/token: a visit token older than 30 days/],

    ['a purchase from a browser', qq({"kind":"purchase","token":"$visit"}), 400, qr/kind: 'purchase' needs an API key/],
    ['an open from a browser', qq({"kind":"open","token":"$visit"}), 400, qr/kind: 'open' needs an API key/],
    ['an amount from a browser', with($view, '"amount":"1.00","currency":"EUR"'), 400, qr/(?:amount|currency): needs an API key/],
    ['a price from a browser', with($view, '"items":[{"sku":"a","price":"1.00"}]'), 400, qr/items\[0\]\.price: needs an API key/],
    ['a customer from a browser', qq({"kind":"view","customer":"$customer"}), 400, qr/customer: needs an API key/],
    ['a time from a browser', with($view, '"occurred_at":"2026-01-01T00:00:00Z"'), 400, qr/occurred_at: needs an API key/],

    ['token and customer', with($view, qq("customer":"$customer")), 400, qr/customer: excludes a token/, key => 'shop'],
    ['neither of both', '{"kind":"view"}', 400, qr/needs a token or a customer/, key => 'shop'],
    ['a purchase without an amount', $sale =~ s/"amount":"30.00",//r, 400, qr/amount: is missing/, key => 'shop'],
    ['a purchase without an order', $sale =~ s/"order_id":"s1",//r, 400, qr/order_id: is missing/, key => 'shop'],
    ['an amount with a fraction', $sale =~ s/"30.00"/30.5/r, 400, qr/amount: must be a string such as/, key => 'shop'],
    ['a negative amount', $sale =~ s/30.00/-30.00/r, 400, qr/amount: /, key => 'shop'],
    ['an amount beyond reason', $sale =~ s/30.00/99999999999999999999/r, 400, qr/amount: is not an amount/, key => 'shop'],
    ['an unknown currency', $sale =~ s/EUR/XYZ/r, 400, qr/currency: must be a code of ISO 4217/, key => 'shop'],
    ['a time that is none', with($sale, '"occurred_at":"2026-02-30T00:00:00Z"'), 400, qr/occurred_at: is not a time/, key => 'shop'],

    ['an unknown key', $view, 401, qr/not a key for events/, key => 'Bearer rtn_' . 'x' x 40],
    ['a key of coupons', $view, 403, qr/not a key for events/, key => 'till'],
    ['another scheme', $view, 401, qr/not a key for events/, key => 'Basic c2hvcDpzaG9w'],
    ['an empty key', $view, 401, qr/not a key for events/, key => 'Bearer '],

    ['cut gzip', substr(compress("$view\n" x 9), 0, -9), 400, $alone, %gzip],
    ['bytes behind gzip', compress($view) . 'x', 400, $alone, %gzip],
    ['no gzip', $view, 400, $alone, %gzip],
    ['gzip of nothing', compress(''), 400, qr/the body is empty/, %gzip],
    ['gzip of a broken event', compress("$view\n$bad"), 400, qr/\[1\]\.kind/, %gzip],
    ['a gzip bomb', compress(' ' x 50_000_000), 413, $alone, %gzip],
    ['gzip one byte over the limit', compress($view . ' ' x (1_048_577 - length $view)), 413, $alone, %gzip],
    ['deflate', $view, 415, $alone, headers => { 'Content-Encoding' => 'deflate' }],
    ['br', $view, 415, $alone, headers => { 'Content-Encoding' => 'br' }],
    ['gzip twice', $view, 415, $alone, headers => { 'Content-Encoding' => 'gzip, gzip' }],
    ['more than a body may have', $view . ' ' x 1_048_576, 413, $alone, path => '/big'],
    ['more than nginx lets pass', $view . ' ' x 1024, 413, qr/413 Request Entity Too Large/, path => '/small'],

    ['another origin', $view, 403, qr/origin is not allowed/, headers => { Origin => 'https://evil.example' }],
    ['our origin over http', $view, 403, qr/origin is not allowed/, headers => { Origin => 'http://shop.example' }],
    ['an origin that begins like ours', $view, 403, qr/origin is not allowed/, headers => { Origin => 'https://shop.example.evil.example' }],
    ['the origin null', $view, 403, qr/origin is not allowed/, headers => { Origin => 'null' }],
    ['an origin where none is allowed', $view, 403, qr/origin is not allowed/, headers => { Origin => 'https://shop.example' }, path => '/big'],
    ['PUT', $view, 405, qr/events are posted/, method => 'PUT'],
    ['GET', undef, 405, qr/events are posted/, method => 'GET'],
);

my $counted = $shop->status->{events};

for my $case (@refused) {
    my ($name, $body, $status, $says, %opt) = @$case;

    my $r = post($body, %opt);

    is($r->{status}, $status, $name);
    like($r->{body}, $says, "$name: why");
}

is(scalar $shop->lines, $count, 'nothing of all this was recorded');
is_deeply($shop->status->{events}, $counted, 'or counted as an event');

is($shop->status->{rejected}{events}{purpose}, 1, 'a foreign token is counted as one');
is($shop->status->{rejected}{events}{expired}, 1, 'and an old one');

is(post(with($view, '"event_id":"' . 'x' x 128 . '"'))->{status}, 204, 'a field of just its length');
is(post(with($view, '"items":[{"sku":"a"}]'))->{status}, 204, 'items without a price, from a browser');
is(post($view . ' ' x (1_048_576 - length $view), path => '/big')->{status}, 204, 'a body of just its length');
is(post(compress($view . ' ' x (1_048_576 - length $view)), %gzip)->{status}, 204, 'and one inflated');

$count += 4;


my $chunked = $t->raw("POST /e HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    . join('', map { sprintf "%x\r\n%s\r\n", length, $_ } $view =~ /(.{1,10})/g) . "0\r\n\r\n");

like($chunked, qr{^HTTP/1\.1 204 }, 'a body in pieces');

$count++;


# a post whose events name now one campaign and link, now another

my @named = map { [split] } 'winback shop', 'winback shop', 'winback price', 'other price', 'other shop', 'winback shop', 'other shop';

is(post(join("\n", map { qq({"kind":"cart","customer":"$customer","campaign":"$_->[0]","link":"$_->[1]"}) } @named),
        key => 'shop')->{status}, 204, 'events of several campaigns');
is_deeply([map { [@{$_}{qw(campaign link)}] } grep { $_->{kind} eq 'cart' } $shop->events], \@named, 'each with its own names');

$count += @named;


# partial

my $r = post("$view\n$bad\n" . with($view, '"campaign":"x"') . "\nnope\n$view\n", path => '/e?partial=1');
my $verdicts = decode_json($r->{body});

is($r->{status}, 200, 'partial');
is(join(' ', map { $_->{recorded} ? 'yes' : 'no' } @$verdicts), 'yes no no no yes', 'has a verdict for each');
is(join(' ', map { $_->{index} } @$verdicts), '0 1 2 3 4', 'in order');
like($verdicts->[1]{error}, qr/\[1\]\.kind: is not a kind/, 'with the fault');
like($verdicts->[2]{error}, qr/\[2\]\.campaign: unknown campaign 'x'/, 'of each');
like($verdicts->[3]{error}, qr/line 4, column \d+: not JSON/, 'kind');

$count += 2;

is(post("$view\n$bad\n", path => '/e?partial=0')->{status}, 400, 'partial=0 is not partial');
is(scalar $shop->lines, $count, 'the good ones are recorded');
is(post("$bad\n$bad\n", path => '/e?partial=1')->{status}, 200, 'none good');
is(scalar $shop->lines, $count, 'none recorded');


# origins: Origin, status, whether the answer allows it

my @origins = (
    [undef, 204, undef],
    ['https://shop.example', 204, 'https://shop.example'],
);

for my $method (qw(POST OPTIONS)) {
    for my $case (@origins) {
        my ($origin, $status, $allowed) = @$case;
        my $name = "$method from " . ($origin // 'nowhere');

        $r = $t->http($method, '/e', headers => { Origin => $origin },
                      $method eq 'POST' ? (body => $view) : ());

        is($r->{status}, $status, $name);
        is($r->{headers}{'access-control-allow-origin'}, $allowed, "$name: what is allowed");
        is($r->{headers}{vary}, 'Origin', "$name: varies");
        ok(!exists $r->{headers}{$_}, "$name: no $_") for qw(access-control-allow-credentials set-cookie);
    }
}

$count += 2;

$r = $t->http('OPTIONS', '/e', headers => { Origin => 'https://shop.example', 'Access-Control-Request-Method' => 'POST' });

is($r->{headers}{'access-control-allow-methods'}, 'POST', 'OPTIONS: methods');
is($r->{headers}{'access-control-allow-headers'}, 'Content-Type, Content-Encoding', 'OPTIONS: headers');
is($t->http('OPTIONS', '/e', headers => { Origin => 'https://evil.example' })->{status}, 403, 'OPTIONS from elsewhere');
is($t->http('POST', '/e', headers => { Authorization => 'x' }, body => $view)->{headers}{'www-authenticate'}, 'Bearer', '401 says what it wants');


# repeats

my $once = with($view, '"event_id":"e1"');

is(post($once)->{status}, 204, "event_id, post $_") for 1 .. 3;
is(post("[$once,$once]")->{status}, 204, 'twice in one post');
is(scalar $shop->lines, ++$count, 'one event');

my $theirs = qq({"kind":"cart","customer":"$customer","event_id":"e1"});

is(post($theirs, key => $_)->{status}, 204, "the same event_id from $_") for qw(shop shop erp erp);
$count += 2;
is(scalar $shop->lines, $count, 'is one of each');


# what a server says is what is exported

post(encode_json({
    kind => 'purchase', customer => $customer, campaign => 'winback',
    occurred_at => '2026-01-02T03:04:05+02:00', order_id => 'big one',
    amount => '1234.50', currency => 'UAH', items => [
        { sku => 'a', quantity => 2, price => '600.00', category => 'toys' },
        { sku => 'b', quantity => '0.5', price => '69.00' },
    ],
}), key => 'shop');

my ($event) = grep { ($_->{order_id} // '') eq 'big one' } $shop->events;

is($event->{customer_id}, $customer, 'exported: the customer');
is($event->{occurred_at}, '2026-01-02T01:04:05Z', 'the time');
is("$event->{amount} $event->{currency}", '1234.50 UAH', 'the money');
is("$event->{kind} $event->{class} $event->{campaign}", 'purchase human winback', 'kind, class and campaign');
is_deeply(decode_json($event->{items}), [
    { sku => 'a', category => 'toys', quantity => 2, price => '600.00' },
    { sku => 'b', quantity => 0.5, price => '69.00' },
], 'the items');


# a customer who is not known yet

post('{"kind":"cart","customer":"later","order_id":"o-later"}', key => 'shop');

sub later { return (grep { ($_->{order_id} // '') eq 'o-later' } $shop->events)[0] }

is(later()->{customer_id}, undef, 'an unknown customer has no id');
$t->ctl_ok('import', 'customers', $t->write_file('later.csv', "customer_id,email\nlater,later\@example.com\n"));
is(later()->{customer_id}, 'later', 'until an import brings it');

done_testing;
