/* Sheets of words and single figures: summary, definitions, data quality. */

#include <stdio.h>

#include "book.h"
#include "report_words.h"

#define SHEETS_LINE_MAX  1024       /* bytes of a line of words, with NUL */


static void
summary_sentence(void *data, const char *sentence)
{
    struct rto_filler  *filler = data;

    rto_cell_text(filler, sentence);
    rto_sheet_row(filler);
}


static void
summary_orders_until(struct rto_filler *filler)
{
    const struct rto_report  *report = filler->report;
    struct rto_cell          *cell;

    rto_cell_text(filler, "orders known until");

    if (!report->counts->plan->has_orders) {
        rto_cell_text(filler, "never imported");

    } else if (report->has_orders_day) {
        rto_cell_day(filler, report->orders_day);

    } else {
        cell = &filler->cells[filler->filled];
        rto_cell_text(filler, NULL);
        cell->value = rto_time(report->counts->plan->orders_until_ms);
    }

    rto_sheet_row(filler);
}


static void
summary_pair(struct rto_filler *filler, const char *what, const char *value)
{
    rto_cell_text(filler, what);
    rto_cell_text(filler, value);
    rto_sheet_row(filler);
}


static void
summary_day(struct rto_filler *filler, const char *what, rtn_day_t day)
{
    rto_cell_text(filler, what);
    rto_cell_day(filler, day);
    rto_sheet_row(filler);
}


static void
summary_head(struct rto_filler *filler)
{
    const struct rto_report  *report = filler->report;
    const struct rta_report  *counts = report->counts;

    summary_pair(filler, "campaign", report->campaign);
    summary_pair(filler, "title", report->title);
    summary_day(filler, "starts", report->starts);
    rto_cell_text(filler, "window, days");
    rto_cell_count(filler, (uint64_t) report->window_days);
    rto_sheet_row(filler);
    summary_day(filler, "as of", report->as_of);
    summary_orders_until(filler);
    summary_pair(filler, "window complete",
                 counts->window_complete ? "yes" : "no");
    summary_pair(filler, "split as planned",
                 !counts->ratio_is_tested ? "not tested"
                 : counts->sample_ratio.ok ? "yes" : "no");
}


/* All treated against the hold-out: a value with its limits. */

static void
summary_lift(struct rto_filler *filler)
{
    size_t                            i;
    const struct rta_report          *counts = filler->report->counts;
    const struct rta_comparison_row  *row;

    static const char *const  names[RTA_METRICS] = {
        [RTA_METRIC_BUYERS] = "incremental buyers",
        [RTA_METRIC_VISITED] = "incremental visitors",
        [RTA_METRIC_ORDERS] = "incremental orders",
        [RTA_METRIC_REVENUE] = "incremental revenue",
        [RTA_METRIC_MARGIN] = "incremental margin"
    };

    for (i = 0; i < counts->comparison_count; i++) {
        row = &counts->comparisons[i];

        if (!row->is_headline || !row->comparison.has_difference) {
            continue;
        }

        rto_cell_text(filler, names[row->metric]);
        rto_cell_incremental(filler, row->currency, true, row->incremental);
        rto_cell_incremental(filler, row->currency,
                             row->comparison.has_interval,
                             row->incremental_low);
        rto_cell_incremental(filler, row->currency,
                             row->comparison.has_interval,
                             row->incremental_high);
        rto_sheet_row(filler);
    }
}


static void
summary_returns(struct rto_filler *filler)
{
    size_t                        i;
    const struct rta_return_row  *row;

    for (i = 0; i < filler->report->counts->return_count; i++) {
        row = &filler->report->counts->returns[i];

        rto_cell_text(filler, "discounts given");
        rto_cell_money(filler, true, row->discount_minor, row->currency);
        rto_sheet_row(filler);
        rto_cell_text(filler, "cost of the campaign");
        rto_cell_money(filler, true, row->cost_minor, row->currency);
        rto_sheet_row(filler);
        rto_cell_text(filler, row->is_margin ? "profit"
                                             : "return on revenue");
        rto_cell_amount(filler, true, row->value, row->currency);
        rto_cell_amount(filler, true, row->low, row->currency);
        rto_cell_amount(filler, true, row->high, row->currency);
        rto_sheet_row(filler);
    }
}


