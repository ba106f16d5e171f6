/* link: signs one link as the merge file does, and reads one back. */

#include <inttypes.h>
#include <string.h>

#include "../analysis/zone.h"
#include "../output/table.h"
#include "campaign.h"
#include "commands.h"
#include "rtn_token.h"

#define LINK_MINUTE_MS  60000

struct link_options {
    bool         is_pixel;
    const char  *link;
    bool         is_unsubscribe;
    bool         is_visit;
    const char  *message;
};

static const struct cmd_option  link_sign_rows[] = {
    CMD_FLAG("pixel", 0, struct link_options, is_pixel,
        "the picture that tells of an open"),
    CMD_STRING("link", 0, struct link_options, link, "NAME",
        "a link of the campaign"),
    CMD_FLAG("unsubscribe", 0, struct link_options, is_unsubscribe,
        "the page that ends the mails"),
    CMD_FLAG("visit", 0, struct link_options, is_visit,
        "a visit token, as a click hands it to the shop"),
    CMD_STRING("message", 0, struct link_options, message, "NAME",
        "of the campaign's messages; default: the first"),
    CMD_END
};

static const char *const  link_purposes[RTN_PURPOSE_COUNT] = {
    [RTN_PURPOSE_PIXEL] = "pixel",
    [RTN_PURPOSE_LINK] = "link",
    [RTN_PURPOSE_UNSUBSCRIBE] = "unsubscribe",
    [RTN_PURPOSE_VISIT] = "visit"
};


static int
link_purpose(struct cmd_context *ctx, struct rtn_token *token)
{
    const struct link_options  *options = ctx->options;

    if (options->is_pixel + (options->link != NULL) + options->is_unsubscribe
        + options->is_visit != 1)
    {
        return cmd_fail(ctx, CMD_USAGE, "'link sign' wants one of --pixel, "
                        "--link NAME, --unsubscribe and --visit");
    }

    token->purpose = options->is_pixel ? RTN_PURPOSE_PIXEL
                     : options->link != NULL ? RTN_PURPOSE_LINK
                     : options->is_unsubscribe ? RTN_PURPOSE_UNSUBSCRIBE
                     : RTN_PURPOSE_VISIT;

    return CMD_OK;
}


static int
link_message(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct rtn_token *token)
{
    size_t                      i;
    const struct link_options  *options = ctx->options;

    if (options->message == NULL) {
        token->message = 0;
        return CMD_OK;
    }

    for (i = 0; i < campaign->message_count; i++) {
        if (strcmp(campaign->messages[i].name, options->message) == 0) {
            token->message = (uint8_t) i;
            return CMD_OK;
        }
    }

    return cmd_fail(ctx, CMD_DATA, "campaign '%s' has no message '%s'",
                    campaign->slug, options->message);
}


static int
link_number(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct rtn_token *token)
{
    size_t                      i;
    const struct link_options  *options = ctx->options;

    if (options->link == NULL) {
        return CMD_OK;
    }

    for (i = 0; i < campaign->link_count; i++) {
        if (strcmp(campaign->links[i].name, options->link) == 0) {
            token->link = (uint8_t) (i + 1);
            return CMD_OK;
        }
    }

    return cmd_fail(ctx, CMD_DATA, "campaign '%s' has no link '%s'",
                    campaign->slug, options->link);
}


static int
link_recipient(struct cmd_context *ctx, const struct rtn_campaign *campaign,
    struct rtn_token *token)
{
    int                    rc;
    const char            *customer = ctx->arguments[1];
    struct rtn_recipient   recipient;

    rc = rtn_customer_find(ctx->store, campaign_str(customer),
                           &token->recipient);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "no customer '%s'", customer);
    }

    if (rc == 0) {
        rc = rtn_recipient_get(ctx->store, campaign->number, token->recipient,
                               &recipient);
    }

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "customer '%s' is no recipient of "
                        "campaign '%s'", customer, campaign->slug);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read customer '%s'", customer);
    }

    if (recipient.arm == RTN_ARM_HOLDOUT) {
        return cmd_fail(ctx, CMD_DATA, "customer '%s' is in the hold-out of "
                        "campaign '%s', which gets no links", customer,
                        campaign->slug);
    }

    return CMD_OK;
}


static void
link_print(struct cmd_context *ctx, const struct rtn_token *token,
    const char *text)
{
    const char  *path = "", *end = "";

    switch (token->purpose) {

    case RTN_PURPOSE_PIXEL:
        path = ctx->settings->pixel_path;
        end = ".gif";
        break;

    case RTN_PURPOSE_LINK:
        path = ctx->settings->redirect_path;
        break;

    case RTN_PURPOSE_UNSUBSCRIBE:
        path = ctx->settings->unsubscribe_path;
        break;

    default:
        fprintf(ctx->out, "%s\n", text);
        return;
    }

    fprintf(ctx->out, "%s%s%s%s\n", ctx->settings->base_url, path, text, end);
}


static int
link_seal(struct cmd_context *ctx, struct rtn_token *token)
{
    int                 rc;
    char                text[RTN_TOKEN_LEN_MAX + 1];
    struct rtn_keyring  ring;

    rc = rtn_store_keyring(ctx->store, &ring);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the keys");
    }

    rc = rtn_token_seal(&ring, token, text);
    rtn_keyring_wipe(&ring);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot sign");
    }

    link_print(ctx, token, text);

    return CMD_OK;
}


/* Now, or at the beginning of the day that was given; in whole minutes. */
static int64_t
link_issued_ms(struct cmd_context *ctx)
{
    int64_t  ms;

    ms = ctx->given_as_of.is_given ? rta_zone_day_start(ctx->as_of)
                                   : ctx->now_ms;

    return ms - ms % LINK_MINUTE_MS;
}


