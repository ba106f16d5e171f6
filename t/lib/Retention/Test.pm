package Retention::Test;

# Helps the tests that need a store, an nginx, or both.
#
#     use Test::More;
#     use Retention::Test;
#
#     my $t = Retention::Test->new;
#
#     $t->init;
#     $t->nginx_start($t->conf('location /o/ { retention_pixel; }'));
#
#     is($t->http('GET', '/o/x.gif')->{status}, 200, 'a picture');
#
#     done_testing;
#
# done_testing is wrapped: it stops the servers and adds what must hold for
# every test: no alert in the log, no sanitizer's report, a store that
# verifies.  Nothing stays behind, unless RETENTION_LEAVE=1 is set.
#
# RETENTION_BUILD names the folder of the binaries (build), RETENTION_NGINX
# another nginx, RETENTION_PRELOAD a sanitizer's library.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp;
use IO::Socket::INET;
use JSON::PP;
use POSIX ();
use Test::More ();

use parent 'Retention::Nginx';

our $ROOT = abs_path(dirname(__FILE__) . '/../../..');
our $BUILD = abs_path($ENV{RETENTION_BUILD} || "$ROOT/build")
    || die "no build folder: run 'make' first\n";

my $WORKER_USER = 'www-data';   # of nginx's workers, for tests run as root

my $SANITIZER = qr/(?:Address|Leak|Thread)Sanitizer|runtime error:/;

my @instances;
my $owner = $$;


sub import {
    my $caller = caller;

    no strict 'refs';
    no warnings qw(redefine prototype);

    *{"${caller}::done_testing"} = \&done_testing;
}


sub done_testing {
    $_->_finish for @instances;
    Test::More::done_testing(@_);
}


# A test that was interrupted still ends its servers.

$SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);

END {
    if ($$ == $owner) {
        my $status = $?;

        $_->_cleanup for @instances;
        $? = $status;
    }
}


# A folder of its own, a store's path in it, and a port.  Workers run as
# another user when the test runs as root, so they must be able to pass.

sub new {
    my ($class) = @_;

    my $temp = File::Temp->newdir('retention-XXXXXX', TMPDIR => 1,
                                  CLEANUP => !$ENV{RETENTION_LEAVE});
    my $dir = "$temp";

    chmod 0755, $dir;

    my $self = bless {
        temp    => $temp,
        dir     => $dir,
        store   => "$dir/store",
        allowed => [],
        stores  => {},
    }, $class;

    ($self->{port}, $self->{lock}) = _free_port();

    for my $sub (qw(logs temp)) {
        make_path("$dir/$sub");
        $self->give("$dir/$sub");
    }

    push @instances, $self;

    return $self;
}

sub dir    { return $_[0]{dir} }
sub port   { return $_[0]{port} }
sub store  { return $_[0]{store} }
sub build  { return $BUILD }
sub module { return "$BUILD/ngx_http_retention_module.so" }
sub user   { return $> == 0 ? $WORKER_USER : getpwuid($>) }
sub url    { return "http://127.0.0.1:$_[0]{port}" }


# A port below the kernel's own range, so that no client's socket takes it.
# The UDP socket is a lock between tests that run side by side.

sub _free_port {
    for (1 .. 1000) {
        my $port = 10000 + int(rand(20000));
        my @address = (LocalAddr => '127.0.0.1', LocalPort => $port);

        my $lock = IO::Socket::INET->new(@address, Proto => 'udp') or next;
        my $free = IO::Socket::INET->new(@address, Proto => 'tcp',
                                         Listen => 1, ReuseAddr => 1) or next;
        close $free;

        return ($port, $lock);
    }

    die "no free port\n";
}


# Gives a file or folder to the user of the workers.

sub give {
    my ($self, @paths) = @_;

    return if $> != 0;

    system('chown', '-R', "$WORKER_USER:", @paths) == 0
        or die "chown failed\n";
}


# Files.  A name without a leading slash is in the test's folder.

sub path {
    my ($self, $name) = @_;

    return $name =~ m{^/} ? $name : "$self->{dir}/$name";
}

sub write_file {
    my ($self, $name, $text) = @_;

    my $path = $self->path($name);

    make_path(dirname($path));
    open my $file, '>:raw', $path or die "cannot write '$path': $!\n";
    print $file $text;
    close $file or die "cannot write '$path': $!\n";

    return $path;
}

sub read_file {
    my ($self, $name) = @_;

    open my $file, '<:raw', $self->path($name) or return undef;
    local $/;

    return scalar <$file>;
}


# Runs retentionctl on the test's store; returns exit status, output, errors.
# A first argument that is a hash has options: user, stdin, env, cwd, and tool,
# another copy of it.  A status of 128 + N means killed by signal N.

sub ctl {
    my ($self, @args) = @_;

    my $options = ref $args[0] ? shift @args : {};

    return $self->run({ %$options, env => {
        RETENTION_STORE => $self->{store}, TZ => 'Asia/Kathmandu',
        %{ $options->{env} || {} },
    } }, $options->{tool} || "$BUILD/retentionctl", @args);
}

