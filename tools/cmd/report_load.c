/* From the store's scans to the counting function. */

#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "report_load.h"
#include "rtn_code.h"
#include "rtn_coupon.h"
#include "rtn_crm.h"
#include "rtn_id.h"
#include "rtn_log.h"

struct report_scan {
    const char  *what;
    int        (*run)(struct report_load *load);
};


int
report_step(struct report_load *load, int rc)
{
    if (cmd_interrupted()) {
        return REPORT_STOPPED;
    }

    cmd_progress_at(&load->progress, ++load->read);

    if (rc == RTN_ERR_CORRUPT && ++load->damaged > REPORT_DAMAGED_MAX) {
        return RTN_ERR_IO;
    }

    return rc;
}


bool
report_goes_on(int rc)
{
    return rc == 0 || rc == RTN_ERR_CORRUPT;
}


int
report_end(int rc)
{
    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
report_recipients(struct report_load *load)
{
    int                         rc;
    struct rta_recipient        counted;
    struct rtn_recipient        recipient;
    struct rtn_recipient_scan  *scan;

    rc = rtn_recipient_scan_open(load->ctx->store, load->campaign.number,
                                 &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_recipient_scan_next(scan, &recipient));

        if (rc == 0) {
            counted.customer = recipient.customer;
            counted.arm = recipient.arm;
            counted.tier = recipient.tier;
            counted.t0_ms = recipient.t0_ms;
            counted.until_ms = recipient.until_ms;
            counted.code = recipient.code;
            counted.code_expires_ms = recipient.code_expires_ms;

            rc = rta_response_recipient(load->response, &counted);
        }
    } while (report_goes_on(rc));

    rtn_recipient_scan_close(scan);

    return report_end(rc);
}


static int
report_imported(struct report_load *load)
{
    int                        rc;
    struct rtn_event           event;
    struct rtn_imported_scan  *scan;

    rc = rtn_imported_scan_open(load->ctx->store, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_imported_scan_next(scan, &event));

        if (rc == 0) {
            rc = rta_response_event(load->response, &event);
        }
    } while (report_goes_on(rc));

    rtn_imported_scan_close(scan);

    return report_end(rc);
}


static int
report_unsubscriptions(struct report_load *load)
{
    int                     rc;
    struct rtn_event        event = { 0 };
    struct rtn_suppression  suppression = { 0 };

    event.kind = RTN_KIND_UNSUBSCRIBE;

    do {
        rc = report_step(load, rtn_suppression_next(load->ctx->store,
                                                    &suppression));

        if (rc == 0 && suppression.campaign == load->campaign.number) {
            event.campaign = suppression.campaign;
            event.message = suppression.message;
            event.customer = suppression.customer;
            event.occurred_ms = suppression.at_ms;

            rc = rta_response_event(load->response, &event);
        }
    } while (rc == 0);

    return report_end(rc);
}


static int
report_coupon(struct report_load *load, const struct rtn_coupon_change *change)
{
    struct rta_coupon_change  counted;

    /* Actions that the report does not count stay 0. */

    static const enum rta_coupon_action  actions[] = {
        [RTN_COUPON_REDEEM] = RTA_COUPON_REDEEMED,
        [RTN_COUPON_RESTORE] = RTA_COUPON_RESTORED,
        [RTN_COUPON_VOIDED] = RTA_COUPON_VOIDED
    };

    if (change->campaign != load->campaign.number
        || (size_t) change->action >= sizeof(actions) / sizeof(actions[0])
        || actions[change->action] == 0)
    {
        return 0;
    }

    counted.action = actions[change->action];
    counted.customer = change->customer;
    counted.at_ms = rtn_id_ms(change->id);
    counted.order_id.data = change->order_id;
    counted.order_id.len = strlen(change->order_id);
    counted.has_amount = change->has_amount;
    counted.amount_minor = change->amount_minor;
    counted.discount_minor = change->discount_minor;
    memcpy(counted.currency, change->currency, sizeof(counted.currency));

    return rta_response_coupon(load->response, &counted);
}


static int
report_journal(struct report_load *load)
{
    int                        rc;
    struct rtn_journal_scan   *scan;
    struct rtn_coupon_change   change;

    rc = rtn_journal_scan_open(load->ctx->store, 0, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_journal_scan_next(scan, &change));

        if (rc == 0) {
            rc = report_coupon(load, &change);
        }
    } while (report_goes_on(rc));

    rtn_journal_scan_close(scan);

    return report_end(rc);
}


static int
report_order(struct report_load *load, const struct rtn_order *order)
{
    struct rtn_str    coupon = { order->coupon, strlen(order->coupon) };
    struct rta_order  counted;

    counted.id.data = order->order_id;
    counted.id.len = strlen(order->order_id);
    counted.customer = order->customer;
    counted.ordered_ms = order->ordered_ms;
    counted.is_paid = order->status == RTN_ORDER_PAID;
    counted.amount_minor = order->amount_minor;
    counted.refunded_minor = order->refunded_minor;
    counted.discount_minor = order->discount_minor;
    counted.has_cost = order->has_cost;
    counted.cost_minor = order->cost_minor;
    memcpy(counted.currency, order->currency, sizeof(counted.currency));

    if (coupon.len == 0 || rtn_code_parse(coupon, &counted.code) != 0) {
        counted.code = 0;
    }

    return rta_response_order(load->response, &counted);
}


static int
report_orders(struct report_load *load)
{
    int                     rc;
    struct rtn_order        order;
    struct rtn_order_scan  *scan;

    rc = rtn_order_scan_open(load->ctx->store, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = report_step(load, rtn_order_scan_next(scan, &order));

        if (rc == 0) {
            rc = report_order(load, &order);
        }
    } while (report_goes_on(rc));

    rtn_order_scan_close(scan);

    return report_end(rc);
}


