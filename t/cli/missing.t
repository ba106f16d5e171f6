# A store with a file that is missing, cut, or something else: each command says
# which, none that there is no store, and 'init' makes none over the rest.  3 s.

use strict;
use warnings;

use File::Copy qw(copy);
use Test::More;
use Retention::Test;

my $t = Retention::Test->new;
my $store = $t->store;
my $whole = $t->path('whole');

my @INIT = ('init', '--base-url', 'https://mail.shop.example', '--currency', 'EUR', user());

$t->init('--currency', 'EUR');
$t->ctl_ok('backup', $whole);

my @breaks = (
    (map { my $bytes = $_; ["cut to $bytes bytes", sub { truncate $_[0], $bytes or die }, qr/it was cut to $bytes bytes/] } 0, 100, 4096),
    ['removed',               sub { unlink $_[0] or die },                             qr/it is missing/],
    ['a directory',           sub { unlink $_[0] and mkdir $_[0] or die },             qr/it is no file/],
    ["another program's",     sub { put($_[0], 'x' x 20_000) },                        qr/page 0: /],
    ['removed with its folder', sub { system('rm', '-r', $_[0] =~ s{/[^/]+$}{}r) == 0 or die }, qr/it is missing/],
);

# With the state of a store that has no campaign, and with the others.

for my $file (qw(state/data.mdb crm/data.mdb coupons/data.mdb events/000001.mdb)) {
    for my $break (@breaks) {
        my ($name, $does, $says) = @$break;

        $does->("$store/$file");

        for my $command ('check', 'backup ' . $t->path('copy'), 'stat') {
            my ($status, $out, $err) = $t->ctl(split / /, $command);

            is($status, 3, "$file $name: $command");
            like($err, qr{^retentionctl: \Q$file\E: $says}, "$file $name: $command names it");
            like($err, qr/cannot open store '\Q$store\E': a file is damaged, cut or missing; restore it from a backup$/,
                 "$file $name: $command says what to do");
        }

        is(($t->ctl(@INIT))[0], 3, "$file $name: init makes none over it");

        my ($status, $out, $err) = $t->ctl('config', 'get');

        $file =~ /^state/ ? unlike($err, qr/not initialised/, "$file $name: what needs no more than that")
                          : is($status, 0, "$file $name: what needs no more than the state goes on");

        again();
    }
}

# An LMDB file, of other tables.

copy("$store/coupons/data.mdb", "$store/crm/data.mdb") or die $!;
like(($t->ctl('check'))[2], qr{^retentionctl: crm/data\.mdb: it lacks a table; it may be another program's$}m, 'of other tables: named');
again();
copy("$store/coupons/data.mdb", "$store/state/data.mdb") or die $!;
like(($t->ctl('check'))[2], qr{^retentionctl: state/data\.mdb: it lacks a table}m, 'a state of other tables: named');
again();

# What init was interrupted at: nothing but a state that is torn.

system("rm -r '$store'/*") == 0 or die;
mkdir "$store/state" or die;
put("$store/state/data.mdb", 'torn');
$t->give($store);
like(($t->ctl('check'))[2], qr/not initialised; run 'retentionctl init'$/m, 'interrupted: init is what to run');
$t->ctl_ok(@INIT);
is(($t->ctl('check'))[0], 0, 'and it completes the store');

# Backups that lack something.

for my $what (['state', 'state/data.mdb'], ['events', 'events/000001.mdb'], ['crm/data.mdb', 'crm/data.mdb']) {
    my ($gone, $file) = @$what;
    my $bad = $t->path('bad');
    my $new = $t->path('new');

    system('cp', '-a', $whole, $bad) == 0 or die;
    system('rm', '-r', "$bad/$gone") == 0 or die;

    my ($status, $out, $err) = $t->ctl('restore', $bad, '--store', $new, user());

    is($status, 1, "a backup without $gone");
    like($out, qr{^\Q$file\E: it is missing}, "a backup without $gone: it is named");
    like($err, qr/^retentionctl: the backup '\Q$bad\E' is damaged, 1 fault; take another$/, "a backup without $gone: what to do");
    ok(!-e $new, "a backup without $gone: nothing is made");
    system('rm', '-r', $bad) == 0 or die;
}

done_testing;


sub again {
    system('rm', '-r', $store) == 0 or die;
    $t->ctl_ok('restore', $whole, user());
}

sub user { return $> == 0 ? ('--user', $t->user) : () }

sub put {
    my ($path, $bytes) = @_;

    open my $fh, '>:raw', $path or die "$path: $!\n";
    print $fh $bytes;
    close $fh or die "$path: $!\n";
}
