/* retentionctl coupon show, void: one coupon, as people type it. */

#include <string.h>

#include "campaign.h"
#include "commands.h"
#include "coupon.h"
#include "rtn_code.h"
#include "rtn_crm.h"

#define SHOW_TEXT_MAX  64           /* bytes of a value as text, with NUL */

const char *const  coupon_statuses[] = {
    [RTN_COUPON_ISSUED] = "issued",
    [RTN_COUPON_RESERVED] = "reserved",
    [RTN_COUPON_REDEEMED] = "redeemed",
    [RTN_COUPON_VOID] = "void",
    NULL
};

enum show_column {
    SHOW_COUPON = 0,
    SHOW_STATUS,
    SHOW_REASON,
    SHOW_CAMPAIGN,
    SHOW_TIER,
    SHOW_CUSTOMER_ID,
    SHOW_BOUND,
    SHOW_DISCOUNT_TYPE,
    SHOW_PERCENT,
    SHOW_AMOUNT,
    SHOW_MINIMUM,
    SHOW_VALID_FROM,
    SHOW_EXPIRES,
    SHOW_CHANGED_AT,
    SHOW_ORDER_ID,
    SHOW_COLUMNS
};

static const struct rto_column  show_columns[SHOW_COLUMNS] = {
    [SHOW_COUPON] = { "coupon", RTO_TEXT, NULL },
    [SHOW_STATUS] = { "status", RTO_TEXT, NULL },
    [SHOW_REASON] = { "reason", RTO_TEXT, "not good now" },
    [SHOW_CAMPAIGN] = { "campaign", RTO_TEXT, NULL },
    [SHOW_TIER] = { "tier", RTO_TEXT, NULL },
    [SHOW_CUSTOMER_ID] = { "customer_id", RTO_TEXT, NULL },
    [SHOW_BOUND] = { "customer_bound", RTO_FLAG, NULL },
    [SHOW_DISCOUNT_TYPE] = { "discount_type", RTO_TEXT, NULL },
    [SHOW_PERCENT] = { "percent", RTO_FRACTION, NULL },
    [SHOW_AMOUNT] = { "amount", RTO_MONEY, NULL },
    [SHOW_MINIMUM] = { "minimum_amount", RTO_MONEY, NULL },
    [SHOW_VALID_FROM] = { "valid_from", RTO_TIME, NULL },
    [SHOW_EXPIRES] = { "expires", RTO_TIME, NULL },
    [SHOW_CHANGED_AT] = { "changed_at", RTO_TIME, NULL },
    [SHOW_ORDER_ID] = { "order_id", RTO_TEXT, NULL }
};


enum rto_format
coupon_format(const struct cmd_context *ctx)
{
    if (ctx->is_excel) {
        return RTO_FORMAT_EXCEL;
    }

    return ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT;
}


static int
coupon_parse(struct cmd_context *ctx, const char *text, uint64_t *code)
{
    if (rtn_code_parse(campaign_str(text), code) != 0) {
        return cmd_fail(ctx, CMD_DATA, "'%s' is no coupon's code; a letter may "
                        "be mistyped", text);
    }

    return CMD_OK;
}


static int
coupon_get(struct cmd_context *ctx, const char *text,
    struct rtn_coupon_state *state)
{
    int       rc;
    uint64_t  code;

    rc = coupon_parse(ctx, text, &code);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_coupon_get(ctx->store, code, state);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "no coupon '%s' was issued", text);
    }

    return rc == 0 ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the "
                                             "coupon '%s'", text);
}


/* Why it would not be taken now, by anybody. */

