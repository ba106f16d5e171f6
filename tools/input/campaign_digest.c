/*
 * The digest of a campaign: BLAKE2b-256 over a fixed row of strings (be64
 * length, bytes) and numbers (be64).  Stored digests are compared with it:
 * never change the row, begin another with a new label.
 */

#include "campaign_section.h"

#include <sodium.h>
#include <string.h>

#define DIGEST_LABEL   "ngx_retention campaign 1"
#define DIGEST_LIMITS  "limits"
#define DIGEST_LEN     32

/* rc is latched: after a failure nothing more is done. */
struct digest {
    int                       rc;
    crypto_generichash_state  state;
};


static void digest_bytes(struct digest *digest, const void *data, size_t len);
static void digest_number(struct digest *digest, int64_t number);
static void digest_string(struct digest *digest, const char *text);
static void digest_head(struct digest *digest,
    const struct rtn_campaign *campaign);
static void digest_arms(struct digest *digest,
    const struct rtn_campaign *campaign);
static void digest_tiers(struct digest *digest,
    const struct rtn_campaign *campaign);
static void digest_offer(struct digest *digest, const struct rtn_offer *offer);
static void digest_messages(struct digest *digest,
    const struct rtn_campaign *campaign);
static void digest_hosts(struct digest *digest,
    const struct rtn_campaign *campaign);
static void digest_limits(struct digest *digest,
    const struct rtn_campaign *campaign);


int
rti_campaign_digest(const struct rtn_campaign *campaign, uint8_t out[32])
{
    struct digest  digest;

    digest.rc = crypto_generichash_init(&digest.state, NULL, 0, DIGEST_LEN);

    digest_string(&digest, DIGEST_LABEL);
    digest_head(&digest, campaign);
    digest_arms(&digest, campaign);
    digest_tiers(&digest, campaign);
    digest_messages(&digest, campaign);
    digest_hosts(&digest, campaign);
    digest_limits(&digest, campaign);

    if (digest.rc == 0) {
        digest.rc = crypto_generichash_final(&digest.state, out, DIGEST_LEN);
    }

    return digest.rc == 0 ? RTN_OK : RTN_ERR_LIMIT;
}


static void
digest_bytes(struct digest *digest, const void *data, size_t len)
{
    if (digest->rc == 0) {
        digest->rc = crypto_generichash_update(&digest->state, data, len);
    }
}


static void
digest_number(struct digest *digest, int64_t number)
{
    size_t   i;
    uint8_t  bytes[8];

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t) ((uint64_t) number >> (56 - 8 * i));
    }

    digest_bytes(digest, bytes, sizeof(bytes));
}


static void
digest_string(struct digest *digest, const char *text)
{
    size_t  len;

    len = strlen(text);

    digest_number(digest, (int64_t) len);
    digest_bytes(digest, text, len);
}


static void
digest_head(struct digest *digest, const struct rtn_campaign *campaign)
{
    digest_string(digest, campaign->slug);
    digest_number(digest, campaign->starts);
    digest_number(digest, campaign->window_days);
    digest_number(digest, campaign->holdout_ppm);
    digest_number(digest, campaign->batch_size);
    digest_number(digest, campaign->is_imported);
    digest_string(digest, campaign->audience);
}


static void
digest_arms(struct digest *digest, const struct rtn_campaign *campaign)
{
    size_t  i;

    digest_number(digest, (int64_t) campaign->arm_count);

    for (i = 0; i < campaign->arm_count; i++) {
        digest_string(digest, campaign->arms[i].name);
        digest_number(digest, campaign->arms[i].share_ppm);
    }
}


static void
digest_tiers(struct digest *digest, const struct rtn_campaign *campaign)
{
    size_t  i;

    digest_number(digest, (int64_t) campaign->tier_count);

    for (i = 0; i < campaign->tier_count; i++) {
        digest_string(digest, campaign->tiers[i].name);
        digest_string(digest, campaign->tiers[i].when);
        digest_offer(digest, &campaign->tiers[i].offer);
        digest_number(digest, campaign->tiers[i].expires_days);
    }
}


static void
digest_offer(struct digest *digest, const struct rtn_offer *offer)
{
    digest_number(digest, offer->type);
    digest_number(digest, offer->amount);
    digest_string(digest, offer->currency);
    digest_string(digest, offer->gift);
    digest_number(digest, offer->minimum_minor);
    digest_string(digest, offer->minimum_currency);
    digest_number(digest, offer->is_combinable);
    digest_number(digest, offer->is_transferable);
}


static void
digest_messages(struct digest *digest, const struct rtn_campaign *campaign)
{
    size_t  i;

    digest_number(digest, (int64_t) campaign->message_count);

    for (i = 0; i < campaign->message_count; i++) {
        digest_string(digest, campaign->messages[i].name);
        digest_number(digest, campaign->messages[i].after_days);
        digest_number(digest, campaign->messages[i].unless);
    }
}


static void
digest_hosts(struct digest *digest, const struct rtn_campaign *campaign)
{
    size_t  i;

    digest_number(digest, (int64_t) campaign->host_count);

    for (i = 0; i < campaign->host_count; i++) {
        digest_string(digest, campaign->hosts[i]);
    }
}


/* Behind the row only where there are some, so that the digests of campaigns
   without them stay what they were. */
static void
digest_limits(struct digest *digest, const struct rtn_campaign *campaign)
{
    if (campaign->top == 0 && campaign->budget_minor == 0
        && campaign->message_minor == 0)
    {
        return;
    }

    digest_string(digest, DIGEST_LIMITS);
    digest_number(digest, campaign->top);
    digest_number(digest, campaign->budget_minor);
    digest_string(digest, campaign->budget_currency);
    digest_number(digest, campaign->message_minor);
    digest_string(digest, campaign->message_currency);
}
