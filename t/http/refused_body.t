# The body of a request that is refused before it is read was once taken for
# the next request of its connection.

use strict;
use warnings;

use Test::More;
use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR');
$t->write_file('keys', '');

$t->nginx_start($t->conf(<<'END',
        location = /e {
            retention_events;
            retention_origin https://shop.example;
        }
        location /coupons/ { retention_coupons; }
        location /u/ { retention_unsubscribe; }
        location = /status { retention_status; }
END
    http => 'retention_api_keys %%DIR%%/keys;'));

my @refused = (
    ['POST', '/e', 403, 'Origin: https://elsewhere.example'],
    ['POST', '/e', 401, 'Authorization: Bearer nobody'],
    ['PUT', '/e', 405],
    ['OPTIONS', '/e', 204],
    ['POST', '/coupons/A/redeem', 401],
    ['PUT', '/coupons/A', 405],
    ['PUT', '/u/A', 405],
);

# Inside the body stands what an attacker would have another's server see.

my $body = "GET /status HTTP/1.1\r\nHost: smuggled\r\n\r\n";

for my $case (@refused) {
    my ($method, $path, $status, $header) = @$case;

    my $text = $t->raw("$method $path HTTP/1.1\r\nHost: a\r\n"
        . (defined $header ? "$header\r\n" : '')
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body"
        . "GET /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    my @statuses = $text =~ m{^HTTP/1\.1 (\d+)}mg;

    # Closing the connection after the refusal would be as safe.

    shift @statuses if @statuses && $statuses[0] == $status;
    ok(@statuses <= 1 && ($statuses[0] // 200) == 200 && $text =~ / $status /,
       "$method $path $status, then the next request") or diag($text);
}

done_testing;
