/* Counting what recipients did: the treated against the hold-out. */

#include <stdlib.h>
#include <string.h>

#include "holm.h"
#include "response_compare.h"

static const char *const  compare_metrics[RTA_METRICS] = {
    [RTA_METRIC_BUYERS] = "buyers",
    [RTA_METRIC_VISITED] = "visited",
    [RTA_METRIC_ORDERS] = "orders",
    [RTA_METRIC_REVENUE] = "revenue",
    [RTA_METRIC_MARGIN] = "margin"
};


const char *
rta_metric_name(enum rta_metric metric)
{
    return compare_metrics[metric];
}


size_t
compare_measures(const struct rta_response *response,
    struct compare_measure measures[COMPARE_MEASURES_MAX])
{
    size_t  i, n = 0;

    measures[n++].metric = RTA_METRIC_BUYERS;

    if (response->has_named_visits) {
        measures[n++].metric = RTA_METRIC_VISITED;
    }

    if (response->orders != NULL) {
        measures[n++].metric = RTA_METRIC_ORDERS;
    }

    for (i = 0; i < response->currency_count; i++) {
        if (response->spent[i] != NULL) {
            measures[n++] = (struct compare_measure) { RTA_METRIC_REVENUE, i };
        }

        /* A margin of some orders alone would compare the bookkeeping. */

        if (response->margins[i] != NULL && response->uncosted[i] == 0) {
            measures[n++] = (struct compare_measure) { RTA_METRIC_MARGIN, i };
        }
    }

    return n;
}


bool
compare_is_mean(const struct compare_measure *measure)
{
    return measure->metric >= RTA_METRIC_ORDERS;
}


int64_t
compare_value(const struct rta_response *response,
    const struct compare_measure *measure, size_t at)
{
    switch (measure->metric) {

    case RTA_METRIC_REVENUE:
        return response->spent[measure->currency][at];

    case RTA_METRIC_MARGIN:
        return response->margins[measure->currency][at];

    default:
        return response->orders[at];
    }
}


void
compare_count(struct compare_group *group, uint32_t bits)
{
    group->recipients++;
    group->buyers += (bits & RESPONSE_NAMED_BUYER) != 0;
    group->visitors += (bits & RESPONSE_NAMED_VISIT) != 0;
}


double
compare_unit(const struct rta_response *response,
    const struct compare_measure *measure)
{
    int     digits = 0;
    double  unit = 1;

    if (measure->metric >= RTA_METRIC_REVENUE) {
        digits = rtn_currency_digits(response->currencies[measure->currency]);
        digits = digits < 0 ? 2 : digits;
    }

    for ( /* void */ ; digits > 0; digits--) {
        unit *= 10;
    }

    return unit;
}


static double
compare_share(uint64_t x, uint64_t n)
{
    return n == 0 ? 0 : (double) x / (double) n;
}


static void
compare_shares(const struct compare_group *treated,
    const struct compare_group *heldout, struct rta_comparison_row *row)
{
    bool      is_visit = row->metric == RTA_METRIC_VISITED;
    uint64_t  x1 = is_visit ? treated->visitors : treated->buyers;
    uint64_t  x0 = is_visit ? heldout->visitors : heldout->buyers;

    row->treated_value = compare_share(x1, treated->recipients);
    row->heldout_value = compare_share(x0, heldout->recipients);

    rta_compare_shares(x1, treated->recipients, x0, heldout->recipients,
                       RTA_LEVEL, &row->comparison);
}


static void
compare_means(const struct compare_group *treated,
    const struct compare_group *heldout, struct rta_comparison_row *row)
{
    struct rta_summary  one, other;

    rta_moments_summary(&treated->moments, &one);
    rta_moments_summary(&heldout->moments, &other);

    row->treated_value = one.mean;
    row->heldout_value = other.mean;

    rta_compare_means(&one, &other, RTA_LEVEL, &row->comparison);
}


/* From minor units to major ones, and from one customer to all treated. */

static void
compare_finish(struct rta_comparison_row *row, double unit)
{
    double                  treated = (double) row->treated;
    struct rta_comparison  *comparison = &row->comparison;

    if (row->is_withheld) {
        memset(comparison, 0, sizeof(*comparison));
    }

    row->treated_value /= unit;
    row->heldout_value /= unit;
    comparison->difference /= unit;
    comparison->low /= unit;
    comparison->high /= unit;

    row->incremental = comparison->difference * treated;
    row->incremental_low = comparison->low * treated;
    row->incremental_high = comparison->high * treated;
}


void
compare_fill(const struct rta_response *response,
    const struct compare_measure *measure,
    const struct compare_group *treated, const struct compare_group *heldout,
    struct rta_comparison_row *row)
{
    row->is_withheld = response->report.is_withheld;
    row->metric = measure->metric;
    row->treated = treated->recipients;
    row->heldout = heldout->recipients;

    if (measure->metric >= RTA_METRIC_REVENUE) {
        memcpy(row->currency, response->currencies[measure->currency],
               sizeof(row->currency));
    }

    if (compare_is_mean(measure)) {
        compare_means(treated, heldout, row);

    } else {
        compare_shares(treated, heldout, row);
    }

