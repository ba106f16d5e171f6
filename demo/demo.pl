# The whole loop with a made-up shop: from the order file to the report, over
# real HTTP, with a lift that is known beforehand.
#
#     make demo                     leaves nginx up, to play with
#     make demo-stop
#     make demo ARGS="--seed 5"     another shop
#
# DEMO_DIR says where; by default in /tmp.

use strict;
use warnings;

use FindBin;
use Getopt::Long;
use JSON::PP;
use POSIX qw(strftime);
use Time::HiRes qw(time);

use lib $FindBin::Bin;

use Place;
use Retention::Buyers;
use Retention::Crowd;
use Retention::Csv qw(csv_rows);
use Retention::Ledger;
use Retention::Random;
use Retention::Retailer;

my $ZONE = 'Europe/Kyiv';
my $CURRENCY = 'EUR';
my $CUSTOMERS = 12_000;
my $SILENT_DAYS = 90;
my $WINDOW_DAYS = 30;
my $DAY_S = 86400;
my $ORIGIN = 'https://shop.example';

# The truth about the made-up customers, in parts of a million: who buys
# anyway, by tier, and how many more do because of the mail, by arm.

my %BASE = (d90 => 140_000, d180 => 100_000, d360 => 60_000);
my %LIFT = (plain => 40_000, warm => 60_000);

my %opt = (seed => 1);

GetOptions(\%opt, 'seed=s', 'stop')
    or die "usage: demo.pl [--seed N] [--stop]\n";

$| = 1;
umask 022;

my $place = Place->new;
my $begun = time;

if (!eval { $opt{stop} ? print($place->stop, "\n") : play(); 1 }) {
    print STDERR "make demo: $@";
    exit 1;
}


sub play {
    my $today = today();
    my $slug = 'winback-' . substr $today, 0, 7;

    $place->make;
    introduce();

    my $shop = Retention::Retailer->new(seed => $opt{seed}, today => $today,
        customers => $CUSTOMERS, currency => $CURRENCY);
    my $buyers = Retention::Buyers->new(seed => $opt{seed}, base => \%BASE,
        lift => \%LIFT, window_days => $WINDOW_DAYS);
    my $last_day = Retention::Retailer::day_text(
        $shop->midnight + ($WINDOW_DAYS - 1) * $DAY_S);

    take_in($shop);
    my @rows = prepare_campaign($slug, $today);
    my $key = start_nginx();
    my $ledger = crowd($shop, $buyers, \@rows, $slug, $key);

    take_in_orders($shop, $ledger, $last_day);
    my $report = show_report($slug, $last_day);

    check_book($report, $ledger);
    compare($report, $buyers, \@rows);
    farewell($slug, $last_day, $key, $ledger, \@rows);
}

# The day in the shop's time zone.

sub today {
    local $ENV{TZ} = $ZONE;

    POSIX::tzset();

    return strftime('%Y-%m-%d', localtime);
}


sub introduce {
    print <<"END";
A made-up shop runs a win-back campaign with its own nginx.  What follows are
commands that you could type.

END
    $place->type('cd ' . $place->dir);
    $place->type('export RETENTION_STORE=' . $place->dir . '/store');
    $place->type('export PATH=' . $place->build . ':$PATH');
}

sub title {
    my ($text) = @_;

    printf "\n-- %s (after %.0f s)\n\n", $text, time - $begun;
}


sub take_in {
    my ($shop) = @_;

    title('A store; two years of customers and orders');

    $place->write('customers.csv', $shop->customers_csv);
    $place->write('orders.csv', $shop->history_csv);

    $place->ctl('init', '--base-url', $place->url, '--timezone', $ZONE,
                '--currency', $CURRENCY);
    $place->ctl('import', 'customers', 'customers.csv');
    $place->ctl('import', 'orders', 'orders.csv');
    $place->ctl('segment', 'tiers', '--tiers', '90,180,360');
}


# Returns the merge file's rows.

