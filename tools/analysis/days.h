/*
 * Medians of days: how often each number of days came, so that ten million of
 * them need no more memory than one of each.
 */

#ifndef RTA_DAYS_H_INCLUDED
#define RTA_DAYS_H_INCLUDED

#include "rtn.h"

#define RTA_DAYS_MAX  100000        /* two days of rtn_time.h are nearer */

/* Zeros begin; ended by rta_days_release.  The fields are the file's own. */
struct rta_days {
    uint64_t  *counts;
    size_t     size;
    uint64_t   n;
};

/*
 * Adds a number of days, 0 to RTA_DAYS_MAX.
 * RTN_ERR_NOMEM; RTN_ERR_LIMIT: another number; days is unchanged.
 */
int rta_days_add(struct rta_days *days, int64_t value);

/*
 * The median; of an even number the mean of the two in the middle.
 * False: nothing was added.
 */
bool rta_days_median(const struct rta_days *days, double *median);

/* Frees what it holds; it is empty again. */
void rta_days_release(struct rta_days *days);

#endif /* RTA_DAYS_H_INCLUDED */