# The same for what must succeed; returns the output.

sub ctl_ok {
    my ($self, @args) = @_;

    my ($status, $out, $err) = $self->ctl(@args);

    die join(' ', 'retentionctl', grep { !ref } @args)
        . " ended with $status: $err\n" if $status != 0;

    return $out;
}

# The same for commands that print JSON; returns what it holds.

sub ctl_json {
    my ($self, @args) = @_;

    return decode_json($self->ctl_ok(@args));
}

sub run {
    my ($self, $options, @command) = @_;

    my $id = ++$self->{runs};
    my ($out, $err) = map { "$self->{dir}/run-$id.$_" } qw(out err);
    my $in = '/dev/null';

    if (defined $options->{stdin}) {
        $in = $self->write_file("run-$id.in", $options->{stdin});
    }

    my $pid = $self->spawn({ %$options, in => $in, out => $out,
                             err => $err }, @command);
    waitpid($pid, 0);

    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    my @result = ($status, $self->read_file($out), $self->read_file($err));

    $self->{reports} .= $result[2] if $result[2] =~ $SANITIZER;

    unlink $out, $err, "$self->{dir}/run-$id.in";

    return @result;
}

# Starts a program and returns its pid.  Options: in, out, err, env, cwd, user.

sub spawn {
    my ($self, $options, @command) = @_;

    my $pid = fork;

    die "cannot fork: $!\n" if !defined $pid;

    if ($pid) {
        push @{ $self->{children} }, $pid;
        return $pid;
    }

    $SIG{$_} = 'DEFAULT' for qw(HUP INT TERM);
    $ENV{$_} = $options->{env}{$_} for keys %{ $options->{env} || {} };

    my $ok = open(STDIN, '<', $options->{in} || '/dev/null')
        && open(STDOUT, '>', $options->{out} || '/dev/null')
        && open(STDERR, '>>', $options->{err} || '/dev/null')
        && (!$options->{cwd} || chdir $options->{cwd});

    if ($ok && $options->{user} && $> == 0) {
        my ($uid, $gid) = (getpwnam($options->{user}))[2, 3];

        $) = "$gid $gid";
        $( = $gid;
        ($<, $>) = ($uid, $uid);
        $ok = $> == $uid;
    }

    if ($ok) {
        no warnings 'exec';
        exec { $command[0] } @command;
    }

    print STDERR "cannot run $command[0]: $!\n";
    POSIX::_exit(127);
}


# Makes the store, with a base URL that leads to this test's nginx.

sub init {
    my ($self, @args) = @_;

    $self->ctl_ok('init', '--base-url', $self->url, @args);
    $self->give($self->{store});
    $self->{stores}{$self->{store}} = 1;
}


# What a test expects in the log and must not fail for.

sub allow_alerts {
    my ($self, @patterns) = @_;

    push @{ $self->{allowed} }, @patterns;
}

# Leaves the store out of the final check, where a test breaks it on purpose.

sub forget_store {
    my ($self) = @_;

    delete $self->{stores}{$self->{store}};
}

sub _finish {
    my ($self) = @_;

    return if $self->{is_finished}++;

    $self->nginx_stop;

    my $log = $self->read_file('logs/error.log') // '';
    my @alerts = grep { /\[(?:alert|emerg|crit)\]/ } split /\n/, $log;

    for my $pattern (@{ $self->{allowed} }) {
        @alerts = grep { !/$pattern/ } @alerts;
    }

    Test::More::is(join("\n", @alerts), '', 'no alerts');
    Test::More::is($self->_reports, '', 'no sanitizer report');

    for my $store (sort keys %{ $self->{stores} }) {
        my ($status, $out, $err) = $self->ctl('check', '--store', $store);

        Test::More::is($status, 0, 'the store verifies')
            || Test::More::diag($out, $err);
    }
}

# What sanitizers said.  nginx sends its stderr to the error log, so that a
# report stands there, between lines that begin with a date.

sub _reports {
    my ($self) = @_;

    my $text = join '', map { $self->read_file($_) // '' }
        qw(logs/stderr logs/error.log);

    $text =~ s{^\d{4}/\d\d/\d\d .*\n}{}mg;
    $text = '' if $text !~ $SANITIZER;

    return ($self->{reports} // '') . $text;
}

# A test that died has not come to its final checks: the reason may be here.

sub _cleanup {
    my ($self) = @_;

    kill 'TERM', $self->{old_master} if $self->{old_master};

    if (defined $self->{master}) {
        $self->nginx_stop('TERM');
    }

    for my $pid (@{ $self->{children} || [] }) {
        if (waitpid($pid, POSIX::WNOHANG()) == 0) {
            kill 'KILL', $pid;
            waitpid($pid, 0);
        }
    }

    if (!$self->{is_finished} && (my $reports = $self->_reports) ne '') {
        Test::More::diag($reports);
    }

    if ($ENV{RETENTION_LEAVE}) {
        Test::More::diag("left in $self->{dir}");
    }

    delete $self->{temp};
}

1;
