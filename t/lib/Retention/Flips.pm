package Retention::Flips;

# Single bits that flip in the files of a store, and what is then said of it.
#
#     my $flips = Retention::Flips->new($t, $shop, seed => 7);
#
#     $flips->one for 1 .. 100;
#     $flips->sums;
#
# The store has closed, compressed and open files of the log, roll-ups, orders,
# coupons in every state, unsubscriptions and imported events.  The file of a
# flip is drawn first, each environment as often as the others, then its bit.
#
# All that can be asked is asked before and after, of retentionctl and, by
# t/lib/answers.c, as nginx's workers would.  What was answered without an error
# is wrong when it is not what was answered before.  Of each flip the most that
# was seen counts, in this order:
#
#     crash      a signal ended the tool
#     wrong      the tool gave a wrong answer
#     found      a command that answers has refused, and named what is damaged
#     check      'check' alone has found it; all answers were right
#     harmless   nothing was found, and all answers were right
#
# and of the workers' answers: crash, wrong, refused, same.  Options commands
# and groups: what is asked of the tool, and in which files bits flip.

use strict;
use warnings;

use Fcntl qw(SEEK_SET);
use Retention::Fixture;

my @ORDER = qw(harmless check found wrong crash);
my @WORKERS = qw(same refused wrong crash);

# A page that leads out of the map ends the tool by a signal; it says so.

my $FAULT = 'its pages are damaged, or its files were cut';

my @COMMANDS = (
    [qw(report %SLUG% --json)],
    [qw(report %SLUG% --json --as-of %DAY%)],
    [qw(export events --format csv)],
    [qw(export recipients %SLUG% --format csv)],
    [qw(export coupons --format csv)],
    [qw(segment rfm --list --csv --as-of %DAY%)],
    [qw(campaign show %SLUG% --json)],
    [qw(campaign merge %SLUG% --format csv)],
    [qw(config get)],
    [qw(keys list)],
    [qw(check)],
);


sub new {
    my ($class, $t, $shop, %opt) = @_;

    my $self = bless {
        seed => 1, requests => 1600, each => 3, %opt,
        t => $t, shop => $shop, sums => {}, workers => {}, wrong => [],
    }, $class;

    $self->{commands} //= \@COMMANDS;
    $self->{state} = $self->{seed};
    $self->_fill;
    $self->_files;
    $self->{before} = $self->_answers;

    return $self;
}


# Two sums: of the tool's answers by environment, and of the workers'.

sub sums    { return $_[0]{sums} }
sub workers { return $_[0]{workers} }

# What went wrong, a line each.

sub wrong { return @{ $_[0]{wrong} } }


# A bit flips, everything is asked, and it flips back.

sub one {
    my ($self) = @_;

    my @groups = sort keys %{ $self->{files} };
    my $group = $groups[$self->_draw(scalar @groups)];
    my @files = @{ $self->{files}{$group} };
    my $file = $files[$self->_draw(scalar @files)];
    my $bit = $self->_draw(8 * -s $file);

    $self->_renew;
    _flip($file, $bit);

    my $after = $self->_answers;

    _flip($file, $bit);

    my $where = sprintf '%s bit %d (page %d, byte %d)',
        $file =~ s{.*/(\w+/)}{$1}r, $bit, int($bit / 8 / 4096),
        $bit / 8 % 4096;
    my ($tool, $workers) = $self->_judge($after, $where);

    $self->{sums}{$group}{$tool}++;
    $self->{workers}{$group}{$workers}++;

    return $tool;
}


# As text, a line for each environment and one for all.

