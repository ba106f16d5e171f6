# Replays the corpus of every fuzz target: past findings stay found.

use strict;
use warnings;

use FindBin;
use Test::More;

my $root = "$FindBin::Bin/..";
my $build = $ENV{RETENTION_BUILD} || "$root/build";
my @sources = grep { !m{/replay\.c$} } glob "$root/t/fuzz/*.c";

plan skip_all => 'no fuzz targets' if !@sources;

for my $source (@sources) {
    my ($name) = $source =~ m{/(\w+)\.c$};
    my @corpus = glob "$root/t/fuzz/corpus/$name/*";

    # An empty input is the least that a target must bear.

    push @corpus, '/dev/null';

    my $status = system "$build/t/fuzz/$name", @corpus;

    is($status, 0, "$name: " . @corpus . ' inputs');
}

done_testing;
