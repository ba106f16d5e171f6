# The mechanical part of the house style; the rest is for readers.

use strict;
use warnings;

use File::Find qw(find);
use FindBin;
use Test::More;

my $root = "$FindBin::Bin/..";
my $lines_max = 600;
my $columns_max = 80;

# Split, so that this file does not find itself.

my $unfinished = join '|', 'TO' . 'DO', 'FIX' . 'ME';

my @rules = (
    [ 'at most 80 columns', qr/\.[ch]$/,
      sub { length $_[0] > $columns_max } ],
    [ 'no tab', qr/\.(?:[ch]|t|pl|pm)$/,
      sub { $_[0] =~ /\t/ } ],
    [ 'no blank at the end of a line', qr/./,
      sub { $_[0] =~ /[ \t\r]$/ } ],
    [ 'nothing unfinished', qr/./,
      sub { $_[0] =~ /\b(?:$unfinished)\b/ } ],
);

my $source = qr/\.(?:[ch]|t|pl|pm)$/;


# The text files of the project; data of the tests may be anything.

sub files {
    my @files;

    find({ no_chdir => 1, wanted => sub {
        my $path = substr "$_/", length($root) + 1;

        chop $path;

        if (-d && $path =~ m{^(?:\.git|build[^/]*|t/fuzz/corpus)$}) {
            $File::Find::prune = 1;
            return;
        }

        return if !-f || $path =~ m{(?:^|/)(?:data|fixtures)/};

        push @files, $path
            if /\.(?:[ch]|t|pl|pm|md|conf|map|example|[1-8]|sh|ya?ml)$/
            || $path =~ m{^(?:Makefile|config|store/sources|\.ci/run
                             |packaging/.*)$}x;
    } }, $root);

    return sort @files;
}

sub check {
    my ($path, $rule, @lines) = @_;

    my ($name, $which, $is_bad) = @$rule;
    my @found;

    return if $path !~ $which;

    for my $i (0 .. $#lines) {
        push @found, $path . ':' . ($i + 1) if $is_bad->($lines[$i]);
    }

    return @found;
}

sub check_length {
    my ($path, @lines) = @_;

    return $path =~ $source && @lines > $lines_max
        ? "$path: " . @lines . ' lines' : ();
}


my (%found, @too_long);

for my $path (files()) {
    open my $file, '<:encoding(UTF-8)', "$root/$path" or die "$path: $!\n";
    chomp(my @lines = <$file>);

    push @{ $found{$_->[0]} }, check($path, $_, @lines) for @rules;
    push @too_long, check_length($path, @lines);
}

is(join("\n", @{ $found{$_->[0]} }), '', $_->[0]) for @rules;
is(join("\n", @too_long), '', "at most $lines_max lines");


# Each rule finds what it is for, and lets a good line pass.

my @bad = ('x' x 81, "\tint x;", 'int x; ', "/* TO" . "DO: more */");

for my $i (0 .. $#rules) {
    is_deeply([check('a.c', $rules[$i], 'x' x 80, $bad[$i])], ['a.c:2'],
              "planted: $rules[$i][0]");
}

is_deeply([check_length('a.c', ('') x 601)], ['a.c: 601 lines'],
          'planted: a long file');
is_deeply([check_length('a.c', ('') x 600)], [], 'not yet a long file');

done_testing;
