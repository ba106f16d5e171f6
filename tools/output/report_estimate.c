/* The report for people: the differences, found otherwise. */

#include <stdio.h>

#include "report_words.h"
#include "table.h"

struct estimate_cell {
    char  bytes[RTO_ESTIMATE_DETAIL_MAX];
};

/* How the detail of an estimate reads. */
static const char *const  estimate_details[RTA_ESTIMATES] = {
    [RTA_ESTIMATE_ALWAYS] = "tau %.6g",
    [RTA_ESTIMATE_CUPED] = "rho %.4f",
    [RTA_ESTIMATE_STRATIFIED] = "%.0f strata",
    [RTA_ESTIMATE_WINSORISED] = "capped at %.2f",
    [RTA_ESTIMATE_BOOTSTRAP] = "2000 resamples, seed %.0f"
};


const char *
rto_estimate_parameter(enum rta_estimate estimate)
{
    static const char *const  names[RTA_ESTIMATES] = {
        [RTA_ESTIMATE_ALWAYS] = "tau",
        [RTA_ESTIMATE_CUPED] = "rho",
        [RTA_ESTIMATE_STRATIFIED] = "strata",
        [RTA_ESTIMATE_WINSORISED] = "cap",
        [RTA_ESTIMATE_BOOTSTRAP] = "seed"
    };

    return names[estimate];
}


void
rto_estimate_detail(const struct rta_estimate_row *row,
    char detail[RTO_ESTIMATE_DETAIL_MAX])
{
    int  len;

    len = snprintf(detail, RTO_ESTIMATE_DETAIL_MAX,
                   estimate_details[row->estimate], row->detail);

    if (row->has_saved && len > 0 && len < RTO_ESTIMATE_DETAIL_MAX) {
        snprintf(detail + len, RTO_ESTIMATE_DETAIL_MAX - (size_t) len,
                 ", variance less by %.2f %%", 100 * row->saved);
    }
}


static void
estimate_row(struct rto_table *table, const struct rta_estimate_row *row)
{
    bool                  is_share = row->metric <= RTA_METRIC_VISITED;
    double                unit = is_share ? 100 : 1;
    struct estimate_cell  metric, difference, interval, detail;

    struct rto_value  values[] = {
        rto_string(row->arm), rto_absent(),
        rto_string(rta_estimate_name(row->estimate)), rto_absent(),
        rto_absent(), rto_absent(), rto_absent()
    };

    snprintf(metric.bytes, sizeof(metric.bytes), "%s%s%s",
             rta_metric_name(row->metric), row->currency[0] == '\0' ? "" : " ",
             row->currency);
    snprintf(difference.bytes, sizeof(difference.bytes),
             is_share ? "%+.4f points" : "%+.4f", unit * row->difference);
    snprintf(interval.bytes, sizeof(interval.bytes), "%.4f to %.4f",
             unit * row->low, unit * row->high);
    rto_estimate_detail(row, detail.bytes);

    values[1] = rto_string(metric.bytes);
    values[6] = rto_string(detail.bytes);

    if (row->has_interval) {
        values[3] = rto_string(difference.bytes);
        values[4] = rto_string(interval.bytes);
    }

    if (row->has_p) {
        values[5] = rto_fraction(row->p);
    }

    (void) rto_row(table, values);
}


int
rto_report_estimates(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "arm", RTO_TEXT, NULL },
        { "metric", RTO_TEXT, "a customer" },
        { "estimate", RTO_TEXT, "found by" },
        { "difference", RTO_TEXT, NULL },
        { "interval", RTO_TEXT, "95 % interval" },
        { "p", RTO_FRACTION, NULL },
        { "detail", RTO_TEXT, "with" }
    };

    if (counts->estimate_count == 0) {
        return 0;
    }

    fputs("\nThe same differences, found otherwise\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 7, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->estimate_count; i++) {
        estimate_row(table, &counts->estimates[i]);
    }

    return rto_end(table);
}
