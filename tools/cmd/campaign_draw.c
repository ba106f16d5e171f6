/* The frozen draw: who is in a campaign, in which arm, tier and batch. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/draw.h"
#include "../analysis/expression.h"
#include "../analysis/zone.h"
#include "../output/table.h"
#include "audience_scan.h"
#include "campaign.h"

#define DRAW_ROWS_FIRST  4096

/* The conditions of a campaign, read. */
struct draw_conditions {
    struct campaign_global  global;
    struct rta_expression  *audience;
    struct rta_expression  *tiers[RTN_TIERS_MAX];
    size_t                  tier_count;
    unsigned                needs;      /* of all of them */
    struct rta_asks         asks;
};


static void
draw_conditions_release(struct draw_conditions *conditions)
{
    size_t  i;

    campaign_global_release(&conditions->global);
    rta_expression_free(conditions->audience);

    for (i = 0; i < conditions->tier_count; i++) {
        rta_expression_free(conditions->tiers[i]);
    }
}


static int
draw_conditions_init(struct cmd_context *ctx,
    struct draw_conditions *conditions, const struct rtn_campaign *campaign)
{
    int     rc;
    size_t  i;

    memset(conditions, 0, sizeof(*conditions));

    campaign_global_init(ctx, &conditions->global);
    conditions->needs = campaign_limit_needs(campaign);

    rc = campaign_limit_check(ctx, campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = cmd_condition_read(ctx, "audience", campaign->audience,
                            &conditions->audience, &conditions->needs,
                            &conditions->asks);

    for (i = 0; rc == CMD_OK && i < campaign->tier_count; i++) {
        rc = cmd_condition_read(ctx, campaign->tiers[i].name,
                                campaign->tiers[i].when,
                                &conditions->tiers[i], &conditions->needs,
                                &conditions->asks);
        conditions->tier_count = i + 1;
    }

    return rc;
}


/* The last that matches counts. */

static uint8_t
draw_tier(const struct draw_conditions *conditions,
    const struct rta_subject *subject)
{
    size_t  i;

    for (i = conditions->tier_count; i > 0; i--) {
        if (rta_expression_eval(conditions->tiers[i - 1], subject)) {
            break;
        }
    }

    return (uint8_t) i;
}


static int
draw_grow(struct campaign_draw *draw)
{
    size_t                      size;
    struct rtn_recipient       *recipients;
    struct campaign_candidate  *candidates;

    if (draw->n < draw->size) {
        return 0;
    }

    size = draw->size == 0 ? DRAW_ROWS_FIRST : draw->size * 2;
    recipients = realloc(draw->recipients, size * sizeof(*recipients));

    if (recipients == NULL) {
        return RTN_ERR_NOMEM;
    }

    draw->recipients = recipients;
    candidates = realloc(draw->candidates, size * sizeof(*candidates));

    if (candidates == NULL) {
        return RTN_ERR_NOMEM;
    }

    draw->candidates = candidates;
    draw->size = size;

    return 0;
}


static int
draw_add(struct cmd_context *ctx, const struct rtn_customer *customer,
    uint8_t tier, struct campaign_draw *draw)
{
    int                         rc;
    struct rtn_recipient       *recipient;
    struct campaign_candidate  *candidate;

    rc = draw_grow(draw);

    if (rc != 0) {
        return rc;
    }

    recipient = &draw->recipients[draw->n];
    candidate = &draw->candidates[draw->n];

    memset(recipient, 0, sizeof(*recipient));
    recipient->customer = customer->number;
    recipient->tier = tier;
    rtn_customer_hash(ctx->store, campaign_str(customer->id),
                      recipient->customer_hash);

    candidate->index = draw->n;
    candidate->rank = 0;
    candidate->id = strdup(customer->id);

    if (candidate->id == NULL) {
        return RTN_ERR_NOMEM;
    }

    draw->n++;

    return 0;
}


static int
draw_judge(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    const struct draw_conditions *conditions,
    const struct cmd_audience_facts *facts, const struct cmd_audience_row *row,
    struct campaign_draw *draw)
{
    int                 rc;
    enum campaign_left  left;