void
rto_sheet_summary(struct rto_filler *filler)
{
    int  rc;

    rto_sheet_begin(filler, "Summary", NULL);
    rto_sheet_heading(filler, "what");
    rto_sheet_heading(filler, "value");
    rto_sheet_heading(filler, "low");
    rto_sheet_heading(filler, "high");
    rto_sheet_open(filler);

    summary_head(filler);
    summary_lift(filler);
    summary_returns(filler);
    rto_sheet_row(filler);

    rc = rto_report_sentences(filler->report, summary_sentence, filler);
    filler->err = filler->err == 0 ? rc : filler->err;

    rto_sheet_close(filler);
}


static const struct {
    const char  *word;
    const char  *meaning;
} sheets_definitions[] = {
    { "recipient", "a customer as drawn, mailed or not, opened or not" },
    { "arm", "what a recipient was drawn for; the hold-out gets nothing" },
    { "window", "from the local midnight of t0, so many whole days of the "
      "shop's time zone, equal for every arm" },
    { "buyer", "a recipient with a paid order within the window" },
    { "bought", "buyers of recipients" },
    { "revenue", "amounts of paid orders within the window, less refunds, by "
      "currency; currencies are never converted" },
    { "margin", "revenue less cost; empty where an order carries no cost" },
    { "discounts", "what the campaign's coupons took off" },
    { "opened, clicked, visited, viewed, carted, checked_out", "recipients "
      "who did so, people only; Links and Daily count how often" },
    { "human, unknown, machine", "who caused an event, by the signs of the "
      "request" },
    { "difference", "this arm less the hold-out, a customer" },
    { "low, high", "the ends of the 95 % interval" },
    { "relative", "difference by the hold-out's value" },
    { "p", "how likely chance alone makes a difference this large, had the "
      "campaign done nothing" },
    { "p by Holm", "p when all arms are looked at together" },
    { "incremental", "difference times the arm's recipients" },
    { "return on revenue", "incremental revenue less discounts and cost; the "
      "cost of goods is not in it" },
    { "profit", "incremental margin less discounts and cost" },
    { "discounts, of profit", "are taken off as they were given: an order's "
      "amount is what it came to before the coupon; where it is net of it, "
      "profit has that discount twice and is too low by it" },
    { "always-valid", "holds however often one looks, at the price of being "
      "wider" },
    { "cuped", "the difference less what orders of the year before foretell" },
    { "post-stratified", "the difference within tiers, weighed by their "
      "sizes" },
    { "winsorised", "the largest spends of buyers cut to a cap" },
    { "bootstrap", "from 2,000 resamples, where buyers are few" },
    { "stage", "where a customer's life stood at t0, as 'segment lifecycle' "
      "has it" },
    { "who stayed", "recipients who did not unsubscribe" },
    { "came back", "bought within the window; who did was not drawn" },
    { "ordered again", "on a later day than that of the order that counted; "
      "by Kaplan and Meier, since not all could be watched as long" },
    { "comparisons", "use only imported orders and events in which a server or "
      "an import names the customer, since tokens and codes exist for the "
      "treated alone; Arms show all that is known" },
    { "day", "a day of the shop; what was added up before is kept by hours of "
      "UTC, and belongs to the day in which its hour begins" }
};


void
rto_sheet_definitions(struct rto_filler *filler)
{
    size_t  i;

    rto_sheet_begin(filler, "Definitions", NULL);
    rto_sheet_heading(filler, "word");
    rto_sheet_heading(filler, "meaning");
    rto_sheet_open(filler);

    for (i = 0; i < sizeof(sheets_definitions)
                    / sizeof(sheets_definitions[0]); i++)
    {
        summary_pair(filler, sheets_definitions[i].word,
                     sheets_definitions[i].meaning);
    }

    rto_sheet_close(filler);
}


