# Each directive is refused, with the reason, in the wrong place, twice, empty
# or with a bad value; and 'nginx -t' never touches the store.

use strict;
use warnings;

use Test::More;
use Retention::Test;

my $t = Retention::Test->new;

$t->forget_store;
$t->write_file('keys', '');
$t->write_file('bad-keys', "shop coupons nothex 2026-11-25T09:30:00Z\n");

my $STORE = 'retention_store %%STORE%%;';
my $PIXEL = 'location /o/ { retention_pixel; }';
my $REDIRECT = 'location /r/ { retention_redirect; %s }';

# name => [ http, server, reason; what the reason must say ]
my @refused = (
    ['retention_store in server', '', $STORE, qr/"retention_store" directive is not allowed here/],
    ['retention_store twice', "$STORE $STORE", '', qr/"retention_store" directive is duplicate/],
    ['retention_store empty', 'retention_store "";', '', qr/"retention_store" directive needs a directory/],
    ['retention_store without a value', 'retention_store;', '', qr/invalid number of arguments in "retention_store"/],

    ['retention_api_keys in server', $STORE, 'retention_api_keys keys;', qr/"retention_api_keys" directive is not allowed here/],
    ['retention_api_keys twice', 'retention_api_keys %%DIR%%/keys; ' x 2, '', qr/"retention_api_keys" directive is duplicate/],
    ['retention_api_keys empty', 'retention_api_keys "";', '', qr/"retention_api_keys" directive needs a file/],
    ['retention_api_keys absent', 'retention_api_keys %%DIR%%/none;', '', qr/cannot open ".*none"; 'retentionctl api-key new' makes it/],
    ['retention_api_keys broken', 'retention_api_keys %%DIR%%/bad-keys;', '', qr/bad key in ".*bad-keys", line 1/],
    ['retention_api_keys a folder', 'retention_api_keys %%DIR%%;', '', qr/is not a key file/],

    ['retention_pixel in http', "$STORE retention_pixel;", '', qr/"retention_pixel" directive is not allowed here/],
    ['retention_pixel twice', $STORE, 'location /o/ { retention_pixel; retention_pixel; }', qr/"retention_pixel" directive is duplicate/],
    ['retention_pixel with a value', $STORE, 'location /o/ { retention_pixel on; }', qr/invalid number of arguments/],
    ['two endpoints in a location', $STORE, 'location /o/ { retention_pixel; retention_status; }', qr/"retention_status" directive cannot share its location/],
    ['retention_pixel beside proxy_pass', $STORE, 'location /o/ { proxy_pass http://127.0.0.1:1/; retention_pixel; }', qr/cannot share its location/],
    ['retention_pixel without a store', '', $PIXEL, qr/"retention_pixel" needs a "retention_store" in "http"/],

    ['retention_redirect without a fallback', $STORE, sprintf($REDIRECT, ''), qr/"retention_redirect" needs a "retention_fallback"/],
    ['retention_redirect in server', $STORE, 'retention_redirect;', qr/"retention_redirect" directive is not allowed here/],
    ['retention_redirect twice', $STORE, sprintf($REDIRECT, 'retention_redirect;'), qr/"retention_redirect" directive is duplicate/],
    ['retention_fallback empty', $STORE, sprintf($REDIRECT, 'retention_fallback "";'), qr/invalid URL "" in "retention_fallback"/],
    ['retention_fallback relative', $STORE, sprintf($REDIRECT, 'retention_fallback /shop;'), qr/invalid URL "\/shop"/],
    ['retention_fallback with a control byte', $STORE, sprintf($REDIRECT, "retention_fallback \"https://a/\x01\";"), qr/invalid URL/],
    ['retention_fallback twice', $STORE, sprintf($REDIRECT, 'retention_fallback https://a/; ' x 2), qr/"retention_fallback" directive is duplicate/],
    ['retention_fallback at the top', '', '', qr/"retention_fallback" directive is not allowed here/, 'retention_fallback https://a/;'],

    ['retention_unsubscribe in server', $STORE, 'retention_unsubscribe;', qr/not allowed here/],
    ['retention_unsubscribe twice', $STORE, 'location /u/ { retention_unsubscribe; retention_unsubscribe; }', qr/is duplicate/],
    ['retention_unsubscribe with a value', $STORE, 'location /u/ { retention_unsubscribe on; }', qr/invalid number of arguments/],

    ['retention_events in server', $STORE, 'retention_events;', qr/not allowed here/],
    ['retention_events twice', $STORE, 'location /e { retention_events; retention_events; }', qr/is duplicate/],
    ['retention_events with a value', $STORE, 'location /e { retention_events on; }', qr/invalid number of arguments/],
    ['retention_origin empty', $STORE, 'location /e { retention_events; retention_origin ""; }', qr/invalid origin ""/],
    ['retention_origin without a value', $STORE, 'location /e { retention_events; retention_origin; }', qr/invalid number of arguments/],
    ['retention_origin with a path', $STORE, 'location /e { retention_events; retention_origin https://shop.example/; }', qr/invalid origin "https:\/\/shop.example\/": it must be like/],
    ['retention_origin in capitals', $STORE, 'location /e { retention_events; retention_origin https://Shop.example; }', qr/invalid origin/],
    ['retention_origin *', $STORE, 'location /e { retention_events; retention_origin *; }', qr/invalid origin "\*"/],
    ['retention_origin twice', $STORE, 'location /e { retention_events; retention_origin https://a.b; retention_origin https://c.d; }', qr/"retention_origin" directive is duplicate/],

    ['retention_coupons in server', $STORE, 'retention_coupons;', qr/not allowed here/],
    ['retention_coupons twice', $STORE, 'location /c/ { retention_coupons; retention_coupons; }', qr/is duplicate/],
    ['retention_coupons with a bad word', $STORE, 'location /c/ { retention_coupons open; }', qr/invalid parameter "open" of "retention_coupons"/],
    ['retention_coupons empty', $STORE, 'location /c/ { retention_coupons ""; }', qr/invalid parameter "" of "retention_coupons"/],

    ['retention_status in http', "$STORE retention_status;", '', qr/not allowed here/],
    ['retention_status twice', $STORE, 'location /s { retention_status; retention_status prometheus; }', qr/is duplicate/],
    ['retention_status with a bad word', $STORE, 'location /s { retention_status xml; }', qr/invalid parameter "xml" of "retention_status"/],

    ['retention_ack with a bad value', $STORE, 'retention_ack never;', qr/invalid value "never"/],
    ['retention_ack twice', $STORE, 'retention_ack commit; retention_ack queued;', qr/"retention_ack" directive is duplicate/],
    ['retention_ack empty', $STORE, 'retention_ack "";', qr/invalid value ""/],
    ['retention_ack at the top', '', '', qr/"retention_ack" directive is not allowed here/, 'retention_ack commit;'],
);

for my $case (@refused) {
    my ($name, $http, $server, $reason, $main) = @$case;

    my ($status, $log) = $t->nginx_test(
        $t->conf($server, store => '', http => $http, main => $main));

    ok($status != 0 && $log =~ $reason, $name) or diag("$status: $log");
}

my ($status, $log) = $t->nginx_test($t->conf($PIXEL, pool => ''));

ok($status != 0 && $log =~ /unknown thread pool "retention"/,
   'a store without its thread pool') or diag($log);

my $all = <<'END';
    location /o/ { retention_pixel; retention_ack queued; }
    location /r/ { retention_redirect; retention_fallback https://shop.example/; }
    location /u/ { retention_unsubscribe; }
    location = /e { retention_events; retention_origin https://shop.example https://m.shop.example:8443; }
    location /coupons/ { retention_coupons public; }
    location = /metrics { retention_status prometheus; }
    location = /status { retention_status; }
END

($status, $log) = $t->nginx_test(
    $t->conf($all, http => 'retention_api_keys %%DIR%%/keys;'));

is($status, 0, 'all directives in their places, an empty key file')
    or diag($log);
ok(!-e $t->store, 'and the store was not touched');

done_testing;
