/* The report for people: what it brought, how buyers became more, and who
   clicked what. */

#include <stdio.h>
#include <string.h>

#include "report_words.h"
#include "table.h"

#define DETAIL_CELL_MAX   64        /* bytes of a cell, with NUL */
#define DETAIL_WEEK_DAYS  7

struct detail_cell {
    char  bytes[DETAIL_CELL_MAX];
};


/* Money, or customers and orders, to a tenth. */

static int
detail_digits(const rtn_currency_t currency)
{
    int  digits = currency[0] != '\0' ? rtn_currency_digits(currency) : 1;

    return digits < 0 ? 2 : digits;
}


static struct rto_value
detail_amount(struct detail_cell *cell, bool has, double amount,
    const rtn_currency_t currency)
{
    if (!has) {
        return rto_absent();
    }

    snprintf(cell->bytes, sizeof(cell->bytes), "%.*f%s%s",
             detail_digits(currency), amount,
             currency[0] != '\0' ? " " : "", currency);

    return rto_string(cell->bytes);
}


static struct rto_value
detail_range(struct detail_cell *cell, bool has, double low, double high,
    const rtn_currency_t currency)
{
    int  digits = detail_digits(currency);

    if (!has) {
        return rto_absent();
    }

    snprintf(cell->bytes, sizeof(cell->bytes), "%.*f to %.*f", digits, low,
             digits, high);

    return rto_string(cell->bytes);
}


static void
detail_incremental(struct rto_table *table,
    const struct rta_comparison_row *row)
{
    bool                has = row->comparison.has_interval;
    struct detail_cell  value, range;

    struct rto_value  values[] = {
        rto_string(row->arm), rto_string(rta_metric_name(row->metric)),
        rto_integer((int64_t) row->treated),
        detail_amount(&value, row->comparison.has_difference,
                      row->incremental, row->currency),
        detail_range(&range, has, row->incremental_low,
                     row->incremental_high, row->currency)
    };

    (void) rto_row(table, values);
}


int
rto_report_incremental(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "arm", RTO_TEXT, NULL },
        { "metric", RTO_TEXT, "more" },
        { "recipients", RTO_INTEGER, NULL },
        { "incremental", RTO_TEXT, NULL },
        { "interval", RTO_TEXT, "95 % interval" }
    };

    if (counts->comparison_count == 0) {
        return 0;
    }

    fputs(counts->window_complete
          ? "\nIncremental: the difference times the recipients\n"
          : "\nIncremental: the difference times the recipients "
            "(preliminary)\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 5, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->comparison_count; i++) {
        detail_incremental(table, &counts->comparisons[i]);
    }

    return rto_end(table);
}


static void
detail_line(struct rto_table *table, const struct rta_return_row *row,
    const char *what, bool has, double value)
{
    struct detail_cell  cell;

    struct rto_value  values[] = {
        rto_string(what), detail_amount(&cell, has, value, row->currency),
        rto_absent()
    };

    (void) rto_row(table, values);
}


static void
detail_span(struct rto_table *table, const struct rta_return_row *row,
    const char *what, bool has, const double numbers[3])
{
    struct detail_cell  cell, range;

    struct rto_value  values[] = {
        rto_string(what),
        detail_amount(&cell, has, numbers[0], row->currency),
        detail_range(&range, has, numbers[1], numbers[2], row->currency)
    };

    (void) rto_row(table, values);
}


static void
detail_money(struct rto_table *table, const struct rta_return_row *row,
    const char *what, int64_t minor)
{
    struct detail_cell  cell;
    struct rto_value    values[] = {
        rto_string(what), rto_absent(), rto_absent()
    };

    rtn_money_format(minor, row->currency, cell.bytes);
    snprintf(cell.bytes + strlen(cell.bytes),
             sizeof(cell.bytes) - strlen(cell.bytes), " %s", row->currency);
    values[1] = rto_string(cell.bytes);

    (void) rto_row(table, values);
}


