/* Sheets by day and by link. */

#include "book.h"


static void
days_row(struct rto_filler *filler, const struct rta_activity_row *row)
{
    int                       kind;
    size_t                    arm;
    const struct rta_report  *counts = filler->report->counts;

    rto_cell_day(filler, row->day);

    for (arm = 0; arm < counts->arm_count; arm++) {
        rto_cell_count(filler, row->orders[arm]);
    }

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_cell_count(filler, row->human[kind]);
    }

    rto_sheet_row(filler);
}


void
rto_sheet_daily(struct rto_filler *filler)
{
    int                       kind;
    size_t                    i;
    const struct rta_report  *counts = filler->report->counts;

    rto_sheet_begin(filler, "Daily", "By day of the shop: orders by arm, and "
                    "how often people did something.");
    rto_sheet_heading(filler, "day");
    rto_sheet_arm_headings(filler, "orders, ");

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        rto_sheet_heading(filler, "%s", rta_response_name(kind));
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->activity_count; i++) {
        days_row(filler, &counts->activity[i]);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_LINES, "Orders by day", 0, 1, counts->arm_count, 0
    };
    rto_sheet_close(filler);
}


/* Of each arm, then of all treated where they are several. */

struct days_side {
    const char          *name;
    struct rta_day_arm   n;
};

struct days_sides {
    size_t            n;
    struct days_side  at[RTA_ARM_ALL_TREATED + 1];
};


static void
days_sides(const struct rta_report *counts, const struct rta_day_row *row,
    struct days_sides *sides)
{
    struct days_side  *all;

    for (sides->n = 0; sides->n < counts->arm_count; sides->n++) {
        sides->at[sides->n].name = counts->arms[sides->n].name;

        if (row != NULL) {
            sides->at[sides->n].n = row->arms[sides->n];
        }
    }

    if (counts->arm_count <= 2) {
        return;
    }

    all = &sides->at[sides->n++];
    all->name = "all treated";

    if (row != NULL) {
        all->n.recipients = row->treated;
        all->n.buyers = row->treated_buyers;
    }
}


static void
days_buyers_row(struct rto_filler *filler, const struct rta_day_row *row)
{
    size_t             i;
    struct days_sides  sides;

    days_sides(filler->report->counts, row, &sides);
    rto_cell_day(filler, row->day);

    for (i = 0; i < sides.n; i++) {
        rto_cell_share(filler, sides.at[i].n.recipients > 0,
                       (double) sides.at[i].n.buyers
                       / (double) sides.at[i].n.recipients);
    }

    for (i = 0; i < sides.n; i++) {
        rto_cell_count(filler, sides.at[i].n.buyers);
    }

    for (i = 0; i < sides.n; i++) {
        rto_cell_count(filler, sides.at[i].n.recipients);
    }

    rto_sheet_row(filler);
}


/* Shares first, by which arms of any size can be compared. */

void
rto_sheet_buyers(struct rto_filler *filler)
{
    size_t                    i, what;
    struct days_sides         sides;
    const struct rta_report  *counts = filler->report->counts;

    static const char *const  prefixes[] = { "", "buyers, ", "recipients, " };

    rto_sheet_begin(filler, "Buyers by day", "By the end of each day: who has "
                    "bought so far, as comparisons count it, of the "
                    "recipients whose window has begun.");
    rto_sheet_heading(filler, "day");
    days_sides(counts, NULL, &sides);

    for (what = 0; what < sizeof(prefixes) / sizeof(prefixes[0]); what++) {
        for (i = 0; i < sides.n; i++) {
            rto_sheet_heading(filler, "%s%s", prefixes[what],
                              sides.at[i].name);
        }
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->day_count; i++) {
        days_buyers_row(filler, &counts->days[i]);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_LINES, "Share that has bought by the end of the day", 0, 1,
        sides.n, 0
    };
    rto_sheet_close(filler);
}


void
rto_sheet_links(struct rto_filler *filler)
{
    int                         class;
    size_t                      i;
    const struct rta_report    *counts = filler->report->counts;
    const struct rta_link_row  *row;

    rto_sheet_begin(filler, "Links", "Clicks, in times; no person sees the "
                    "link 'trap'.");
    rto_sheet_heading(filler, "link");
    rto_sheet_heading(filler, "message");

    for (class = 0; class < RTN_CLASS_COUNT; class++) {
        rto_sheet_heading(filler, "%s", rtn_class_name(class));
    }

    rto_sheet_open(filler);

    for (i = 0; i < counts->link_count; i++) {
        row = &counts->links[i];
        rto_cell_text(filler, rto_report_link(filler->report, row->link));
        rto_cell_text(filler, counts->plan->messages[row->message]);

        for (class = 0; class < RTN_CLASS_COUNT; class++) {
            rto_cell_count(filler, row->clicks[class]);
        }

        rto_sheet_row(filler);
    }

    filler->sheet.chart = (struct rto_chart) {
        RTO_CHART_COLUMNS, "Clicks by link", 1, 2, 4, 0
    };
    rto_sheet_close(filler);
}
