/*
 * What all imports share: the rows of a file go into the store in slices, the
 * bad ones into FILE.rejected.csv, and a summary is printed.  What a row
 * means, the kind says.  Private to import*.c.
 */

#ifndef CMD_IMPORT_H_INCLUDED
#define CMD_IMPORT_H_INCLUDED

#include "../input/field.h"
#include "../input/rejected.h"
#include "../input/rows.h"
#include "cmd.h"
#include "import_known.h"
#include "rtn_crm.h"

/* Begins the options of every import. */
struct import_options {
    struct cmd_strings  maps;
    bool                is_dry_run;
    bool                is_strict;
};

#define IMPORT_OPTIONS                                                        \
    CMD_STRINGS("map", 'm', struct import_options, maps, "OURS=THEIRS",       \
        "the file's name of a column, as in order_id=InvoiceNo"),             \
    CMD_FLAG("dry-run", 'n', struct import_options, is_dry_run,               \
        "only say what would happen"),                                        \
    CMD_FLAG("strict", 0, struct import_options, is_strict,                   \
        "write nothing when any row is bad")

struct import;

/*
 * A kind of file.  Functions but row may be NULL; they return 0 or an
 * RTN_ERR_* that ends the import.
 */
struct import_kind {
    const char               *name;         /* "orders" */
    const struct rti_column  *columns;
    size_t                    n;
    size_t                    data_size;    /* of import->data */
    size_t                    slice_rows;   /* at most; 0: RTN_SLICE_ROWS */

    /* Stores a row, within a slice of crm.  put gets what became of it; 0: a
       later function counts it.  Or returns import_reject(). */
    int  (*row)(struct import *import, const struct rti_row *row,
        enum rtn_put *put);

    /* At the end of a slice, before it is kept or, in a dry run, dropped. */
    int  (*slice)(struct import *import);

    /* After a slice is kept. */
    int  (*kept)(struct import *import);

    /* When all rows are kept; asks cmd_interrupted() where it is long, and
       then sets import->is_stopped. */
    int  (*finish)(struct import *import);

    /* Adds to the summary with import_say_*(). */
    void (*summary)(struct import *import);

    /* Frees what data holds, not data itself. */
    void (*release)(struct import *import);
};

struct import {
    struct cmd_context        *ctx;
    const struct import_kind  *kind;
    const char                *path;
    void                      *data;        /* zeros before the first row */
    bool                       is_dry;      /* slices are dropped */
    bool                       is_stopped;  /* by a signal, before the end */
    uint64_t                   puts[RTN_PUTS];              /* by enum
                                                               rtn_put */

    /* import.c's own */
    struct rti_rows           *rows;
    struct rti_rejected       *rejected;
    struct import_known       *known;       /* NULL when slices are dropped */
    struct rtn_str             cells[RTI_COLUMNS_MAX];  /* of the row at hand */
    struct cmd_progress        progress;
    uint64_t                   row_count;
    bool                       is_cut;      /* the file could not be read to
                                               its end */
    size_t                     said;        /* facts of the summary so far */
    const char                *column;      /* why the row is rejected */
    char                       reason[256];
};

/* What an import's run returns; the file is the first argument. */
int import_run(struct cmd_context *ctx, const struct import_kind *kind);

/*
 * Rejects the row at hand: a row's function returns what this returns.
 *
 * column   an index into the kind's columns, or IMPORT_ROW
 * reason   a sentence without the column's name; it is copied
 */
#define IMPORT_REJECTED  1
#define IMPORT_ROW       SIZE_MAX
int import_reject(struct import *import, size_t column, const char *reason);

/* Makes the row's cells those without spaces around them: programs that pad
   their columns quote them, too.  They live as long as the row. */
void import_trim(struct import *import, struct rti_row *row);

/*
 * Cells as values; an empty cell leaves the value as it is.  Each returns 0
 * or IMPORT_REJECTED.
 */
int import_time(struct import *import, const struct rti_row *row,
    size_t column, int64_t *ms);        /* after 1970-01-01 */
int import_money(struct import *import, const struct rti_row *row,
    size_t column, const rtn_currency_t currency, int64_t *minor);

/* Texts of a struct, as a table. */
struct import_text {
    size_t    column;
    size_t    offset;
    size_t    size;
    uint32_t  given;                    /* a bit for a cell that is not empty */
};

int import_texts(struct import *import, const struct rti_row *row,
    const struct import_text *texts, size_t n, void *to, uint32_t *given);

/*
 * The customer of a row: by id, else by e-mail, made when there is none.
 * check looks at the cells alone; ensure needs a row that passed it.
 */
int import_customer_check(struct import *import, const struct rti_row *row,
    size_t id, size_t email);
int import_customer_ensure(struct import *import, const struct rti_row *row,
    size_t id, size_t email, uint32_t *number);
/* Where a file has no e-mails. */
#define IMPORT_NO_COLUMN  SIZE_MAX

/* Facts of the summary; name is JSON's, label the text's.  NULL text: JSON
   says null, the text nothing. */
void import_say_count(struct import *import, const char *name,
    const char *label, uint64_t count);
void import_say_text(struct import *import, const char *name,
    const char *label, const char *text);
void import_say_day(struct import *import, const char *name,
    const char *label, rtn_day_t day);
void import_say_time(struct import *import, const char *name,
    const char *label, int64_t ms);

#endif /* CMD_IMPORT_H_INCLUDED */