static void
detail_return(struct rto_table *table, const struct rta_return_row *row)
{
    struct detail_cell  ratio;
    struct rto_value    values[] = {
        rto_string("by what was spent"), rto_absent(), rto_absent()
    };

    detail_span(table, row, row->is_margin ? "incremental margin"
                                           : "incremental revenue", true,
                (const double[]) { row->incremental, row->incremental_low,
                                   row->incremental_high });
    detail_money(table, row, "less discounts", row->discount_minor);
    detail_money(table, row, "less the cost", row->cost_minor);
    detail_span(table, row, row->is_margin ? "profit" : "return on revenue",
                true, (const double[]) { row->value, row->low, row->high });

    if (row->has_ratio) {
        snprintf(ratio.bytes, sizeof(ratio.bytes), "%.4g", row->ratio);
        values[1] = rto_string(ratio.bytes);
    }

    (void) rto_row(table, values);

    detail_line(table, row, "breaks even at discounts of", true,
                row->break_even);
    detail_line(table, row, "for each coupon redeemed",
                row->has_break_even_each, row->break_even_each);
    detail_span(table, row, "discounts to who would buy anyway",
                row->has_anyway,
                (const double[]) { row->anyway, row->anyway_low,
                                   row->anyway_high });
}


int
rto_report_returns(FILE *out, const struct rta_report *counts)
{
    int                rc = 0;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "what", RTO_TEXT, NULL },
        { "amount", RTO_TEXT, NULL },
        { "interval", RTO_TEXT, "95 % interval" }
    };

    for (i = 0; i < counts->return_count && rc == 0; i++) {
        fprintf(out, "\n%s in %s%s\n", counts->returns[i].is_margin
                ? "Profit" : "Return on revenue", counts->returns[i].currency,
                counts->window_complete ? "" : " (preliminary)");
        rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 3, &table);

        if (rc == 0) {
            detail_return(table, &counts->returns[i]);
            rc = rto_end(table);
        }
    }

    return rc;
}


static void
detail_day(struct rto_table *table, const struct rta_report *counts,
    const struct rta_day_row *row)
{
    size_t              arm;
    struct detail_cell  share;
    struct rto_value    values[5];

    for (arm = 0; arm < counts->arm_count; arm++) {
        values[0] = arm == 0 ? rto_day(row->day) : rto_absent();
        values[1] = rto_string(counts->arms[arm].name);
        values[2] = rto_integer((int64_t) row->arms[arm].recipients);
        values[3] = rto_integer((int64_t) row->arms[arm].buyers);
        values[4] = rto_absent();

        if (row->arms[arm].recipients > 0) {
            snprintf(share.bytes, sizeof(share.bytes), "%6.2f %%",
                     100 * (double) row->arms[arm].buyers
                     / (double) row->arms[arm].recipients);
            values[4] = rto_string(share.bytes);
        }

        (void) rto_row(table, values);
    }
}


int
rto_report_days(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "day", RTO_DAY, "by the end of" },
        { "arm", RTO_TEXT, NULL },
        { "recipients", RTO_INTEGER, NULL },
        { "buyers", RTO_INTEGER, NULL },
        { "bought", RTO_TEXT, "  bought" }
    };

    if (counts->day_count == 0) {
        return 0;
    }

    fputs("\nBuyers so far, as comparisons count them (by week; CSV and JSON "
          "have each day)\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 5, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->day_count; i++) {
        if ((i + 1) % DETAIL_WEEK_DAYS == 0 || i + 1 == counts->day_count) {
            detail_day(table, counts, &counts->days[i]);
        }
    }

    return rto_end(table);
}


int
rto_report_links(FILE *out, const struct rto_report *report)
{
    int                         rc, class;
    size_t                      i;
    struct rto_table           *table;
    struct rto_value            values[2 + RTN_CLASS_COUNT];
    const struct rta_report    *counts = report->counts;
    const struct rta_link_row  *row;

    static const struct rto_column  columns[2 + RTN_CLASS_COUNT] = {
        { "message", RTO_TEXT, NULL },
        { "link", RTO_TEXT, NULL },
        [2 + RTN_CLASS_HUMAN] = { "human", RTO_INTEGER, "times: human" },
        [2 + RTN_CLASS_UNKNOWN] = { "unknown", RTO_INTEGER, NULL },
        [2 + RTN_CLASS_MACHINE] = { "machine", RTO_INTEGER, NULL }
    };

    if (counts->link_count == 0) {
        return 0;
    }

    fputs("\nClicks by link (no person sees the link 'trap')\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 2 + RTN_CLASS_COUNT,
                   &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->link_count; i++) {
        row = &counts->links[i];
        values[0] = rto_string(counts->plan->messages[row->message]);
        values[1] = rto_string(rto_report_link(report, row->link));

        for (class = 0; class < RTN_CLASS_COUNT; class++) {
            values[2 + class] = rto_integer((int64_t) row->clicks[class]);
        }

        (void) rto_row(table, values);
    }

    return rto_end(table);
}
