/* The report as JSON: by day and by link. */

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
