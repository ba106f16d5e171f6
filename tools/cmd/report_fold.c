/* From the event log to the counting function, by way of its roll-ups. */

#include "report_gather.h"
#include "report_load.h"
#include "rtn_crm.h"
#include "rtn_fold.h"
#include "rtn_log.h"


/* Customers that were not known when their event came may be by now. */

static int
report_event(struct report_load *load, struct rtn_event *event)
{
    if (event->customer == 0
        && (event->campaign == 0
            || event->campaign == load->campaign.number)
        && rtn_customer_by_hash(load->ctx->store, event->customer_hash,
                                &event->customer) != 0)
    {
        event->customer = 0;
    }

    return rta_response_event(load->response, event);
}


static int
report_whole_log(struct report_load *load)
{
    int                   rc;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    rc = rtn_log_scan_open(load->ctx->store, 0, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_log_scan_next(scan, &event));

        if (rc == 0) {
            rc = report_event(load, &event);
        }
    } while (report_goes_on(rc));

    load->repeats = rtn_log_scan_repeats(scan);
    rtn_log_scan_close(scan);

    return report_end(rc);
}


static int
report_links(struct report_load *load, struct rtn_fold_view *view)
{
    int                   rc;
    struct rtn_fold_link  link;

    while ((rc = rtn_fold_link_next(view, &link)) == 0) {
        if (link.kind != RTN_KIND_CLICK) {
            continue;
        }

        rc = rta_response_rollup_link(load->response, link.message,
                                      link.link, link.class, link.n);

        if (rc != 0) {
            return rc;
        }
    }

    return report_end(rc);
}


static int
report_hours(struct report_load *load, struct rtn_fold_view *view)
{
    int                   rc;
    struct rtn_fold_hour  hour;

    while ((rc = rtn_fold_hour_next(view, &hour)) == 0) {
        rc = rta_response_rollup_hour(load->response, hour.hour_ms, hour.kind,
                                      hour.class, hour.n);

        if (rc != 0) {
            return rc;
        }
    }

    return report_end(rc);
}


/* A bad row of the roll-ups may stand for many events: it ends the report. */

static int
report_rest(struct report_load *load, struct rtn_fold_view *view)
{
    int               rc;
    struct rtn_event  event;

    rc = report_links(load, view);

    if (rc == 0) {
        rc = report_hours(load, view);
    }

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_fold_rest_next(view, &event));

        if (rc == 0) {
            rc = report_event(load, &event);
        }
    } while (rc == 0);

    return report_end(rc);
}


static int
report_tail(struct report_load *load, const struct rtn_fold_totals *totals)
{
    int                    rc;
    struct rtn_event       event;
    struct rtn_fold_tail  *tail;

    rc = rtn_fold_tail_open(load->ctx->store, totals, &tail);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_fold_tail_next(tail, &event));

        if (rc == 0) {
            rc = report_event(load, &event);
        }
    } while (report_goes_on(rc));

    load->repeats = totals->state.repeats + rtn_fold_tail_repeats(tail);
    rtn_fold_tail_close(tail);

    return report_end(rc);
}


int
report_log(struct report_load *load)
{
    int                     rc;
    struct rtn_fold_view   *view;
    struct rtn_fold_totals  totals;

    rc = rtn_fold_view_open(load->ctx->store, load->campaign.number, &view);

    if (rc != 0) {
        return rc;
    }

    totals = *rtn_fold_view_totals(view);

    if (totals.last_ms >= load->plan.cutoff_ms) {
        rtn_fold_view_close(view);
        return report_whole_log(load);
    }

    rta_response_elsewhere(load->response, totals.strays, totals.outside);
    load->damaged += totals.state.damaged;

    rc = report_gather(load, view);

    if (rc == 0) {
        rc = report_rest(load, view);
    }

    rtn_fold_view_close(view);

    return rc != 0 ? rc : report_tail(load, &totals);
}