/* Recipients first, orders last, as response.h asks. */

static const struct report_scan  report_scans[] = {
    { "the recipients", report_recipients },
    { "the recipients of other campaigns", report_overlaps },
    { "the event log", report_log },
    { "the imported events", report_imported },
    { "the unsubscriptions", report_unsubscriptions },
    { "the coupon journal", report_journal },
    { "the orders", report_orders }
};

#define REPORT_SCANS  (sizeof(report_scans) / sizeof(report_scans[0]))


static int
report_count(struct report_load *load)
{
    int     rc = 0;
    size_t  i;

    cmd_progress_begin(&load->progress, load->ctx, "counting", 0);

    for (i = 0; i < REPORT_SCANS && rc == 0; i++) {
        rc = report_scans[i].run(load);
    }

    cmd_progress_end(&load->progress);

    if (rc == REPORT_STOPPED) {
        return cmd_stop(load->ctx);
    }

    if (rc != 0) {
        return cmd_fail_store(load->ctx, rc, "cannot count %s",
                              report_scans[i - 1].what);
    }

    return CMD_OK;
}


static int
report_plan(struct report_load *load, const struct report_wish *wish)
{
    size_t                      i;
    struct rta_plan            *plan = &load->plan;
    const struct rtn_campaign  *campaign = &load->campaign;

    load->arms = calloc(campaign->arm_count + 1, sizeof(*load->arms));
    load->names = calloc(campaign->tier_count + campaign->message_count
                         + campaign->link_count + 1, sizeof(*load->names));

    if (load->arms == NULL || load->names == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < campaign->arm_count; i++) {
        load->arms[i].name = campaign->arms[i].name;
        load->arms[i].share_ppm = campaign->arms[i].share_ppm;
    }

    for (i = 0; i < campaign->tier_count; i++) {
        load->names[i] = campaign->tiers[i].name;
    }

    for (i = 0; i < campaign->message_count; i++) {
        load->names[campaign->tier_count + i] = campaign->messages[i].name;
    }

    load->links = load->names + campaign->tier_count
                  + campaign->message_count;

    for (i = 0; i < campaign->link_count; i++) {
        load->names[campaign->tier_count + campaign->message_count + i] =
            campaign->links[i].name;
    }

    plan->campaign = campaign->number;
    plan->holdout_ppm = campaign->holdout_ppm;
    plan->has_shares = !campaign->is_imported || campaign->holdout_ppm > 0;
    plan->arm_count = campaign->arm_count;
    plan->arms = load->arms;
    plan->tier_count = campaign->tier_count;
    plan->tiers = load->names;
    plan->message_count = campaign->message_count;
    plan->messages = load->names + campaign->tier_count;
    plan->cost_minor = campaign->cost_minor;
    plan->cutoff_ms = wish->cutoff_ms;
    plan->tau = wish->tau;
    plan->is_adjusted = wish->is_adjusted;
    plan->is_tracked = !campaign->is_imported;
    memcpy(plan->cost_currency, campaign->cost_currency,
           sizeof(plan->cost_currency));

    return 0;
}


/* How far the orders are known; on an earlier day nobody knew of later. */

static int
report_orders_until(struct report_load *load)
{
    int               rc;
    bool              is_declared;
    struct rta_plan  *plan = &load->plan;

    rc = rtn_orders_until_get(load->ctx->store, &plan->orders_until_ms,
                              &is_declared);

    if (rc == RTN_ERR_NOT_FOUND) {
        return 0;
    }

    if (rc != 0) {
        return rc;
    }

    plan->has_orders = true;

    if (plan->orders_until_ms > plan->cutoff_ms) {
        plan->orders_until_ms = plan->cutoff_ms;
    }

    return 0;
}


/* Only what was dropped since the campaign was made concerns it. */

static int
report_pruned(struct report_load *load)
{
    int      rc;
    int64_t  dropped_ms;

    rc = rtn_log_dropped_ms(load->ctx->store, &dropped_ms);

    if (rc == 0 && dropped_ms >= load->campaign.created_ms) {
        load->plan.pruned_ms = dropped_ms;
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
report_prepare(struct report_load *load, const struct report_wish *wish)
{
    int  rc;

    rc = report_plan(load, wish);

    if (rc == 0) {
        rc = report_pruned(load);
    }

    if (rc == 0) {
        rc = report_orders_until(load);
    }

    return rc == 0 ? rta_response_init(&load->plan, &load->response) : rc;
}


int
report_load_more(struct report_load *load, struct cmd_context *ctx,
    const char *slug, const struct report_wish *wish)
{
    int  rc;

    memset(load, 0, sizeof(*load));
    load->ctx = ctx;
    load->finds_overlaps = wish->finds_overlaps;

    rc = campaign_find(ctx, slug, &load->campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = report_prepare(load, wish);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the campaign '%s'", slug);
    }

    if (wish->people_currency != NULL) {
        rta_response_keep(load->response, wish->people_currency);
    }

    rc = report_count(load);

    if (rc != CMD_OK) {
        return rc;
    }

    rta_response_health(load->response, load->damaged, load->repeats);
    rc = rta_response_finish(load->response, &load->report);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot add up the report");
    }

    return CMD_OK;
}


int
report_load(struct report_load *load, struct cmd_context *ctx,
    const char *slug, int64_t cutoff_ms)
{
    struct report_wish  wish = { .cutoff_ms = cutoff_ms };

    return report_load_more(load, ctx, slug, &wish);
}


void
report_release(struct report_load *load)
{
    rta_response_free(load->response);
    rtn_campaign_release(&load->campaign);
    free(load->arms);
    free(load->names);
}
