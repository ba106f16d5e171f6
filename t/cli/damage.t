# A store whose file was cut: the tool says so and does not die.  LMDB trusts
# its pages, so that no checksum of a row can help.

use strict;
use warnings;

use Test::More;
use Retention::Test;

my $CUSTOMERS = 5000;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR');

$t->ctl_ok('import', 'customers', $t->write_file('customers.csv',
    "customer_id,name\n" . join '', map { "c$_,Customer $_\n" } 1 .. $CUSTOMERS));

is(($t->ctl('check'))[0], 0, 'a whole store');

my $file = $t->store . '/crm/data.mdb';

truncate $file, 5 * 4096 or die "cannot cut $file: $!";

for my $command ('check', 'segment tiers') {
    my ($status, $out, $err) = $t->ctl(split / /, $command);

    is($status, 3, "a cut file: $command");
    like($err, qr/cut; restore it from a backup/, "$command: what to do");
}

$t->forget_store;
done_testing;