static void
quality_count(struct rto_filler *filler, const char *what, uint64_t n)
{
    rto_cell_text(filler, what);
    rto_cell_count(filler, n);
    rto_sheet_row(filler);
}


static void
quality_reached(struct rto_filler *filler,
    const struct rta_contamination *reached)
{
    quality_count(filler, "hold-out customers who were reached",
                  reached->customers);
    quality_count(filler, "of them, who opened or clicked",
                  reached->touched);
    quality_count(filler, "of them, who redeemed", reached->redeemed);
    quality_count(filler, "of them, who unsubscribed",
                  reached->unsubscribed);
}


static void
quality_ratio(struct rto_filler *filler, const char *chi2, const char *p,
    const struct rta_sample_ratio *ratio)
{
    rto_cell_text(filler, chi2);
    rto_cell_number(filler, ratio->has_chi2, ratio->chi2);
    rto_cell_text(filler, !filler->report->counts->ratio_is_tested
                          ? "not tested" : ratio->ok ? "yes" : "no");
    rto_sheet_row(filler);

    rto_cell_text(filler, p);
    rto_cell_number(filler, ratio->has_p, ratio->p);
    rto_sheet_row(filler);
}


static void
quality_overlaps(struct rto_filler *filler)
{
    size_t                     i;
    const struct rta_report   *counts = filler->report->counts;
    const struct rta_overlap  *overlap;

    for (i = 0; i < counts->overlap_count && i < RTA_OVERLAPS_MAX; i++) {
        overlap = &counts->overlaps[i];
        rto_cell_text(filler, "recipients in another campaign too");
        rto_cell_count(filler, overlap->recipients);
        rto_cell_text(filler, overlap->campaign);
        rto_sheet_row(filler);
    }
}


static void
quality_conflicts(struct rto_filler *filler)
{
    char                        text[SHEETS_LINE_MAX];
    size_t                      i;
    const struct rta_report    *counts = filler->report->counts;
    const struct rta_conflict  *conflict;

    for (i = 0; i < counts->conflict_count && i < RTA_CONFLICTS_MAX; i++) {
        conflict = &counts->conflicts[i];
        snprintf(text, sizeof(text), "%s: %s and %s tell its %s differently; "
                 "%s stands", conflict->order_id,
                 rtn_source_name(conflict->winner),
                 rtn_source_name(conflict->loser), conflict->what,
                 rtn_source_name(conflict->winner));
        rto_cell_text(filler, "order");
        rto_cell_text(filler, NULL);
        rto_cell_text(filler, text);
        rto_sheet_row(filler);
    }
}


void
rto_sheet_quality(struct rto_filler *filler)
{
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    rto_sheet_begin(filler, "Data quality", NULL);
    rto_sheet_heading(filler, "what");
    rto_sheet_heading(filler, "count");
    rto_sheet_heading(filler, "detail");
    rto_sheet_open(filler);

    quality_count(filler, "damaged records", counts->records_damaged);
    quality_count(filler, "repeats dropped", counts->repeats_dropped);
    quality_count(filler, "orders that sources tell differently",
                  counts->conflict_count);
    quality_count(filler, "events of no recipient", counts->strays);
    quality_count(filler, "events outside of a window", counts->outside);
    quality_count(filler, "orders without a cost", counts->uncosted);
    quality_count(filler, "orders of currencies past the limit",
                  counts->currencies_over);
    quality_count(filler, "orders already less their coupon's discount",
                  counts->net);
    quality_reached(filler, &counts->contamination);
    quality_ratio(filler, "split as planned: chi-square",
                  "split as planned: p", &counts->sample_ratio);
    quality_ratio(filler, "split of who stayed: chi-square",
                  "split of who stayed: p", &counts->remaining_ratio);
    quality_overlaps(filler);
    quality_conflicts(filler);

    for (i = 0; i < counts->note_count; i++) {
        rto_cell_text(filler, "note");
        rto_cell_text(filler, NULL);
        rto_cell_text(filler, counts->notes[i]);
        rto_sheet_row(filler);
    }

    rto_sheet_close(filler);
}
