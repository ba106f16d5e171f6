# Who brought whom: taken in, shown, asked for by audiences, and beside the
# priority.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/../lib";
use Retention::Csv qw(csv_rows);
use Retention::Leavers;
use Retention::Test;

my $N = 200;
my @AS_OF = ('--as-of', $Retention::Leavers::AS_OF);
my $t = Retention::Test->new;
my $campaigns = 0;

$t->init('--currency', 'EUR');
Retention::Leavers::fill($t, $N, 20261122);

sub import_customers {
    my ($name, $content, @options) = @_;

    return $t->ctl_json('import', 'customers', '--json', @options,
                        $t->write_file($name, $content));
}

sub who {
    my ($audience) = @_;

    my $id = 'a' . ++$campaigns;
    my $file = $t->write_file("$id.yaml", <<"END");
id: $id
starts: 2026-07-01
window: 30d
holdout: 0%
audience: $audience
END

    $t->ctl_ok('campaign', 'create', $file, @AS_OF);

    return join ' ', sort map { $_->{customer_id} }
        csv_rows($t->ctl_ok('export', 'recipients', $id));
}

sub referrer {
    my ($customer) = @_;

    my ($row) = grep { $_->{field} eq 'referred_by' }
        csv_rows($t->ctl_ok('export', 'person', $customer));

    return $row && $row->{value};
}

# By customer, what 'segment priority' says of whom he brought.

sub influence {
    return map { ($_->{customer_id} => "$_->{referrals} $_->{referred_spend}") }
        csv_rows($t->ctl_ok('segment', 'priority', @AS_OF, '--csv', @_));
}


# Nobody brought anybody.

my %none = influence();

is(join(' ', grep { $none{$_} ne '0 0.00' } keys %none), '',
   'without a referral: 0 for everybody');

# Influence stands beside: only its two columns change when ten who bought name
# the last of the list.

