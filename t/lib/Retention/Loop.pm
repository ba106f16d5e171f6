package Retention::Loop;

# What the tests of the whole loop share: campaign, nginx, crowd, and the
# report held against the crowd's ledger.

use strict;
use warnings;

use JSON::PP;
use Test::More;

use Retention::Crowd;
use Retention::Csv qw(csv_rows);
use Retention::Ledger;
use Retention::Retailer;

my $DAY_S = 86400;
my $ORIGIN = 'https://shop.example';

my @MESSAGE_COUNTS = qw(opened clicked);


# test: a Retention::Test; currency, seed, today, slug; buyers: a
# Retention::Buyers.

sub new {
    my ($class, %opt) = @_;

    return bless { %opt }, $class;
}

# A day, so many days from today.

sub day {
    my ($self, $days) = @_;

    return Retention::Retailer::day_text(
        Retention::Retailer::day_seconds($self->{today}) + $days * $DAY_S);
}

# The tier of one who has been silent for so many days, of the campaign below.

sub tier {
    my ($days) = @_;

    return $days > 360 ? 'd360' : $days > 180 ? 'd180' : 'd90';
}


# slug, starts, holdout, expires; arms: names, of equal shares; as_of.

sub create {
    my ($self, %opt) = @_;

    my $t = $self->{test};
    my @arms = @{ $opt{arms} || [] };
    my $share = @arms ? 100 / @arms : 0;
    my $arms = join ', ', map { "{ name: $_, share: $share% }" } @arms;

    $t->write_file("$opt{slug}.yaml", <<"END");
id: $opt{slug}
title: We miss you
starts: $opt{starts}
window: 30d
holdout: $opt{holdout}
${\ ($arms ? "arms: [$arms]" : '# one arm, treated') }
audience: last_order > 90d and orders >= 1 and consent = granted
tiers:
  - { name: d90,  when: last_order > 90d,  offer: { percent: 5 },  expires: $opt{expires} }
  - { name: d180, when: last_order > 180d, offer: { percent: 10 }, expires: $opt{expires} }
  - { name: d360, when: last_order > 360d, offer: { percent: 20, minimum: "30.00 $self->{currency}" }, expires: 21d }
links:
  shop:  { url: "https://shop.example/?utm_campaign={campaign}&coupon={coupon}&v={visit}" }
  price: { url: "https://shop.example/thanks", survey: too-expensive }
hosts: [shop.example]
END

    $t->ctl_ok('campaign', 'create', $t->path("$opt{slug}.yaml"), '--as-of',
               $opt{as_of} // $self->{today});
}

sub merge {
    my ($self, $slug) = @_;

    return csv_rows($self->{test}->ctl_ok('campaign', 'merge', $slug,
                                          '--format', 'csv'));
}

sub recipients {
    my ($self) = @_;

    return csv_rows($self->{test}->ctl_ok('export', 'recipients',
                                          $self->{slug}));
}


sub start {
    my ($self) = @_;

    my $t = $self->{test};
    my $text = $t->ctl_ok('api-key', 'new', 'shop', '--scope',
                          'coupons,events', '--file', $t->path('api-keys'));

    ($self->{key}) = $text =~ /(\S+)\s*\z/;

    $t->nginx_start($t->conf(<<'END', workers => 2,
        location /o/ { retention_pixel; }
        location /r/ {
            retention_redirect;
            retention_fallback https://shop.example/;
        }
        location /u/ { retention_unsubscribe; }
        location = /e {
            retention_events;
            retention_origin https://shop.example;
        }
        location /coupons/ { retention_coupons; }
        location = /status { retention_status; }
END
        http => 'retention_api_keys %%DIR%%/api-keys;'));
}

sub key { return $_[0]{key} }


sub crowd {
    my ($self, $rows, $others) = @_;

    my $crowd = Retention::Crowd->new(
        port => $self->{test}->port, key => $self->{key}, origin => $ORIGIN,
        campaign => $self->{slug},
        midnight => Retention::Retailer::day_seconds($self->{today}),
        map { $_ => $self->{$_} } qw(seed buyers currency));
    my $ledger = $crowd->run($rows, $others);

    note(sprintf '%d recipients in hand, %d requests', scalar @$rows,
         $ledger->requests_total);

    return $ledger;
}


# What nginx says of itself: as many requests as the crowd made, none lost.  A
# slow disk may let a picture go out before its event is there, which counts
# as lost in time, and yet the event comes.

sub status_agrees {
    my ($self, $ledger) = @_;

    my $status = decode_json(
        $self->{test}->http('GET', '/status')->{body});
    my $requests = $ledger->{requests};

    is_deeply({ map { $_ => $status->{requests}{$_} } keys %$requests },
              $requests, 'nginx counted the requests that the crowd made');
    delete $status->{lost}{deadline};
    is_deeply($status->{lost}, {}, 'and lost none');
}


sub report {
    my ($self, @args) = @_;

    return $self->{test}->ctl_json('report', $self->{slug}, '--format',
                                   'json', @args);
}

# The report's rows and the ledger's.

sub _rows {
    my ($self, $ledger, $report, $is_over) = @_;

    my $ours = $ledger->tally($is_over);
    my $all = delete $ours->{all};

    return (Retention::Ledger::of_report($report), $ours, $all);
}

# Every arm and every tier, number for number.

sub report_agrees {
    my ($self, $ledger, $name, $option, $day, %opt) = @_;

    my $report = $self->report($option, $day);
    my ($theirs, $ours, $all) = $self->_rows($ledger, $report, $opt{is_over});

    for my $row (sort keys %$ours) {
        is_deeply($theirs->{$row}, $ours->{$row}, "$row, $name");
    }

    is_deeply([sort keys %$theirs], [sort keys %$ours], "no other row, $name");

    my ($message) = @{ $report->{messages} };

    is_deeply($message->{$_}, $all->{$_}, "$_ by the message, $name")
        for @MESSAGE_COUNTS;

    return $report;
}

# The opposite, to see that the comparison sees.

sub report_differs {
    my ($self, $ledger, $option, $day, %opt) = @_;

    my ($theirs, $ours) = $self->_rows($ledger, $self->report($option, $day),
                                       $opt{is_over});
    my $json = JSON::PP->new->canonical;

    isnt($json->encode($theirs), $json->encode($ours),
         'one more open in the ledger is seen');
}

1;
