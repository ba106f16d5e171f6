package Retention::Workbook;

# Reads the workbooks and the pages that 'report' writes, as far as the tests
# need: sheets of cells, and the names of the parts.
#
#     my $book = Retention::Workbook->read($path);
#     my @rows = $book->rows('Arms');     # arrays; the first has the headings
#     my @arms = $book->table('Arms');    # hashes by heading

use strict;
use warnings;

use IO::Uncompress::Unzip qw($UnzipError);


# The parts of a zip file by name.

sub parts {
    my ($path) = @_;

    my %parts;
    my $zip = IO::Uncompress::Unzip->new($path)
        or die "$path: $UnzipError\n";

    for (my $status = 1; $status > 0; $status = $zip->nextStream) {
        my $name = $zip->getHeaderInfo->{Name};

        local $/;
        $parts{$name} = <$zip>;
    }

    return \%parts;
}


sub read {
    my ($class, $path) = @_;

    my $parts = parts($path);
    my @strings = map { join '', map { _text($_) } m{<t[^>]*>(.*?)</t>}gs }
        ($parts->{'xl/sharedStrings.xml'} // '') =~ m{<si>(.*?)</si>}gs;
    my @names = map { _text($_) }
        $parts->{'xl/workbook.xml'} =~ m{<sheet name="([^"]*)"}g;
    my %sheets;

    for my $i (1 .. @names) {
        $sheets{ $names[$i - 1] }
            = _sheet($parts->{"xl/worksheets/sheet$i.xml"}, \@strings);
    }

    return bless { parts => $parts, names => \@names, sheets => \%sheets },
        $class;
}

sub names { return @{ $_[0]{names} } }
sub part  { return $_[0]{parts}{ $_[1] } }
sub rows  { return @{ $_[0]{sheets}{ $_[1] } } }

sub table {
    my ($self, $name) = @_;

    my ($headings, @rows) = $self->rows($name);

    return map {
        my %row;

        @row{@$headings} = @$_[0 .. $#$headings];
        \%row;
    } @rows;
}


sub _text {
    my ($text) = @_;

    my %entity = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'");

    return $text =~ s/&(amp|lt|gt|quot|#39);/$entity{$1}/gr;
}

sub _column {
    my ($letters) = @_;

    my $n = 0;

    $n = $n * 26 + ord($_) - 64 for split //, $letters;

    return $n - 1;
}

# What stands above the table is its note, a row of one cell in the first line.

sub _sheet {
    my ($xml, $strings) = @_;

    my @rows;

    while ($xml =~ m{<row r="(\d+)"[^>]*>(.*?)</row>}gs) {
        my ($row, $cells) = ($1, $2);

        while ($cells =~ m{<c r="([A-Z]+)\d+"([^>]*)><v>(.*?)</v></c>}g) {
            my ($column, $attributes, $value) = ($1, $2, $3);

            $rows[$row - 1][_column($column)]
                = $attributes =~ /t="s"/ ? $strings->[$value] : $value;
        }
    }

    shift @rows if @{ $rows[0] } == 1 && @rows > 1 && @{ $rows[1] } > 1;

    return [ map { $_ // [] } @rows ];
}


# The tables of a page: a list of [name, rows]; of numbers, what stands in
# data-value.

sub tables {
    my ($html) = @_;

    my @tables;

    while ($html =~ m{<section [^>]*>\s*<h2>(.*?)</h2>(.*?)</section>}gs) {
        my ($name, $body) = ($1, $2);
        my @rows;

        while ($body =~ m{<tr>(.*?)</tr>}gs) {
            my $cells = $1;
            my @row;

            while ($cells =~ m{<t[hd]( [^>]*)?>(.*?)</t[hd]>}gs) {
                my ($attributes, $text) = ($1 // '', _text($2));

                push @row, $attributes =~ /data-value="([^"]*)"/ ? $1 : $text;
            }

            push @rows, \@row;
        }

        push @tables, [ _text($name), \@rows ];
    }

    return @tables;
}

1;
