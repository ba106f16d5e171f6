/* campaign preview: what 'campaign create' would do, and where links lead. */

#include "../output/table.h"
#include "campaign.h"


static int
preview_links(struct cmd_context *ctx, const struct rtn_campaign *campaign)
{
    int                rc;
    size_t             i;
    struct rtn_str     url, host;
    struct rto_value   values[4];
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "link", RTO_TEXT, NULL },
        { "host", RTO_TEXT, NULL },
        { "survey", RTO_TEXT, NULL },
        { "url", RTO_TEXT, NULL }
    };

    if (campaign->link_count == 0) {
        return CMD_OK;
    }

    fputc('\n', ctx->out);
    rc = rto_begin(ctx->out, RTO_FORMAT_TEXT, columns, 4, &table);

    for (i = 0; rc == 0 && i < campaign->link_count; i++) {
        url = campaign_str(campaign->links[i].url);
        rc = rtn_target_check(url, &host);

        values[0] = rto_string(campaign->links[i].name);
        values[1] = rc == 0 ? rto_text(host) : rto_absent();
        values[2] = campaign->links[i].survey[0] == '\0'
                    ? rto_absent() : rto_string(campaign->links[i].survey);
        values[3] = rto_text(url);

        (void) rto_row(table, values);
        rc = 0;
    }

    if (rc == 0) {
        rc = rto_end(table);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot print the links");
}


static int
preview_drawn(struct cmd_context *ctx, const struct rtn_campaign *campaign)
{
    int                   rc;
    struct campaign_draw  draw = { 0 };

    rc = campaign_draw_collect(ctx, campaign, campaign->as_of, &draw);

    if (rc == CMD_OK) {
        rc = campaign_draw_assign(ctx, campaign, &draw);
    }

    if (rc == CMD_OK) {
        rc = campaign_draw_print(ctx, campaign, &draw);
    }

    campaign_draw_release(&draw);

    return rc;
}


static int
preview_foresee(struct cmd_context *ctx, struct rtn_campaign *campaign)
{
    int  rc;

    campaign->as_of = ctx->as_of;
    rc = rtn_campaign_foresee(ctx->store, campaign);

    if (rc == RTN_ERR_EXISTS) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' exists already; see "
                        "'retentionctl campaign show %s'", campaign->slug,
                        campaign->slug);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot read the campaigns");
}


static int
preview_run(struct cmd_context *ctx)
{
    int                  rc;
    struct rtn_campaign  campaign = { 0 };

    rc = campaign_read(ctx, ctx->arguments[0], &campaign);

    if (rc == CMD_OK) {
        rc = preview_foresee(ctx, &campaign);
    }

    if (rc == CMD_OK) {
        fprintf(ctx->out, "campaign '%s' is not created yet\n",
                campaign.slug);
        rc = campaign.is_imported ? CMD_OK : preview_drawn(ctx, &campaign);
    }

    if (rc == CMD_OK) {
        rc = preview_links(ctx, &campaign);
    }

    rtn_campaign_release(&campaign);

    return rc;
}


const struct cmd_command  cmd_campaign_preview = {
    .name = "campaign preview",
    .run = preview_run,
    .help = "show what 'campaign create' would do, and write nothing",
    .example = "winback.yaml --as-of 2026-11-25",
    .arguments = "FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM | RTN_OPEN_COUPONS | RTN_OPEN_EVENTS,
    .flags = CMD_AS_OF
};
