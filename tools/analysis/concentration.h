/*
 * How much of the revenue comes from how few: the share of the top customers,
 * and Gini's coefficient, 0 where all spend the same and near 1 where one
 * spends everything:
 *
 *     G = 2 sum(i x_i) / (n sum(x_i)) - (n + 1) / n
 *
 * over spends x_i in rising order, i from 1; of the customers as they are,
 * without the correction n / (n - 1) for a sample.  Negative spend counts as
 * none.
 */

#ifndef RTA_CONCENTRATION_H_INCLUDED
#define RTA_CONCENTRATION_H_INCLUDED

#include "rtn.h"

/* Zeros begin; ended by rta_concentration_release. */
struct rta_concentration {
    int64_t  *spends;
    size_t    n;
    size_t    size;
    bool      is_sorted;        /* the biggest first */
};

struct rta_top {
    uint64_t  customers;        /* percent of all, rounded up */
    int64_t   spend_minor;
    double    share;            /* of all spend; 0 when there is none */
};

/* Adds a customer.  RTN_ERR_NOMEM.  One thread at a time, as all below. */
int rta_concentration_add(struct rta_concentration *concentration,
    int64_t spend_minor);

/* The top customers; percent is 0 to 100. */
struct rta_top rta_concentration_top(struct rta_concentration *concentration,
    unsigned percent);

/* Gini's coefficient.  False: nobody spent anything. */
bool rta_concentration_gini(struct rta_concentration *concentration,
    double *gini);

void rta_concentration_release(struct rta_concentration *concentration);

#endif /* RTA_CONCENTRATION_H_INCLUDED */
