/* Rows of a file: its columns and ours; the forms are in rows_*.c. */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

#define ROWS_CELLS_FIRST  4096      /* bytes of the first allocation */


int
rti_rows_fail(struct rti_rows *rows, int err, uint64_t line,
    const char *format, ...)
{
    va_list  args;

    rows->fault.line = line;

    va_start(args, format);
    vsnprintf(rows->fault.sentence, sizeof(rows->fault.sentence), format,
              args);
    va_end(args);

    return err;
}


void
rti_row_bad(struct rti_rows *rows, struct rti_row *row, const char *format,
    ...)
{
    va_list  args;

    va_start(args, format);
    vsnprintf(rows->reason, sizeof(rows->reason), format, args);
    va_end(args);

    memset(rows->ours, 0, rows->n * sizeof(rows->ours[0]));
    row->fault = rows->reason;
}


void
rti_rows_ignore(struct rti_rows *rows, struct rtn_str name)
{
    size_t       len = strlen(rows->ignored), room;
    const char  *p;

    for (p = strstr(rows->ignored, ", "); p != NULL; p = strstr(p + 1, ", ")) {
        if (strncmp(p + 2, name.data, name.len) == 0
            && (p[2 + name.len] == ',' || p[2 + name.len] == '\0'))
        {
            return;
        }
    }

    /* Kept as ", a, b": so each name stands behind the same two bytes. */

    room = sizeof(rows->ignored) - len;

    if (name.len + 3 <= room) {
        snprintf(rows->ignored + len, room, ", %.*s", (int) name.len,
                 name.data);
    }
}


void
rti_cells_clear(struct rti_cells *cells)
{
    cells->len = 0;
    cells->count = 0;
    cells->has_long = false;
    cells->starts[0] = 0;
}


void
rti_cells_add(struct rti_cells *cells, const char *data, size_t len)
{
    char    *bytes;
    size_t   size;

    cells->count++;

    if (cells->count > RTI_COLUMNS_MAX || cells->err != 0) {
        return;
    }

    if (len > RTI_FIELD_MAX) {
        cells->has_long = true;
        len = RTI_FIELD_MAX;
    }

    if (len > cells->size - cells->len) {
        size = cells->size == 0 ? ROWS_CELLS_FIRST : cells->size;

        while (size - cells->len < len) {
            size *= 2;
        }

        bytes = realloc(cells->bytes, size);

        if (bytes == NULL) {
            cells->err = RTN_ERR_NOMEM;
            return;
        }

        cells->bytes = bytes;
        cells->size = size;
    }

    if (len > 0) {
        memcpy(cells->bytes + cells->len, data, len);
    }

    cells->len += len;
    cells->starts[cells->count] = cells->len;
}


size_t
rti_cells_kept(const struct rti_cells *cells)
{
    return cells->count < RTI_COLUMNS_MAX ? cells->count : RTI_COLUMNS_MAX;
}


struct rtn_str
rti_cells_get(const struct rti_cells *cells, size_t i)
{
    struct rtn_str  cell = { NULL, 0 };

    cell.len = cells->starts[i + 1] - cells->starts[i];

    if (cell.len > 0) {
        cell.data = cells->bytes + cells->starts[i];
    }

    return cell;
}


static int
rows_map_one(struct rti_rows *rows, char *map, const char *given)
{
    char    *equals = strchr(map, '=');
    size_t   i;

    if (equals == NULL || equals == map || equals[1] == '\0') {
        return rti_rows_fail(rows, RTN_ERR_LIMIT, 0, "--map wants "
                             "ours=theirs, not '%.200s'", given);
    }

    *equals = '\0';

    for (i = 0; i < rows->n; i++) {
        if (strcmp(rows->columns[i].name, map) != 0) {
            continue;
        }

        if (rows->names[i] != rows->columns[i].name) {
            return rti_rows_fail(rows, RTN_ERR_LIMIT, 0, "--map gives '%s' "
                                 "twice", map);
        }

        rows->names[i] = equals + 1;
        return 0;
    }

    return rti_rows_fail(rows, RTN_ERR_LIMIT, 0, "--map names '%.200s', which "
                         "is no column of this import", map);
}


