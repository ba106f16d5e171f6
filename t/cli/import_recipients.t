# import recipients: the draw of a campaign that ran elsewhere, once and for
# all.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Test;

my $data = $ENV{RETENTION_DATA} || "$FindBin::Bin/../../../shared/data";

my $t = Retention::Test->new;

$t->init('--timezone', 'America/New_York', '--currency', 'USD');


# A campaign whose recipients are imported.

sub campaign {
    my ($test, $id, @lines) = @_;

    my $file = $test->write_file("$id.yaml", join "\n", "id: $id",
        'starts: 2008-03-01', 'window: 14d', 'holdout: 50%', @lines,
        'hosts: [shop.example]',
        'links: { shop: { url: "https://shop.example/" } }', '');

    $test->ctl_ok('campaign', 'create', $file, '--as-of', '2008-03-01');
}

sub import {
    my ($text, @options) = @_;

    my $file = $t->write_file('recipients.csv', $text);
    my ($status, $out, $err) = $t->ctl('import', 'recipients', $file,
                                       '--json', @options);
    my $summary = $out =~ /^\{/ ? decode_json($out) : {};

    return ($status, $summary, $err);
}

sub counts {
    my ($summary) = @_;

    return join ' ', map { $summary->{$_} // '?' }
        qw(rows new changed unchanged older rejected);
}

sub rejected {
    my $text = $t->read_file('recipients.csv.rejected.csv') // '';
    my @found;

    push @found, "$1 $2" while $text =~ /^(\d+),"?([^",]*)/mg;

    return \@found;
}

# Recipients' arms, tiers, batches, t0 and until.

sub recipients {
    my ($test, $id) = @_;

    return { map { $_->{customer_id} => join ' ', $_->{arm},
                       $_->{tier} // '-', $_->{batch}, $_->{t0},
                       $_->{until} }
             map { decode_json($_) }
             split /\n/, $test->ctl_ok('export', 'recipients', $id,
                                       '--format', 'jsonl') };
}


campaign($t, 'here', 'recipients: imported', 'arms: [{ name: a, share: 50% }, '
    . '{ name: b, share: 50% }]',
    'tiers: [{ name: t1, when: orders >= 1 }]');

# A campaign of ours needs somebody who may be mailed.

$t->ctl_ok('import', 'customers',
           $t->write_file('mailable.csv', "customer_id,email,consent\n"
                          . "m1,m1\@example.com,granted\n"));
campaign($t, 'drawn', 'audience: orders >= 0');

my $draw = "campaign,customer_id,arm,tier,batch,sent_at\n"
    . "here,r1,a,t1,0,2008-03-04 15:00\n"
    . "here,r2,b,,0,2008-03-03\n"
    . "here,r3,holdout,,0,\n"
    . "here,r4,holdout,,1,\n"
    . "here,r5,holdout,,2,2008-03-08\n";

my ($status, $summary, $err) = import($draw);
is($status, 0, 'a draw');
is(counts($summary), '5 5 0 0 0 0', 'all new');
is($summary->{recipients}, 5, 'the campaign has them');

# The clocks change on March 9.

my %expected = (
    r1 => 'a t1 0 2008-03-04T05:00:00Z 2008-03-18T04:00:00Z',
    r2 => 'b - 0 2008-03-03T05:00:00Z 2008-03-17T04:00:00Z',
    r3 => 'holdout - 0 2008-03-03T05:00:00Z 2008-03-17T04:00:00Z',
    r4 => 'holdout - 1 2008-03-01T05:00:00Z 2008-03-15T04:00:00Z',
    r5 => 'holdout - 2 2008-03-08T05:00:00Z 2008-03-22T04:00:00Z',
);

is_deeply(recipients($t, 'here'), \%expected, 'starts and windows');

($status, $summary) = import($draw);
is(counts($summary), '5 0 0 5 0 0', 'again changes nothing');
is_deeply(recipients($t, 'here'), \%expected, 'nothing at all');

