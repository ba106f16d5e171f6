/* campaign show: a campaign's definition, draw, and changed links. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "campaign_show.h"
#include "rtn_coupon.h"


/* Hundredths of a percent: 1000 is 10, 1050 is 10.5, 1005 is 10.05. */

static size_t
show_percent(int64_t amount, char *words, size_t size)
{
    int      digits = 2;
    int64_t  whole = amount / 100, rest = amount % 100;

    if (rest == 0) {
        return (size_t) snprintf(words, size, "%" PRId64 " %%", whole);
    }

    if (rest % 10 == 0) {
        digits = 1;
        rest /= 10;
    }

    return (size_t) snprintf(words, size, "%" PRId64 ".%0*" PRId64 " %%",
                             whole, digits, rest);
}


static size_t
show_amount(const struct rtn_offer *offer, char *words, size_t size)
{
    char  amount[RTN_MONEY_TEXT_MAX];

    switch (offer->type) {

    case RTN_DISCOUNT_PERCENT:
        return show_percent(offer->amount, words, size);

    case RTN_DISCOUNT_FIXED:
        rtn_money_format(offer->amount, offer->currency, amount);
        return (size_t) snprintf(words, size, "%s %s", amount,
                                 offer->currency);

    case RTN_DISCOUNT_POINTS:
        return (size_t) snprintf(words, size, "%lld points",
                                 (long long) offer->amount);

    case RTN_DISCOUNT_GIFT:
        return (size_t) snprintf(words, size, "gift %s", offer->gift);

    case RTN_DISCOUNT_FREE_SHIPPING:
        return (size_t) snprintf(words, size, "free shipping");

    default:
        words[0] = '\0';
        return 0;
    }
}


void
campaign_offer_words(const struct rtn_offer *offer,
    char words[CAMPAIGN_OFFER_MAX])
{
    char    minimum[RTN_MONEY_TEXT_MAX];
    size_t  len;

    len = show_amount(offer, words, CAMPAIGN_OFFER_MAX);

    if (offer->minimum_minor != 0 && len > 0) {
        rtn_money_format(offer->minimum_minor, offer->minimum_currency,
                         minimum);
        snprintf(words + len, CAMPAIGN_OFFER_MAX - len, " from %s %s",
                 minimum, offer->minimum_currency);
    }
}


const char *
campaign_edit_new_url(const struct campaign_view *view, size_t i)
{
    size_t   j;
    uint8_t  link = view->edits[i].link;

    for (j = i + 1; j < view->edit_count; j++) {
        if (view->edits[j].link == link) {
            return view->edits[j].old_url;
        }
    }

    return view->campaign.links[link - 1].url;
}


static int
show_load_counts(struct cmd_context *ctx, struct campaign_view *view)
{
    int                         rc;
    struct rtn_recipient        recipient;
    struct rtn_recipient_scan  *scan;

    rc = rtn_recipient_scan_open(ctx->store, view->campaign.number, &scan);

    if (rc != 0) {
        return rc;
    }

    while ((rc = rtn_recipient_scan_next(scan, &recipient)) == 0) {
        if (recipient.customer >= RTN_RECIPIENT_TEST) {
            view->tests++;

        } else {
            campaign_counts_add(&view->counts, &recipient);
        }
    }

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
show_load_edits(struct cmd_context *ctx, struct campaign_view *view)
{
    int     rc = 0;
    size_t  i;

    view->edits = calloc(RTN_LINK_EDITS_MAX, sizeof(*view->edits));

    if (view->edits == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; rc == 0 && i < RTN_LINK_EDITS_MAX; i++) {
        rc = rtn_link_edit_get(ctx->store, view->campaign.number, i,
                               &view->edits[i]);

        if (rc == 0
            && (view->edits[i].link == 0
                || view->edits[i].link > view->campaign.link_count))
        {
            return RTN_ERR_CORRUPT;
        }

        view->edit_count += rc == 0;
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
show_loaded(struct cmd_context *ctx, struct campaign_view *view)
{
    int  rc;

    rc = show_load_counts(ctx, view);

    if (rc == 0) {
        rc = show_load_edits(ctx, view);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read campaign '%s'",
                              view->campaign.slug);
    }

    return ctx->is_json ? campaign_show_json(ctx, view)
                        : campaign_show_text(ctx, view);
}


static int
show_run(struct cmd_context *ctx)
{
    int                    rc;
    struct campaign_view  *view = calloc(1, sizeof(*view));

    if (view == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot read the campaign");
    }

    rc = campaign_find(ctx, ctx->arguments[0], &view->campaign);

    if (rc == CMD_OK) {
        rc = show_loaded(ctx, view);
    }

    rtn_campaign_release(&view->campaign);
    free(view->edits);
    free(view);

    return rc;
}


const struct cmd_command  cmd_campaign_show = {
    .name = "campaign show",
    .run = show_run,
    .help = "show a campaign, its recipients by arm and tier, its links",
    .example = "winback-2026-11",
    .arguments = "CAMPAIGN",
    .arguments_min = 1,
    .arguments_max = 1,
    .flags = CMD_TABLE
};
