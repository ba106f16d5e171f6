# campaign create, preview, list, show, edit, close: who is drawn, and that
# the draw stays what it was.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);

use Retention::Lapsed;
use Retention::Test;

my $N = 4000;
my $AS_OF = $Retention::Lapsed::AS_OF;

my $t = Retention::Test->new;

$t->init('--currency', 'EUR', '--timezone', 'Europe/Kyiv');
Retention::Lapsed::fill($t, $N);

my $file = $t->write_file('winback.yaml', Retention::Lapsed::campaign());
my @silent = grep { $_ > 90 } map { Retention::Lapsed::silent_days($_) } 1 .. $N;

sub merged {
    my ($t, $campaign, @args) = @_;

    return $t->ctl_ok('campaign', 'merge', $campaign, @args);
}

sub total {
    my ($show, $which, $key) = @_;

    my $sum = 0;

    $sum += $_->{$key // 'recipients'} for grep { $which->($_) }
        @{ $show->{arms} };

    return $sum;
}


# A preview shows the draw and writes nothing.

my $preview = $t->ctl_ok('campaign', 'preview', $file, '--as-of', $AS_OF);

like($preview, qr/^shop +shop\.example /m, 'preview: links with their hosts');
is_deeply($t->ctl_json('campaign', 'list', '--json'), [],
          'preview: nothing was written');

my $long_ago = $t->write_file('past.yaml', Retention::Lapsed::campaign()
                              =~ s/^starts: \S+/starts: 2020-01-01/mr);

like(($t->ctl('campaign', 'preview', $long_ago, '--as-of', $AS_OF))[2],
     qr/the window of campaign 'winback' ended on 2020-/,
     'preview: warns of a window in the past');


# The happy path.

my $created = $t->ctl_ok('campaign', 'create', $file, '--as-of', $AS_OF);
my $show = $t->ctl_json('campaign', 'show', 'winback', '--json');

is($preview =~ s/\A.*\n(audience.*?)\n\nlink .*\z/$1\n/sr,
   $created =~ s/\A.*?\n//sr, 'the draw is that of the preview');

my $eligible = @silent;

like($created, qr/^audience as of $AS_OF: @{[ $eligible + 4 ]} customers$/m,
     'the audience, with those who may not be mailed');
like($created, qr/^left out: 1 guests/m, 'a guest is left out');
like($created, qr/^left out: 1 without an e-mail$/m, 'no e-mail: left out');
like($created, qr/^left out: 1 consent denied$/m, 'denied: left out');
like($created, qr/^left out: 1 unsubscribed$/m, 'unsubscribed: left out');
like($created, qr/^recipients: $eligible$/m, 'the others are recipients');

is($show->{recipients}, $eligible, 'show: recipients');
is(total($show, sub { 1 }), $eligible, 'arms and tiers add up');

my %tiers = (d90 => [91, 180], d180 => [181, 360], d360 => [361, 499]);

for my $tier (sort keys %tiers) {
    my ($from, $to) = @{ $tiers{$tier} };

    is(total($show, sub { $_[0]{tier} eq $tier }),
       scalar(grep { $_ >= $from && $_ <= $to } @silent),
       "tier $tier: the last that matches counts");
}

is(total($show, sub { $_[0]{holdout} }, 'coupons'), 0,
   'the hold-out has no coupon');
is(total($show, sub { $_[0]{tier} eq 'd360' }, 'coupons'), 0,
   'a tier without an offer has none');
is(total($show, sub { !$_[0]{holdout} && $_[0]{tier} ne 'd360' }, 'coupons'),
   total($show, sub { !$_[0]{holdout} && $_[0]{tier} ne 'd360' }),
   'each treated recipient of the others has one');

my $batches = int(($eligible + 399) / 400);

is($show->{batches}, $batches, 'batches of 400');
like($created, qr/^ *0  2026-07-01  2026-07-30 +400$/m, 'the first batch');
like($created, qr/^ *1  2026-07-02  2026-07-31 +400$/m, 'the second');

# Five standard deviations: fails once in two million draws.

sub share_ok {
    my ($name, $got, $of, $share) = @_;

    my $sd = sqrt($of * $share * (1 - $share));

    ok(abs($got - $of * $share) < 5 * $sd, "$name: $got of $of");
}

my $treated = total($show, sub { !$_[0]{holdout} });

share_ok('hold-out', $eligible - $treated, $eligible, 0.1);
share_ok('arm plain', total($show, sub { $_[0]{arm} eq 'plain' }), $treated,
         0.5);


# What is drawn is drawn.

my $merged = merged($t, 'winback');

like($t->ctl_ok('campaign', 'create', $file),
     qr/^campaign 'winback' exists already, nothing changed$/,
     'the same file again changes nothing');

$t->write_file('more.csv', "order_id,customer_id,ordered_at,amount\n"
               . join '', map { "m$_,c$_,2026-06-29T10:00:00Z,9.00\n" }
               1 .. 50);
$t->ctl_ok('import', 'orders', $t->path('more.csv'));
$t->ctl_ok('campaign', 'create', $file);

is(merged($t, 'winback'), $merged, 'later orders change no draw');

sub create_fails {
    my ($name, $pattern, %with) = @_;

    my $path = $t->write_file('bad.yaml', Retention::Lapsed::campaign(%with));
    my ($status, $out, $err) = $t->ctl('campaign', 'create', $path, '--as-of',
                                       $AS_OF);

    is($status, 1, "$name: exit 1");
    like($err, $pattern, "$name: why");
}

create_fails('another window', qr/exists already, and only title, cost/,
             window => '31d');
create_fails('another target', qr/exists already: .*'shop'.*campaign edit/s,
             links => "\n  shop: { url: \"https://shop.example/\" }\n"
                      . "  price: { url: \"https://shop.example/thanks\", "
                      . "survey: too-expensive }");

my $changed = Retention::Lapsed::campaign(title => 'Come back',
                                        cost => '"99.00 EUR"');

$changed =~ s{^hosts}{  new: { url: "https://shop.example/new" }\nhosts}m;
$t->ctl_ok('campaign', 'create', $t->write_file('changed.yaml', $changed));
$show = $t->ctl_json('campaign', 'show', 'winback', '--json');

is($show->{title}, 'Come back', 'a new title is taken');
is($show->{cost}{amount}, '99.00', 'a new cost');
is(join(' ', map { $_->{name} } @{ $show->{links} }), 'shop price new',
   'a new link');
is($show->{recipients}, $eligible, 'the draw stays');


# Links may lead elsewhere, within the hosts.

my @edit = qw(campaign edit winback --link shop --url);

$t->ctl_ok(@edit, 'https://shop.example/sale');
$t->ctl_ok(@edit, 'https://shop.example/last');
$show = $t->ctl_json('campaign', 'show', 'winback', '--json');

is($show->{links}[0]{url}, 'https://shop.example/last', 'edit: the target');
is_deeply([map { [@$_{qw(link old new)}] } @{ $show->{link_changes} }],
          [['shop', 'https://shop.example/?c={coupon}',
            'https://shop.example/sale'],
           ['shop', 'https://shop.example/sale',
            'https://shop.example/last']], 'edit: the record');
like($show->{link_changes}[0]{at}, qr/^20\d\d-\d\d-\d\dT.*Z$/, 'edit: when');

like($t->ctl_ok('campaign', 'create', $t->path('changed.yaml')),
     qr/nothing changed$/, 'edit: the file it was made of is still the same');
$t->ctl_ok('campaign', 'create', $t->write_file('renamed.yaml',
           $changed =~ s/Come back/Come home/r));
$show = $t->ctl_json('campaign', 'show', 'winback', '--json');
is($show->{title}, 'Come home', 'edit: a new title is still taken');
is($show->{links}[0]{url}, 'https://shop.example/last',
   'and the link stays where it leads now');
create_fails('a target from between', qr/exists already: .*campaign edit/s,
             links => "\n  shop: { url: \"https://shop.example/sale\" }\n"
                      . "  price: { url: \"https://shop.example/thanks\", "
                      . "survey: too-expensive }\n"
                      . "  new: { url: \"https://shop.example/new\" }");

for my $url ('https://evil.example/', 'http://shop.example/',
             'https://shop.example@evil.example/', "https://shop.example/\n",
             'https://shop.example/{name}', 'shop')
{
    my ($status) = $t->ctl(@edit, $url);

    is($status, 1, "edit refuses '$url'" =~ s/\n/\\n/r);
}

is(($t->ctl(qw(campaign edit winback --link nothing --url),
            'https://shop.example/'))[0], 1, 'edit: no such link');
is(($t->ctl(qw(campaign edit winback --link shop)))[0], 2,
   'edit: a URL is needed');


# Bad files: line and column, exit 1, nothing made.

my $good = Retention::Lapsed::campaign(id => 'bad');

sub bad_file {
    my ($name, $at, $pattern, $edit) = @_;

    local $_ = $good;
    $edit->();

    my $path = $t->write_file('bad.yaml', $_);
    my ($status, $out, $err) = $t->ctl('campaign', 'create', $path);

    is($status, 1, "$name: exit 1");
    like($err, qr/^retentionctl: \Q$path\E:$at: .*$pattern/s, "$name: $at");
}

bad_file('an unknown key', '2:1', 'titel', sub { s/^title/titel/m });
bad_file('a repeated key', '4:1', 'starts', sub { s/^window/starts/m });
bad_file('tiers out of order', '\d+:\d+', 'd90',
         sub { s/(  - \{ name: d90.*\n)(  - \{ name: d180.*\n)/$2$1/ });
bad_file('a tier that none reaches', '\d+:\d+', 'd180',
         sub { s/> 180d/< 30d/ });
bad_file('shares over 100 %', '\d+:\d+', '', sub { s/share: 50%/share: 60%/ });
bad_file('a hold-out of all', '5:10', '', sub { s/holdout: 10%/holdout: 100%/ });
bad_file('a window of 0', '4:9', 'window', sub { s/30d/0d/ });
bad_file('a second document', '\d+:\d+', 'document',
         sub { $_ .= "---\nid: two\n" });
bad_file('an anchor', '\d+:\d+', '', sub { s/We miss you/&a We/ });
bad_file('a target without https', '\d+:\d+', 'https',
         sub { s{https://shop.example/thanks}{http://shop.example/thanks} });
bad_file('a host off the list', '\d+:\d+', 'evil.example',
         sub { s{https://shop.example/thanks}{https://evil.example/} });
bad_file('a control byte in a target', '\d+:\d+', '',
         sub { s{thanks}{th\\tanks} });
bad_file('a condition that is none', '\d+:\d+', '',
         sub { s/last_order > 90d and/last_order >> 90d and/ });
bad_file('a day that does not exist', '3:9', '', sub { s/07-01/02-30/ });
bad_file('an empty file', '\d+:\d+|', '', sub { $_ = '' });

is(($t->ctl(qw(campaign create), $t->path('absent.yaml')))[0], 1,
   'a file that is absent');
create_fails('nobody in the audience', qr/would have no recipients/,
             id => 'nobody', audience => 'orders > 5', tiers => undef);
create_fails('batches for years', qr/would take \d+ days/,
             id => 'slow', batches => '1/day', audience => 'orders >= 0',
             tiers => undef);

is(scalar @{ $t->ctl_json('campaign', 'list', '--json') }, 1,
   'none of them was made');


# Recipients that come from a file, and no draw.

my $imported = $t->write_file('imported.yaml', Retention::Lapsed::campaign(
    id => 'elsewhere', recipients => 'imported', holdout => undef,
    audience => undef, batches => undef, tiers => undef));

like($t->ctl_ok('campaign', 'create', $imported), qr/import recipients/,
     'an imported campaign');
is($t->ctl_json('campaign', 'show', 'elsewhere', '--json')->{recipients}, 0,
   'it has no recipients yet');


# Closing.

$t->ctl_ok('campaign', 'close', 'elsewhere');
like($t->ctl_ok('campaign', 'close', 'elsewhere'), qr/closed already/,
     'closing twice');
is_deeply([map { "$_->{id} $_->{status}" }
           @{ $t->ctl_json('campaign', 'list', '--json') }],
          ['winback open', 'elsewhere closed'], 'list');
is(($t->ctl(qw(campaign merge elsewhere)))[0], 1, 'a closed one is not merged');
is(($t->ctl(qw(campaign show nothing)))[0], 1, 'no such campaign');


# Two at once make one draw.

my @pids = map {
    $t->spawn({ out => $t->path("race.$_"), err => $t->path("race.$_"),
                env => { RETENTION_STORE => $t->store } },
              $t->build . '/retentionctl', 'campaign', 'create',
              $t->write_file('race.yaml',
                             Retention::Lapsed::campaign(id => 'race')),
              '--as-of', $AS_OF)
} 1 .. 2;

for my $pid (@pids) {
    waitpid $pid, 0;
    is($?, 0, 'two at once: both succeed');
}

is(join(' ', sort map { (split ' ', $t->read_file("race.$_"))[0] } 1 .. 2),
   'campaign created', 'one creates, the other changes nothing');


# Percentages have two digits behind the point, and zeros between.

$t->ctl_ok('campaign', 'create', $t->write_file('percent.yaml',
    Retention::Lapsed::campaign(id => 'percent', batches => undef, tiers => '['
        . join(', ', map {
            "{ name: t$_->[0], when: last_order > $_->[0]d, "
            . "offer: { percent: $_->[1] } }"
        } [90, 5], [180, 10.5], [270, 10.05], [360, '0.10']) . ']')),
    '--as-of', $AS_OF);
is_deeply([map { $_->{offer} } @{
               $t->ctl_json('campaign', 'show', 'percent', '--json')->{tiers}
           }], ['5 %', '10.5 %', '10.05 %', '0.1 %'], 'show: percentages');


# Killed at any moment, and run again: the draw and the codes of a creation
# that nothing interrupted.

my $many = $t->write_file('many.csv', join '', "customer_id,email\n",
                          map { "k$_,k$_\@example.com\n" } 1 .. 15000);

$t->ctl_ok('import', 'customers', $many);

my $kill = $t->write_file('kill.yaml', Retention::Lapsed::campaign(
    id => 'kill', audience => 'orders >= 0', batches => '900/day',
    tiers => '[{ name: all, when: orders >= 0, offer: { percent: 5 } }]'));
my @create = ('campaign', 'create', $kill, '--as-of', $AS_OF);

sub copy_store {
    my ($name) = @_;

    my $path = $t->path($name);

    system('rm', '-rf', $path);
    system('cp', '-a', $t->store, $path) == 0 or die "cannot copy\n";

    return $path;
}

# Returns whether the command was killed before its end.

sub kill_after {
    my ($store, $seconds) = @_;

    my $pid = $t->spawn({ env => { RETENTION_STORE => $store } },
                        $t->build . '/retentionctl', @create);

    sleep $seconds;
    kill 'KILL', $pid;
    waitpid $pid, 0;

    return $? != 0;
}

sub entries {
    my ($store) = @_;

    my ($stat) = grep { $_->{environment} eq 'coupons' }
        @{ $t->ctl_json('stat', '--json', '--store', $store) };

    return $stat->{entries};
}

my $whole = copy_store('whole');

$t->ctl_ok(@create, '--store', $whole);

my $expected = merged($t, 'kill', '--store', $whole);
my $torn = copy_store('torn');
my $kills = 0;

for my $i (1 .. 60) {
    last if !kill_after($torn, 0.004 * 1.1 ** $i);
    $kills++;
}

ok($kills > 0, "killed $kills times on the way");
$t->ctl_ok(@create, '--store', $torn);
is(merged($t, 'kill', '--store', $torn), $expected,
   'killed and run again: the same recipients, codes and links');
is($t->ctl_json('campaign', 'show', 'kill', '--json', '--store', $torn)
       ->{arms}[0]{recipients},
   $t->ctl_json('campaign', 'show', 'kill', '--json', '--store', $whole)
       ->{arms}[0]{recipients}, 'the same hold-out');
like($t->ctl_ok('check', '--store', $torn), qr/^\d+ records, 0 faults$/m,
     'and a sound store');

# A draft whose customers changed is drawn anew, not half of each.

# How long it takes until there are coupons depends on the machine, so the
# waits grow until one is right, and begin anew when one was too long.

my ($draft, $before);
my $wait = 0.004;

for (1 .. 300) {
    $draft = copy_store('draft');
    $before = entries($draft);

    if (!kill_after($draft, $wait)) {
        $wait = 0.004;
        next;
    }

    last if entries($draft) > $before + 1000;
    $wait *= 1.1;
}

cmp_ok(entries($draft), '>', $before, 'a draft with coupons');
$t->write_file('leave.csv', "customer_id,consent\n"
               . join '', map { "k$_,denied\n" } 1 .. 5000);
$t->ctl_ok('import', 'customers', $t->path('leave.csv'), '--store', $draft);

my ($status, $out, $err) = $t->ctl(@create, '--store', $draft);

is($status, 0, 'a draft whose customers changed: created');
like($err, qr/it is drawn anew/, 'and said so');

my $json = $t->ctl_json('campaign', 'show', 'kill', '--json', '--store',
                        $draft);

is(total($json, sub { 1 }), $json->{recipients},
   'as many recipients as the campaign says');
unlike(merged($t, 'kill', '--store', $draft), qr/^k(?:[1-9]\d?\d?|4\d\d\d),/m,
       'nobody who left');

done_testing;
