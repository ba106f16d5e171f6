/*
 * retentionctl export responses: one row a recipient, with what the report
 * counts of him.  The table of columns is the data dictionary as well: of
 * --dictionary, and of the manual, which a test compares with it.
 */

#include <stdlib.h>
#include <string.h>

#include "analysis/zone.h"
#include "campaign.h"
#include "commands.h"
#include "export.h"
#include "report_load.h"
#include "rtn_code.h"

enum responses_column {
    RESPONSES_CAMPAIGN = 0,
    RESPONSES_CUSTOMER_ID,
    RESPONSES_ARM,
    RESPONSES_IS_HOLDOUT,
    RESPONSES_TIER,
    RESPONSES_STAGE,
    RESPONSES_BATCH,
    RESPONSES_T0,
    RESPONSES_UNTIL,
    RESPONSES_COUPON,
    RESPONSES_COUPON_EXPIRES,
    RESPONSES_DELIVERED,
    RESPONSES_OPENED,
    RESPONSES_CLICKED,
    RESPONSES_FIRST_CLICK,
    RESPONSES_MESSAGE,
    RESPONSES_VISITED,
    RESPONSES_VIEWED,
    RESPONSES_CARTED,
    RESPONSES_CHECKED_OUT,
    RESPONSES_BOUGHT,
    RESPONSES_ORDERS,
    RESPONSES_CURRENCY,
    RESPONSES_CURRENCY_ORDERS,
    RESPONSES_GROSS,
    RESPONSES_REFUND,
    RESPONSES_REVENUE,
    RESPONSES_MARGIN,
    RESPONSES_DISCOUNT,
    RESPONSES_REDEEMED,
    RESPONSES_UNSUBSCRIBED,
    RESPONSES_EXCLUDED,
    RESPONSES_COLUMNS
};

struct responses_definition {
    struct rto_column  column;
    const char        *meaning;     /* a sentence without its full stop */
};

