# campaign merge for mail services: their headers and tags, and what would be
# cut or is too large.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use POSIX qw(strftime);
use Test::More;

use Retention::Csv qw(csv_rows);
use Retention::Test;

my $t = Retention::Test->new;
my $today = strftime('%Y-%m-%d', gmtime);

$t->init('--currency', 'EUR');

# 60 Cyrillic letters: 120 bytes.

my $long = "\xd0\x9e" x 60;

$t->write_file('customers.csv', join '', "customer_id,email,name\n",
               map { "c$_,c$_\@example.com,"
                     . ($_ == 1 ? $long : "\"N, $_\"") . "\n" } 1 .. 40);
$t->ctl_ok('import', 'customers', $t->path('customers.csv'));

sub create {
    my ($id, $links) = @_;

    $t->write_file("$id.yaml", <<"END");
id: $id
starts: $today
window: 30d
holdout: 0%
audience: orders >= 0
tiers:
  - { name: all, when: orders >= 0, offer: { percent: 10 }, expires: 14d }
links:
$links
hosts: [shop.example]
END
    $t->ctl_ok('campaign', 'create', $t->path("$id.yaml"));
}

sub link_line { return "  $_[0]: { url: \"https://shop.example/\" }\n" }

sub merge {
    my ($id, @args) = @_;

    return $t->ctl('campaign', 'merge', $id, @args);
}

create('back', link_line('shop') . link_line('a-longer-name'));

my (undef, $plain) = merge('back');
my %plain = map { $_->{customer_id} => $_ } csv_rows($plain);

my %services = (
    mailchimp => {
        names => { customer_id => 'RTN_ID', email => 'Email Address',
                   name => 'RTN_NAME', tier => 'RTN_TIER', arm => 'RTN_ARM',
                   coupon => 'RTN_CODE', coupon_expires => 'RTN_UNTIL',
                   pixel_url => 'RTN_PIXEL', link_shop => 'RTN_L1',
                   'link_a-longer-name' => 'RTN_L2', link_trap => 'RTN_TRAP',
                   unsubscribe_url => 'RTN_UNSUB' },
        tag => sub { "*|$_[0]|*" },
    },
    unisender => { name => 'Name', tag => sub { "{{$_[0]}}" } },
    sendpulse => { name => 'name', tag => sub { "{{$_[0]}}" } },
    mautic    => { name => 'rtn_name',
                   tag => sub { "{contactfield=$_[0]}" } },
);

for my $service (qw(unisender sendpulse mautic)) {
    $services{$service}{names} = {
        customer_id => 'rtn_customer_id', email => 'email',
        name => $services{$service}{name},
        (map { $_ => "rtn_$_" } qw(tier arm coupon coupon_expires link_shop
                                   link_a-longer-name)),
        pixel_url => 'rtn_pixel', link_trap => 'rtn_trap',
        unsubscribe_url => 'rtn_unsubscribe',
    };
}

for my $service (sort keys %services) {
    my ($names, $tag) = @{ $services{$service} }{qw(names tag)};
    my $path = $t->path("$service.csv");
    my ($status, undef, $err) = merge('back', '--format', $service, '-o',
                                      $path);

    is($status, 0, $service) or diag($err);

    my @rows = csv_rows($t->read_file($path));
    my %tags = map { split /\t/, $_, 2 }
        split /\n/, $t->read_file("$path.tags.txt");

    is_deeply([ sort keys %{ $rows[0] } ], [ sort values %$names ],
              "$service: headers");
    is(scalar @rows, scalar keys %plain, "$service: rows");
    is_deeply([ sort keys %tags ],
              [ sort grep { !/^(?:email|name)$/ } keys %$names ],
              "$service: a tag for each of our columns");

    # What the template makes of a tag is what the plain file has.

    my @wrong;

    for my $row (@rows) {
        my $expected = $plain{ $row->{ $names->{customer_id} } };

        for my $ours (keys %tags) {
            my $theirs = $names->{$ours};
            my $filled = $tags{$ours}
                =~ s/\Q${\ $tag->($theirs) }\E/$row->{$theirs}/r;

            push @wrong, "$ours: $filled" if $filled ne $expected->{$ours};
        }
    }

    is_deeply(\@wrong, [], "$service: filled templates are the plain columns");
}

my @mautic = csv_rows($t->read_file('mautic.csv'));

is((grep { length($_->{rtn_link_shop}) != 36 } @mautic), 0,
   'mautic: tokens fit into 64 characters');
is((grep { length > 10 && $_ ne 'Email Address' }
    values %{ $services{mailchimp}{names} }), 0,
   'mailchimp: tags have 10 characters at most');


# What would be cut.

$t->write_file('long.csv', "customer_id,name\nc2," . "n" x 65 . "\n");
$t->ctl_ok('import', 'customers', $t->path('long.csv'));

my ($status, undef, $err) = merge('back', '--format', 'mautic', '-o',
                                  $t->path('cut.csv'));

is($status, 1, 'mautic: a longer value is refused');
like($err, qr/customer 'c2': 'rtn_name' has 65 characters, .*cut it at 64/,
     'whose, which and why');
ok(!-e $t->path('cut.csv') && !-e $t->path('cut.csv.tags.txt'),
   'nothing is written');

create('many', join '', map { link_line("l$_") } 1 .. 21);
($status, undef, $err) = merge('many', '--format', 'mailchimp');
is($status, 1, 'mailchimp: 31 columns are refused');
like($err, qr/takes 30 columns, and campaign 'many' has 31/, 'and why');
($status) = merge('many', '--format', 'unisender');
is($status, 0, 'unisender: 31 are not');

create('limit', join '', map { link_line("l$_") } 1 .. 20);
($status) = merge('limit', '--format', 'mailchimp');
is($status, 0, 'mailchimp: 30 columns');

for my $format (qw(mailchimp unisender sendpulse mautic)) {
    ($status, undef, $err) = merge('back', '--format', $format, '--existing',
                                   $t->path('x.csv'));
    is($status, 2, "$format takes no --existing");
}

($status) = merge('back', '--format', 'unisender', '--max-bytes', 5000, '-o',
                  $t->path('split.csv'));
is($status, 0, 'split by size');

my @parts = ($t->path('split.csv'), glob $t->path('split-*.csv'));

cmp_ok(scalar @parts, '>', 2, 'into several files');
is(scalar(map { csv_rows($t->read_file($_)) } @parts), 40,
   'which have all rows');
is((grep { -s $_ > 5000 } @parts), 0, 'none of which is larger');
ok(-e $t->path('split.csv.tags.txt'), 'with one file of tags');

done_testing;
