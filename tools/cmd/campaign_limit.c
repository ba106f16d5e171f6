/* A campaign's audience, limited to those whom to win back first. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"


unsigned
campaign_limit_needs(const struct rtn_campaign *campaign)
{
    return campaign->top != 0 || campaign->budget_minor != 0
           ? RTA_NEED_MODELS : 0;
}


static bool
limit_costs_nothing(const struct rtn_campaign *campaign)
{
    size_t  i;

    for (i = 0; i < campaign->tier_count; i++) {
        if (campaign->tiers[i].offer.type == RTN_DISCOUNT_PERCENT
            || campaign->tiers[i].offer.type == RTN_DISCOUNT_FIXED)
        {
            return false;
        }
    }

    return campaign->message_minor == 0;
}


int
campaign_limit_check(struct cmd_context *ctx,
    const struct rtn_campaign *campaign)
{
    size_t       i;
    const char  *wrong = NULL, *currency = ctx->settings->currency;

    if (campaign->budget_minor != 0
        && strcmp(campaign->budget_currency, currency) != 0)
    {
        wrong = "budget";
    }

    if (campaign->message_minor != 0
        && strcmp(campaign->message_currency, currency) != 0)
    {
        wrong = "message_cost";
    }

    for (i = 0; i < campaign->tier_count; i++) {
        if (campaign_limit_needs(campaign) != 0
            && campaign->tiers[i].offer.type == RTN_DISCOUNT_FIXED
            && strcmp(campaign->tiers[i].offer.currency, currency) != 0)
        {
            wrong = campaign->tiers[i].name;
        }
    }

    if (wrong != NULL) {
        return cmd_fail(ctx, CMD_DATA, "'%s' is not in %s, the store's "
                        "currency, in which priorities are judged", wrong,
                        currency);
    }

    if (campaign->budget_minor != 0 && limit_costs_nothing(campaign)) {
        return cmd_fail(ctx, CMD_DATA, "'budget' says nothing where nothing "
                        "costs anything; give 'message_cost', or a tier a "
                        "discount");
    }

    return CMD_OK;
}


/* Shipping, gifts and points have a cost that nobody has told. */

static struct rta_priority_offer
limit_offer(const struct rtn_campaign *campaign, uint8_t tier)
{
    const struct rtn_offer     *from;
    struct rta_priority_offer   offer = { 0, 0 };

    if (tier == 0) {
        return offer;
    }

    from = &campaign->tiers[tier - 1].offer;

    if (from->type == RTN_DISCOUNT_PERCENT) {
        offer.share = (double) from->amount / 10000;
    }

    if (from->type == RTN_DISCOUNT_FIXED) {
        offer.fixed_minor = (double) from->amount;
    }

    return offer;
}


int
campaign_limit_add(const struct rtn_campaign *campaign,
    const struct cmd_audience_row *row, const struct rta_outlook *outlook,
    struct campaign_draw *draw)
{
    struct rta_priority_row    *rows, *priority;
    const struct rta_audience  *audience = row->audience;
    struct rta_priority_offer   offer;

    /* grows with the candidates */

    if (draw->priority_n == 0 || draw->priority_n == draw->priority_size) {
        rows = reallocarray(draw->priorities, draw->size, sizeof(*rows));

        if (rows == NULL) {
            return RTN_ERR_NOMEM;
        }

        draw->priorities = rows;
        draw->priority_size = draw->size;
    }

    offer = limit_offer(campaign, draw->recipients[draw->n - 1].tier);
    priority = &draw->priorities[draw->priority_n];

    if (!audience->has_prospect
        || !rta_priority_judge(outlook, &audience->buyer, &audience->prospect,
                               campaign->window_days, &offer, priority))
    {
        draw->unknown++;
        return 0;
    }

    priority->place = draw->n - 1;
    draw->priority_n++;

    return 0;
}


/* Keeps the candidates that are marked, in their order. */

static void
limit_keep(struct campaign_draw *draw, const bool *is_kept)
{
    size_t  i, n = 0;

    for (i = 0; i < draw->n; i++) {
        if (!is_kept[i]) {
            free(draw->candidates[i].id);
            continue;
        }

        draw->recipients[n] = draw->recipients[i];
        draw->candidates[n] = draw->candidates[i];
        draw->candidates[n].index = n;
        n++;
    }

    draw->n = n;
}


int
campaign_limit_apply(const struct rtn_campaign *campaign, double margin,
    struct campaign_draw *draw)
{
    bool                       *is_kept;
    size_t                      i, n;
    double                      treated;
    struct rta_priority_row    *rows = draw->priorities;
    struct rta_priority_terms   terms = {
        margin < 0 ? 1 : margin, (double) campaign->message_minor
    };

    is_kept = calloc(draw->n, sizeof(*is_kept));

    if (is_kept == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < draw->priority_n; i++) {
        rows[i].id = draw->candidates[rows[i].place].id;
    }

    treated = 1 - (double) campaign->holdout_ppm / RTN_PPM;

    rta_priority_rank(&terms, rows, draw->priority_n);
    n = rta_priority_within(rows, draw->priority_n, campaign->top,
                            campaign->budget_minor, treated);
    rta_priority_sum(rows, n, &draw->stake_minor, &draw->cost_minor);

    draw->stake_minor *= treated;
    draw->cost_minor *= treated;
    draw->beyond = draw->priority_n - n;

    for (i = 0; i < n; i++) {
        is_kept[rows[i].place] = true;
    }

    limit_keep(draw, is_kept);
    free(is_kept);

    return 0;
}
