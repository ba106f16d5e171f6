/* The report as one flat table: what is set against the hold-out. */

#include <string.h>

#include "report_csv.h"
#include "report_words.h"


static void
csv_segment(struct rto_report_rows *rows,
    const struct rta_comparison_row *row)
{
    if (row->by != NULL) {
        rows->row[strcmp(row->by, "tier") == 0 ? CSV_TIER : CSV_STAGE]
            = rto_string(row->segment);
    }
}


static void
csv_comparison(struct rto_report_rows *rows, const char *section,
    const struct rta_comparison_row *row)
{
    const struct rta_comparison  *c = &row->comparison;

    rto_rows_begin(rows, section);
    csv_segment(rows, row);
    rows->row[CSV_ARM] = rto_string(row->arm);
    rows->row[CSV_AGAINST] = rto_string(row->against);
    rows->row[CSV_METRIC] = rto_string(rta_metric_name(row->metric));

    if (row->currency[0] != '\0') {
        rows->row[CSV_CURRENCY] = rto_string(row->currency);
    }

    rows->row[CSV_VALUE] = rto_rows_number(c->has_difference, c->difference);
    rows->row[CSV_LOW] = rto_rows_number(c->has_interval, c->low);
    rows->row[CSV_HIGH] = rto_rows_number(c->has_interval, c->high);
    rows->row[CSV_P] = rto_rows_number(c->has_p, c->p);
    rows->row[CSV_P_HOLM] = rto_rows_number(row->has_holm, row->p_holm);
    rows->row[CSV_RELATIVE] = rto_rows_number(c->has_relative, c->relative);
    rows->row[CSV_RELATIVE_LOW] = rto_rows_number(c->has_relative_interval,
                                                  c->relative_low);
    rows->row[CSV_RELATIVE_HIGH] = rto_rows_number(c->has_relative_interval,
                                                   c->relative_high);
    rows->row[CSV_METHOD] = rto_string(rta_method_name(c->method));
    rows->row[CSV_ARM_VALUE] = rto_rows_number(row->treated > 0,
                                               row->treated_value);
    rows->row[CSV_AGAINST_VALUE] = rto_rows_number(row->heldout > 0,
                                                   row->heldout_value);
    (void) rto_row(rows->table, rows->row);
}


static void
csv_incremental(struct rto_report_rows *rows, const char *section,
    const struct rta_comparison_row *row)
{
    const struct rta_comparison  *c = &row->comparison;

    rto_rows_begin(rows, section);
    csv_segment(rows, row);
    rows->row[CSV_ARM] = rto_string(row->arm);
    rows->row[CSV_AGAINST] = rto_string(row->against);
    rows->row[CSV_METRIC] = rto_string(rta_metric_name(row->metric));

    if (row->currency[0] != '\0') {
        rows->row[CSV_CURRENCY] = rto_string(row->currency);
    }

    rows->row[CSV_METHOD] = rto_string(rta_method_name(c->method));
    rows->row[CSV_VALUE] = rto_rows_number(c->has_difference,
                                           row->incremental);
    rows->row[CSV_LOW] = rto_rows_number(c->has_interval,
                                         row->incremental_low);
    rows->row[CSV_HIGH] = rto_rows_number(c->has_interval,
                                          row->incremental_high);
    (void) rto_row(rows->table, rows->row);
}


/* Once a segment: its rows begin with the buyers. */

static void
csv_sizes(struct rto_report_rows *rows, const struct rta_comparison_row *row)
{
    if (row->metric != RTA_METRIC_BUYERS) {
        return;
    }

    rto_rows_begin(rows, "segment");
    csv_segment(rows, row);
    rows->row[CSV_ARM] = rto_string(row->arm);
    rto_rows_count(rows, "recipients", row->treated);
    rows->row[CSV_ARM] = rto_string(row->against);
    rto_rows_count(rows, "recipients", row->heldout);
}


void
rto_rows_comparisons(struct rto_report_rows *rows)
{
    size_t                    i;
    const struct rta_report  *counts = rows->counts;

    for (i = 0; i < counts->comparison_count; i++) {
        csv_comparison(rows, "comparison", &counts->comparisons[i]);
        csv_incremental(rows, "incremental", &counts->comparisons[i]);
    }

    for (i = 0; i < counts->segment_count; i++) {
        csv_sizes(rows, &counts->segments[i]);
        csv_comparison(rows, "segment", &counts->segments[i]);
        csv_incremental(rows, "segment_incremental", &counts->segments[i]);
    }
}


/* What the estimate was made with, as numbers; the row has its names. */

static void
csv_estimate_with(struct rto_report_rows *rows,
    const struct rta_estimate_row *row)
{
    rows->row[CSV_SECTION] = rto_string("estimate_with");
    rows->row[CSV_LOW] = rto_absent();
    rows->row[CSV_HIGH] = rto_absent();
    rows->row[CSV_P] = rto_absent();

    rows->row[CSV_TEXT] = rto_string(rto_estimate_parameter(row->estimate));
    rows->row[CSV_VALUE] = rto_fraction(row->detail);
    (void) rto_row(rows->table, rows->row);

    if (row->has_saved) {
        rows->row[CSV_TEXT] = rto_string("variance_saved");
        rows->row[CSV_VALUE] = rto_fraction(row->saved);
        (void) rto_row(rows->table, rows->row);
    }
}