    compare_finish(row, compare_unit(response, measure));
}


const struct rta_comparison_row *
compare_headline(const struct rta_report *report, enum rta_metric metric,
    const char *currency)
{
    size_t                            i;
    const struct rta_comparison_row  *row;

    for (i = 0; i < report->comparison_count; i++) {
        row = &report->comparisons[i];

        if (row->is_headline && row->metric == metric
            && memcmp(row->currency, currency, RTN_CURRENCY_LEN) == 0)
        {
            return row;
        }
    }

    return NULL;
}


static bool
compare_is_family(const struct rta_comparison_row *a,
    const struct rta_comparison_row *b)
{
    return a->metric == b->metric
           && memcmp(a->currency, b->currency, RTN_CURRENCY_LEN) == 0;
}


int
compare_holm(struct rta_comparison_row *rows, size_t n,
    bool (*is_of)(const struct rta_comparison_row *row))
{
    int      rc = 0;
    size_t   i, first, found, *members;
    double  *p;

    p = calloc(n + 1, sizeof(*p));
    members = calloc(n + 1, sizeof(*members));

    if (p == NULL || members == NULL) {
        rc = RTN_ERR_NOMEM;
        goto done;
    }

    for (first = 0; first < n && rc == 0; first++) {
        found = 0;

        for (i = first; i < n && !rows[first].has_holm; i++) {
            if (rows[i].comparison.has_p && is_of(&rows[i])
                && compare_is_family(&rows[first], &rows[i]))
            {
                members[found] = i;
                p[found++] = rows[i].comparison.p;
            }
        }

        rc = rta_holm(p, found);

        for (i = 0; i < found && rc == 0 && found > 1; i++) {
            rows[members[i]].has_holm = true;
            rows[members[i]].p_holm = p[i];
        }
    }

done:

    free(members);
    free(p);

    return rc;
}


/* The groups are the arms, the hold-out first, and all of the treated. */

static void
compare_count_all(const struct rta_response *response,
    struct compare_group *groups)
{
    size_t  at, all = response->plan.arm_count + 1;

    for (at = 0; at < response->n; at++) {
        compare_count(&groups[response->recipients[at].arm],
                      response->bits[at]);

        if (response->recipients[at].arm != RTA_ARM_HOLDOUT) {
            compare_count(&groups[all], response->bits[at]);
        }
    }
}


static int
compare_moments(const struct rta_response *response,
    const struct compare_measure *measure, struct compare_group *groups)
{
    int      rc = 0;
    size_t   i, at, arm, all = response->plan.arm_count + 1;
    int64_t  value;

    for (i = 0; i <= all; i++) {
        rta_moments_init(&groups[i].moments);
    }

    for (at = 0; at < response->n && rc == 0; at++) {
        arm = response->recipients[at].arm;
        value = compare_value(response, measure, at);
        rc = rta_moments_add(&groups[arm].moments, value);

        if (rc == 0 && arm != RTA_ARM_HOLDOUT) {
            rc = rta_moments_add(&groups[all].moments, value);
        }
    }

    return rc;
}


/* All treated together are a group of their own when arms are several. */

static int
compare_measure(struct rta_response *response,
    const struct compare_measure *measure, struct compare_group *groups)
{
    int                         rc = 0;
    size_t                      i, arms = response->plan.arm_count;
    struct rta_report          *report = &response->report;
    struct rta_comparison_row  *row;

    if (compare_is_mean(measure)) {
        rc = compare_moments(response, measure, groups);
    }

    for (i = 1; i <= (arms > 1 ? arms + 1 : arms) && rc == 0; i++) {
        row = &report->comparisons[report->comparison_count++];
        row->arm = i > arms ? "treated" : report->arms[i].name;
        row->against = report->arms[RTA_ARM_HOLDOUT].name;
        row->is_headline = i > arms || arms == 1;

        compare_fill(response, measure, &groups[i], &groups[RTA_ARM_HOLDOUT],
                     row);
    }

    return rc;
}


/* All of the treated together is a question of its own. */

static bool
compare_is_arm(const struct rta_comparison_row *row)
{
    return !row->is_headline;
}


int
response_compare(struct rta_response *response)
{
    int                     rc = 0;
    size_t                  i, n, arms = response->plan.arm_count;
    struct rta_report      *report = &response->report;
    struct compare_group   *groups;
    struct compare_measure  measures[COMPARE_MEASURES_MAX];

    if (!report->has_holdout || arms == 0) {
        return 0;
    }

    n = compare_measures(response, measures);
    groups = calloc(arms + 2, sizeof(*groups));
    report->comparisons = calloc(n * (arms + 1),
                                 sizeof(*report->comparisons));

    if (groups == NULL || report->comparisons == NULL) {
        free(groups);
        return RTN_ERR_NOMEM;
    }

    compare_count_all(response, groups);

    for (i = 0; i < n && rc == 0; i++) {
        rc = compare_measure(response, &measures[i], groups);
    }

    free(groups);

    return rc != 0 ? rc : compare_holm(report->comparisons,
                                       report->comparison_count,
                                       compare_is_arm);
}
