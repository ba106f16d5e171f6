package Bench::Import;

# The pixel while orders are imported, against the pixel alone, at a quarter of
# what it can take.

use strict;
use warnings;

use IO::Handle;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time);

use Bench::Latency;
use Bench::OpenLoop;
use Retention::Fixture;
use Retention::Test;

my $SHARE = 0.25;               # of what the pixel can take alone
my $SECONDS = 1;                # of a window, for each second of other parts'
my $ORDERS_EACH = 5;            # of a customer


sub about { return 'the pixel while orders are imported' }


sub run {
    my ($run) = @_;

    if (!Bench::OpenLoop::is_there()) {
        $run->title('import: left out, there is no h2load');
        return;
    }

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 1000);
    my @paths = map { $shop->path($_->{pixel_url}) } $shop->rows;
    my $answered = 0;

    $run->tell('import: writing a file of '
               . Bench::Run::thousands($run->orders) . ' orders');

    my $file = _file($t, $run->orders);

    $t->nginx_start($shop->conf(workers => 1));

    my $rate = $SHARE * Bench::Latency::full_rate($run, $t, \@paths,
                                                  \$answered);
    my $window = sub {
        my $numbers = Bench::OpenLoop::ask($t, rate => $rate, paths => \@paths,
            seconds => $SECONDS * $run->seconds);

        $answered += $numbers->{count};

        return $numbers;
    };

    my @idle = map { $window->() } 1 .. $run->rounds_n;

    $run->tell('import: importing them');

    my $begun = time;
    my @during = _during($t, $file, $window);
    my $took_s = time - $begun;

    push @idle, map { $window->() } 1 .. $run->rounds_n;

    _rows($run, $rate, $took_s, \@idle, \@during);

    $t->nginx_stop;
    $run->verify($shop, $answered, 'answers of the pixel');
}

# Windows that began while the import ran.

sub _during {
    my ($t, $file, $window) = @_;

    my $base = $t->path('import');
    my $pid = $t->spawn({ out => "$base.out", err => "$base.err",
                          env => { RETENTION_STORE => $t->store } },
                        $t->build . '/retentionctl', 'import', 'orders',
                        $file);
    my @windows;
    my $is_running = 1;

    while ($is_running) {
        push @windows, $window->();
        $is_running = waitpid($pid, WNOHANG) == 0;
    }

    die "the import ended with $?: " . $t->read_file("$base.err") if $? != 0;

    return @windows;
}

sub _file {
    my ($t, $orders) = @_;

    my $path = $t->path('import.csv');

    open my $file, '>', $path or die "cannot write '$path': $!\n";
    print {$file} "order_id,customer_id,ordered_at,amount\n";

    for my $i (1 .. $orders) {
        printf {$file} "i%d,n%d,2026-%02d-%02d,%d.00\n", $i,
            $i / $ORDERS_EACH, $i % 12 + 1, $i % 28 + 1, $i % 90 + 10;
    }

    # else the kernel brings all of it to disk at once, during the import

    $file->flush && $file->sync or die "cannot sync '$path': $!\n";
    close $file or die "cannot write '$path': $!\n";

    return $path;
}

sub _rows {
    my ($run, $rate, $took_s, $idle, $during) = @_;

    my %idle = map { my $p = $_; $p => [ map { $_->{$p} } @$idle ] }
        qw(p99_ms max_ms);
    my %during = map { my $p = $_; $p => [ map { $_->{$p} } @$during ] }
        qw(p99_ms max_ms);
    my $kept = 'event on disk (fdatasync)';

    $run->title(sprintf "open loop, %s requests a second, a quarter of what "
                . "the pixel can take;\n%s orders imported in some %s s",
                map { Bench::Run::thousands($_) } $rate, $run->orders,
                $took_s);
    $run->row(name => 'pixel alone: 99th percentile', unit => 'ms',
              values => $idle{p99_ms}, durable => $kept);
    $run->row(name => '  maximum', unit => 'ms', values => [
                  Bench::Run::highest(@{ $idle{max_ms} }) ]);
    $run->row(name => 'during the import: 99th percentile', unit => 'ms',
              values => $during{p99_ms}, durable => $kept, against => [{
                  name => 'alone', most => 2,
                  values => [ Bench::Run::median(@{ $idle{p99_ms} }) ],
              }]);
    $run->row(name => '  maximum', unit => 'ms', values => [
                  Bench::Run::highest(@{ $during{max_ms} }) ]);
}

1;
