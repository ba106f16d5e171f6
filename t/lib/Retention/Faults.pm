package Retention::Faults;

# Faults of the disk and of memory, one after another, under a nginx that is
# asked for everything it does, and under retentionctl.
#
#     my $faults = Retention::Faults->new($t, $shop);
#
#     $faults->start(workers => 2);           nginx, with t/lib/faults.c
#     $faults->round('fdatasync', 3, 1);      the third flush fails
#     $faults->fence;                         a failed flush closes all
#     $faults->verify;                        what was answered is there
#     $faults->command('malloc', 100, 'check');
#     $faults->sweep('check', sub { $faults->command('malloc', $_[0], 'check') });
#
# Each method is a test or several; `sums` tells how it went.  round and
# command return whether the fault was met.

use strict;
use warnings;

use Errno qw(EIO ENOMEM ENOSPC);
use File::Copy qw(copy);
use Test::More;
use Time::HiRes qw(sleep time);

my $CONNECTIONS = 6;
my $HEAL_S = 5;
my $FENCED_S = 1;
my $IDLE = 3;                   # in a row that met no fault: a sweep's end
my $SWEEP_MAX = 20_000;
my $FOREVER = 1_000_000_000;

my %ANSWERS = (                 # of each kind of request
    event  => qr/^(?:204|503)$/,
    redeem => qr/^(?:200|503)$/,
    pixel  => qr/^200$/,
    click  => qr/^302$/,
    leave  => qr/^(?:200|503)$/,
);


# Options: each, the events of a post; posts, of a round.

sub new {
    my ($class, $t, $shop, %opt) = @_;

    my @rows = $shop->rows;

    my $self = bless {
        each    => 5,
        posts   => 24,
        %opt,
        t       => $t,
        shop    => $shop,
        key     => $shop->key,
        rows    => \@rows,
        coupons => [ map { $_->{coupon} } @rows ],
        file    => $t->path('faults'),
        library => _copy($t, 't/lib/faults.so'),
        tool    => _copy($t, 'retentionctl'),
        acked   => {},
        sold    => {},
        sums    => { rounds => 0, failed => 0, commands => 0, refused => 0,
                     healed_s => 0, fenced_s => 0 },
    }, $class;

    $t->write_file("$self->{file}.met", '');
    chmod 0666, "$self->{file}.met";
    $self->arm('none', 0, 0, 0);

    return $self;
}


# Where the workers' user can read it: the tree may lie in a home that is
# closed to others.

sub _copy {
    my ($t, $name) = @_;

    my $path = $t->path($name =~ s{.*/}{}r);

    copy($t->build . "/$name", $path) or die "cannot copy $name: $!\n";
    chmod 0755, $path;

    return $path;
}


sub sums { return $_[0]{sums} }


# What is preloaded: a sanitizer's library must stay the first.

sub env {
    my ($self) = @_;

    return (
        LD_PRELOAD => join(' ', grep { $_ } $ENV{RETENTION_PRELOAD},
                           $self->{library}),
        FAULTS_FILE => $self->{file},
        FAULTS_PATH => $self->{t}->store,
    );
}