static const struct responses_definition  responses[RESPONSES_COLUMNS] = {
    [RESPONSES_CAMPAIGN] = { { "campaign", RTO_TEXT, NULL },
        "the campaign's id" },
    [RESPONSES_CUSTOMER_ID] = { { "customer_id", RTO_TEXT, NULL },
        "the shop's id; empty for test recipients and who was erased" },
    [RESPONSES_ARM] = { { "arm", RTO_TEXT, NULL },
        "as drawn, whatever was sent" },
    [RESPONSES_IS_HOLDOUT] = { { "is_holdout", RTO_FLAG, NULL },
        "the arm is the hold-out" },
    [RESPONSES_TIER] = { { "tier", RTO_TEXT, NULL },
        "as drawn; empty: none" },
    [RESPONSES_STAGE] = { { "stage", RTO_TEXT, NULL },
        "of the customer's life at t0" },
    [RESPONSES_BATCH] = { { "batch", RTO_INTEGER, NULL },
        "from 0" },
    [RESPONSES_T0] = { { "t0", RTO_TIME, NULL },
        "when the window begins, in every arm" },
    [RESPONSES_UNTIL] = { { "until", RTO_TIME, NULL },
        "the first moment after the window" },
    [RESPONSES_COUPON] = { { "coupon", RTO_TEXT, NULL },
        "its code; empty: none was issued" },
    [RESPONSES_COUPON_EXPIRES] = { { "coupon_expires", RTO_TIME, NULL },
        "the first moment at which it is not good any more" },
    [RESPONSES_DELIVERED] = { { "delivered", RTO_FLAG, NULL },
        "true: the mail was opened or clicked by somebody or something, so it "
        "arrived; empty: nothing is known" },
    [RESPONSES_OPENED] = { { "opened", RTO_FLAG, NULL },
        "by a person, in the window, as all that follows" },
    [RESPONSES_CLICKED] = { { "clicked", RTO_FLAG, NULL },
        "by a person" },
    [RESPONSES_FIRST_CLICK] = { { "first_human_click_at", RTO_TIME, NULL },
        "a person's first click" },
    [RESPONSES_MESSAGE] = { { "message", RTO_TEXT, NULL },
        "the first of the campaign's messages that a person clicked" },
    [RESPONSES_VISITED] = { { "visited", RTO_FLAG, NULL },
        "was seen in the shop" },
    [RESPONSES_VIEWED] = { { "viewed", RTO_FLAG, NULL },
        "looked at an item" },
    [RESPONSES_CARTED] = { { "carted", RTO_FLAG, NULL },
        "put something into a cart" },
    [RESPONSES_CHECKED_OUT] = { { "checked_out", RTO_FLAG, NULL },
        "began a checkout" },
    [RESPONSES_BOUGHT] = { { "bought", RTO_FLAG, NULL },
        "has an order" },
    [RESPONSES_ORDERS] = { { "orders", RTO_INTEGER, NULL },
        "paid ones, of every currency" },
    [RESPONSES_CURRENCY] = { { "currency", RTO_TEXT, NULL },
        "of the sums that follow" },
    [RESPONSES_CURRENCY_ORDERS] = { { "currency_orders", RTO_INTEGER, NULL },
        "orders with an amount in this currency" },
    [RESPONSES_GROSS] = { { "gross", RTO_MONEY, NULL },
        "their amounts" },
    [RESPONSES_REFUND] = { { "refund", RTO_MONEY, NULL },
        "what of that was paid back" },
    [RESPONSES_REVENUE] = { { "revenue", RTO_MONEY, NULL },
        "gross less refund, as the report has it" },
    [RESPONSES_MARGIN] = { { "margin", RTO_MONEY, NULL },
        "revenue less cost; empty: the cost of an order is not known" },
    [RESPONSES_DISCOUNT] = { { "discount", RTO_MONEY, NULL },
        "given by the campaign's coupon" },
    [RESPONSES_REDEEMED] = { { "redeemed", RTO_FLAG, NULL },
        "the coupon was used" },
    [RESPONSES_UNSUBSCRIBED] = { { "unsubscribed", RTO_FLAG, NULL },
        "by a mail of this campaign" },
    [RESPONSES_EXCLUDED] = { { "excluded_reason", RTO_TEXT, NULL },
        "why no figure counts this row: test; empty: it is counted" }
};

static const char *const  responses_types[] = {
    [RTO_TEXT] = "text",
    [RTO_INTEGER] = "whole number",
    [RTO_MONEY] = "decimal",
    [RTO_TIME] = "time, UTC",
    [RTO_FLAG] = "true or false"
};

struct responses_options {
    struct export_options  export;
    const char            *currency;
    bool                   is_dictionary;
};

struct responses_export {
    struct export_output  output;
    struct export_names   names;
    struct report_load    load;
    rtn_currency_t        currency;
    uint64_t              elsewhere;    /* orders of other currencies */
};


static void
responses_frame(struct responses_export *export,
    const struct rtn_recipient *recipient, struct rto_value *row)
{
    const struct rtn_campaign  *campaign = &export->load.campaign;

    row[RESPONSES_CAMPAIGN] = rto_string(campaign->slug);
    row[RESPONSES_CUSTOMER_ID] = rto_string(export_names_customer(
                                     &export->names, recipient->customer));
    row[RESPONSES_ARM] = rto_string(campaign_arm_name(campaign,
                                                      recipient->arm));
    row[RESPONSES_IS_HOLDOUT] = rto_flag(recipient->arm == RTN_ARM_HOLDOUT);
    row[RESPONSES_BATCH] = rto_integer(recipient->batch);
    row[RESPONSES_T0] = rto_time(recipient->t0_ms);
    row[RESPONSES_UNTIL] = rto_time(recipient->until_ms);

    if (recipient->tier != 0) {
        row[RESPONSES_TIER] = rto_string(campaign_tier_name(campaign,
                                                            recipient->tier));
    }
}


/* What the report counts of him. */

