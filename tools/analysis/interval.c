#include "interval.h"

#include <assert.h>
#include <math.h>

#include "exact.h"
#include "special.h"

/* The usual rule for when z may stand in for the exact test. */
#define INTERVAL_EXPECTED_MIN  5.0


static void interval_newcombe(uint64_t x1, uint64_t n1, uint64_t x0,
    uint64_t n0, double level, struct rta_comparison *comparison);
static void interval_test_shares(uint64_t x1, uint64_t n1, uint64_t x0,
    uint64_t n0, struct rta_comparison *comparison);
static double interval_pooled_p(uint64_t x1, uint64_t n1, uint64_t x0,
    uint64_t n0);
static void interval_welch(const struct rta_summary *treated,
    const struct rta_summary *heldout, double level,
    struct rta_comparison *comparison);
static void interval_relative(double ratio, double error, double level,
    struct rta_comparison *comparison);


static const char *const  interval_methods[] = {
    [RTA_METHOD_NONE]            = "",
    [RTA_METHOD_NEWCOMBE_Z]      = "newcombe interval, pooled z test",
    [RTA_METHOD_NEWCOMBE_FISHER] = "newcombe interval, fisher exact test",
    [RTA_METHOD_WELCH]           = "welch interval and test"
};


struct rta_interval
rta_wilson(uint64_t x, uint64_t n, double level)
{
    double               p, z, size, centre, half;
    struct rta_interval  interval;

    assert(n > 0 && x <= n);

    z = rta_normal_z(level);
    size = (double) n;
    p = (double) x / size;

    centre = p + z * z / (2 * size);
    half = z * sqrt(p * (1 - p) / size + z * z / (4 * size * size));

    interval.low = (centre - half) / (1 + z * z / size);
    interval.high = (centre + half) / (1 + z * z / size);

    /* At the ends rounding leaves some 1e-18 where the formula has 0 or 1. */

    if (x == 0) {
        interval.low = 0;
    }

    if (x == n) {
        interval.high = 1;
    }

    return interval;
}


void
rta_compare_shares(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0,
    double level, struct rta_comparison *comparison)
{
    double  error, p1, p0;

    assert(x1 <= n1 && x0 <= n0);

    *comparison = (struct rta_comparison) { .method = RTA_METHOD_NONE };

    if (n1 == 0 || n0 == 0) {
        return;
    }

    interval_newcombe(x1, n1, x0, n0, level, comparison);
    interval_test_shares(x1, n1, x0, n0, comparison);

    if (x0 == 0) {
        return;
    }

    p1 = (double) x1 / (double) n1;
    p0 = (double) x0 / (double) n0;
    error = 0;

    if (x1 > 0) {
        error = sqrt((1 - p1) / (double) x1 + (1 - p0) / (double) x0);
    }

    interval_relative(p1 / p0, error, level, comparison);
}


void
rta_compare_means(const struct rta_summary *treated,
    const struct rta_summary *heldout, double level,
    struct rta_comparison *comparison)
{
    double  error1, error0;

    *comparison = (struct rta_comparison) { .method = RTA_METHOD_NONE };

    if (treated->n == 0 || heldout->n == 0) {
        return;
    }

    comparison->method = RTA_METHOD_WELCH;
    comparison->has_difference = true;
    comparison->difference = treated->mean - heldout->mean;

    if (treated->n > 1 && heldout->n > 1) {
        interval_welch(treated, heldout, level, comparison);
    }

    if (treated->mean <= 0 || heldout->mean <= 0) {
        return;
    }

    error1 = sqrt(treated->variance / (double) treated->n) / treated->mean;
    error0 = sqrt(heldout->variance / (double) heldout->n) / heldout->mean;

    interval_relative(treated->mean / heldout->mean,
                      comparison->has_interval ? hypot(error1, error0) : 0,
                      level, comparison);
}


const char *
rta_method_name(enum rta_method method)
{
    return interval_methods[method];
}


static void
interval_newcombe(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0,
    double level, struct rta_comparison *comparison)
{
    double               p1, p0, d;
    struct rta_interval  wilson1, wilson0;

    wilson1 = rta_wilson(x1, n1, level);
    wilson0 = rta_wilson(x0, n0, level);

    p1 = (double) x1 / (double) n1;
    p0 = (double) x0 / (double) n0;
    d = p1 - p0;

    comparison->has_difference = true;
    comparison->difference = d;

    comparison->has_interval = true;
    comparison->low = d - hypot(p1 - wilson1.low, wilson0.high - p0);
    comparison->high = d + hypot(wilson1.high - p1, p0 - wilson0.low);
}


static void
interval_test_shares(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0,
    struct rta_comparison *comparison)
{
    double  group, hits, misses;

    hits = (double) x1 + (double) x0;
    misses = (double) (n1 - x1) + (double) (n0 - x0);
    group = fmin((double) n1, (double) n0);

    comparison->has_p = true;

    if (fmin(hits, misses) * group / (hits + misses)
        < INTERVAL_EXPECTED_MIN)
    {
        comparison->method = RTA_METHOD_NEWCOMBE_FISHER;
        comparison->p = rta_fisher_p(x1, n1, x0, n0);
        return;
    }

    comparison->method = RTA_METHOD_NEWCOMBE_Z;
    comparison->p = interval_pooled_p(x1, n1, x0, n0);
}


static double
interval_pooled_p(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0)
{
    double  d, error, size1, size0, pooled;

    size1 = (double) n1;
    size0 = (double) n0;
    d = (double) x1 / size1 - (double) x0 / size0;

    pooled = ((double) x1 + (double) x0) / (size1 + size0);
    error = sqrt(pooled * (1 - pooled) * (1 / size1 + 1 / size0));

    return rta_normal_p(d / error);
}


static void
interval_welch(const struct rta_summary *treated,
    const struct rta_summary *heldout, double level,
    struct rta_comparison *comparison)
{
    double  v1, v0, share1, share0, error, df, half;

    v1 = treated->variance / (double) treated->n;
    v0 = heldout->variance / (double) heldout->n;

    if (v1 + v0 <= 0) {
        return;
    }

    /* As shares of their sum, so that no square can overflow. */

    share1 = v1 / (v1 + v0);
    share0 = v0 / (v1 + v0);

    error = sqrt(v1 + v0);
    df = 1 / (share1 * share1 / (double) (treated->n - 1)
              + share0 * share0 / (double) (heldout->n - 1));
    half = rta_student_t(level, df) * error;

    comparison->has_interval = true;
    comparison->low = comparison->difference - half;
    comparison->high = comparison->difference + half;

    comparison->has_p = true;
    comparison->p = rta_student_p(comparison->difference / error, df);
}


/* error is the standard error of log(ratio), 0 when there is none. */

static void
interval_relative(double ratio, double error, double level,
    struct rta_comparison *comparison)
{
    double  centre, half;

    if (!isfinite(ratio)) {
        return;
    }

    comparison->has_relative = true;
    comparison->relative = ratio - 1;

    if (error <= 0) {
        return;
    }

    centre = log(ratio);
    half = rta_normal_z(level) * error;

    if (!isfinite(exp(centre + half))) {
        return;
    }

    comparison->has_relative_interval = true;
    comparison->relative_low = expm1(centre - half);
    comparison->relative_high = expm1(centre + half);
}
