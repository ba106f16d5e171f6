package Retention::DuckDb;

# DuckDB from npm, as 'make duckdb' installs it into build-duckdb; without it
# the tests that want it skip.
#
#     my $reason = Retention::DuckDb->missing;    # undef: it is there
#     my $duck = Retention::DuckDb->new(database => ':memory:', threads => 2);
#
#     my @results = $duck->run('create table t as select 1 as a',
#                              'select * from t');
#
# Each result is a hash: ms, columns, types, and rows as arrays; numbers past
# 2^53, decimals and times are strings.  Statements of one run share a session;
# tables live longer than that where the database is a file.
#
# RETENTION_DUCKDB names another folder than build-duckdb.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp;
use JSON::PP;

my $HERE = abs_path(dirname(__FILE__) . '/..');
my $FOLDER = $ENV{RETENTION_DUCKDB} || "$HERE/../../build-duckdb";


sub missing {
    return -e "$FOLDER/installed.json" ? undef
        : "no DuckDB: run 'make duckdb'";
}


sub new {
    my ($class, %opt) = @_;

    return bless {
        database => $opt{database} // ':memory:',
        threads  => $opt{threads},
    }, $class;
}


# Dies with DuckDB's words where a statement fails.

sub run {
    my ($self, @statements) = @_;

    my %config = defined $self->{threads}
        ? (threads => "$self->{threads}") : ();
    my $in = File::Temp->new;

    print $in encode_json({ database => $self->{database},
                            config => \%config,
                            statements => \@statements });
    close $in;

    local $ENV{RETENTION_DUCKDB} = abs_path($FOLDER);
    my $out = `node '$HERE/duckdb.js' < '$in' 2>&1`;

    die "DuckDB: $out" if $? != 0;

    return map { decode_json($_) } split /\n/, $out;
}


# The rows of one query, as hashes.

sub rows {
    my ($self, $query) = @_;

    my ($result) = $self->run($query);

    return map {
        my %row;

        @row{@{ $result->{columns} }} = @$_;
        \%row;
    } @{ $result->{rows} };
}

1;
