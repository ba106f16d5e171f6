# What an operator watches: JSON that parses, and Prometheus text line by
# line.  1 s.

use strict;
use warnings;

use JSON::PP;
use Test::More;
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row) = $shop->rows;

$t->nginx_start($shop->conf(http => 'gzip on; gzip_types text/plain;'));

# something to count, good and bad

my $visit = $shop->sign($row->{customer_id}, '--visit');
my %key = (Authorization => 'Bearer ' . $shop->key);

$t->http('GET', $shop->path($row->{pixel_url})) for 1 .. 5;
$t->http('GET', $shop->path($row->{link_shop})) for 1 .. 3;
$t->http('GET', '/o/bad.gif');
$t->http('GET', '/o/{{rtn_pixel}}.gif');
$t->http('POST', '/e', json => { kind => 'view', token => $visit });
$t->http('POST', '/e', json => { kind => 'view', token => 'bad' });
$t->http('GET', "/coupons/$row->{coupon}", headers => \%key);
$t->http('GET', '/coupons/none', headers => \%key);
$t->http('POST', $shop->path($row->{unsubscribe_url}));


# JSON

my $r = $t->http('GET', '/status');
my $status = decode_json($r->{body});

is($r->{headers}{'content-type'}, 'application/json', 'status is JSON');
ok($status->{store}{usable}, 'the store is usable');
is($status->{events}{open}{human}, 5, 'opens');
is($status->{events}{click}{human}, 3, 'clicks');
is($status->{requests}{pixel}{200}, 7, 'requests by endpoint and code');
is($status->{rejected}{pixel}{form}, 1, 'rejected');
is($status->{unmerged}, 1, 'unmerged');
is($status->{coupons}{ok}, 1, 'coupons');
is_deeply($status->{lost}, {}, 'nothing lost');
is($status->{queue_length}, 0, 'nothing waits');
ok($status->{store}{$_}{bytes} > 0 && $status->{store}{$_}{bytes} <= $status->{store}{$_}{limit_bytes}, "bytes of $_") for qw(events coupons state);
is($t->http('HEAD', '/status')->{status}, 200, 'HEAD');
is($t->http('POST', '/status', body => '')->{status}, 405, 'POST is not allowed');


# Prometheus' text: HELP, TYPE, then samples of that family, each series once

my (%type, %help, %series, @faults, $family);

$r = $t->http('GET', '/metrics');

is($r->{headers}{'content-type'}, 'text/plain; version=0.0.4', 'the type of the text');
like($r->{body}, qr/\n\z/, 'it ends with its last line');

my $label = qr/[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"/;

for my $line (split /\n/, $r->{body}) {
    if ($line =~ /^# HELP (\w+) \S.*$/) {
        push @faults, "second HELP: $line" if $help{$1}++;
        $family = $1;

    } elsif ($line =~ /^# TYPE (\w+) (counter|gauge|histogram)$/) {
        push @faults, "TYPE without HELP: $line" if $1 ne ($family // '') || $type{$1};
        $type{$1} = $2;

    } elsif ($line =~ /^((\w+)(?:\{((?:$label)(?:,$label)*)\})?) ((?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)|\+Inf)$/) {
        my ($name, $base, $value) = ($1, $2, $4);

        $base =~ s/_(?:bucket|sum|count)$// if ($type{$family // ''} // '') eq 'histogram';
        push @faults, "outside its family: $line" if !defined $family || $base ne $family || !$type{$family};
        push @faults, "twice: $line" if exists $series{$name};
        $series{$name} = $value;

    } else {
        push @faults, "not understood: $line";
    }
}

is(join("\n", @faults), '', 'every line is well-formed');

for my $name (grep { $type{$_} eq 'histogram' } sort keys %type) {
    my @bounds = map { /^\Q$name\E_bucket\{le="([^"]+)"\}$/ ? $1 : () } keys %series;
    my @sorted = sort { ($a eq '+Inf') <=> ($b eq '+Inf') || ($a eq '+Inf' ? 0 : $a <=> $b) } @bounds;
    my @counts = map { $series{qq(${name}_bucket{le="$_"})} } @sorted;

    is($sorted[-1], '+Inf', "$name: the last bucket");
    is(scalar(grep { $counts[$_] < $counts[$_ - 1] } 1 .. $#counts), 0, "$name: buckets are cumulative");
    is($counts[-1], $series{"${name}_count"}, "$name: +Inf is the count");
    ok($counts[-1] > 0 && ($series{"${name}_sum"} > 0 || $name =~ /wait/), "$name: has observed something");
}

my @names = qw(
    retention_requests_total retention_events_total retention_lost_total
    retention_rejected_total retention_unmerged_total
    retention_commit_wait_seconds retention_commit_duration_seconds
    retention_batch_records
    retention_queue_length retention_store_bytes retention_store_limit_bytes
    retention_coupons_total retention_build_info
);

ok($type{$_}, "there is $_") for @names;
is($type{$_}, 'counter', "$_ is a counter") for grep { /_total$/ } keys %type;

my %expected = (
    'retention_events_total{kind="open",class="human"}' => 5,
    'retention_events_total{kind="click",class="human"}' => 3,
    'retention_events_total{kind="unsubscribe",class="human"}' => 1,
    'retention_requests_total{endpoint="pixel",code="200"}' => 7,
    'retention_requests_total{endpoint="events",code="400"}' => 1,
    'retention_rejected_total{endpoint="pixel",reason="form"}' => 1,
    'retention_coupons_total{result="unknown"}' => 1,
    'retention_lost_total{reason="commit"}' => 0,
    'retention_unmerged_total' => 1,
    'retention_store_usable' => 1,
);

is($series{$_}, $expected{$_}, $_) for sort keys %expected;

is($t->http('GET', '/metrics', headers => { 'Accept-Encoding' => 'gzip' })->{headers}{'content-encoding'}, 'gzip', 'in a type that gzip_types knows');


# no secrets

my @secrets = ($visit, $row->{coupon}, $row->{coupon} =~ tr/-//dr, $row->{customer_id}, $row->{email}, $shop->key, 'winback',
               map { m{([\w-]{36})} ? $1 : () } values %$row);

for my $text ($r->{body}, encode_json($status)) {
    is(scalar(grep { $text =~ /\b\Q$_\E\b/ } @secrets), 0, 'no token, code or customer in it');
}

done_testing;
