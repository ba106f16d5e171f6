/* Private to tools/input: what rows.c shares with its two readers. */

#ifndef RTI_READER_H_INCLUDED
#define RTI_READER_H_INCLUDED

#include "lines.h"

#define RTI_REASON_MAX   256        /* bytes of why a row is bad */
#define RTI_IGNORED_MAX  1024       /* bytes of the list of ignored columns */

/* One row's bytes: cells one after the other, found by their offsets, since
   the buffer moves while it grows. */
struct rti_cells {
    char    *bytes;
    size_t   len;
    size_t   size;
    size_t   starts[RTI_COLUMNS_MAX + 1];
    size_t   count;                 /* of the row; more than RTI_COLUMNS_MAX
                                       are counted, not kept */
    bool     has_long;              /* one was longer than RTI_FIELD_MAX */
    int      err;                   /* RTN_ERR_NOMEM, or 0 */
};

struct rti_rows {
    const struct rti_reader  *reader;
    struct rti_lines         *lines;
    const struct rti_column  *columns;
    size_t                    n;
    const char               *names[RTI_COLUMNS_MAX];   /* in this file */
    char                     *maps;         /* the bytes of mapped names */
    int                       places[RTI_COLUMNS_MAX];  /* of our columns in
                                                the file; -1: it has none */
    struct rtn_str            header[RTI_COLUMNS_MAX];
    size_t                    header_count;
    char                     *header_bytes;
    char                      ignored[RTI_IGNORED_MAX];
    struct rti_cells          cells;
    struct rtn_str            ours[RTI_COLUMNS_MAX];
    struct rtn_str            raw[RTI_COLUMNS_MAX];
    char                      reason[RTI_REASON_MAX];
    struct rti_fault          fault;
    void                     *state;        /* of the reader */
};

/* A form of input. */
struct rti_reader {
    /* Reads the header, if it has one, into header and places. */
    int   (*open)(struct rti_rows *rows);
    int   (*next)(struct rti_rows *rows, struct rti_row *row);
    /* NULL: nothing to free. */
    void  (*close)(struct rti_rows *rows);
};

extern const struct rti_reader  rti_csv_reader;
extern const struct rti_reader  rti_json_reader;

/* Fills rows->fault and returns err. */
int rti_rows_fail(struct rti_rows *rows, int err, uint64_t line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Makes a row bad: its reason, and no cells. */
void rti_row_bad(struct rti_rows *rows, struct rti_row *row,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds a name to the list of ignored columns, once. */
void rti_rows_ignore(struct rti_rows *rows, struct rtn_str name);

void rti_cells_clear(struct rti_cells *cells);
/* Adds a cell.  A failure is kept in cells->err. */
void rti_cells_add(struct rti_cells *cells, const char *data, size_t len);
/* Cell i of those kept. */
struct rtn_str rti_cells_get(const struct rti_cells *cells, size_t i);
/* How many were kept. */
size_t rti_cells_kept(const struct rti_cells *cells);

#endif /* RTI_READER_H_INCLUDED */
