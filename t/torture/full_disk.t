# A disk that gets full 200 times under load and has room again: half of them
# in memory, half as ext4 on a loop device.  6 minutes.

use strict;
use warnings;

use Test::More;
use Retention::FullDisk;
use Retention::Sum;
use Retention::Test;

my $CYCLES = $ENV{TORTURE_FULL} || 200;

for my $type (split / /, $ENV{TORTURE_DISKS} || 'tmpfs ext4') {
    SKIP: {
        my $disk = Retention::FullDisk->mount($type, '700m')
            or skip "a $type of its own: needs root and a mount", 1;

        $disk->run($CYCLES / 2);

        my $sums = $disk->sums;

        sum_line('full %s: %d times; %d refusals, %d of them after more than 100 ms, the slowest after %.1f ms; %d pixels and links answered, %d recorded, %d counted as lost, %d as late; %d events acknowledged, %d missing, %d twice; healed in s: %s',
                 $type, @{$sums}{qw(cycles refused slow slowest_ms answered recorded lost late acked missing twice)}, spread(@{ $sums->{healed_s} }));
    }
}

done_testing;
