/* Private to tools/output: what a format is, and cells as text. */

#ifndef RTO_FORMAT_H_INCLUDED
#define RTO_FORMAT_H_INCLUDED

#include "table.h"

#define RTO_CELL_MAX  64            /* of a cell that is no text, with NUL */

struct rto_table {
    FILE                     *out;
    const struct rto_writer  *writer;
    const struct rto_column  *columns;
    size_t                    n;
    uint64_t                  rows;
    int                       err;      /* the first failure, or 0 */

    /* of the text format, which needs all cells to know their widths */
    char                     *bytes;    /* cells, each ended by NUL */
    size_t                    len;
    size_t                    size;
    size_t                   *widths;   /* characters, by column */
};

/* A format: begin, row and end may be NULL where there is nothing to do. */
struct rto_writer {
    int  (*begin)(struct rto_table *table);
    int  (*row)(struct rto_table *table, const struct rto_value *values);
    int  (*end)(struct rto_table *table);
};

extern const struct rto_writer  rto_text_writer;
extern const struct rto_writer  rto_csv_writer;
extern const struct rto_writer  rto_json_writer;
extern const struct rto_writer  rto_jsonl_writer;
extern const struct rto_writer  rto_excel_writer;

/*
 * A cell as text: the caller's buffer, or the value's own bytes; empty for an
 * absent one.
 */
struct rtn_str rto_value_text(const struct rto_value *value,
    char buffer[RTO_CELL_MAX]);

/* A text cell of CSV with another separator, quoted and defused. */
void rto_csv_text(FILE *out, struct rtn_str text, char separator);

/* The shortest decimal that reads back as the same finite double. */
void rto_shortest(double number, char buffer[RTO_CELL_MAX]);

#endif /* RTO_FORMAT_H_INCLUDED */
