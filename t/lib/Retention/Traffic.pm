package Retention::Traffic;

# Everything that nginx does, asked for as long as something is done to it,
# and the book of what was answered.
#
#     my $traffic = Retention::Traffic->new($t, $shop);
#
#     $traffic->begin(kept => {}, fresh => { close => 1 });
#     ...                                     reload, kill, upgrade
#     my $counts = $traffic->end;             by name and status
#     $traffic->verify;                       tests: what was answered is there
#
# Loads that begin together run side by side.  Each post has an order of its
# own and no event_id, which would hide what came twice; each coupon is
# redeemed by one order, again and again.
#
# Options of a load: connections, close (each request has its own connection),
# only (a list of kinds; 'gif' is nginx's own empty_gif).

use strict;
use warnings;

use Test::More;

# An answer that took as long may have been given without the disk.

my $QUICK_US = 200_000;

my $SOON_US = 100_000;          # of what is refused

my $COUNT_MAX = 50_000_000;     # requests of a load, which ends before
my $SECONDS_MAX = 3600;

my $MIX = 1000;                 # requests until the mix of kinds repeats

my %KINDS = (                   # share of ten, what is answered
    event  => [4, 204],
    pixel  => [2, 200],
    click  => [2, 302],
    redeem => [1, 200],
    look   => [1, 200],
    leave  => [0.01, 200],
    gif    => [0, 200],
);

my $CLOSED = qr/^(?:event|redeem|look|leave)$/;


# Options: rows, of the merge file, where it is not all; may_refuse: what fails
# closed may answer 503, and what these took is kept.

sub new {
    my ($class, $t, $shop, %opt) = @_;

    return bless {
        rows    => [ $shop->rows ],
        %opt,
        t       => $t,
        shop    => $shop,
        key     => $shop->key,
        refused => { count => 0, late => 0, most_us => 0 },
        mix     => _mix(),
        loads   => 0,
        running => {},
        books   => [],          # of ended loads: id, kinds, statuses, us
    }, $class;
}


# The line of a kind for a recipient; ten '#' are the request's index.

