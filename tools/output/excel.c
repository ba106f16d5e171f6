/*
 * CSV for a double click in Excel, where lists are separated by ';' and
 * decimals begin behind a comma: a byte order mark, without which it takes
 * UTF-8 for the system's old code page; text as ="text", which is the one way
 * to keep 007 and 1-2 from becoming 7 and a day; and times without T and Z.
 */

#include <string.h>

#include "format.h"

#define EXCEL_LITERAL_MAX  255      /* characters of a string in a formula */


/* A literal cannot hold line ends in all versions, nor longer text. */

static bool
excel_is_literal(struct rtn_str text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if ((unsigned char) text.data[i] < ' ') {
            return false;
        }
    }

    return text.len > 0 && text.len <= EXCEL_LITERAL_MAX;
}


/* The cell is ="text"; as a cell of CSV each quote is doubled, and those that
   are text were doubled before. */

static void
excel_text(FILE *out, struct rtn_str text)
{
    size_t  i;

    if (!excel_is_literal(text)) {
        rto_csv_text(out, text, ';');
        return;
    }

    fputs("\"=\"\"", out);

    for (i = 0; i < text.len; i++) {
        fputs(text.data[i] == '"' ? "\"\"\"" : "", out);
        fputc(text.data[i], out);
    }

    fputs("\"\"\"", out);
}


static void
excel_replace(char *text, char from, char to)
{
    char  *at = strchr(text, from);

    if (at != NULL) {
        *at = to;
    }
}


static void
excel_value(FILE *out, const struct rto_value *value)
{
    char            buffer[RTO_CELL_MAX];
    struct rtn_str  cell = rto_value_text(value, buffer);

    switch (value->type) {

    case RTO_TEXT:
        excel_text(out, cell);
        return;

    case RTO_MONEY:
    case RTO_FRACTION:
        excel_replace(buffer, '.', ',');
        break;

    case RTO_TIME:
        excel_replace(buffer, 'T', ' ');
        buffer[strcspn(buffer, ".Z")] = '\0';
        break;

    default:
        break;
    }

    fputs(buffer, out);
}


static void
excel_separator(struct rto_table *table, size_t column)
{
    fputs(column + 1 < table->n ? ";" : "\r\n", table->out);
}


static int
excel_begin(struct rto_table *table)
{
    size_t  i;

    fputs("\xEF\xBB\xBF", table->out);

    for (i = 0; i < table->n; i++) {
        fputs(table->columns[i].name, table->out);
        excel_separator(table, i);
    }

    return 0;
}


static int
excel_row(struct rto_table *table, const struct rto_value *values)
{
    size_t  i;

    for (i = 0; i < table->n; i++) {
        excel_value(table->out, &values[i]);
        excel_separator(table, i);
    }

    return 0;
}


const struct rto_writer  rto_excel_writer = {
    excel_begin,
    excel_row,
    NULL
};
