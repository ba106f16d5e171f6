package Retention::Csv;

# CSV as this product reads and writes it (RFC 4180), from and to text of
# bytes.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(csv_rows csv_text);


# A hash for each row, by the names of the first line.

sub csv_rows {
    my ($text) = @_;

    my (@cells, @names, @rows);

    while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\z)/g) {
        my ($quoted, $plain, $end) = ($1, $2, $3);
        my $cell = defined $quoted ? $quoted =~ s/""/"/gr : $plain;

        last if $end eq '' && $cell eq '' && !@cells;

        push @cells, $cell;

        next if $end eq ',';

        if (@names) {
            my %row;

            @row{@names} = @cells;
            push @rows, \%row;

        } else {
            @names = @cells;
        }

        @cells = ();
    }

    return @rows;
}

sub csv_text {
    my ($columns, @rows) = @_;

    my $text = '';

    for my $cells ($columns, map { [@$_{@$columns}] } @rows) {
        $text .= join(',', map { _cell($_) } @$cells) . "\n";
    }

    utf8::encode($text);

    return $text;
}

sub _cell {
    my ($text) = @_;

    return $text if $text !~ /[",\r\n]/;

    $text =~ s/"/""/g;

    return "\"$text\"";
}

1;
