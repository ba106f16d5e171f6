/* Private to export*.c: what all exports share. */

#ifndef CMD_EXPORT_H_INCLUDED
#define CMD_EXPORT_H_INCLUDED

#include "cmd.h"
#include "output/file.h"
#include "output/table.h"
#include "rtn_campaign.h"

/* Fields of every export's options. */
struct export_options {
    int             format;         /* an index of export_formats */
    bool            is_forced;
    const char     *campaign;       /* events and coupons: NULL for all */
    struct cmd_day  from;           /* events */
    struct cmd_day  to;
};

extern const char *const  export_formats[];

#define EXPORT_FORMAT_ROWS                                                    \
    CMD_CHOICE("format", 'f', struct export_options, format, "FORMAT",        \
        export_formats, 0, "csv or jsonl; csv when left out"),                \
    CMD_FLAG("force", 0, struct export_options, is_forced,                    \
        "replace the file if there is one")


/* The number of --campaign, 0 for all; says that there is none.  An exit
   code. */
int export_campaign(struct cmd_context *ctx, uint32_t *number);


struct export_output {
    struct cmd_context   *ctx;
    const char           *path;
    struct rto_file      *file;
    struct rto_table     *table;
    struct cmd_progress   progress;
    uint64_t              rows;
    uint64_t              damaged;
};

/*
 * Opens the file and begins the table.  path NULL is standard output.
 * Returns an exit code, after saying what was wrong.
 */
int export_begin(struct export_output *output, struct cmd_context *ctx,
    const char *path, const struct rto_column *columns, size_t n);

/* Adds a row.  RTN_ERR_*. */
int export_row(struct export_output *output, const struct rto_value *values);

/*
 * Ends the file, whole or not at all.
 *
 * rc     0, an RTN_ERR_* of reading, or EXPORT_STOPPED
 * what   what was being read, for the message
 *
 * Returns the command's exit code.
 */
#define EXPORT_STOPPED      1           /* no RTN_ERR_* is positive */
#define EXPORT_DAMAGED_MAX  100000      /* bad records: the store is bad */

int export_end(struct export_output *output, int rc, const char *what);

/* What to do with a scan's result: a bad record is counted and passed over,
   RTN_ERR_CORRUPT then, and EXPORT_STOPPED ends the work. */
int export_step(struct export_output *output, int rc);

/* Calls row with each recipient of a campaign, and data.  RTN_ERR_*, what row
   returned, or EXPORT_STOPPED. */
int export_recipients(struct export_output *output, struct rtn_store *store,
    uint32_t campaign,
    int (*row)(void *data, const struct rtn_recipient *recipient), void *data);


/* Names for numbers: customers' ids and campaigns. */
struct export_names {
    struct rtn_store     *store;
    char                 *bytes;        /* ids, each with its NUL */
    size_t                len;
    size_t                size;
    size_t               *offsets;      /* by number; 0: none */
    size_t                count;        /* of offsets */
    struct rtn_campaign  *campaigns;    /* by rising number */
    size_t                campaign_count;
};

/* Reads them all; released by export_names_release in either case.
   RTN_ERR_*. */
int export_names_read(struct export_names *names, struct rtn_store *store);
void export_names_release(struct export_names *names);

/* The shop's id; NULL: unknown, a guest, or a test recipient. */
const char *export_names_customer(const struct export_names *names,
    uint32_t number);

/* NULL: there is none. */
const struct rtn_campaign *export_names_campaign(
    const struct export_names *names, uint32_t number);

#endif /* CMD_EXPORT_H_INCLUDED */
