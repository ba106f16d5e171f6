package Retention::FullDisk;

# A disk that gets full under load, and has room again, many times.
#
#     my $disk = Retention::FullDisk->mount('tmpfs', '64m')    or undef
#
#     $disk->run(200);            tests
#     $disk->sums;                cycles, refused, slow (of them), slowest_ms,
#                                 healed_s (a list), answered, recorded, lost,
#                                 late, acked, missing, twice

use strict;
use warnings;

use parent 'Retention::Ordeal';

use Test::More;
use Time::HiRes qw(sleep time);
use Retention::Fixture;
use Retention::Test;
use Retention::Traffic;

my $WORKERS = 2;
my $CONNECTIONS = 8;
my $ROUND = 10;                 # cycles of a load
my $FULL_S = 5;                 # until something is refused
my $HOLD_S = 0.5;               # for which the disk stays full
my $REFUSED_MS = 100;
my $LATE = 0.001;               # of the refusals, by whatever else runs here
my $HEALED_S = 5;
my $BLOCK = 4096;
my $MARGIN = 8 * 1024 * 1024;   # more than is recorded meanwhile
my $CUSTOMERS = 2_000;
my $OWN = 200;                  # of them, whom the load leaves alone

my @mounted;

END {
    my $status = $?;

    system('umount', '-l', $_) for @mounted;
    $? = $status;
}


# A file system of its own: 'tmpfs', or 'ext4' on a loop device.

sub mount {
    my ($class, $type, $size) = @_;

    return if $> != 0;

    my $t = Retention::Test->new;
    my $dir = $t->path('disk');
    my $image = $t->path('image');
    my $command = $type eq 'tmpfs'
        ? "mount -t tmpfs -o size=$size,mode=0755 tmpfs $dir"
        : "truncate -s $size $image && mkfs.ext4 -q -m 0 $image && mount -o loop $image $dir";

    mkdir $dir or die;
    system("($command) 2>/dev/null") == 0 or return;
    push @mounted, $dir;

    $t->{store} = "$dir/store";

    my $shop = Retention::Fixture->new($t, customers => $CUSTOMERS);
    my @rows = $shop->rows;
    my @own = splice @rows, -$OWN;

    return $class->new($t, $shop,
        type    => $type,
        disk    => $dir,
        own     => \@own,
        traffic => Retention::Traffic->new($t, $shop, rows => \@rows, may_refuse => 1),
        asked   => { pixel => 0, click => 0 },
        sums    => { cycles => 0, refused => 0, slow => 0, slowest_ms => 0, healed_s => [] });
}


sub run {
    my ($self, $cycles) = @_;

    my $t = $self->{t};

    $t->nginx_start($self->{shop}->conf(workers => $WORKERS));

    $self->rounds($cycles, $ROUND, sub {
        $self->{traffic}->begin(kept => { connections => $CONNECTIONS });
        $self->_cycle for 1 .. $_[0];
        $self->{traffic}->end;
    });

    $self->_verify;
    $t->nginx_stop;
    is(($t->ctl('check'))[0], 0, "$self->{type}: the store verifies");
    $t->forget_store;
    system('umount', $self->{disk}) == 0 or die "cannot unmount\n";
    @mounted = grep { $_ ne $self->{disk} } @mounted;
}

sub _cycle {
    my ($self) = @_;

    my ($t, $sums) = @{$self}{qw(t sums)};
    my $name = "$self->{type} " . ++$sums->{cycles};

    $self->_fill;
    $self->{bad} = [];

    ok(eval { $t->wait_for(sub { $self->_ask('event') == 503 }, 'it is full', $FULL_S) }, "$name: full")
        or return unlink "$self->{disk}/ballast";

    my $end = time + $HOLD_S;

    while (time < $end) {
        $self->_ask($_) for qw(pixel click event redeem leave);
        sleep 0.01;
    }

    is(join(', ', @{ $self->{bad} }), '', "$name: answers are the expected ones");
    unlink "$self->{disk}/ballast" or die;

    my $begun = time;
    my $good = 0;

    # twice by each worker, or so

    while ($good < 4 * $WORKERS && time - $begun < 2 * $HEALED_S) {
        my $ok = $self->_ask('event') == 204 && $self->_ask('redeem') == 200 && $self->_ask('leave') == 200;

        $good = $ok ? $good + 1 : 0;
        sleep 0.02 if !$ok;
    }

    push @{ $sums->{healed_s} }, time - $begun;
    cmp_ok($sums->{healed_s}[-1], '<=', $HEALED_S, "$name: healed");
    sleep rand 0.2;
}


