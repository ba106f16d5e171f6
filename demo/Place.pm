package Place;

# Where the demo lives: its folder, its nginx, and the commands that it runs
# as a reader would type them.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use FindBin;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);

use Retention::Nginx;

my $MARK = '.ngx-retention-demo';       # in a folder that the demo has made
my $WORKER_USER = 'www-data';
my $PORT = 8080;                        # or the next one that is free
my $PORTS = 1000;
my $WAIT_S = 30;

# As packaging/nginx.conf.example, but without TLS and with every file in the
# demo's folder.

my $CONF = <<'END';
%%USER%%worker_processes 2;
pid %%DIR%%/nginx.pid;
error_log %%DIR%%/logs/error.log;
load_module %%BUILD%%/ngx_http_retention_module.so;

thread_pool retention threads=2;

events {
    worker_connections 1024;
}

http {
    retention_store    %%DIR%%/store;
    retention_api_keys %%DIR%%/api-keys;

    # Tokens and codes are bearer secrets: no log holds a path that has one.

    log_format no_path '$remote_addr [$time_local] $request_method $status';
    access_log %%DIR%%/logs/access.log no_path;

    keepalive_requests    100000;
    client_body_temp_path %%DIR%%/temp/client_body;
    proxy_temp_path       %%DIR%%/temp/proxy;
    fastcgi_temp_path     %%DIR%%/temp/fastcgi;
    uwsgi_temp_path       %%DIR%%/temp/uwsgi;
    scgi_temp_path        %%DIR%%/temp/scgi;

    server {
        listen 127.0.0.1:%%PORT%%;

        location /o/ {
            retention_pixel;
        }

        location /r/ {
            retention_redirect;
            retention_fallback https://shop.example/;
        }

        location /u/ {
            retention_unsubscribe;
        }

        location = /e {
            retention_events;
            retention_origin https://shop.example;
        }

        location /coupons/ {
            retention_coupons;
        }

        location = /metrics {
            retention_status prometheus;
        }

        location = /status {
            retention_status;
        }
    }
}
END


sub new {
    my ($class) = @_;

    my $root = abs_path("$FindBin::Bin/..");
    my $build = $ENV{RETENTION_BUILD} || "$root/build";
    my $whose = $> == 0 ? '' : '-' . (getpwuid($>) // $>);
    my $dir = $ENV{DEMO_DIR} || "/tmp/ngx-retention-demo$whose";

    die "DEMO_DIR '$dir' has more than letters, digits and ._-/, which "
        . "nginx.conf and the commands would read as something else; "
        . "choose another\n" if $dir !~ m{\A[\w./-]+\z};

    return bless {
        root  => $root,
        build => $build,
        dir   => $dir =~ s{(?<=.)/+$}{}r,
    }, $class;
}

sub dir   { return $_[0]{dir} }
sub build { return $_[0]{build} }
sub port  { return $_[0]{port} }
sub url   { return "http://127.0.0.1:$_[0]{port}" }

# What comes before commands to type whose program is not here; "": it is.

sub hint {
    my ($program) = @_;

    return '' if grep { -x "$_/$program" } split /:/, $ENV{PATH};

    return "'$program' is not here; 'apt-get install $program' brings it, "
        . "for these:\n\n";
}

sub stop_command {
    my ($self) = @_;

    return ($ENV{DEMO_DIR} ? "DEMO_DIR=$self->{dir} " : '')
        . "make -C $self->{root} demo-stop";
}


# An empty folder of the demo's own.  What an earlier run left is stopped and
# removed; what somebody else put there is not touched.

sub make {
    my ($self) = @_;

    my $dir = $self->{dir};

    if (-e $dir || -l $dir) {
        $self->stop;
        remove_tree($dir);
        die "cannot remove the earlier run in '$dir'\n" if -e $dir;
    }

    make_path(dirname($dir));
    mkdir $dir, 0755 or die "cannot make '$dir': $!\n";
    $self->{dir} = $dir = abs_path($dir);
    $self->write($MARK, "made by 'make demo', which may remove it\n");
    _check_reach($dir) if $> == 0;
    make_path("$dir/logs", "$dir/temp");
    $self->{port} = _free_port();
}

sub _check_own {
    my ($self) = @_;

    my $dir = $self->{dir};

    die "'$dir' is not a folder that this user's demo made; "
        . "set DEMO_DIR to another\n"
        if -l $dir || !-d $dir || (stat $dir)[4] != $> || !-f "$dir/$MARK";
}

# The workers are another user, who must come through to the store.

sub _check_reach {
    my ($dir) = @_;

    for (my $path = $dir; $path ne '/'; $path = dirname($path)) {
        die "$WORKER_USER cannot come through '$path'; "
            . "set DEMO_DIR to another folder\n" if !((stat $path)[2] & 1);
    }
}

sub _free_port {
    for my $port ($PORT .. $PORT + $PORTS) {
        my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
            LocalPort => $port, Listen => 1, ReuseAddr => 1) or next;

        close $socket;

        return $port;
    }

    die "no free port from $PORT on\n";
}