sub start {
    my ($self, %conf) = @_;

    my %env = $self->env;

    local $ENV{RETENTION_PRELOAD} = $env{LD_PRELOAD};
    local @ENV{qw(FAULTS_FILE FAULTS_PATH)} = @env{qw(FAULTS_FILE FAULTS_PATH)};

    # each worker listens on a socket of its own, so that all get connections,
    # and says who it is

    my $conf = $self->{shop}->conf(%conf, server => 'add_header X-Worker $pid always;' . "\n" . ($conf{server} // ''));

    $conf =~ s/(listen [0-9%][^;]+);/$1 reuseport;/;
    $self->{t}->nginx_start($conf);
    $self->{t}->wait_for(sub { $self->{t}->workers == ($conf{workers} || 1) }, 'all workers run');
}


# Replaced as a whole, so that nobody reads half a line.

sub arm {
    my ($self, @line) = @_;

    truncate "$self->{file}.met", 0 or die;
    $self->{t}->write_file("$self->{file}.new", "@line\n");
    rename "$self->{file}.new", $self->{file} or die;
}


sub _met { return -s "$_[0]{file}.met" }

# The same for the first call, the second, and so on, until there is none.

sub sweep {
    my ($self, $name, $code) = @_;

    my ($k, $idle) = (0, 0);

    until ($idle == $IDLE || $k == $SWEEP_MAX) {
        $idle = $code->(++$k) ? 0 : $idle + 1;
    }

    is($idle, $IDLE, "$name: to the end, " . ($k - $idle) . ' calls');
    push @{ $self->{sums}{sweeps} }, "$name " . ($k - $idle);
}


# The requests of a round, each with its kind and what it tells of.

sub requests {
    my ($self) = @_;

    my ($shop, $rows) = @{$self}{qw(shop rows)};
    my @requests;

    for my $i (1 .. $self->{posts}) {
        my $row = $rows->[$i % @$rows];
        my @orders = map { 'n' . ++$self->{orders} } 1 .. $self->{each};
        my $events = join ',', map { qq({"kind":"checkout","customer":"c1","order_id":"$_"}) } @orders;

        push @requests, ['event', "POST /e\t[$events]", @orders];
        push @requests, ['pixel', 'GET ' . $shop->path($row->{pixel_url})] if $i % 4 == 0;
        push @requests, ['click', 'GET ' . $shop->path($row->{link_shop})] if $i % 4 == 1;
        push @requests, ['leave', 'POST ' . $shop->path($row->{unsubscribe_url}) . "\tList-Unsubscribe=One-Click"] if $i % 12 == 2;

        if ($i % 8 == 3 && (my $coupon = shift @{ $self->{coupons} })) {
            push @requests, ['redeem', qq(POST /coupons/$coupon/redeem\t{"order_id":"$coupon","amount":"50.00","currency":"EUR"}), $coupon];
        }
    }

    return @requests;
}


# A fault from the k-th call on, of count calls, while all that nginx does is
# asked of it.

sub round {
    my ($self, $call, $k, $count, $errno) = @_;

    my $t = $self->{t};
    my $name = "$call $k" . ($count > 1 ? ' and all after' : '');
    my @requests = $self->requests;
    my $failed = 0;
    my @bad;

    $errno //= $call eq 'malloc' ? ENOMEM : EIO;
    $self->arm($call, $k, $count, $errno);

    my $statuses = $t->load(requests => [ map { $_->[1] } @requests ], connections => $CONNECTIONS, seconds => 30,
                            headers => ["Authorization: Bearer $self->{key}"])->{statuses};

    for my $i (0 .. $#requests) {
        my ($kind, undef, @what) = @{ $requests[$i] };
        my $status = $statuses->[$i];

        # nginx itself may be short of memory for a request

        next if $call eq 'malloc' && ($status == 0 || $status == 500);

        push @bad, "$kind $status" if $status !~ $ANSWERS{$kind};
        $failed++ if $status == 503;
        $self->{acked}{$_} = $name for $status == 204 && $kind eq 'event' ? @what : ();
        $self->{sold}{$_} = $name for $status == 200 && $kind eq 'redeem' ? @what : ();
    }

    my $is_met = $self->_met;

    is(join(', ', @bad), '', "$name: answers are the expected ones, $failed of " . @requests . ' refused');
    $self->arm('none', 0, 0, 0);
    $self->_heal($name);

    $self->{sums}{rounds}++;
    $self->{sums}{failed}++ if $failed;

    return $is_met;
}


# One flush fails, of one worker: from then on none takes anything before it
# has opened the store again, as the log tells.

sub fence {
    my ($self) = @_;

    my $t = $self->{t};
    my $seen = length $t->read_file('logs/error.log');
    my %workers = map { $_ => 1 } $t->workers;
    my (%fenced, @bad, $answer);

    $self->arm('fdatasync', 1, $FOREVER, EIO);

    do {
        $answer = $self->_post;
    } while ($answer->{status} == 204);

    my $begun = time;

    $self->arm('none', 0, 0, 0);
    $fenced{ $answer->{headers}{'x-worker'} } = 0;

    while (keys %fenced < keys %workers && time - $begun < $HEAL_S) {
        my $took = time - $begun;

        $answer = $self->_post;

        my $pid = $answer->{headers}{'x-worker'};
        my $is_again = substr($t->read_file('logs/error.log'), $seen) =~ /\[notice\] $pid#.*a write to retention store ".*" failed/;

        $fenced{$pid} //= $took if $is_again || $answer->{status} == 503;
        push @bad, $pid if !$is_again && $answer->{status} != 503;
    }

    my ($last) = sort { $b <=> $a } values %fenced;

    is(join(' ', sort keys %fenced), join(' ', sort keys %workers), 'every worker is fenced after a failed flush');
    is("@bad", '', 'none takes an event before it has opened the store again');
    cmp_ok($last, '<=', $FENCED_S, 'within a second');
    $self->_heal('fence');
    $self->{sums}{fenced_s} = $last if $last > $self->{sums}{fenced_s};
}

# An event on a connection of its own.

sub _post {
    my ($self) = @_;

    my $order = 'n' . ++$self->{orders};
    my $answer = $self->{t}->http('POST', '/e', close => 1, headers => { Authorization => "Bearer $self->{key}" },
                                  json => { kind => 'checkout', customer => 'c1', order_id => $order });

    $self->{acked}{$order} = 'single' if $answer->{status} == 204;

    return $answer;
}

sub _heal {
    my ($self, $name) = @_;

    my $t = $self->{t};
    my $begun = time;

    # twice by each worker, or so: a healthy one must not hide a fenced one

    my $good = 0;

    while ($good < 8 && time - $begun < $HEAL_S) {
        my $ok = $self->_post->{status} == 204;

        $good = $ok ? $good + 1 : 0;
        sleep 0.05 if !$ok;
    }

    my $took = time - $begun;

    cmp_ok($good, '==', 8, "$name: healed");
    $self->{sums}{healed_s} = $took if $took > $self->{sums}{healed_s};
}


# Each event and each redemption that was answered is there, once.

sub verify {
    my ($self) = @_;

    my (%found, %sold);

    for my $line ($self->{shop}->lines) {
        my ($source) = $line =~ /"source": ?"(\w+)"/;
        my ($order) = $line =~ /"order_id": ?"([^"]+)"/ or next;

        ($source eq 'coupon' ? \%sold : \%found)->{$order}++;
    }

    my @missing = grep { !$found{$_} } keys %{ $self->{acked} };
    my @unsold = grep { !$sold{$_} } keys %{ $self->{sold} };

    is(join(', ', map { "$_ of $self->{acked}{$_}" } @missing), '', 'no event that was answered is missing, of ' . keys %{ $self->{acked} });
    is(join(', ', map { "$_ of $self->{sold}{$_}" } @unsold), '', 'no redemption that was answered is missing, of ' . keys %{ $self->{sold} });
    is(scalar(grep { $_ > 1 } values %found, values %sold), 0, 'none is there twice');
    unlike($self->{t}->read_file('logs/error.log'), qr/exited on signal/, 'no worker crashed');
}


