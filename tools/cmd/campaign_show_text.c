/* 'campaign show' for people. */

#include <inttypes.h>

#include "../output/table.h"
#include "campaign_show.h"


static void
show_limits(struct cmd_context *ctx, const struct rtn_campaign *campaign)
{
    char  budget[RTN_MONEY_TEXT_MAX];

    if (campaign->top != 0) {
        fprintf(ctx->out, "the first %" PRIu32 " by priority\n",
                campaign->top);
    }

    if (campaign->budget_minor != 0) {
        rtn_money_format(campaign->budget_minor, campaign->budget_currency,
                         budget);
        fprintf(ctx->out, "the first by priority whom %s %s pay for\n",
                budget, campaign->budget_currency);
    }

    if (campaign->global_ppm != 0) {
        fprintf(ctx->out, "global hold-out of %g %%: %" PRIu32 " were left "
                "out\n", (double) campaign->global_ppm * 100 / RTN_PPM,
                campaign->global_left);
    }
}


static void
show_head(struct cmd_context *ctx, const struct campaign_view *view)
{
    char                        starts[11], as_of[11];
    char                        cost[RTN_MONEY_TEXT_MAX];
    const struct rtn_campaign  *campaign = &view->campaign;

    rtn_day_format(campaign->starts, starts);
    rtn_day_format(campaign->as_of, as_of);

    fprintf(ctx->out, "campaign '%s', number %" PRIu32 ", %s\n%s\n"
            "starts %s, window %" PRId32 " days, %" PRIu32 " batches, %"
            PRIu32 " recipients, hold-out %g %%\n", campaign->slug,
            campaign->number, campaign_status_names[campaign->status],
            campaign->title, starts, campaign->window_days,
            campaign->batches, campaign->recipients,
            (double) campaign->holdout_ppm * 100 / RTN_PPM);

    if (campaign->is_imported) {
        fputs("recipients are imported\n", ctx->out);

    } else {
        fprintf(ctx->out, "audience as of %s: %s\n", as_of,
                campaign->audience);
    }

    show_limits(ctx, campaign);

    if (campaign->cost_minor != 0) {
        rtn_money_format(campaign->cost_minor, campaign->cost_currency, cost);
        fprintf(ctx->out, "cost %s %s\n", cost, campaign->cost_currency);
    }

    if (view->tests > 0) {
        fprintf(ctx->out, "%" PRIu64 " test recipients, counted nowhere\n",
                view->tests);
    }

    fputc('\n', ctx->out);
}


static int
show_tiers(struct cmd_context *ctx, const struct rtn_campaign *campaign)
{
    int                rc;
    char               words[CAMPAIGN_OFFER_MAX];
    size_t             i;
    struct rto_value   values[4];
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "tier", RTO_TEXT, NULL },
        { "offer", RTO_TEXT, NULL },
        { "days", RTO_INTEGER, "valid days" },
        { "when", RTO_TEXT, NULL }
    };

    if (campaign->tier_count == 0) {
        return 0;
    }

    rc = rto_begin(ctx->out, RTO_FORMAT_TEXT, columns, 4, &table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < campaign->tier_count; i++) {
        campaign_offer_words(&campaign->tiers[i].offer, words);

        values[0] = rto_string(campaign->tiers[i].name);
        values[1] = words[0] != '\0' ? rto_string(words) : rto_absent();
        values[2] = words[0] == '\0' ? rto_absent()
                    : rto_integer(campaign->tiers[i].expires_days != 0
                                  ? campaign->tiers[i].expires_days
                                  : campaign->window_days);
        values[3] = rto_string(campaign->tiers[i].when);

        (void) rto_row(table, values);
    }

    rc = rto_end(table);
    fputc('\n', ctx->out);

    return rc;
}


static void
show_links(struct cmd_context *ctx, const struct campaign_view *view)
{
    char                        at[RTN_TIME_TEXT_MAX];
    size_t                      i;
    const struct rtn_link_edit *edit;
    const struct rtn_campaign  *campaign = &view->campaign;

    for (i = 0; i < campaign->message_count; i++) {
        fprintf(ctx->out, "message '%s', %" PRId32 " days after the start\n",
                campaign->messages[i].name, campaign->messages[i].after_days);
    }

    for (i = 0; i < campaign->link_count; i++) {
        fprintf(ctx->out, "link '%s' %s%s%s\n", campaign->links[i].name,
                campaign->links[i].url,
                campaign->links[i].survey[0] != '\0' ? ", answers " : "",
                campaign->links[i].survey);
    }

    for (i = 0; i < view->edit_count; i++) {
        edit = &view->edits[i];
        rtn_time_format(edit->at_ms, at);
        fprintf(ctx->out, "%s link '%s' changed from %s to %s\n", at,
                campaign->links[edit->link - 1].name, edit->old_url,
                campaign_edit_new_url(view, i));
    }
}


int
campaign_show_text(struct cmd_context *ctx, const struct campaign_view *view)
{
    int  rc;

    show_head(ctx, view);
    rc = show_tiers(ctx, &view->campaign);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot print the campaign");
    }

    rc = campaign_counts_print(ctx, &view->campaign, &view->counts);

    if (rc == CMD_OK) {
        fputc('\n', ctx->out);
        show_links(ctx, view);
    }

    return rc;
}
