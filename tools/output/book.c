/* The report as a book: the list of sheets, and how one is filled. */

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"

static void (*const  book_sheets[])(struct rto_filler *) = {
    rto_sheet_summary,
    rto_sheet_arms,
    rto_sheet_tiers,
    rto_sheet_lift,
    rto_sheet_estimates,
    rto_sheet_profit,
    rto_sheet_funnel,
    rto_sheet_compared,
    rto_sheet_responses,
    rto_sheet_daily,
    rto_sheet_buyers,
    rto_sheet_links,
    rto_sheet_coupons,
    rto_sheet_segments,
    rto_sheet_after,
    rto_sheet_curve,
    rto_sheet_definitions,
    rto_sheet_quality
};


int
rto_book(const struct rto_report *report, const struct rto_binder *binder)
{
    int                 rc;
    size_t              i;
    struct rto_filler  *filler = calloc(1, sizeof(*filler));

    if (filler == NULL) {
        return RTN_ERR_NOMEM;
    }

    filler->report = report;
    filler->binder = binder;
    filler->sheet.headings = filler->headings;

    for (i = 0; i < sizeof(book_sheets) / sizeof(book_sheets[0]); i++) {
        book_sheets[i](filler);
    }

    rc = filler->err;
    free(filler);

    return rc;
}


void
rto_sheet_begin(struct rto_filler *filler, const char *name, const char *note)
{
    memset(&filler->sheet.chart, 0, sizeof(filler->sheet.chart));
    filler->sheet.name = name;
    filler->sheet.note = note;
    filler->sheet.n = 0;
    filler->filled = 0;
    filler->rows = 0;
}


void
rto_sheet_heading(struct rto_filler *filler, const char *format, ...)
{
    va_list  args;

    assert(filler->sheet.n < RTO_BOOK_COLUMNS_MAX);

    va_start(args, format);
    vsnprintf(filler->headings[filler->sheet.n++], RTO_BOOK_HEADING_MAX,
              format, args);
    va_end(args);
}


void
rto_sheet_arm_headings(struct rto_filler *filler, const char *what)
{
    size_t                    arm;
    const struct rta_report  *counts = filler->report->counts;

    for (arm = 0; arm < counts->arm_count; arm++) {
        rto_sheet_heading(filler, "%s%s", what, counts->arms[arm].name);
    }
}


void
rto_sheet_open(struct rto_filler *filler)
{
    if (filler->err == 0) {
        filler->err = filler->binder->begin(filler->binder->data,
                                            &filler->sheet);
    }
}


static struct rto_cell *
book_cell(struct rto_filler *filler)
{
    struct rto_cell  *cell;

    assert(filler->filled < filler->sheet.n);

    cell = &filler->cells[filler->filled++];
    memset(cell, 0, sizeof(*cell));

    return cell;
}


void
rto_sheet_row(struct rto_filler *filler)
{
    while (filler->filled < filler->sheet.n) {
        (void) book_cell(filler);
    }

    if (filler->err == 0) {
        filler->err = filler->binder->row(filler->binder->data,
                                          filler->cells);
    }

    filler->filled = 0;
    filler->rows++;
}


void
rto_sheet_close(struct rto_filler *filler)
{
    if (filler->sheet.chart.rows == 0) {
        filler->sheet.chart.rows = filler->rows;
    }

    if (filler->sheet.chart.rows == 0) {
        filler->sheet.chart.kind = RTO_CHART_NONE;
    }

    if (filler->err == 0) {
        filler->err = filler->binder->end(filler->binder->data,
                                          &filler->sheet);
    }
}


void
rto_cell_text(struct rto_filler *filler, const char *text)
{
    book_cell(filler)->value = rto_string(text);
}


void
rto_cell_count(struct rto_filler *filler, uint64_t n)
{
    book_cell(filler)->value = rto_integer((int64_t) n);
}


void
rto_cell_number(struct rto_filler *filler, bool has, double number)
{
    struct rto_cell  *cell = book_cell(filler);

    if (has) {
        cell->value = rto_fraction(number);
    }
}


void
rto_cell_share(struct rto_filler *filler, bool has, double share)
{
    struct rto_cell  *cell = book_cell(filler);

    cell->look = RTO_LOOK_SHARE;

    if (has) {
        cell->value = rto_fraction(share);
    }
}


void
rto_cell_amount(struct rto_filler *filler, bool has, double amount,
    const rtn_currency_t currency)
{
    struct rto_cell  *cell = book_cell(filler);

    cell->look = RTO_LOOK_AMOUNT;
    memcpy(cell->currency, currency, sizeof(cell->currency));

    if (has) {
        cell->value = rto_fraction(amount);
    }
}


void
rto_cell_money(struct rto_filler *filler, bool has, int64_t minor,
    const rtn_currency_t currency)
{
    struct rto_cell  *cell = book_cell(filler);

    if (has) {
        cell->value = rto_money(minor, currency);
    }
}


void
rto_cell_metric(struct rto_filler *filler, enum rta_metric metric,
    const rtn_currency_t currency, bool has, double value)
{
    if (currency[0] == '\0' && metric != RTA_METRIC_ORDERS) {
        rto_cell_share(filler, has, value);

    } else {
        rto_cell_incremental(filler, currency, has, value);
    }
}


void
rto_cell_incremental(struct rto_filler *filler, const rtn_currency_t currency,
    bool has, double value)
{
    if (currency[0] != '\0') {
        rto_cell_amount(filler, has, value, currency);

    } else {
        rto_cell_number(filler, has, value);
    }
}


void
rto_cell_day(struct rto_filler *filler, rtn_day_t day)
{
    book_cell(filler)->value = rto_day(day);
}
