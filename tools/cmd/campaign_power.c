/* campaign power: how large a lift a campaign can show, before it is sent. */

#include <string.h>

#include "../analysis/power.h"
#include "campaign_power.h"
#include "commands.h"
#include "share.h"

struct power_options {
    const char  *base_rate;
};

/* Relative lifts for which customers are counted. */
static const double  power_lifts[POWER_LIFTS] = { 0.05, 0.1, 0.2, 0.5, 1 };


/* Slugs have no dot and no slash; what has one is a file. */

static bool
power_is_file(const char *argument)
{
    return strpbrk(argument, "./") != NULL || strcmp(argument, "-") == 0;
}


static int
power_count_frozen(struct cmd_context *ctx, const struct power *power,
    struct campaign_counts *counts)
{
    int                         rc;
    struct rtn_recipient        recipient;
    struct rtn_recipient_scan  *scan;

    rc = rtn_recipient_scan_open(ctx->store, power->campaign.number, &scan);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the recipients");
    }

    do {
        rc = rtn_recipient_scan_next(scan, &recipient);

        if (rc == 0 && recipient.customer < RTN_RECIPIENT_TEST) {
            campaign_counts_add(counts, &recipient);
        }
    } while (rc == 0);

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND
           ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the recipients");
}


/* The draw that 'campaign create' would make now. */

static int
power_count_preview(struct cmd_context *ctx, struct power *power,
    struct campaign_counts *counts)
{
    int                   rc;
    struct campaign_draw  draw = { 0 };

    power->campaign.as_of = ctx->as_of;
    rc = rtn_campaign_foresee(ctx->store, &power->campaign);

    if (rc == RTN_ERR_EXISTS) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' exists already; run "
                        "'retentionctl campaign power %s'",
                        power->campaign.slug, power->campaign.slug);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the campaigns");
    }

    if (power->campaign.is_imported) {
        return CMD_OK;
    }

    rc = campaign_draw_collect(ctx, &power->campaign, power->campaign.as_of,
                               &draw);

    if (rc == CMD_OK) {
        rc = campaign_draw_assign(ctx, &power->campaign, &draw);
    }

    *counts = draw.counts;
    campaign_draw_release(&draw);

    return rc;
}


static int
power_draw(struct cmd_context *ctx, struct power *power)
{
    int                     rc;
    size_t                  arm, tier;
    struct power_arm       *row;
    struct campaign_counts  counts = { 0 };

    rc = power->is_frozen ? power_count_frozen(ctx, power, &counts)
                          : power_count_preview(ctx, power, &counts);

    if (rc != CMD_OK) {
        return rc;
    }

    for (arm = 0; arm <= power->campaign.arm_count; arm++) {
        row = arm == 0 ? NULL : &power->arms[arm - 1];

        for (tier = 0; tier <= power->campaign.tier_count; tier++) {
            if (row == NULL) {
                power->heldout += counts.recipients[0][tier];

            } else {
                row->customers += counts.recipients[arm][tier];
                power->treated += counts.recipients[arm][tier];
            }
        }

        if (row != NULL) {
            row->name = campaign_arm_name(&power->campaign, (uint8_t) arm);
        }
    }

    power->arm_count = power->campaign.arm_count;

    if (power->arm_count > 1) {
        row = &power->arms[power->arm_count++];
        row->name = "treated";
        row->customers = power->treated;
    }

    return CMD_OK;
}


static int
power_check(struct cmd_context *ctx, struct power *power)
{
    const char  *slug = power->campaign.slug;

    if (power->treated + power->heldout == 0) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' has no recipients yet",
                        slug);
    }

    if (power->treated == 0 || power->heldout == 0) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' has nobody %s, so it can "
                        "show nothing", slug, power->heldout == 0
                        ? "held out" : "treated");
    }

    power->holdout = (double) power->heldout
                     / (double) (power->heldout + power->treated);

    return CMD_OK;
}


static void
power_calculate(struct power *power)
{
    size_t              i;
    double              difference;
    struct power_arm   *arm;
    struct power_lift  *lift;

    for (i = 0; i < power->arm_count; i++) {
        arm = &power->arms[i];
        arm->has_difference = rta_power_difference(power->base,
                                                   (double) arm->customers,
                                                   (double) power->heldout,
                                                   &arm->difference);
    }

    for (i = 0; i < POWER_LIFTS; i++) {
        lift = &power->lifts[i];
        lift->relative = power_lifts[i];
        difference = power->base * lift->relative;

        if (difference > 0 && power->base + difference <= 1) {
            lift->has_customers = rta_power_customers(power->base, difference,
                                                      power->holdout,
                                                      &lift->customers);
            lift->has_halves = rta_power_customers(power->base, difference,
                                                   0.5, &lift->halves);
        }
    }
}


static int
power_find(struct cmd_context *ctx, struct power *power)
{
    const char                  *argument = ctx->arguments[0];
    const struct power_options  *options = ctx->options;

    if (options->base_rate != NULL) {
        power->is_given = true;

        if (!cmd_share_parse(options->base_rate, &power->base)
            || power->base == 1)
        {
            return cmd_fail(ctx, CMD_USAGE, "'%s' is no --base-rate: a share "
                            "of customers, as 0.12 or 12%%",
                            options->base_rate);
        }
    }

    power->is_frozen = !power_is_file(argument);

    return power->is_frozen ? campaign_find(ctx, argument, &power->campaign)
                            : campaign_read(ctx, argument, &power->campaign);
}


static int
power_run(struct cmd_context *ctx)
{
    int           rc;
    struct power  power = { 0 };

    rc = power_find(ctx, &power);

    if (rc == CMD_OK) {
        rc = power_draw(ctx, &power);
    }

    if (rc == CMD_OK) {
        rc = power_check(ctx, &power);
    }

    if (rc == CMD_OK && !power.is_given) {
        rc = power_base(ctx, &power);
    }

    if (rc == CMD_OK) {
        power_calculate(&power);
        rc = power_print(ctx, &power);
    }

    rtn_campaign_release(&power.campaign);

    return rc;
}


static const struct cmd_option  power_options[] = {
    CMD_STRING("base-rate", 0, struct power_options, base_rate, "SHARE",
        "who comes back by himself, as 0.12 or 12%; when left out, as many as "
        "did in the past"),
    CMD_END
};

const struct cmd_command  cmd_campaign_power = {
    .name = "campaign power",
    .run = power_run,
    .help = "how large a lift a campaign can show, before it is sent",
    .example = "winback.yaml --as-of 2026-11-25",
    .options = power_options,
    .options_size = sizeof(struct power_options),
    .arguments = "CAMPAIGN|FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM | RTN_OPEN_COUPONS | RTN_OPEN_EVENTS,
    .flags = CMD_TABLE | CMD_AS_OF
};