sub table {
    my ($self) = @_;

    my @lines = (sprintf '%-12s' . '%9s' x 5 . '   |' . '%9s' x 4, 'bits in',
                         @ORDER, @WORKERS);
    my %all;

    for my $group ((sort keys %{ $self->{sums} }), 'all') {
        my ($tool, $workers) = $group eq 'all' ? @all{qw(tool workers)}
            : ($self->{sums}{$group}, $self->{workers}{$group});

        push @lines, sprintf '%-12s' . '%9d' x 5 . '   |' . '%9d' x 4, $group,
            (map { $tool->{$_} // 0 } @ORDER),
            map { $workers->{$_} // 0 } @WORKERS;

        $all{tool}{$_} += $tool->{$_} // 0 for @ORDER;
        $all{workers}{$_} += $workers->{$_} // 0 for @WORKERS;
    }

    return @lines;
}


# drand48's numbers, so that a seed says the same everywhere.

sub _draw {
    my ($self, $below) = @_;

    use integer;

    $self->{state} = $self->{state} * 25214903917 + 11 & 281474976710655;

    return ($self->{state} >> 16) % $below;
}


sub _flip {
    my ($file, $bit) = @_;

    open my $fh, '+<:raw', $file or die "cannot open '$file': $!\n";
    sysseek $fh, $bit / 8, SEEK_SET or die;
    sysread $fh, my $byte, 1 or die;
    sysseek $fh, $bit / 8, SEEK_SET or die;
    syswrite $fh, chr(ord($byte) ^ 1 << $bit % 8) or die;
    close $fh or die;
}


# Answers change at midnight.

sub _renew {
    my ($self) = @_;

    return if $self->{day} eq Retention::Fixture::day(0);

    $self->{before} = $self->_answers;
}


sub _answers {
    my ($self) = @_;

    my $t = $self->{t};
    my @answers;

    $self->{day} = Retention::Fixture::day(0);

    for my $command (@{ $self->{commands} }) {
        my @words = map { s/%SLUG%/$self->{shop}->slug/er
                          =~ s/%DAY%/$self->{day}/r } @$command;

        push @answers, [$t->ctl(@words)];
    }

    push @answers, [$t->run({}, $t->build . '/t/lib/answers', $t->store,
                            $self->{shop}{customers}, $t->path('codes'))];

    return \@answers;
}


sub _judge {
    my ($self, $after, $where) = @_;

    my ($worst, $n) = (0, $#{ $self->{commands} });

    for my $i (0 .. $n) {
        my ($status, $out, $err) = @{ $after->[$i] };
        my $is_check = $self->{commands}[$i][0] eq 'check';
        my $rank;

        if ($status >= 128 || $err =~ /$FAULT/) {
            $rank = 4;

        } elsif ($status == 0) {
            $rank = $out eq $self->{before}[$i][1] ? 0 : 3;

        } else {
            $rank = $status != 1 && $status != 3 || $err eq '' ? 3
                : $is_check ? 1 : 2;
        }

        push @{ $self->{wrong} }, "$where: @{ $self->{commands}[$i] }: "
            . "$ORDER[$rank] (exit $status) $err" if $rank > 2;
        $worst = $rank if $rank > $worst;
    }

    my $workers = $self->_judge_workers(@{ $after->[-1] });

    push @{ $self->{wrong} }, "$where: the workers: $workers"
        if $workers eq 'wrong' || $workers eq 'crash';

    return ($ORDER[$worst], $workers);
}


# By lines: a refusal begins with "!".

sub _judge_workers {
    my ($self, $status, $out) = @_;

    my $before = $self->{before}[-1][1];

    return 'crash' if $status >= 128;
    return 'same' if $status == 0 && $out eq $before;

    my %right = map { $_ => 1 } split /\n/, $before;

    return 'wrong' if grep { !/^!/ && !$right{$_} } split /\n/, $out;

    return $out =~ /^!/m ? 'refused' : 'wrong';
}


sub _files {
    my ($self) = @_;

    my $store = $self->{t}->store;
    my @plain = sort glob "$store/events/*.mdb";

    $self->{files} = {
        open => [pop @plain],
        closed => \@plain,
        compressed => [sort glob "$store/events/*.z"],
        map { $_ => ["$store/$_/data.mdb"] } qw(coupons state crm),
    };

    if ($self->{groups}) {
        $self->{files} = { map { $_ => $self->{files}{$_} }
                           @{ $self->{groups} } };
    }

    for my $group (keys %{ $self->{files} }) {
        die "no file '$group'\n" if !@{ $self->{files}{$group} };
    }
}


# What a shop leaves in a store.

sub _fill {
    my ($self) = @_;

    my ($t, $shop) = @{$self}{qw(t shop)};
    my @rows = $shop->rows;
    my %headers = (Authorization => 'Bearer ' . $shop->key);

    $t->ctl_ok('config', 'set', 'segment-mib', '1');
    $t->ctl_ok('import', 'events', $t->write_file('events.jsonl', join '', map {
        qq({"kind":"visit","customer_id":"c$_","occurred_at":")
        . Retention::Fixture::day(-3) . qq(T10:00:00Z","campaign":")
        . $shop->slug . qq("}\n)
    } 1 .. @rows));

    $t->nginx_start($shop->conf);
    $self->_load(\%headers, 1 .. $self->{requests});

    for my $i (0 .. $#rows) {
        my ($what) = (qw(redeem reserve), undef, 'restore', undef)[$i % 5]
            // next;

        for my $action ($what eq 'restore' ? qw(redeem restore) : $what) {
            $t->http('POST', "/coupons/$rows[$i]{coupon}/$action",
                     headers => \%headers,
                     json => { order_id => "s$i", amount => '50.00',
                               currency => 'EUR' });
        }

        $t->http('POST', $shop->path($rows[$i]{unsubscribe_url}))
            if $i % 7 == 0;
    }

    $t->nginx_stop;
    $t->ctl_ok('fold');
    $t->ctl_ok('compress', '--json');
    $t->nginx_start;
    $self->_load(\%headers, $self->{requests} + 1 .. 2 * $self->{requests});
    $t->nginx_stop;

    $t->write_file('codes', join '', map { "$_->{coupon}\n" } @rows);
}


sub _load {
    my ($self, $headers, @numbers) = @_;

    my $t = $self->{t};

    $t->load_wait($t->load_start(
        requests => [map { $self->_request($_) } @numbers], connections => 32,
        headers => ["Authorization: $headers->{Authorization}"]));
}


sub _request {
    my ($self, $i) = @_;

    my @rows = $self->{shop}->rows;
    my $row = $rows[$i % @rows];

    return 'GET ' . $self->{shop}->path($i % 3 ? $row->{pixel_url}
                                               : $row->{link_shop}) if $i % 2;

    # long ones, so that a file is full before a command takes long

    my $items = join ',', map {
        qq({"sku":"SKU-$i-$_-abcdefghij","quantity":$_,"price":"$i.50"})
    } 1 .. 20;
    my $carts = join ',', map {
        qq({"event_id":"e$i-$_","kind":"cart","customer":"$row->{customer_id}",)
        . qq("currency":"EUR","items":[$items]})
    } 1 .. $self->{each};

    return qq(POST /e\t[$carts,{"kind":"visit",)
        . qq("customer":"$row->{customer_id}"}]);
}

1;