sub _line {
    my ($self, $kind, $row, $id) = @_;

    my $shop = $self->{shop};
    my $coupon = $row->{coupon};

    return 'GET ' . $shop->path($row->{pixel_url}) if $kind eq 'pixel';
    return 'GET ' . $shop->path($row->{link_shop}) if $kind eq 'click';
    return "GET /coupons/$coupon" if $kind eq 'look';
    return 'GET /gif' if $kind eq 'gif';
    return 'POST ' . $shop->path($row->{unsubscribe_url})
        . "\tList-Unsubscribe=One-Click" if $kind eq 'leave';
    return qq(POST /coupons/$coupon/redeem\t{"order_id":"$coupon",)
        . '"amount":"50.00","currency":"EUR"}' if $kind eq 'redeem';

    return qq(POST /e\t{"kind":"checkout","customer":"$row->{customer_id}",)
        . qq("order_id":"L$id-##########"});
}

# Kinds in their shares, evenly mixed.

sub _mix {
    my (@mix, %due);

    for (1 .. $MIX) {
        $due{$_} += $KINDS{$_}[0] for keys %KINDS;

        my ($next) = sort { $due{$b} <=> $due{$a} || $a cmp $b } keys %due;

        $due{$next} -= 10;
        push @mix, $next;
    }

    return \@mix;
}

# What a load asks in turn, until each recipient had each kind: kind and
# recipient, from any one on.

sub _plan {
    my ($self, $mix) = @_;

    my $rows = $self->{rows};
    my %nth = map { $_ => int rand @$rows } keys %KINDS;
    my @plan;

    for my $i (0 .. 10 * @$rows - 1) {
        my $kind = $mix->[$i % @$mix];

        push @plan, [$kind, $rows->[$nth{$kind}++ % @$rows]];
    }

    return \@plan;
}


sub begin {
    my ($self, %loads) = @_;

    for my $name (sort keys %loads) {
        my $opt = $loads{$name};
        my $id = ++$self->{loads};
        my $plan = $self->_plan($opt->{only} || $self->{mix});

        $self->{running}{$name} = {
            id   => $id,
            plan => $plan,
            load => $self->{t}->load_start(
                requests => [ map { $self->_line(@$_, $id) } @$plan ],
                count => $COUNT_MAX, seconds => $SECONDS_MAX,
                connections => $opt->{connections} || 16,
                headers => ["Authorization: Bearer $self->{key}",
                            $opt->{close} ? 'Connection: close' : ()]),
        };
    }

    $self->wait_answers;
}

# Returns when each load has answers: from then on it is under load.

sub wait_answers {
    my ($self) = @_;

    for my $running (values %{ $self->{running} }) {
        my $file = "$running->{load}{base}.results";

        $self->{t}->wait_for(sub { -s $file }, 'the load has begun');
    }
}

# Ends all loads.  Returns for each, by its name, how often each status came;
# what came that should not is noted.

sub end {
    my ($self) = @_;

    my %counts;

    for my $name (keys %{ $self->{running} }) {
        my $running = delete $self->{running}{$name};
        my $result = $self->{t}->load_end($running->{load});

        $counts{$name} = $result->{counts};
        $self->_note($running, $result);
    }

    return \%counts;
}

sub _note {
    my ($self, $running, $result) = @_;

    my $plan = $running->{plan};
    my ($statuses, $us) = @{$result}{qw(statuses us)};
    my %book = (id => $running->{id}, acked => '', sent => {}, answered => {},
                quick => {});

    for my $i (0 .. $#$statuses) {
        my ($kind, $row) = @{ $plan->[$i % @$plan] };
        my $status = $statuses->[$i] // 0;

        $book{sent}{$kind}++;

        if ($status == 503 && $self->{may_refuse} && $kind =~ $CLOSED) {
            $self->_refused($us->[$i]);
            next;
        }

        if ($status != $KINDS{$kind}[1]) {
            $self->{strange}{"$kind $status"}++ if $status != 0;
            next;
        }

        $book{answered}{$kind}++;
        $book{quick}{$kind}++ if $us->[$i] < $QUICK_US;
        vec($book{acked}, $i, 1) = 1 if $kind eq 'event';
        $self->{sold}{ $row->{coupon} }++ if $kind eq 'redeem';
    }

    push @{ $self->{books} }, \%book;
}


sub _refused {
    my ($self, $us) = @_;

    my $refused = $self->{refused};

    $refused->{count}++;
    $refused->{late}++ if $us > $SOON_US;
    $refused->{most_us} = $us if $us > $refused->{most_us};
}

# How many requests were refused, how many of them not at once, and what the
# slowest took.

sub refused { return $_[0]{refused} }


# How often a kind was sent, answered, or answered so quickly that it must be
# on disk.

sub sum {
    my ($self, $what, @kinds) = @_;

    my $sum = 0;

    for my $book (@{ $self->{books} }) {
        $sum += $book->{$what}{$_} // 0 for @kinds;
    }

    return $sum;
}

# Answers that no load should have got, as text.

sub strange {
    my ($self) = @_;

    my $strange = $self->{strange} || {};

    return join ', ', map { "$_: $strange->{$_}" } sort keys %$strange;
}


# Reads the whole export.  Tests that everything answered is there, and nothing
# twice; lost: what nginx counted as such of pixels and links, where its
# counters outlived it, or 'any': the caller counts them.  Returns how many
# records there are, by source and kind.

sub verify {
    my ($self, $name, $lost) = @_;

    my $export = $self->_export;
    my $there = $self->_compare($export->{found});
    my ($sold, $records) = @{$export}{qw(sold records)};
    my $redeemed = keys %{ $self->{sold} };
    my %recorded = (pixel => $records->{pixel}{open} // 0,
                    click => $records->{redirect}{click} // 0);

    is($there->{missing}, 0, "$name: of $there->{acked} acknowledged events none is missing");
    is($there->{twice}, 0, "$name: none is there twice");
    is($export->{falls}, 0, "$name: ids are unique, and rise");
    is(scalar(grep { !$sold->{$_} } keys %{ $self->{sold} }), 0, "$name: of $redeemed acknowledged redemptions none is missing");
    is(scalar(grep { $_ > 1 } values %$sold), 0, "$name: none is there twice");

    for my $kind (($lost // '') eq 'any' ? () : qw(pixel click)) {
        my $least = $self->sum(defined $lost ? 'answered' : 'quick', $kind);

        cmp_ok($recorded{$kind}, '>=', $least - ($lost // 0), "$name: each $kind that was answered is there, of $least");
        cmp_ok($recorded{$kind}, '<=', $self->sum('sent', $kind), "$name: and no more than were sent");
    }

    is($self->strange, '', "$name: answers are the expected ones");

    $self->{sums} = { %$there, redeemed => $redeemed };

    return $records;
}

# Coupons that were redeemed are used, in the eyes of nginx.

sub verify_coupons {
    my ($self, $name) = @_;

    my @coupons = sort keys %{ $self->{sold} };
    my @free = grep {
        my $answer = $self->{t}->http('GET', "/coupons/$_", headers => { Authorization => "Bearer $self->{key}" });

        $answer->{body} !~ /"reason": ?"used"/;
    } splice @coupons, 0, 100;

    is(scalar @free, 0, "$name: coupons that were redeemed are used");
}

# Of the last verify: acked, missing, twice, redeemed.

sub sums { return $_[0]{sums} }

# records by source and kind; found: how often (up to 3) each order of a load
# is there; sold: how often each coupon; falls: ids that are not above the one
# before.

sub _export {
    my ($self) = @_;

    my $t = $self->{t};
    my %export = (records => {}, found => {}, sold => {}, falls => 0);
    my $last = 0;

    open my $lines, '-|', $t->build . '/retentionctl', '--store', $t->store,
        qw(export events --format jsonl) or die "no export: $!\n";

    while (my $line = <$lines>) {
        my ($id, $source, $kind) = $line
            =~ /^\{"id": "?(\w+)"?, .*?"source": "?(\w+)"?, "kind": "(\w+)"/;
        my ($order) = $line =~ /"order_id": "([^"]*)"/;

        $export{records}{$source}{$kind}++;

        if ($source eq 'coupon') {
            $export{sold}{$order}++ if $kind eq 'redeem';

        } elsif ($kind ne 'unsubscribe') {      # which have no id
            $export{falls}++ if $id <= $last;
            $last = $id;
            _found($export{found}, $order) if defined $order;
        }
    }

    close $lines or die "the export failed\n";

    return \%export;
}

sub _found {
    my ($found, $order) = @_;

    my ($load, $i) = $order =~ /^L(\d+)-(\d+)$/ or return;

    $found->{$load} //= '';

    my $n = vec $found->{$load}, $i, 2;

    vec($found->{$load}, $i, 2) = $n + 1 if $n < 3;
}

sub _compare {
    my ($self, $found) = @_;

    my %there = (acked => 0, missing => 0, twice => 0);

    for my $book (@{ $self->{books} }) {
        my $times = $found->{ $book->{id} } // '';
        my $acked = $book->{acked};

        for my $i (0 .. 8 * length($acked) - 1) {
            next if !vec $acked, $i, 1;

            $there{acked}++;
            $there{missing}++ if vec($times, $i, 2) == 0;
        }

        for my $i (0 .. 4 * length($times) - 1) {
            $there{twice}++ if vec($times, $i, 2) > 1;
        }
    }

    return \%there;
}

1;
