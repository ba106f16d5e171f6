/* Test mails: a recipient for each arm and tier, whom no figure counts. */

#include <string.h>

#include "../analysis/zone.h"
#include "merge.h"
#include "rtn_code.h"

#define TEST_ID_MAX  (2 * RTN_NAME_MAX + 16)


/* Always the same number for an arm and a tier: a second test adds none. */

static void
test_recipient(struct merge *merge, uint8_t arm, uint8_t tier,
    struct rtn_recipient *recipient)
{
    const uint8_t              *secret;
    const struct rtn_campaign  *campaign = &merge->campaign;

    memset(recipient, 0, sizeof(*recipient));

    recipient->customer = RTN_RECIPIENT_TEST
                          + (arm - 1u) * (RTN_TIERS_MAX + 1u) + tier;
    recipient->arm = arm;
    recipient->tier = tier;
    recipient->t0_ms = rta_zone_day_start(campaign->starts);
    recipient->until_ms = rta_zone_day_start(campaign->starts
                                             + campaign->window_days);
    recipient->code_expires_ms = campaign_expires_ms(campaign, tier, 0);

    /* The code is shown, and good for nothing: no coupon is issued. */

    if (recipient->code_expires_ms != 0) {
        secret = rtn_store_secret(merge->ctx->store, RTN_SECRET_COUPON_CODE);
        recipient->code = rtn_code_derive(secret, campaign->number,
                                          recipient->customer, 0);
    }
}


static int
test_write(struct merge *merge, uint8_t arm, uint8_t tier,
    const char *address)
{
    int                         rc;
    char                        id[TEST_ID_MAX];
    struct rtn_recipient        recipient;
    const struct rtn_campaign  *campaign = &merge->campaign;

    test_recipient(merge, arm, tier, &recipient);
    rc = rtn_recipients_put(merge->ctx->store, campaign->number, &recipient,
                            1);

    if (rc != 0) {
        return cmd_fail_store(merge->ctx, rc, "cannot store a test recipient "
                              "of campaign '%s'", campaign->slug);
    }

    snprintf(id, sizeof(id), "test-%s%s%s", campaign_arm_name(campaign, arm),
             tier != 0 ? "-" : "", campaign_tier_name(campaign, tier));

    return merge_write(merge, &recipient, id, address, id);
}


int
merge_test(struct merge *merge, const char *address)
{
    int     rc = CMD_OK;
    char    normal[RTN_EMAIL_MAX + 1];
    size_t  arm, tier, tiers = merge->campaign.tier_count;

    if (rtn_email_normalise(campaign_str(address), normal) != 0) {
        return cmd_fail(merge->ctx, CMD_USAGE, "'%s' is not an e-mail "
                        "address", address);
    }

    for (arm = 1; arm <= merge->campaign.arm_count; arm++) {
        for (tier = tiers > 0; rc == CMD_OK && tier <= tiers; tier++) {
            rc = test_write(merge, (uint8_t) arm, (uint8_t) tier, address);
        }
    }

    return rc;
}
