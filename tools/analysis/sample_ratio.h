/*
 * Were the customers split as planned?  Pearson's chi-square of the counts
 * against the planned shares; see Fabijan and others, "Diagnosing sample
 * ratio mismatch", KDD 2019, for why no lift is to be trusted where not.
 */

#ifndef RTA_SAMPLE_RATIO_H_INCLUDED
#define RTA_SAMPLE_RATIO_H_INCLUDED

#include "rtn.h"

#define RTA_SAMPLE_RATIO_P_MIN   0.001      /* below: not as planned */

struct rta_sample_ratio {
    bool      has_chi2;     /* false: nobody, under two arms with a share, or
                               customers in an arm that was to have none */
    double    chi2;
    unsigned  df;           /* arms with a planned share, less one */
    bool      has_p;        /* false: there is nothing to test */
    double    p;            /* 0 for customers in an arm without a share */
    bool      ok;           /* no p, or p of RTA_SAMPLE_RATIO_P_MIN or more */
};

/*
 * Tests counts against shares.
 *
 * counts   customers found in each arm, the hold-out being one
 * shares   planned share of each, 0 or more, in any one unit: parts of a
 *          million, percent, or fractions; only their ratios matter
 * n        arms; at least one share is above 0 (else an assert)
 *
 * An arm of share 0 without customers is left out; one with customers makes
 * the split impossible, so p is 0 and there is no chi-square.  Any thread.
 */
void rta_sample_ratio(const uint64_t *counts, const double *shares, size_t n,
    struct rta_sample_ratio *ratio);

#endif /* RTA_SAMPLE_RATIO_H_INCLUDED */
