/* Recipients whom another campaign counts at the same time. */

#include <inttypes.h>
#include <string.h>

#include "campaign.h"


/* Whether two recipients of one customer are counted on one day or more. */

static bool
overlap_is(const struct rtn_recipient *a, const struct rtn_recipient *b)
{
    return a->t0_ms < b->until_ms && b->t0_ms < a->until_ms;
}


/* Both come by the customer's number. */

static int
overlap_count(struct cmd_context *ctx, const struct campaign_draw *draw,
    uint32_t other, uint64_t *n)
{
    int                         rc;
    size_t                      i = 0;
    struct rtn_recipient        recipient;
    struct rtn_recipient_scan  *scan;

    *n = 0;
    rc = rtn_recipient_scan_open(ctx->store, other, &scan);

    if (rc != 0) {
        return rc;
    }

    while ((rc = rtn_recipient_scan_next(scan, &recipient)) == 0) {
        while (i < draw->n && draw->recipients[i].customer
                              < recipient.customer)
        {
            i++;
        }

        if (i == draw->n) {
            rc = RTN_ERR_NOT_FOUND;
            break;
        }

        *n += draw->recipients[i].customer == recipient.customer
              && overlap_is(&draw->recipients[i], &recipient);
    }

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


bool
campaign_may_overlap(const struct rtn_campaign *campaign, uint32_t batches,
    const struct rtn_campaign *other)
{
    rtn_day_t  end, other_end;

    end = campaign->starts + (rtn_day_t) batches - 1 + campaign->window_days;
    other_end = other->starts + (rtn_day_t) other->batches - 1
                + other->window_days;

    return strcmp(campaign->slug, other->slug) != 0
           && (campaign->is_imported || other->is_imported
               || (campaign->starts < other_end && other->starts < end));
}


int
campaign_overlap_warn(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw)
{
    int                  rc = 0;
    uint32_t             number = 0;
    uint64_t             n;
    struct rtn_campaign  other;

    while (rc == 0
           && (rc = rtn_campaign_next(ctx->store, number, &other)) == 0)
    {
        number = other.number;

        if (campaign_may_overlap(campaign, draw->batches, &other)) {
            rc = overlap_count(ctx, draw, number, &n);

            if (rc == 0 && n > 0) {
                cmd_warn(ctx, "%" PRIu64 " of %zu recipients are in campaign "
                         "'%s' at the same time: an order counts in both, so "
                         "their lifts cannot be added", n, draw->n,
                         other.slug);
            }
        }

        rtn_campaign_release(&other);
    }

    return rc == RTN_ERR_NOT_FOUND
           ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the campaigns");
}
