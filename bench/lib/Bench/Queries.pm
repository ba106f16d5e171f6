package Bench::Queries;

# The questions that a command answers, asked of DuckDB as well: the same data
# in a file of its own, the order id its primary key.  A command is timed from
# its start to its end; of DuckDB a query alone, in a process that runs, the
# quicker of two.  Answers must be equal, to the last digit.

use strict;
use warnings;

use Time::HiRes qw(time);

use Retention::Csv qw(csv_rows);
use Retention::DuckDb;
use Retention::Fixture;
use Retention::Test;

my $ORDERS_EACH = 10;           # of a customer
my $HISTORY_DAYS = 1095;
my $STARTED_DAYS = 31;          # ago, the campaign
my $WINDOW_DAYS = 30;
my $EVENT_DAYS = 20;            # on which its events fell
my $ASKED = 2;                  # times DuckDB's, at most

my @RFM = (
    ['champions',       'r = 5 and f >= 4'],
    ['loyal',           'r between 3 and 4 and f >= 4'],
    ['potential-loyal', 'r >= 4 and f between 2 and 3'],
    ['new',             'r = 5 and f = 1'],
    ['promising',       'r = 4 and f = 1'],
    ['need-attention',  'r = 3 and f = 3'],
    ['about-to-sleep',  'r = 3 and f <= 2'],
    ['at-risk',         'r <= 2 and f between 3 and 4'],
    ['cannot-lose',     'r <= 2 and f = 5'],
    ['hibernating',     'r = 2 and f <= 2'],
    ['lost',            'r = 1 and f <= 2'],
);

# A name, the command, the columns of its CSV that are compared, and the same
# in SQL.  Customers have orders of one currency, and days are UTC's.

my @QUERIES = (
    {
        name => 'segment tiers', most_ms => undef,
        command => [qw(segment tiers --csv)],
        columns => [qw(to_days customers)],
        sql => q{
            select to_days, count(*) from (
                select case when days <= 90 then '90' when days <= 180
                    then '180' when days <= 360 then '360' else '' end
                    as to_days
                from (select date '%AS_OF%' - max(ordered_at)::date as days
                      from paid group by customer_id))
            group by 1},
    },
    {
        name => 'segment rfm', most_ms => 5000,
        command => [qw(segment rfm --csv)],
        columns => [qw(segment customers revenue)],
        sql => q{
            with days as (
                select customer_id, ordered_at::date as day,
                    sum(amount) as paid
                from paid group by all),
            customers as (
                select customer_id, date '%AS_OF%' - max(day) as days,
                    count(*) as purchases, sum(paid) as paid
                from days group by 1),
            cuts as (
                select quantile_disc(days, [0.2, 0.4, 0.6, 0.8]) as r,
                    quantile_disc(purchases, [0.2, 0.4, 0.6, 0.8]) as f
                from customers),
            scores as (
                select 5 - (days > cuts.r[1])::int - (days > cuts.r[2])::int
                    - (days > cuts.r[3])::int - (days > cuts.r[4])::int as r,
                    1 + (purchases > cuts.f[1])::int
                    + (purchases > cuts.f[2])::int
                    + (purchases > cuts.f[3])::int
                    + (purchases > cuts.f[4])::int as f, paid
                from customers, cuts)
            select case } . join(' ', map {
                "when $_->[1] then '$_->[0]'" } @RFM) . q{ end,
                count(*), sum(paid)
            from scores group by 1},
    },
    {
        name => 'segment cohorts', most_ms => undef,
        command => [qw(segment cohorts --csv)],
        columns => [qw(cohort month active)],
        sql => q{
            with months as (
                select customer_id,
                    year(ordered_at) * 12 + month(ordered_at) as month
                from paid group by all),
            firsts as (
                select customer_id, month,
                    min(month) over (partition by customer_id) as first
                from months)
            select printf('%04d-%02d', (first - 1) // 12,
                          (first - 1) % 12 + 1), month - first, count(*)
            from firsts group by all},
    },
    {
        name => 'segment value', most_ms => undef,
        command => [qw(segment value --csv)],
        columns => [qw(customers orders revenue)],
        sql => q{
            select count(distinct customer_id), count(*), sum(amount)
            from paid},
    },
    {
        name => 'report', most_ms => 2000, is_report => 1,
        command => [qw(report winback --format csv)],
        columns => [qw(arm metric class count)],
        sql => q{
            with inside as (
                select arm, customer_id, kind, class
                from events join recipients using (customer_id)
                where occurred_at >= t0 and occurred_at < until),
            kinds as (
                select arm, kind, class, count(distinct customer_id) as n,
                    count(*) as total
                from inside group by all),
            bought as (
                select arm, count(distinct customer_id) as buyers,
                    count(*) as orders
                from paid join recipients using (customer_id)
                where ordered_at >= t0 and ordered_at < until group by 1)
            select arm, 'recipients', '', count(*) from recipients group by 1
            union all select arm, 'buyers', '', buyers from bought
            union all select arm, 'orders', '', orders from bought
            union all select arm, kind, class, n from kinds
            union all select arm, kind, 'any', count(distinct customer_id)
                from inside group by arm, kind
            union all select arm, kind || '_total', class, total from kinds},
    },
);


