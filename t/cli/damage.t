# A store whose file was cut, or has a page that is damaged: the tool says which
# and does not die.  LMDB trusts its pages, so that no checksum of a row can
# help.

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

# The page that the last transaction's meta page names: its number, and where
# its nodes begin.

my $bytes = $t->read_file($file);
my ($last) = sort { $b->[0] <=> $a->[0] } map { [unpack '@144Q @128Q', substr $bytes, $_ * 4096, 4096] } 0, 1;
my $page = $last->[1];

for my $at (0, 14) {
    flip($page * 4096 + $at);

    for my $command ('check', 'segment tiers', 'backup ' . $t->path('copy')) {
        my ($status, $out, $err) = $t->ctl(split / /, $command);

        is($status, 3, "byte $at of a page: $command");
        like($err, qr{^retentionctl: crm/data\.mdb: page $page: }, "$command: names it");
        is($out, '', "$command: nothing else is said");
    }

    is(($t->ctl('config', 'get'))[0], 0, 'what does not open it goes on');
    flip($page * 4096 + $at);
}

is(($t->ctl('check'))[0], 0, 'whole again');

sub flip {
    my ($at) = @_;

    open my $fh, '+<:raw', $file or die "$file: $!\n";
    seek $fh, $at, 0;
    read $fh, my $byte, 1;
    seek $fh, $at, 0;
    print $fh chr(ord($byte) ^ 8);
    close $fh or die "$file: $!\n";
}

truncate $file, 5 * 4096 or die "cannot cut $file: $!";

for my $command ('check', 'segment tiers') {
    my ($status, $out, $err) = $t->ctl(split / /, $command);

    is($status, 3, "a cut file: $command");
    like($err, qr/a file is damaged, cut or missing; restore it from a backup/, "$command: what to do");
}

$t->forget_store;
done_testing;
