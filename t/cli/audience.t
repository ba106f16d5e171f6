# audience: who is written for a platform, who is not, and why.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Test::More;

use Retention::Csv qw(csv_rows);
use Retention::Test;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR');

my $file = $t->write_file('campaign.yaml', <<'END');
id: back
starts: 2024-11-25
window: 30d
holdout: 20%
arms: [{ name: plain, share: 50% }, { name: warm, share: 50% }]
audience: orders >= 0
END

$t->write_file('customers.csv', join '',
    "customer_id,email,phone,consent,subscribed\n",
    map { "c$_,C.$_\@Gmail.com,+1 650 555 0$_,granted,yes\n" } 100 .. 299);
$t->ctl_ok('import', 'customers', $t->path('customers.csv'));
$t->ctl_ok('campaign', 'create', $file, '--as-of', '2024-11-24');

my %arm = map { $_->{customer_id} => $_->{arm} }
    csv_rows($t->ctl_ok('export', 'recipients', 'back'));
my @treated = sort grep { $arm{$_} ne 'holdout' } keys %arm;
my @held = sort grep { $arm{$_} eq 'holdout' } keys %arm;

sub lines {
    my ($status, $out, $err) = $t->ctl('audience', 'back', @_);

    is($status, 0, "audience @_");

    return ([ split /\n/, $out ], $err);
}

