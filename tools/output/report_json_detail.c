/* The report as JSON: by day and by link, and what stands beside it. */

#include "report_json.h"
#include "rtn_token.h"


const char *
rto_report_link(const struct rto_report *report, uint8_t link)
{
    if (link == RTN_LINK_TRAP) {
        return "trap";
    }

    return link <= report->link_count ? report->links[link - 1] : NULL;
}


void
rto_json_activity(struct rto_object *object, const struct rta_report *counts)
{
    int                        kind;
    size_t                     i, arm;
    const struct rta_activity_row  *row;

    rto_object_open(object, "activity", '[');

    for (i = 0; i < counts->activity_count; i++) {
        row = &counts->activity[i];

        rto_object_open_row(object);
        rto_object_day(object, "day", row->day);

        for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
            rto_object_count(object, rta_response_name(kind),
                             row->human[kind]);
        }

        rto_object_open(object, "orders", '{');

        for (arm = 0; arm < counts->arm_count; arm++) {
            rto_object_count(object, counts->arms[arm].name,
                             row->orders[arm]);
        }

        rto_object_close(object, '}');
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
    rto_object_line(object);
}


void
rto_json_links(struct rto_object *object, const struct rto_report *report)
{
    size_t                      i;
    const struct rta_link_row  *row;
    const struct rta_report    *counts = report->counts;

    rto_object_open(object, "links", '[');

    for (i = 0; i < counts->link_count; i++) {
        row = &counts->links[i];

        rto_object_open_row(object);
        rto_object_text(object, "message",
                        counts->plan->messages[row->message]);
        rto_object_text(object, "link", rto_report_link(report, row->link));
        rto_json_classes(object, "clicks", row->clicks);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
    rto_object_line(object);
}


void
rto_json_overlaps(struct rto_object *object, const struct rta_report *counts)
{
    size_t                     i;
    const struct rta_overlap  *overlap;

    rto_object_open(object, "overlaps", '[');

    for (i = 0; i < counts->overlap_count && i < RTA_OVERLAPS_MAX; i++) {
        overlap = &counts->overlaps[i];

        rto_object_open_row(object);
        rto_object_text(object, "campaign", overlap->campaign);
        rto_object_count(object, "recipients", overlap->recipients);
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}


void
rto_json_conflicts(struct rto_object *object, const struct rta_report *counts)
{
    size_t                      i;
    const struct rta_conflict  *conflict;

    rto_object_open(object, "conflicts", '[');

    for (i = 0; i < counts->conflict_count && i < RTA_CONFLICTS_MAX; i++) {
        conflict = &counts->conflicts[i];

        rto_object_open_row(object);
        rto_object_text(object, "order_id", conflict->order_id);
        rto_object_text(object, "differs", conflict->what);
        rto_object_text(object, "stands", rtn_source_name(conflict->winner));
        rto_object_text(object, "against", rtn_source_name(conflict->loser));
        rto_object_close(object, '}');
    }

    rto_object_close(object, ']');
}
