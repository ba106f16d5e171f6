package Bench::Latency;

# How much longer a pixel takes than empty_gif, when requests come at half the
# rate that the pixel can take.

use strict;
use warnings;

use Bench::OpenLoop;
use Retention::Fixture;
use Retention::Test;

my $CONNECTIONS = 256;          # that find what it can take
my $SHARE = 0.5;                # of that
my $SECONDS = 2;                # of a round, for each second of other parts'


sub about { return 'the time that a pixel adds, at half load' }


sub run {
    my ($run) = @_;

    if (!Bench::OpenLoop::is_there()) {
        $run->title('latency: left out, there is no h2load');
        return;
    }

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 1000);
    my @paths = map { $shop->path($_->{pixel_url}) } $shop->rows;
    my $answered = 0;

    $t->nginx_start($shop->conf(workers => 1));

    my $rate = $SHARE * full_rate($run, $t, \@paths, \$answered);
    my $seconds = $SECONDS * $run->seconds;

    my (%gif, %pixel);

    for (1 .. $run->rounds_n) {
        _add(\%gif, Bench::OpenLoop::ask($t, rate => $rate,
             seconds => $seconds, paths => ['/gif']));
        _add(\%pixel, Bench::OpenLoop::ask($t, rate => $rate,
             seconds => $seconds, paths => \@paths));
    }

    $answered += $_ for @{ $pixel{count} };

    _rows($run, \%gif, \%pixel);

    $t->nginx_stop;
    $run->verify($shop, $answered, 'answers of the pixel');
}

# What the pixel can take, requests a second.

sub full_rate {
    my ($run, $t, $paths, $answered) = @_;

    my ($full) = $run->rounds({ name => 'pixel', code => sub {
        my ($count) = @_;

        $$answered += $count;

        return $run->load($t, count => $count, connections => $CONNECTIONS,
                          requests => [ map { "GET $_" } @$paths ],
                          status => 200);
    } });

    return Bench::Run::median(@{ $full->{per_second} });
}

sub _add {
    my ($series, $numbers) = @_;

    push @{ $series->{$_} }, $numbers->{$_} for keys %$numbers;
}

sub _rows {
    my ($run, $gif, $pixel) = @_;

    my $rate = Bench::Run::thousands(
        Bench::Run::median(@{ $pixel->{per_second} }));
    my %most = (p50 => 1, p99 => 8);

    $run->title("open loop (h2load --rps), $rate requests a second, half of "
                . "what $CONNECTIONS\nconnections reach; one worker");

    for my $p (qw(p50 p99)) {
        my $name = $p eq 'p50' ? 'median time' : '99th percentile';
        my ($base, $values) = ($gif->{"${p}_ms"}, $pixel->{"${p}_ms"});
        my @added = map { $values->[$_] - $base->[$_] } 0 .. $#$base;

        $run->row(name => "empty_gif, no log: $name", values => $base,
                  unit => 'ms', durable => 'nothing');
        $run->row(name => "pixel: $name", values => $values, unit => 'ms',
                  durable => 'event on disk (fdatasync)',
                  against => [{ name => 'empty_gif', values => $base }]);
        $run->row(name => "  added", values => \@added, unit => 'ms',
                  most => $most{$p});
    }
}

1;
