/* retentionctl export recipients: who got what, and what they did. */

#include <string.h>

#include "campaign.h"
#include "commands.h"
#include "export.h"
#include "report_load.h"
#include "rtn_code.h"

enum recipients_column {
    RECIPIENTS_CAMPAIGN = 0,
    RECIPIENTS_CUSTOMER_ID,
    RECIPIENTS_ARM,
    RECIPIENTS_TIER,
    RECIPIENTS_BATCH,
    RECIPIENTS_T0,
    RECIPIENTS_UNTIL,
    RECIPIENTS_COUPON,
    RECIPIENTS_COUPON_EXPIRES,
    RECIPIENTS_IS_TEST,
    RECIPIENTS_SEEN,                    /* a column for each kind */
    RECIPIENTS_BOUGHT = RECIPIENTS_SEEN + RTA_RESPONSE_KINDS,
    RECIPIENTS_REDEEMED,
    RECIPIENTS_UNSUBSCRIBED,
    RECIPIENTS_COLUMNS
};

static const struct rto_column  recipients_columns[RECIPIENTS_COLUMNS] = {
    [RECIPIENTS_CAMPAIGN] = { "campaign", RTO_TEXT, NULL },
    [RECIPIENTS_CUSTOMER_ID] = { "customer_id", RTO_TEXT, NULL },
    [RECIPIENTS_ARM] = { "arm", RTO_TEXT, NULL },
    [RECIPIENTS_TIER] = { "tier", RTO_TEXT, NULL },
    [RECIPIENTS_BATCH] = { "batch", RTO_INTEGER, NULL },
    [RECIPIENTS_T0] = { "t0", RTO_TIME, NULL },
    [RECIPIENTS_UNTIL] = { "until", RTO_TIME, NULL },
    [RECIPIENTS_COUPON] = { "coupon", RTO_TEXT, NULL },
    [RECIPIENTS_COUPON_EXPIRES] = { "coupon_expires", RTO_TIME, NULL },
    [RECIPIENTS_IS_TEST] = { "is_test", RTO_FLAG, NULL },
    [RECIPIENTS_SEEN + RTA_OPENED] = { "opened", RTO_FLAG, NULL },
    [RECIPIENTS_SEEN + RTA_CLICKED] = { "clicked", RTO_FLAG, NULL },
    [RECIPIENTS_SEEN + RTA_VISITED] = { "visited", RTO_FLAG, NULL },
    [RECIPIENTS_SEEN + RTA_VIEWED] = { "viewed", RTO_FLAG, NULL },
    [RECIPIENTS_SEEN + RTA_CARTED] = { "carted", RTO_FLAG, NULL },
    [RECIPIENTS_SEEN + RTA_CHECKED_OUT] = { "checked_out", RTO_FLAG, NULL },
    [RECIPIENTS_BOUGHT] = { "bought", RTO_FLAG, NULL },
    [RECIPIENTS_REDEEMED] = { "redeemed", RTO_FLAG, NULL },
    [RECIPIENTS_UNSUBSCRIBED] = { "unsubscribed", RTO_FLAG, NULL }
};

struct recipients_export {
    struct export_output  output;
    struct export_names   names;
    struct report_load    load;
};


/* What the report counts of a recipient; of a test one, nothing. */

static void
recipients_flags(struct recipients_export *export, uint32_t customer,
    struct rto_value *row)
{
    int                         kind;
    struct rta_recipient_flags  flags;

    if (!rta_response_flags(export->load.response, customer, &flags)) {
        return;
    }

    for (kind = 0; kind < RTA_RESPONSE_KINDS; kind++) {
        row[RECIPIENTS_SEEN + kind] = rto_flag(flags.seen[kind]);
    }

    row[RECIPIENTS_BOUGHT] = rto_flag(flags.is_buyer);
    row[RECIPIENTS_REDEEMED] = rto_flag(flags.has_redeemed);
    row[RECIPIENTS_UNSUBSCRIBED] = rto_flag(flags.has_unsubscribed);
}


static int
recipients_row(void *data, const struct rtn_recipient *recipient)
{
    char                        code[RTN_CODE_TEXT_LEN + 1];
    size_t                      i;
    struct rto_value            row[RECIPIENTS_COLUMNS];
    struct recipients_export   *export = data;
    const struct rtn_campaign  *campaign = &export->load.campaign;

    for (i = 0; i < RECIPIENTS_COLUMNS; i++) {
        row[i] = rto_absent();
    }

    row[RECIPIENTS_CAMPAIGN] = rto_string(campaign->slug);
    row[RECIPIENTS_CUSTOMER_ID] = rto_string(export_names_customer(
                                      &export->names, recipient->customer));
    row[RECIPIENTS_ARM] = rto_string(campaign_arm_name(campaign,
                                                       recipient->arm));
    row[RECIPIENTS_BATCH] = rto_integer(recipient->batch);
    row[RECIPIENTS_T0] = rto_time(recipient->t0_ms);
    row[RECIPIENTS_UNTIL] = rto_time(recipient->until_ms);
    row[RECIPIENTS_IS_TEST] = rto_flag(recipient->customer
                                       >= RTN_RECIPIENT_TEST);

    if (recipient->tier != 0) {
        row[RECIPIENTS_TIER] = rto_string(campaign_tier_name(campaign,
                                                             recipient->tier));
    }

    if (recipient->code != 0) {
        rtn_code_format(recipient->code, code);
        row[RECIPIENTS_COUPON] = rto_string(code);
        row[RECIPIENTS_COUPON_EXPIRES] = rto_time(recipient->code_expires_ms);
    }

    recipients_flags(export, recipient->customer, row);

    return export_row(&export->output, row);
}


static int
recipients_run(struct cmd_context *ctx)
{
    int                       rc;
    const char               *path;
    struct recipients_export  export;

    rc = report_load(&export.load, ctx, ctx->arguments[0], ctx->now_ms);

    if (rc != CMD_OK) {
        report_release(&export.load);
        return rc;
    }

    path = ctx->argument_count > 1 ? ctx->arguments[1] : NULL;
    rc = export_begin(&export.output, ctx, path, recipients_columns,
                      RECIPIENTS_COLUMNS);

    if (rc == CMD_OK) {
        rc = export_names_read(&export.names, ctx->store);

        if (rc == 0) {
            export.output.damaged = export.load.damaged;
            rc = export_recipients(&export.output, ctx->store,
                                   export.load.campaign.number,
                                   recipients_row, &export);
        }

        export_names_release(&export.names);
        rc = export_end(&export.output, rc, "the recipients");
    }

    report_release(&export.load);

    return rc;
}


static const struct cmd_option  recipients_options[] = {
    EXPORT_FORMAT_ROWS,
    CMD_END
};

const struct cmd_command  cmd_export_recipients = {
    .name = "export recipients",
    .run = recipients_run,
    .help = "write a campaign's recipients, their arms and what they did",
    .example = "winback-2026-11 recipients.csv",
    .options = recipients_options,
    .options_size = sizeof(struct export_options),
    .arguments = "CAMPAIGN [FILE]",
    .arguments_min = 1,
    .arguments_max = 2,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_CSV
};
