/*
 * Mean and variance of money, exact: whole minor units are summed in 128
 * bits, so the result does not depend on the order of the customers, and
 * nothing cancels.  Rounding happens once, when the summary is made.
 */

#ifndef RTA_MOMENTS_H_INCLUDED
#define RTA_MOMENTS_H_INCLUDED

#include "rtn.h"

/* Sums over customers; the fields are the file's own. */
struct rta_moments {
    uint64_t           n;
    __int128           sum;
    unsigned __int128  sum_squares;
};

/* What an interval of a mean needs. */
struct rta_summary {
    uint64_t  n;            /* customers, those with zero included */
    double    mean;         /* minor units a customer; 0 when n is 0 */
    double    variance;     /* of the sample, divisor n - 1; 0 when n < 2 */
};

/* Makes an accumulator empty.  It owns nothing.  Any thread. */
void rta_moments_init(struct rta_moments *moments);

/*
 * Adds one customer.
 *
 * value_minor   what the customer spent, minor units; may be negative
 *
 * RTN_ERR_LIMIT: a sum would pass its 128 bits, which 10^8 customers of
 * RTN_MONEY_MAX do not; moments is unchanged.  One thread at a time.
 */
int rta_moments_add(struct rta_moments *moments, int64_t value_minor);

/*
 * Adds n customers who spent nothing.
 * RTN_ERR_LIMIT: more than 2^63 - 1 in all; moments is unchanged.
 * One thread at a time.
 */
int rta_moments_add_zeros(struct rta_moments *moments, uint64_t n);

/*
 * Mean and variance of all that was added: with q = sum / n cut to a whole
 * number and r the rest, the sum of (x - mean)^2 is
 *
 *     sum_squares - q * sum - q * r - r^2 / n
 *
 * of which all but the fraction of the last term is done in whole numbers.
 * Any thread.
 */
void rta_moments_summary(const struct rta_moments *moments,
    struct rta_summary *summary);

#endif /* RTA_MOMENTS_H_INCLUDED */
