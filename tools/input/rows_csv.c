/*
 * CSV: libcsv gets one physical line at a time, so each record knows the line
 * that it began on, and a bad one costs no more than itself.
 */

#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "reader.h"
#include "rtn_text.h"

#define CSV_LIST_MAX  600           /* bytes of the file's columns in a fault */

struct csv_state {
    struct csv_parser  parser;
    bool               is_parser;   /* the parser was initialised */
    bool               is_record;   /* a record was finished */
    bool               is_open;     /* bytes of one are in the parser */
    uint64_t           line;        /* where that one began */
    size_t             len;         /* bytes of it so far */
    unsigned char      delimiter;   /* 0: not known yet */
    const char        *fault;       /* the first thing wrong with it */
    struct rtn_str     line_text;   /* its first line, when it could not be
                                       taken apart; else empty */
};


static void
csv_on_cell(void *data, size_t len, void *arg)
{
    struct rti_rows  *rows = arg;

    rti_cells_add(&rows->cells, data, len);
}


static void
csv_on_record(int end, void *arg)
{
    struct rti_rows   *rows = arg;
    struct csv_state  *state = rows->state;

    (void) end;

    state->is_record = true;
}


/* A fresh parser: after an error libcsv's stands in the middle of a cell. */

static int
csv_reset(struct rti_rows *rows)
{
    struct csv_state  *state = rows->state;

    if (state->is_parser) {
        csv_free(&state->parser);
        state->is_parser = false;
    }

    if (csv_init(&state->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return rti_rows_fail(rows, RTN_ERR_NOMEM, 0, "out of memory");
    }

    csv_set_delim(&state->parser, state->delimiter);
    state->is_parser = true;

    return 0;
}


static void
csv_begin_record(struct rti_rows *rows)
{
    struct csv_state  *state = rows->state;

    rti_cells_clear(&rows->cells);
    state->is_record = false;
    state->is_open = false;
    state->fault = NULL;
    state->len = 0;
    state->line_text.len = 0;
}


static unsigned char
csv_delimiter(struct rtn_str header)
{
    size_t             i;
    static const char  delimiters[] = { CSV_COMMA, ';', CSV_TAB };

    for (i = 0; i < sizeof(delimiters); i++) {
        if (memchr(header.data, delimiters[i], header.len) != NULL) {
            return (unsigned char) delimiters[i];
        }
    }

    return CSV_COMMA;
}


static bool
csv_is_blank(const struct csv_state *state, struct rtn_str line)
{
    size_t  i;

    for (i = 0; i < line.len; i++) {
        if ((unsigned char) line.data[i] == state->delimiter
            || memchr(" \t\r\n", line.data[i], 4) == NULL)
        {
            return false;
        }
    }

    return true;
}


static void
csv_judge_line(struct csv_state *state, const struct rti_line *line)
{
    if (state->fault != NULL) {
        return;
    }

    if (memchr(line->text.data, '\0', line->text.len) != NULL) {
        state->fault = "a NUL byte";

    } else if (!rtn_text_is_utf8(line->text)) {
        state->fault = "bytes that are not UTF-8";
    }
}


/*
 * A record that cannot be taken apart is its first line: whatever a stray
 * quote swallowed behind it is read again.  A line behind the first has an
 * even number of quotes, else it had closed the cell, so no line is swallowed
 * twice and the work stays linear.
 */

static int
csv_unreadable(struct rti_rows *rows, const char *reason)
{
    struct rti_line    line;
    struct csv_state  *state = rows->state;

    rti_lines_rewind(rows->lines, &line);

    while (line.text.len > 0
           && memchr("\r\n", line.text.data[line.text.len - 1], 2) != NULL)
    {
        line.text.len--;
    }

    state->line_text = line.text;
    state->fault = reason;
    state->is_record = true;

    return csv_reset(rows);
}


/* The end of the file may end a record, or stand within quotes. */

static int
csv_finish(struct rti_rows *rows)
{
    struct csv_state  *state = rows->state;

    if (!state->is_open) {
        return RTN_ERR_NOT_FOUND;
    }

    if (csv_fini(&state->parser, csv_on_cell, csv_on_record, rows) != 0) {
        return csv_unreadable(rows, "a quote that is not closed");
    }

    return state->is_record ? 0 : RTN_ERR_NOT_FOUND;
}


static int
csv_feed(struct rti_rows *rows, const struct rti_line *line)
{
    size_t             used;
    struct csv_state  *state = rows->state;

    state->len += line->text.len;

    if (line->is_cut || state->len > RTI_ROW_MAX) {
        return csv_unreadable(rows, line->number == state->line
                              ? "longer than a row may be"
                              : "a quote that is not closed");
    }

    csv_judge_line(state, line);

    used = csv_parse(&state->parser, line->text.data, line->text.len,
                     csv_on_cell, csv_on_record, rows);

    if (used == line->text.len) {
        return 0;
    }

    if (csv_error(&state->parser) != CSV_EPARSE) {
        return rti_rows_fail(rows, RTN_ERR_NOMEM, line->number,
                             "out of memory");
    }

    return csv_unreadable(rows, "a quote out of place");
}


/* The first line of a record; of the file, it says what stands between. */

static int
csv_open_record(struct rti_rows *rows, const struct rti_line *line)
{
    struct csv_state  *state = rows->state;

    state->line = line->number;
    state->is_open = true;
    rti_lines_mark(rows->lines);

    if (state->delimiter != 0) {
        return 0;
    }

    state->delimiter = csv_delimiter(line->text);

    return csv_reset(rows);
}


/* Reads lines until a record is whole. */

static int
csv_record(struct rti_rows *rows)
{
    int                rc = 0;
    struct rti_line    line;
    struct csv_state  *state = rows->state;

    csv_begin_record(rows);

    while (!state->is_record && rc == 0) {
        rc = rti_lines_next(rows->lines, &line, &rows->fault);

        if (rc != 0) {
            return rc == RTN_ERR_NOT_FOUND ? csv_finish(rows) : rc;
        }

        if (!state->is_open) {
            if (csv_is_blank(state, line.text)) {
                continue;
            }

            rc = csv_open_record(rows, &line);
        }

        if (rc == 0) {
            rc = csv_feed(rows, &line);
        }
    }

    return rc != 0 ? rc : rows->cells.err;
}


static int
csv_list_fail(struct rti_rows *rows, const char *problem, const char *name)
{
    char    list[CSV_LIST_MAX];
    size_t  i, len = 0;

    list[0] = '\0';

    for (i = 0; i < rows->header_count && len < sizeof(list); i++) {
        len += (size_t) snprintf(list + len, sizeof(list) - len, "%s%.*s",
                                 i == 0 ? "" : ", ",
                                 (int) rows->header[i].len,
                                 rows->header[i].len != 0
                                 ? rows->header[i].data : "");
    }

    return rti_rows_fail(rows, RTN_ERR_LIMIT, 1, "%s '%.200s'; the file's "
                         "columns: %s", problem, name, list);
}


static bool
csv_is_name(struct rtn_str cell, const char *name)
{
    return cell.len == strlen(name) && memcmp(cell.data, name, cell.len) == 0;
}


static int
csv_check_duplicates(struct rti_rows *rows)
{
    char             name[201];
    size_t           i, j;
    struct rtn_str  *header = rows->header;

    for (i = 0; i < rows->header_count; i++) {
        for (j = 0; j < i && header[i].len > 0; j++) {
            if (header[i].len == header[j].len
                && memcmp(header[i].data, header[j].data, header[i].len) == 0)
            {
                snprintf(name, sizeof(name), "%.*s", (int) header[i].len,
                         header[i].data);
                return csv_list_fail(rows, "two columns are named", name);
            }
        }
    }

    return 0;
}


static int
csv_match(struct rti_rows *rows)
{
    bool    is_ours;
    size_t  i, j;

    for (j = 0; j < rows->header_count; j++) {
        is_ours = false;

        for (i = 0; i < rows->n; i++) {
            if (csv_is_name(rows->header[j], rows->names[i])) {
                rows->places[i] = (int) j;
                is_ours = true;
            }
        }

        if (!is_ours && rows->header[j].len > 0) {
            rti_rows_ignore(rows, rows->header[j]);
        }
    }

    /* One that was mapped was meant to be there. */

    for (i = 0; i < rows->n; i++) {
        if (rows->places[i] < 0
            && (rows->columns[i].is_required
                || rows->names[i] != rows->columns[i].name))
        {
            return csv_list_fail(rows, "no column", rows->names[i]);
        }
    }

    return 0;
}


/* The header's cells move into memory of their own. */

static int
csv_header(struct rti_rows *rows)
{
    int                rc;
    size_t             i;
    struct csv_state  *state = rows->state;

    rc = csv_record(rows);

    if (rc == RTN_ERR_NOT_FOUND) {
        return rti_rows_fail(rows, RTN_ERR_LIMIT, 0, "the file is empty; its "
                             "first line names the columns");
    }

    if (rc != 0) {
        return rc == RTN_ERR_NOMEM
               ? rti_rows_fail(rows, rc, 0, "out of memory") : rc;
    }

    if (state->fault != NULL) {
        return rti_rows_fail(rows, RTN_ERR_LIMIT, state->line,
                             "the header cannot be read: %s", state->fault);
    }

    if (rows->cells.count > RTI_COLUMNS_MAX) {
        return rti_rows_fail(rows, RTN_ERR_LIMIT, state->line, "more than %d "
                             "columns", RTI_COLUMNS_MAX);
    }

    rows->header_count = rows->cells.count;

    for (i = 0; i < rows->header_count; i++) {
        rows->header[i] = rti_cells_get(&rows->cells, i);
    }

    rows->header_bytes = rows->cells.bytes;
    rows->cells.bytes = NULL;
    rows->cells.size = 0;

    rc = csv_check_duplicates(rows);

    return rc == 0 ? csv_match(rows) : rc;
}


static int
csv_reader_open(struct rti_rows *rows)
{
    struct csv_state  *state;

    state = calloc(1, sizeof(*state));

    if (state == NULL) {
        return rti_rows_fail(rows, RTN_ERR_NOMEM, 0, "out of memory");
    }

    rows->state = state;

    return csv_header(rows);
}


static void
csv_judge_record(struct rti_rows *rows, struct rti_row *row)
{
    size_t             count = rows->cells.count;
    struct csv_state  *state = rows->state;

    if (state->fault != NULL) {
        rti_row_bad(rows, row, "%s", state->fault);

    } else if (count != rows->header_count) {
        rti_row_bad(rows, row, "%zu cell%s where the header has %zu", count,
                    count == 1 ? "" : "s", rows->header_count);

    } else if (rows->cells.has_long) {
        rti_row_bad(rows, row, "a cell longer than %d bytes", RTI_FIELD_MAX);
    }
}


static int
csv_reader_next(struct rti_rows *rows, struct rti_row *row)
{
    int                rc;
    size_t             i;
    struct csv_state  *state = rows->state;

    rc = csv_record(rows);

    if (rc != 0) {
        return rc;
    }

    row->line = state->line;
    row->raw_count = rti_cells_kept(&rows->cells);

    for (i = 0; i < row->raw_count; i++) {
        rows->raw[i] = rti_cells_get(&rows->cells, i);
    }

    if (state->line_text.len > 0) {
        rows->raw[0] = state->line_text;
        row->raw_count = 1;
    }

    csv_judge_record(rows, row);

    for (i = 0; i < rows->n && row->fault == NULL; i++) {
        rows->ours[i] = rows->places[i] >= 0 ? rows->raw[rows->places[i]]
                                             : (struct rtn_str) { NULL, 0 };
    }

    return 0;
}


static void
csv_reader_close(struct rti_rows *rows)
{
    struct csv_state  *state = rows->state;

    if (state != NULL && state->is_parser) {
        csv_free(&state->parser);
    }

    free(state);
}


const struct rti_reader  rti_csv_reader = {
    csv_reader_open,
    csv_reader_next,
    csv_reader_close
};
