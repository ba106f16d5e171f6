package Retention::Visitor;

# What happens with one mail: machines fetch it, a person opens it, clicks,
# looks around in the shop, buys, unsubscribes.

use strict;
use warnings;

use parent 'Retention::Session';

use Retention::Checkout;
use Retention::Random;

# Whose class FACTS gives, and a person's browsers.

my $GMAIL_AHEAD = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36'
    . ' (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246'
    . ' Mozilla/5.0';
my $APPLE_PRIVACY = 'Mozilla/5.0';

my @BROWSERS = (
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like'
        . ' Gecko) Chrome/142.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1'
        . ' (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
);

my @MAIL_PROXIES = (
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com'
        . ' GoogleImageProxy)',
    'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html',
);

my @AHEAD = (['Sec-Purpose', 'prefetch;prerender'], ['Purpose', 'prefetch'],
             ['X-Purpose', 'preview'], ['X-Moz', 'prefetch']);


# row: of the merge file; seed; buyers: a Retention::Buyers; and what
# Retention::Session needs.

sub mail {
    my ($self, $row) = @_;

    my $customer = $row->{customer_id};

    $self->{row} = $row;
    $self->{customer} = $customer;
    $self->{random} = Retention::Random->new($self->{seed}, 'visitor',
                                             $customer);
    $self->{browser} = $self->{random}->pick(@BROWSERS);
    $self->{posts} = 0;

    $self->ledger->recipient($customer, arm => $row->{arm},
        tier => $row->{tier}, has_coupon => $row->{coupon} ne '' ? 1 : 0);

    my $outcome = $self->{buyers}->outcome($customer, $row->{tier},
                                           $row->{arm});

    $self->_machines;
    $self->_person($outcome);
    Retention::Checkout->new(%$self)->buys($outcome, $row);
    $self->_unsubscribe if $self->{random}->percent(2);
    $self->_strange if $self->{random}->percent(4);
}


sub _machines {
    my ($self) = @_;

    my $random = $self->{random};

    $self->_open('machine', $GMAIL_AHEAD) if $random->percent(10);
    $self->_open('unknown', $APPLE_PRIVACY) if $random->percent(15);
    $self->_scanner if $random->percent(3);
    $self->_ahead(@{ $random->pick(@AHEAD) }) if $random->percent(3);
}

# Asks with HEAD, which stands in no count, and follows what no person sees.

sub _scanner {
    my ($self) = @_;

    my $row = $self->{row};
    my %headers = ('User-Agent' => $self->{browser});

    $self->expect('pixel', 200, 'HEAD', $self->_path('pixel_url'),
                  headers => \%headers);
    $self->expect('redirect', 302, 'HEAD', $self->_path('link_shop'),
                  headers => \%headers);
    $self->expect('redirect', 302, 'GET', $self->_path('link_trap'),
                  headers => \%headers)
        and $self->ledger->seen($self->{customer}, 'clicked', 'machine');
}

# A browser that loads the page before anybody asks for it.

sub _ahead {
    my ($self, $name, $value) = @_;

    my %headers = ('User-Agent' => $self->{browser}, $name => $value);
    my $token = $self->_click('link_shop', 'machine', %headers);

    $self->_post('machine', $token, \%headers, 'visit') if defined $token;
}


sub _person {
    my ($self, $outcome) = @_;

    my $random = $self->{random};
    my $is_buyer = $outcome->{buys} && $outcome->{is_online};
    my $clicks = $outcome->{is_persuaded} || $random->percent(8)
        || $is_buyer && $random->percent(40);

    if ($clicks ? $random->percent(90) : $random->percent(30)) {
        $self->_open('human', $random->pick($self->{browser}, @MAIL_PROXIES))
            for 0 .. $random->below(3);
    }

    return if !$clicks;

    my %headers = ('User-Agent' => $self->{browser});
    my $token = $self->_click('link_shop', 'human', %headers);

    $self->_browse($token, $is_buyer) if defined $token;
    $self->_click('link_price', 'human', %headers)
        if exists $self->{row}{link_price} && $random->percent(10);
}

sub _path {
    my ($self, $column) = @_;

    return Retention::Session::path($self->{row}{$column});
}

