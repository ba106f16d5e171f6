package Bench::Pages;

# Pixel and redirect against the same nginx serving empty_gif and `return 302`,
# without a log and with a buffered one.

use strict;
use warnings;

use Retention::Fixture;
use Retention::Test;

my @CONNECTIONS = (64, 256);
my $KEPT = 'event on disk (fdatasync)';

my $SERVER = <<'END';
location = /plain.gif { empty_gif; }
        location = /logged.gif {
            empty_gif;
            access_log %%DIR%%/logs/bench.log combined buffer=64k;
        }
        location = /found { return 302 https://shop.example/; }
        location = /found-logged {
            return 302 https://shop.example/;
            access_log %%DIR%%/logs/bench.log combined buffer=64k;
        }
        location /o/ { retention_pixel; }
        location /r/ {
            retention_redirect;
            retention_fallback https://shop.example/;
        }
END

# What is asked for (a path, or a column of the merge file), its status, where
# it is kept, and what it is compared with.

my @TARGETS = (
    { name => 'empty_gif, no log', path => '/plain.gif', status => 200,
      durable => 'nothing' },
    { name => 'empty_gif, buffered log', path => '/logged.gif',
      status => 200, durable => 'line in memory', against => [0] },
    { name => 'pixel', column => 'pixel_url', status => 200,
      durable => $KEPT, against => [0, 1], least => { 256 => 0.80 } },
    { name => 'return 302, no log', path => '/found', status => 302,
      durable => 'nothing' },
    { name => 'return 302, buffered log', path => '/found-logged',
      status => 302, durable => 'line in memory', against => [3] },
    { name => 'redirect', column => 'link_shop', status => 302,
      durable => $KEPT, against => [3, 4], least => { 256 => 0.75 } },
);


sub about { return 'pixel and redirect against empty_gif and return 302' }


sub run {
    my ($run) = @_;

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 1000);
    my $answered = 0;

    $t->nginx_start($t->conf($SERVER, workers => 1));

    for my $connections (@CONNECTIONS) {
        my @series = $run->rounds(map { {
            name => $_->{name},
            code => _code($run, $t, $shop, $_, $connections, \$answered),
        } } @TARGETS);

        $run->title("$connections connections, one worker");
        _row($run, $connections, $_, @series) for 0 .. $#TARGETS;
    }

    $t->nginx_stop;
    $run->verify($shop, $answered, 'answers of pixel and redirect');
}

sub _code {
    my ($run, $t, $shop, $target, $connections, $answered) = @_;

    my @requests = map { "GET $_" } $target->{column}
        ? map { $shop->path($_->{ $target->{column} }) } $shop->rows
        : $target->{path};

    return sub {
        my ($count) = @_;

        $$answered += $count if $target->{column};

        return $run->load($t, count => $count, connections => $connections,
                          requests => \@requests,
                          status => $target->{status});
    };
}

# What was asked is asked against a buffered log, the last of the bases.

sub _row {
    my ($run, $connections, $i, @series) = @_;

    my $target = $TARGETS[$i];
    my @against = map { {
        name => $TARGETS[$_]{name}, values => $series[$_]{per_second},
    } } @{ $target->{against} || [] };

    $against[-1]{least} = $target->{least}{$connections} if @against;

    $run->row(name => $target->{name}, durable => $target->{durable},
              values => $series[$i]{per_second}, against => \@against);
}

1;
