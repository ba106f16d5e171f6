/*
 * Private to tools/output: the report as a book of sheets, each a table with
 * perhaps a chart.  report_sheets*.c fill it from the model, and a binder makes
 * a workbook or a page of it, so that both have the same cells.
 */

#ifndef RTO_BOOK_H_INCLUDED
#define RTO_BOOK_H_INCLUDED

#include "report.h"
#include "table.h"

#define RTO_BOOK_COLUMNS_MAX   320  /* of a sheet: an arm may take three */
#define RTO_BOOK_HEADING_MAX   64   /* bytes of a heading, with NUL */

/* Before the note of a sheet that compares. */
#define RTO_PRELIMINARY                                                       \
    "Preliminary: the window or the orders are not complete."

/* How the number of a cell is to be read. */
enum rto_look {
    RTO_LOOK_PLAIN = 0,
    RTO_LOOK_SHARE,                 /* a fraction, shown in per cent */
    RTO_LOOK_AMOUNT                 /* money in major units, of currency */
};

struct rto_cell {
    struct rto_value  value;
    enum rto_look     look;
    rtn_currency_t    currency;     /* of RTO_LOOK_AMOUNT */
};

enum rto_chart_kind {
    RTO_CHART_NONE = 0,
    RTO_CHART_COLUMNS,
    RTO_CHART_LINES,
    RTO_CHART_RANGE                 /* three series: value, low, high */
};

/* Over the rows from the first on; series are columns side by side.  The
   first columns name the rows. */
struct rto_chart {
    enum rto_chart_kind  kind;
    const char          *title;
    size_t               labels;    /* the last of those */
    size_t               first;
    size_t               last;
    size_t               rows;      /* 0: all */
};

struct rto_sheet {
    const char       *name;
    const char       *note;         /* a sentence above the table, or NULL */
    size_t            n;            /* columns */
    char            (*headings)[RTO_BOOK_HEADING_MAX];
    struct rto_chart  chart;
};

/* Who makes a file of it.  Each returns 0 or an RTN_ERR_*, which ends it. */
struct rto_binder {
    void  *data;
    int  (*begin)(void *data, const struct rto_sheet *sheet);
    int  (*row)(void *data, const struct rto_cell *cells);
    int  (*end)(void *data, const struct rto_sheet *sheet);
};

/* A sheet being filled. */
struct rto_filler {
    const struct rto_report  *report;
    const struct rto_binder  *binder;
    struct rto_sheet          sheet;
    char                      headings[RTO_BOOK_COLUMNS_MAX]
                                      [RTO_BOOK_HEADING_MAX];
    struct rto_cell           cells[RTO_BOOK_COLUMNS_MAX];
    size_t                    filled;       /* cells of the row */
    size_t                    rows;
    int                       err;          /* the first failure, or 0 */
};

/* All sheets in their order. */
int rto_book(const struct rto_report *report,
    const struct rto_binder *binder);

/* Of a sheet: begin, headings, open, cells and rows, close. */
void rto_sheet_begin(struct rto_filler *filler, const char *name,
    const char *note);
void rto_sheet_heading(struct rto_filler *filler, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One for each arm: what, then its name. */
void rto_sheet_arm_headings(struct rto_filler *filler, const char *what);
void rto_sheet_open(struct rto_filler *filler);
void rto_sheet_row(struct rto_filler *filler);      /* the rest is empty */
void rto_sheet_close(struct rto_filler *filler);

void rto_cell_text(struct rto_filler *filler, const char *text);
void rto_cell_count(struct rto_filler *filler, uint64_t n);
void rto_cell_share(struct rto_filler *filler, bool has, double share);
void rto_cell_number(struct rto_filler *filler, bool has, double number);
void rto_cell_amount(struct rto_filler *filler, bool has, double amount,
    const rtn_currency_t currency);
void rto_cell_money(struct rto_filler *filler, bool has, int64_t minor,
    const rtn_currency_t currency);
/* A metric's value, or a difference in it: a share, money where there is a
   currency, or orders a customer. */
void rto_cell_metric(struct rto_filler *filler, enum rta_metric metric,
    const rtn_currency_t currency, bool has, double value);
/* That times the recipients: money, or a number of people or orders. */
void rto_cell_incremental(struct rto_filler *filler,
    const rtn_currency_t currency, bool has, double value);
void rto_cell_day(struct rto_filler *filler, rtn_day_t day);

/* Sheets of report_sheets*.c. */
void rto_sheet_summary(struct rto_filler *filler);
void rto_sheet_definitions(struct rto_filler *filler);
void rto_sheet_quality(struct rto_filler *filler);

void rto_sheet_arms(struct rto_filler *filler);
void rto_sheet_tiers(struct rto_filler *filler);
void rto_sheet_coupons(struct rto_filler *filler);
void rto_sheet_funnel(struct rto_filler *filler);

void rto_sheet_lift(struct rto_filler *filler);
void rto_sheet_segments(struct rto_filler *filler);
void rto_sheet_estimates(struct rto_filler *filler);
void rto_sheet_profit(struct rto_filler *filler);

void rto_sheet_responses(struct rto_filler *filler);
void rto_sheet_compared(struct rto_filler *filler);     /* definitions */
void rto_sheet_daily(struct rto_filler *filler);
void rto_sheet_buyers(struct rto_filler *filler);       /* so far, by day */
void rto_sheet_links(struct rto_filler *filler);
void rto_sheet_after(struct rto_filler *filler);
void rto_sheet_curve(struct rto_filler *filler);        /* of after */

#endif /* RTO_BOOK_H_INCLUDED */
