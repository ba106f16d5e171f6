package Bench::Cost;

# What a commit takes from the processors: what the kernel counts for the
# program that makes it, and what bench/spare.c finds missing.  Both have its
# start, some 1.4 ms, with its thousands of commits.

use strict;
use warnings;

use POSIX qw(ceil);

use Bench::Limits;
use Retention::Fixture;
use Retention::Test;

my @BATCHES = (1, 64, 256);
my $EVENTS = 2000;              # of which the rows are
my $ALONE_S = 0.3;              # what the processors can do, before and after


sub about { return 'what a commit takes from the processors' }


sub run {
    my ($run) = @_;

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 1000);
    my @pixels = map { 'GET ' . $shop->path($_->{pixel_url}) } $shop->rows;

    $t->nginx_start($shop->conf(workers => 1));
    $run->load($t, count => $EVENTS, connections => 8, status => 200,
               requests => \@pixels);
    $t->nginx_stop;

    my $limits = Bench::Limits->new($t, before => [
        $t->build . '/bench/spare', $ALONE_S ]);

    my @series = $run->rounds(map {
        { name => "batches of $_", code => _commits($limits, $_) };
    } @BATCHES);

    $run->title('commits of LMDB, one after the other; rows of a pixel');

    for my $i (0 .. $#BATCHES) {
        _rows($run, $BATCHES[$i], $series[$i]);
    }

    $run->verify($shop, $EVENTS, 'answers of the pixel');
}

# What one commit of the batch takes, in milliseconds.

sub _commits {
    my ($limits, $batch) = @_;

    my $code = $limits->code('lmdb', $batch);

    return sub {
        my ($count) = @_;

        my $numbers = $code->($count);
        my $commits = ceil($numbers->{rows} / $batch);

        return {
            per_second => $numbers->{per_second},
            map { $_ => 1000 * $numbers->{$_} / $commits }
                qw(seconds own_s taken_s),
        };
    };
}

sub _rows {
    my ($run, $batch, $series) = @_;

    my $kept = 'commit of LMDB';
    my $rows = $batch == 1 ? 'a row' : "$batch rows";

    $run->row(name => "a commit of $rows lasts", unit => 'ms',
              values => $series->{seconds}, durable => $kept);
    $run->row(name => '  uses a processor for, the kernel says', unit => 'ms',
              values => $series->{own_s}, durable => $kept);
    $run->row(name => '  takes from all processors', unit => 'ms',
              values => $series->{taken_s}, durable => $kept, against => [{
                  name => 'what the kernel says', values => $series->{own_s},
              }]);
}

1;
