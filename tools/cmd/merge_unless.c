/* Who is left out of a reminder: redeemed, bought or clicked since t0. */

#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "merge.h"
#include "rtn_coupon.h"
#include "rtn_id.h"
#include "rtn_log.h"

struct merge_unless {
    struct cmd_context         *ctx;
    const struct rtn_campaign  *campaign;
    uint32_t                    bits;
    uint32_t                    last;           /* highest customer number */
    uint8_t                    *clicked;        /* a bit a customer */
    uint8_t                    *bought;         /* by an event */
    struct rtn_order_scan      *orders;
    struct rtn_order            order;          /* the next one */
    bool                        has_order;
};


static void
unless_set(uint8_t *bits, const struct merge_unless *unless, uint32_t number)
{
    if (number <= unless->last) {
        bits[number / 8] |= (uint8_t) (1u << number % 8);
    }
}


static bool
unless_has(const uint8_t *bits, const struct merge_unless *unless,
    uint32_t number)
{
    return number <= unless->last && (bits[number / 8] >> number % 8 & 1) != 0;
}


/* A purchase counts from the recipient's own t0 on. */

static int
unless_purchase(struct merge_unless *unless, const struct rtn_event *event)
{
    int                   rc = 0;
    uint32_t              customer = event->customer;
    struct rtn_recipient  recipient;

    if (customer == 0) {
        rc = rtn_customer_by_hash(unless->ctx->store, event->customer_hash,
                                  &customer);
    }

    if (rc == 0) {
        rc = rtn_recipient_get(unless->ctx->store, unless->campaign->number,
                               customer, &recipient);
    }

    if (rc == 0 && event->occurred_ms >= recipient.t0_ms) {
        unless_set(unless->bought, unless, customer);
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* A machine's click is no reason to leave a person out. */

static int
unless_event(struct merge_unless *unless, const struct rtn_event *event)
{
    if (event->kind == RTN_KIND_CLICK && event->class == RTN_CLASS_HUMAN
        && event->campaign == unless->campaign->number)
    {
        unless_set(unless->clicked, unless, event->customer);
    }

    if (event->kind == RTN_KIND_PURCHASE) {
        return unless_purchase(unless, event);
    }

    return 0;
}


static int
unless_read_log(struct merge_unless *unless)
{
    int                   rc;
    int64_t               from_ms, starts_ms;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    starts_ms = rta_zone_day_start(unless->campaign->starts);
    from_ms = unless->campaign->created_ms;

    if (starts_ms < from_ms) {
        from_ms = starts_ms;
    }

    rc = rtn_log_scan_open(unless->ctx->store, rtn_id_first(from_ms), &scan);

    if (rc != 0) {
        return rc;
    }

    /* A damaged record may be the purchase after which no mail is sent, and
       a mail cannot be taken back. */

    while ((rc = rtn_log_scan_next(scan, &event)) == 0) {
        rc = unless_event(unless, &event);

        if (rc != 0) {
            break;
        }
    }

    rtn_log_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
unless_read_imported(struct merge_unless *unless)
{
    int                        rc;
    struct rtn_event           event;
    struct rtn_imported_scan  *scan;

    rc = rtn_imported_scan_open(unless->ctx->store, &scan);

    if (rc != 0) {
        return rc;
    }

    while ((rc = rtn_imported_scan_next(scan, &event)) == 0) {
        rc = unless_event(unless, &event);

        if (rc != 0) {
            break;
        }
    }

    rtn_imported_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
unless_next_order(struct merge_unless *unless)
{
    int  rc = rtn_order_scan_next(unless->orders, &unless->order);

    unless->has_order = rc == 0;

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
unless_read(struct merge_unless *unless)
{
    int  rc;

    rc = rtn_customer_last(unless->ctx->store, &unless->last);

    if (rc != 0) {
        return rc;
    }

    unless->clicked = calloc(1, (size_t) unless->last / 8 + 1);
    unless->bought = calloc(1, (size_t) unless->last / 8 + 1);

    if (unless->clicked == NULL || unless->bought == NULL) {
        return RTN_ERR_NOMEM;
    }

    if ((unless->bits & (RTN_UNLESS_CLICKED | RTN_UNLESS_BOUGHT)) != 0) {
        rc = unless_read_log(unless);
    }

    if (rc == 0 && (unless->bits & RTN_UNLESS_BOUGHT) != 0) {
        rc = unless_read_imported(unless);

        if (rc == 0) {
            rc = rtn_order_scan_open(unless->ctx->store, &unless->orders);
        }

        if (rc == 0) {
            rc = unless_next_order(unless);
        }
    }

    return rc;
}


int
merge_unless_open(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, uint32_t bits,
    struct merge_unless **out)
{
    int                   rc;
    struct merge_unless  *unless;

    unless = calloc(1, sizeof(*unless));

    if (unless == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot read the events");
    }

    unless->ctx = ctx;
    unless->campaign = campaign;
    unless->bits = bits;

    rc = bits != 0 ? unless_read(unless) : 0;

    if (rc != 0) {
        merge_unless_close(unless);
        return cmd_fail_store(ctx, rc, "cannot read what recipients did");
    }

    *out = unless;

    return CMD_OK;
}


/* Goes past all orders of the customer and of those before. */

static int
unless_ordered(struct merge_unless *unless,
    const struct rtn_recipient *recipient, bool *has_ordered)
{
    int                      rc = 0;
    const struct rtn_order  *order = &unless->order;

    while (rc == 0 && unless->has_order
           && order->customer <= recipient->customer)
    {
        if (order->customer == recipient->customer
            && order->status == RTN_ORDER_PAID
            && order->ordered_ms >= recipient->t0_ms)
        {
            *has_ordered = true;
        }

        rc = unless_next_order(unless);
    }

    return rc;
}


static int
unless_redeemed(struct merge_unless *unless,
    const struct rtn_recipient *recipient, bool *is_redeemed)
{
    int                      rc;
    struct rtn_coupon_state  state;

    if (recipient->code == 0) {
        return 0;
    }

    rc = rtn_coupon_get(unless->ctx->store, recipient->code, &state);

    if (rc == 0) {
        *is_redeemed = state.status == RTN_COUPON_REDEEMED;
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
merge_unless_ask(struct merge_unless *unless,
    const struct rtn_recipient *recipient, uint32_t *reason)
{
    int   rc = 0;
    bool  is_redeemed = false, has_bought = false;

    *reason = 0;

    if ((unless->bits & RTN_UNLESS_BOUGHT) != 0) {
        has_bought = unless_has(unless->bought, unless, recipient->customer);
        rc = unless_ordered(unless, recipient, &has_bought);
    }

    if (rc == 0 && (unless->bits & RTN_UNLESS_REDEEMED) != 0) {
        rc = unless_redeemed(unless, recipient, &is_redeemed);
    }

    if (is_redeemed) {
        *reason = RTN_UNLESS_REDEEMED;

    } else if (has_bought) {
        *reason = RTN_UNLESS_BOUGHT;

    } else if ((unless->bits & RTN_UNLESS_CLICKED) != 0
               && unless_has(unless->clicked, unless, recipient->customer))
    {
        *reason = RTN_UNLESS_CLICKED;
    }

    return rc;
}


void
merge_unless_close(struct merge_unless *unless)
{
    if (unless != NULL) {
        rtn_order_scan_close(unless->orders);
        free(unless->clicked);
        free(unless->bought);
        free(unless);
    }
}
