package Bench::Posts;

# Events that the shop's server posts, one and 20 at a time, against what LMDB
# and the disk take of the same rows without nginx.

use strict;
use warnings;

use Bench::Limits;
use Retention::Fixture;
use Retention::Test;

my $CONNECTIONS = 64;
my @SIZES = (1, 20);            # events of a post
my $BATCH = 64;                 # rows that share a flush, without nginx


sub about { return 'events in posts of 1 and of 20' }


# A post of events that were never posted before, of 128 bytes of JSON each.

my $events = 0;

sub post {
    my ($n) = @_;

    my $rest = qq("campaign":"winback","link":"shop","occurred_at":")
        . Retention::Fixture::day(0) . 'T00:00:00Z"}';
    my @events = map {
        $events++;
        sprintf '{"event_id":"%08d","kind":"view","customer":"c%04d",%s',
            $events, $events % 1000 + 1, $rest;
    } 1 .. $n;

    return $n == 1 ? $events[0] : '[' . join(',', @events) . ']';
}


sub run {
    my ($run) = @_;

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 1000);
    my $limits = Bench::Limits->new($t);
    my $answered = 0;

    $t->nginx_start($shop->conf(workers => 1));

    my @series = $run->rounds(
        (map { {
            name => "posts of $_",
            code => _code($run, $t, $shop->key, $_, \$answered),
        } } @SIZES),
        { name => 'LMDB', code => $limits->code('lmdb', $BATCH) },
        { name => 'file', code => $limits->code('file', $BATCH) },
    );

    _rows($run, @series);

    $t->nginx_stop;
    $run->verify($shop, $answered, 'events answered with 204');
}

sub _code {
    my ($run, $t, $key, $n, $answered) = @_;

    return sub {
        my ($count) = @_;

        # the count is that of events

        my $posts = int(($count + $n - 1) / $n);
        my @requests = map { "POST /e\t" . post($n) } 1 .. $posts;

        $$answered += $posts * $n;

        return $run->load($t, count => $posts, connections => $CONNECTIONS,
                          requests => \@requests, times => $n, status => 204,
                          headers => ["Authorization: Bearer $key"]);
    };
}

sub _rows {
    my ($run, $one, $many, $lmdb, $file) = @_;

    my @base = ({ name => "LMDB, batch $BATCH",
                  values => $lmdb->{per_second} });
    my $kept = 'event on disk (fdatasync)';

    $run->title("events, $CONNECTIONS connections, one worker; 128 bytes of "
                . 'JSON, rows of ' . int($lmdb->{row_bytes}[0] + 0.5)
                . ' bytes');
    $run->row(name => "LMDB alone, batches of $BATCH rows",
              values => $lmdb->{per_second}, durable => 'commit of LMDB');
    $run->row(name => "fdatasync alone, $BATCH rows each",
              values => $file->{per_second}, durable => 'fdatasync',
              against => \@base);
    $run->row(name => 'posts of 1', values => $one->{per_second},
              durable => $kept, against => \@base);
    $run->row(name => 'posts of 20', values => $many->{per_second},
              durable => $kept, least => 160_000,
              against => [{ %{ $base[0] }, least => 0.5 }]);
}

1;
