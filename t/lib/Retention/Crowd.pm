package Retention::Crowd;

# The scripted crowd: takes the merge file and talks to nginx over a few
# connections at once.  What each customer does follows from the seed and his
# id alone.

use strict;
use warnings;

use JSON::PP;
use POSIX ();

use Retention::Checkout;
use Retention::Ledger;
use Retention::Visitor;


# port, key, origin, seed, buyers, campaign, currency, midnight (seconds, of
# the campaign's first day), connections.

sub new {
    my ($class, %opt) = @_;

    return bless { connections => 8, %opt }, $class;
}


# rows: of the merge file.  others: [id, tier] of the audience that got no
# mail, hold-out included.  Returns the ledger.

sub run {
    my ($self, $rows, $others) = @_;

    my $n = $self->{connections};
    my @children = map { $self->_child($rows, $others, $_) } 0 .. $n - 1;
    my $ledger = Retention::Ledger->new($self->{currency});

    for my $child (@children) {
        my ($pid, $pipe) = @$child;
        my $text = do { local $/; <$pipe> };

        waitpid $pid, 0;
        die "a part of the crowd failed\n" if $? != 0;

        $ledger->add(decode_json($text));
    }

    return $ledger;
}

# A child takes each nth customer and sends what it noted.

sub _child {
    my ($self, $rows, $others, $k) = @_;

    pipe my $reader, my $writer or die "no pipe: $!\n";

    my $pid = fork // die "cannot fork: $!\n";

    if ($pid) {
        close $writer;
        return [$pid, $reader];
    }

    my $ok = eval {
        my $text = encode_json($self->_work($rows, $others, $k)->data);

        print $writer $text;
        close $writer or die "the pipe is gone: $!\n";
    };

    print STDERR $@ if !$ok;
    POSIX::_exit($ok ? 0 : 1);
}

sub _work {
    my ($self, $rows, $others, $k) = @_;

    my $n = $self->{connections};
    my $ledger = Retention::Ledger->new($self->{currency});
    my $visitor = Retention::Visitor->new(%$self, ledger => $ledger);
    my $checkout = Retention::Checkout->new(%$self, ledger => $ledger);

    $visitor->mail($_) for @$rows[grep { $_ % $n == $k } 0 .. $#$rows];

    for my $other (@$others[grep { $_ % $n == $k } 0 .. $#$others]) {
        my ($customer, $tier) = @$other;

        $ledger->recipient($customer, arm => 'holdout', tier => $tier,
                           has_coupon => 0);
        $checkout->buys($self->{buyers}->outcome($customer, $tier, undef),
                        undef, $customer);
    }

    return $ledger;
}

1;