static const char *
coupon_reason(const struct rtn_coupon_state *state, int64_t now_ms)
{
    enum rtn_coupon_reason  reason = RTN_COUPON_OK;

    if (state->status == RTN_COUPON_VOID) {
        reason = RTN_COUPON_IS_VOID;

    } else if (state->status == RTN_COUPON_REDEEMED) {
        reason = RTN_COUPON_USED;

    } else if (now_ms >= state->coupon.expires_ms) {
        reason = RTN_COUPON_EXPIRED;

    } else if (now_ms < state->coupon.valid_from_ms) {
        reason = RTN_COUPON_NOT_YET;
    }

    return reason == RTN_COUPON_OK ? NULL : rtn_coupon_reason_name(reason);
}


static void
show_offer(const struct rtn_offer *offer, struct rto_value *row)
{
    row[SHOW_DISCOUNT_TYPE] = rto_string(rtn_discount_name(offer->type));

    if (offer->type == RTN_DISCOUNT_PERCENT) {
        row[SHOW_PERCENT] = rto_fraction((double) offer->amount / 100);
    }

    if (offer->type == RTN_DISCOUNT_FIXED) {
        row[SHOW_AMOUNT] = rto_money(offer->amount, offer->currency);
    }

    if (offer->minimum_minor > 0) {
        row[SHOW_MINIMUM] = rto_money(offer->minimum_minor,
                                      offer->minimum_currency);
    }
}


/* Whose it is and what it is good for, from its campaign. */

static void
show_campaign(const struct rtn_campaign *campaign,
    const struct rtn_coupon_state *state, struct rto_value *row)
{
    uint8_t  tier = state->coupon.tier;

    row[SHOW_CAMPAIGN] = rto_string(campaign->slug);

    if (tier == 0 || tier > campaign->tier_count) {
        return;
    }

    row[SHOW_TIER] = rto_string(campaign->tiers[tier - 1].name);
    row[SHOW_BOUND] = rto_flag(!campaign->tiers[tier - 1].offer
                               .is_transferable);
    show_offer(&campaign->tiers[tier - 1].offer, row);
}


/* The order of the last change; the journal has it by the change's id. */

static int
show_change(struct cmd_context *ctx, const struct rtn_coupon_state *state,
    struct rtn_coupon_change *change, struct rto_value *row)
{
    int                       rc;
    struct rtn_journal_scan  *scan;

    if (state->last_id == 0) {
        return 0;
    }

    row[SHOW_CHANGED_AT] = rto_time(state->changed_ms);
    rc = rtn_journal_scan_open(ctx->store, state->last_id, &scan);

    if (rc != 0) {
        return rc;
    }

    rc = rtn_journal_scan_next(scan, change);
    rtn_journal_scan_close(scan);

