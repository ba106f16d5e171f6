/* The report as one flat table: by day, by link, and beside other
   campaigns. */

#include "report_csv.h"


static void
csv_day_arm(struct rto_report_rows *rows, const char *arm,
    uint64_t recipients, uint64_t buyers)
{
    rows->row[CSV_ARM] = rto_string(arm);
    rto_rows_count(rows, "recipients", recipients);
    rto_rows_count(rows, "buyers", buyers);
}


/* Several treated arms stand behind the sum of them. */

void
rto_rows_days(struct rto_report_rows *rows)
{
    char                       day[11];
    size_t                     i, arm;
    const struct rta_day_row  *row;
    const struct rta_report   *counts = rows->counts;

    for (i = 0; i < counts->day_count; i++) {
        row = &counts->days[i];
        rtn_day_format(row->day, day);

        rto_rows_begin(rows, "day");
        rows->row[CSV_TEXT] = rto_string(day);
        csv_day_arm(rows, "treated", row->treated, row->treated_buyers);
        csv_day_arm(rows, "holdout", row->heldout, row->heldout_buyers);

        for (arm = 1; arm < counts->arm_count && counts->arm_count > 2;
             arm++)
        {
            csv_day_arm(rows, counts->arms[arm].name,
                        row->arms[arm].recipients, row->arms[arm].buyers);
        }
    }
}


void
rto_rows_activity(struct rto_report_rows *rows)
{
    int                             kind;
    char                            day[11];
    size_t                          i, arm;
    const struct rta_activity_row  *row;

    for (i = 0; i < rows->counts->activity_count; i++) {
        row = &rows->counts->activity[i];
        rtn_day_format(row->day, day);

        rto_rows_begin(rows, "activity");
        rows->row[CSV_TEXT] = rto_string(day);
        rows->row[CSV_CLASS] = rto_string(rtn_class_name(RTN_CLASS_HUMAN));

        for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
            rto_rows_count(rows, rta_response_name(kind), row->human[kind]);
        }

        rows->row[CSV_CLASS] = rto_absent();

        for (arm = 0; arm < rows->counts->arm_count; arm++) {
            rows->row[CSV_ARM] = rto_string(rows->counts->arms[arm].name);
            rto_rows_count(rows, "orders", row->orders[arm]);
        }
    }
}


void
rto_rows_links(struct rto_report_rows *rows)
{
    size_t                      i;
    const struct rta_link_row  *row;

    for (i = 0; i < rows->counts->link_count; i++) {
        row = &rows->counts->links[i];

        rto_rows_begin(rows, "link");
        rows->row[CSV_MESSAGE]
            = rto_string(rows->counts->plan->messages[row->message]);
        rows->row[CSV_TEXT] = rto_string(rto_report_link(rows->report,
                                                         row->link));
        rto_rows_classes(rows, "clicks", row->clicks);
    }
}


void
rto_rows_overlaps(struct rto_report_rows *rows)
{
    size_t                     i;
    const struct rta_overlap  *overlap;

    for (i = 0; i < rows->counts->overlap_count && i < RTA_OVERLAPS_MAX; i++) {
        overlap = &rows->counts->overlaps[i];

        rto_rows_begin(rows, "overlap");
        rows->row[CSV_TEXT] = rto_string(overlap->campaign);
        rto_rows_count(rows, "recipients", overlap->recipients);
    }
}
