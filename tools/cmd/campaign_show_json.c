/* 'campaign show' for programs. */

#include <stdlib.h>

#include <jansson.h>

#include "campaign_show.h"
#include "rtn_coupon.h"


static json_t *
show_day(rtn_day_t day)
{
    char  text[11];

    rtn_day_format(day, text);

    return json_string(text);
}


static json_t *
show_time(int64_t ms)
{
    char  text[RTN_TIME_TEXT_MAX];

    rtn_time_format(ms, text);

    return json_string(text);
}


static json_t *
show_money(int64_t minor, const rtn_currency_t currency)
{
    char  text[RTN_MONEY_TEXT_MAX];

    if (minor == 0) {
        return json_null();
    }

    rtn_money_format(minor, currency, text);

    return json_pack("{s:s, s:s}", "amount", text, "currency", currency);
}


static json_t *
show_arms(const struct campaign_view *view)
{
    size_t       arm, tier;
    json_t      *arms = json_array();
    const char  *name;
    json_int_t   recipients, coupons;

    for (arm = 0; arm <= view->campaign.arm_count; arm++) {
        for (tier = 0; tier <= view->campaign.tier_count; tier++) {
            recipients = (json_int_t) view->counts.recipients[arm][tier];
            coupons = (json_int_t) view->counts.coupons[arm][tier];
            name = campaign_tier_name(&view->campaign, (uint8_t) tier);

            if (recipients == 0) {
                continue;
            }

            json_array_append_new(arms,
                json_pack("{s:s, s:b, s:s?, s:I, s:I}", "arm",
                          campaign_arm_name(&view->campaign, (uint8_t) arm),
                          "holdout", arm == RTN_ARM_HOLDOUT, "tier",
                          tier == 0 ? NULL : name, "recipients", recipients,
                          "coupons", coupons));
        }
    }

    return arms;
}


static json_t *
show_tiers(const struct rtn_campaign *campaign)
{
    char                    words[CAMPAIGN_OFFER_MAX];
    size_t                  i;
    json_t                 *tiers = json_array();
    const struct rtn_tier  *tier;

    for (i = 0; i < campaign->tier_count; i++) {
        tier = &campaign->tiers[i];
        campaign_offer_words(&tier->offer, words);

        json_array_append_new(tiers,
            json_pack("{s:s, s:s, s:s?, s:s?, s:i}", "name", tier->name,
                      "when", tier->when, "discount_type",
                      words[0] != '\0'
                      ? rtn_discount_name(tier->offer.type) : NULL,
                      "offer", words[0] != '\0' ? words : NULL,
                      "expires_days", (int) tier->expires_days));
    }

    return tiers;
}


static json_t *
show_messages(const struct rtn_campaign *campaign)
{
    size_t                     i;
    json_t                    *messages = json_array();
    const struct rtn_message  *message;

    for (i = 0; i < campaign->message_count; i++) {
        message = &campaign->messages[i];

        json_array_append_new(messages,
            json_pack("{s:s, s:i}", "name", message->name, "after_days",
                      (int) message->after_days));
    }

    return messages;
}


static json_t *
show_links(const struct rtn_campaign *campaign)
{
    size_t                  i;
    json_t                 *links = json_array();
    const struct rtn_link  *link;

    for (i = 0; i < campaign->link_count; i++) {
        link = &campaign->links[i];

        json_array_append_new(links,
            json_pack("{s:s, s:s, s:s?}", "name", link->name, "url",
                      link->url, "survey",
                      link->survey[0] != '\0' ? link->survey : NULL));
    }

    return links;
}


static json_t *
show_edits(const struct campaign_view *view)
{
    size_t                       i;
    json_t                      *edits = json_array();
    const struct rtn_link_edit  *edit;

    for (i = 0; i < view->edit_count; i++) {
        edit = &view->edits[i];

        json_array_append_new(edits,
            json_pack("{s:s, s:o, s:s, s:s}", "link",
                      view->campaign.links[edit->link - 1].name, "at",
                      show_time(edit->at_ms), "old", edit->old_url, "new",
                      campaign_edit_new_url(view, i)));
    }

    return edits;
}


static json_t *
show_json(const struct campaign_view *view)
{
    const struct rtn_campaign  *campaign = &view->campaign;

    return json_pack(
        "{s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:i, s:f, s:I, s:I, s:I, s:b,"
        " s:s, s:o, s:o, s:o, s:f, s:I, s:o, s:I, s:o, s:o, s:o, s:o, s:o}",
        "id", campaign->slug,
        "number", (json_int_t) campaign->number,
        "title", campaign->title,
        "status", campaign_status_names[campaign->status],
        "created_at", show_time(campaign->created_ms),
        "as_of", show_day(campaign->as_of),
        "starts", show_day(campaign->starts),
        "window_days", (int) campaign->window_days,
        "holdout", (double) campaign->holdout_ppm / RTN_PPM,
        "batch_size", (json_int_t) campaign->batch_size,
        "batches", (json_int_t) campaign->batches,
        "recipients", (json_int_t) campaign->recipients,
        "imported", campaign->is_imported,
        "audience", campaign->audience,
        "top", campaign->top == 0 ? json_null() : json_integer(campaign->top),
        "budget", show_money(campaign->budget_minor,
                             campaign->budget_currency),
        "message_cost", show_money(campaign->message_minor,
                                   campaign->message_currency),
        "global_holdout", (double) campaign->global_ppm / RTN_PPM,
        "global_holdout_left", (json_int_t) campaign->global_left,
        "cost", show_money(campaign->cost_minor, campaign->cost_currency),
        "test_recipients", (json_int_t) view->tests,
        "arms", show_arms(view),
        "tiers", show_tiers(campaign),
        "messages", show_messages(campaign),
        "links", show_links(campaign),
        "link_changes", show_edits(view));
}


int
campaign_show_json(struct cmd_context *ctx, const struct campaign_view *view)
{
    int      rc = CMD_OK;
    json_t  *json = show_json(view);

    if (json == NULL
        || json_dumpf(json, ctx->out, JSON_INDENT(2)
                                      | JSON_REAL_PRECISION(12)) != 0)
    {
        rc = cmd_fail(ctx, CMD_DATA, "cannot print campaign '%s'",
                      view->campaign.slug);
    }

    fputc('\n', ctx->out);
    json_decref(json);

    return rc;
}