sub write {
    my ($self, $name, $text) = @_;

    my $path = "$self->{dir}/$name";

    open my $file, '>:raw', $path or die "cannot write '$path': $!\n";
    print $file $text;
    close $file or die "cannot write '$path': $!\n";
}

sub read {
    my ($self, $name) = @_;

    my $path = "$self->{dir}/$name";

    open my $file, '<:raw', $path or die "cannot read '$path': $!\n";
    local $/;

    return scalar <$file>;
}


# Shows a command that a reader could type; what comes of it is indented.

sub type {
    my ($self, $command) = @_;

    print "\$ $command\n";
}

sub _came {
    my ($text) = @_;

    print map { $_ eq "\n" ? $_ : "    $_" } $text =~ /.*\n/g;
}

sub show {
    my ($self, $name) = @_;

    $self->type("cat $name");
    _came($self->read($name));
}

# Runs retentionctl before the reader's eyes, and returns what it said.

sub ctl {
    my ($self, @args) = @_;

    $self->type("retentionctl @args");

    my $text = $self->_run(1, @args);

    _came($text);

    return $text;
}

# The same behind the scenes, without what it says beside its output.

sub run {
    my ($self, @args) = @_;

    return $self->_run(0, @args);
}

sub _run {
    my ($self, $with_errors, @args) = @_;

    my $pid = open(my $pipe, '-|') // die "cannot fork: $!\n";

    if (!$pid) {
        $ENV{RETENTION_STORE} = "$self->{dir}/store";
        open STDERR, '>&', \*STDOUT if $with_errors;

        {
            no warnings 'exec';
            chdir $self->{dir} and exec "$self->{build}/retentionctl", @args;
        }

        print STDERR "cannot run '$self->{build}/retentionctl': $!\n";
        POSIX::_exit(127);
    }

    my $text = do { local $/; <$pipe> } // '';

    close $pipe or die "'retentionctl @args' has failed\n"
        . ($with_errors ? $text : '');

    return $text;
}


sub start {
    my ($self) = @_;

    my $dir = $self->{dir};
    my $conf = $CONF;
    my %marks = (DIR => $dir, BUILD => $self->{build}, PORT => $self->{port},
                 USER => $> == 0 ? "user $WORKER_USER;\n" : '');

    $conf =~ s/%%([A-Z]+)%%/$marks{$1}/g;
    $self->write('nginx.conf', $conf);

    my @command = (Retention::Nginx::nginx_program(), '-c',
                   "$dir/nginx.conf", '-e', "$dir/logs/error.log");

    $self->type("@command");
    system(@command) == 0
        or die "nginx did not start; see $dir/logs/error.log\n";

    $self->_wait_listening;
    print '    it listens on ', $self->url, "\n";
}

sub _wait_listening {
    my ($self) = @_;

    my $end = time + $WAIT_S;

    until (IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                 PeerPort => $self->{port}))
    {
        die "nginx does not listen; see $self->{dir}/logs/error.log\n"
            if time > $end;
        sleep 0.05;
    }
}


# Ends the nginx that runs from this folder, and no other; says what it did.

sub stop {
    my ($self) = @_;

    return "there is no demo in $self->{dir}"
        if !-e $self->{dir} && !-l $self->{dir};

    $self->_check_own;

    my $pid = $self->_master or return "no nginx runs from $self->{dir}";
    my $end = time + $WAIT_S;

    kill 'TERM', $pid or die "cannot stop nginx, process $pid: $!\n";

    while ($self->_master) {
        die "nginx, process $pid, does not stop\n" if time > $end;
        sleep 0.05;
    }

    return "nginx, process $pid, has stopped; $self->{dir} stays";
}

# The process that the folder's pid file names, if it is nginx from there.

sub _master {
    my ($self) = @_;

    my $dir = abs_path($self->{dir});

    return if !-f "$dir/nginx.pid";

    my ($pid) = $self->read('nginx.pid') =~ /^(\d+)$/m or return;

    open my $file, '<', "/proc/$pid/cmdline" or return;

    my $line = <$file> // '';

    return $line =~ /^nginx: master/ && index($line, "$dir/nginx.conf") >= 0
        ? $pid : undef;
}

1;