static void
responses_person(struct responses_export *export,
    const struct rta_person *person, struct rto_value *row)
{
    int    kind;
    const char  *currency = export->currency;

    static const enum responses_column  kinds[RTA_RESPONSE_KINDS] = {
        [RTA_OPENED] = RESPONSES_OPENED,
        [RTA_CLICKED] = RESPONSES_CLICKED,
        [RTA_VISITED] = RESPONSES_VISITED,
        [RTA_VIEWED] = RESPONSES_VIEWED,
        [RTA_CARTED] = RESPONSES_CARTED,
        [RTA_CHECKED_OUT] = RESPONSES_CHECKED_OUT
    };

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        row[kinds[kind]] = rto_flag(person->flags.seen[kind]);
    }

    row[RESPONSES_STAGE] = rto_string(rta_stage_names[person->stage]);
    row[RESPONSES_BOUGHT] = rto_flag(person->flags.is_buyer);
    row[RESPONSES_REDEEMED] = rto_flag(person->flags.has_redeemed);
    row[RESPONSES_UNSUBSCRIBED] = rto_flag(person->flags.has_unsubscribed);
    row[RESPONSES_ORDERS] = rto_integer((int64_t) person->orders);
    row[RESPONSES_CURRENCY] = rto_string(currency);
    row[RESPONSES_CURRENCY_ORDERS] = rto_integer((int64_t) person->counted);
    row[RESPONSES_GROSS] = rto_money(person->gross_minor, currency);
    row[RESPONSES_REFUND] = rto_money(person->refund_minor, currency);
    row[RESPONSES_REVENUE] = rto_money(person->gross_minor
                                       - person->refund_minor, currency);
    row[RESPONSES_DISCOUNT] = rto_money(person->discount_minor, currency);

    if (person->has_margin) {
        row[RESPONSES_MARGIN] = rto_money(person->margin_minor, currency);
    }

    if (person->is_delivered) {
        row[RESPONSES_DELIVERED] = rto_flag(true);
    }

    if (person->first_click_ms != 0) {
        row[RESPONSES_FIRST_CLICK] = rto_time(person->first_click_ms);
    }

    if (person->has_message) {
        row[RESPONSES_MESSAGE] =
            rto_string(export->load.plan.messages[person->message]);
    }

    export->elsewhere += person->orders - person->counted;
}


static int
responses_row(void *data, const struct rtn_recipient *recipient)
{
    char                      code[RTN_CODE_TEXT_LEN + 1];
    size_t                    i;
    struct rto_value          row[RESPONSES_COLUMNS];
    struct rta_person         person;
    struct responses_export  *export = data;

    for (i = 0; i < RESPONSES_COLUMNS; i++) {
        row[i] = rto_absent();
    }

    responses_frame(export, recipient, row);

    if (recipient->code != 0) {
        rtn_code_format(recipient->code, code);
        row[RESPONSES_COUPON] = rto_string(code);
        row[RESPONSES_COUPON_EXPIRES] = rto_time(recipient->code_expires_ms);
    }

    if (rta_response_person(export->load.response, recipient->customer,
                            &person))
    {
        responses_person(export, &person, row);

    } else {
        row[RESPONSES_EXCLUDED] = rto_string("test");
    }

    return export_row(&export->output, row);
}


static int
responses_scan(struct responses_export *export)
{
    int                rc;
    struct rtn_store  *store = export->load.ctx->store;

    rc = export_names_read(&export->names, store);

    return rc == 0 ? export_recipients(&export->output, store,
                                       export->load.campaign.number,
                                       responses_row, export) : rc;
}


