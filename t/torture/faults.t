# Each write, flush and allocation fails once, the first, the second, and so
# on until there is none left to fail; then all from the k-th on; under nginx,
# while files of the log are closed and begun, and under the tool.  20 minutes;
# TORTURE_PARTS names those to run.  The lines with '#' at the end are the sums.

use strict;
use warnings;

use File::Path qw(remove_tree);
use Test::More;
use Retention::Fixture;
use Retention::Faults;
use Retention::Sum;
use Retention::Test;

my $FOREVER = 1_000_000_000;
my $ROUNDS = $ENV{TORTURE_ROUNDS} || 20;        # of what has no end

my @DISK = qw(fdatasync fsync pwrite write writev ftruncate);
my @SHORT = (qr/\[(?:emerg|crit|alert)\].*(?:malloc|posix_memalign|calloc)\(\d+\) failed/, qr/Cannot allocate memory/);

my %PARTS = (nginx => \&nginx, segments => \&segments, tool => \&tool);

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

    sum_line('%s: %d rounds, %d with refusals, %d commands, %d refused; %d events acknowledged, healed in %.1f s at most, all fenced in %.2f s at most; to the end: %s',
             $what, @{$sums}{qw(rounds failed commands refused)}, scalar keys %{ $faults->{acked} }, @{$sums}{qw(healed_s fenced_s)}, join(', ', grep { !/ 0$/ } @{ $sums->{sweeps} }));
}


sub nginx {
    my ($t, $faults) = shop('nginx');

    $faults->start(workers => 2);
    $faults->fence for 1 .. $ROUNDS;

    for my $call (@DISK, 'malloc') {
        $faults->sweep($call, sub { $faults->round($call, $_[0], 1) });
    }

    for my $k (1 .. $ROUNDS) {
        $faults->round('disk', $k, $FOREVER);
        $faults->round('malloc', $k * 10, $FOREVER);
    }

    $faults->verify;
    sums('nginx', $faults);
}

# Posts so large that a round fills more than a file of the log.

sub segments {
    my ($t, $faults) = shop('segments', each => 500);

    $faults->start(workers => 2);

    for my $call (@DISK) {
        $faults->sweep($call, sub { $faults->round($call, $_[0], 1) });
    }

    $faults->round('disk', $_, $FOREVER) for 1 .. $ROUNDS;
    $faults->round('malloc', $_ * 20, 1) for 1 .. $ROUNDS;
    $faults->verify;
    sums('nginx, closing ' . (glob($t->store . '/events/*.mdb'))[-1] =~ s{.*/0*(\d+)\.mdb}{$1}r . ' files', $faults);
}

sub tool {
    my ($t, $faults) = shop('tool');
    my $copies = $t->path('copies');
    my $copy = "$copies/1";
    my %undo = (
        customers => sub { change($t, 'customers.csv', qr/Customer \w+/, 'Customer ') },
        orders    => sub { change($t, 'orders.csv', qr/\d+\.00$/, '', '.00') },
        fold      => sub { remove_tree($t->store); system('cp', '-a', "$copies/loose", $t->store) == 0 or die },
        backup    => sub { remove_tree($copy); ok(!-e "$copy.part", 'nothing half done is left') },
    );
    my @commands = (
        [$undo{customers}, 'import', 'customers', $t->path('customers.csv')],
        [$undo{orders}, 'import', 'orders', $t->path('orders.csv')],
        ['check'],
        [$undo{fold}, 'fold'],
        [$undo{backup}, 'backup', $copy],
    );

    # something to fold

    $faults->start(workers => 1);
    $faults->round('none', 0, 0);
    $t->nginx_stop;

    mkdir $copies or die;
    system('cp', '-a', $t->store, "$copies/loose") == 0 or die;
    $t->give($copies);
    $undo{$_}->() for qw(customers orders);

    for my $command (@commands) {
        my $name = join ' ', grep { !ref && !m{/} } @$command;

        for my $call (@DISK, 'malloc') {
            $faults->sweep("$name $call", sub { $faults->command($call, $_[0], @$command) });
        }

        $faults->command('disk', $_, @$command) for 1 .. $ROUNDS;
    }

    sums('retentionctl', $faults);
}

# A file that says something else of each row, so that its import writes.

my $changes = 100;

sub change {
    my ($t, $name, $pattern, $before, $after) = @_;

    my $text = $t->read_file($name);

    $changes++;
    $text =~ s/$pattern/$before . $changes . ($after \/\/ '')/gme;
    $t->write_file($name, $text);
}


$PARTS{$_}->() for split / /, $ENV{TORTURE_PARTS} || 'nginx segments tool';

done_testing;
