/* CSV as RFC 4180 has it, with cells that no spreadsheet runs. */

#include <string.h>

#include "format.h"


/*
 * OWASP, "CSV Injection": a cell that begins with one of these is a formula to
 * a spreadsheet.  Numbers of ours are exempt: they may begin with '-'.
 */

static bool
csv_is_formula(struct rtn_str cell)
{
    return cell.len > 0 && cell.data[0] != '\0'
           && strchr("=+-@\t\r\n", cell.data[0]) != NULL;
}


static bool
csv_needs_quotes(struct rtn_str cell, char separator)
{
    size_t  i;

    for (i = 0; i < cell.len; i++) {
        if (cell.data[i] == separator || cell.data[i] == '"'
            || cell.data[i] == '\r' || cell.data[i] == '\n')
        {
            return true;
        }
    }

    /* Spaces at the ends are lost without quotes, in many readers. */

    return cell.len > 0
           && (cell.data[0] == ' ' || cell.data[cell.len - 1] == ' ');
}


/* The cell's bytes, each quote twice. */

static void
csv_bytes(FILE *out, struct rtn_str cell)
{
    const char  *quote;

    while (cell.len > 0
           && (quote = memchr(cell.data, '"', cell.len)) != NULL)
    {
        fwrite(cell.data, 1, (size_t) (quote - cell.data) + 1, out);
        fputc('"', out);

        cell.len -= (size_t) (quote - cell.data) + 1;
        cell.data = quote + 1;
    }

    if (cell.len > 0) {
        fwrite(cell.data, 1, cell.len, out);
    }
}


static void
csv_cell(FILE *out, struct rtn_str cell, char separator, bool is_text)
{
    bool  is_quoted = csv_needs_quotes(cell, separator);

    if (is_quoted) {
        fputc('"', out);
    }

    if (is_text && csv_is_formula(cell)) {
        fputc('\'', out);
    }

    csv_bytes(out, cell);

    if (is_quoted) {
        fputc('"', out);
    }
}


void
rto_csv_cell(FILE *out, struct rtn_str cell, bool is_text)
{
    csv_cell(out, cell, ',', is_text);
}


void
rto_csv_text(FILE *out, struct rtn_str text, char separator)
{
    csv_cell(out, text, separator, true);
}


static void
csv_separator(struct rto_table *table, size_t column)
{
    fputs(column + 1 < table->n ? "," : "\r\n", table->out);
}


static int
csv_begin(struct rto_table *table)
{
    size_t          i;
    struct rtn_str  name;

    for (i = 0; i < table->n; i++) {
        name.data = table->columns[i].name;
        name.len = strlen(name.data);

        rto_csv_cell(table->out, name, false);
        csv_separator(table, i);
    }

    return 0;
}


/* In capitals, or R makes text of it; pandas and DuckDB take either. */

static struct rtn_str
csv_flag(bool flag)
{
    struct rtn_str  text;

    text.data = flag ? "TRUE" : "FALSE";
    text.len = strlen(text.data);

    return text;
}


static int
csv_row(struct rto_table *table, const struct rto_value *values)
{
    char            buffer[RTO_CELL_MAX];
    size_t          i;
    struct rtn_str  cell;

    for (i = 0; i < table->n; i++) {
        cell = rto_value_text(&values[i], buffer);

        if (values[i].type == RTO_FLAG) {
            cell = csv_flag(values[i].number != 0);
        }

        rto_csv_cell(table->out, cell, values[i].type == RTO_TEXT);
        csv_separator(table, i);
    }

    return 0;
}


const struct rto_writer  rto_csv_writer = {
    csv_begin,
    csv_row,
    NULL
};
