# Bits flip in the files of a store, one at a time: each is found or harmless.
# The short form of t/torture/bitflips.t.  5 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Flips;
use Retention::Test;

my $FLIPS = 120;
my $SEED = $ENV{TORTURE_SEED} || 20261122;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 100);
my $flips = Retention::Flips->new($t, $shop, seed => $SEED, commands => [
    [qw(report %SLUG% --json)],
    [qw(export recipients %SLUG% --format csv)],
    [qw(check)],
]);

$flips->one for 1 .. $FLIPS;

note(join "\n", "$FLIPS flips, seed $SEED", $flips->table);
is(join("\n", $flips->wrong), '', 'no wrong answer, and nobody dies');

my %all;

for my $sums (values %{ $flips->sums }) {
    $all{$_} += $sums->{$_} for keys %$sums;
}

cmp_ok($all{found}, '>', $FLIPS / 10, 'found by who answers');
cmp_ok($all{harmless}, '>', $FLIPS / 10, 'harmless');

done_testing;
