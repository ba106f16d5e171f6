/* Stores a draw.  All may be repeated after an interruption. */

#ifndef CMD_CAMPAIGN_ISSUE_H_INCLUDED
#define CMD_CAMPAIGN_ISSUE_H_INCLUDED

#include "campaign.h"

/*
 * Gives each recipient with a coupon its code.
 *
 * is_stale   what an interrupted creation stored is not of this draw
 */
int campaign_codes_derive(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, struct campaign_draw *draw,
    bool *is_stale);

/* Stores offers and coupons. */
int campaign_coupons_issue(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, struct campaign_draw *draw);

int campaign_recipients_put(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw);

#endif /* CMD_CAMPAIGN_ISSUE_H_INCLUDED */
