/* Sheets of what the differences are worth: found otherwise, and as money. */

#include "book.h"
#include "report_words.h"

#define PROFIT_ESTIMATES                                                      \
    "The same differences, found otherwise; --always-valid and --cuped ask "  \
    "for more."
#define PROFIT_NOTE                                                           \
    "Of all treated: incremental margin, or revenue where costs are not "     \
    "known, less discounts and cost; 'return' is that by what was spent."


static void
profit_value(struct rto_filler *filler, const struct rta_estimate_row *row,
    bool has, double value)
{
    rto_cell_metric(filler, row->metric, row->currency, has, value);
}


static void
profit_estimate(struct rto_filler *filler, const struct rta_estimate_row *row)
{
    rto_cell_text(filler, row->arm);
    rto_cell_text(filler, rta_metric_name(row->metric));
    rto_cell_text(filler, rta_estimate_name(row->estimate));
    profit_value(filler, row, row->has_interval, row->difference);
    profit_value(filler, row, row->has_interval, row->low);
    profit_value(filler, row, row->has_interval, row->high);
    rto_cell_text(filler, row->currency[0] != '\0' ? row->currency : NULL);
    rto_cell_number(filler, row->has_p, row->p);
    rto_cell_text(filler, rto_estimate_parameter(row->estimate));
    rto_cell_number(filler, true, row->detail);
    rto_cell_share(filler, row->has_saved, row->saved);
    rto_sheet_row(filler);
}


void
rto_sheet_estimates(struct rto_filler *filler)
{
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    static const char *const  headings[] = {
        "arm", "metric", "found by", "difference", "low", "high", "currency",
        "p", "with", "its value", "variance saved"
    };

    rto_sheet_begin(filler, "Estimates", counts->window_complete
                    ? PROFIT_ESTIMATES : RTO_PRELIMINARY "  " PROFIT_ESTIMATES);

    for (i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
        rto_sheet_heading(filler, "%s", headings[i]);
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->estimate_count; i++) {
        profit_estimate(filler, &counts->estimates[i]);
    }

    rto_sheet_close(filler);
}


static void
profit_row(struct rto_filler *filler, const struct rta_return_row *row)
{
    const char  *currency = row->currency;

    rto_cell_text(filler, row->is_margin ? "profit" : "return on revenue");
    rto_cell_text(filler, currency);
    rto_cell_amount(filler, true, row->value, currency);
    rto_cell_amount(filler, true, row->low, currency);
    rto_cell_amount(filler, true, row->high, currency);
    rto_cell_amount(filler, true, row->incremental, currency);
    rto_cell_amount(filler, true, row->incremental_low, currency);
    rto_cell_amount(filler, true, row->incremental_high, currency);
    rto_cell_money(filler, true, row->discount_minor, currency);
    rto_cell_money(filler, true, row->cost_minor, currency);
    rto_cell_number(filler, row->has_ratio, row->ratio);
    rto_cell_amount(filler, true, row->break_even, currency);
    rto_cell_amount(filler, row->has_break_even_each, row->break_even_each,
                    currency);
    rto_cell_amount(filler, row->has_anyway, row->anyway, currency);
    rto_cell_amount(filler, row->has_anyway, row->anyway_low, currency);
    rto_cell_amount(filler, row->has_anyway, row->anyway_high, currency);
    rto_sheet_row(filler);
}


void
rto_sheet_profit(struct rto_filler *filler)
{
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    static const char *const  headings[] = {
        "what", "currency", "value", "low", "high", "incremental",
        "incremental low", "incremental high", "discounts", "cost", "return",
        "break-even discounts", "break-even, a coupon",
        "discounts to who would buy anyway", "anyway low", "anyway high"
    };

    rto_sheet_begin(filler, "Profit", counts->window_complete
                    ? PROFIT_NOTE : RTO_PRELIMINARY "  " PROFIT_NOTE);

    for (i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
        rto_sheet_heading(filler, "%s", headings[i]);
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->return_count; i++) {
        profit_row(filler, &counts->returns[i]);
    }

    rto_sheet_close(filler);
}
