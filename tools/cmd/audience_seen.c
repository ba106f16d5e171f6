/* What events say of customers, before an audience is judged. */

#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "audience_facts.h"
#include "rtn_crm.h"
#include "rtn_log.h"

#define SEEN_SLICE  4096                /* events between two looks around */

/* Events that show a person in the shop; a click leads there. */
#define SEEN_VISITS  (1u << RTN_KIND_CLICK | 1u << RTN_KIND_VISIT             \
                      | 1u << RTN_KIND_VIEW | 1u << RTN_KIND_CART             \
                      | 1u << RTN_KIND_CHECKOUT)
#define SEEN_CARTS   (1u << RTN_KIND_CART | 1u << RTN_KIND_CHECKOUT)

struct seen_scan {
    struct cmd_context         *ctx;
    struct cmd_audience_facts  *facts;
    int64_t                     until_ms;
    uint64_t                    done;
    struct cmd_progress         progress;
};


static int
seen_reserve(struct cmd_audience_facts *facts, uint32_t last)
{
    size_t            i, k, size = (size_t) last + 1;
    struct cmd_seen  *seen = &facts->seen;

    seen->visit_ms = calloc(size, sizeof(*seen->visit_ms));
    seen->cart_ms = calloc(size, sizeof(*seen->cart_ms));
    seen->bought_ms = calloc(size, sizeof(*seen->bought_ms));

    if (seen->visit_ms == NULL || seen->cart_ms == NULL
        || seen->bought_ms == NULL)
    {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < facts->asks.n; i++) {
        seen->asked[i] = reallocarray(NULL, size, sizeof(*seen->asked[i]));

        if (seen->asked[i] == NULL) {
            return RTN_ERR_NOMEM;
        }

        for (k = 0; k < size; k++) {
            seen->asked[i][k] = CMD_SEEN_NEVER;
        }
    }

    seen->size = last + 1;

    return 0;
}


static void
seen_later(int64_t *latest_ms, int64_t ms)
{
    if (ms > *latest_ms) {
        *latest_ms = ms;
    }
}


static bool
seen_is(struct rtn_str text, const struct rta_ask *ask)
{
    return text.len == strlen(ask->text)
           && memcmp(text.data, ask->text, text.len) == 0;
}


static bool
seen_answers(const struct rtn_event *event, const struct rta_ask *ask)
{
    size_t  i;

    if (ask->kind == RTA_ASK_ANSWERED) {
        return event->survey.len > 0 && seen_is(event->survey, ask);
    }

    for (i = 0; event->kind == RTN_KIND_PURCHASE && i < event->item_count; i++)
    {
        if (seen_is(event->items[i].sku, ask)
            || seen_is(event->items[i].category, ask))
        {
            return true;
        }
    }

    return false;
}


static int
seen_ask(struct seen_scan *scan, const struct rtn_event *event)
{
    int         rc = 0;
    size_t      i;
    rtn_day_t   day, *last;

    if (event->survey.len == 0 && event->item_count == 0) {
        return 0;
    }

    for (i = 0; rc == 0 && i < scan->facts->asks.n; i++) {
        if (!seen_answers(event, &scan->facts->asks.items[i])) {
            continue;
        }

        day = rta_zone_day(event->occurred_ms);

        if (event->kind == RTN_KIND_PURCHASE && event->order_id.len > 0) {
            rc = cmd_bought_claim(scan->facts->bought, event->customer, i,
                                  day, event->order_id);
            continue;
        }

        last = &scan->facts->seen.asked[i][event->customer];

        if (day > *last) {
            *last = day;
        }
    }

    return rc;
}


/* What a machine did is no sign of a person.  Recipients of test mails have
   numbers beyond those of customers. */

static int
seen_event(struct seen_scan *scan, struct rtn_event *event)
{
    int               rc;
    struct cmd_seen  *seen = &scan->facts->seen;

    if (event->class != RTN_CLASS_HUMAN
        || event->occurred_ms >= scan->until_ms
        || event->occurred_ms < RTA_ZONE_MS_MIN)
    {
        return 0;
    }

    if (event->customer == 0) {
        rc = rtn_customer_by_hash(scan->ctx->store, event->customer_hash,
                                  &event->customer);

        if (rc != 0) {
            return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
        }
    }

    if (event->customer >= seen->size) {
        return 0;
    }

    if (SEEN_VISITS & 1u << event->kind) {
        seen_later(&seen->visit_ms[event->customer], event->occurred_ms);
    }

    if (SEEN_CARTS & 1u << event->kind) {
        seen_later(&seen->cart_ms[event->customer], event->occurred_ms);
    }

    if (event->kind == RTN_KIND_PURCHASE) {
        seen_later(&seen->bought_ms[event->customer], event->occurred_ms);
    }

    return seen_ask(scan, event);
}


/* A damaged record may be the one by which a customer is in or out, and a draw
   stays.  RTN_ERR_NOT_FOUND: the end, or it was interrupted. */

static int
seen_step(struct seen_scan *scan, int rc, struct rtn_event *event)
{
    if (rc == 0) {
        rc = seen_event(scan, event);
    }

    if (++scan->done % SEEN_SLICE == 0) {
        cmd_progress_at(&scan->progress, scan->done);

        if (cmd_interrupted()) {
            return RTN_ERR_NOT_FOUND;
        }
    }

    return rc;
}


static int
seen_log(struct seen_scan *scan)
{
    int                   rc;
    struct rtn_event      event;
    struct rtn_log_scan  *log;

    rc = rtn_log_scan_open(scan->ctx->store, 0, &log);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = seen_step(scan, rtn_log_scan_next(log, &event), &event);
    } while (rc == 0);

    rtn_log_scan_close(log);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
seen_imported(struct seen_scan *scan)
{
    int                        rc;
    struct rtn_event           event;
    struct rtn_imported_scan  *imported;

    rc = rtn_imported_scan_open(scan->ctx->store, &imported);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = seen_step(scan, rtn_imported_scan_next(imported, &event),
                       &event);
    } while (rc == 0);

    rtn_imported_scan_close(imported);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
cmd_seen_gather(struct cmd_context *ctx, struct cmd_audience_facts *facts)
{
    int               rc;
    uint32_t          last = 0;
    const char       *what = "the events";
    struct seen_scan  scan = { .ctx = ctx, .facts = facts };

    scan.until_ms = rta_zone_day_start(facts->basis.as_of + 1);
    rc = rtn_customer_last(ctx->store, &last);

    if (rc == 0) {
        rc = seen_reserve(facts, last);
    }

    cmd_progress_begin(&scan.progress, ctx, "reading events", 0);

    if (rc == 0) {
        rc = seen_log(&scan);
    }

    if (rc == 0) {
        rc = seen_imported(&scan);
    }

    if (rc == 0 && !cmd_interrupted()) {
        what = "the coupon journal";
        rc = cmd_redeemed_gather(ctx, &facts->seen, scan.until_ms);
    }

    cmd_progress_end(&scan.progress);

    if (facts->bought != NULL) {
        cmd_bought_sort(facts->bought);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read %s", what);
    }

    return cmd_interrupted() ? cmd_stop(ctx) : CMD_OK;
}
