# What is said to who calls a command in a wrong way, and the exit codes: 0,
# 1 for data, 2 for usage, 3 for the store.

use strict;
use warnings;

use Test::More;

use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR');

my $none = $t->path('none');

# Words, exit code, what is on the output, what is on the error.

for my $case (
    [ [],                       2, qr/^$/, qr/^usage: .*^  init +make/ms ],
    [ [qw(help)],               0, qr/^usage: .*^  init +make/ms, qr/^$/ ],
    [ [qw(--version)],          0, qr/^retentionctl \d/, qr/^$/ ],
    [ [qw(import)],             2, qr/^$/, qr/^  import orders /m ],
    [ [qw(import --help)],      0, qr/^  import orders /m, qr/^$/ ],
    [ [qw(import -h)],          0, qr/^  import orders /m, qr/^$/ ],
    [ [qw(import orders -h)],   0, qr/--until DAY/, qr/^$/ ],
    [ [qw(imprt orders)],       2, qr/^$/, qr/mean 'import orders'\?$/ ],
    [ [qw(campaign explode)],   2, qr/^$/,
      qr/'campaign explode'; see 'retentionctl help campaign'$/ ],
    [ [qw(explode)],            2, qr/^$/, qr/see 'retentionctl help'$/ ],
    [ [qw(check --json)],       2, qr/^$/, qr/takes no --json; see/ ],
    [ [qw(check --jsno)],       2, qr/^$/, qr/'--jsno' is not known; see/ ],
    [ [qw(check now)],          2, qr/^$/, qr/does not take 'now'; see/ ],
    [ [qw(import orders)],      2, qr/^$/, qr/needs FILE; see/ ],
    [ [qw(report x --as-of)],   2, qr/^$/, qr/'--as-of' needs a value; see/ ],
    [ [qw(report x --as-of 2026-02-30)], 2, qr/^$/,
      qr/wants a day that exists/ ],
    [ [qw(check --store), $none], 3, qr/^$/, qr/run 'retentionctl init'$/ ],

    # Data that is not there: the next step is named, nothing is written.

    [ [qw(report x)],           1, qr/^$/, qr/'retentionctl campaign list'$/ ],
    [ [qw(campaign show x)],    1, qr/^$/, qr/'retentionctl campaign list'$/ ],
    [ [qw(campaign merge x)],   1, qr/^$/, qr/'retentionctl campaign list'$/ ],
    [ [qw(link sign x c1 --pixel)], 1, qr/^$/,
      qr/'retentionctl campaign list'$/ ],
    [ [qw(export events --campaign x)],  1, qr/^$/,
      qr/'retentionctl campaign list'$/ ],
    [ [qw(export coupons --campaign x)], 1, qr/^$/,
      qr/'retentionctl campaign list'$/ ],
    [ [qw(export recipients x)], 1, qr/^$/,
      qr/'retentionctl campaign list'$/ ],
    [ [qw(api-key list --file), $none], 1, qr/^$/,
      qr/'retentionctl api-key new' makes it/ ],
    [ [qw(api-key list --file), "$none/none"], 1, qr/^$/,
      qr/'retentionctl api-key new' makes it/ ],
) {
    my ($words, $expected, $out_like, $err_like) = @$case;
    my ($status, $out, $err) = $t->ctl(@$words);

    is($status, $expected, "'@$words': exit $expected");
    like($out, $out_like, "'@$words': what is printed");
    like($err, $err_like, "'@$words': what is said");
}

done_testing;