static int
link_sign_run(struct cmd_context *ctx)
{
    int                  rc;
    struct rtn_token     token = { 0 };
    struct rtn_campaign  campaign = { 0 };

    rc = link_purpose(ctx, &token);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = campaign_find(ctx, ctx->arguments[0], &campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    token.campaign = campaign.number;
    token.issued_ms = token.purpose == RTN_PURPOSE_VISIT
                      ? link_issued_ms(ctx) : 0;

    rc = link_message(ctx, &campaign, &token);

    if (rc == CMD_OK) {
        rc = link_number(ctx, &campaign, &token);
    }

    if (rc == CMD_OK) {
        rc = link_recipient(ctx, &campaign, &token);
    }

    if (rc == CMD_OK) {
        rc = link_seal(ctx, &token);
    }

    rtn_campaign_release(&campaign);

    return rc;
}


/* The token within a URL: the last piece of its path, without ".gif"; or of
   its query, the value of v, as '&v={visit}' makes it. */

static struct rtn_str
link_token_of(const char *text)
{
    size_t           len = strcspn(text, "#");
    const char      *p, *query;
    struct rtn_str   token;

    query = memchr(text, '?', len);

    if (query != NULL) {
        for (p = query; p != NULL && p < text + len; p = strchr(p + 1, '&')) {
            if (strncmp(p + 1, "v=", 2) == 0) {
                token.data = p + 3;
                token.len = strcspn(token.data, "&#");
                return token;
            }
        }

        len = (size_t) (query - text);
    }

    token.data = text;
    token.len = len;

    for (p = text; p < text + len; p++) {
        if (*p == '/') {
            token.data = p + 1;
            token.len = (size_t) (text + len - token.data);
        }
    }

    if (token.len > 4 && memcmp(token.data + token.len - 4, ".gif", 4) == 0) {
        token.len -= 4;
    }

    return token;
}


static struct rto_value
link_campaign_name(struct cmd_context *ctx, const struct rtn_token *token,
    struct rtn_campaign *campaign)
{
    if (rtn_campaign_get(ctx->store, token->campaign, campaign) != 0) {
        return rto_absent();
    }

    return rto_string(campaign->slug);
}


static int
link_show(struct cmd_context *ctx, const struct rtn_token *token, int verdict)
{
    int                   rc;
    struct rto_value      values[10];
    struct rto_table     *table;
    struct rtn_campaign   campaign = { 0 };

    static const struct rto_column  columns[] = {
        { "valid", RTO_FLAG, NULL },
        { "reason", RTO_TEXT, NULL },
        { "purpose", RTO_TEXT, NULL },
        { "campaign", RTO_TEXT, NULL },
        { "campaign_number", RTO_INTEGER, "number" },
        { "message", RTO_TEXT, NULL },
        { "link", RTO_TEXT, NULL },
        { "recipient", RTO_INTEGER, NULL },
        { "key", RTO_INTEGER, NULL },
        { "issued_at", RTO_TIME, "issued" }
    };

    values[0] = rto_flag(verdict == 0);
    values[1] = verdict == 0 ? rto_absent()
                             : rto_string(rtn_strerror(verdict));
    values[2] = rto_string(link_purposes[token->purpose]);
    values[3] = link_campaign_name(ctx, token, &campaign);
    values[4] = rto_integer(token->campaign);
    values[5] = token->message < campaign.message_count
                ? rto_string(campaign.messages[token->message].name)
                : rto_absent();
    values[6] = token->link == RTN_LINK_TRAP ? rto_string("trap")
                : token->link > 0 && token->link <= campaign.link_count
                ? rto_string(campaign.links[token->link - 1].name)
                : rto_absent();
    values[7] = rto_integer(token->recipient);
    values[8] = rto_integer(token->key_id);
    values[9] = token->purpose == RTN_PURPOSE_VISIT
                ? rto_time(token->issued_ms) : rto_absent();

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   columns, 10, &table);

    if (rc == 0) {
        (void) rto_row(table, values);
        rc = rto_end(table);
    }

    rtn_campaign_release(&campaign);

    return rc == 0 && verdict == 0 ? CMD_OK : CMD_DATA;
}


static int
link_inspect_run(struct cmd_context *ctx)
{
    int                 rc;
    struct rtn_str      text = link_token_of(ctx->arguments[0]);
    struct rtn_token    token, opened;
    struct rtn_keyring  ring;

    rc = rtn_token_peek(text, &token);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "'%.*s'",
                              (int) (text.len < 100 ? text.len : 100),
                              text.data);
    }

    rc = rtn_store_keyring(ctx->store, &ring);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the keys");
    }

    rc = rtn_token_open(&ring, text, token.purpose, ctx->now_ms, &opened);
    rtn_keyring_wipe(&ring);

    return link_show(ctx, &token, rc);
}


const struct cmd_command  cmd_link_sign = {
    .name = "link sign",
    .run = link_sign_run,
    .help = "print one recipient's link, as the merge file has it",
    .example = "winback-2026-11 C1042 --link shop",
    .options = link_sign_rows,
    .options_size = sizeof(struct link_options),
    .arguments = "CAMPAIGN CUSTOMER",
    .arguments_min = 2,
    .arguments_max = 2,
    .opens = RTN_OPEN_STATE | RTN_OPEN_CRM,
    .flags = CMD_AS_OF
};

const struct cmd_command  cmd_link_inspect = {
    .name = "link inspect",
    .run = link_inspect_run,
    .help = "say what a token or a link is, and whether it verifies",
    .example = "https://mail.shop.example/r/TOKEN",
    .arguments = "TOKEN",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_STATE,
    .flags = CMD_TABLE
};
