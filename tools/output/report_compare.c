/* The report for people: the table against the hold-out. */

#include <stdio.h>

#include "report_words.h"
#include "table.h"

#define COMPARE_CELL_MAX    64      /* bytes of a cell, with NUL */
#define COMPARE_NUMBER_MAX  24

struct compare_cell {
    char  bytes[COMPARE_CELL_MAX];
};


/* A pair of limits, or nothing. */

static struct rto_value
compare_range(struct compare_cell *cell, bool has, const char *format,
    double low, double high)
{
    char  first[COMPARE_NUMBER_MAX], last[COMPARE_NUMBER_MAX];

    if (!has) {
        return rto_absent();
    }

    snprintf(first, sizeof(first), format, low);
    snprintf(last, sizeof(last), format, high);
    snprintf(cell->bytes, sizeof(cell->bytes), "%s to %s", first, last);

    return rto_string(cell->bytes);
}


static struct rto_value
compare_number(struct compare_cell *cell, bool has, const char *format,
    double number)
{
    if (!has) {
        return rto_absent();
    }

    snprintf(cell->bytes, sizeof(cell->bytes), format, number);

    return rto_string(cell->bytes);
}


static struct rto_value
compare_metric(struct compare_cell *cell, const struct rta_comparison_row *row)
{
    snprintf(cell->bytes, sizeof(cell->bytes), "%s%s%s",
             rta_metric_name(row->metric), row->currency[0] != '\0' ? " " : "",
             row->currency);

    return rto_string(cell->bytes);
}


static void
compare_row(struct rto_table *table, const struct rta_comparison_row *row)
{
    bool                          is_money = row->currency[0] != '\0';
    double                        unit = is_money ? 1 : 100;
    struct compare_cell           cells[7];
    const struct rta_comparison  *c = &row->comparison;

    struct rto_value  values[] = {
        rto_string(row->arm), compare_metric(&cells[0], row),
        compare_number(&cells[1], row->treated > 0,
                       is_money ? "%.4f" : "%.3f %%",
                       unit * row->treated_value),
        compare_number(&cells[2], row->heldout > 0,
                       is_money ? "%.4f" : "%.3f %%",
                       unit * row->heldout_value),
        compare_number(&cells[3], c->has_difference,
                       is_money ? "%+.4f" : "%+.4f points",
                       unit * c->difference),
        compare_range(&cells[4], c->has_interval, "%.4f", unit * c->low,
                      unit * c->high),
        compare_number(&cells[5], c->has_relative, "%+.1f %%",
                       100 * c->relative),
        compare_range(&cells[6], c->has_relative_interval, "%.1f",
                      100 * c->relative_low, 100 * c->relative_high),
        rto_fraction(c->p),
        rto_string(rta_method_name(c->method))
    };

    if (!c->has_p) {
        values[8] = rto_absent();
    }

    (void) rto_row(table, values);
}


int
rto_report_comparisons(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "arm", RTO_TEXT, NULL },
        { "metric", RTO_TEXT, "a customer" },
        { "value", RTO_TEXT, "this arm" },
        { "against", RTO_TEXT, "hold-out" },
        { "difference", RTO_TEXT, NULL },
        { "interval", RTO_TEXT, "95 % interval" },
        { "relative", RTO_TEXT, NULL },
        { "relative_interval", RTO_TEXT, "95 % interval" },
        { "p", RTO_FRACTION, NULL },
        { "method", RTO_TEXT, NULL }
    };

    if (counts->comparison_count == 0) {
        return 0;
    }

    fputs(counts->window_complete
          ? "\nAgainst the hold-out\n"
          : "\nAgainst the hold-out (preliminary)\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 10, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->comparison_count; i++) {
        compare_row(table, &counts->comparisons[i]);
    }

    return rto_end(table);
}
