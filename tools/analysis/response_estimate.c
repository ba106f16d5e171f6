/* Counting what recipients did: the headline's differences, found otherwise. */

#include <stdlib.h>
#include <string.h>

#include "adjust.h"
#include "response_estimate.h"
#include "sequential.h"

static const char *const  estimate_names[RTA_ESTIMATES] = {
    [RTA_ESTIMATE_ALWAYS] = "always-valid",
    [RTA_ESTIMATE_CUPED] = "cuped",
    [RTA_ESTIMATE_STRATIFIED] = "post-stratified",
    [RTA_ESTIMATE_WINSORISED] = "winsorised",
    [RTA_ESTIMATE_BOOTSTRAP] = "bootstrap"
};

const char *
rta_estimate_name(enum rta_estimate estimate)
{
    return estimate_names[estimate];
}


bool
estimate_is_treated(const struct rta_response *response, size_t at)
{
    return response->recipients[at].arm != RTA_ARM_HOLDOUT;
}


uint64_t
estimate_treated(const struct rta_report *report)
{
    size_t    i;
    uint64_t  n = 0;

    for (i = 1; i < report->arm_count; i++) {
        n += report->arms[i].tally.recipients;
    }

    return n;
}


struct rta_estimate_row *
estimate_row(struct rta_response *response, enum rta_estimate estimate,
    const struct compare_measure *measure)
{
    struct rta_report        *report = &response->report;
    struct rta_estimate_row  *row;

    row = &report->estimates[report->estimate_count++];
    row->estimate = estimate;
    row->arm = report->arm_count == 2 ? report->arms[1].name : "treated";
    row->against = report->arms[RTA_ARM_HOLDOUT].name;
    row->metric = measure->metric;

    if (measure->metric >= RTA_METRIC_REVENUE) {
        memcpy(row->currency, response->currencies[measure->currency],
               sizeof(row->currency));
    }

    return row;
}


void
estimate_fill(struct rta_estimate_row *row,
    const struct rta_comparison *comparison, double unit)
{
    row->difference = comparison->difference / unit;
    row->has_interval = comparison->has_interval;
    row->low = comparison->low / unit;
    row->high = comparison->high / unit;
    row->has_p = comparison->has_p;
    row->p = comparison->p;
}


/* A look at the end of each day, as if somebody had looked. */

static void
estimate_always(struct rta_response *response)
{
    double                     d, variance;
    size_t                     i;
    struct rta_report         *report = &response->report;
    struct rta_sequential      looks = { .p = 1 };
    const struct rta_day_row  *day = NULL;
    struct rta_estimate_row   *row;
    struct compare_measure     measure = { RTA_METRIC_BUYERS, 0 };

    if (response->plan.tau <= 0 || report->day_count == 0) {
        return;
    }

    row = estimate_row(response, RTA_ESTIMATE_ALWAYS, &measure);
    row->detail = response->plan.tau;

    for (i = 0; i < report->day_count; i++) {
        day = &report->days[i];

        if (day->treated_buyers < RTA_SEQUENTIAL_MIN
            || day->heldout_buyers < RTA_SEQUENTIAL_MIN)
        {
            continue;
        }

        d = (double) day->treated_buyers / (double) day->treated
            - (double) day->heldout_buyers / (double) day->heldout;
        variance = rta_shares_variance(day->treated_buyers, day->treated,
                                       day->heldout_buyers, day->heldout);

        if (variance > 0) {
            rta_sequential_look(&looks, d, variance, response->plan.tau,
                                RTA_LEVEL);
            row->difference = d;
            row->has_interval = true;
            row->has_p = true;
        }
    }

    row->low = looks.low;
    row->high = looks.high;
    row->p = looks.p;
}


/* The past that goes with a measure: orders for counts, money for money. */

static int64_t
estimate_before(const struct rta_response *response,
    const struct compare_measure *measure, size_t at)
{
    if (measure->metric < RTA_METRIC_REVENUE) {
        return response_before_orders(response, at);
    }

    return response_before_spent(response, at,
                                 response->currencies[measure->currency]);
}


static int64_t
estimate_value(const struct rta_response *response,
    const struct compare_measure *measure, size_t at)
{
    if (measure->metric == RTA_METRIC_BUYERS) {
        return (response->bits[at] & RESPONSE_NAMED_BUYER) != 0;
    }

    if (measure->metric == RTA_METRIC_VISITED) {
        return (response->bits[at] & RESPONSE_NAMED_VISIT) != 0;
    }

    return compare_value(response, measure, at);
}


