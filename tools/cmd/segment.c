/* What all segments share: the pass, and what it leaves out. */

#include <inttypes.h>
#include <string.h>

#include "../analysis/zone.h"
#include "customer_scan.h"
#include "segment.h"

#define SEGMENT_SLICE  1024   /* customers between two looks around */

/* The pass, and the customer it stands on. */
struct segment_pass {
    struct segment            *segment;
    struct cmd_customer_scan  *scan;
    int64_t                    until_ms;    /* the as-of day's end */
    struct rta_purchases       purchases;
    char                       channel[RTN_FIELD_MAX + 1];
};


int
segment_init(struct segment *segment, struct cmd_context *ctx, bool is_csv)
{
    memset(segment, 0, sizeof(*segment));
    segment->ctx = ctx;

    if (ctx->is_json && is_csv) {
        return cmd_fail(ctx, CMD_USAGE, "--csv and --json exclude each "
                        "other");
    }

    if (ctx->is_excel) {
        segment->format = RTO_FORMAT_EXCEL;

    } else if (ctx->is_json || is_csv) {
        segment->format = ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_CSV;
    }

    return CMD_OK;
}


int
segment_use_currency(struct segment *segment, const char *text)
{
    struct rtn_str  code;

    if (text == NULL) {
        text = segment->ctx->settings->currency;
    }

    code.data = text;
    code.len = strlen(text);

    if (rtn_currency_parse(code, segment->currency) != 0) {
        return cmd_fail(segment->ctx, CMD_USAGE, "--currency wants a code of "
                        "ISO 4217, as EUR, not '%s'", text);
    }

    segment->has_currency = true;

    return CMD_OK;
}


static bool
segment_is_purchase(const struct segment_pass *pass,
    const struct rtn_order *order)
{
    return rta_order_is_purchase(order) && order->ordered_ms < pass->until_ms;
}


static int
segment_purchase(struct segment_pass *pass, const struct rtn_order *order)
{
    int                    rc;
    struct rta_purchases  *purchases = &pass->purchases;

    if (purchases->n == 0 && pass->channel[0] == '\0') {
        memcpy(pass->channel, order->channel, sizeof(pass->channel));
    }

    rc = rta_purchases_add(purchases, order, rta_zone_day(order->ordered_ms));

    if (rc != 0) {
        return rc;
    }

    if (pass->segment->has_currency
        && !rta_purchase_is_in(&purchases->items[purchases->n - 1],
                               pass->segment->currency))
    {
        pass->segment->other_orders++;
    }

    return 0;
}


static int
segment_guest(struct segment_pass *pass)
{
    int                      rc;
    const struct rtn_order  *order;

    pass->segment->guests++;

    while ((rc = cmd_customer_scan_order(pass->scan, &order)) == 0) {
        pass->segment->guest_orders += segment_is_purchase(pass, order);
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
segment_customer(struct segment_pass *pass,
    const struct rtn_customer *customer, segment_add add, void *model)
{
    int                      rc;
    const struct rtn_order  *order;
    struct segment_customer  from;

    pass->purchases.n = 0;
    memcpy(pass->channel, customer->channel, sizeof(pass->channel));

    while ((rc = cmd_customer_scan_order(pass->scan, &order)) == 0) {
        if (segment_is_purchase(pass, order)) {
            rc = segment_purchase(pass, order);
        }

        if (rc != 0) {
            return rc;
        }
    }

    if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    pass->segment->silent += pass->purchases.n == 0;

    from.customer = customer;
    from.channel = pass->channel;
    from.purchases = pass->purchases.items;
    from.n = pass->purchases.n;

    return add(model, &from);
}


/* RTN_ERR_NOT_FOUND at the end, and when it was interrupted. */

static int
segment_walk(struct segment_pass *pass, segment_add add, void *model,
    struct cmd_progress *progress)
{
    int                         rc = 0;
    uint64_t                    done = 0;
    const struct rtn_customer  *customer;

    while (rc == 0) {
        if (++done % SEGMENT_SLICE == 0) {
            cmd_progress_at(progress, done);

            if (cmd_interrupted()) {
                return RTN_ERR_NOT_FOUND;
            }
        }

        rc = cmd_customer_scan_next(pass->scan, &customer);

        if (rc != 0) {
            break;
        }

        rc = customer->is_guest
             ? segment_guest(pass)
             : segment_customer(pass, customer, add, model);
    }

    return rc;
}


int
segment_each(struct segment *segment, segment_add add, void *model)
{
    int                  rc;
    uint32_t             last = 0;
    struct cmd_context  *ctx = segment->ctx;
    struct cmd_progress  progress;
    struct segment_pass  pass = { 0 };

    pass.segment = segment;
    pass.until_ms = rta_zone_day_start(ctx->as_of + 1);

    rc = rtn_customer_last(ctx->store, &last);

    if (rc == 0) {
        rc = cmd_customer_scan_open(ctx->store, &pass.scan);
    }

    if (rc == 0) {
        cmd_progress_begin(&progress, ctx, "reading", last);
        rc = segment_walk(&pass, add, model, &progress);
        cmd_progress_end(&progress);
    }

    cmd_customer_scan_close(pass.scan);
    rta_purchases_release(&pass.purchases);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_interrupted() ? cmd_stop(ctx) : CMD_OK;
    }

    return cmd_fail_store(ctx, rc, "cannot read the customers");
}


FILE *
segment_notes(const struct segment *segment)
{
    return segment->format == RTO_FORMAT_TEXT ? segment->ctx->out
                                              : segment->ctx->err;
}


int
segment_end(struct segment *segment, int rc, bool counts_silent)
{
    char   day[11];
    FILE  *out = segment_notes(segment);

    if (rc != 0) {
        return cmd_fail(segment->ctx, CMD_DATA, "cannot print the table: %s",
                        rtn_strerror(rc));
    }

    rtn_day_format(segment->ctx->as_of, day);

    if (segment->silent > 0 && !counts_silent) {
        fprintf(out, "not counted: %" PRIu64 " without a paid order by %s\n",
                segment->silent, day);
    }

    if (segment->guests > 0) {
        fprintf(out, "not counted: %" PRIu64 " guests, known by e-mail only, "
                "with %" PRIu64 " orders\n", segment->guests,
                segment->guest_orders);
    }

    if (segment->other_orders > 0) {
        fprintf(out, "not in %s: %" PRIu64 " orders; see --currency\n",
                segment->currency, segment->other_orders);
    }

    return CMD_OK;
}
