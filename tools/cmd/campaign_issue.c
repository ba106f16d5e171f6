/* Coupons and recipients of a draw go into the store, in slices. */

#include <stdlib.h>
#include <string.h>

#include "campaign_issue.h"
#include "rtn_code.h"
#include "rtn_coupon.h"

#define ISSUE_ATTEMPTS_MAX  100     /* codes taken in a row: never by chance */


static void
issue_coupon(const struct rtn_campaign *campaign,
    const struct rtn_recipient *recipient, struct rtn_coupon *coupon)
{
    const struct rtn_tier  *tier = &campaign->tiers[recipient->tier - 1];

    memset(coupon, 0, sizeof(*coupon));

    coupon->code = recipient->code;
    coupon->campaign = campaign->number;
    coupon->tier = recipient->tier;
    coupon->customer = recipient->customer;
    coupon->valid_from_ms = recipient->t0_ms;
    coupon->expires_ms = recipient->code_expires_ms;

    if (!tier->offer.is_transferable) {
        memcpy(coupon->customer_hash, recipient->customer_hash, RTN_HASH_LEN);
    }
}


static bool
issue_is_own(const struct rtn_coupon *stored,
    const struct rtn_campaign *campaign,
    const struct rtn_recipient *recipient)
{
    return stored->campaign == campaign->number
           && stored->customer == recipient->customer;
}


/* The first code of a recipient that nobody else has. */

static int
issue_code(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct rtn_recipient *recipient, bool *is_stale)
{
    int                       rc;
    uint32_t                  attempt;
    const uint8_t            *secret;
    struct rtn_coupon_state   state;

    secret = rtn_store_secret(ctx->store, RTN_SECRET_COUPON_CODE);

    for (attempt = 0; attempt < ISSUE_ATTEMPTS_MAX; attempt++) {
        recipient->code = rtn_code_derive(secret, campaign->number,
                                          recipient->customer, attempt);
        rc = rtn_coupon_get(ctx->store, recipient->code, &state);

        if (rc == RTN_ERR_NOT_FOUND) {
            return 0;
        }

        if (rc != 0) {
            return rc;
        }

        if (issue_is_own(&state.coupon, campaign, recipient)) {
            if (state.coupon.tier != recipient->tier
                || state.coupon.valid_from_ms != recipient->t0_ms
                || state.coupon.expires_ms != recipient->code_expires_ms)
            {
                *is_stale = true;
            }

            return 0;
        }
    }

    return RTN_ERR_EXISTS;
}


static int
issue_compare_customer(const void *a, const void *b)
{
    const struct rtn_recipient  *x = a, *y = b;

    return (x->customer > y->customer) - (x->customer < y->customer);
}


static bool
issue_is_alike(const struct rtn_recipient *a, const struct rtn_recipient *b)
{
    return a->arm == b->arm && a->tier == b->tier && a->batch == b->batch
           && a->t0_ms == b->t0_ms && a->until_ms == b->until_ms
           && a->code == b->code && a->code_expires_ms == b->code_expires_ms;
}


/* Whether each stored recipient is one of the draw. */

