/*
 * The interval of a difference of means where a few large orders decide: the
 * percentile bootstrap (Efron, Annals of Statistics 7:1, 1979).  Customers are
 * drawn anew with replacement in each arm.
 */

#ifndef RTA_BOOTSTRAP_H_INCLUDED
#define RTA_BOOTSTRAP_H_INCLUDED

#include "interval.h"

#define RTA_BOOTSTRAP_RESAMPLES  2000
#define RTA_BOOTSTRAP_SEED       1

/* From so many buyers on an arm's mean is normal enough to be drawn as such,
   which keeps the time of a report within bounds. */
#define RTA_BOOTSTRAP_BUYERS_MAX  1000

/* An arm: most customers have spent nothing. */
struct rta_bootstrap_arm {
    uint64_t        n;              /* customers, above 0 */
    const int64_t  *values;         /* of those who spent, minor units */
    size_t          count;          /* of values, up to n */
};

/*
 * Finds the interval of mean treated - mean heldout, minor units.
 *
 * seed    the same gives the same
 * level   as in rta_wilson
 *
 * RTN_ERR_NOMEM.  Any thread.
 */
int rta_bootstrap(const struct rta_bootstrap_arm *treated,
    const struct rta_bootstrap_arm *heldout, uint64_t seed, double level,
    struct rta_interval *interval);

#endif /* RTA_BOOTSTRAP_H_INCLUDED */