# A command under a fault ends with a status of its own, and is repeated
# without; undo may take away what it made.

sub command {
    my ($self, $call, $k, @args) = @_;

    my $t = $self->{t};
    my $undo = ref $args[0] eq 'CODE' ? shift @args : sub { };
    my $name = "retentionctl $args[0], $call $k";

    $self->arm($call, $k, $call eq 'disk' ? $FOREVER : 1, $call eq 'malloc' ? ENOMEM : $call eq 'disk' ? ENOSPC : EIO);

    # as the store's owner: to become him, the C library reads its tables of
    # users, and crashes where it finds no memory for them

    my %as = (user => $t->user, tool => $self->{tool});

    my ($status, undef, $err) = $t->ctl({ %as, env => { $self->env, FAULTS_PATH => $t->dir, $call eq 'malloc' ? (FAULTS_MEMORY => 1) : () } }, @args);

    my $is_met = $self->_met;

    $self->arm('none', 0, 0, 0);

    my $failed = $status != 0;

    ok($status < 128, "$name: no crash") or diag("status $status: $err");
    ok($status == 0 || $err =~ /^retentionctl: \S/m, "$name: says what was wrong") or diag($err);

    $undo->();
    ($status, undef, $err) = $t->ctl(\%as, @args);
    is($status, 0, "$name: works when the fault is gone") or diag($err);
    $undo->();

    $self->{sums}{commands}++;
    $self->{sums}{refused}++ if $failed;

    return $is_met;
}

1;
