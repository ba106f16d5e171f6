/* The report for people: who responded, by one definition beside another. */

#include <stdio.h>

#include "report_words.h"
#include "table.h"

#define DEFINITION_CELL_MAX  32     /* bytes of a cell, with NUL */
#define DEFINITION_COLUMNS    9

struct definition_cell {
    char  bytes[DEFINITION_CELL_MAX];
};


static void
definition_row(struct rto_table *table, const struct rta_arm_row *arm)
{
    size_t                   i;
    struct rto_value         row[DEFINITION_COLUMNS];
    struct definition_cell   cells[DEFINITION_COLUMNS];
    const struct rta_tally  *tally = &arm->tally;

    const uint64_t  counts[DEFINITION_COLUMNS] = {
        0,
        tally->any[RTA_OPENED],
        tally->unique[RTA_OPENED][RTN_CLASS_HUMAN],
        tally->any[RTA_CLICKED],
        tally->unique[RTA_CLICKED][RTN_CLASS_HUMAN],
        tally->unique[RTA_VISITED][RTN_CLASS_HUMAN],
        tally->unique[RTA_CARTED][RTN_CLASS_HUMAN],
        tally->redeemed,
        tally->buyers
    };

    row[0] = rto_string(arm->name);

    for (i = 1; i < DEFINITION_COLUMNS; i++) {
        row[i] = rto_absent();

        if (tally->recipients > 0) {
            snprintf(cells[i].bytes, sizeof(cells[i].bytes), "%6.2f %%",
                     100 * (double) counts[i] / (double) tally->recipients);
            row[i] = rto_string(cells[i].bytes);
        }
    }

    (void) rto_row(table, row);
}


int
rto_report_definitions(FILE *out, const struct rta_report *counts)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    static const struct rto_column  columns[DEFINITION_COLUMNS] = {
        { "arm", RTO_TEXT, NULL },
        { "opened_any", RTO_TEXT, "opened, all" },
        { "opened", RTO_TEXT, "by people" },
        { "clicked_any", RTO_TEXT, "clicked, all" },
        { "clicked", RTO_TEXT, "by people" },
        { "visited", RTO_TEXT, "visited" },
        { "carted", RTO_TEXT, "carted" },
        { "redeemed", RTO_TEXT, "redeemed" },
        { "bought", RTO_TEXT, "bought" }
    };

    fputs("\nBy one definition and another (share of the recipients; only "
          "what both sides can do shows a lift)\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, DEFINITION_COLUMNS, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->arm_count; i++) {
        definition_row(table, &counts->arms[i]);
    }

    return rto_end(table);
}
