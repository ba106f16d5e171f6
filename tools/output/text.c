/* Tables for people: columns aligned, numbers to the right. */

#include <stdlib.h>
#include <string.h>

#include "format.h"

#define TEXT_GAP         2          /* spaces between columns */
#define TEXT_SIZE_FIRST  4096       /* bytes of the first allocation */


/* Characters of UTF-8; on a terminal most have the width of one column. */

static size_t
text_width(struct rtn_str cell)
{
    size_t  i, width = 0;

    for (i = 0; i < cell.len; i++) {
        width += ((uint8_t) cell.data[i] & 0xC0) != 0x80;
    }

    return width;
}


static int
text_reserve(struct rto_table *table, size_t more)
{
    char    *bytes;
    size_t   size = table->size == 0 ? TEXT_SIZE_FIRST : table->size;

    if (more > RTO_TEXT_BYTES_MAX - table->len) {
        return RTN_ERR_LIMIT;
    }

    if (table->len + more <= table->size) {
        return 0;
    }

    while (size < table->len + more) {
        size *= 2;
    }

    bytes = realloc(table->bytes, size);

    if (bytes == NULL) {
        return RTN_ERR_NOMEM;
    }

    table->bytes = bytes;
    table->size = size;

    return 0;
}


static int
text_add(struct rto_table *table, size_t column, struct rtn_str cell)
{
    int      rc;
    char    *p;
    size_t   i, width;

    rc = text_reserve(table, cell.len + 1);

    if (rc != 0) {
        return rc;
    }

    /* Control bytes would let a cell act on the terminal. */

    p = table->bytes + table->len;

    for (i = 0; i < cell.len; i++) {
        p[i] = (uint8_t) cell.data[i] < 0x20 || cell.data[i] == 0x7F
               ? ' ' : cell.data[i];
    }

    p[cell.len] = '\0';
    table->len += cell.len + 1;

    width = text_width(cell);

    if (width > table->widths[column]) {
        table->widths[column] = width;
    }

    return 0;
}


static int
text_begin(struct rto_table *table)
{
    int              rc = 0;
    size_t           i;
    struct rtn_str   heading;

    table->widths = calloc(table->n, sizeof(*table->widths));

    if (table->widths == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < table->n && rc == 0; i++) {
        heading.data = table->columns[i].heading;

        if (heading.data == NULL) {
            heading.data = table->columns[i].name;
        }

        heading.len = strlen(heading.data);
        rc = text_add(table, i, heading);
    }

    if (rc != 0) {
        free(table->bytes);
        free(table->widths);
    }

    return rc;
}


static struct rtn_str
text_cell(const struct rto_value *value, char buffer[RTO_CELL_MAX])
{
    size_t          len;
    struct rtn_str  cell = rto_value_text(value, buffer);

    if (value->type == 0) {
        return RTN_STR("-");
    }

    if (value->type == RTO_MONEY && value->currency[0] != '\0') {
        len = cell.len;
        snprintf(buffer + len, RTO_CELL_MAX - len, " %s", value->currency);
        cell.len = strlen(buffer);
    }

    if (value->type == RTO_FRACTION) {
        snprintf(buffer, RTO_CELL_MAX, "%.6g", value->fraction);
        cell.len = strlen(buffer);
    }

    return cell;
}


static int
text_row(struct rto_table *table, const struct rto_value *values)
{
    int     rc;
    char    buffer[RTO_CELL_MAX];
    size_t  i;

    for (i = 0; i < table->n; i++) {
        rc = text_add(table, i, text_cell(&values[i], buffer));

        if (rc != 0) {
            return rc;
        }
    }

    return 0;
}


static bool
text_is_right(const struct rto_column *column)
{
    return column->type == RTO_INTEGER || column->type == RTO_MONEY
           || column->type == RTO_FRACTION;
}


static void
text_print(struct rto_table *table, size_t column, struct rtn_str cell)
{
    int   pad = (int) (table->widths[column] - text_width(cell));
    bool  is_last = column == table->n - 1;

    if (text_is_right(&table->columns[column])) {
        fprintf(table->out, "%*s%s", pad, "", cell.data);

    } else {
        fprintf(table->out, "%s%*s", cell.data, is_last ? 0 : pad, "");
    }

    if (is_last) {
        fputc('\n', table->out);

    } else {
        fprintf(table->out, "%*s", TEXT_GAP, "");
    }
}


static int
text_end(struct rto_table *table)
{
    size_t           column = 0;
    const char      *p, *last;
    struct rtn_str   cell;

    last = table->bytes + table->len;

    for (p = table->bytes; p < last; p += cell.len + 1) {
        cell.data = p;
        cell.len = strlen(p);

        text_print(table, column, cell);
        column = (column + 1) % table->n;
    }

    return 0;
}


const struct rto_writer  rto_text_writer = {
    text_begin,
    text_row,
    text_end
};
