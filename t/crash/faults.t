# Writes, flushes and allocations that fail, under nginx and under the tool:
# no false answer, no crash, and it heals.  The short form of
# t/torture/faults.t.  8 s.

use strict;
use warnings;

use File::Path qw(remove_tree);
use Test::More;
use Retention::Fixture;
use Retention::Faults;
use Retention::Test;

my $FOREVER = 1_000_000_000;
my $FENCES = 3;

my @ROUNDS = (                  # call, which one, how many fail
    ['fdatasync', 1, 1],
    ['fdatasync', 4, 1],
    ['pwrite', 2, 1],
    ['pwrite', 5, 1],
    ['writev', 3, 1],
    ['disk', 6, $FOREVER],
    ['malloc', 5, 1],
    ['malloc', 60, 1],
    ['malloc', 10, $FOREVER],
);

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 120);
my $faults = Retention::Faults->new($t, $shop);
my $copies = $t->path('copies');
my $copy = "$copies/1";

mkdir $copies or die;
$t->give($copies);
$faults->start(workers => 2);
$faults->fence for 1 .. $FENCES;
$faults->round(@$_) for @ROUNDS;
$faults->verify;
$t->nginx_stop;

for my $case (['pwrite', 2], ['fdatasync', 1], ['malloc', 40], ['malloc', 90]) {
    $faults->command(@$case, 'import', 'customers', $t->path('customers.csv'));
}

for my $case (['write', 2], ['fsync', 1], ['fsync', 6], ['malloc', 60]) {
    $faults->command(@$case, sub { remove_tree($copy); ok(!-e "$copy.part", 'nothing half done is left'); }, 'backup', $copy);
}

my $sums = $faults->sums;

note("$sums->{rounds} rounds, $sums->{failed} with refusals, $sums->{commands} commands, $sums->{refused} refused; healed in $sums->{healed_s} s at most");

# nginx says itself when memory is short

$t->allow_alerts(qr/\[(?:emerg|crit)\].*(?:malloc|posix_memalign|calloc)\(\d+\) failed/, qr/Cannot allocate memory/);

done_testing;
