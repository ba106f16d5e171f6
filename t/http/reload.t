# Ten reloads and a new key under load: every answer is the expected one, and
# there are as many events as answers.  5 s.

use strict;
use warnings;

use Test::More;
use Retention::Fixture;
use Retention::Test;

my $RELOADS = 10;
my $COUNT = 8_000;              # on connections of their own, and on kept ones

my $t = Retention::Test->new;
my $shop = Retention::Fixture->new($t);

# In turn: answers when it is on disk, and answers before that, which a worker
# that goes must not forget.

my @confs = map { $shop->conf(workers => 2, server => "retention_ack $_;\n") } qw(commit queued);

$t->nginx_start($confs[1]);

my @requests = map { ('GET ' . $shop->path($_->{pixel_url}), 'GET ' . $shop->path($_->{link_shop})) } $shop->rows;
my ($fresh_answers, $kept_answers, $unanswered, %strange) = (0, 0, 0);
my ($fresh, $kept);

# loads follow one another for as long as there are reloads to do

sub start {
    my (@headers) = @_;

    return $t->load_start(count => $COUNT, connections => 8, requests => \@requests, headers => \@headers);
}

sub finish {
    my ($load) = @_;

    my $counts = $t->load_wait($load)->{counts};
    my $answers = ($counts->{200} // 0) + ($counts->{302} // 0);

    $strange{$_} += $counts->{$_} for grep { !/^(?:0|200|302)$/ } keys %$counts;

    return ($answers, $counts->{0} // 0);
}

sub take {
    my ($answers, $none) = finish($fresh);

    $fresh_answers += $answers;
    $unanswered += $none;
    ($answers) = finish($kept);
    $kept_answers += $answers;
}

sub load_on {
    ($fresh, $kept) = (start('Connection: close'), start());
}

my $reloads = 0;
my $loads = 0;

while ($reloads < $RELOADS) {
    load_on();
    $loads++;

    while ($reloads < $RELOADS && $t->load_running($fresh) && $t->load_running($kept)) {
        $t->ctl_ok('keys', 'new') if $reloads == int($RELOADS / 2);
        $t->nginx_reload($confs[$reloads % 2]);
        $reloads++;
    }

    take();
}

is($unanswered, 0, "$reloads reloads: every new connection is answered");
is($fresh_answers, $COUNT * $loads, 'as it should be');
is_deeply(\%strange, {}, 'and no answer is another');

# A reload may close a kept connection on which a request is just on its way;
# then there is no answer and no event.

cmp_ok($kept_answers, '>=', $COUNT * $loads - 2 * 8 * $RELOADS, 'kept connections are answered but at their end');
# Half of the time answers do not wait for the disk; where it is slow, what
# the queue could not hold is counted.

my $lost = $shop->status->{lost};

is($shop->lines + ($lost->{queue} // 0), $fresh_answers + $kept_answers, 'each answer is an event, or counted as lost');
is_deeply([grep { !/^(?:deadline|queue)$/ } keys %$lost], [], 'none is lost for another reason');

done_testing;
