/* The rows of a merge: recipients, customers and unsubscriptions, joined. */

#include "audience_scan.h"
#include "merge.h"

/* What the join of recipients, customers and unsubscriptions stands on. */
struct merge_join {
    struct rtn_recipient_scan  *recipients;
    struct rtn_customer_scan   *customers;
    struct rtn_customer         customer;
    struct cmd_suppressions     suppressions;
    struct merge_unless        *unless;
};


/* Goes on to the customer of a number; RTN_ERR_NOT_FOUND: was erased. */

static int
join_customer(struct merge_join *join, uint32_t number)
{
    int  rc;

    while (join->customer.number < number) {
        rc = rtn_customer_scan_next(join->customers, &join->customer);

        if (rc != 0) {
            return rc;
        }
    }

    return join->customer.number == number ? 0 : RTN_ERR_NOT_FOUND;
}


/* Whether a treated recipient gets this message; counts who does not. */

static int
join_is_mailed(struct merge *merge, struct merge_join *join,
    const struct rtn_recipient *recipient, bool *is_mailed)
{
    int                  rc;
    bool                 is_suppressed;
    uint32_t             reason, bit;
    enum campaign_left   left;

    *is_mailed = false;
    rc = join_customer(join, recipient->customer);

    if (rc == RTN_ERR_NOT_FOUND) {
        merge->erased++;
        return 0;
    }

    if (rc == 0) {
        rc = cmd_suppressions_ask(merge->ctx->store, &join->suppressions,
                                  recipient->customer, &is_suppressed);
    }

    if (rc == 0) {
        rc = merge_unless_ask(join->unless, recipient, &reason);
    }

    if (rc != 0) {
        return rc;
    }

    left = campaign_left(&join->customer, is_suppressed);

    if (left != CAMPAIGN_LEFT_COUNT) {
        merge->left[left]++;
        return 0;
    }

    for (bit = 0; bit < 3; bit++) {
        merge->unless[bit] += reason >> bit & 1;
    }

    *is_mailed = reason == 0;

    return 0;
}


static int
join_recipient(struct merge *merge, struct merge_join *join,
    const struct rtn_recipient *recipient)
{
    int   rc;
    bool  is_mailed;

    if (recipient->arm == RTN_ARM_HOLDOUT
        || (merge->options->batch >= 0
            && recipient->batch != (uint32_t) merge->options->batch))
    {
        return CMD_OK;
    }

    rc = join_is_mailed(merge, join, recipient, &is_mailed);

    if (rc != 0) {
        return cmd_fail_store(merge->ctx, rc, "cannot read a recipient");
    }

    if (!is_mailed) {
        return CMD_OK;
    }

    return merge_write(merge, recipient, join->customer.id,
                       join->customer.email, join->customer.name);
}


static int
join_write(struct merge *merge, struct merge_join *join)
{
    int                   rc, code = CMD_OK;
    uint64_t              done = 0;
    struct cmd_progress   progress;
    struct rtn_recipient  recipient;

    cmd_progress_begin(&progress, merge->ctx, "writing",
                       merge->campaign.recipients);

    while (code == CMD_OK
           && (rc = rtn_recipient_scan_next(join->recipients, &recipient))
              == 0
           && recipient.customer < RTN_RECIPIENT_TEST)
    {
        code = join_recipient(merge, join, &recipient);
        cmd_progress_at(&progress, ++done);

        if (code == CMD_OK && cmd_interrupted()) {
            code = cmd_stop(merge->ctx);
        }
    }

    cmd_progress_end(&progress);

    if (code == CMD_OK && rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        code = cmd_fail_store(merge->ctx, rc, "cannot read the recipients");
    }

    return code;
}


int
merge_recipients(struct merge *merge)
{
    int                rc;
    uint32_t           bits;
    struct merge_join  join = { 0 };

    bits = merge->campaign.messages[merge->message].unless;
    rc = merge_unless_open(merge->ctx, &merge->campaign, bits, &join.unless);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_recipient_scan_open(merge->ctx->store, merge->campaign.number,
                                 &join.recipients);

    if (rc == 0) {
        rc = rtn_customer_scan_open(merge->ctx->store, &join.customers);
    }

    rc = rc == 0 ? join_write(merge, &join)
                 : cmd_fail_store(merge->ctx, rc,
                                  "cannot read the recipients");

    rtn_customer_scan_close(join.customers);
    rtn_recipient_scan_close(join.recipients);
    merge_unless_close(join.unless);

    return rc;
}