# All of the room that there is, down to the last block: most of it at once,
# but never so much that it fails, which would give all of it back.

sub _fill {
    my ($self) = @_;

    my $path = "$self->{disk}/ballast";
    my ($free) = `df -B1 --output=avail $self->{disk}` =~ /(\d+)\s*$/;

    system('fallocate', '-l', $free - $MARGIN, $path) == 0 or die "cannot fill the disk\n";

    open my $file, '>>', $path or die "no ballast: $!\n";
    1 while syswrite $file, "\0" x $BLOCK;
    close $file;
}


# One request on a connection of its own, with what must hold for each answer.
# Returns its status.

sub _ask {
    my ($self, $kind) = @_;

    my ($t, $shop) = @{$self}{qw(t shop)};
    my $row = $self->{own}[rand @{ $self->{own} }];
    my %auth = (headers => { Authorization => 'Bearer ' . $shop->key }, close => 1);
    my $begun = time;

    my $answer = $kind eq 'pixel' ? $t->http('GET', $shop->path($row->{pixel_url}), close => 1)
        : $kind eq 'click' ? $t->http('GET', $shop->path($row->{link_shop}), close => 1)
        : $kind eq 'event' ? $t->http('POST', '/e', %auth, json => { kind => 'checkout', customer => 'c1' })
        : $kind eq 'leave' ? $t->http('POST', $shop->path($row->{unsubscribe_url}), close => 1, body => '')
        : $t->http('POST', "/coupons/$row->{coupon}/redeem", %auth,
                   json => { order_id => $row->{coupon}, amount => '50.00', currency => 'EUR' });

    $self->_judge($kind, $answer, 1000 * (time - $begun));

    return $answer->{status};
}

sub _judge {
    my ($self, $kind, $answer, $ms) = @_;

    my ($status, $headers) = @{$answer}{qw(status headers)};
    my $is_right;

    if ($kind eq 'pixel') {
        $self->{asked}{pixel}++;
        $is_right = $status == 200 && length $answer->{body} == 43;

    } elsif ($kind eq 'click') {
        $self->{asked}{click}++;
        $is_right = $status == 302 && $headers->{location} =~ /utm_campaign/;

    } elsif ($status == 503) {
        $self->{sums}{refused}++;
        $self->{sums}{slow}++ if $ms > $REFUSED_MS;
        $self->{sums}{slowest_ms} = $ms if $ms > $self->{sums}{slowest_ms};
        $is_right = ($headers->{'retry-after'} // '') =~ /^\d+$/;

    } else {
        $is_right = $status == 204 || $status == 200;
    }

    push @{ $self->{bad} }, "$kind $status " . ($headers->{location} // '') if !$is_right;
}


# Each answer to a pixel or a link is recorded or counted; one that was late
# may be both.

sub _verify {
    my ($self) = @_;

    my ($traffic, $sums) = @{$self}{qw(traffic sums)};
    my $lost = $self->{shop}->status->{lost};
    my $refused = $traffic->refused;

    $sums->{late} = delete $lost->{deadline} // 0;
    $sums->{lost} = 0;
    $sums->{lost} += $_ for values %$lost;
    $sums->{refused} += $refused->{count};
    $sums->{slow} += $refused->{late};
    $sums->{slowest_ms} = $refused->{most_us} / 1000 if $refused->{most_us} / 1000 > $sums->{slowest_ms};

    cmp_ok($sums->{slow}, '<=', $LATE * $sums->{refused}, "$self->{type}: $sums->{refused} refusals within $REFUSED_MS ms, but for $sums->{slow}");

    my $records = $traffic->verify($self->{type}, 'any');

    $sums->{answered} = $traffic->sum('answered', 'pixel', 'click') + $self->{asked}{pixel} + $self->{asked}{click};
    $sums->{recorded} = ($records->{pixel}{open} // 0) + ($records->{redirect}{click} // 0);

    cmp_ok($sums->{recorded} + $sums->{lost}, '<=', $sums->{answered}, "$self->{type}: none is recorded and lost");
    cmp_ok($sums->{recorded} + $sums->{lost} + $sums->{late}, '>=', $sums->{answered}, "$self->{type}: each answer is recorded, or counted as lost");
}

1;
