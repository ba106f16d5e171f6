package Bench::Run;

# Rounds and figures of a run, and the table that they go into.
#
#     my $run = Bench::Run->new(rounds => 5, seconds => 1);
#
#     my ($gif, $pixel) = $run->rounds(
#         { name => 'empty_gif', code => sub { my ($count) = @_; ... } },
#         { name => 'pixel', code => ... });
#
#     $run->row(name => 'pixel', values => $pixel->{per_second},
#               against => [{ name => 'empty_gif', least => 0.8,
#                             values => $gif->{per_second} }]);
#
# What is compared is measured in turn, round by round, and compared round by
# round, since what else the machine does changes in between.

use strict;
use warnings;

my $WARM_UP = 4000;             # requests for each second of a round, which
                                # give the rate
my $COUNT_MAX = 400_000;        # requests in a round
my %FORMATS = (s => '%.2f s', ms => '%.2f ms', bytes => '%.0f bytes', '' => '%.2f');


sub new {
    my ($class, %opt) = @_;

    return bless { rounds => 5, seconds => 1, %opt }, $class;
}

sub rounds_n { return $_[0]{rounds} }
sub seconds { return $_[0]{seconds} }
sub coupons { return $_[0]{coupons} }
sub orders  { return $_[0]{orders} }


# What goes on; the table alone is for the standard output.

sub tell {
    my ($self, $text) = @_;

    print STDERR "# $text\n";
}


# Runners have a name and code, which is called with how many requests to make
# and returns a hash of numbers, per_second among them.  Returns a hash for each
# runner, with lists of those numbers.

sub rounds {
    my ($self, @runners) = @_;

    for my $runner (@runners) {
        my $first = $runner->{code}->(int($WARM_UP * $self->{seconds}) || 1);
        my $count = int($first->{per_second} * $self->{seconds}) || 1;

        $runner->{count} = $count < $COUNT_MAX ? $count : $COUNT_MAX;
    }

    my @series = map { {} } @runners;

    for (1 .. $self->{rounds}) {
        for my $i (0 .. $#runners) {
            my $numbers = $runners[$i]{code}->($runners[$i]{count});

            push @{ $series[$i]{$_} }, $numbers->{$_} for keys %$numbers;
        }
    }

    return @series;
}


# A round of t/lib/load.c, as rounds() wants it; each answer must have the
# status.  times: how much of what is counted lies in a request.

sub load {
    my ($self, $t, %opt) = @_;

    my ($status, $times) = (delete $opt{status}, delete $opt{times} || 1);
    my $load = $t->load(is_brief => 1, %opt);
    my $good = $load->{counts}{$status} // 0;

    die "only $good of $opt{count} requests were answered with $status: "
        . $load->{line} if $good != $opt{count};

    my %line = $load->{line} =~ /(\w+) ([\d.]+)/g;

    return {
        per_second => $line{per_second} * $times,
        map { ("${_}_ms" => $line{"${_}_us"} / 1000) } qw(p50 p99 max),
    };
}


# Every answer was about something that is on the disk: counts what the store
# has of it.  nginx must have ended.

sub verify {
    my ($self, $shop, $answered, $what) = @_;

    my $recorded = $shop->count;

    die "$answered $what, and $recorded events in the store\n"
        if $recorded != $answered;

    push @{ $self->{verified} }, thousands($answered) . " $what";
}


sub median {
    my @sorted = sort { $a <=> $b } @_;

    return ($sorted[$#sorted / 2] + $sorted[@sorted / 2]) / 2;
}

sub highest {
    return (sort { $b <=> $a } @_)[0];
}

# Half of what lies between the lowest and the highest, in per cent of the
# median.

sub spread {
    my @sorted = sort { $a <=> $b } @_;
    my $median = median(@sorted);

    return $median ? 50 * ($sorted[-1] - $sorted[0]) / abs($median) : 0;
}

sub thousands {
    my ($n) = @_;

    my $text = sprintf '%.0f', $n;

    1 while $text =~ s/^(-?\d+)(\d{3})/$1,$2/;

    return $text;
}


# The table.

my $FORMAT = "%-42s %14s %6s  %-26s %s\n";

sub head {
    my ($self) = @_;

    $self->_line('', 'median', 'spread', 'kept where, when answered',
                 'ratio: median (lowest to highest)');
}

sub end {
    my ($self) = @_;

    print "\nFound again in the store after its nginx had ended, no more and "
        . "no less:\n" if $self->{verified};
    print "  $_\n" for @{ $self->{verified} || [] };
}

sub title {
    my ($self, $text) = @_;

    print "\n$text\n";
}

# One figure: name, values, unit, durable, and least or most, what was asked
# of it.  against is a list of bases: name, values (of the same rounds, or
# one), and least or most, what was asked of the ratio.

sub row {
    my ($self, %row) = @_;

    my @values = @{ $row{values} };
    my @bases = @{ $row{against} || [] };
    my @cells = map { _ratio(\@values, $_) } @bases;

    unshift @cells, _asked(\%row, median(@values))
        if defined $row{least} || defined $row{most};

    $self->_line("  $row{name}", _figure($row{unit} // '/s', @values),
                 @values > 1 ? sprintf('%.0f %%', spread(@values)) : '',
                 $row{durable} // '', shift @cells // '');
    $self->_line(('') x 4, $_) for @cells;
}

sub _line {
    my ($self, @cells) = @_;

    print sprintf($FORMAT, @cells) =~ s/ +$//mr;
}

sub _figure {
    my ($unit, @values) = @_;

    my $median = median(@values);

    return thousands($median) . ' /s' if $unit eq '/s';

    return sprintf $FORMATS{$unit}, $median;
}

sub _ratio {
    my ($values, $base) = @_;

    # a base that is one number stands beside each round

    my $of = $base->{values};
    my @ratios = sort { $a <=> $b } map { $values->[$_] / $of->[$_ % @$of] }
        0 .. $#$values;
    my $asked = _asked($base, median(@ratios));

    return sprintf '%.2f (%.2f to %.2f) of %s%s', median(@ratios),
        @ratios[0, -1], $base->{name}, $asked && "; $asked";
}

sub _asked {
    my ($row, $value) = @_;

    return "asked: >= $row->{least}, "
        . ($value >= $row->{least} ? 'met' : 'missed')
        if defined $row->{least};

    return "asked: <= $row->{most}, "
        . ($value <= $row->{most} ? 'met' : 'missed')
        if defined $row->{most};

    return '';
}

1;