static int
responses_write(struct responses_export *export, const char *path)
{
    int                  rc;
    size_t               i;
    struct rto_column    columns[RESPONSES_COLUMNS];
    struct cmd_context  *ctx = export->load.ctx;

    for (i = 0; i < RESPONSES_COLUMNS; i++) {
        columns[i] = responses[i].column;
    }

    rc = export_begin(&export->output, ctx, path, columns, RESPONSES_COLUMNS);

    if (rc != CMD_OK) {
        return rc;
    }

    export->output.damaged = export->load.damaged;

    rc = export_end(&export->output, responses_scan(export),
                    "the recipients");
    export_names_release(&export->names);

    if (rc == CMD_OK && export->elsewhere > 0) {
        cmd_warn(ctx, "%llu orders are not in %s, and their amounts not in "
                 "the sums; --currency writes those of another",
                 (unsigned long long) export->elsewhere, export->currency);
    }

    return rc;
}


/* What each column means, in the format of the export. */

static int
responses_dictionary(struct cmd_context *ctx, const char *path)
{
    int                   rc = 0;
    size_t                i;
    struct export_output  output;

    static const struct rto_column  columns[] = {
        { "column", RTO_TEXT, NULL },
        { "type", RTO_TEXT, NULL },
        { "meaning", RTO_TEXT, NULL }
    };

    rc = export_begin(&output, ctx, path, columns, 3);

    if (rc != CMD_OK) {
        return rc;
    }

    for (i = 0; rc == 0 && i < RESPONSES_COLUMNS; i++) {
        struct rto_value  row[] = {
            rto_string(responses[i].column.name),
            rto_string(responses_types[responses[i].column.type]),
            rto_string(responses[i].meaning)
        };

        rc = export_row(&output, row);
    }

    return export_end(&output, rc, "the dictionary");
}


static int
responses_currency(struct cmd_context *ctx, rtn_currency_t currency)
{
    const char                      *text;
    const struct responses_options  *options = ctx->options;

    text = options->currency != NULL ? options->currency
                                     : ctx->settings->currency;

    if (rtn_currency_parse(campaign_str(text), currency) != 0) {
        return cmd_fail(ctx, CMD_USAGE, "--currency wants a code of ISO 4217, "
                        "as EUR, not '%s'", text);
    }

    return CMD_OK;
}


static int
responses_run(struct cmd_context *ctx)
{
    int                              rc;
    struct report_wish               wish = { .cutoff_ms = ctx->now_ms };
    const char                      *path = NULL;
    struct responses_export         *export;
    const struct responses_options  *options = ctx->options;

    if (ctx->argument_count > 1) {
        path = ctx->arguments[1];
    }

    if (options->is_dictionary) {
        return responses_dictionary(ctx, path);
    }

    if (ctx->argument_count == 0) {
        return cmd_fail(ctx, CMD_USAGE, "'export responses' needs a campaign; "
                        "see 'retentionctl help export responses'");
    }

    export = calloc(1, sizeof(*export));

    if (export == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot export");
    }

    if (ctx->given_as_of.is_given) {
        wish.cutoff_ms = rta_zone_day_start(ctx->as_of + 1);
    }

    rc = responses_currency(ctx, export->currency);

    if (rc == CMD_OK) {
        wish.people_currency = export->currency;
        rc = report_load_more(&export->load, ctx, ctx->arguments[0], &wish);

        if (rc == CMD_OK) {
            rc = responses_write(export, path);
        }

        report_release(&export->load);
    }

    free(export);

    return rc;
}


static const struct cmd_option  responses_options[] = {
    EXPORT_FORMAT_ROWS,
    CMD_STRING("currency", 0, struct responses_options, currency, "CODE",
        "of the sums; the store's when left out"),
    CMD_FLAG("dictionary", 0, struct responses_options, is_dictionary,
        "write what the columns mean, and no rows"),
    CMD_END
};

const struct cmd_command  cmd_export_responses = {
    .name = "export responses",
    .run = responses_run,
    .help = "write a row a recipient with what the report counts of it",
    .example = "winback-2026-11 responses.csv.gz",
    .options = responses_options,
    .options_size = sizeof(struct responses_options),
    .arguments = "[CAMPAIGN] [FILE]",
    .arguments_min = 0,
    .arguments_max = 2,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_CSV | CMD_AS_OF
};