sub prepare_campaign {
    my ($slug, $today) = @_;

    title("A campaign for those silent for more than $SILENT_DAYS days");

    $place->write('campaign.yaml', <<"END");
id: $slug
title: We miss you
starts: $today
window: ${WINDOW_DAYS}d
holdout: 20%                 # gets nothing; the yardstick
arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]
audience: last_order > ${SILENT_DAYS}d and orders >= 1 and consent = granted
tiers:                       # the longer away, the better the offer
  - { name: d90,  when: last_order > 90d,  offer: { percent: 5 },  expires: 14d }
  - { name: d180, when: last_order > 180d, offer: { percent: 10 }, expires: 14d }
  - { name: d360, when: last_order > 360d, offer: { percent: 20, minimum: "30.00 EUR" }, expires: 21d }
links:
  shop:  { url: "https://shop.example/?utm_campaign={campaign}&coupon={coupon}&v={visit}" }
  price: { url: "https://shop.example/thanks", survey: too-expensive }
hosts: [shop.example]
cost: "120.00 EUR"
END

    $place->show('campaign.yaml');
    $place->ctl('campaign', 'create', 'campaign.yaml');
    $place->ctl('campaign', 'merge', $slug, '--format', 'csv', '--output',
                'merge.csv');

    my @rows = csv_rows($place->read('merge.csv'));

    print "\nOne row for each mail; of the first:\n";
    printf "    %-13s %s\n", $_, $rows[0]{$_}
        for qw(customer_id name tier arm coupon pixel_url link_shop);

    return @rows;
}


# Returns the key of the shop's server.

sub start_nginx {
    title('nginx, on a port of this machine alone');

    my $text = $place->ctl('api-key', 'new', 'shop', '--scope',
                           'coupons,events', '--file', 'api-keys');
    my ($key) = $text =~ /^(\S+)$/m;

    $place->start;

    return $key;
}


# Everybody whom the campaign could have drawn and who got no mail.

sub unmailed {
    my ($shop, $rows) = @_;

    my %is_mailed = map { $_->{customer_id} => 1 } @$rows;

    return map { [$_->[0], $_->[1] > 360 ? 'd360'
                           : $_->[1] > 180 ? 'd180' : 'd90'] }
        grep { !$is_mailed{$_->[0]} } $shop->audience($SILENT_DAYS);
}

sub crowd {
    my ($shop, $buyers, $rows, $slug, $key) = @_;

    title("The crowd: mail programs, people, robots, the shop's server");

    my $since = time;
    my $crowd = Retention::Crowd->new(
        port => $place->port, key => $key, origin => $ORIGIN,
        seed => $opt{seed}, buyers => $buyers, campaign => $slug,
        currency => $CURRENCY, midnight => $shop->midnight);
    my $ledger = $crowd->run($rows, [ unmailed($shop, $rows) ]);

    die "an answer was wrong: $ledger->{faults}[0]\n"
        if @{ $ledger->{faults} };

    print_crowd($ledger, time - $since);

    return $ledger;
}

sub print_crowd {
    my ($ledger, $seconds) = @_;

    my $all = $ledger->tally->{all};
    my $refused = 0;

    $refused += $_ for values %{ $ledger->{refusals} };

    printf "%d requests in %.1f s over 8 connections, each answered as it "
        . "must be.\nThe crowd's own book of recipients who\n",
        $ledger->requests_total, $seconds;

    for my $kind (qw(opened clicked visited carted)) {
        printf "    %-12s %5d people, %4d machines, %4d unknown\n", $kind,
            @{ $all->{$kind} }{qw(human machine unknown)};
    }

    printf "    %-12s %5d; %d wrong, used or unfit coupons were refused\n",
        'redeemed', $all->{coupons}{redeemed}, $refused;
    printf "    %-12s %5d\n", 'unsubscribed', $all->{unsubscribed};
}


# Orders over HTTP have their ids in the export too; those by telephone, and
# of customers who were not written to, stand there alone.

