/* Counting what recipients did: the treated against the hold-out. */

#include <stdlib.h>
#include <string.h>

#include "moments.h"
#include "response_state.h"

/* What comparisons count, of an arm; the last group is all treated. */
struct compare_group {
    uint64_t            recipients;
    uint64_t            buyers;
    uint64_t            visitors;
    struct rta_moments  moments;            /* of the currency at hand */
};

static const char *const  compare_metrics[RTA_METRICS] = {
    [RTA_METRIC_BUYERS] = "buyers",
    [RTA_METRIC_VISITED] = "visited",
    [RTA_METRIC_REVENUE] = "revenue"
};


const char *
rta_metric_name(enum rta_metric metric)
{
    return compare_metrics[metric];
}


static void
compare_count(struct compare_group *group, uint32_t bits)
{
    group->recipients++;
    group->buyers += (bits & RESPONSE_NAMED_BUYER) != 0;
    group->visitors += (bits & RESPONSE_NAMED_VISIT) != 0;
}


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
compare_spend(const struct rta_response *response, size_t currency,
    struct compare_group *groups)
{
    int             rc = 0;
    size_t          i, at, arm, all = response->plan.arm_count + 1;
    const int64_t  *spent = response->spent[currency];

    for (i = 0; i <= all; i++) {
        rta_moments_init(&groups[i].moments);
    }

    for (at = 0; at < response->n && rc == 0; at++) {
        arm = response->recipients[at].arm;
        rc = rta_moments_add(&groups[arm].moments, spent[at]);

        if (rc == 0 && arm != RTA_ARM_HOLDOUT) {
            rc = rta_moments_add(&groups[all].moments, spent[at]);
        }
    }

    return rc;
}


static struct rta_comparison_row *
compare_row(struct rta_response *response, size_t group,
    const struct compare_group *groups, enum rta_metric metric)
{
    size_t                      arms = response->plan.arm_count;
    struct rta_report          *report = &response->report;
    struct rta_comparison_row  *row;

    row = &report->comparisons[report->comparison_count++];
    row->arm = group > arms ? "treated" : report->arms[group].name;
    row->against = report->arms[RTA_ARM_HOLDOUT].name;
    row->is_headline = group > arms || arms == 1;
    row->is_withheld = report->is_withheld;
    row->metric = metric;
    row->treated = groups[group].recipients;
    row->heldout = groups[RTA_ARM_HOLDOUT].recipients;

    return row;
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


static double
compare_share(uint64_t x, uint64_t n)
{
    return n == 0 ? 0 : (double) x / (double) n;
}


static void
compare_shares(struct rta_response *response, size_t i,
    const struct compare_group *groups, enum rta_metric metric)
{
    bool                        is_visit = metric == RTA_METRIC_VISITED;
    uint64_t                    x1, x0;
    const struct compare_group *treated = &groups[i];
    const struct compare_group *heldout = &groups[RTA_ARM_HOLDOUT];
    struct rta_comparison_row  *row;

    row = compare_row(response, i, groups, metric);
    x1 = is_visit ? treated->visitors : treated->buyers;
    x0 = is_visit ? heldout->visitors : heldout->buyers;

    row->treated_value = compare_share(x1, treated->recipients);
    row->heldout_value = compare_share(x0, heldout->recipients);

    rta_compare_shares(x1, treated->recipients, x0, heldout->recipients,
                       RTA_LEVEL, &row->comparison);
    compare_finish(row, 1);
}


static double
compare_unit(const rtn_currency_t currency)
{
    int     digits = rtn_currency_digits(currency);
    double  unit = 1;

    for (digits = digits < 0 ? 2 : digits; digits > 0; digits--) {
        unit *= 10;
    }

    return unit;
}


static void
compare_revenue(struct rta_response *response, size_t i,
    const struct compare_group *groups, size_t currency)
{
    struct rta_summary          treated, heldout;
    struct rta_comparison_row  *row;

    row = compare_row(response, i, groups, RTA_METRIC_REVENUE);
    memcpy(row->currency, response->currencies[currency],
           sizeof(row->currency));

    rta_moments_summary(&groups[i].moments, &treated);
    rta_moments_summary(&groups[RTA_ARM_HOLDOUT].moments, &heldout);

    row->treated_value = treated.mean;
    row->heldout_value = heldout.mean;

    rta_compare_means(&treated, &heldout, RTA_LEVEL, &row->comparison);
    compare_finish(row, compare_unit(row->currency));
}


/* A row of the headline's revenue becomes a row of returns. */

static int
compare_return(struct rta_report *report, size_t currency,
    const struct rta_comparison_row *row)
{
    int                     rc = 0;
    double                  unit, spent;
    size_t                  arm;
    struct rta_return_row  *made = &report->returns[report->return_count];
    const struct rta_plan  *plan = report->plan;

    memset(made, 0, sizeof(*made));
    memcpy(made->currency, row->currency, sizeof(made->currency));

    for (arm = 1; arm < report->arm_count && rc == 0; arm++) {
        rc = response_add(&made->discount_minor,
                  report->arms[arm].tally.money[currency].discount_minor);
    }

    if (memcmp(plan->cost_currency, row->currency, RTN_CURRENCY_LEN) == 0) {
        made->cost_minor = plan->cost_minor;
    }

    if (rc != 0 || !row->comparison.has_interval
        || (made->cost_minor == 0 && made->discount_minor == 0))
    {
        return rc;
    }

    unit = compare_unit(row->currency);
    spent = ((double) made->discount_minor + (double) made->cost_minor) / unit;

    made->incremental = row->incremental;
    made->incremental_low = row->incremental_low;
    made->incremental_high = row->incremental_high;
    made->value = row->incremental - spent;
    made->low = row->incremental_low - spent;
    made->high = row->incremental_high - spent;
    report->return_count++;

    return 0;
}


static int
compare_currency(struct rta_response *response, size_t currency,
    struct compare_group *groups, size_t group_count)
{
    int                               rc;
    size_t                            i;
    struct rta_report                *report = &response->report;
    const struct rta_comparison_row  *row;

    if (response->spent[currency] == NULL) {
        return 0;
    }

    rc = compare_spend(response, currency, groups);

    for (i = 1; i <= group_count && rc == 0; i++) {
        compare_revenue(response, i, groups, currency);
        row = &report->comparisons[report->comparison_count - 1];

        if (row->is_headline) {
            rc = compare_return(report, currency, row);
        }
    }

    return rc;
}


int
response_compare(struct rta_response *response)
{
    int                    rc = 0;
    size_t                 i, n, currency, arms = response->plan.arm_count;
    struct rta_report     *report = &response->report;
    struct compare_group  *groups;

    if (!report->has_holdout || arms == 0) {
        return 0;
    }

    /* All treated together are a group of their own when arms are several. */

    n = arms > 1 ? arms + 1 : arms;
    groups = calloc(arms + 2, sizeof(*groups));
    report->comparisons = calloc(n * (2 + response->currency_count),
                                 sizeof(*report->comparisons));

    if (groups == NULL || report->comparisons == NULL) {
        free(groups);
        return RTN_ERR_NOMEM;
    }

    compare_count_all(response, groups);

    for (i = 1; i <= n; i++) {
        compare_shares(response, i, groups, RTA_METRIC_BUYERS);
    }

    for (i = 1; i <= n && response->has_named_visits; i++) {
        compare_shares(response, i, groups, RTA_METRIC_VISITED);
    }

    for (currency = 0; currency < response->currency_count && rc == 0;
         currency++)
    {
        rc = compare_currency(response, currency, groups, n);
    }

    free(groups);

    return rc;
}
