# A pipe that nobody reads any more, as behind 'retentionctl ... | head': the
# command ends by SIGPIPE and says nothing, and what it has written stays.

use strict;
use warnings;

use Test::More;

use Retention::Test;

my $t = Retention::Test->new;

my $tmp = $t->path('tmp');

mkdir $tmp or die "mkdir: $!\n";
$t->init('--currency', 'EUR');
$t->write_file('campaign.yaml', <<'END');
id: back
starts: 2024-11-25
window: 30d
holdout: 20%
audience: orders >= 0
END
$t->write_file('customers.csv', join '', "customer_id,email,consent\n",
               map { "c$_,c$_\@shop.example,granted\n" } 1 .. 50);

# The reader is gone before the command begins, so that no time matters.

sub unread {
    my (@args) = @_;

    my $said = $t->path('said');

    pipe my $reader, my $writer or die "pipe: $!\n";
    close $reader;

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        $SIG{PIPE} = 'DEFAULT';
        $ENV{TMPDIR} = $tmp;
        open STDOUT, '>&', $writer or die "cannot open the output: $!\n";
        open STDERR, '>', $said or die "cannot open '$said': $!\n";
        exec $t->build . '/retentionctl', @args;
        die "cannot run retentionctl: $!\n";
    }

    close $writer;
    waitpid $pid, 0;

    return ($? & 127, $t->read_file($said));
}

my @store = ('--store', $t->store);
my @as_of = ('--as-of', '2024-11-24');

for my $words (
    [ 'import', 'customers', $t->path('customers.csv'), @store ],
    [ 'campaign', 'create', $t->path('campaign.yaml'), @as_of, @store ],
    [ 'export', 'recipients', 'back', @store ],
    [ 'export', 'responses', 'back', '--format', 'jsonl', @store ],
    [ 'report', 'back', @store ],
    [ 'report', 'back', '--format', 'xlsx', @store ],
    [ 'segment', 'tiers', @store ],
    [ 'campaign', 'merge', 'back', @store ],
    [ 'help' ]
) {
    my $name = join ' ', grep { !m{^/} && $_ ne '--store' } @$words;
    my ($signal, $said) = unread(@$words);

    is($signal, 13, "$name: ends by SIGPIPE");
    unlike($said, qr/cannot write|Broken pipe/, "$name: and without a word");
}

is_deeply([ glob "$tmp/*" ], [], 'no file is left behind');

like($t->ctl_ok('campaign', 'list'), qr/^back .* 50 /m,
     'what was written before stays');

done_testing;
