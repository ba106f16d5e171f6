/*
 * FILE.rejected.csv: the rows of FILE that an import left out, each with its
 * line, the reason, and the cells as they came, so that the file can be put
 * right and imported again.  Mode 0600: it has personal data.
 */

#ifndef RTI_REJECTED_H_INCLUDED
#define RTI_REJECTED_H_INCLUDED

#include "rows.h"

struct rti_rejected;

/*
 * Makes ready for the rejected rows of an import: one of an earlier import is
 * removed, a new one is made with the first row.
 *
 * path       of the imported file; "-": rows are only counted
 * rejected   closed by rti_rejected_close
 *
 * RTN_ERR_PERMISSION, RTN_ERR_IO: the earlier one cannot be removed.
 * RTN_ERR_NOMEM.
 */
int rti_rejected_open(const char *path, const struct rti_rows *rows,
    struct rti_rejected **rejected);

/*
 * Adds a row.
 *
 * column   named before the reason as "amount: ...", or NULL
 * reason   row->fault, or what the import found
 *
 * RTN_ERR_PERMISSION, RTN_ERR_DISK_FULL, RTN_ERR_IO: kept, and returned by
 * every later call and by rti_rejected_close.
 */
int rti_rejected_put(struct rti_rejected *rejected, const struct rti_row *row,
    const char *column, const char *reason);

/* How many rows were put. */
uint64_t rti_rejected_count(const struct rti_rejected *rejected);

/* The name of the file; NULL while there is none. */
const char *rti_rejected_path(const struct rti_rejected *rejected);

/* Flushes to the disk and frees; the first error of all.  NULL is allowed. */
int rti_rejected_close(struct rti_rejected *rejected);

#endif /* RTI_REJECTED_H_INCLUDED */
