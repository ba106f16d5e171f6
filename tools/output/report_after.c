/* The report for people: how those who came back went on. */

#include <stdio.h>

#include "report_words.h"
#include "table.h"

#define AFTER_CELL_MAX  48          /* bytes of a cell, with NUL */

struct after_cell {
    char  bytes[AFTER_CELL_MAX];
};

/* "treated" alone would say too little here. */
static const char *const  after_labels[RTA_AFTER_GROUPS] = {
    [RTA_AFTER_TREATED] = "came back, treated",
    [RTA_AFTER_HOLDOUT] = "came back, hold-out",
    [RTA_AFTER_NEW] = "new customers"
};


const char *
rto_after_label(enum rta_after_group group)
{
    return after_labels[group];
}


static struct rto_value
after_share(struct after_cell *cell, const struct rta_survival_point *point)
{
    if (!point->has_share) {
        return rto_absent();
    }

    if (point->has_interval) {
        snprintf(cell->bytes, sizeof(cell->bytes),
                 "%5.1f %% (%.1f to %.1f)", 100 * point->share,
                 100 * point->interval.low, 100 * point->interval.high);

    } else {
        snprintf(cell->bytes, sizeof(cell->bytes), "%5.1f %%",
                 100 * point->share);
    }

    return rto_string(cell->bytes);
}


static void
after_row(struct rto_table *table, const char *label,
    const struct rta_after_row *row)
{
    struct after_cell  month, quarter, difference;

    struct rto_value  values[] = {
        rto_string(label), rto_integer((int64_t) row->customers),
        rto_integer((int64_t) row->again),
        after_share(&month, &row->month),
        after_share(&quarter, &row->quarter),
        row->has_median ? rto_integer(row->median_days) : rto_absent(),
        rto_absent()
    };

    if (row->has_difference) {
        snprintf(difference.bytes, sizeof(difference.bytes),
                 "%+.1f points (%.1f to %.1f)", 100 * row->difference,
                 100 * row->low, 100 * row->high);
        values[6] = rto_string(difference.bytes);
    }

    (void) rto_row(table, values);
}


int
rto_report_after(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "group", RTO_TEXT, "who" },
        { "customers", RTO_INTEGER, NULL },
        { "again", RTO_INTEGER, "ordered again" },
        { "month", RTO_TEXT, "within 30 days" },
        { "quarter", RTO_TEXT, "within 91 days" },
        { "median", RTO_INTEGER, "half by day" },
        { "difference", RTO_TEXT, "treated less these, 91 days" }
    };

    if (counts->after_count == 0) {
        return 0;
    }

    fputs("\nAfter the order that counted: who ordered again on a later "
          "day (Kaplan-Meier)\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 7, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->after_count; i++) {
        after_row(table, rto_after_label((enum rta_after_group) i),
                  &counts->after[i]);
    }

    return rto_end(table);
}
