/* What a redirect needs: six point reads at most, and no allocation. */

#include <string.h>

#include "campaign_codec.h"
#include "recipient.h"

#define REDIRECT_HOLDOUT  "holdout"     /* reserved, no arm has this name */

static int redirect_read(struct db_txn *txn, const struct rtn_token *token,
    struct rtn_redirect *redirect);
static int redirect_read_names(struct db_txn *txn,
    const struct rtn_campaign *head, const struct rtn_recipient *recipient,
    struct rtn_redirect *redirect);


int
rtn_redirect_get(struct rtn_store *store, const struct rtn_token *token,
    struct rtn_redirect *redirect)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_redirect  read;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = redirect_read(&txn, token, &read);

    db_read_end(&txn);

    if (rc == 0) {
        *redirect = read;
    }

    return rc;
}


static int
redirect_read(struct db_txn *txn, const struct rtn_token *token,
    struct rtn_redirect *redirect)
{
    int                   rc;
    struct rtn_message    message;
    struct rtn_campaign   head;
    struct rtn_recipient  recipient;

    rc = db_campaign_get_head(txn, token->campaign, &head);
    if (rc != 0) {
        return rc;
    }

    if (head.status == RTN_CAMPAIGN_DRAFT || token->link == 0) {
        return RTN_ERR_NOT_FOUND;
    }

    rc = db_campaign_get_item(txn, &head, CAMPAIGN_LINKS, token->link - 1u,
                              &redirect->link);
    if (rc != 0) {
        return rc;
    }

    rc = db_campaign_get_item(txn, &head, CAMPAIGN_MESSAGES, token->message,
                              &message);
    if (rc != 0) {
        return rc;
    }

    rc = db_recipient_get(txn, token->campaign, token->recipient, &recipient);
    if (rc != 0) {
        return rc;
    }

    memcpy(redirect->campaign, head.slug, sizeof(redirect->campaign));
    memcpy(redirect->message, message.name, sizeof(redirect->message));
    redirect->code = recipient.code;

    return redirect_read_names(txn, &head, &recipient, redirect);
}


/* A recipient's arm or tier that the campaign lacks is no answer. */
static int
redirect_read_names(struct db_txn *txn, const struct rtn_campaign *head,
    const struct rtn_recipient *recipient, struct rtn_redirect *redirect)
{
    int              rc;
    struct rtn_arm   arm = { .name = REDIRECT_HOLDOUT };
    struct rtn_tier  tier;

    if (recipient->arm != RTN_ARM_HOLDOUT) {
        rc = db_campaign_get_item(txn, head, CAMPAIGN_ARMS,
                                  recipient->arm - 1u, &arm);
        if (rc != 0) {
            return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
        }
    }

    tier.name[0] = '\0';

    if (recipient->tier != 0) {
        rc = db_campaign_get_item(txn, head, CAMPAIGN_TIERS,
                                  recipient->tier - 1u, &tier);
        if (rc != 0) {
            return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
        }
    }

    memcpy(redirect->arm, arm.name, sizeof(redirect->arm));
    memcpy(redirect->tier, tier.name, sizeof(redirect->tier));

    return 0;
}
