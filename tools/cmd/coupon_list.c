/* retentionctl coupon list: who has which coupon, and whose is about to end. */

#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "commands.h"
#include "coupon.h"
#include "export.h"
#include "rtn_code.h"

#define LIST_HOUR_MS   INT64_C(3600000)
#define LIST_DAYS_MAX  3650

enum list_column {
    LIST_COUPON = 0,
    LIST_CAMPAIGN,
    LIST_TIER,
    LIST_CUSTOMER_ID,
    LIST_STATUS,
    LIST_VALID_FROM,
    LIST_EXPIRES,
    LIST_COLUMNS
};

static const struct rto_column  list_columns[LIST_COLUMNS] = {
    [LIST_COUPON] = { "coupon", RTO_TEXT, NULL },
    [LIST_CAMPAIGN] = { "campaign", RTO_TEXT, NULL },
    [LIST_TIER] = { "tier", RTO_TEXT, NULL },
    [LIST_CUSTOMER_ID] = { "customer_id", RTO_TEXT, NULL },
    [LIST_STATUS] = { "status", RTO_TEXT, NULL },
    [LIST_VALID_FROM] = { "valid_from", RTO_TIME, NULL },
    [LIST_EXPIRES] = { "expires", RTO_TIME, NULL }
};

struct list_options {
    const char  *campaign;
    int          status;            /* -1: any */
    const char  *expiring;
    bool         is_csv;
};

struct list {
    struct cmd_context         *ctx;
    const struct list_options  *options;
    struct export_names         names;
    struct rto_table           *table;
    int64_t                     until_ms;   /* 0: whenever they end */
};


/* "3d", "36h". */

static int
list_expiring(struct list *list)
{
    char        *end;
    long         n;
    int64_t      unit;
    const char  *text = list->options->expiring;

    if (text == NULL) {
        return CMD_OK;
    }

    n = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : 0;
    unit = n == 0 ? 0 : strcmp(end, "d") == 0 ? 24
                      : strcmp(end, "h") == 0 ? 1 : 0;

    if (unit == 0 || n > LIST_DAYS_MAX * 24 / unit) {
        return cmd_fail(list->ctx, CMD_USAGE, "--expiring wants a time, as 3d "
                        "or 36h, not '%s'", text);
    }

    list->until_ms = list->ctx->now_ms + n * unit * LIST_HOUR_MS;

    return CMD_OK;
}


static bool
list_wants(const struct list *list, const struct rtn_coupon_state *state)
{
    if (list->options->status >= 0
        && (int) state->status != list->options->status)
    {
        return false;
    }

    /* Those that somebody could still use. */

    return list->until_ms == 0
           || ((state->status == RTN_COUPON_ISSUED
                || state->status == RTN_COUPON_RESERVED)
               && state->coupon.valid_from_ms <= list->ctx->now_ms
               && state->coupon.expires_ms > list->ctx->now_ms
               && state->coupon.expires_ms <= list->until_ms);
}


static int
list_row(struct list *list, const struct rtn_campaign *campaign,
    const struct rtn_coupon_state *state)
{
    char              code[RTN_CODE_TEXT_LEN + 1];
    uint8_t           tier = state->coupon.tier;
    struct rto_value  row[LIST_COLUMNS];

    rtn_code_format(state->coupon.code, code);

    row[LIST_COUPON] = rto_string(code);
    row[LIST_CAMPAIGN] = rto_string(campaign->slug);
    row[LIST_TIER] = tier > 0 && tier <= campaign->tier_count
                     ? rto_string(campaign->tiers[tier - 1].name)
                     : rto_absent();
    row[LIST_CUSTOMER_ID] = rto_string(export_names_customer(
                                &list->names, state->coupon.customer));
    row[LIST_STATUS] = rto_string(coupon_statuses[state->status]);
    row[LIST_VALID_FROM] = rto_time(state->coupon.valid_from_ms);
    row[LIST_EXPIRES] = rto_time(state->coupon.expires_ms);

    return rto_row(list->table, row);
}


