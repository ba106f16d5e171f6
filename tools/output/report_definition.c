/* The report for people: who responded, by one definition beside another. */

#include <stddef.h>
#include <stdio.h>

#include "report_words.h"
#include "table.h"

#define DEFINITION_CELL_MAX  32     /* bytes of a cell, with NUL */

#define DEFINITION_ANY(kind)    offsetof(struct rta_tally, any[kind])
#define DEFINITION_HUMAN(kind)                                                \
    offsetof(struct rta_tally, unique[kind][RTN_CLASS_HUMAN])

struct definition_cell {
    char  bytes[DEFINITION_CELL_MAX];
};

const struct rto_definition  rto_definitions[RTO_DEFINITIONS] = {
    { "opened_any", "opened, all", "opened, all",
      DEFINITION_ANY(RTA_OPENED) },
    { "opened", "by people", "opened, people",
      DEFINITION_HUMAN(RTA_OPENED) },
    { "clicked_any", "clicked, all", "clicked, all",
      DEFINITION_ANY(RTA_CLICKED) },
    { "clicked", "by people", "clicked, people",
      DEFINITION_HUMAN(RTA_CLICKED) },
    { "visited", "visited", "visited", DEFINITION_HUMAN(RTA_VISITED) },
    { "carted", "carted", "carted", DEFINITION_HUMAN(RTA_CARTED) },
    { "redeemed", "redeemed", "redeemed",
      offsetof(struct rta_tally, redeemed) },
    { "bought", "bought", "bought", offsetof(struct rta_tally, buyers) }
};


uint64_t
rto_definition_count(const struct rto_definition *definition,
    const struct rta_tally *tally)
{
    return *(const uint64_t *) ((const char *) tally + definition->offset);
}


static void
definition_row(struct rto_table *table, const struct rta_arm_row *arm)
{
    size_t                   i;
    struct rto_value         row[1 + RTO_DEFINITIONS];
    struct definition_cell   cells[RTO_DEFINITIONS];
    const struct rta_tally  *tally = &arm->tally;

    row[0] = rto_string(arm->name);

    for (i = 0; i < RTO_DEFINITIONS; i++) {
        row[1 + i] = rto_absent();

        if (tally->recipients > 0) {
            snprintf(cells[i].bytes, sizeof(cells[i].bytes), "%6.2f %%",
                     100 * (double) rto_definition_count(&rto_definitions[i],
                                                         tally)
                     / (double) tally->recipients);
            row[1 + i] = rto_string(cells[i].bytes);
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
    struct rto_column  columns[1 + RTO_DEFINITIONS] = {
        { "arm", RTO_TEXT, NULL }
    };

    for (i = 0; i < RTO_DEFINITIONS; i++) {
        columns[1 + i] = (struct rto_column) {
            rto_definitions[i].name, RTO_TEXT, rto_definitions[i].heading
        };
    }

    fputs("\nBy one definition and another (share of the recipients; only "
          "what both sides can do shows a lift)\n", out);
    rc = rto_begin(out, RTO_FORMAT_TEXT, columns, 1 + RTO_DEFINITIONS,
                   &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < counts->arm_count; i++) {
        definition_row(table, &counts->arms[i]);
    }

    return rto_end(table);
}
