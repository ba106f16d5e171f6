#include "sample_ratio.h"

#include <assert.h>

#include "special.h"


struct sample_ratio_totals {
    double    count;
    double    share;
    unsigned  arms;             /* those with a share */
    bool      has_stray;        /* customers where there is no share */
};


static struct sample_ratio_totals sample_ratio_add_up(const uint64_t *counts,
    const double *shares, size_t n);
static double sample_ratio_chi2(const uint64_t *counts, const double *shares,
    size_t n, const struct sample_ratio_totals *totals);


void
rta_sample_ratio(const uint64_t *counts, const double *shares, size_t n,
    struct rta_sample_ratio *ratio)
{
    struct sample_ratio_totals  totals;

    totals = sample_ratio_add_up(counts, shares, n);

    assert(totals.share > 0);

    *ratio = (struct rta_sample_ratio) { .df = totals.arms - 1, .ok = true };

    if (totals.has_stray) {
        ratio->has_p = true;
        ratio->ok = false;
        return;
    }

    if (totals.count == 0 || totals.arms < 2) {
        return;
    }

    ratio->has_chi2 = true;
    ratio->chi2 = sample_ratio_chi2(counts, shares, n, &totals);

    ratio->has_p = true;
    ratio->p = rta_chi2_p(ratio->chi2, ratio->df);
    ratio->ok = ratio->p >= RTA_SAMPLE_RATIO_P_MIN;
}


static struct sample_ratio_totals
sample_ratio_add_up(const uint64_t *counts, const double *shares, size_t n)
{
    size_t                      i;
    struct sample_ratio_totals  totals = { 0 };

    for (i = 0; i < n; i++) {
        assert(shares[i] >= 0);

        totals.count += (double) counts[i];
        totals.share += shares[i];

        if (shares[i] > 0) {
            totals.arms++;

        } else if (counts[i] > 0) {
            totals.has_stray = true;
        }
    }

    return totals;
}


static double
sample_ratio_chi2(const uint64_t *counts, const double *shares, size_t n,
    const struct sample_ratio_totals *totals)
{
    size_t  i;
    double  chi2, expected, rest;

    chi2 = 0;

    for (i = 0; i < n; i++) {
        if (shares[i] == 0) {
            continue;
        }

        expected = totals->count * (shares[i] / totals->share);
        rest = (double) counts[i] - expected;
        chi2 += rest * rest / expected;
    }

    return chi2;
}
