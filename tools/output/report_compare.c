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


enum compare_column {
    COMPARE_SEGMENT = 0,
    COMPARE_ARM,
    COMPARE_METRIC,
    COMPARE_VALUE,
    COMPARE_AGAINST,
    COMPARE_DIFFERENCE,
    COMPARE_INTERVAL,
    COMPARE_RELATIVE,
    COMPARE_RELATIVE_INTERVAL,
    COMPARE_P,
    COMPARE_HOLM,
    COMPARE_METHOD,
    COMPARE_COLUMNS
};

static const struct rto_column  compare_columns[COMPARE_COLUMNS] = {
    [COMPARE_SEGMENT] = { "segment", RTO_TEXT, NULL },
    [COMPARE_ARM] = { "arm", RTO_TEXT, NULL },
    [COMPARE_METRIC] = { "metric", RTO_TEXT, "a customer" },
    [COMPARE_VALUE] = { "value", RTO_TEXT, "this arm" },
    [COMPARE_AGAINST] = { "against", RTO_TEXT, "hold-out" },
    [COMPARE_DIFFERENCE] = { "difference", RTO_TEXT, NULL },
    [COMPARE_INTERVAL] = { "interval", RTO_TEXT, "95 % interval" },
    [COMPARE_RELATIVE] = { "relative", RTO_TEXT, NULL },
    [COMPARE_RELATIVE_INTERVAL] = { "relative_interval", RTO_TEXT,
                                    "95 % interval" },
    [COMPARE_P] = { "p", RTO_FRACTION, NULL },
    [COMPARE_HOLM] = { "p_holm", RTO_FRACTION, "p (Holm)" },
    [COMPARE_METHOD] = { "method", RTO_TEXT, NULL }
};

/* Which columns a table has: those of families and of segments only where
   there are some. */
struct compare_shape {
    enum compare_column  at[COMPARE_COLUMNS];
    struct rto_column    columns[COMPARE_COLUMNS];
    size_t               n;
};


static struct rto_value
compare_share(struct compare_cell *cell, const struct rta_comparison_row *row,
    bool has, double value)
{
    bool  is_share = row->metric <= RTA_METRIC_VISITED;

    return compare_number(cell, has, is_share ? "%.3f %%" : "%.4f",
                          is_share ? 100 * value : value);
}


static struct rto_value
compare_segment(struct compare_cell *cell,
    const struct rta_comparison_row *row)
{
    if (row->by == NULL) {
        return rto_absent();
    }

    snprintf(cell->bytes, sizeof(cell->bytes), "%s %s", row->by,
             row->segment[0] == '\0' ? "-" : row->segment);

    return rto_string(cell->bytes);
}


static void
compare_row(struct rto_table *table, const struct compare_shape *shape,
    const struct rta_comparison_row *row)
{
    bool                          is_share;
    double                        unit;
    size_t                        i;
    struct rto_value              all[COMPARE_COLUMNS];
    struct rto_value              values[COMPARE_COLUMNS];
    struct compare_cell           cells[COMPARE_COLUMNS];
    const struct rta_comparison  *c = &row->comparison;

    is_share = row->metric <= RTA_METRIC_VISITED;
    unit = is_share ? 100 : 1;

    all[COMPARE_SEGMENT] = compare_segment(&cells[COMPARE_SEGMENT], row);
    all[COMPARE_ARM] = rto_string(row->arm);
    all[COMPARE_METRIC] = compare_metric(&cells[COMPARE_METRIC], row);
    all[COMPARE_VALUE] = compare_share(&cells[COMPARE_VALUE], row,
                                       row->treated > 0, row->treated_value);
    all[COMPARE_AGAINST] = compare_share(&cells[COMPARE_AGAINST], row,
                                         row->heldout > 0,
                                         row->heldout_value);
    all[COMPARE_DIFFERENCE] = compare_number(&cells[COMPARE_DIFFERENCE],
        c->has_difference, is_share ? "%+.4f points" : "%+.4f",
        unit * c->difference);
    all[COMPARE_INTERVAL] = compare_range(&cells[COMPARE_INTERVAL],
        c->has_interval, "%.4f", unit * c->low, unit * c->high);
    all[COMPARE_RELATIVE] = compare_number(&cells[COMPARE_RELATIVE],
        c->has_relative, "%+.1f %%", 100 * c->relative);
    all[COMPARE_RELATIVE_INTERVAL] = compare_range(
        &cells[COMPARE_RELATIVE_INTERVAL], c->has_relative_interval, "%.1f",
        100 * c->relative_low, 100 * c->relative_high);
    all[COMPARE_P] = c->has_p ? rto_fraction(c->p) : rto_absent();
    all[COMPARE_HOLM] = row->has_holm ? rto_fraction(row->p_holm)
                                      : rto_absent();
    all[COMPARE_METHOD] = rto_string(rta_method_name(c->method));

    for (i = 0; i < shape->n; i++) {
        values[i] = all[shape->at[i]];
    }

    (void) rto_row(table, values);
}


static void
compare_form(struct compare_shape *shape,
    const struct rta_comparison_row *rows, size_t n)
{
    bool    has_segment = n > 0 && rows[0].by != NULL, has_holm = false;
    size_t  i;

    for (i = 0; i < n; i++) {
        has_holm |= rows[i].has_holm;
    }

    shape->n = 0;

    for (i = 0; i < COMPARE_COLUMNS; i++) {
        if ((i == COMPARE_SEGMENT && !has_segment)
            || (i == COMPARE_HOLM && !has_holm))
        {
            continue;
        }

        shape->at[shape->n] = (enum compare_column) i;
        shape->columns[shape->n++] = compare_columns[i];
    }
}


static int
compare_table(FILE *out, const struct rta_comparison_row *rows, size_t n)
{
    int                   rc;
    size_t                i;
    struct rto_table     *table;
    struct compare_shape  shape;

    compare_form(&shape, rows, n);
    rc = rto_begin(out, RTO_FORMAT_TEXT, shape.columns, shape.n, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < n; i++) {
        compare_row(table, &shape, &rows[i]);
    }

    return rto_end(table);
}


int
rto_report_comparisons(FILE *out, const struct rta_report *counts)
{
    if (counts->comparison_count == 0) {
        return 0;
    }

    fputs(counts->window_complete
          ? "\nAgainst the hold-out\n"
          : "\nAgainst the hold-out (preliminary)\n", out);

    return compare_table(out, counts->comparisons, counts->comparison_count);
}


int
rto_report_segments(FILE *out, const struct rta_report *counts)
{
    if (counts->segment_count == 0) {
        return 0;
    }

    fputs(counts->window_complete
          ? "\nBy tier and stage (exploratory)\n"
          : "\nBy tier and stage (exploratory, preliminary)\n", out);

    return compare_table(out, counts->segments, counts->segment_count);
}
