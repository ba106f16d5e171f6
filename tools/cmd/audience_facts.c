/* What conditions need to know of all customers before one is judged. */

#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "audience_facts.h"
#include "customer_scan.h"
#include "model.h"

#define FACTS_SLICE  1024               /* customers between two looks around */


/* The purchases of one customer, up to the as-of day. */

static int
facts_purchases(struct cmd_customer_scan *scan, int64_t until_ms,
    struct rta_purchases *purchases)
{
    int                      rc;
    const struct rtn_order  *order;

    purchases->n = 0;

    while ((rc = cmd_customer_scan_order(scan, &order)) == 0) {
        if (rta_order_is_purchase(order) && order->ordered_ms < until_ms) {
            rc = rta_purchases_add(purchases, order,
                                   rta_zone_day(order->ordered_ms));
        }

        if (rc != 0) {
            return rc;
        }
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* RTN_ERR_NOT_FOUND at the end, and when it was interrupted. */

static int
facts_walk(struct cmd_customer_scan *scan, struct rta_rfm *rfm,
    struct rta_purchases *purchases, struct cmd_progress *progress)
{
    int                         rc = 0;
    int64_t                     until_ms = rta_zone_day_start(rfm->as_of + 1);
    uint64_t                    done = 0;
    const struct rtn_customer  *customer;

    while (rc == 0) {
        if (++done % FACTS_SLICE == 0) {
            cmd_progress_at(progress, done);

            if (cmd_interrupted()) {
                return RTN_ERR_NOT_FOUND;
            }
        }

        rc = cmd_customer_scan_next(scan, &customer);

        if (rc == 0 && !customer->is_guest) {
            rc = facts_purchases(scan, until_ms, purchases);

            if (rc == 0) {
                rc = rta_rfm_add(rfm, customer->id, purchases->items,
                                 purchases->n);
            }
        }
    }

    return rc;
}


/* As 'segment rfm' scores them when it is given no option. */

static int
facts_scores(struct cmd_context *ctx, struct rta_audience_basis *basis)
{
    int                        rc;
    uint32_t                   last = 0;
    struct rta_rfm             rfm;
    struct cmd_progress        progress;
    struct rta_purchases       purchases = { 0 };
    struct cmd_customer_scan  *scan = NULL;

    rta_rfm_init(&rfm, basis->currency, basis->as_of, RTA_RFM_SUM);

    rc = rtn_customer_last(ctx->store, &last);

    if (rc == 0) {
        rc = cmd_customer_scan_open(ctx->store, &scan);
    }

    if (rc == 0) {
        cmd_progress_begin(&progress, ctx, "reading orders", last);
        rc = facts_walk(scan, &rfm, &purchases, &progress);
        cmd_progress_end(&progress);
    }

    if (rc == RTN_ERR_NOT_FOUND) {
        rc = rta_rfm_cut(&rfm, &basis->cuts);
    }

    cmd_customer_scan_close(scan);
    rta_purchases_release(&purchases);
    rta_rfm_release(&rfm);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the customers");
    }

    return cmd_interrupted() ? cmd_stop(ctx) : CMD_OK;
}


/* What is damaged, 'check' names. */

static int
facts_items(struct cmd_context *ctx, struct cmd_audience_facts *facts)
{
    int                           rc;
    struct rtn_order_items        items;
    struct rtn_order_items_scan  *scan = NULL;

    rc = cmd_bought_new(&facts->asks, &facts->bought);

    if (rc == 0) {
        rc = rtn_order_items_scan_open(ctx->store, &scan);
    }

    while (rc == 0 && !cmd_interrupted()) {
        rc = rtn_order_items_scan_next(scan, &items);

        if (rc == 0) {
            rc = cmd_bought_items(facts->bought, &items);

        } else if (rc == RTN_ERR_CORRUPT) {
            rc = 0;
        }
    }

    rtn_order_items_scan_close(scan);

    if (cmd_interrupted()) {
        return cmd_stop(ctx);
    }

    return rc == RTN_ERR_NOT_FOUND
           ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the orders");
}


int
cmd_condition_read(struct cmd_context *ctx, const char *what,
    const char *text, struct rta_expression **expression, unsigned *needs,
    struct rta_asks *asks)
{
    int                rc;
    const char        *currency;
    struct rtn_str     str = { text, strlen(text) };
    struct rta_fault   fault;

    *expression = NULL;
    rc = rta_expression_parse(str, expression, &fault);

    if (rc == RTN_ERR_LIMIT) {
        return cmd_fail(ctx, CMD_USAGE, "%s, column %zu: %s", what,
                        fault.column, fault.message);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the %s", what);
    }

    *needs |= rta_expression_needs(*expression);
    currency = rta_expression_foreign(*expression, ctx->settings->currency);

    if (currency != NULL) {
        return cmd_fail(ctx, CMD_DATA, "%s: expected_value is known in %s, "
                        "the store's currency, not in %s", what,
                        ctx->settings->currency, currency);
    }

    if (rta_expression_bind(*expression, asks) != 0) {
        return cmd_fail(ctx, CMD_DATA, "%s: more than %d different things "
                        "are asked about by name", what, RTA_ASKS_MAX);
    }

    return CMD_OK;
}


int
cmd_audience_facts_gather(struct cmd_context *ctx, rtn_day_t as_of,
    unsigned needs, const struct rta_asks *asks,
    struct cmd_audience_facts *facts)
{
    int                         rc = CMD_OK;
    struct rta_audience_basis  *basis = &facts->basis;

    *facts = (struct cmd_audience_facts) {
        .basis = { .as_of = as_of, .needs = needs }, .asks = *asks
    };

    memcpy(basis->currency, ctx->settings->currency, sizeof(basis->currency));

    if (needs & RTA_NEED_SCORES) {
        rc = facts_scores(ctx, basis);
    }

    if (rc == CMD_OK && (needs & RTA_NEED_MODELS)) {
        rc = model_outlook(ctx, as_of, &basis->outlook, &basis->model_until,
                           &facts->has_dropout);
    }

    if (rc == CMD_OK && (needs & RTA_NEED_ITEMS)) {
        rc = facts_items(ctx, facts);
    }

    if (rc == CMD_OK && (needs & RTA_NEED_EVENTS)) {
        rc = cmd_seen_gather(ctx, facts);
    }

    if (rc == CMD_OK && (needs & RTA_NEED_REFERRALS)) {
        rc = cmd_referred_gather(ctx, facts);
    }

    return rc;
}


void
cmd_audience_facts_release(struct cmd_audience_facts *facts)
{
    size_t            i;
    struct cmd_seen  *seen = &facts->seen;

    cmd_bought_free(facts->bought);
    free(facts->referred.by);
    free(seen->visit_ms);
    free(seen->cart_ms);
    free(seen->bought_ms);

    for (i = 0; i < facts->asks.n; i++) {
        free(seen->asked[i]);
    }

    memset(facts, 0, sizeof(*facts));
}
