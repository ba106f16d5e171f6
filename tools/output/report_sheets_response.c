/* Sheets of who responded: by class, and by one definition and another. */

#include "book.h"
#include "report_words.h"

/* Of whom a row tells. */
struct response_of {
    const char  *by;
    const char  *name;
    const char  *arm;               /* NULL: all */
};


static void
response_row(struct rto_filler *filler, const struct response_of *of, int kind,
    const uint64_t unique[RTN_CLASS_COUNT], const uint64_t *any,
    const uint64_t total[RTN_CLASS_COUNT])
{
    int  class;

    rto_cell_text(filler, of->by);
    rto_cell_text(filler, of->name);
    rto_cell_text(filler, of->arm != NULL ? of->arm : "all");
    rto_cell_text(filler, rta_response_name(kind));

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rto_cell_count(filler, unique[class]);
    }

    if (any != NULL) {
        rto_cell_count(filler, *any);

    } else {
        rto_cell_number(filler, false, 0);
    }

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rto_cell_count(filler, total[class]);
    }

    rto_sheet_row(filler);
}


static void
response_tally(struct rto_filler *filler, const struct response_of *of,
    const struct rta_tally *tally)
{
    int  kind;

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        response_row(filler, of, kind, tally->unique[kind],
                     &tally->any[kind], tally->total[kind]);
    }
}


static void
response_arms(struct rto_filler *filler, const struct rta_report *counts)
{
    size_t              i;
    struct response_of  of = { "arm", NULL, NULL };

    for (i = 0; i < counts->arm_count; i++) {
        of.name = of.arm = counts->arms[i].name;
        response_tally(filler, &of, &counts->arms[i].tally);
    }
}


static void
response_tiers(struct rto_filler *filler, const struct rta_report *counts)
{
    size_t                      i;
    struct response_of          of = { "tier", NULL, NULL };
    const struct rta_tier_row  *row;

    for (i = 0; i < counts->tier_count; i++) {
        row = &counts->tiers[i];
        of.name = row->name[0] != '\0' ? row->name : "none";
        of.arm = row->arm;
        response_tally(filler, &of, row->tally);
    }
}


static void
response_messages(struct rto_filler *filler, const struct rta_report *counts)
{
    int                            kind;
    size_t                         i;
    struct response_of             of = { "message", NULL, NULL };
    const struct rta_message_row  *row;

    for (i = 0; i < counts->message_count; i++) {
        row = &counts->messages[i];
        of.name = row->name;

        for (kind = 0; kind < RTA_MESSAGE_KINDS; kind++) {
            response_row(filler, &of, kind, row->unique[kind], NULL,
                         row->total[kind]);
        }
    }
}


void
rto_sheet_responses(struct rto_filler *filler)
{
    int  class;

    rto_sheet_begin(filler, "Responses", "Recipients who did so, and how "
                    "often; a recipient stands in each class that it has, "
                    "and once in 'any'.");
    rto_sheet_heading(filler, "by");
    rto_sheet_heading(filler, "name");
    rto_sheet_heading(filler, "arm");
    rto_sheet_heading(filler, "what");

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rto_sheet_heading(filler, "recipients, %s", rtn_class_name(class));
    }

    rto_sheet_heading(filler, "recipients, any");

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rto_sheet_heading(filler, "times, %s", rtn_class_name(class));
    }

    rto_sheet_open(filler);
    response_arms(filler, filler->report->counts);
    response_tiers(filler, filler->report->counts);
    response_messages(filler, filler->report->counts);
    rto_sheet_close(filler);
}


void
rto_sheet_compared(struct rto_filler *filler)
{
    size_t                     i, arm;
    const struct rta_report   *counts = filler->report->counts;
    const struct rta_arm_row  *row;

    rto_sheet_begin(filler, "By definition", "Who responded by one "
                    "definition and another, as a share of the recipients; "
                    "only what both sides can do shows a lift.");
    rto_sheet_heading(filler, "definition");
    rto_sheet_arm_headings(filler, "");
    rto_sheet_arm_headings(filler, "recipients, ");
    rto_sheet_open(filler);

    for (i = 0; i < RTO_DEFINITIONS; i++) {
        rto_cell_text(filler, rto_definitions[i].label);

        for (arm = 0; arm < counts->arm_count; arm++) {
            row = &counts->arms[arm];
            rto_cell_share(filler, row->tally.recipients > 0,
                           (double) rto_definition_count(&rto_definitions[i],
                                                         &row->tally)
                           / (double) row->tally.recipients);
        }

        for (arm = 0; arm < counts->arm_count; arm++) {
            rto_cell_count(filler,
                           rto_definition_count(&rto_definitions[i],
                                                &counts->arms[arm].tally));
        }

        rto_sheet_row(filler);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Share of recipients who responded, by definition",
        0, 1, counts->arm_count, 0
    };
    rto_sheet_close(filler);
}
