package Bench::Redeem;

# Redemptions from 32 connections, of a million issued coupons, each redeemed
# once; beside them posts of one event and what LMDB takes without nginx.

use strict;
use warnings;

use Bench::Limits;
use Bench::Posts;
use Retention::Fixture;
use Retention::Test;

my $CONNECTIONS = 32;


sub about { return 'redemptions, of a million coupons' }


sub run {
    my ($run) = @_;

    my $t = Retention::Test->new;
    my $shop = Bench::Redeem::Shop->new($t, $run);
    my $codes = [ $shop->coupons ];
    my $issued = @$codes;
    my $limits = Bench::Limits->new($t);
    my $key = $shop->key;
    my $posted = 0;

    $t->nginx_start($shop->conf(workers => 1));

    my ($redeem, $post, $lmdb) = $run->rounds(
        { name => 'redeem', code => sub {
            _redeem($run, $t, $key, $codes, @_);
        } },
        { name => 'post', code => sub {
            $posted += $_[0];
            _post($run, $t, $key, @_);
        } },
        { name => 'LMDB', code => $limits->code('lmdb', $CONNECTIONS) },
    );

    _rows($run, $issued, $redeem, $post, $lmdb);

    $t->nginx_stop;
    _verify($run, $shop, $issued - @$codes, $posted);
}

sub _redeem {
    my ($run, $t, $key, $codes, $count) = @_;

    die "there are not enough coupons left; give more with --coupons\n"
        if $count > @$codes;

    my @requests = map {
        my ($code, $customer) = @$_;

        qq(POST /coupons/$code/redeem\t{"order_id":"o-$customer",)
        . qq("customer":"$customer","amount":"50.00","currency":"EUR"})
    } splice @$codes, -$count;

    return $run->load($t, count => $count, connections => $CONNECTIONS,
                      requests => \@requests, status => 200,
                      headers => ["Authorization: Bearer $key"]);
}

sub _post {
    my ($run, $t, $key, $count) = @_;

    my @requests = map { "POST /e\t" . Bench::Posts::post(1) } 1 .. $count;

    return $run->load($t, count => $count, connections => $CONNECTIONS,
                      requests => \@requests, status => 204,
                      headers => ["Authorization: Bearer $key"]);
}

sub _rows {
    my ($run, $issued, $redeem, $post, $lmdb) = @_;

    my $kept = 'on disk (fdatasync)';

    $run->title("$CONNECTIONS connections, one worker, "
                . Bench::Run::thousands($issued) . ' coupons issued');
    $run->row(name => "LMDB alone, batches of $CONNECTIONS rows",
              values => $lmdb->{per_second}, durable => 'commit of LMDB');
    $run->row(name => 'posts of 1', values => $post->{per_second},
              durable => "event $kept");
    $run->row(name => 'redemptions', values => $redeem->{per_second},
              durable => "decision $kept", least => 20_000,
              against => [
                  { name => 'posts of 1', values => $post->{per_second} },
                  { name => "LMDB, batch $CONNECTIONS",
                    values => $lmdb->{per_second} },
              ]);
    $run->row(name => '  median time', values => $redeem->{p50_ms},
              unit => 'ms');
    $run->row(name => '  99th percentile', values => $redeem->{p99_ms},
              unit => 'ms', most => 5);
}

# As many coupons are redeemed as were answered, each once.

sub _verify {
    my ($run, $shop, $answered, $posted) = @_;

    my $redeemed = grep { $_->[2] eq 'redeemed' } $shop->coupons;

    die "$answered redemptions answered, $redeemed coupons redeemed\n"
        if $redeemed != $answered;

    # a redemption is an event of the export, too

    $run->verify($shop, $answered + $posted,
                 'redemptions, each of another coupon, and events');
}


package Bench::Redeem::Shop;

# A shop whose campaign has many coupons.  Retention::Fixture would read its
# whole merge file.

use parent -norequire, 'Retention::Fixture';

sub new {
    my ($class, $t, $run) = @_;

    my $self = bless {
        Retention::Fixture::defaults(),
        t => $t, customers => $run->coupons, holdout => '0%',
    }, $class;

    $t->init('--currency', 'EUR');
    $run->tell('redeem: importing ' . Bench::Run::thousands($run->coupons)
               . ' customers and an order of each');
    $self->_import;
    $run->tell('redeem: creating their campaign');
    $self->_create;

    return $self;
}

# Code, customer and status of each coupon.  A code is a keyed hash, so this is
# no order that the store would know.

sub coupons {
    my ($self) = @_;

    my $t = $self->{t};
    my $path = $t->path('coupons.csv');

    $t->ctl_ok('export', 'coupons', '--format', 'csv', $path);
    open my $file, '<', $path or die "cannot read '$path': $!\n";
    <$file>;

    my @coupons = map { [ (split /,/)[0, 3, 7] ] } <$file>;

    unlink $path;

    return @coupons;
}

1;
