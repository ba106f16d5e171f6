/* Who brought whom: customers by the id that others name as referred_by. */

#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "audience_facts.h"
#include "rtn_crm.h"

#define REFERRED_SLICE  4096            /* rows between two looks around */

struct referred_scan {
    struct cmd_context   *ctx;
    struct cmd_referred  *referred;
    const char           *currency;
    int64_t               until_ms;
    uint32_t             *referrers;    /* by number; 0: nobody known */
    bool                  is_empty;     /* all of them are 0 */
    uint32_t              buyer;        /* the last one counted */
    uint64_t              done;
    struct cmd_progress   progress;
};


/* An id that is no customer's may become one's with a later import. */

static int
referred_customer(struct referred_scan *scan,
    const struct rtn_customer *customer)
{
    int             rc;
    uint32_t        referrer;
    struct rtn_str  id = { customer->referred_by,
                           strlen(customer->referred_by) };

    if (id.len == 0 || customer->number >= scan->referred->size) {
        return 0;
    }

    rc = rtn_customer_find(scan->ctx->store, id, &referrer);

    if (rc == RTN_ERR_NOT_FOUND) {
        scan->referred->unknown++;
        return 0;
    }

    if (rc == 0 && referrer < scan->referred->size) {
        scan->referrers[customer->number] = referrer;
        scan->is_empty = false;
    }

    return rc;
}


/* Orders come by customer. */

static int
referred_order(struct referred_scan *scan, const struct rtn_order *order)
{
    uint32_t              referrer;
    struct rta_purchase   purchase;
    struct rta_referred  *by;

    if (order->customer >= scan->referred->size
        || order->ordered_ms >= scan->until_ms
        || !rta_order_is_purchase(order))
    {
        return 0;
    }

    referrer = scan->referrers[order->customer];

    if (referrer == 0) {
        return 0;
    }

    by = &scan->referred->by[referrer];

    if (order->customer != scan->buyer) {
        scan->buyer = order->customer;
        by->customers++;
    }

    rta_purchase_init(&purchase, order, rta_zone_day(order->ordered_ms));

    if (rta_purchase_is_in(&purchase, scan->currency)) {
        rta_minor_add(&by->paid_minor, purchase.paid_minor);
    }

    return 0;
}


/* RTN_ERR_NOT_FOUND ends a scan, and so does an interruption. */

static int
referred_look(struct referred_scan *scan)
{
    if (++scan->done % REFERRED_SLICE == 0) {
        cmd_progress_at(&scan->progress, scan->done);

        if (cmd_interrupted()) {
            return RTN_ERR_NOT_FOUND;
        }
    }

    return 0;
}


static int
referred_customers(struct referred_scan *scan)
{
    int                        rc;
    struct rtn_customer        customer;
    struct rtn_customer_scan  *customers;

    rc = rtn_customer_scan_open(scan->ctx->store, &customers);

    if (rc != 0) {
        return rc;
    }

    while (rc == 0) {
        rc = rtn_customer_scan_next(customers, &customer);

        if (rc == 0) {
            rc = referred_customer(scan, &customer);
        }

        if (rc == 0) {
            rc = referred_look(scan);
        }
    }

    rtn_customer_scan_close(customers);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
referred_orders(struct referred_scan *scan)
{
    int                     rc;
    struct rtn_order        order;
    struct rtn_order_scan  *orders;

    if (scan->is_empty) {
        return 0;
    }

    rc = rtn_order_scan_open(scan->ctx->store, &orders);

    if (rc != 0) {
        return rc;
    }

    while (rc == 0) {
        rc = rtn_order_scan_next(orders, &order);

        if (rc == 0) {
            rc = referred_order(scan, &order);
        }

        if (rc == 0) {
            rc = referred_look(scan);
        }
    }

    rtn_order_scan_close(orders);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
cmd_referred_gather(struct cmd_context *ctx, struct cmd_audience_facts *facts)
{
    int                   rc;
    uint32_t              last = 0;
    struct cmd_referred  *referred = &facts->referred;
    struct referred_scan  scan = {
        .ctx = ctx, .referred = referred, .currency = facts->basis.currency,
        .is_empty = true
    };

    scan.until_ms = rta_zone_day_start(facts->basis.as_of + 1);
    rc = rtn_customer_last(ctx->store, &last);

    if (rc == 0) {
        referred->size = last + 1;
        referred->by = calloc(referred->size, sizeof(*referred->by));
        scan.referrers = calloc(referred->size, sizeof(*scan.referrers));
        rc = referred->by == NULL || scan.referrers == NULL ? RTN_ERR_NOMEM
                                                            : 0;
    }

    cmd_progress_begin(&scan.progress, ctx, "reading referrals", 0);

    if (rc == 0) {
        rc = referred_customers(&scan);
    }

    if (rc == 0 && !cmd_interrupted()) {
        rc = referred_orders(&scan);
    }

    cmd_progress_end(&scan.progress);
    free(scan.referrers);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the customers");
    }

    return cmd_interrupted() ? cmd_stop(ctx) : CMD_OK;
}