static int
issue_check_stored(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw,
    bool *is_stale)
{
    int                          rc;
    struct rtn_recipient         stored;
    const struct rtn_recipient  *drawn;
    struct rtn_recipient_scan   *scan;

    rc = rtn_recipient_scan_open(ctx->store, campaign->number, &scan);

    if (rc != 0) {
        return rc;
    }

    while (!*is_stale
           && (rc = rtn_recipient_scan_next(scan, &stored)) == 0)
    {
        drawn = bsearch(&stored, draw->recipients, draw->n,
                        sizeof(*draw->recipients), issue_compare_customer);

        *is_stale = drawn == NULL || !issue_is_alike(drawn, &stored);
    }

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
campaign_codes_derive(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, struct campaign_draw *draw,
    bool *is_stale)
{
    int     rc = 0;
    size_t  i;

    *is_stale = false;

    for (i = 0; rc == 0 && i < draw->n && !*is_stale; i++) {
        if (draw->recipients[i].code_expires_ms != 0) {
            rc = issue_code(ctx, campaign, &draw->recipients[i], is_stale);
        }

        if (i % RTN_SLICE_ROWS == 0 && cmd_interrupted()) {
            return cmd_stop(ctx);
        }
    }

    if (rc == 0 && !*is_stale) {
        rc = issue_check_stored(ctx, campaign, draw, is_stale);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot make the coupons of "
                                    "campaign '%s'", campaign->slug);
}


static int
issue_compare_code(const void *a, const void *b)
{
    const struct rtn_coupon  *x = a, *y = b;

    if (x->code != y->code) {
        return x->code < y->code ? -1 : 1;
    }

    return (x->customer > y->customer) - (x->customer < y->customer);
}


/* Two recipients of this draw have the same code: the second gets another. */

static int
issue_again(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct campaign_draw *draw, struct rtn_coupon *coupon)
{
    int                    rc;
    bool                   is_stale = false;
    size_t                 taken;
    struct rtn_recipient   key = { .customer = coupon->customer };
    struct rtn_recipient  *recipient;

    recipient = bsearch(&key, draw->recipients, draw->n,
                        sizeof(*draw->recipients), issue_compare_customer);

    rc = issue_code(ctx, campaign, recipient, &is_stale);

    if (rc != 0) {
        return rc;
    }

    coupon->code = recipient->code;

    return rtn_coupons_issue(ctx->store, coupon, 1, &taken);
}


static int
issue_slice(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct campaign_draw *draw, struct rtn_coupon *coupons, size_t n)
{
    int     rc;
    size_t  taken;

    while ((rc = rtn_coupons_issue(ctx->store, coupons, n, &taken))
           == RTN_ERR_EXISTS)
    {
        rc = issue_again(ctx, campaign, draw, &coupons[taken]);

        if (rc != 0) {
            return rc;
        }
    }

    return rc;
}


/* Sorted by code, so that a slice touches few pages. */

static int
issue_all(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct campaign_draw *draw, struct rtn_coupon *coupons, size_t n)
{
    int                  rc = 0;
    size_t               i, slice;
    struct cmd_progress  progress;

    qsort(coupons, n, sizeof(*coupons), issue_compare_code);
    cmd_progress_begin(&progress, ctx, "issuing coupons", n);

    for (i = 0; rc == 0 && i < n; i += slice) {
        if (cmd_interrupted()) {
            rc = CMD_STOPPED;
            break;
        }

        slice = n - i < RTN_SLICE_ROWS ? n - i : RTN_SLICE_ROWS;
        rc = issue_slice(ctx, campaign, draw, &coupons[i], slice);
        cmd_progress_at(&progress, i);
    }

    cmd_progress_end(&progress);

    return rc;
}


int
campaign_coupons_issue(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, struct campaign_draw *draw)
{
    int                 rc;
    size_t              i, n = 0;
    struct rtn_coupon  *coupons;

    coupons = calloc(draw->n, sizeof(*coupons));
    rc = coupons == NULL ? RTN_ERR_NOMEM : 0;

    for (i = 0; rc == 0 && i < draw->n; i++) {
        if (draw->recipients[i].code != 0) {
            issue_coupon(campaign, &draw->recipients[i], &coupons[n++]);
        }
    }

    if (rc == 0) {
        rc = rtn_offers_put(ctx->store, campaign);
    }

    if (rc == 0) {
        rc = issue_all(ctx, campaign, draw, coupons, n);
    }

    free(coupons);

    if (rc == CMD_STOPPED) {
        return cmd_stop(ctx);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot issue the coupons of "
                                    "campaign '%s'", campaign->slug);
}


int
campaign_recipients_put(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw)
{
    int                  rc = 0;
    size_t               i, slice;
    struct cmd_progress  progress;

    cmd_progress_begin(&progress, ctx, "storing recipients", draw->n);

    for (i = 0; rc == 0 && i < draw->n; i += slice) {
        if (cmd_interrupted()) {
            rc = CMD_STOPPED;
            break;
        }

        slice = draw->n - i < RTN_SLICE_ROWS ? draw->n - i : RTN_SLICE_ROWS;
        rc = rtn_recipients_put(ctx->store, campaign->number,
                                &draw->recipients[i], slice);
        cmd_progress_at(&progress, i);
    }

    cmd_progress_end(&progress);

    if (rc == CMD_STOPPED) {
        return cmd_stop(ctx);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot store the recipients of "
                                    "campaign '%s'", campaign->slug);
}
