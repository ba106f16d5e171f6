# A disk that gets full under load and has room again: mails go on working,
# what cannot be stored is refused at once or counted, and all heals by
# itself.  The short form of t/torture/full_disk.t.  8 s.

use strict;
use warnings;

use Test::More;
use Retention::FullDisk;
use Retention::Test;

my $disk = Retention::FullDisk->mount('tmpfs', '96m')
    or plan(skip_all => 'a small disk: needs root and a mount');

$disk->run(3);

done_testing;
