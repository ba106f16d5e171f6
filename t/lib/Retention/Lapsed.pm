package Retention::Lapsed;

# A small made-up shop for the tests of campaigns: customers c1 ... cN, each
# with one or two paid orders, and what goes wrong in real shops beside them.
# Everything follows from the number, so that a test can count for itself.

use strict;
use warnings;

use POSIX qw(strftime);
use Time::Local qw(timegm);

our $AS_OF = '2026-06-30';

my $DAY = 86400;


# Days from the last paid order of customer i to the as-of day, 0 to 499.

sub silent_days {
    my ($i) = @_;

    return $i * 7 % 500;
}

sub day {
    my ($days_ago) = @_;

    return shift_day($AS_OF, -$days_ago);
}

sub shift_day {
    my ($day, $days) = @_;

    my ($year, $month, $mday) = split /-/, $day;

    return strftime('%Y-%m-%d', gmtime(
        timegm(0, 0, 12, $mday, $month - 1, $year) + $days * $DAY));
}

# Beside the customers: one without an e-mail, one who denied consent, one who
# unsubscribed, one who never ordered, and a guest.

sub fill {
    my ($t, $n) = @_;

    my @customers = ("customer_id,email,name,country,consent,subscribed\n");
    my @orders = ("order_id,customer_id,email,ordered_at,status,amount\n");
    my $old = day(400) . 'T10:00:00Z';

    for my $i (1 .. $n) {
        my $at = day(silent_days($i)) . 'T10:00:00Z';

        push @customers,
            "c$i,c$i\@example.com,Name $i,UA,granted,yes\n";
        push @orders, "o$i,c$i,,$at,paid,30.00\n";
        push @orders, "p$i,c$i,," . day(600) . "T10:00:00Z,paid,5.00\n"
            if $i % 3 == 0;
        push @orders, "x$i,c$i,," . day(0) . "T10:00:00Z,cancelled,9.00\n"
            if $i % 5 == 0;
    }

    push @customers, "noemail,,No E-mail,UA,granted,yes\n",
        "denied,denied\@example.com,Denied,UA,denied,yes\n",
        "gone,gone\@example.com,Gone,UA,granted,no\n",
        "never,never\@example.com,Never,UA,granted,yes\n";

    push @orders, "s$_,$_,,$old,paid,10.00\n" for qw(noemail denied gone);
    push @orders, "g1,,guest\@example.com,$old,paid,10.00\n";

    $t->write_file('customers.csv', join '', @customers);
    $t->write_file('orders.csv', join '', @orders);
    $t->ctl_ok('import', 'customers', $t->path('customers.csv'));
    $t->ctl_ok('import', 'orders', $t->path('orders.csv'));
}

# The campaign file, with keys replaced or, as undef, left out.

sub campaign {
    my (%with) = @_;

    my %keys = (
        id       => 'winback',
        title    => 'We miss you',
        starts   => '2026-07-01',
        window   => '30d',
        holdout  => '10%',
        arms     => '[{ name: plain, share: 50% }, '
                    . '{ name: warm, share: 50% }]',
        audience => 'last_order > 90d and orders >= 1',
        batches  => '400/day',
        tiers    => "\n"
            . "  - { name: d90, when: last_order > 90d, "
            . "offer: { percent: 5 }, expires: 14d }\n"
            . "  - { name: d180, when: last_order > 180d, "
            . "offer: { percent: 10 } }\n"
            . "  - { name: d360, when: last_order > 360d }",
        messages => '[{ name: first }, { name: reminder, after: 10d, '
                    . 'unless: [redeemed, bought, clicked] }]',
        links    => "\n"
            . "  shop: { url: \"https://shop.example/?c={coupon}\" }\n"
            . "  price: { url: \"https://shop.example/thanks\", "
            . "survey: too-expensive }",
        hosts    => '[shop.example]',
        cost     => '"120.00 EUR"',
        %with,
    );

    return join '', map { "$_: $keys{$_}\n" } grep { defined $keys{$_} }
        qw(id title starts window holdout recipients arms audience batches
           tiers messages links hosts cost);
}

# Rows of a CSV file as hashes; no cell of ours has a comma or a line's end
# but listmonk's, which is quoted.

sub rows {
    my ($text) = @_;

    my ($header, @lines) = split /\r?\n/, $text;
    my @names = split /,/, $header;

    return map {
        my %row;
        my @cells = map { s/^"|"$//g ? s/""/"/gr : $_ }
            /("(?:[^"]|"")*"|[^,]*)(?:,|$)/g;

        @row{@names} = @cells;
        \%row;
    } @lines;
}

1;