void
rto_rows_estimates(struct rto_report_rows *rows)
{
    char                            detail[RTO_ESTIMATE_DETAIL_MAX];
    size_t                          i;
    const struct rta_estimate_row  *row;

    for (i = 0; i < rows->counts->estimate_count; i++) {
        row = &rows->counts->estimates[i];
        rto_estimate_detail(row, detail);

        rto_rows_begin(rows, "estimate");
        rows->row[CSV_ARM] = rto_string(row->arm);
        rows->row[CSV_AGAINST] = rto_string(row->against);
        rows->row[CSV_METRIC] = rto_string(rta_metric_name(row->metric));
        rows->row[CSV_METHOD] = rto_string(rta_estimate_name(row->estimate));
        rows->row[CSV_TEXT] = rto_string(detail);

        if (row->currency[0] != '\0') {
            rows->row[CSV_CURRENCY] = rto_string(row->currency);
        }

        rows->row[CSV_VALUE] = rto_rows_number(row->has_interval,
                                               row->difference);
        rows->row[CSV_LOW] = rto_rows_number(row->has_interval, row->low);
        rows->row[CSV_HIGH] = rto_rows_number(row->has_interval, row->high);
        rows->row[CSV_P] = rto_rows_number(row->has_p, row->p);
        (void) rto_row(rows->table, rows->row);

        csv_estimate_with(rows, row);
    }
}


static void
csv_return_range(struct rto_report_rows *rows, const char *metric, bool has,
    double value, double low, double high)
{
    rows->row[CSV_METRIC] = rto_string(metric);
    rows->row[CSV_VALUE] = rto_rows_number(has, value);
    rows->row[CSV_LOW] = rto_rows_number(has, low);
    rows->row[CSV_HIGH] = rto_rows_number(has, high);
    (void) rto_row(rows->table, rows->row);
    rows->row[CSV_VALUE] = rto_absent();
    rows->row[CSV_LOW] = rto_absent();
    rows->row[CSV_HIGH] = rto_absent();
}


static void
csv_return_value(struct rto_report_rows *rows, const char *metric, bool has,
    double value)
{
    rows->row[CSV_METRIC] = rto_string(metric);
    rows->row[CSV_VALUE] = rto_rows_number(has, value);
    (void) rto_row(rows->table, rows->row);
    rows->row[CSV_VALUE] = rto_absent();
}


static void
csv_return_amount(struct rto_report_rows *rows, const char *metric,
    int64_t minor, const rtn_currency_t currency)
{
    rows->row[CSV_METRIC] = rto_string(metric);
    rows->row[CSV_AMOUNT] = rto_money(minor, currency);
    (void) rto_row(rows->table, rows->row);
    rows->row[CSV_AMOUNT] = rto_absent();
}


static void
csv_return(struct rto_report_rows *rows, const struct rta_return_row *row)
{
    const char  *name = row->is_margin ? "profit" : "return_on_revenue";

    rto_rows_begin(rows, name);
    rows->row[CSV_CURRENCY] = rto_string(row->currency);

    csv_return_amount(rows, "discounts", row->discount_minor, row->currency);
    csv_return_amount(rows, "cost", row->cost_minor, row->currency);
    csv_return_range(rows, "incremental", true, row->incremental,
                     row->incremental_low, row->incremental_high);
    csv_return_range(rows, name, true, row->value, row->low, row->high);
    csv_return_value(rows, "return", row->has_ratio, row->ratio);
    csv_return_value(rows, "break_even_discounts", true, row->break_even);
    csv_return_value(rows, "break_even_discount_each",
                     row->has_break_even_each, row->break_even_each);
    csv_return_range(rows, "discounts_to_anyway_buyers", row->has_anyway,
                     row->anyway, row->anyway_low, row->anyway_high);
}


void
rto_rows_returns(struct rto_report_rows *rows)
{
    size_t  i;

    for (i = 0; i < rows->counts->return_count; i++) {
        csv_return(rows, &rows->counts->returns[i]);
    }
}


static void
csv_point(struct rto_report_rows *rows, const char *metric,
    const struct rta_survival_point *point)
{
    rows->row[CSV_METRIC] = rto_string(metric);
    rows->row[CSV_COUNT] = rto_integer((int64_t) point->at_risk);
    rows->row[CSV_VALUE] = rto_rows_number(point->has_share, point->share);
    rows->row[CSV_LOW] = rto_rows_number(point->has_interval,
                                         point->interval.low);
    rows->row[CSV_HIGH] = rto_rows_number(point->has_interval,
                                          point->interval.high);
    (void) rto_row(rows->table, rows->row);
}


void
rto_rows_after(struct rto_report_rows *rows)
{
    char                         metric[32];
    size_t                       i, week;
    const struct rta_after_row  *row;

    for (i = 0; i < rows->counts->after_count; i++) {
        row = &rows->counts->after[i];

        rto_rows_begin(rows, "after");
        rows->row[CSV_ARM] = rto_string(row->name);
        rto_rows_count(rows, "customers", row->customers);
        rto_rows_count(rows, "ordered_again", row->again);
        csv_return_value(rows, "median_days", row->has_median,
                         row->median_days);
        csv_point(rows, "month", &row->month);
        csv_point(rows, "quarter", &row->quarter);

        for (week = 0; week <= RTA_AFTER_WEEKS; week++) {
            snprintf(metric, sizeof(metric), "week_%zu", week);
            csv_point(rows, metric, &row->weeks[week]);
        }

        rows->row[CSV_COUNT] = rto_absent();
        csv_return_range(rows, "treated_less_this", row->has_difference,
                         row->difference, row->low, row->high);
    }
}
