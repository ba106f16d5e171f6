/* campaign power: how many of such customers come back by themselves. */

#include <stdio.h>
#include <stdlib.h>

#include "../analysis/zone.h"
#include "campaign_power.h"


/* The last day that a window of the past may have. */

static int
base_last_day(struct cmd_context *ctx, const struct power *power,
    rtn_day_t *last)
{
    int      rc;
    bool     is_declared;
    int64_t  until_ms;

    rc = rtn_orders_until_get(ctx->store, &until_ms, &is_declared);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "no orders were imported, so who comes "
                        "back by himself is not known; give --base-rate");
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the orders");
    }

    /* Of the day on which the orders end, some may be missing. */

    *last = rta_zone_day(until_ms) - 1;

    if (*last > ctx->as_of) {
        *last = ctx->as_of;
    }

    if (*last >= power->campaign.starts) {
        *last = power->campaign.starts - 1;
    }

    return CMD_OK;
}


/* Counts the drawn who ordered; both come by customer number. */

static int
base_came_back(struct cmd_context *ctx, const struct campaign_draw *draw,
    struct power_window *window)
{
    int                     rc;
    size_t                  at = 0;
    int64_t                 from_ms = rta_zone_day_start(window->from);
    int64_t                 until_ms = rta_zone_day_start(window->to + 1);
    uint32_t                counted = 0;
    struct rtn_order        order;
    struct rtn_order_scan  *scan;

    rc = rtn_order_scan_open(ctx->store, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = rtn_order_scan_next(scan, &order);

        if (rc != 0 || order.customer == counted
            || order.status != RTN_ORDER_PAID || order.ordered_ms < from_ms
            || order.ordered_ms >= until_ms)
        {
            continue;
        }

        while (at < draw->n && draw->recipients[at].customer < order.customer)
        {
            at++;
        }

        if (at < draw->n && draw->recipients[at].customer == order.customer) {
            counted = order.customer;
            window->came_back++;
        }

    } while (rc == 0 || rc == RTN_ERR_CORRUPT);

    rtn_order_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/*
 * The audience of an earlier day.  Nobody in it is no fault: what the draw
 * says of that is kept back.
 */

static int
base_draw(struct cmd_context *ctx, const struct power *power, rtn_day_t as_of,
    struct campaign_draw *draw)
{
    int                 rc;
    char               *said = NULL;
    size_t              len = 0;
    struct cmd_context  quiet = *ctx;

    quiet.err = open_memstream(&said, &len);

    if (quiet.err == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot read the customers");
    }

    rc = campaign_draw_collect(&quiet, &power->campaign, as_of, draw);
    fclose(quiet.err);

    if (rc == CMD_DATA && draw->n == 0) {
        rc = CMD_OK;

    } else if (rc != CMD_OK) {
        fputs(said, ctx->err);
    }

    free(said);

    return rc;
}


static int
base_window(struct cmd_context *ctx, const struct power *power,
    struct power_window *window)
{
    int                   rc;
    struct campaign_draw  draw = { 0 };

    rc = base_draw(ctx, power, window->as_of, &draw);
    window->customers = draw.n;

    if (rc == CMD_OK && draw.n > 0) {
        rc = base_came_back(ctx, &draw, window);

        if (rc != 0) {
            rc = cmd_fail_store(ctx, rc, "cannot read the orders");
        }
    }

    campaign_draw_release(&draw);

    return rc;
}


static int
base_sum(struct cmd_context *ctx, struct power *power)
{
    size_t    i;
    uint64_t  customers = 0, came_back = 0;

    for (i = 0; i < power->window_count; i++) {
        customers += power->windows[i].customers;
        came_back += power->windows[i].came_back;
    }

    if (customers == 0) {
        return cmd_fail(ctx, CMD_DATA, "in the past nobody was in the "
                        "audience of '%s', so who comes back by himself is "
                        "not known; give --base-rate", power->campaign.slug);
    }

    power->base = (double) came_back / (double) customers;
    power->interval = rta_wilson(came_back, customers, RTA_LEVEL);

    return CMD_OK;
}


int
power_base(struct cmd_context *ctx, struct power *power)
{
    int                         rc;
    size_t                      i;
    rtn_day_t                   last = 0, lag;
    struct power_window        *window;
    const struct rtn_campaign  *campaign = &power->campaign;

    if (campaign->is_imported) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' has its recipients from "
                        "a file, so nobody knows who would have been one in "
                        "the past; give --base-rate", campaign->slug);
    }

    rc = base_last_day(ctx, power, &last);
    lag = campaign->starts > campaign->as_of
          ? campaign->starts - campaign->as_of : 0;

    for (i = 0; i < POWER_WINDOWS && rc == CMD_OK; i++) {
        window = &power->windows[i];
        window->to = last - (rtn_day_t) i * campaign->window_days;
        window->from = window->to - campaign->window_days + 1;
        window->as_of = window->from - lag;

        rc = base_window(ctx, power, window);

        /* Before the first orders there is nothing to see. */

        if (window->customers == 0) {
            break;
        }

        power->window_count++;
    }

    return rc == CMD_OK ? base_sum(ctx, power) : rc;
}
