/*
 * Campaign files: a refusal names a place, and what is read keeps the
 * promises of rtn_campaign.h.
 */

#include "fuzz.h"

#include "input/campaign_file.h"


static void
check(const struct rtn_campaign *campaign)
{
    size_t    i;
    uint32_t  sum;

    struct rti_campaign_fault  fault;

    sum = 0;

    for (i = 0; i < campaign->arm_count; i++) {
        sum += campaign->arms[i].share_ppm;
    }

    assert(sum == RTN_PPM && campaign->arm_count <= RTN_ARMS_MAX);
    assert(campaign->slug[0] != '\0' && campaign->title[0] != '\0');
    assert(campaign->holdout_ppm < RTN_PPM);
    assert(campaign->window_days >= 1
           && campaign->window_days <= RTN_WINDOW_DAYS_MAX);
    assert(campaign->tier_count <= RTN_TIERS_MAX);
    assert(campaign->message_count >= 1
           && campaign->message_count <= RTN_MESSAGES_MAX);
    assert(campaign->link_count == 0 || campaign->host_count > 0);
    assert(campaign->is_imported == (campaign->audience[0] == '\0'));
    assert(rti_campaign_same_links(campaign, campaign, &fault) == RTN_OK);

    for (i = 0; i < campaign->tier_count; i++) {
        assert(campaign->tiers[i].expires_days == 0
               || campaign->tiers[i].offer.type != RTN_DISCOUNT_NONE);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtn_campaign        campaign;
    struct rti_campaign_fault  fault;

    if (rti_campaign_read(fuzz_str(data, size), &campaign, &fault) == RTN_OK) {
        check(&campaign);
        rtn_campaign_release(&campaign);
        return 0;
    }

    assert(fault.line >= 1 && fault.column >= 1);
    assert(fault.line <= size + 1 && fault.column <= size + 1);
    assert(strlen(fault.message) < RTI_CAMPAIGN_FAULT_MAX - 1);

    return 0;
}