sub about { return 'imports, segments and reports beside DuckDB' }


sub run {
    my ($run) = @_;

    if (my $missing = Retention::DuckDb->missing) {
        $run->title("queries: left out, there is $missing");
        return;
    }

    my $shop = Bench::Queries::Shop->new($run);

    $run->title(sprintf '%s customers, %s orders and as many events; answers '
                . 'are equal', map { Bench::Run::thousands($_) }
                $shop->{customers}, $shop->{orders});
    _import($run, $shop);
    $shop->campaign;

    for my $query (@QUERIES) {
        _ask($run, $shop, $query);
    }

    _fit($run, $shop);
}


sub _import {
    my ($run, $shop) = @_;

    my ($ours, $theirs) = $shop->import_orders;

    $run->row(name => 'import orders', values => [$ours], unit => 's',
              most => 60, durable => 'on disk (fdatasync)', against => [
                  { name => 'DuckDB, primary key', values => [$theirs] } ]);
}

sub _ask {
    my ($run, $shop, $query) = @_;

    my (@ours, @theirs);

    $run->tell("queries: $query->{name}");

    for (1 .. $run->rounds_n) {
        my ($ms, $out) = $shop->command(@{ $query->{command} });
        my ($their_ms, $rows) = $shop->query($query->{sql});

        _compare($query, $out, $rows);
        push @ours, $ms;
        push @theirs, $their_ms;
    }

    $run->row(name => $query->{name}, values => \@ours, unit => 'ms',
              most => $query->{most_ms}, against => [
                  { name => 'DuckDB', values => \@theirs, most => $ASKED } ]);
}

# What DuckDB has no word for.

sub _fit {
    my ($run, $shop) = @_;

    my @ms = map { ($shop->command(qw(model fit --model mbg/nbd --until),
                                   $shop->{as_of}))[0] } 1 .. $run->rounds_n;

    $run->row(name => 'model fit', values => \@ms, unit => 'ms',
              most => 5000);
}

sub _compare {
    my ($query, $out, $rows) = @_;

    my @columns = @{ $query->{columns} };
    my @ours = csv_rows($out);

    if ($query->{is_report}) {
        my %is_asked = map { $_->[1] => 1 } @$rows;

        @ours = grep { $_->{section} eq 'arm' && $is_asked{ $_->{metric} } }
            @ours;
    }

    # a group of none is a row of ours alone

    @ours = grep { $_->{ $columns[-1] } ne '0' } @ours;

    my $said = join "\n", sort map { join ',', @{$_}{@columns} } @ours;
    my $theirs = join "\n", sort map { join ',', @$_ } @$rows;

    die "$query->{name} says\n$said\nand DuckDB\n$theirs\n"
        if $said ne $theirs;
}


package Bench::Queries::Shop;

# A shop whose orders DuckDB makes up, as both have them.

use strict;
use warnings;

use Time::HiRes qw(time);

sub new {
    my ($class, $run) = @_;

    my $t = Retention::Test->new;
    my $orders = $run->orders;
    my $self = bless {
        t => $t,
        run => $run,
        orders => $orders,
        customers => int($orders / $ORDERS_EACH) || 1,
        as_of => Retention::Fixture::day(-1),
        starts => Retention::Fixture::day(-$STARTED_DAYS),
        duck => Retention::DuckDb->new(database => $t->path('duck.db')),
    }, $class;

    $t->init('--currency', 'EUR');
    $run->tell('queries: making up ' . Bench::Run::thousands($orders)
               . ' orders');
    $self->_make_up;

    return $self;
}

# By time, as a shop exports them; customers, amounts and statuses are hashes
# of the number.

