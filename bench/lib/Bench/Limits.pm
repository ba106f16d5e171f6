package Bench::Limits;

# What the disk takes without nginx: bench/limits.c with rows of the event log
# of a running nginx.

use strict;
use warnings;


# before: words of a command that runs it, and whose numbers come with its own.

sub new {
    my ($class, $t, %opt) = @_;

    return bless { t => $t, files => 0, before => [], %opt }, $class;
}


# For Bench::Run's rounds: how is lmdb or file.  The rows are those that the
# log has at the first call.

sub code {
    my ($self, $how, $batch) = @_;

    my $t = $self->{t};

    return sub {
        my ($count) = @_;

        my $out = $t->path('limit-' . ++$self->{files});
        my ($status, $text, $err) = $t->run({}, @{ $self->{before} },
            $t->build . '/bench/limits', $how,
            $t->store . '/events/000001.mdb', $batch, $count, $out);

        die "limits: $err" if $status != 0;

        unlink $out, "$out-lock";

        return { $text =~ /(\w+) (-?[\d.]+)/g };
    };
}

1;
