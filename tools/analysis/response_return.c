/* Counting what recipients did: what it brought, and what it cost. */

#include <math.h>
#include <string.h>

#include "response_compare.h"


/* With an interval, else there is nothing to return. */

static const struct rta_comparison_row *
return_find(const struct rta_report *report, enum rta_metric metric,
    const char *currency)
{
    const struct rta_comparison_row  *row;

    row = compare_headline(report, metric, currency);

    return row != NULL && row->comparison.has_interval ? row : NULL;
}


static int
return_spent(const struct rta_report *report, size_t currency,
    struct rta_return_row *made, uint64_t *redeemed)
{
    int                      rc = 0;
    size_t                   arm;
    const struct rta_plan   *plan = report->plan;
    const struct rta_tally  *tally;

    *redeemed = 0;

    for (arm = 1; arm < report->arm_count && rc == 0; arm++) {
        tally = &report->arms[arm].tally;
        *redeemed += tally->redeemed;
        rc = response_add(&made->discount_minor,
                          tally->money[currency].discount_minor);
    }

    if (memcmp(plan->cost_currency, made->currency, RTN_CURRENCY_LEN) == 0) {
        made->cost_minor = plan->cost_minor;
    }

    return rc;
}


/* The part of the buyers that the hold-out says would have come anyway. */

static double
return_anyway(double difference, double treated)
{
    return fmin(1, fmax(0, 1 - difference / treated));
}


static void
return_discounts(const struct rta_report *report, double discount,
    struct rta_return_row *made)
{
    const struct rta_comparison_row  *buyers;

    buyers = return_find(report, RTA_METRIC_BUYERS, "\0\0\0");

    if (buyers == NULL || buyers->treated_value <= 0 || discount <= 0) {
        return;
    }

    made->has_anyway = true;
    made->anyway = discount * return_anyway(buyers->comparison.difference,
                                            buyers->treated_value);
    made->anyway_low = discount * return_anyway(buyers->comparison.high,
                                                buyers->treated_value);
    made->anyway_high = discount * return_anyway(buyers->comparison.low,
                                                 buyers->treated_value);
}


/* A row of the headline's margin, or revenue, becomes one of returns. */

static int
return_row(struct rta_response *response, size_t currency)
{
    int                               rc;
    double                            unit, discount, cost;
    uint64_t                          redeemed;
    struct rta_report                *report = &response->report;
    struct rta_return_row            *made;
    struct compare_measure            measure = { RTA_METRIC_MARGIN,
                                                  currency };
    const struct rta_comparison_row  *row;

    made = &report->returns[report->return_count];
    memset(made, 0, sizeof(*made));
    memcpy(made->currency, response->currencies[currency],
           sizeof(made->currency));

    row = return_find(report, RTA_METRIC_MARGIN, made->currency);
    made->is_margin = row != NULL;

    if (row == NULL) {
        row = return_find(report, RTA_METRIC_REVENUE, made->currency);
    }

    rc = return_spent(report, currency, made, &redeemed);

    if (rc != 0 || row == NULL
        || (!made->is_margin && made->cost_minor == 0
            && made->discount_minor == 0))
    {
        return rc;
    }

    unit = compare_unit(response, &measure);
    discount = (double) made->discount_minor / unit;
    cost = (double) made->cost_minor / unit;

    made->incremental = row->incremental;
    made->incremental_low = row->incremental_low;
    made->incremental_high = row->incremental_high;
    made->value = row->incremental - discount - cost;
    made->low = row->incremental_low - discount - cost;
    made->high = row->incremental_high - discount - cost;
    made->break_even = row->incremental - cost;

    made->has_ratio = discount + cost > 0;
    made->ratio = made->has_ratio ? made->value / (discount + cost) : 0;

    made->has_break_even_each = redeemed > 0;
    made->break_even_each = redeemed > 0
                            ? made->break_even / (double) redeemed : 0;

    return_discounts(report, discount, made);
    report->return_count++;

    return 0;
}


int
response_returns(struct rta_response *response)
{
    int     rc = 0;
    size_t  i;

    for (i = 0; i < response->currency_count && rc == 0; i++) {
        rc = return_row(response, i);

        if (response->margins[i] != NULL) {
            response->report.uncosted += response->uncosted[i];
        }
    }

    return rc;
}
