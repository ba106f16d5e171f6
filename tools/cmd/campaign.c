/* What the commands of campaigns share: reading, finding, counting. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "../analysis/draw.h"
#include "../input/campaign_file.h"
#include "../output/table.h"
#include "campaign.h"

const char *const  campaign_left_names[CAMPAIGN_LEFT_COUNT] = {
    [CAMPAIGN_GUEST]        = "guests, known by e-mail only",
    [CAMPAIGN_NO_EMAIL]     = "without an e-mail",
    [CAMPAIGN_DENIED]       = "consent denied",
    [CAMPAIGN_UNSUBSCRIBED] = "unsubscribed",
    [CAMPAIGN_GLOBAL]       = "in the global hold-out"
};


enum campaign_left
campaign_left(const struct rtn_customer *customer, bool is_suppressed)
{
    if (customer->is_guest) {
        return CAMPAIGN_GUEST;
    }

    if (customer->email[0] == '\0') {
        return CAMPAIGN_NO_EMAIL;
    }

    if (customer->consent == RTN_CONSENT_DENIED) {
        return CAMPAIGN_DENIED;
    }

    if (customer->is_unsubscribed || is_suppressed) {
        return CAMPAIGN_UNSUBSCRIBED;
    }

    return CAMPAIGN_LEFT_COUNT;
}


void
campaign_global_init(struct cmd_context *ctx, struct campaign_global *global)
{
    rta_draw_global_key(rtn_store_secret(ctx->store, RTN_SECRET_DRAW),
                        global->key);
    global->ppm = ctx->settings->global_holdout_ppm;
}


void
campaign_global_release(struct campaign_global *global)
{
    sodium_memzero(global->key, sizeof(global->key));
}


enum campaign_left
campaign_left_draw(const struct campaign_global *global,
    const struct rtn_customer *customer, bool is_suppressed)
{
    enum campaign_left  left = campaign_left(customer, is_suppressed);

    return left == CAMPAIGN_LEFT_COUNT
           && rta_draw_is_global(global->key, campaign_str(customer->id),
                                 global->ppm)
           ? CAMPAIGN_GLOBAL : left;
}


struct rtn_str
campaign_str(const char *text)
{
    struct rtn_str  str = { text, strlen(text) };

    return str;
}


/* One byte more than allowed is read, so that the limit is noticed. */

static int
campaign_load(struct cmd_context *ctx, const char *path, char *text,
    size_t *len)
{
    int    rc = CMD_OK;
    FILE  *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");

    if (file == NULL) {
        return cmd_fail(ctx, CMD_DATA, "cannot open '%s': %s", path,
                        strerror(errno));
    }

    *len = fread(text, 1, RTI_CAMPAIGN_BYTES_MAX + 1, file);

    if (ferror(file)) {
        rc = cmd_fail(ctx, CMD_DATA, "cannot read '%s': %s", path,
                      strerror(errno));
    }

    if (file != stdin) {
        fclose(file);
    }

    return rc;
}


static int
campaign_parse(struct cmd_context *ctx, const char *path, struct rtn_str text,
    struct rtn_campaign *campaign)
{
    int                        rc;
    struct rti_campaign_fault  fault;

    rc = rti_campaign_read(text, campaign, &fault);

    if (rc == RTN_ERR_LIMIT && fault.line != 0) {
        return cmd_fail(ctx, CMD_DATA, "%s:%zu:%zu: %s", path, fault.line,
                        fault.column, fault.message);
    }

    if (rc == RTN_ERR_LIMIT) {
        return cmd_fail(ctx, CMD_DATA, "%s: %s", path, fault.message);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read '%s'", path);
    }

    return CMD_OK;
}


int
campaign_read(struct cmd_context *ctx, const char *path,
    struct rtn_campaign *campaign)
{
    int              rc;
    char            *text = malloc(RTI_CAMPAIGN_BYTES_MAX + 1);
    struct rtn_str   str = { text, 0 };

    if (text == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot read '%s'", path);
    }

    rc = campaign_load(ctx, path, text, &str.len);

    if (rc == CMD_OK) {
        rc = campaign_parse(ctx, path, str, campaign);
    }

    free(text);

    return rc;
}


int
campaign_find(struct cmd_context *ctx, const char *slug,
    struct rtn_campaign *campaign)
{
    int  rc;

    rc = rtn_campaign_find(ctx->store, campaign_str(slug), campaign);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "no campaign '%s'; see 'retentionctl "
                        "campaign list'", slug);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read campaign '%s'", slug);
    }

    return CMD_OK;
}


const char *
campaign_arm_name(const struct rtn_campaign *campaign, uint8_t arm)
{
    if (arm == RTN_ARM_HOLDOUT) {
        return "holdout";
    }

    return arm <= campaign->arm_count ? campaign->arms[arm - 1].name : "";
}


const char *
campaign_tier_name(const struct rtn_campaign *campaign, uint8_t tier)
{
    return tier > 0 && tier <= campaign->tier_count
           ? campaign->tiers[tier - 1].name : "";
}


void
campaign_counts_add(struct campaign_counts *counts,
    const struct rtn_recipient *recipient)
{
    if (recipient->arm > RTN_ARMS_MAX || recipient->tier > RTN_TIERS_MAX) {
        return;
    }

    counts->recipients[recipient->arm][recipient->tier]++;
    counts->coupons[recipient->arm][recipient->tier] +=
        recipient->code_expires_ms != 0;
}


static void
campaign_counts_row(struct rto_table *table,
    const struct rtn_campaign *campaign,
    const struct campaign_counts *counts, uint8_t arm, uint8_t tier)
{
    struct rto_value  values[4];

    if (counts->recipients[arm][tier] == 0) {
        return;
    }

    values[0] = rto_string(campaign_arm_name(campaign, arm));
    values[1] = tier == 0 ? rto_absent()
                          : rto_string(campaign_tier_name(campaign, tier));
    values[2] = rto_integer((int64_t) counts->recipients[arm][tier]);
    values[3] = rto_integer((int64_t) counts->coupons[arm][tier]);

    (void) rto_row(table, values);
}


int
campaign_counts_print(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_counts *counts)
{
    int                rc;
    size_t             arm, tier;
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "arm", RTO_TEXT, NULL },
        { "tier", RTO_TEXT, NULL },
        { "recipients", RTO_INTEGER, NULL },
        { "coupons", RTO_INTEGER, NULL }
    };

    rc = rto_begin(ctx->out, RTO_FORMAT_TEXT, columns, 4, &table);

    if (rc == 0) {
        for (arm = 0; arm <= campaign->arm_count; arm++) {
            for (tier = 0; tier <= campaign->tier_count; tier++) {
                campaign_counts_row(table, campaign, counts, (uint8_t) arm,
                                    (uint8_t) tier);
            }
        }

        rc = rto_end(table);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot print the counts");
}