($status, $summary) = import("campaign,customer_id,arm,tier,batch,sent_at\n"
    . "here,r1,b,t1,0,2008-03-04\n"                            # 2
    . "here,r1,holdout,t1,0,2008-03-04\n"                      # 3
    . "here,r1,a,,0,2008-03-04\n"                              # 4
    . "here,r1,a,t1,1,2008-03-04\n"                            # 5
    . "here,r1,a,t1,0,2008-03-05\n"                            # 6
    . "here,r1,a,t1,0,2008-03-04T23:00:00-05:00\n"             # 7, good
    . "here,r6,c,,0,\n"                                        # 8
    . "here,r6,a,t9,0,\n"                                      # 9
    . "here,r6,a,,-1,\n"                                       # 10
    . "here,r6,a,,0,2008-02-30\n"                              # 11
    . "here,,a,,0,\n"                                          # 12
    . "here,r6,,,0,\n"                                         # 13
    . "there,r6,a,,0,\n"                                       # 14
    . "drawn,r6,a,,0,\n"                                       # 15
    . "here,r7,a,,3,2008-03-10\n"                              # 16, good
    . "here,r7,b,,3,2008-03-10\n"                              # 17
    . "here,r7,a,,3,2008-03-10\n");                            # 18, good

is(counts($summary), '17 1 0 2 0 14', 'bad rows: the rest goes in');

my @reasons = @{ rejected() };
my @expected = (
    [ 2,  qr/^arm: the draw is frozen/ ],
    [ 3,  qr/^arm: the draw is frozen/ ],
    [ 4,  qr/^tier: the draw is frozen/ ],
    [ 5,  qr/^batch: the draw is frozen/ ],
    [ 6,  qr/^sent_at: the draw is frozen/ ],
    [ 8,  qr/^arm: neither 'holdout' nor an arm/ ],
    [ 9,  qr/^tier: not a tier/ ],
    [ 10, qr/^batch: out of range/ ],
    [ 11, qr/^sent_at: not a time that exists/ ],
    [ 12, qr/^customer_id: empty/ ],
    [ 13, qr/^arm: empty/ ],
    [ 14, qr/^campaign: no such campaign/ ],
    [ 15, qr/^campaign: its recipients are drawn/ ],
    [ 17, qr/^arm: the draw is frozen/ ],
);

for my $i (0 .. $#expected) {
    my ($line, $reason) = ($reasons[$i] // '') =~ /^(\d+) (.*)$/s;

    is($line, $expected[$i][0], "line $expected[$i][0]");
    like($reason, $expected[$i][1], "why $expected[$i][0]");
}

$expected{r7} = 'a - 3 2008-03-10T04:00:00Z 2008-03-24T04:00:00Z';
is_deeply(recipients($t, 'here'), \%expected, 'the draw stands');

# The hold-out's file came before that of the treated: its start follows when
# it is imported again.

($status, $summary) = import("campaign,customer_id,arm,batch,sent_at\n"
    . "here,r8,b,1,2008-03-02\n");
($status, $summary) = import($draw);
is(counts($summary), '5 0 1 4 0 0', 'a start that was inferred follows');
is(recipients($t, 'here')->{r4},
   'holdout - 1 2008-03-02T05:00:00Z 2008-03-16T04:00:00Z', 'to the batch');

($status, $summary) = import("campaign,customer_id,arm\nhere,r9,a\n",
                             '--dry-run');
is(counts($summary), '1 1 0 0 0 0', '--dry-run');
ok(!exists recipients($t, 'here')->{r9}, '--dry-run writes nothing');


# A real test with 42,693 recipients.

SKIP: {
    my $dir = "$data/hillstrom-womens";

    skip 'no real data: set RETENTION_DATA', 6 if !-d $dir;

    my $real = Retention::Test->new;

    $real->init('--currency', 'USD');
    campaign($real, 'hillstrom-womens', 'recipients: imported',
             'arms: [{ name: womens, share: 100% }]');

    my @expected = ('42693 42693 0 0 0 0', '42693 42693 0 0 0 0',
                    '311 311 0 0 0 0', '5500 5500 0 0 0 0',
                    '42693 0 0 42693 0 0');

    for my $kind (qw(customers recipients orders events recipients)) {
        open my $in, '<:raw', "$dir/$kind.csv.gz" or die "$kind: $!\n";
        local $/;
        my $file = $real->write_file("$kind.csv.gz", scalar <$in>);

        is(counts($real->ctl_json('import', $kind, '--json', $file)),
           shift @expected, "Hillstrom: $kind");
    }

    my %arms;

    $arms{(split)[0]}++
        for values %{ recipients($real, 'hillstrom-womens') };

    is_deeply(\%arms, { womens => 21387, holdout => 21306 },
              'Hillstrom: the arms');
}

done_testing;