/* Coupons are found by their recipients; test ones have none. */

static int
list_campaign(struct list *list, const struct rtn_campaign *campaign)
{
    int                         rc;
    struct rtn_recipient        recipient;
    struct rtn_coupon_state     state;
    struct rtn_recipient_scan  *scan;

    rc = rtn_recipient_scan_open(list->ctx->store, campaign->number, &scan);

    if (rc != 0) {
        return rc;
    }

    while (!cmd_interrupted()
           && (rc = rtn_recipient_scan_next(scan, &recipient)) == 0)
    {
        if (recipient.code == 0 || recipient.customer >= RTN_RECIPIENT_TEST) {
            continue;
        }

        rc = rtn_coupon_get(list->ctx->store, recipient.code, &state);

        if (rc == 0 && list_wants(list, &state)) {
            rc = list_row(list, campaign, &state);
        }

        if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
            break;
        }
    }

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
list_write(struct list *list)
{
    int                         rc, ended;
    size_t                      i;
    enum rto_format             format = coupon_format(list->ctx);
    const struct rtn_campaign  *campaign;

    if (list->options->is_csv && format == RTO_FORMAT_TEXT) {
        format = RTO_FORMAT_CSV;
    }

    rc = rto_begin(list->ctx->out, format, list_columns, LIST_COLUMNS,
                   &list->table);

    if (rc != 0) {
        return rc;
    }

    for (i = 0; i < list->names.campaign_count && rc == 0; i++) {
        campaign = &list->names.campaigns[i];

        if (list->options->campaign == NULL
            || strcmp(list->options->campaign, campaign->slug) == 0)
        {
            rc = list_campaign(list, campaign);
        }
    }

    ended = rto_end(list->table);

    return rc != 0 ? rc : ended;
}


static int
list_run(struct cmd_context *ctx)
{
    int                  rc;
    struct list          list = { .ctx = ctx, .options = ctx->options };
    struct rtn_campaign  campaign = { 0 };

    if (ctx->is_json && list.options->is_csv) {
        return cmd_fail(ctx, CMD_USAGE, "--csv and --json exclude each "
                        "other");
    }

    rc = list_expiring(&list);

    if (rc == CMD_OK && list.options->campaign != NULL) {
        rc = campaign_find(ctx, list.options->campaign, &campaign);
        rtn_campaign_release(&campaign);
    }

    if (rc != CMD_OK) {
        return rc;
    }

    rc = export_names_read(&list.names, ctx->store);

    if (rc == 0) {
        rc = list_write(&list);
    }

    export_names_release(&list.names);

    if (cmd_interrupted()) {
        return cmd_stop(ctx);
    }

    return rc == 0 ? CMD_OK : cmd_fail_store(ctx, rc, "cannot list the "
                                             "coupons");
}


static const struct cmd_option  list_options[] = {
    CMD_STRING("campaign", 'c', struct list_options, campaign, "CAMPAIGN",
        "only this campaign's"),
    CMD_CHOICE("status", 0, struct list_options, status, "STATUS",
        coupon_statuses, -1, "issued, reserved, redeemed or void"),
    CMD_STRING("expiring", 0, struct list_options, expiring, "TIME",
        "good now, and not any more within this time, as 3d or 36h"),
    CMD_FLAG("csv", 0, struct list_options, is_csv,
        "print the table as CSV"),
    CMD_END
};

const struct cmd_command  cmd_coupon_list = {
    .name = "coupon list",
    .run = list_run,
    .help = "list coupons, those about to expire for reminders",
    .example = "--expiring 3d",
    .options = list_options,
    .options_size = sizeof(struct list_options),
    .opens = RTN_OPEN_ALL,
    .flags = CMD_TABLE | CMD_CSV
};
