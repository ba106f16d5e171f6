# Ten thousand bits flip, one after another, in the files of a store: each is
# found or harmless.  An hour on an idle machine; the lines with '#' at the end
# are the sums.  What workers would answer is counted beside it; alone, and of
# the files that they answer from, with TORTURE_WORKERS=1.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Flips;
use Retention::Test;

my $FLIPS = $ENV{TORTURE_FLIPS} || 10_000;
my $SEED = $ENV{TORTURE_SEED} || 20261122;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 300);
my $flips = Retention::Flips->new($t, $shop, seed => $SEED,
                                   $ENV{TORTURE_WORKERS} ? (commands => [], groups => [qw(coupons state)]) : ());

for my $i (1 .. $FLIPS) {
    $flips->one;
    diag(join "\n", "$i flips", $flips->table) if $i % 1000 == 0;
}

diag(join "\n", "$FLIPS flips, seed $SEED", $flips->table);
is(join("\n", $flips->wrong), '', 'no wrong answer, and nobody dies');

done_testing;
