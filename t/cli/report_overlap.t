# report: which other campaigns count some of its recipients at the same time,
# so that the lifts of both cannot be added.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Csv qw(csv_rows);
use Retention::Test;

my $N = 40;
my $t = Retention::Test->new;

$t->init('--currency', 'EUR');
$t->ctl_ok('import', 'customers', $t->write_file('customers.csv', join '',
    "customer_id,email,consent\n",
    map { "c$_,c$_\@shop.example,granted\n" } 1 .. $N));

# Both have all customers; the second begins on the last day of the first.

for my $campaign ([ back => '2024-11-25' ], [ beside => '2024-12-08' ],
                  [ later => '2024-12-09' ])
{
    my ($id, $starts) = @$campaign;

    $t->ctl_ok('campaign', 'create', '--as-of', '2024-11-24',
               $t->write_file("$id.yaml", <<"END"));
id: $id
starts: $starts
window: 14d
holdout: 20%
audience: orders >= 0
END
}

my @report = ('report', 'back', '--as-of', '2025-01-31');
my $report = $t->ctl_json(@report, '--json');

is_deeply($report->{overlaps}, [ { campaign => 'beside', recipients => $N } ],
          'who is in both');
is_deeply([ map { $_->{campaign} }
            @{ $t->ctl_json('report', 'later', '--json', '--as-of',
                            '2025-01-31')->{overlaps} } ],
          [ 'beside' ], 'and not whose days do not meet');

my $note = "$N of $N recipients are in campaign 'beside' at the same time: an "
    . 'order counts in both';

ok((grep { /^\Q$note\E/ } @{ $report->{notes} }), 'a note says so');
like($t->ctl_ok(@report), qr/^- \Q$note\E/m, 'in the text, too');
is_deeply([ map { "$_->{text} $_->{count}" } grep { $_->{section} eq 'overlap' }
            csv_rows($t->ctl_ok(@report, '--format', 'csv')) ],
          [ "beside $N" ], 'and the CSV has it');

is_deeply($t->ctl_json('report', 'back', '--json', '--as-of',
                       '2024-12-07')->{overlaps}, [],
          'before the other begins there is none');


# A recipient of the other campaign that cannot be read: the number is one too
# small, and the report says so.  Key, version, checksum, and a byte behind.

my $state = $t->store . '/state/data.mdb';
my $row = pack 'N2', 2, 5;
my $bytes = $t->read_file($state);
my $flips = 0;

open my $out, '+<:raw', $state or die "cannot open '$state': $!\n";

while ($bytes =~ /\Q$row\E\x01.{4}/gs) {
    seek $out, pos $bytes, 0;
    print $out ~substr $bytes, pos $bytes, 1;
    $flips++;
}

close $out or die "cannot write '$state': $!\n";
is($flips, 1, 'a damaged recipient');

my ($status, $json, $said) = $t->ctl(@report, '--json');

$report = decode_json($json);
is($status, 1, 'is told');
like($said, qr/^retentionctl: 1 records could not be read/, 'in words');
is($report->{health}{records_damaged}, 1, 'and counted');
is($report->{overlaps}[0]{recipients}, $N - 1, 'where it is missing');
$t->forget_store;

done_testing;
