# Folding while traffic goes on: a report tells of every event that was
# answered before it began, whether it was added up or not.  15 s.

use strict;
use warnings;

use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 60);
my @rows = $shop->rows;
my %headers = (Authorization => 'Bearer ' . $shop->key,
               'Content-Type' => 'application/json');
my %sent = map { ($_ => 0) } qw(opened clicked visited carted);
my $event_id = 0;
my $revenue = 0;


sub lag {
    my ($lag) = $t->http('GET', '/metrics')->{body}
        =~ /^retention_fold_lag_seconds (\d+)$/m;

    return $lag;
}

sub post {
    my ($event) = @_;

    $event->{event_id} = 'e' . ++$event_id;

    my $body = encode_json($event);

    # each is posted twice, and counts once
    for (1, 2) {
        my $r = $t->http('POST', '/e', headers => \%headers, body => $body);

        die "$r->{status} $r->{body}" if $r->{status} != 204;
    }
}

sub traffic {
    for (1 .. 5) {
        my $row = $rows[rand @rows];

        $t->http('GET', $shop->path($row->{pixel_url}));
        $t->http('GET', $shop->path($row->{link_shop}));

        post({ kind => 'visit', customer => $row->{customer_id},
               campaign => $shop->slug });
        post({ kind => 'cart', customer => $row->{customer_id} });
        post({ kind => 'purchase', customer => $row->{customer_id},
               order_id => "s$event_id", amount => '1.00',
               currency => 'EUR' });

        $revenue++;
        $sent{$_}++ for keys %sent;
    }
}

sub report { return $t->ctl_json('report', $shop->slug, '--json') }

sub counted {
    my ($report) = @_;
    my ($arm) = grep { !$_->{holdout} } @{ $report->{arms} };

    return { map { ($_ => $arm->{total}{$_}{human}) } keys %sent };
}

# How many rows 'check' recounted; it dies of a difference.
sub recounted {
    my ($rows) = $t->ctl_ok('check')
        =~ /^(\d+) rows added up, 0 differences$/m;

    return $rows;
}


my $coupons = recounted();

cmp_ok($coupons, '>', 0, 'the base of the coupons is recounted');
$t->nginx_start($shop->conf(workers => 2));
is(lag(), 0, 'nothing to fold, no lag');
is($shop->status->{fold_lag_seconds}, 0, 'in JSON as well');

my $until = time + 10;
my ($same, $asked) = (0, 0);

while (time < $until) {
    traffic();

    my $report = report();
    my $counted = counted($report);
    my ($arm) = grep { !$_->{holdout} } @{ $report->{arms} };

    $asked++;
    $same++ if join(',', map { $counted->{$_} } sort keys %sent)
               eq join(',', map { $sent{$_} } sort keys %sent)
               && $arm->{revenue}{EUR} == $revenue
               && $report->{health}{repeats_dropped} == $event_id;
    sleep 0.3;
}

cmp_ok($asked, '>', 5, "$asked reports while traffic and folding went on");
is($same, $asked, 'each had all that was answered before');

my $before = report();

# the youngest are left for some seconds

my $rows = $coupons;

for ($until = time + 60; time < $until; sleep 1) {
    $rows = recounted() if lag() == 0;
    last if $rows > $coupons && lag() == 0;
}

is(lag(), 0, 'all of it is folded in the end');
is_deeply(report(), $before, 'and the report is the same');
cmp_ok($rows, '>', $coupons, 'recounted: what was added up is in the log');
is($t->ctl_json('fold', '--json')->[0]{events}, 0, 'none was left');

traffic();
$t->nginx_stop;

my $tail = report();

is($tail->{health}{repeats_dropped}, $event_id, 'behind the roll-ups');
is($t->ctl_json('fold', '--json')->[0]{events}, 40, 'folded by hand');
is_deeply(report(), $tail, 'with the same report');
cmp_ok(recounted(), '>=', $rows, 'and no difference');

done_testing;