sub _open {
    my ($self, $class, $agent) = @_;

    $self->expect('pixel', 200, 'GET', $self->_path('pixel_url'),
                  headers => { 'User-Agent' => $agent })
        and $self->ledger->seen($self->{customer}, 'opened', $class);
}

# Returns the visit token of the shop's URL, which nobody follows.

sub _click {
    my ($self, $column, $class, %headers) = @_;

    my $answer = $self->expect('redirect', 302, 'GET', $self->_path($column),
                               headers => \%headers) or return;
    my $location = $answer->{headers}{location};

    $self->ledger->seen($self->{customer}, 'clicked', $class);

    if ($location !~ m{^https://shop\.example/}) {
        $self->ledger->fault("$column leads to '$location'");
        return;
    }

    return if $column ne 'link_shop';

    my %args = map { split /=/, $_, 2 } split /&/, $location =~ s/.*\?//r;

    $self->ledger->fault("'$location' has another coupon")
        if $args{coupon} ne $self->{row}{coupon};

    return $args{v};
}


sub _browse {
    my ($self, $token, $is_buyer) = @_;

    my $random = $self->{random};
    my @kinds = ('visit');

    push @kinds, ('view') x (1 + $random->below(2)) if $random->percent(60);
    push @kinds, 'cart' if $is_buyer || $random->percent(15);
    push @kinds, 'checkout' if $is_buyer;

    # Some pages tell at once, some collect.

    my @posts = $random->percent(50) ? [@kinds] : map { [$_] } @kinds;

    for my $post (@posts) {
        $self->_post('human', $token, { 'User-Agent' => $self->{browser} },
                     @$post);
    }
}

my %SEEN_AS = (visit => 'visited', view => 'viewed', cart => 'carted',
               checkout => 'checked_out');

# Now and then the answer is lost, and the same is sent again.

sub _post {
    my ($self, $class, $token, $headers, @kinds) = @_;

    my $random = $self->{random};
    my @events = map { {
        event_id => 'page-' . ++$self->{posts},
        kind     => $_,
        token    => $token,
        ($_ eq 'view' || $_ eq 'cart'
            ? (items => [{ sku => 'S' . $random->below(500),
                           quantity => 1 + $random->below(3) }]) : ()),
    } } @kinds;

    my $form = @events == 1 ? $random->pick(qw(object lines gzip))
                            : $random->pick(qw(lines gzip));
    my %headers = (Origin => $self->{origin}, %$headers);

    for (0 .. $random->percent(5)) {
        $self->events($form, \%headers, @events) or return;
    }

    $self->ledger->seen($self->{customer}, $SEEN_AS{$_}, $class) for @kinds;
}


# The page changes nothing, the button does.

sub _unsubscribe {
    my ($self) = @_;

    my $path = $self->_path('unsubscribe_url');

    $self->expect('unsubscribe', 200, 'GET', $path);
    $self->expect('unsubscribe', 200, 'POST', $path,
        headers => { 'Content-Type' => 'application/x-www-form-urlencoded' },
        body => 'List-Unsubscribe=One-Click')
        and $self->ledger->unsubscribed($self->{customer});
}

# What must leave no trace: broken tokens, of another purpose, foreign pages.

sub _strange {
    my ($self) = @_;

    my %headers = ('User-Agent' => $self->{browser});
    my $broken = $self->_path('pixel_url');
    my $crossed = $self->_path('link_shop');

    $broken =~ s{^(/o/.{20})(.)}{ $1 . ($2 eq 'A' ? 'B' : 'A') }e;
    $crossed =~ s{.*/}{};

    $self->expect('pixel', 200, 'GET', $broken, headers => \%headers);
    $self->expect('pixel', 200, 'GET', "/o/$crossed.gif",
                  headers => \%headers);
    $self->expect('redirect', 302, 'GET', '/r/' . substr($crossed, 1),
                  headers => \%headers);
    $self->expect('unsubscribe', 404, 'POST', "/u/$crossed");
    $self->expect('events', 403, 'POST', '/e', body => '{}',
                  headers => { Origin => 'https://elsewhere.example' });
    $self->expect('events', 400, 'POST', '/e',
        body => "{\"kind\": \"visit\", \"token\": \"$crossed\"}",
        headers => { Origin => $self->{origin} });
}

1;
