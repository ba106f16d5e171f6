/*
 * Intervals and tests of an arm against another: shares of customers, and
 * means of money a customer.  The unit is the customer as drawn.
 *
 * No result is ever NaN or infinite: what cannot be estimated has its has_
 * flag false and its number 0, and is written as null.
 */

#ifndef RTA_INTERVAL_H_INCLUDED
#define RTA_INTERVAL_H_INCLUDED

#include "moments.h"
#include "rtn.h"

#define RTA_LEVEL   0.95        /* of every interval that a report prints */

struct rta_interval {
    double  low;
    double  high;
};

/* How a comparison's interval and p were found. */
enum rta_method {
    RTA_METHOD_NONE = 0,        /* no customers in one of the arms */
    RTA_METHOD_NEWCOMBE_Z,      /* Newcombe's interval, pooled z test */
    RTA_METHOD_NEWCOMBE_FISHER, /* the same interval, Fisher's exact test */
    RTA_METHOD_WELCH            /* Welch's interval and test */
};

/* One arm against another, the treated first: difference is treated less
   held out, relative is treated / held out less 1. */
struct rta_comparison {
    enum rta_method  method;

    bool             has_difference;
    double           difference;    /* a fraction, or minor units a customer */

    bool             has_interval;
    double           low;           /* of difference */
    double           high;

    bool             has_p;
    double           p;             /* two-sided */

    bool             has_relative;
    double           relative;      /* 0.543 is "+54.3 %" */

    bool             has_relative_interval;
    double           relative_low;
    double           relative_high;
};

/*
 * The interval of a share (Wilson, JASA 22:209, 1927), with p = x / n:
 *
 *     (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
 *
 * Exactly 0 below at x = 0, exactly 1 above at x = n.
 *
 * x, n    x of n customers, x <= n, n above 0
 * level   above 0, below 1, such as RTA_LEVEL
 *
 * Any thread.
 */
struct rta_interval rta_wilson(uint64_t x, uint64_t n, double level);

/*
 * Compares the share x1 / n1 with x0 / n0.
 *
 * Difference: p1 - p0.  Interval: Newcombe's method 10 (Statistics in
 * Medicine 17:873, 1998), from the Wilson intervals l..u of each,
 *
 *     d - sqrt((p1 - l1)^2 + (u0 - p0)^2),  d + sqrt((u1 - p1)^2 + (p0 - l0)^2)
 *
 * Test: z with the pooled share, p = erfc(|z| / sqrt 2); Fisher's exact test
 * where an expected count is under 5.  Interval and test may disagree at the
 * edge, since the test pools: decide by the interval.
 *
 * Relative: p1 / p0 - 1, interval by Katz and others (Biometrics 34:469,
 * 1978): exp(log(p1 / p0) -+ z sqrt(1/x1 - 1/n1 + 1/x0 - 1/n0)) - 1.
 * Not estimable at x0 = 0; without its interval at x1 = 0, and where both
 * shares are 1.
 *
 * x <= n in both arms; n may be 0, and then nothing is estimable.
 * level as in rta_wilson.  Any thread.
 */
void rta_compare_shares(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0,
    double level, struct rta_comparison *comparison);

/*
 * Compares means.
 *
 * Interval and test: Welch (Biometrika 34:28, 1947) with Satterthwaite's
 * degrees of freedom (Biometrics Bulletin 2:110, 1946).  With v = s^2 / n,
 *
 *     t = (m1 - m0) / sqrt(v1 + v0)
 *     df = (v1 + v0)^2 / (v1^2 / (n1 - 1) + v0^2 / (n0 - 1))
 *
 * Both need two customers in each arm, and some variance in one.
 *
 * Relative: m1 / m0 - 1, interval by the delta method on the log of the
 * ratio: exp(log(m1 / m0) -+ z sqrt(v1 / m1^2 + v0 / m0^2)) - 1, for large
 * arms.  Not estimable when a mean is not positive.
 *
 * treated, heldout   as rta_moments_summary gives them
 *
 * level as in rta_wilson.  Any thread.
 */
void rta_compare_means(const struct rta_summary *treated,
    const struct rta_summary *heldout, double level,
    struct rta_comparison *comparison);

/* The words for a report's "method"; "" for RTA_METHOD_NONE.  Static. */
const char *rta_method_name(enum rta_method method);

#endif /* RTA_INTERVAL_H_INCLUDED */
