# The price of durability, and where its limits lie: one table of one run, in
# which every figure stands beside what it is compared with.
#
#     make bench                                 some minutes
#     make bench ARGS="--only posts,redeem"      these parts alone
#     make bench ARGS="--rounds 9 --seconds 3"   more to go by
#     make bench ARGS="--help"

use strict;
use warnings;

use FindBin;
use Getopt::Long;

use lib "$FindBin::Bin/lib";

use Bench::Bytes;
use Bench::Cost;
use Bench::Import;
use Bench::Latency;
use Bench::Machine;
use Bench::Pages;
use Bench::Posts;
use Bench::Queries;
use Bench::Redeem;
use Bench::Redis;
use Bench::Run;

my @PARTS = (
    [pages  => 'Bench::Pages'],
    [redis  => 'Bench::Redis'],
    [posts  => 'Bench::Posts'],
    [redeem => 'Bench::Redeem'],
    [latency => 'Bench::Latency'],
    [bytes => 'Bench::Bytes'],
    [cost => 'Bench::Cost'],
    [import => 'Bench::Import'],
    [queries => 'Bench::Queries'],
);

my %opt = (rounds => 5, seconds => 1, coupons => 1_000_000,
           orders => 1_000_000);
my @given = @ARGV;

GetOptions(\%opt, 'rounds=i', 'seconds=f', 'only=s', 'coupons=i', 'orders=i',
           'help') && !@ARGV
    or die usage();

if ($opt{help}) {
    print usage();
    exit;
}

my %only = map { $_ => 1 } split /,/, $opt{only} // '';
my @unknown = grep { my $name = $_; !grep { $_->[0] eq $name } @PARTS }
    sort keys %only;

die "bench: no part is called '$unknown[0]'\n" . usage() if @unknown;

$| = 1;
umask 022;

my $run = Bench::Run->new(%opt);

$run->head;

for my $part (grep { !%only || $only{ $_->[0] } } @PARTS) {
    my ($name, $class) = @$part;

    $run->tell("$name: " . $class->about);
    $class->can('run')->($run);
}

$run->end;
print Bench::Machine::text();
print "To repeat: make bench", (@given ? qq( ARGS="@given") : ()), "\n";


sub usage {
    return <<'END' . join '', map { sprintf "  %-8s %s\n", $_->[0], $_->[1]->about } @PARTS;
usage: bench.pl [--only PART,...] [--rounds N] [--seconds S] [--coupons N]
                [--orders N]

  --rounds   of everything that is compared, one after the other (5)
  --seconds  of a round of one of them, about (1)
  --coupons  issued for the part 'redeem' (1000000)
  --orders   imported in the parts 'import' and 'queries' (1000000)

parts:
END
}