sub take_in_orders {
    my ($shop, $ledger, $last_day) = @_;

    title("Thirty days in a minute: the shop's orders until $last_day");

    print <<"END";
In life you would wait for $WINDOW_DAYS days now.  The demo plays them: this
file is what the shop would export at their end, so its days lie ahead.

END

    my @orders = $ledger->exported;

    for my $customer ($shop->active($SILENT_DAYS)) {
        my $random = Retention::Random->new($opt{seed}, 'active', $customer);

        push @orders, {
            order_id     => "W$customer-1",
            customer_id  => $customer,
            ordered_s    => $shop->midnight + 9 * 3600
                            + $random->below($WINDOW_DAYS) * $DAY_S,
            amount_minor => 1500 + $random->below(6000),
        } if $random->percent(35);
    }

    $place->write('orders-after.csv', $shop->orders_csv(@orders));
    $place->ctl('import', 'orders', 'orders-after.csv', '--until', $last_day);
}


sub show_report {
    my ($slug, $last_day) = @_;

    title('The report, as of the end of the window');

    $place->ctl('report', $slug, '--as-of', $last_day);

    return decode_json($place->run('report', $slug, '--as-of', $last_day,
                                   '--format', 'json'));
}


# Every number of every arm and tier, against what the crowd noted.

sub check_book {
    my ($report, $ledger) = @_;

    $ledger->imported;

    my $json = JSON::PP->new->canonical;
    my $ours = $ledger->tally(1);
    my $theirs = Retention::Ledger::of_report($report);

    for my $row (sort keys %$theirs) {
        die "the report differs from the crowd's book in '$row'\n"
            if $json->encode($theirs->{$row}) ne $json->encode($ours->{$row});
    }

    print "\nEvery arm and tier of the report equals the crowd's own book, "
        . "number for number.\n";
}

# What the mail really did.  Only the maker of the shop can know it.

sub compare {
    my ($report, $buyers, $rows) = @_;

    title('The truth, which only the maker of a made-up shop knows');

    my (%mailed, %lift, $persuaded);

    for my $row (@$rows) {
        my $outcome = $buyers->outcome($row->{customer_id}, $row->{tier},
                                       $row->{arm});

        $persuaded += $outcome->{is_persuaded};

        for my $arm ($row->{arm}, 'treated') {
            $mailed{$arm}++;
            $lift{$arm} += $buyers->lift($row->{arm}) / 1e6;
        }
    }

    my %found = map { $_->{arm} => $_ }
        grep { $_->{metric} eq 'buyers' } @{ $report->{comparisons} };

    print "Share that bought, against the hold-out, in points:\n\n",
        "    arm       built in    found    95 % interval   covered\n";
    print_lift($_, $lift{$_} / $mailed{$_}, $found{$_})
        for (sort grep { $_ ne 'treated' } keys %mailed), 'treated';

    printf "\nOf %d who got the mail %d bought only because of it; the report "
        . "says %.0f\n(%.0f to %.0f).  A 95 %% interval misses once in twenty "
        . "draws, and every run draws anew.\n", $mailed{treated}, $persuaded,
        @{ $found{treated} }{qw(incremental incremental_low incremental_high)};
}

sub print_lift {
    my ($arm, $lift, $found) = @_;

    die "the report has withheld the lift\n" if !defined $found->{low};

    my ($low, $high) = @$found{qw(low high)};

    printf "    %-8s %+9.2f %+8.2f   %+6.2f to %+.2f   %s\n", $arm,
        100 * $lift, 100 * $found->{difference}, 100 * $low, 100 * $high,
        $low <= $lift && $lift <= $high ? 'yes' : 'NO';
}


sub farewell {
    my ($slug, $last_day, $key, $ledger, $rows) = @_;

    my ($row) = grep { !$ledger->{redeemed}{ $_->{customer_id} } } @$rows;
    my $url = $place->url;
    my $coupon = "$url/coupons/$row->{coupon}?amount=50.00&currency=$CURRENCY";

    title('nginx stays up: try');

    print Place::hint('curl'), <<"END";
curl -si '$row->{pixel_url}' --output -
curl -si '$row->{link_shop}'
curl -s  '$row->{unsubscribe_url}'
curl -s  -H 'Authorization: Bearer $key' \\
    '$coupon'
curl -s  $url/status
curl -s  $url/metrics

The store, nginx.conf, its logs, campaign.yaml, merge.csv and the order files
are in ${\ $place->dir }; with the first three commands above:

retentionctl report $slug --as-of $last_day
retentionctl export events --campaign $slug events.csv

To stop nginx:

${\ $place->stop_command }
END
}