static int
estimate_cuped(struct rta_response *response,
    const struct compare_measure *measure)
{
    int                       rc = 0;
    size_t                    at;
    struct rta_pairs          arms[2] = { 0 };
    struct rta_adjusted       adjusted;
    struct rta_estimate_row  *row;

    for (at = 0; at < response->n && rc == 0; at++) {
        rc = rta_pairs_add(&arms[estimate_is_treated(response, at)],
                           estimate_before(response, measure, at),
                           estimate_value(response, measure, at));
    }

    if (rc == 0 && rta_cuped(&arms[1], &arms[0], RTA_LEVEL, &adjusted)) {
        row = estimate_row(response, RTA_ESTIMATE_CUPED, measure);
        estimate_fill(row, &adjusted.comparison,
                      compare_unit(response, measure));
        row->detail = adjusted.rho;
        row->has_saved = true;
        row->saved = adjusted.saved;
    }

    return rc;
}


/* Stratum 0 is everybody, the tiers follow. */

static int
estimate_strata(const struct rta_response *response,
    const struct compare_measure *measure, struct rta_moments *moments)
{
    int      rc = 0;
    size_t   at, tier;
    bool     is_treated;
    int64_t  value;

    for (at = 0; at < response->n && rc == 0; at++) {
        tier = response->recipients[at].tier;
        is_treated = estimate_is_treated(response, at);
        value = estimate_value(response, measure, at);

        rc = rta_moments_add(&moments[is_treated], value);

        if (rc == 0) {
            rc = rta_moments_add(&moments[2 * (tier + 1) + is_treated],
                                 value);
        }
    }

    return rc;
}


static int
estimate_stratified(struct rta_response *response,
    const struct compare_measure *measure)
{
    int                       rc = RTN_ERR_NOMEM;
    size_t                    i, n = response->plan.tier_count + 2, used = 0;
    struct rta_moments       *moments;
    struct rta_stratum       *strata;
    struct rta_adjusted       adjusted;
    struct rta_estimate_row  *row;

    moments = calloc(2 * n, sizeof(*moments));
    strata = calloc(n, sizeof(*strata));

    if (moments == NULL || strata == NULL) {
        goto done;
    }

    rc = estimate_strata(response, measure, moments);

    for (i = 0; i < n; i++) {
        rta_moments_summary(&moments[2 * i], &strata[i].heldout);
        rta_moments_summary(&moments[2 * i + 1], &strata[i].treated);
        used += i > 0 && strata[i].heldout.n + strata[i].treated.n > 0;
    }

    if (rc == 0 && used > 1
        && rta_post_stratify(strata + 1, n - 1, &strata[0], RTA_LEVEL,
                             &adjusted))
    {
        row = estimate_row(response, RTA_ESTIMATE_STRATIFIED, measure);
        estimate_fill(row, &adjusted.comparison,
                      compare_unit(response, measure));
        row->detail = (double) used;
        row->has_saved = true;
        row->saved = adjusted.saved;
    }

done:

    free(strata);
    free(moments);

    return rc;
}


static int
estimate_measure(struct rta_response *response,
    const struct compare_measure *measure)
{
    int  rc = 0;

    if (response->plan.is_adjusted) {
        rc = estimate_cuped(response, measure);
    }

    if (rc == 0 && response->plan.is_adjusted) {
        rc = estimate_stratified(response, measure);
    }

    return rc == 0 && measure->metric == RTA_METRIC_REVENUE
           ? estimate_tails(response, measure) : rc;
}


int
response_estimates(struct rta_response *response)
{
    int                     rc = 0;
    size_t                  i, n;
    struct rta_report      *report = &response->report;
    struct compare_measure  measures[COMPARE_MEASURES_MAX];

    if (!report->has_holdout || report->is_withheld
        || estimate_treated(report) == 0)
    {
        return 0;
    }

    n = compare_measures(response, measures);
    report->estimates = calloc(n * RTA_ESTIMATES,
                               sizeof(*report->estimates));

    if (report->estimates == NULL) {
        return RTN_ERR_NOMEM;
    }

    estimate_always(response);

    for (i = 0; i < n && rc == 0; i++) {
        rc = estimate_measure(response, &measures[i]);
    }

    return rc;
}
