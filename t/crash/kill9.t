# Twenty kill -9 of workers and of the whole server under load: what was
# acknowledged is there once.  The short form of t/torture/kill9.t.  6 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Kills;
use Retention::Test;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t, customers => 2_000);

Retention::Kills->new($t, $shop)->run(20);

done_testing;
