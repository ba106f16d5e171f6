/* retentionctl export coupons: what was issued, and what it is now. */

#include <string.h>

#include "commands.h"
#include "coupon.h"
#include "export.h"
#include "rtn_code.h"

enum coupons_column {
    COUPONS_COUPON = 0,
    COUPONS_CAMPAIGN,
    COUPONS_TIER,
    COUPONS_CUSTOMER_ID,
    COUPONS_IS_TEST,
    COUPONS_VALID_FROM,
    COUPONS_EXPIRES,
    COUPONS_STATUS,
    COUPONS_CHANGED_AT,
    COUPONS_COLUMNS
};

static const struct rto_column  coupons_columns[COUPONS_COLUMNS] = {
    [COUPONS_COUPON] = { "coupon", RTO_TEXT, NULL },
    [COUPONS_CAMPAIGN] = { "campaign", RTO_TEXT, NULL },
    [COUPONS_TIER] = { "tier", RTO_TEXT, NULL },
    [COUPONS_CUSTOMER_ID] = { "customer_id", RTO_TEXT, NULL },
    [COUPONS_IS_TEST] = { "is_test", RTO_FLAG, NULL },
    [COUPONS_VALID_FROM] = { "valid_from", RTO_TIME, NULL },
    [COUPONS_EXPIRES] = { "expires", RTO_TIME, NULL },
    [COUPONS_STATUS] = { "status", RTO_TEXT, NULL },
    [COUPONS_CHANGED_AT] = { "changed_at", RTO_TIME, NULL }
};

struct coupons_export {
    struct export_output  output;
    struct export_names   names;
};


static int
coupons_row(struct coupons_export *export,
    const struct rtn_campaign *campaign,
    const struct rtn_coupon_state *state)
{
    char                      code[RTN_CODE_TEXT_LEN + 1];
    size_t                    i;
    struct rto_value          row[COUPONS_COLUMNS];
    const struct rtn_coupon  *coupon = &state->coupon;

    for (i = 0; i < COUPONS_COLUMNS; i++) {
        row[i] = rto_absent();
    }

    rtn_code_format(coupon->code, code);

    row[COUPONS_COUPON] = rto_string(code);
    row[COUPONS_CAMPAIGN] = rto_string(campaign->slug);
    row[COUPONS_CUSTOMER_ID] = rto_string(export_names_customer(
                                              &export->names,
                                              coupon->customer));
    row[COUPONS_IS_TEST] = rto_flag(coupon->customer >= RTN_RECIPIENT_TEST);
    row[COUPONS_VALID_FROM] = rto_time(coupon->valid_from_ms);
    row[COUPONS_EXPIRES] = rto_time(coupon->expires_ms);
    row[COUPONS_STATUS] = rto_string(coupon_statuses[state->status]);

    if (coupon->tier > 0 && coupon->tier <= campaign->tier_count) {
        row[COUPONS_TIER] = rto_string(campaign->tiers[coupon->tier - 1]
                                       .name);
    }

    if (state->last_id != 0) {
        row[COUPONS_CHANGED_AT] = rto_time(state->changed_ms);
    }

    return export_row(&export->output, row);
}


/* Coupons are found by their recipients. */

static int
coupons_of(struct coupons_export *export, const struct rtn_campaign *campaign)
{
    int                         rc;
    struct rtn_store           *store = export->names.store;
    struct rtn_recipient        recipient;
    struct rtn_coupon_state     state;
    struct rtn_recipient_scan  *scan;

    rc = rtn_recipient_scan_open(store, campaign->number, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = export_step(&export->output,
                         rtn_recipient_scan_next(scan, &recipient));

        if (rc != 0 || recipient.code == 0) {
            continue;
        }

        rc = export_step(&export->output,
                         rtn_coupon_get(store, recipient.code, &state));

        if (rc == 0) {
            rc = coupons_row(export, campaign, &state);
        }

        /* The recipients go on where one has no coupon stored. */

        if (rc == RTN_ERR_NOT_FOUND) {
            rc = 0;
        }
    } while (rc == 0 || rc == RTN_ERR_CORRUPT);

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* number: one campaign's, or 0 for all. */

static int
coupons_write(struct coupons_export *export, uint32_t number)
{
    int                         rc = 0;
    size_t                      i;
    const struct rtn_campaign  *campaign;

    for (i = 0; i < export->names.campaign_count && rc == 0; i++) {
        campaign = &export->names.campaigns[i];

        if (number == 0 || number == campaign->number) {
            rc = coupons_of(export, campaign);
        }
    }

    return rc;
}


static int
coupons_run(struct cmd_context *ctx)
{
    int                     rc;
    uint32_t                number;
    const char             *path;
    struct coupons_export   export;

    rc = export_campaign(ctx, &number);

    if (rc != CMD_OK) {
        return rc;
    }

    path = ctx->argument_count > 0 ? ctx->arguments[0] : NULL;
    rc = export_begin(&export.output, ctx, path, coupons_columns,
                      COUPONS_COLUMNS);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = export_names_read(&export.names, ctx->store);

    if (rc == 0) {
        rc = coupons_write(&export, number);
    }

    export_names_release(&export.names);

    return export_end(&export.output, rc, "the coupons");
}


static const struct cmd_option  coupons_options[] = {
    EXPORT_FORMAT_ROWS,
    CMD_STRING("campaign", 'c', struct export_options, campaign, "CAMPAIGN",
        "only this campaign's"),
    CMD_END
};

const struct cmd_command  cmd_export_coupons = {
    .name = "export coupons",
    .run = coupons_run,
    .help = "write coupons with what they are now",
    .example = "--campaign winback-2026-11 coupons.csv",
    .options = coupons_options,
    .options_size = sizeof(struct export_options),
    .arguments = "[FILE]",
    .arguments_min = 0,
    .arguments_max = 1,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_CSV
};
