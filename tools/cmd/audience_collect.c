/* Recipients, customers and unsubscriptions, joined and hashed. */

#include <stdlib.h>
#include <string.h>

#include "audience.h"
#include "audience_scan.h"

#define AUDIENCE_FIRST_ROWS  1024

/* What the join stands on; each scan goes by number. */
struct audience_join {
    struct rtn_recipient_scan  *recipients;
    struct rtn_customer_scan   *customers;
    struct rtn_customer         customer;
    struct cmd_suppressions     suppressions;
};


static int
audience_reserve(struct audience *audience)
{
    void    *p;
    size_t   size;

    if (audience->n < audience->size) {
        return 0;
    }

    size = audience->size == 0 ? AUDIENCE_FIRST_ROWS : audience->size * 2;
    p = reallocarray(audience->rows, size, sizeof(*audience->rows));

    if (p == NULL) {
        return RTN_ERR_NOMEM;
    }

    audience->rows = p;
    audience->size = size;

    return 0;
}


/* Hashes what there is; whether there is anything. */

static bool
audience_fill(struct audience *audience, const struct rtn_customer *customer,
    struct rto_audience_row *row)
{
    bool  has_email = false, has_phone = false;
    char  email[RTO_AUDIENCE_EMAIL_MAX + 1], phone[RTO_PHONE_TEXT_MAX];
    const struct rto_platform      *platform = audience->platform;
    const struct audience_options  *options = audience->options;

    memset(row, 0, sizeof(*row));

    if (customer->email[0] != '\0' && options->by != AUDIENCE_BY_PHONE) {
        has_email = rto_audience_email(platform, campaign_str(customer->email),
                                       email) == 0;
        audience->bad_emails += !has_email;
    }

    if (customer->phone[0] != '\0'
        && (platform->header != NULL || options->by == AUDIENCE_BY_PHONE))
    {
        has_phone = rto_audience_phone(platform, campaign_str(customer->phone),
                                       options->calling_code, phone) == 0;
        audience->bad_phones += !has_phone;
    }

    if (has_email) {
        rto_audience_hash(email, row->email);
    }

    if (has_phone) {
        rto_audience_hash(phone, platform->header != NULL ? row->phone
                                                          : row->email);
    }

    return has_email || has_phone;
}


static enum audience_left
audience_left(struct audience *audience, const struct rtn_customer *customer,
    bool is_suppressed, struct rto_audience_row *row)
{
    if (customer == NULL) {
        return AUDIENCE_ERASED;
    }

    if (customer->consent == RTN_CONSENT_DENIED) {
        return AUDIENCE_DENIED;
    }

    if (customer->is_unsubscribed || is_suppressed) {
        return AUDIENCE_UNSUBSCRIBED;
    }

    return audience_fill(audience, customer, row) ? AUDIENCE_LEFT_COUNT
                                                  : AUDIENCE_NOTHING;
}


static int
audience_add(struct audience *audience, const struct rtn_customer *customer,
    bool is_suppressed)
{
    int                 rc;
    enum audience_left  left;

    rc = audience_reserve(audience);

    if (rc != 0) {
        return rc;
    }

    left = audience_left(audience, customer, is_suppressed,
                         &audience->rows[audience->n]);

    if (left == AUDIENCE_LEFT_COUNT) {
        audience->n++;

    } else {
        audience->left[left]++;
    }

    return 0;
}


/* Goes on to the customer of a number; NULL: was erased. */

static int
audience_customer(struct audience_join *join, uint32_t number,
    const struct rtn_customer **customer)
{
    int  rc = 0;

    while (rc == 0 && join->customer.number < number) {
        rc = rtn_customer_scan_next(join->customers, &join->customer);
    }

    *customer = rc == 0 && join->customer.number == number ? &join->customer
                                                           : NULL;

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
audience_recipient(struct audience *audience, struct audience_join *join,
    const struct rtn_recipient *recipient)
{
    int                         rc;
    bool                        is_suppressed;
    const struct rtn_customer  *customer;

    if (!audience->takes[recipient->arm]) {
        audience->others++;
        return 0;
    }

    rc = audience_customer(join, recipient->customer, &customer);

    if (rc == 0) {
        rc = cmd_suppressions_ask(audience->ctx->store, &join->suppressions,
                                  recipient->customer, &is_suppressed);
    }

    return rc == 0 ? audience_add(audience, customer, is_suppressed) : rc;
}


static int
audience_join(struct audience *audience, struct audience_join *join)
{
    int                   rc;
    uint64_t              done = 0;
    struct cmd_progress   progress;
    struct rtn_recipient  recipient;

    cmd_progress_begin(&progress, audience->ctx, "hashing",
                       audience->campaign.recipients);

    do {
        rc = rtn_recipient_scan_next(join->recipients, &recipient);

        if (rc == 0 && recipient.customer >= RTN_RECIPIENT_TEST) {
            rc = RTN_ERR_NOT_FOUND;
        }

        if (rc == 0) {
            rc = audience_recipient(audience, join, &recipient);
        }

        cmd_progress_at(&progress, ++done);
    } while (rc == 0 && !cmd_interrupted());

    cmd_progress_end(&progress);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
audience_collect(struct audience *audience)
{
    int                   rc;
    size_t                kept;
    struct audience_join  join = { 0 };

    rc = rtn_recipient_scan_open(audience->ctx->store,
                                 audience->campaign.number, &join.recipients);

    if (rc == 0) {
        rc = rtn_customer_scan_open(audience->ctx->store, &join.customers);
    }

    if (rc == 0) {
        rc = audience_join(audience, &join);
    }

    rtn_customer_scan_close(join.customers);
    rtn_recipient_scan_close(join.recipients);

    if (cmd_interrupted()) {
        return cmd_stop(audience->ctx);
    }

    if (rc != 0) {
        return cmd_fail_store(audience->ctx, rc, "cannot read the "
                              "recipients");
    }

    kept = rto_audience_unique(audience->rows, audience->n);
    audience->left[AUDIENCE_REPEATED] = audience->n - kept;
    audience->n = kept;

    return CMD_OK;
}
