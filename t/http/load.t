# 100,000 requests over two workers: as many events as answers.  5 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $COUNT = 100_000;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);

$t->nginx_start($shop->conf(workers => 2));

my @requests;

for my $row ($shop->rows) {
    my $visit = $shop->sign($row->{customer_id}, '--visit');

    push @requests, 'GET ' . $shop->path($row->{pixel_url}), 'GET ' . $shop->path($row->{link_shop}),
        qq(POST /e\t{"kind":"view","token":"$visit","items":[{"sku":"sku-1","quantity":2}]});
}

my $load = $t->load(count => $COUNT, connections => 64, requests => \@requests, seconds => 100);
my $counts = $load->{counts};
my $answered = 0;

$answered += $counts->{$_} // 0 for 200, 302, 204;

is($answered, $COUNT, 'all are answered as they should') or diag(explain($counts));

my %kinds = (open => 0, click => 0, view => 0);

/"kind": ?"(\w+)"/ && $kinds{$1}++ for $shop->lines;

is_deeply(\%kinds, { open => $counts->{200}, click => $counts->{302}, view => $counts->{204} }, 'as many events of each kind as answers');

my $status = $shop->status;

# one that a slow disk made late is counted as lost although it comes to disk

delete $status->{lost}{deadline};
is_deeply($status->{lost}, {}, 'none lost');

my $taken = 0;

$taken += $_->{human} for values %{ $status->{events} };

is($taken, $COUNT, 'the counters agree');
diag($load->{line}) if $ENV{TEST_VERBOSE};

done_testing;
