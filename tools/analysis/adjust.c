#include "adjust.h"

#include <math.h>

#include "special.h"

/* What both arms have in common. */
struct adjust_slope {
    double  theta;
    double  mean_x;
    double  rho;
};


int
rta_pairs_add(struct rta_pairs *pairs, int64_t x, int64_t y)
{
    int      rc;
    int64_t  sum;

    if (__builtin_add_overflow(x, y, &sum)) {
        return RTN_ERR_LIMIT;
    }

    rc = rta_moments_add(&pairs->x, x);

    if (rc == 0) {
        rc = rta_moments_add(&pairs->y, y);
    }

    return rc == 0 ? rta_moments_add(&pairs->sum, sum) : rc;
}


/* cov(x, y) = (var(x + y) - var(x) - var(y)) / 2. */

static double
adjust_covariance(const struct rta_pairs *pairs, struct rta_summary *x,
    struct rta_summary *y)
{
    struct rta_summary  sum;

    rta_moments_summary(&pairs->x, x);
    rta_moments_summary(&pairs->y, y);
    rta_moments_summary(&pairs->sum, &sum);

    return (sum.variance - x->variance - y->variance) / 2;
}


static void
adjust_merge(struct rta_moments *to, const struct rta_moments *from)
{
    to->n += from->n;
    to->sum += from->sum;
    to->sum_squares += from->sum_squares;
}


static bool
adjust_slope(const struct rta_pairs *treated, const struct rta_pairs *heldout,
    struct adjust_slope *slope)
{
    double              covariance;
    struct rta_pairs    both = *treated;
    struct rta_summary  x, y;

    adjust_merge(&both.x, &heldout->x);
    adjust_merge(&both.y, &heldout->y);
    adjust_merge(&both.sum, &heldout->sum);

    covariance = adjust_covariance(&both, &x, &y);

    if (x.variance <= 0 || y.variance <= 0) {
        return false;
    }

    slope->theta = covariance / x.variance;
    slope->mean_x = x.mean;
    slope->rho = covariance / sqrt(x.variance * y.variance);

    return true;
}


/* The arm's summary of y - theta (x - mean x). */

static double
adjust_arm(const struct rta_pairs *pairs, const struct adjust_slope *slope,
    struct rta_summary *adjusted)
{
    double              covariance, theta = slope->theta;
    struct rta_summary  x, y;

    covariance = adjust_covariance(pairs, &x, &y);

    adjusted->n = y.n;
    adjusted->mean = y.mean - theta * (x.mean - slope->mean_x);
    adjusted->variance = fmax(0, y.variance - 2 * theta * covariance
                                 + theta * theta * x.variance);

    return y.n < 2 ? 0 : y.variance / (double) y.n;
}


bool
rta_cuped(const struct rta_pairs *treated, const struct rta_pairs *heldout,
    double level, struct rta_adjusted *adjusted)
{
    double               before, after;
    struct rta_summary   one, other;
    struct adjust_slope  slope;

    if (treated->y.n < 2 || heldout->y.n < 2
        || !adjust_slope(treated, heldout, &slope))
    {
        return false;
    }

    before = adjust_arm(treated, &slope, &one)
             + adjust_arm(heldout, &slope, &other);
    after = one.variance / (double) one.n
            + other.variance / (double) other.n;

    rta_compare_means(&one, &other, level, &adjusted->comparison);
    adjusted->rho = slope.rho;
    adjusted->saved = 1 - after / before;

    return true;
}


static double
adjust_error(const struct rta_summary *summary)
{
    return summary->variance / (double) summary->n;
}


bool
rta_post_stratify(const struct rta_stratum *strata, size_t n,
    const struct rta_stratum *all, double level,
    struct rta_adjusted *adjusted)
{
    double                     weight, d = 0, variance = 0, squares = 0;
    double                     v1, v0, df, half;
    size_t                     i;
    const struct rta_stratum  *s;

    for (i = 0; i < n; i++) {
        s = &strata[i];

        if (s->treated.n + s->heldout.n == 0) {
            continue;
        }

        if (s->treated.n < 2 || s->heldout.n < 2) {
            return false;
        }

        weight = (double) (s->treated.n + s->heldout.n)
                 / (double) (all->treated.n + all->heldout.n);
        v1 = weight * weight * adjust_error(&s->treated);
        v0 = weight * weight * adjust_error(&s->heldout);

        d += weight * (s->treated.mean - s->heldout.mean);
        variance += v1 + v0;
        squares += v1 * v1 / (double) (s->treated.n - 1)
                   + v0 * v0 / (double) (s->heldout.n - 1);
    }

    if (variance <= 0) {
        return false;
    }

    df = variance * variance / squares;
    half = rta_student_t(level, df) * sqrt(variance);

    adjusted->comparison = (struct rta_comparison) {
        .method = RTA_METHOD_WELCH, .has_difference = true, .difference = d,
        .has_interval = true, .low = d - half, .high = d + half,
        .has_p = true, .p = rta_student_p(d / sqrt(variance), df)
    };
    adjusted->rho = 0;
    adjusted->saved = 1 - variance / (adjust_error(&all->treated)
                                      + adjust_error(&all->heldout));

    return true;
}
