/*
 * Rows of a file, streamed: CSV with a header, or JSON lines; compressed with
 * gzip or not.  What it is, its first bytes say, not its name.  A header
 * without a comma may have semicolons or tabs between its names, and then the
 * rows have.
 *
 *     static const struct rti_column  columns[] = {
 *         { "order_id", true }, { "amount", true }, { "coupon", false }
 *     };
 *
 *     rc = rti_rows_open(path, columns, 3, maps, n_maps, &rows, &fault);
 *     while ((rc = rti_rows_next(rows, &row)) == 0) {
 *         if (row.fault != NULL) { reject(row); continue; }
 *         use(row.cells[0], row.cells[1], row.cells[2]);
 *     }
 *     if (rc != RTN_ERR_NOT_FOUND) { say(rti_rows_fault(rows)); }
 *     rti_rows_close(rows);
 */

#ifndef RTI_ROWS_H_INCLUDED
#define RTI_ROWS_H_INCLUDED

#include "rtn.h"

#define RTI_FIELD_MAX     65536     /* bytes of a cell */
#define RTI_ROW_MAX     1048576     /* bytes of a row as it stands */
#define RTI_COLUMNS_MAX     256     /* columns of the file, and of a table */
#define RTI_JSON_DEPTH_MAX   16     /* nesting within a JSON line */

struct rti_column {
    const char  *name;
    bool         is_required;       /* the file must have it; a cell may
                                       still be empty */
};

/* Why a file cannot be read (further). */
struct rti_fault {
    uint64_t  line;                 /* from 1; 0: the file as a whole */
    bool      is_usage;             /* a map is at fault, not the file */
    char      sentence[1024];       /* lower case, no full stop */
};

struct rti_row {
    uint64_t               line;    /* where it begins, from 1 */
    const struct rtn_str  *cells;   /* one for each column of the table, NULL
                                       data: absent or empty */
    const char            *fault;   /* why the row is bad, NULL: it is good;
                                       cells of a bad row are all NULL */
    const struct rtn_str  *raw;     /* the row as the file has it: its cells,
                                       or as one what cannot be taken apart:
                                       a JSON line, a line with a stray
                                       quote */
    size_t                 raw_count;
};

struct rti_rows;

/*
 * Opens a file and reads its header.
 *
 * path      "-" is standard input
 * columns   n of them, 1 to RTI_COLUMNS_MAX, in the order of row.cells; live
 *           as long as the rows
 * maps      "ours=theirs": our column has another name in this file, which
 *           must have it
 * rows      closed by rti_rows_close
 * fault     filled on every failure
 *
 * RTN_ERR_NOT_FOUND: no such file.  RTN_ERR_PERMISSION.  RTN_ERR_IO, also for
 * a gzip file that is damaged at once.  RTN_ERR_LIMIT: no header, a required
 * column missing (the file's are listed), two of one name, too many, or a map
 * that names none of ours.  RTN_ERR_NOMEM.
 */
int rti_rows_open(const char *path, const struct rti_column *columns,
    size_t n, const char *const *maps, size_t n_maps, struct rti_rows **rows,
    struct rti_fault *fault);

/* The same from memory, which lives as long as the rows. */
int rti_rows_open_buffer(const void *data, size_t size,
    const struct rti_column *columns, size_t n, const char *const *maps,
    size_t n_maps, struct rti_rows **rows, struct rti_fault *fault);

/*
 * The next row, good or bad; its pointers live until the next call.  Blank
 * lines are skipped.  A bad row has not the header's number of cells, a cell
 * or row past its limit, bytes that are not UTF-8, a NUL, a quote out of
 * place, or as a JSON line is no object, nests too deep or has a name twice.
 *
 * A quote that nothing closes makes one line bad, not those behind it.
 *
 * RTN_ERR_NOT_FOUND: the end.  RTN_ERR_IO, RTN_ERR_NOMEM: reading broke off,
 * a gzip file is cut or damaged; rti_rows_fault says where.  The rows before
 * were good.
 */
int rti_rows_next(struct rti_rows *rows, struct rti_row *row);

/* Why rti_rows_next failed last. */
const struct rti_fault *rti_rows_fault(const struct rti_rows *rows);

/* Whether the file has column i of the table; always true for JSON lines. */
bool rti_rows_has(const struct rti_rows *rows, size_t i);

/* The file's header, n names; for JSON lines one, "row". */
const struct rtn_str *rti_rows_header(const struct rti_rows *rows, size_t *n);

/* Names of columns that nothing reads, ", " between them; "" when there are
   none.  Of JSON lines, those met so far.  For the summary. */
const char *rti_rows_ignored(const struct rti_rows *rows);

/* Bytes read and in all, as they stand on the disk; total 0: not known. */
void rti_rows_position(const struct rti_rows *rows, uint64_t *done,
    uint64_t *total);

/* NULL is allowed. */
void rti_rows_close(struct rti_rows *rows);

#endif /* RTI_ROWS_H_INCLUDED */
