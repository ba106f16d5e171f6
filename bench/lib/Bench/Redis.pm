package Bench::Redis;

# The pixel against one of lua-nginx that pushes to Redis, which writes its
# log before each answer, or each second.  Servers of their own, from Debian's
# packages, in a folder of their own.

use strict;
use warnings;

use File::Copy qw(copy);
use FindBin;
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);

use Retention::Fixture;
use Retention::Test;

my $CONNECTIONS = 256;
my $MODULES = '/usr/lib/nginx/modules';
my @NEEDED = map { "$MODULES/$_.so" } qw(ndk_http_module ngx_http_lua_module);

# appendfsync's value, and what it means for an answer.

my @POLICIES = (
    [always => 'log of Redis, fsync first'],
    [everysec => 'log of Redis, fsync later'],
);


sub about { return 'the pixel against lua-nginx with Redis' }


sub run {
    my ($run) = @_;

    my ($missing) = grep { !-e } @NEEDED;
    my $server = _program();

    $missing = 'redis-server' if !defined $server;

    if (defined $missing) {
        $run->title("lua-nginx with Redis: left out, no '$missing'; see the "
                    . "group bench in packaging/debian-packages");
        return;
    }

    _compare($run, $server);
}

# The server is the same file as redis-check-rdb and goes by its name; Debian
# has the one in redis-tools and the other in redis-server, which would start
# a service as well.

sub _program {
    my ($program) = grep { -x } map { ("$_/redis-server",
                                       "$_/redis-check-rdb") }
        split(/:/, $ENV{PATH}), '/usr/bin';

    return $program;
}


sub _compare {
    my ($run, $server) = @_;

    my $t = Retention::Test->new;
    my $shop = Retention::Fixture->new($t, customers => 1000);
    my $lua = Retention::Test->new;
    my %sockets = map { $_->[0] => _start($lua, $server, $_->[0]) } @POLICIES;
    my @paths = map { $shop->path($_->{pixel_url}) } $shop->rows;
    my %answered;

    $t->nginx_start($t->conf('location /o/ { retention_pixel; }',
                             workers => 1));
    $lua->nginx_start(_conf($lua, %sockets));

    my ($pixel, @others) = $run->rounds(
        { name => 'pixel', code => sub {
            _load($run, $t, \$answered{pixel}, '', \@paths, @_);
        } },
        map { my $policy = $_->[0]; {
            name => $policy, code => sub {
                _load($run, $lua, \$answered{$policy}, "/$policy", \@paths,
                      @_);
            },
        } } @POLICIES,
    );

    _rows($run, $pixel, @others);
    _verify($sockets{$_->[0]}, $answered{$_->[0]}) for @POLICIES;

    $t->nginx_stop;
    $lua->nginx_stop;
    _shut($_) for values %sockets;
    $run->verify($shop, $answered{pixel}, 'answers of the pixel');
}

sub _load {
    my ($run, $t, $answered, $prefix, $paths, $count) = @_;

    $$answered += $count;

    return $run->load($t, count => $count, connections => $CONNECTIONS,
                      requests => [ map { "GET $prefix$_" } @$paths ],
                      status => 200);
}

sub _rows {
    my ($run, $pixel, @others) = @_;

    $run->title("$CONNECTIONS connections, one worker of either nginx");

    $run->row(name => "lua + Redis, appendfsync $POLICIES[$_][0]",
              values => $others[$_]{per_second},
              durable => $POLICIES[$_][1]) for 0 .. $#POLICIES;

    my @against = map { {
        name => "lua + Redis, $POLICIES[$_][0]",
        values => $others[$_]{per_second},
    } } 0 .. $#POLICIES;

    $against[0]{least} = 2;
    $run->row(name => 'pixel', values => $pixel->{per_second},
              durable => 'event on disk (fdatasync)', against => \@against);
}


sub _conf {
    my ($lua, %sockets) = @_;

    # the workers may not be able to look into the tree

    my $script = $lua->path('pixel.lua');

    copy("$FindBin::Bin/pixel.lua", $script) or die "pixel.lua: $!\n";

    my $locations = join '', map { <<"END" } sort keys %sockets;
        location /$_/ {
            set \$redis $sockets{$_};
            content_by_lua_file $script;
        }
END

    return $lua->conf($locations, workers => 1, pool => '', store => '',
                      main => join "\n", map { "load_module $_;" } @NEEDED);
}

# Returns the socket of a Redis that listens.

sub _start {
    my ($t, $program, $policy) = @_;

    my $dir = $t->path("redis-$policy");
    my $socket = "$dir/socket";

    mkdir $dir or die "cannot make '$dir': $!\n";
    symlink $program, "$dir/redis-server" or die "cannot link: $!\n";

    my $pid = $t->spawn({ out => "$dir/log", err => "$dir/log", cwd => $dir },
        "$dir/redis-server", '--port', 0, '--unixsocket', $socket,
        '--unixsocketperm', 777, '--save', '', '--appendonly', 'yes',
        '--appendfsync', $policy, '--auto-aof-rewrite-percentage', 0);

    $t->wait_for(sub {
        waitpid($pid, WNOHANG) == 0
            or die "redis-server did not start:\n" . $t->read_file("$dir/log");

        return -S $socket && _ask($socket, 'PING') eq '+PONG';
    }, 'Redis listens');

    return $socket;
}

sub _ask {
    my ($path, $command) = @_;

    my $socket = IO::Socket::UNIX->new(Peer => $path) or return '';

    print {$socket} "$command\r\n";
    $socket->flush;

    return (readline($socket) // '') =~ s/\r\n$//r;
}

sub _shut {
    my ($path) = @_;

    _ask($path, 'SHUTDOWN NOSAVE');
}

sub _verify {
    my ($socket, $answered) = @_;

    my ($n) = _ask($socket, 'LLEN opens') =~ /^:(\d+)$/;

    die "$answered answers by way of Redis, which has " . ($n // 'none') . "\n"
        if ($n // 0) != $answered;
}

1;
