/* Sheets against the hold-out: of all, and of segments. */

#include "book.h"

#define LIFT_SEGMENTS                                                         \
    "Exploratory: within tiers and stages of customers' lives; with many "    \
    "rows, some look good by chance."


static void
lift_headings(struct rto_filler *filler)
{
    size_t  i;

    static const char *const  names[] = {
        "arm", "metric", "difference", "low", "high", "currency",
        "this arm, a customer", "hold-out, a customer", "relative",
        "relative low", "relative high", "p", "p by Holm", "incremental",
        "incremental low", "incremental high", "method", "recipients",
        "hold-out's recipients"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        rto_sheet_heading(filler, "%s", names[i]);
    }
}


static void
lift_value(struct rto_filler *filler, const struct rta_comparison_row *row,
    bool has, double value)
{
    rto_cell_metric(filler, row->metric, row->currency, has, value);
}


static void
lift_incremental(struct rto_filler *filler,
    const struct rta_comparison_row *row, bool has, double value)
{
    rto_cell_incremental(filler, row->currency, has, value);
}


static void
lift_row(struct rto_filler *filler, const struct rta_comparison_row *row)
{
    const struct rta_comparison  *c = &row->comparison;

    rto_cell_text(filler, row->arm);
    rto_cell_text(filler, rta_metric_name(row->metric));
    lift_value(filler, row, c->has_difference, c->difference);
    lift_value(filler, row, c->has_interval, c->low);
    lift_value(filler, row, c->has_interval, c->high);
    rto_cell_text(filler, row->currency[0] != '\0' ? row->currency : NULL);
    lift_value(filler, row, row->treated > 0, row->treated_value);
    lift_value(filler, row, row->heldout > 0, row->heldout_value);
    rto_cell_share(filler, c->has_relative, c->relative);
    rto_cell_share(filler, c->has_relative_interval, c->relative_low);
    rto_cell_share(filler, c->has_relative_interval, c->relative_high);
    rto_cell_number(filler, c->has_p, c->p);
    rto_cell_number(filler, row->has_holm, row->p_holm);
    lift_incremental(filler, row, c->has_difference, row->incremental);
    lift_incremental(filler, row, c->has_interval, row->incremental_low);
    lift_incremental(filler, row, c->has_interval, row->incremental_high);
    rto_cell_text(filler, c->method == RTA_METHOD_NONE
                          ? NULL : rta_method_name(c->method));
    rto_cell_count(filler, row->treated);
    rto_cell_count(filler, row->heldout);
    rto_sheet_row(filler);
}


/* Metric by metric, so that the rows of one can have a chart. */

void
rto_sheet_lift(struct rto_filler *filler)
{
    int                               metric;
    size_t                            i, buyers = 0;
    const struct rta_report          *counts = filler->report->counts;
    const struct rta_comparison_row  *row;

    rto_sheet_begin(filler, "Lift", counts->is_withheld
                    ? "Withheld: the arms are not split as planned."
                    : counts->window_complete
                      ? "Each arm, and all treated, against the hold-out; "
                        "95 % intervals."
                      : RTO_PRELIMINARY);
    lift_headings(filler);
    rto_sheet_open(filler);

    for (metric = 0; metric < RTA_METRICS; metric++) {
        for (i = 0; i < counts->comparison_count; i++) {
            row = &counts->comparisons[i];

            if ((int) row->metric == metric) {
                lift_row(filler, row);
                buyers += metric == RTA_METRIC_BUYERS;
            }
        }
    }

    filler->sheet.chart = (struct rto_chart) {
        buyers > 0 ? RTO_CHART_RANGE : RTO_CHART_NONE,
        "Share that bought: difference from the hold-out", 0, 2, 4, buyers
    };
    rto_sheet_close(filler);
}


void
rto_sheet_segments(struct rto_filler *filler)
{
    size_t                            i;
    const struct rta_report          *counts = filler->report->counts;
    const struct rta_comparison_row  *row;

    rto_sheet_begin(filler, "Segments", counts->window_complete
                    ? LIFT_SEGMENTS : RTO_PRELIMINARY "  " LIFT_SEGMENTS);
    rto_sheet_heading(filler, "by");
    rto_sheet_heading(filler, "segment");
    lift_headings(filler);
    rto_sheet_open(filler);

    for (i = 0; i < counts->segment_count; i++) {
        row = &counts->segments[i];
        rto_cell_text(filler, row->by);
        rto_cell_text(filler, row->segment != NULL && row->segment[0] != '\0'
                              ? row->segment : "none");
        lift_row(filler, row);
    }

    rto_sheet_close(filler);
}
