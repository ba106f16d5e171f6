# What make demo ends with: commands that a bare Debian has not.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib", "$FindBin::Bin/../demo";

use Place;

my $folder = tempdir(CLEANUP => 1);

local $ENV{PATH} = "$folder/none:$folder";

is(Place::hint('curl'), "'curl' is not here; 'apt-get install curl' brings "
   . "it, for these:\n\n", 'without curl: said');

open(my $file, '>', "$folder/curl") or die "cannot write curl: $!\n";
close $file;
chmod 0755, "$folder/curl";

is(Place::hint('curl'), '', 'with curl: nothing to say');

{
    local $ENV{DEMO_DIR} = "$folder/a b";

    ok(!eval { Place->new }, 'a folder with a space: refused');
    like($@, qr{\ADEMO_DIR '.*/a b' has more than letters}, 'and why');
}

done_testing;
