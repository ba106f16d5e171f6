package Bench::Machine;

# Where a table was measured, in words.

use strict;
use warnings;

use File::Spec;
use POSIX qw(strftime uname);

use Retention::Nginx;


sub text {
    my ($system, undef, $release) = uname();
    my $cpus = _read('/proc/cpuinfo');
    my ($cpu) = $cpus =~ /^model name\s*:\s*(.*)/m;
    my $cores = () = $cpus =~ /^processor/mg;
    my $nginx = Retention::Nginx::nginx_program();
    my ($version) = `'$nginx' -v 2>&1` =~ m{(nginx/\S+)};
    my $date = strftime('%Y-%m-%d', gmtime);
    my $disk = _file_system(File::Spec->tmpdir);

    return <<"END";

Measured on $date: $cores cores ($cpu), $system $release, $disk, $version.
The generators of load run on the same machine.  Medians over the rounds; the
spread is half of lowest to highest; ratios are taken round by round.
END
}

sub _read {
    my ($path) = @_;

    open my $file, '<', $path or return '';
    local $/;

    return scalar <$file>;
}

sub _file_system {
    my ($dir) = @_;

    my (undef, $line) = split /\n/, `df -T '$dir'`;

    return (split ' ', $line // '')[1] // 'unknown disk';
}

1;
