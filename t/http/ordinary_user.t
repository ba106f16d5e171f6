# The first mail to the report, all as an ordinary user.  2 s.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp;
use POSIX qw(setgid setuid);

my $USER = 'nobody';

# As root, copies what is needed to where that user can read it, and runs
# there again: the tree may lie in a home that is closed to others.

if ($> == 0) {
    my $root = abs_path(dirname(__FILE__) . '/../..');
    my $build = abs_path($ENV{RETENTION_BUILD} || "$root/build");
    my $temp = File::Temp->newdir('retention-XXXXXX', TMPDIR => 1);
    my ($uid, $gid) = (getpwnam($USER))[2, 3];

    system('cp', '-R', "$build/retentionctl", "$build/ngx_http_retention_module.so", "$root/t/lib/Retention", __FILE__, $temp) == 0 or die;
    system('chmod', '-R', 'a+rX', $temp) == 0 or die;

    my $pid = fork // die;

    if ($pid == 0) {
        $) = "$gid $gid";
        setgid($gid) && setuid($uid) && $> == $uid or die "cannot become $USER: $!";
        chdir '/';
        $ENV{RETENTION_BUILD} = "$temp";
        delete $ENV{PERL5LIB};      # of prove: it leads into that home
        exec $^X, "-I$temp", "$temp/ordinary_user.t" or die;
    }

    waitpid $pid, 0;
    undef $temp;
    exit($? >> 8 || $? & 127);
}

require Test::More;
require Retention::Fixture;
require Retention::Test;

Test::More->import;
Retention::Test->import;

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);
my ($row) = $shop->rows;

isnt($>, 0, 'an ordinary user');

$t->nginx_start($shop->conf);

is($t->http('GET', $shop->path($row->{pixel_url}))->{status}, 200, 'pixel');
like($t->http('GET', $shop->path($row->{link_shop}))->{headers}{location}, qr/utm_campaign=winback/, 'redirect');
is($t->http('POST', "/coupons/$row->{coupon}/redeem", headers => { Authorization => 'Bearer ' . $shop->key },
            json => { order_id => 'n1', amount => '50.00', currency => 'EUR' })->{status}, 200, 'coupon');
is(scalar(grep { $_->{kind} =~ /^(?:open|click)$/ } $shop->events), 2, 'both are recorded');
$t->nginx_reload;
is($t->http('GET', $shop->path($row->{pixel_url}))->{status}, 200, 'a reload');

my ($arm) = grep { !$_->{holdout} } @{ $t->ctl_json('report', $shop->slug, '--format', 'json')->{arms} };

is($arm->{opened}{human}, 1, 'the report has the open');
is($arm->{clicked}{human}, 1, 'and the click');
is($arm->{coupons}{redeemed}, 1, 'and the redemption');

done_testing();
