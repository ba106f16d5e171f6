package Retention::Fixture;

# A small shop with one campaign, for tests that need links and coupons.
#
#     my $shop = Retention::Fixture->new($t, customers => 20);
#
#     $shop->rows       the merge file, a hash for each row
#     $shop->path($url) what to ask this test's nginx for
#     $shop->conf       a server's body with every endpoint
#     $shop->key        an API key for events and coupons
#     $shop->events     what 'export events' has, a hash for each
#     $shop->lines      the same as text, where there are many
#     $shop->count      how many there are
#     $shop->status     what nginx says of itself
#
# Customers c1, c2, ... bought once, 200 days ago; 10 % of them are held out.
# A test that needs another campaign makes another fixture, with a slug.

use strict;
use warnings;

use JSON::PP;
use POSIX qw(strftime);

my $DAY_S = 24 * 3600;

my %LINKS = (
    shop  => 'url: "https://shop.example/?utm_campaign={campaign}&coupon={coupon}&v={visit}#top"',
    price => 'url: "https://shop.example/thanks", survey: too-expensive',
);


sub defaults {
    return (
        slug      => 'winback',
        customers => 20,
        holdout   => '10%',
        window    => '30d',
        starts    => day(0),
        expires   => '14d',
        offer     => 'percent: 10, minimum: "30.00 EUR"',
        links     => [qw(shop price)],
    );
}

sub new {
    my ($class, $t, %opt) = @_;

    my $self = bless { defaults(), t => $t, %opt }, $class;

    $t->init('--currency', 'EUR') if !-e $t->store;

    $self->_import;
    $self->_create;

    $self->{rows} = [ $self->merge ];

    return $self;
}


sub rows { return @{ $_[0]{rows} } }
sub slug { return $_[0]{slug} }


sub path {
    my ($self, $url) = @_;

    return $url =~ s{^https?://[^/]+}{}r;
}


# The key is made at the first call, before nginx starts.

sub key {
    my ($self) = @_;

    $self->{key} //= $self->api_key('shop', 'coupons,events');

    return $self->{key};
}


# Options as Retention::Nginx has them, and server: what comes before the
# endpoints.

sub conf {
    my ($self, %opt) = @_;

    my $t = $self->{t};
    my $server = delete $opt{server} // '';

    $self->key;

    $opt{http} = "retention_api_keys %%DIR%%/api-keys;\n" . ($opt{http} // '');

    return $t->conf($server . <<'END', %opt);

        location /o/ { retention_pixel; }
        location /r/ { retention_redirect; retention_fallback https://shop.example/; }
        location /u/ { retention_unsubscribe; }
        location = /e { retention_events; retention_origin https://shop.example; }
        location /coupons/ { retention_coupons; }
        location /public/ { retention_coupons public; }
        location = /metrics { retention_status prometheus; }
        location = /status { retention_status; }
        location = /gif { empty_gif; }
END
}


# Tokens of a customer: --pixel, --link NAME, --unsubscribe, --visit.

sub sign {
    my ($self, $customer, @what) = @_;

    my $text = $self->{t}->ctl_ok('link', 'sign', $self->{slug}, $customer,
                                  @what);

    chomp $text;

    return $text;
}


sub events {
    my ($self) = @_;

    return map { decode_json($_) } $self->lines;
}

sub lines {
    my ($self) = @_;

    return split /\n/, $self->{t}->ctl_ok('export', 'events', '--format',
                                          'jsonl');
}


sub count {
    my ($self) = @_;

    my $t = $self->{t};
    my $path = $t->path('counted.jsonl');
    my $count = 0;

    $t->ctl_ok('export', 'events', '--format', 'jsonl', $path);
    open my $file, '<', $path or die "cannot read '$path': $!\n";
    $count++ while defined readline $file;
    unlink $path;

    return $count;
}


sub status {
    my ($self) = @_;

    return decode_json($self->{t}->http('GET', '/status')->{body});
}


# A day as YYYY-MM-DD, so many days from today.

sub day {
    my ($days) = @_;

    return strftime('%Y-%m-%d', gmtime(time + $days * $DAY_S));
}


sub api_key {
    my ($self, $name, $scope) = @_;

    my $t = $self->{t};
    my $text = $t->ctl_ok('api-key', 'new', $name, '--scope', $scope,
                          '--file', $t->path('api-keys'));

    chomp $text;

    return $text;
}


sub _import {
    my ($self) = @_;

    my $t = $self->{t};
    my $ordered = day(-200);
    my ($customers, $orders) = ("customer_id,email,name,consent\n",
                                "order_id,customer_id,ordered_at,amount\n");

    for my $i (1 .. $self->{customers}) {
        $customers .= "c$i,c$i\@example.com,Customer $i,granted\n";
        $orders .= "o$i,c$i,$ordered,25.00\n";
    }

    $t->ctl_ok('import', 'customers', $t->write_file('customers.csv',
                                                     $customers));
    $t->ctl_ok('import', 'orders', $t->write_file('orders.csv', $orders));
}


sub _create {
    my ($self) = @_;

    my $t = $self->{t};
    my $links = join '', map { "  $_: { $LINKS{$_} }\n" } @{ $self->{links} };

    $t->write_file('campaign.yaml', <<"END");
id: $self->{slug}
title: We miss you
starts: $self->{starts}
window: $self->{window}
holdout: $self->{holdout}
audience: last_order > 90d
tiers:
  - { name: d90, when: last_order > 90d, offer: { $self->{offer} }, expires: $self->{expires} }
links:
${links}hosts: [shop.example]
END

    $t->ctl_ok('campaign', 'create', $t->path('campaign.yaml'));
}


# What the merge file says now.  It has no quoted cells here: names and
# addresses are plain.

sub merge {
    my ($self) = @_;

    my ($head, @lines) = split /\r?\n/, $self->{t}->ctl_ok('campaign',
        'merge', $self->{slug}, '--format', 'csv');
    my @names = split /,/, $head;
    my @rows;

    for my $line (@lines) {
        my %row;

        @row{@names} = split /,/, $line, -1;
        push @rows, \%row;
    }

    return @rows;
}


1;