    if (rc == 0 && change->id == state->last_id
        && change->order_id[0] != '\0')
    {
        row[SHOW_ORDER_ID] = rto_string(change->order_id);
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static const char *
show_text(const struct rto_value *value, char text[SHOW_TEXT_MAX])
{
    char  money[RTN_MONEY_TEXT_MAX];

    switch (value->type) {

    case RTO_TEXT:
        return value->text.data;

    case RTO_TIME:
        rtn_time_format(value->number, text);
        return text;

    case RTO_MONEY:
        rtn_money_format(value->number, value->currency, money);
        snprintf(text, SHOW_TEXT_MAX, "%s %s", money, value->currency);
        return text;

    case RTO_FRACTION:
        snprintf(text, SHOW_TEXT_MAX, "%g", value->fraction);
        return text;

    default:
        return value->number ? "yes" : "no";
    }
}


static int
show_print(struct cmd_context *ctx, const struct rto_value *row)
{
    int                rc;
    char               text[SHOW_TEXT_MAX];
    size_t             i;
    const char        *name;
    struct rto_table  *table;

    if (!ctx->is_json) {
        for (i = 0; i < SHOW_COLUMNS; i++) {
            if (row[i].type != 0) {
                name = show_columns[i].heading;
                fprintf(ctx->out, "%-16s%s\n", name != NULL
                        ? name : show_columns[i].name,
                        show_text(&row[i], text));
            }
        }

        return 0;
    }

    rc = rto_begin(ctx->out, RTO_FORMAT_JSON, show_columns, SHOW_COLUMNS,
                   &table);

    if (rc != 0) {
        return rc;
    }

    (void) rto_row(table, row);

    return rto_end(table);
}


static int
show_run(struct cmd_context *ctx)
{
    int                       rc;
    char                      code[RTN_CODE_TEXT_LEN + 1];
    size_t                    i;
    struct rto_value          row[SHOW_COLUMNS];
    struct rtn_campaign       campaign = { 0 };
    struct rtn_customer       customer;
    struct rtn_coupon_state   state;
    struct rtn_coupon_change  change;

    rc = coupon_get(ctx, ctx->arguments[0], &state);

    if (rc != CMD_OK) {
        return rc;
    }

    for (i = 0; i < SHOW_COLUMNS; i++) {
        row[i] = rto_absent();
    }

    rtn_code_format(state.coupon.code, code);
    row[SHOW_COUPON] = rto_string(code);
    row[SHOW_STATUS] = rto_string(coupon_statuses[state.status]);
    row[SHOW_REASON] = rto_string(coupon_reason(&state, ctx->now_ms));
    row[SHOW_VALID_FROM] = rto_time(state.coupon.valid_from_ms);
    row[SHOW_EXPIRES] = rto_time(state.coupon.expires_ms);

    rc = rtn_campaign_get(ctx->store, state.coupon.campaign, &campaign);

    if (rc == 0) {
        show_campaign(&campaign, &state, row);
    }

    if (rc == 0 && rtn_customer_get(ctx->store, state.coupon.customer,
                                    &customer) == 0)
    {
        row[SHOW_CUSTOMER_ID] = rto_string(customer.id);
    }

    if (rc == 0) {
        rc = show_change(ctx, &state, &change, row);
    }

    if (rc == 0) {
        rc = show_print(ctx, row);
    }

    rtn_campaign_release(&campaign);

    return rc == 0 ? CMD_OK : cmd_fail_store(ctx, rc, "cannot show the coupon "
                                             "'%s'", ctx->arguments[0]);
}


const struct cmd_command  cmd_coupon_show = {
    .name = "coupon show",
    .run = show_run,
    .help = "what a coupon is good for, and why not",
    .example = "4F7K-9QX2-M3TD-8",
    .arguments = "CODE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_TABLE
};


static int
void_one(struct cmd_context *ctx, const char *text)
{
    int                    rc;
    struct rtn_coupon_job  job = { .action = RTN_COUPON_VOIDED };

    rc = coupon_parse(ctx, text, &job.code);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_coupon_decide(ctx->store, &job, 1, ctx->now_ms);

    if (rc == 0) {
        rc = job.rc;
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot make the coupon '%s' void",
                              text);
    }

    if (job.reason == RTN_COUPON_OK) {
        fprintf(ctx->out, "%s is void\n", text);
        return CMD_OK;
    }

    return cmd_fail(ctx, CMD_DATA, "coupon '%s' is not made void: %s", text,
                    rtn_coupon_reason_name(job.reason));
}


/* Every one is tried; the first that fails gives the exit code. */

static int
void_run(struct cmd_context *ctx)
{
    int  i, rc, first = CMD_OK;

    for (i = 0; i < ctx->argument_count; i++) {
        rc = void_one(ctx, ctx->arguments[i]);

        if (first == CMD_OK) {
            first = rc;
        }
    }

    return first;
}


const struct cmd_command  cmd_coupon_void = {
    .name = "coupon void",
    .run = void_run,
    .help = "make coupons good for nothing; redeemed ones stay",
    .example = "4F7K-9QX2-M3TD-8",
    .arguments = "CODE...",
    .arguments_min = 1,
    .arguments_max = 1000,
    .opens = RTN_OPEN_COUPONS,
    .flags = CMD_WRITES
};