sub reasons {
    return map { s/,\d+,[\d.]+\r?$//r }
        split /\n/, $t->ctl_ok('segment', 'priority', @AS_OF, '--csv');
}

my @before = reasons();
my ($last) = $before[-1] =~ /^\d+,(c\d+),/;

import_customers('ten.csv', "customer_id,referred_by\n"
    . join('', map { "c$_,$last\n" } grep { "c$_" ne $last } 20 .. 29));
like({ influence() }->{$last}, qr/^(?:9|10) [1-9]/, "influence of $last");
ok(join("\n", reasons()) eq join("\n", @before), 'the rank is as it was');


# c1 is named before and behind his own row, "later" comes with another file.
# friend-1 and friend-2 bought, friend-3 cancelled, friend-4 pays in dollars
# and friend-5 bought after the day.

my $summary = import_customers('customers.csv', <<'END');
customer_id,email,referred_by
friend-1,f1@example.com,c1
friend-2,f2@example.com,c1
c1,c1@example.com,
friend-3,f3@example.com,c1
friend-4,f4@example.com,c2
friend-5,f5@example.com,c2
friend-6,f6@example.com,later
friend-7,f7@example.com,nobody
END

is($summary->{new}, 7, 'seven are new');
is($summary->{unchanged}, 1, 'an empty cell changes nothing');

$t->ctl_ok('import', 'orders', $t->write_file('friends.csv', <<"END"));
order_id,customer_id,ordered_at,amount,refunded,currency,status
f-1,friend-1,2026-05-01,10.00,,EUR,paid
f-2,friend-1,2026-05-02,20.00,5.00,EUR,paid
f-3,friend-2,2026-05-03,7.50,,EUR,paid
f-4,friend-3,2026-05-03,100.00,,EUR,cancelled
f-5,friend-4,2026-05-03,50.00,,USD,paid
f-6,friend-5,2027-05-03,50.00,,EUR,paid
f-7,friend-6,2026-05-04,3.00,,EUR,paid
END

my %told = influence();

is($told{c1}, '2 32.50', 'who bought, and what they paid less refunds');
is($told{c2}, '1 0.00', 'another currency: the customer counts');
is($told{c3}, '0 0.00', 'who brought nobody');

my $text = $t->ctl_ok('segment', 'priority', @AS_OF);

like($text, qr/^rank .* growth +referrals +they spent$/m, 'the text has it');
like($text, qr/^referrals: 2 customers name a referrer whose id is no customer's$/m,
     'and says who is not known');

my ($json) = grep { $_->{customer_id} eq 'c1' }
    @{ $t->ctl_json('segment', 'priority', @AS_OF, '--json') };

is($json->{referrals}, 2, 'JSON: the number');
is($json->{referred_spend}, '32.50', 'JSON: the money');

is(who("referrals >= 1 and referrals < 9"), 'c1 c2', 'an audience of referrers');
is(who('referrals = 2 and last_order >= 0d'), 'c1', 'by their number');
unlike(who('referrals = 0'), qr/\bc[12]\b/, 'and of all others');
is(join(' ', sort keys %{{ influence('--audience',
                                         'referrals > 0 and referrals < 9') }}),
   'c1 c2', 'segment priority --audience');


# Who is named first and imported later counts.

is(referrer('friend-6'), 'later', 'export person: as it was named');
import_customers('later.csv', "customer_id,email\nlater,l\@example.com\n");
$t->ctl_ok('import', 'orders', $t->write_file('later-orders.csv', <<'END'));
order_id,customer_id,ordered_at,amount
l-1,later,2026-01-03,3.00
END
is(who('referrals = 1'), 'c2 later', 'the referrer of another file');
like($t->ctl_ok('segment', 'priority', @AS_OF),
     qr/^referrals: 1 customers name/m, 'one is still not known');


# Padded cells, quoted or not, name the same customer.

$summary = import_customers('padded.csv', <<'END');
customer_id,email,referred_by
padded-1,,"  c1 "
  padded-2 ,,  c1
"  padded-3  ","   "," c1"
END

is($summary->{new}, 3, 'padded: three are new');
is(join(' ', map { referrer("padded-$_") // '-' } 1 .. 3), 'c1 c1 c1',
   'padded, quoted or not: the referrer is c1');

$summary = import_customers('padded.jsonl',
    qq({"customer_id": " padded-1", "referred_by": "c1 "}\n));
is($summary->{unchanged}, 1, 'padded in JSON: the same');


# Changed, left alone, and refused.

$summary = import_customers('changed.csv', <<'END');
customer_id,Werber
friend-1,c3
friend-2,
END

is($summary->{ignored_columns}, 'Werber', 'a name of theirs');
is(referrer('friend-1'), 'c1', 'is not read');

$summary = import_customers('changed.csv', <<'END', '--map', 'referred_by=Werber');
customer_id,Werber
friend-1,c3
friend-2,
friend-3,friend-3
END

is($summary->{changed}, 1, '--map: one is changed');
is($summary->{unchanged}, 1, 'an empty cell leaves the other');
is($summary->{rejected}, 1, 'nobody brings himself');
like($t->read_file('changed.csv.rejected.csv'),
     qr/^4,referred_by: names the customer himself/m, 'it says so')
    or diag($t->read_file('changed.csv.rejected.csv'));
is(referrer('friend-1'), 'c3', 'changed');
is(referrer('friend-2'), 'c1', 'left');
is(referrer('c3'), undef, 'none');

$summary = import_customers('lines.jsonl', join '', map { encode_json($_) . "\n" }
    { customer_id => 'friend-8', referred_by => 'c3' },
    { customer_id => 'friend-9', referred_by => 'c' x 65 });
is($summary->{new}, 1, 'JSON lines');
is($summary->{rejected}, 1, 'an id that is too long');
is(referrer('friend-8'), 'c3', 'JSON lines: shown');
is(import_customers('again.jsonl', encode_json(
       { customer_id => 'friend-8', referred_by => 'c3' }) . "\n")->{unchanged},
   1, 'the same again changes nothing');

like($t->ctl_ok('check'), qr/0 faults/, 'the store verifies');

done_testing;