static int
rows_map(struct rti_rows *rows, const char *const *maps, size_t n_maps)
{
    int      rc;
    char    *p;
    size_t   i, size = 1;

    for (i = 0; i < rows->n; i++) {
        rows->names[i] = rows->columns[i].name;
        rows->places[i] = -1;
    }

    for (i = 0; i < n_maps; i++) {
        size += strlen(maps[i]) + 1;
    }

    rows->maps = malloc(size);

    if (rows->maps == NULL) {
        return rti_rows_fail(rows, RTN_ERR_NOMEM, 0, "out of memory");
    }

    for (i = 0, p = rows->maps; i < n_maps; i++) {
        strcpy(p, maps[i]);
        rc = rows_map_one(rows, p, maps[i]);

        if (rc != 0) {
            return rc;
        }

        p += strlen(maps[i]) + 1;
    }

    return 0;
}


/* What the file is, by its first bytes. */

static int
rows_choose(struct rti_rows *rows)
{
    int  first = rti_lines_peek(rows->lines);

    if (first == 0xFE || first == 0xFF) {
        return rti_rows_fail(rows, RTN_ERR_LIMIT, 1, "the file is UTF-16; "
                             "save it as UTF-8");
    }

    if (first == '[') {
        return rti_rows_fail(rows, RTN_ERR_LIMIT, 1, "the file is a JSON "
                             "array; write one object a line");
    }

    rows->reader = first == '{' ? &rti_json_reader : &rti_csv_reader;

    return rows->reader->open(rows);
}


static int
rows_open(struct rti_lines *lines, const struct rti_column *columns, size_t n,
    const char *const *maps, size_t n_maps, struct rti_rows **out,
    struct rti_fault *fault)
{
    int               rc;
    struct rti_rows  *rows;

    assert(n > 0 && n <= RTI_COLUMNS_MAX);

    rows = calloc(1, sizeof(*rows));

    if (rows == NULL) {
        rti_lines_close(lines);
        memset(fault, 0, sizeof(*fault));
        strcpy(fault->sentence, "out of memory");
        return RTN_ERR_NOMEM;
    }

    rows->lines = lines;
    rows->columns = columns;
    rows->n = n;

    rc = rows_map(rows, maps, n_maps);
    rows->fault.is_usage = rc == RTN_ERR_LIMIT;

    if (rc == 0) {
        rc = rows_choose(rows);
    }

    if (rc != 0) {
        *fault = rows->fault;
        rti_rows_close(rows);
        return rc;
    }

    *out = rows;

    return 0;
}


int
rti_rows_open(const char *path, const struct rti_column *columns, size_t n,
    const char *const *maps, size_t n_maps, struct rti_rows **rows,
    struct rti_fault *fault)
{
    int                rc;
    struct rti_lines  *lines;

    rc = rti_lines_open(path, &lines, fault);

    return rc == 0 ? rows_open(lines, columns, n, maps, n_maps, rows, fault)
                   : rc;
}


int
rti_rows_open_buffer(const void *data, size_t size,
    const struct rti_column *columns, size_t n, const char *const *maps,
    size_t n_maps, struct rti_rows **rows, struct rti_fault *fault)
{
    int                rc;
    struct rti_lines  *lines;

    rc = rti_lines_open_buffer(data, size, &lines, fault);

    return rc == 0 ? rows_open(lines, columns, n, maps, n_maps, rows, fault)
                   : rc;
}


int
rti_rows_next(struct rti_rows *rows, struct rti_row *row)
{
    memset(row, 0, sizeof(*row));
    row->cells = rows->ours;
    row->raw = rows->raw;

    return rows->reader->next(rows, row);
}


const struct rti_fault *
rti_rows_fault(const struct rti_rows *rows)
{
    return &rows->fault;
}


bool
rti_rows_has(const struct rti_rows *rows, size_t i)
{
    return rows->reader == &rti_json_reader || rows->places[i] >= 0;
}


const struct rtn_str *
rti_rows_header(const struct rti_rows *rows, size_t *n)
{
    *n = rows->header_count;

    return rows->header;
}


const char *
rti_rows_ignored(const struct rti_rows *rows)
{
    return rows->ignored[0] != '\0' ? rows->ignored + 2 : rows->ignored;
}


void
rti_rows_position(const struct rti_rows *rows, uint64_t *done,
    uint64_t *total)
{
    rti_lines_position(rows->lines, done, total);
}


void
rti_rows_close(struct rti_rows *rows)
{
    if (rows == NULL) {
        return;
    }

    if (rows->reader != NULL && rows->reader->close != NULL) {
        rows->reader->close(rows);
    }

    rti_lines_close(rows->lines);
    free(rows->cells.bytes);
    free(rows->header_bytes);
    free(rows->maps);
    free(rows);
}
