# Every k-th write, flush and allocation fails once, then all from the k-th
# on, under nginx and under the tool; then again while files of the log are
# closed and begun.  Over 9 minutes; the lines with '#' at the end are the sums.

use strict;
use warnings;

use File::Path qw(remove_tree);
use Test::More;
use Retention::Fixture;
use Retention::Faults;
use Retention::Test;

my $FOREVER = 1_000_000_000;
my $DISK_MAX = $ENV{TORTURE_DISK} || 30;        # k of writes and flushes
my $MEMORY_MAX = $ENV{TORTURE_MEMORY} || 400;   # k of allocations

my @DISK = qw(fdatasync fsync pwrite write writev ftruncate);
my @SHORT = (qr/\[(?:emerg|crit|alert)\].*(?:malloc|posix_memalign|calloc)\(\d+\) failed/, qr/Cannot allocate memory/);

sub shop {
    my ($slug, %opt) = @_;

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, slug => $slug, customers => 1500);

    $t->allow_alerts(@SHORT);
    $t->ctl_ok('config', 'set', 'segment-mib', '1');

    return ($t, Retention::Faults->new($t, $shop, %opt));
}

sub sums {
    my ($what, $faults) = @_;

    my $sums = $faults->sums;

    diag(sprintf '%s: %d rounds, %d with refusals, %d commands, %d refused; %d events acknowledged, healed in %.1f s at most',
         $what, @{$sums}{qw(rounds failed commands refused)}, scalar keys %{ $faults->{acked} }, $sums->{healed_s});
}


{
    my ($t, $faults) = shop('nginx');

    $faults->start(workers => 2);

    for my $call (@DISK) {
        $faults->round($call, $_, 1) for 1 .. $DISK_MAX;
    }

    $faults->round('disk', $_, $FOREVER) for 1 .. $DISK_MAX / 2;
    $faults->verify;
    $faults->round('malloc', $_, 1) for 1 .. $MEMORY_MAX;
    $faults->round('malloc', $_ * 10, $FOREVER) for 1 .. $MEMORY_MAX / 20;
    $faults->verify;
    sums('nginx', $faults);
}

{
    my ($t, $faults) = shop('segments', each => 500);

    $faults->start(workers => 2);

    for my $call (@DISK) {
        $faults->round($call, $_, 1) for 1 .. $DISK_MAX;
    }

    $faults->round('disk', $_, $FOREVER) for 1 .. $DISK_MAX / 2;
    $faults->round('malloc', $_ * 5, 1) for 1 .. $MEMORY_MAX / 5;
    $faults->verify;
    sums('nginx, closing ' . (glob($t->store . '/events/*.mdb'))[-1] =~ s{.*/0*(\d+)\.mdb}{$1}r . ' files', $faults);
}

{
    my ($t, $faults) = shop('tool');
    my $copies = $t->path('copies');
    my $copy = "$copies/1";
    my @commands = (
        ['import', 'customers', $t->path('customers.csv')],
        ['import', 'orders', $t->path('orders.csv')],
        ['check'],
        ['fold'],
        [sub { remove_tree($copy); ok(!-e "$copy.part", 'nothing half done is left'); }, 'backup', $copy],
    );

    mkdir $copies or die;
    $t->give($copies);

    for my $command (@commands) {
        for my $call (@DISK, 'disk') {
            $faults->command($call, $_, @$command) for 1 .. $DISK_MAX / 3;
        }

        $faults->command('malloc', $_, @$command) for 1 .. $MEMORY_MAX;
    }

    sums('retentionctl', $faults);
}

done_testing;
