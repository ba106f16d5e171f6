package Retention::Nginx;

# The part of Retention::Test that starts, watches, kills and asks an nginx.
# Methods of a Retention::Test, which has dir, port, store and module.

use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

use Retention::Http;

my $WAIT_S = 30;                # for what should take a moment


# A whole configuration around the body of a server.  Options: workers; main
# and http, which are put into these places; pool and store, which replace the
# two lines that every configuration needs.

sub conf {
    my ($self, $server, %opt) = @_;

    my $workers = $opt{workers} || 1;
    my ($main, $http) = ($opt{main} // '', $opt{http} // '');
    my $pool = $opt{pool} // 'thread_pool retention threads=2;';
    my $store = $opt{store} // 'retention_store %%STORE%%;';

    return <<"END";
worker_processes $workers;
$pool
$main
events {
    worker_connections 1024;
}
http {
    $store
    keepalive_requests 100000;
    $http
    server {
        listen 127.0.0.1:%%PORT%%;
        $server
    }
}
END
}

# What every configuration here needs comes before and into it: the module, a
# user, and files in the test's folder alone.

sub expand {
    my ($self, $conf) = @_;

    my $dir = $self->{dir};
    my $daemon = $self->{is_daemon} ? 'on' : 'off';
    my $main = "load_module %%MODULE%%;\ndaemon $daemon;\n"
        . "pid %%DIR%%/nginx.pid;\nerror_log %%DIR%%/logs/error.log info;\n";
    my $http = "\n    access_log off;\n";

    $main .= "user " . $self->user . ";\n" if $> == 0;

    for my $what (qw(client_body proxy fastcgi uwsgi scgi)) {
        $http .= "    ${what}_temp_path %%DIR%%/temp/$what;\n";
    }

    $conf =~ s/^(\s*http\s*\{)/$1$http/m;
    $conf = $main . $conf;

    my %marks = (DIR => $dir, PORT => $self->{port}, STORE => $self->{store},
                 MODULE => $self->module, USER => $self->user);

    $conf =~ s/%%([A-Z]+)%%/$marks{$1} \/\/ "%%$1%%"/ge;

    return $conf;
}

sub nginx_program {
    my ($nginx) = grep { defined && -x } $ENV{RETENTION_NGINX},
        map { "$_/nginx" } split(/:/, $ENV{PATH}), '/usr/sbin',
        '/usr/local/sbin', '/usr/local/nginx/sbin';

    die "no nginx\n" if !defined $nginx;

    return $nginx;
}

sub _nginx_command {
    my ($self, $log, @args) = @_;

    return (nginx_program(), '-p', "$self->{dir}/", '-c',
            "$self->{dir}/nginx.conf", '-e', "$self->{dir}/logs/$log", @args);
}

# nginx and its libraries keep what they allocate until the end: no leaks here.

sub _nginx_options {
    my ($self) = @_;

    my %env;

    if ($ENV{RETENTION_PRELOAD}) {
        %env = (LD_PRELOAD => $ENV{RETENTION_PRELOAD},
                UBSAN_OPTIONS => 'print_stacktrace=1',
                ASAN_OPTIONS => 'detect_leaks=0');
    }

    return { err => "$self->{dir}/logs/stderr", env => \%env };
}


# `nginx -t` on a configuration; returns status and what it said.  A refusal
# is logged apart: it is no alert.

sub nginx_test {
    my ($self, $conf) = @_;

    $self->write_file('nginx.conf', $self->expand($conf)) if defined $conf;

    my ($status, $out, $err) = $self->run(
        { env => $self->_nginx_options->{env} },
        $self->_nginx_command('test.log', '-t'));

    return ($status, $err);
}

# Starts nginx and waits until it listens.  Without a configuration it takes
# the one of the last start.

sub nginx_start {
    my ($self, $conf) = @_;

    $self->write_file('nginx.conf', $self->expand($conf)) if defined $conf;
    $self->nginx_launch;

    $self->wait_for(sub {
        $self->_alive or die "nginx did not start:\n"
            . ($self->read_file('logs/error.log') // '')
            . ($self->read_file('logs/stderr') // '');

        return $self->workers
            && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $self->{port});
    }, 'nginx listens');
}

# The same without waiting, by the configuration that is there.

sub nginx_launch {
    my ($self) = @_;

    $self->{master} = $self->spawn($self->_nginx_options,
                              $self->_nginx_command('error.log'));
    return if !$self->{is_daemon};

    waitpid $self->{master}, 0;
    $self->wait_for(sub {
        ($self->{master}) = ($self->read_file('nginx.pid') // '') =~ /^(\d+)/;
    }, 'nginx is a daemon');
}

sub _alive {
    my ($self) = @_;

    return defined $self->{master} && !_has_ended($self->{master});
}

# A daemon is no child of ours.

sub _has_ended {
    my ($pid) = @_;

    return waitpid($pid, WNOHANG) > 0 || !_is_running($pid);
}

# Reloads, with a new configuration where one is given, and waits until the
# old workers are gone.

sub nginx_reload {
    my ($self, $conf) = @_;

    my %old = map { $_ => 1 } $self->workers;

    $self->write_file('nginx.conf', $self->expand($conf)) if defined $conf;

    kill 'HUP', $self->{master};

    $self->wait_for(sub {
        my @all = $self->_workers(qr/worker process/);

        return @all && !grep { $old{$_} } @all;
    }, 'the old workers are gone');
}

# Starts the program anew beside the one that runs, as a daemon, with its
# sockets; returns the old master.  From now on the new one is ours.

sub nginx_upgrade {
    my ($self) = @_;

    my $old = $self->{old_master} = $self->{master};

    kill 'USR2', $old;

    $self->wait_for(sub {
        my ($new) = ($self->read_file('nginx.pid') // '') =~ /^(\d+)\n/;

        return defined $new && $new != $old && ($self->{master} = $new);
    }, 'there is a new master');

    $self->wait_for(sub { scalar $self->workers }, 'it has workers');

    return $old;
}

# Ends a master gracefully, and waits until it and its workers are gone.

sub master_quit {
    my ($self, $master) = @_;

    my @workers = $self->_workers(qr/worker process/, $master);

    kill 'QUIT', $master;
    $self->_wait_gone($master, @workers);
    delete $self->{old_master};
}

# Ends nginx, gracefully by default ('QUIT'), and returns its status.

sub nginx_stop {
    my ($self, $signal) = @_;

    return if !defined $self->{master};

    my ($pid, @workers) = ($self->{master}, $self->_workers(qr/./));

    if ($self->_alive) {
        kill $signal || 'QUIT', $pid;

        my $end = time + $WAIT_S;
        my $gone = 0;

        until ($gone) {
            $gone = _has_ended($pid);
            kill 'KILL', $pid, @workers if !$gone && time > $end;
            sleep 0.01 if !$gone;
        }
    }

    $self->{master} = undef;
    $self->_wait_gone(@workers);

    return $?;
}

# Kills the whole server at once, as a power failure would.

sub nginx_kill {
    my ($self) = @_;

    # a master that runs could start another worker behind our back

    kill 'STOP', $self->{master};

    my ($pid, @workers) = ($self->{master}, $self->_workers(qr/./));

    kill 'KILL', $pid, @workers;
    waitpid($pid, 0);
    $self->{master} = undef;
    $self->_wait_gone(@workers);
    unlink "$self->{dir}/nginx.pid";
}

# Kills one worker, the nth of those that run; the master starts another.

sub worker_kill {
    my ($self, $n, $signal) = @_;

    my @workers = $self->workers;

    return if !@workers;

    my $pid = $workers[($n || 0) % @workers];

    kill $signal || 'KILL', $pid;
    $self->_wait_gone($pid);

    return $pid;
}

sub _wait_gone {
    my ($self, @pids) = @_;

    $self->wait_for(sub { !grep { _is_running($_) } @pids },
                    'the processes are gone');
}

sub _is_running {
    my ($pid) = @_;

    return (_stat($pid))[0] !~ /^[ZX]?$/;
}

# State and parent of a process; an empty state where there is none.

sub _stat {
    my ($pid) = @_;

    open my $file, '<', "/proc/$pid/stat" or return ('', 0);

    my $line = <$file> // '';

    return $line =~ /\) (\S) (\d+)/ ? ($1, $2) : ('', 0);
}


# The workers that take requests, of this or another master, in the order of
# their pids.

sub workers {
    my ($self, $master) = @_;

    return $self->_workers(qr/worker process$/, $master);
}

sub _workers {
    my ($self, $title, $master) = @_;

    $master //= $self->{master};

    return if !defined $master;

    my @pids;

    opendir my $proc, '/proc' or die "no /proc\n";

    for my $pid (grep { /^\d+$/ } readdir $proc) {
        my ($state, $parent) = _stat($pid);

        next if $parent != $master || $state =~ /^[ZX]?$/;

        open my $file, '<', "/proc/$pid/cmdline" or next;

        my $line = <$file> // '';
        $line =~ s/[\0\s]+$//;
        push @pids, $pid if $line =~ /$title/;
    }

    @pids = sort { $a <=> $b } @pids;

    return @pids;
}


# Waits until the code says yes.

sub wait_for {
    my ($self, $code, $what, $seconds) = @_;

    my $end = time + ($seconds || $WAIT_S);

    while (time < $end) {
        my $result = $code->();

        return $result if $result;

        sleep 0.01;
    }

    die "waited in vain: $what\n" . ($self->read_file('logs/error.log') // '');
}


# One request.  Options: headers (a hash), body, json (a value to be sent),
# close, source (another loopback address).  Returns status, headers (with
# names in lower case), body.  See Retention::Http.

sub http {
    my ($self, $method, $path, %opt) = @_;

    $self->{http} ||= Retention::Http->new($self->{port});

    if (exists $opt{json}) {
        $opt{body} = encode_json(delete $opt{json});
        $opt{headers} = { 'Content-Type' => 'application/json',
                          %{ $opt{headers} || {} } };
    }

    return $self->{http}->request($method, $path, %opt);
}

# Sends bytes as they are; returns all that comes until the server closes.

sub raw {
    my ($self, $bytes) = @_;

    return Retention::Http->new($self->{port})->raw($bytes);
}


# A fixed number of requests.  count, connections, seconds (at most), headers
# (a list), requests: a list of "METHOD PATH" or "METHOD PATH\tBODY", which are
# sent in turn; see t/lib/load.c.  Returns statuses (by index; 0: no answer),
# us (what each took), counts (by status), line (the generator's numbers);
# without the first two when is_brief is given, for a benchmark.

sub load {
    my ($self, %opt) = @_;

    return $self->load_wait($self->load_start(%opt));
}

sub load_start {
    my ($self, %opt) = @_;

    my $id = ++$self->{loads};
    my $base = "$self->{dir}/load-$id";
    my @requests = @{ $opt{requests} };
    my $count = $opt{count} || @requests;

    $self->write_file("$base.requests", join '', map { "$_\n" } @requests);

    my $pid = $self->spawn({ out => "$base.out", err => "$base.err" },
        $self->build . '/t/lib/load', '-n', $count,
        '-c', $opt{connections} || 16, '-t', $opt{seconds} || 120,
        (map { ('-H', $_) } @{ $opt{headers} || [] }),
        $self->{port}, "$base.requests",
        $opt{is_brief} ? '-' : "$base.results");

    return { pid => $pid, base => $base, count => $count,
             is_brief => $opt{is_brief} };
}

sub load_running {
    my ($self, $load) = @_;

    return _is_running($load->{pid});
}

# Ends it before its time: what it has not sent yet has no status.

sub load_end {
    my ($self, $load) = @_;

    kill 'TERM', $load->{pid};
    $load->{is_ended} = 1;

    return $self->load_wait($load);
}

sub load_wait {
    my ($self, $load) = @_;

    waitpid($load->{pid}, 0);

    my $base = $load->{base};
    my $err = $self->read_file("$base.err");

    die $err if $err ne '';

    my $line = $self->read_file("$base.out");

    if ($load->{is_brief}) {
        unlink glob "$base.*";

        return { counts => { $line =~ /\b(\d+):(\d+)/g }, line => $line };
    }

    my @statuses = $load->{is_ended} ? () : (0) x $load->{count};
    my (@us, %counts);

    open my $file, '<', "$base.results" or die "no results: $!\n";

    while (my $result = <$file>) {
        my ($index, $status, $us) = split ' ', $result;

        ($statuses[$index], $us[$index]) = ($status, $us);
    }

    $counts{$_}++ for @statuses;

    unlink glob "$base.*";

    return { statuses => \@statuses, us => \@us, counts => \%counts,
             line => $line };
}

1;
