/* campaign edit and close: what may happen to a campaign once it is drawn. */

#include <inttypes.h>
#include <string.h>

#include "../input/campaign_file.h"
#include "campaign.h"

struct edit_options {
    const char  *link;
    const char  *url;
};

static const struct cmd_option  edit_rows[] = {
    CMD_STRING("link", 0, struct edit_options, link, "NAME",
        "whose target changes, also for mails already sent"),
    CMD_STRING("url", 0, struct edit_options, url, "URL",
        "the new target, on a host of the campaign"),
    CMD_END
};


static int
edit_check_url(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    const char *url)
{
    struct rtn_str  host;

    if (rtn_target_check(campaign_str(url), &host) != 0) {
        return cmd_fail(ctx, CMD_DATA, "'%s' is no target: https and a host, "
                        "at most %d bytes, no spaces, and of {names} those "
                        "that a campaign file takes", url, RTN_URL_MAX);
    }

    if (!rti_campaign_has_host(campaign, host)) {
        return cmd_fail(ctx, CMD_DATA, "host '%.*s' is not one of campaign "
                        "'%s', which has '%s'%s", (int) host.len, host.data,
                        campaign->slug, campaign->host_count > 0
                        ? campaign->hosts[0] : "",
                        campaign->host_count > 1 ? " and others" : "");
    }

    return CMD_OK;
}


static int
edit_link(struct cmd_context *ctx, const struct rtn_campaign *campaign)
{
    int                         rc;
    uint8_t                     link;
    const struct edit_options  *options = ctx->options;

    rc = rtn_link_number(ctx->store, campaign->number,
                         campaign_str(options->link), &link);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' has no link '%s'",
                        campaign->slug, options->link);
    }

    if (rc == 0) {
        rc = edit_check_url(ctx, campaign, options->url);

        if (rc != CMD_OK) {
            return rc;
        }

        rc = rtn_link_edit(ctx->store, campaign->number, link,
                           campaign_str(options->url), ctx->now_ms);
    }

    if (rc == RTN_ERR_LIMIT) {
        return cmd_fail(ctx, CMD_DATA, "the links of campaign '%s' were "
                        "changed %d times, which is the limit",
                        campaign->slug, RTN_LINK_EDITS_MAX);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot change link '%s'",
                              options->link);
    }

    fprintf(ctx->out, "link '%s' was\n  %s\nand is now\n  %s\n",
            options->link, campaign->links[link - 1].url, options->url);

    return CMD_OK;
}


static int
edit_run(struct cmd_context *ctx)
{
    int                         rc;
    struct rtn_campaign         campaign = { 0 };
    const struct edit_options  *options = ctx->options;

    if (options->link == NULL || options->url == NULL) {
        return cmd_fail(ctx, CMD_USAGE, "'campaign edit' wants --link NAME "
                        "and --url URL");
    }

    rc = campaign_find(ctx, ctx->arguments[0], &campaign);

    if (rc == CMD_OK) {
        rc = edit_link(ctx, &campaign);
    }

    rtn_campaign_release(&campaign);

    return rc;
}


static int
close_run(struct cmd_context *ctx)
{
    int                  rc;
    struct rtn_campaign  campaign = { 0 };

    rc = campaign_find(ctx, ctx->arguments[0], &campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    if (campaign.status == RTN_CAMPAIGN_CLOSED) {
        fprintf(ctx->out, "campaign '%s' is closed already, nothing "
                "changed\n", campaign.slug);
        goto done;
    }

    campaign.status = RTN_CAMPAIGN_CLOSED;
    rc = rtn_campaign_update(ctx->store, &campaign);

    if (rc != 0) {
        rc = cmd_fail_store(ctx, rc, "cannot close campaign '%s'",
                            campaign.slug);
        goto done;
    }

    fprintf(ctx->out, "closed campaign '%s': it is merged no more; its links "
            "and coupons stay as they are\n", campaign.slug);

done:

    rtn_campaign_release(&campaign);

    return rc;
}


const struct cmd_command  cmd_campaign_edit = {
    .name = "campaign edit",
    .run = edit_run,
    .help = "change where a link leads, at once, and keep a record",
    .example = "winback-2026-11 --link shop --url https://shop.example/sale",
    .options = edit_rows,
    .options_size = sizeof(struct edit_options),
    .arguments = "CAMPAIGN",
    .arguments_min = 1,
    .arguments_max = 1,
    .flags = CMD_WRITES
};

const struct cmd_command  cmd_campaign_close = {
    .name = "campaign close",
    .run = close_run,
    .help = "end a campaign: no merge file is written for it any more",
    .example = "winback-2026-11",
    .arguments = "CAMPAIGN",
    .arguments_min = 1,
    .arguments_max = 1,
    .flags = CMD_WRITES
};
