/* Sheets of those who came back: how they went on, and the curve of it. */

#include "book.h"
#include "report_words.h"


static void
after_point(struct rto_filler *filler, const struct rta_survival_point *point)
{
    rto_cell_share(filler, point->has_share, point->share);
    rto_cell_share(filler, point->has_interval, point->interval.low);
    rto_cell_share(filler, point->has_interval, point->interval.high);
    rto_cell_count(filler, point->at_risk);
}


static void
after_row(struct rto_filler *filler, const char *label,
    const struct rta_after_row *row)
{
    rto_cell_text(filler, label);
    rto_cell_count(filler, row->customers);
    rto_cell_count(filler, row->again);
    after_point(filler, &row->month);
    after_point(filler, &row->quarter);

    if (row->has_median) {
        rto_cell_count(filler, row->median_days);

    } else {
        rto_cell_number(filler, false, 0);
    }

    rto_cell_share(filler, row->has_difference, row->difference);
    rto_cell_share(filler, row->has_difference, row->low);
    rto_cell_share(filler, row->has_difference, row->high);
    rto_sheet_row(filler);
}


void
rto_sheet_after(struct rto_filler *filler)
{
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    static const char *const  headings[] = {
        "who", "customers", "ordered again", "within 30 days", "30 days: low",
        "30 days: high", "30 days: watched", "within 91 days",
        "91 days: low", "91 days: high", "91 days: watched", "half by day",
        "treated less these, 91 days", "less: low", "less: high"
    };

    rto_sheet_begin(filler, "After", "After the order that counted: who "
                    "ordered again on a later day (Kaplan-Meier).  Who came "
                    "back was not drawn, so no difference here is an effect "
                    "of the campaign.");

    for (i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
        rto_sheet_heading(filler, "%s", headings[i]);
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->after_count; i++) {
        after_row(filler, rto_after_label((enum rta_after_group) i),
                  &counts->after[i]);
    }

    rto_sheet_close(filler);
}


/* The shares first, side by side for the chart. */

static void
after_week(struct rto_filler *filler, size_t week)
{
    size_t                            i;
    const struct rta_report          *counts = filler->report->counts;
    const struct rta_survival_point  *point;

    rto_cell_count(filler, week);

    for (i = 0; i < counts->after_count; i++) {
        point = &counts->after[i].weeks[week];
        rto_cell_share(filler, point->has_share, point->share);
    }

    for (i = 0; i < counts->after_count; i++) {
        point = &counts->after[i].weeks[week];
        rto_cell_share(filler, point->has_interval, point->interval.low);
        rto_cell_share(filler, point->has_interval, point->interval.high);
        rto_cell_count(filler, point->at_risk);
    }

    rto_sheet_row(filler);
}


void
rto_sheet_curve(struct rto_filler *filler)
{
    size_t                    i, week;
    const char               *label;
    const struct rta_report  *counts = filler->report->counts;

    rto_sheet_begin(filler, "Curve", "By the end of a week after the order "
                    "that counted: the share that has ordered again "
                    "(Kaplan-Meier, one less survival).");
    rto_sheet_heading(filler, "week");

    for (i = 0; i < counts->after_count; i++) {
        rto_sheet_heading(filler, "%s",
                          rto_after_label((enum rta_after_group) i));
    }

    for (i = 0; i < counts->after_count; i++) {
        label = rto_after_label((enum rta_after_group) i);
        rto_sheet_heading(filler, "%s: low", label);
        rto_sheet_heading(filler, "%s: high", label);
        rto_sheet_heading(filler, "%s: watched", label);
    }

    rto_sheet_open(filler);

    for (week = 0; week <= RTA_AFTER_WEEKS && counts->after_count > 0;
         week++)
    {
        after_week(filler, week);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_LINES, "Ordered again by the end of a week", 0, 1,
        counts->after_count, 0
    };
    rto_sheet_close(filler);
}
