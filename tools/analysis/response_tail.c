/* Counting what recipients did: revenue, of which a few orders decide. */

#include <stdlib.h>

#include "bootstrap.h"
#include "response_estimate.h"

#define ESTIMATE_BEST_PERCENT  1        /* of buyers, by what they spent */

/* What the arm's customers spent who spent something, the largest first. */
struct estimate_spends {
    int64_t  *values;
    size_t    n;
};


static int
estimate_compare(const void *a, const void *b)
{
    const int64_t  *x = a, *y = b;

    return (*x < *y) - (*x > *y);
}


/* Arms from first to last, what is not 0; the caller frees values. */

static int
estimate_spends(const struct rta_response *response, size_t currency,
    uint8_t first, uint8_t last, struct estimate_spends *spends)
{
    size_t          at;
    const int64_t  *spent = response->spent[currency];

    spends->n = 0;
    spends->values = malloc((response->n + 1) * sizeof(*spends->values));

    if (spends->values == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (at = 0; at < response->n; at++) {
        if (spent[at] != 0 && response->recipients[at].arm >= first
            && response->recipients[at].arm <= last)
        {
            spends->values[spends->n++] = spent[at];
        }
    }

    qsort(spends->values, spends->n, sizeof(*spends->values),
          estimate_compare);

    return 0;
}


static int
estimate_top(struct rta_response *response, size_t currency, size_t arm)
{
    int                     rc;
    size_t                  i, best;
    double                  all = 0, top = 0;
    struct estimate_spends  spends;

    rc = estimate_spends(response, currency, (uint8_t) arm, (uint8_t) arm,
                         &spends);

    if (rc != 0) {
        return rc;
    }

    best = (spends.n * ESTIMATE_BEST_PERCENT + 99) / 100;

    for (i = 0; i < spends.n; i++) {
        all += (double) spends.values[i];
        top += i < best ? (double) spends.values[i] : 0;
    }

    response->report.arms[arm].top_share[currency] = all > 0 ? top / all : 0;
    free(spends.values);

    return 0;
}


/* What is above the cap counts as the cap, in both arms; where nothing is,
   there is nothing to say. */

static int
estimate_winsorised(struct rta_response *response,
    const struct compare_measure *measure)
{
    int                       rc;
    size_t                    at, rank;
    int64_t                   cap, value;
    struct rta_summary        one, other;
    struct rta_moments        arms[2] = { 0 };
    struct rta_comparison     comparison;
    struct estimate_spends    spends;
    struct rta_estimate_row  *row;

    rc = estimate_spends(response, measure->currency, 0, UINT8_MAX, &spends);

    if (rc != 0 || spends.n == 0) {
        free(rc == 0 ? spends.values : NULL);
        return rc;
    }

    /* The nearest rank, from the largest down. */

    rank = spends.n - (spends.n * RTA_WINSOR_PERCENT + 99) / 100;
    cap = spends.values[rank];
    value = spends.values[0];
    free(spends.values);

    if (cap == value || cap <= 0) {
        return 0;
    }

    for (at = 0; at < response->n && rc == 0; at++) {
        value = response->spent[measure->currency][at];
        rc = rta_moments_add(&arms[estimate_is_treated(response, at)],
                             value > cap ? cap : value);
    }

    rta_moments_summary(&arms[1], &one);
    rta_moments_summary(&arms[0], &other);
    rta_compare_means(&one, &other, RTA_LEVEL, &comparison);

    row = estimate_row(response, RTA_ESTIMATE_WINSORISED, measure);
    estimate_fill(row, &comparison, compare_unit(response, measure));
    row->detail = (double) cap / compare_unit(response, measure);

    return rc;
}


/* Whether an arm has too few buyers for Welch's interval alone. */

static bool
estimate_is_rough(const struct rta_response *response, size_t currency)
{
    size_t          at;
    uint64_t        buyers[2] = { 0 };
    const int64_t  *spent = response->spent[currency];

    for (at = 0; at < response->n; at++) {
        buyers[estimate_is_treated(response, at)] += spent[at] != 0;
    }

    return buyers[0] + buyers[1] > 0
           && (buyers[0] < RTA_ROUGH_BUYERS || buyers[1] < RTA_ROUGH_BUYERS);
}


static int
estimate_bootstrap(struct rta_response *response,
    const struct compare_measure *measure)
{
    int                       rc;
    double                    unit = compare_unit(response, measure);
    struct rta_report        *report = &response->report;
    struct rta_interval       interval;
    struct estimate_spends    one = { 0 }, other = { 0 };
    struct rta_estimate_row  *row;
    struct rta_bootstrap_arm  treated, heldout;
    const struct rta_comparison_row  *found;

    if (!estimate_is_rough(response, measure->currency)) {
        return 0;
    }

    rc = estimate_spends(response, measure->currency, 1, UINT8_MAX, &one);

    if (rc == 0) {
        rc = estimate_spends(response, measure->currency, 0, 0, &other);
    }

    if (rc != 0) {
        goto done;
    }

    treated = (struct rta_bootstrap_arm) {
        estimate_treated(report), one.values, one.n
    };
    heldout = (struct rta_bootstrap_arm) {
        report->arms[RTA_ARM_HOLDOUT].tally.recipients, other.values, other.n
    };

    rc = rta_bootstrap(&treated, &heldout, RTA_BOOTSTRAP_SEED, RTA_LEVEL,
                       &interval);

    if (rc == 0) {
        found = compare_headline(report, measure->metric,
                                 response->currencies[measure->currency]);
        row = estimate_row(response, RTA_ESTIMATE_BOOTSTRAP, measure);
        row->difference = found->comparison.difference;
        row->has_interval = true;
        row->low = interval.low / unit;
        row->high = interval.high / unit;
        row->detail = RTA_BOOTSTRAP_SEED;
    }

done:

    free(other.values);
    free(one.values);

    return rc;
}


int
estimate_tails(struct rta_response *response,
    const struct compare_measure *measure)
{
    int     rc = 0;
    size_t  arm;

    for (arm = 0; arm < response->report.arm_count && rc == 0; arm++) {
        rc = estimate_top(response, measure->currency, arm);
    }

    if (rc == 0) {
        rc = estimate_winsorised(response, measure);
    }

    return rc == 0 ? estimate_bootstrap(response, measure) : rc;
}
