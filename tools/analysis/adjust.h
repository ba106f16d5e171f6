/*
 * Differences of means with less variance, by what was known before the draw.
 * They estimate the same difference; what they save depends on how much the
 * past tells, which for lapsed customers is little.
 */

#ifndef RTA_ADJUST_H_INCLUDED
#define RTA_ADJUST_H_INCLUDED

#include "interval.h"
#include "moments.h"

/* An arm's outcome y and what is known from before, x.  Zeros begin. */
struct rta_pairs {
    struct rta_moments  x;
    struct rta_moments  y;
    struct rta_moments  sum;        /* of x + y, which gives their product */
};

/* RTN_ERR_LIMIT: a sum is too large; pairs are of no use then. */
int rta_pairs_add(struct rta_pairs *pairs, int64_t x, int64_t y);

struct rta_adjusted {
    struct rta_comparison  comparison;
    double                 rho;     /* cuped: correlation over both arms */
    double                 saved;   /* of the variance of the difference; less
                                       than 0 where it became greater */
};

/*
 * CUPED (Deng, Xu, Kohavi and Walker, WSDM 2013): y - theta (x - mean x),
 * theta = cov(y, x) / var(x) over both arms; then as rta_compare_means.
 *
 * False: x or y does not vary, or an arm has under two customers.
 * level as in rta_wilson.  Any thread.
 */
bool rta_cuped(const struct rta_pairs *treated,
    const struct rta_pairs *heldout, double level,
    struct rta_adjusted *adjusted);

/* Treated and held-out of a stratum. */
struct rta_stratum {
    struct rta_summary  treated;
    struct rta_summary  heldout;
};

/*
 * Post-stratification: the differences within strata, weighted by the
 * stratum's share of all customers, with the variance
 * sum w^2 (v1 / n1 + v0 / n0) and Satterthwaite's degrees of freedom.
 *
 * all   both arms as a whole, for what is saved
 *
 * False: a stratum with customers has under two in an arm, or nothing varies.
 * The relative is left out.  level as in rta_wilson.  Any thread.
 */
bool rta_post_stratify(const struct rta_stratum *strata, size_t n,
    const struct rta_stratum *all, double level,
    struct rta_adjusted *adjusted);

#endif /* RTA_ADJUST_H_INCLUDED */