sub _make_up {
    my ($self) = @_;

    my ($t, $n, $customers) = @{$self}{qw(t orders customers)};
    my $first = Retention::Fixture::day(-$HISTORY_DAYS);
    my $seconds = $HISTORY_DAYS * 86400;

    $self->{duck}->run(
        "copy (select 'c' || i as customer_id,
                   'c' || i || '\@example.com' as email,
                   'granted' as consent
               from range(1, $customers + 1) r(i))
         to '@{[ $t->path('customers.csv') ]}' (header)",
        "copy (select printf('o%08d', i) as order_id,
                   'c' || (1 + hash(i * 7 + 1) % $customers) as customer_id,
                   strftime(timestamp '$first'
                       + to_seconds(i * $seconds // ($n + 1)),
                       '%Y-%m-%dT%H:%M:%SZ') as ordered_at,
                   printf('%d.%02d', 5 + hash(i * 3 + 5) % 195,
                          hash(i + 11) % 100) as amount,
                   'EUR' as currency,
                   case when hash(i + 3) % 50 = 0 then 'refunded'
                        else 'paid' end as status,
                   (['web', 'mobile', 'email', 'shop'])[(1 + hash(i + 4) % 4)::int]
                       as channel
               from range(1, $n + 1) r(i))
         to '@{[ $t->path('orders.csv') ]}' (header)");
}

# Seconds of both.

sub import_orders {
    my ($self) = @_;

    my ($t, $duck) = @{$self}{qw(t duck)};
    my $file = $t->path('orders.csv');

    $self->{run}->tell('queries: importing them');
    $t->ctl_ok('import', 'customers', $t->path('customers.csv'));

    my ($ms) = $self->command('import', 'orders', $file);
    my @results = $duck->run(
        "set TimeZone = 'UTC'",
        'create table orders (order_id varchar primary key,
             customer_id varchar, ordered_at timestamp,
             amount decimal(18, 2), currency varchar, status varchar,
             channel varchar)',
        "insert into orders select * from read_csv('$file', types =
             {'ordered_at': 'timestamp', 'amount': 'decimal(18, 2)'})",
        'checkpoint',
        "create view paid as select * from orders where status = 'paid'
             and ordered_at < date '$self->{as_of}' + interval 1 day");

    return ($ms / 1000, ($results[2]{ms} + $results[3]{ms}) / 1000);
}

# A campaign that all customers are in, and its events; DuckDB gets both from
# our exports.

sub campaign {
    my ($self) = @_;

    my ($t, $run) = @{$self}{qw(t run)};

    $run->tell('queries: a campaign, its events, and folding them');
    $t->write_file('campaign.yaml', <<"END");
id: winback
title: We miss you
starts: $self->{starts}
window: ${WINDOW_DAYS}d
holdout: 10%
audience: orders >= 1
tiers:
  - { name: all, when: orders >= 1, offer: { percent: 10 }, expires: 14d }
links:
  shop: { url: "https://shop.example/" }
hosts: [shop.example]
END
    $t->ctl_ok('campaign', 'create', $t->path('campaign.yaml'), '--as-of',
               $self->{starts});
    system("$Retention::Test::BUILD/bench/events", $t->store, 'winback',
           (int(time / 86400) - $STARTED_DAYS) * 86400, $self->{orders},
           $EVENT_DAYS,
           $self->{customers}) == 0 or die "no events were written\n";
    $t->ctl_ok('fold');

    $run->tell('queries: exporting them for DuckDB');

    for my $what (qw(events recipients)) {
        $t->ctl_ok('export', $what, '--format', 'csv',
                   $what eq 'recipients' ? 'winback' : (),
                   $t->path("$what.csv"));
    }

    $self->{duck}->run(
        "create table events as select customer_id, class,
             occurred_at::timestamp as occurred_at,
             case kind when 'open' then 'opened' when 'click' then 'clicked'
                  else 'visited' end as kind
         from read_csv('@{[ $t->path('events.csv') ]}')",
        "create table recipients as select customer_id, arm,
             t0::timestamp as t0, until::timestamp as until
         from read_csv('@{[ $t->path('recipients.csv') ]}')",
        'checkpoint');
}

# Milliseconds of a command, and its output.

sub command {
    my ($self, @command) = @_;

    my $began = time;
    my $out = $self->{t}->ctl_ok(@command, $command[0] eq 'segment'
        || $command[0] eq 'report' ? ('--as-of', $self->{as_of}) : ());

    return (1000 * (time - $began), $out);
}

# Milliseconds of a query, and its rows.

sub query {
    my ($self, $sql) = @_;

    $sql =~ s/%AS_OF%/$self->{as_of}/g;

    my ($first, $second) = $self->{duck}->run($sql, $sql);
    my $ms = $first->{ms} < $second->{ms} ? $first->{ms} : $second->{ms};

    return ($ms, $first->{rows});
}

1;
