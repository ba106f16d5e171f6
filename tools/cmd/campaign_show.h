/* A campaign as 'campaign show' prints it, as text and as JSON. */

#ifndef CMD_CAMPAIGN_SHOW_H_INCLUDED
#define CMD_CAMPAIGN_SHOW_H_INCLUDED

#include "campaign.h"

#define CAMPAIGN_OFFER_MAX  160     /* bytes of an offer's words, with NUL */

/* By enum rtn_campaign_status. */
extern const char *const  campaign_status_names[];

/* A campaign and what belongs to it. */
struct campaign_view {
    struct rtn_campaign      campaign;
    struct campaign_counts   counts;
    uint64_t                 tests;         /* test recipients */
    struct rtn_link_edit    *edits;
    size_t                   edit_count;
};

/* "20 % from 30.00 EUR"; empty for none. */
void campaign_offer_words(const struct rtn_offer *offer,
    char words[CAMPAIGN_OFFER_MAX]);

/* What a link became with edit i. */
const char *campaign_edit_new_url(const struct campaign_view *view, size_t i);

int campaign_show_text(struct cmd_context *ctx,
    const struct campaign_view *view);
int campaign_show_json(struct cmd_context *ctx,
    const struct campaign_view *view);

#endif /* CMD_CAMPAIGN_SHOW_H_INCLUDED */