    if (!rta_expression_eval(conditions->audience, row->subject)) {
        return 0;
    }

    draw->audience++;
    left = campaign_left_draw(&conditions->global, row->customer,
                              row->is_suppressed);

    if (left != CAMPAIGN_LEFT_COUNT) {
        draw->left[left]++;
        return 0;
    }

    rc = draw_add(ctx, row->customer, draw_tier(conditions, row->subject),
                  draw);

    return rc != 0 || campaign_limit_needs(campaign) == 0
           ? rc : campaign_limit_add(campaign, row, &facts->basis.outlook,
                                     draw);
}


/* CMD_STOPPED after a signal; else an RTN_ERR_*. */

static int
draw_scan(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    const struct draw_conditions *conditions,
    const struct cmd_audience_facts *facts, struct campaign_draw *draw)
{
    int                        rc;
    uint32_t                   last;
    struct cmd_progress        progress;
    struct cmd_audience_row    row = { .customer = NULL };
    struct cmd_audience_scan  *scan;

    rc = rtn_customer_last(ctx->store, &last);

    if (rc == 0) {
        rc = cmd_audience_scan_open(ctx->store, facts, &scan);
    }

    if (rc != 0) {
        return rc;
    }

    cmd_progress_begin(&progress, ctx, "reading customers", last);

    while (rc == 0) {
        rc = cmd_audience_scan_next(scan, &row);

        if (rc == 0) {
            rc = draw_judge(ctx, campaign, conditions, facts, &row, draw);
            cmd_progress_at(&progress, row.customer->number);
        }

        if (rc == 0 && cmd_interrupted()) {
            rc = CMD_STOPPED;
        }
    }

    if (rc == RTN_ERR_NOT_FOUND && draw->priorities != NULL) {
        rc = campaign_limit_apply(campaign, rta_audience_margin(row.audience),
                                  draw);
    }

    cmd_progress_end(&progress);
    cmd_audience_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
draw_gather(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    const struct draw_conditions *conditions, struct campaign_draw *draw)
{
    int                        rc;
    struct cmd_audience_facts  facts;

    rc = cmd_audience_facts_gather(ctx, draw->as_of, conditions->needs,
                                   &conditions->asks, &facts);

    if (rc == CMD_OK && campaign_limit_needs(campaign) != 0
        && !facts.has_dropout)
    {
        rc = cmd_fail(ctx, CMD_DATA, "no evidence of drop-out in these data, "
                      "so nobody can be said to be gone; leave out 'top' and "
                      "'budget'");
    }

    if (rc == CMD_OK) {
        rc = draw_scan(ctx, campaign, conditions, &facts, draw);
    }

    if (rc == CMD_STOPPED) {
        rc = cmd_stop(ctx);

    } else if (rc < 0) {
        rc = cmd_fail_store(ctx, rc, "cannot read the customers");
    }

    cmd_audience_facts_release(&facts);

    return rc;
}


int
campaign_draw_collect(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, rtn_day_t as_of,
    struct campaign_draw *draw)
{
    int                     rc;
    char                    day[11];
    struct draw_conditions  conditions;

    draw->as_of = as_of;
    rc = draw_conditions_init(ctx, &conditions, campaign);

    if (rc == CMD_OK) {
        rc = draw_gather(ctx, campaign, &conditions, draw);
    }

    draw_conditions_release(&conditions);

    if (rc != CMD_OK) {
        return rc;
    }

    if (draw->n == 0) {
        rtn_day_format(as_of, day);

        return cmd_fail(ctx, CMD_DATA, "campaign '%s' would have no "
                        "recipients: as of %s its audience has %" PRIu64
                        " customers, none of whom may be mailed; are the "
                        "customers and orders imported?", campaign->slug,
                        day, draw->audience);
    }

    draw->batches = campaign->batch_size == 0
                    ? 1 : (uint32_t) ((draw->n - 1) / campaign->batch_size)
                          + 1;

    if (draw->batches > CAMPAIGN_BATCHES_MAX) {
        return cmd_fail(ctx, CMD_DATA, "%zu recipients in batches of %" PRIu32
                        " a day would take %" PRIu32 " days; %d at most",
                        draw->n, campaign->batch_size, draw->batches,
                        CAMPAIGN_BATCHES_MAX);
    }

    return CMD_OK;
}


static int
draw_compare(const void *a, const void *b)
{
    const struct campaign_candidate  *x = a, *y = b;

    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }

    return strcmp(x->id, y->id);
}


/* A coupon is good through a whole day of the shop, so it ends with the
   midnight behind that day. */

int64_t
campaign_expires_ms(const struct rtn_campaign *campaign, uint8_t tier,
    uint32_t batch)
{
    int32_t    days;
    rtn_day_t  first = campaign->starts + (rtn_day_t) batch;

    if (tier == 0 || tier > campaign->tier_count
        || campaign->tiers[tier - 1].offer.type == RTN_DISCOUNT_NONE)
    {
        return 0;
    }

    days = campaign->tiers[tier - 1].expires_days;

    return rta_zone_day_start(days == 0 ? first + campaign->window_days
                                        : first + days + 1);
}


static void
draw_place(const struct rtn_campaign *campaign, uint32_t batch,
    struct rtn_recipient *recipient)
{
    rtn_day_t  first = campaign->starts + (rtn_day_t) batch;

