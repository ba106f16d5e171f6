# 20,000 requests whose clients leave at any phase.  2 minutes; for memory's
# sake under AddressSanitizer, with BUILD=build-asan SANITIZE=address,undefined.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Aborts;
use Retention::Sum;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 2_000);
my $aborts = Retention::Aborts->new($t, $shop);

$aborts->run($ENV{TORTURE_ABORTED} || 20_000);

my $sums = $aborts->sums;

sum_line('aborted: %d requests of %d clients, in %d phases; the workers had %d kB before and %d kB after',
         @{$sums}{qw(aborted clients phases)}, @{ $sums->{kb} });

done_testing;