sub google { return sha256_hex('c' . ($_[0] =~ s/^c//r) . '@gmail.com') }
sub meta   { return sha256_hex('c.' . ($_[0] =~ s/^c//r) . '@gmail.com') }
sub phone  { return '16505550' . ($_[0] =~ s/^c//r) }


# All treated, none of the hold-out, in the order of hashes.

my ($rows, $notes) = lines('--for', 'google');

is(shift @$rows, 'Email,Phone,First Name,Last Name,Country,Zip',
   'google: header');
is_deeply($rows, [ sort map { google($_) . ',' . sha256_hex('+' . phone($_))
                              . ',,,,' } @treated ], 'google: the treated');
like($notes, qr/^@{[ scalar @treated ]} rows\n/, 'google: how many');
like($notes, qr/left out: @{[ scalar @held ]} of other arms/,
     'google: the hold-out is not among them');

($rows) = lines('--for', 'meta');
is(shift @$rows, 'email,phone', 'meta: header');
is_deeply($rows, [ sort map { meta($_) . ',' . sha256_hex(phone($_)) }
                   @treated ], 'meta: dots stay, no plus');

($rows) = lines('--for', 'yandex');
is(shift @$rows, 'phone,email', 'yandex: header');
is_deeply([ sort @$rows ],
          [ sort map { sha256_hex(phone($_)) . ',' . meta($_) } @treated ],
          'yandex: phones first');

($rows) = lines('--for', 'meta', '--arm', 'warm');
is(scalar @$rows - 1, scalar(grep { $_ eq 'warm' } values %arm), 'one arm');

($rows) = lines('--for', 'meta', '--arm', 'plain', '--arm', 'warm');
is(scalar @$rows - 1, scalar @treated, 'two arms');

($rows) = lines('--for', 'meta', '--arm', 'holdout');
is(scalar @$rows - 1, scalar @held, 'the hold-out by itself');


# Who changed his mind since, and what cannot be matched.

my ($denied, $gone, $mail, $none, $national, $twin) = @treated;

$t->write_file('later.csv', "customer_id,email,phone,consent,subscribed\n"
    . "$denied,,,denied,\n$gone,,,,no\n$none,,none,,\n"
    . "$national,,044 123 45 67,,\n");
$t->ctl_ok('import', 'customers', $t->path('later.csv'));
$t->write_file('unsubscribes.csv', "customer_id\n$mail\n");
$t->ctl_ok('import', 'unsubscribes', $t->path('unsubscribes.csv'));

($rows, $notes) = lines('--for', 'meta');
is(scalar @$rows - 1, @treated - 3, 'three are left out');
unlike("@$rows", qr/@{[ join '|', map { meta($_) } $denied, $gone, $mail ]}/,
       'and they are these');
like($notes, qr/left out: 1 consent denied\n/, 'consent');
like($notes, qr/left out: 2 unsubscribed\n/, 'by the file and by a mail');
like($notes, qr/not used: 2 phones .*--calling-code/, 'phones');

my ($row) = grep { /^@{[ meta($national) ]}/ } @$rows;

is($row, meta($national) . ',', 'an e-mail goes without its phone');
($rows, $notes) = lines('--for', 'meta', '--calling-code', '380');
is((grep { /^@{[ meta($national) ]}/ } @$rows)[0],
   meta($national) . ',' . sha256_hex('380441234567'), 'its country is given');
like($notes, qr/not used: 1 phones that are none or have no country\n/,
     'one is left');


# Files: private, whole, and within the platform's limits.

my $path = $t->path('meta.csv.gz');

$t->ctl_ok('audience', 'back', '--for', 'meta', $path);
is((stat $path)[2] & 0777, 0600, 'for the owner alone');
is(scalar `gzip -dc '$path'`, $t->ctl_ok('audience', 'back', '--for', 'meta'),
   'compressed by name');

for my $case ([ 1, qr/exists; --force/, '--for', 'meta', $path ],
              [ 1, qr/vk takes 2000 rows or more, and there are 1\d\d$/m,
                '--for', 'vk', $t->path('vk.txt') ],
              [ 2, qr/needs --for/ ],
              [ 2, qr/one of google, meta, yandex, vk/, '--for', 'x' ],
              [ 1, qr/no arm 'cold'/, '--for', 'meta', '--arm', 'cold' ],
              [ 2, qr/by itself/, '--for', 'meta', '--arm', 'holdout',
                '--arm', 'warm' ],
              [ 2, qr/--by is for/, '--for', 'meta', '--by', 'phone' ],
              [ 2, qr/1 to 3 digits/, '--for', 'meta', '--calling-code',
                '+38' ])
{
    my ($expected, $words, @args) = @$case;
    my ($status, $out, $err) = $t->ctl('audience', 'back', @args);

    is($status, $expected, "audience @args: exit $expected");
    like($err, $words, "audience @args: says why");
}

ok(!-e $t->path('vk.txt'), 'nothing is written of a list that is too small');


# A list of one item a line.

$t->write_file('many.csv', join '', "customer_id,email,phone\n",
    map { "m$_,m$_\@mail.example,79" . (100000000 + $_ % 2600) . "\n" }
    1 .. 2700);
$t->ctl_ok('import', 'customers', $t->path('many.csv'));
$t->write_file('vk.yaml', <<'END');
id: vk
starts: 2024-11-25
window: 30d
holdout: 1%
audience: orders >= 0 and consent = unknown
END
$t->ctl_ok('campaign', 'create', $t->path('vk.yaml'), '--as-of', '2024-11-24');

my ($status, $out, $err) = $t->ctl('audience', 'vk', '--for', 'vk');
my %items = map { $_ => 1 } split /\n/, $out;

is($status, 0, 'vk: e-mails');
like($out, qr/\A(?:[0-9a-f]{64}\n){2000,2700}\z/, 'vk: one item a line');
ok(scalar(grep { $items{ sha256_hex("m$_\@mail.example") } } 1 .. 2700)
   == scalar keys %items, 'vk: these');

($status, $out, $err) = $t->ctl('audience', 'vk', '--for', 'vk', '--by',
                                'phone');
my @phones = split /\n/, $out;
my %phones = map { $_ => 1 } @phones;

is(scalar @phones, scalar keys %phones, 'vk: each phone once');
like($err, qr/left out: \d+ the same as another row/, 'vk: repeats');
ok((grep { $phones{ sha256_hex('79' . (100000000 + $_)) } } 0 .. 2599)
   == @phones, 'vk: phones');

done_testing;