    recipient->batch = batch;
    recipient->t0_ms = rta_zone_day_start(first);
    recipient->until_ms = rta_zone_day_start(first + campaign->window_days);

    if (recipient->arm != RTN_ARM_HOLDOUT) {
        recipient->code_expires_ms = campaign_expires_ms(campaign,
                                                         recipient->tier,
                                                         batch);
    }
}


int
campaign_draw_assign(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, struct campaign_draw *draw)
{
    int                         rc;
    size_t                      i;
    uint32_t                    shares[RTN_ARMS_MAX], batch;
    const uint8_t              *secret;
    struct rta_draw             drawn;
    struct rtn_recipient       *recipient;
    struct campaign_candidate  *candidate;

    secret = rtn_store_secret(ctx->store, RTN_SECRET_DRAW);

    for (i = 0; i < campaign->arm_count; i++) {
        shares[i] = campaign->arms[i].share_ppm;
    }

    for (i = 0; i < draw->n; i++) {
        candidate = &draw->candidates[i];

        rc = rta_draw(secret, campaign->number, campaign_str(candidate->id),
                      campaign->holdout_ppm, shares, campaign->arm_count,
                      &drawn);

        if (rc != 0) {
            return cmd_fail_store(ctx, rc, "cannot draw customer '%s'",
                                  candidate->id);
        }

        candidate->rank = drawn.rank;
        draw->recipients[candidate->index].arm = drawn.is_holdout
            ? RTN_ARM_HOLDOUT : (uint8_t) (drawn.arm + 1);
    }

    qsort(draw->candidates, draw->n, sizeof(*draw->candidates), draw_compare);

    for (i = 0; i < draw->n; i++) {
        recipient = &draw->recipients[draw->candidates[i].index];
        batch = campaign->batch_size == 0
                ? 0 : (uint32_t) (i / campaign->batch_size);

        draw_place(campaign, batch, recipient);
        campaign_counts_add(&draw->counts, recipient);
    }

    return CMD_OK;
}


void
campaign_draw_release(struct campaign_draw *draw)
{
    size_t  i;

    for (i = 0; i < draw->n; i++) {
        free(draw->candidates[i].id);
    }

    free(draw->candidates);
    free(draw->recipients);
    free(draw->priorities);
    memset(draw, 0, sizeof(*draw));
}
