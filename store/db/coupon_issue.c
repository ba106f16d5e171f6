/* Issuing: a campaign's offers, and coupons in slices sorted by code. */

#include <stdlib.h>

#include "coupon.h"
#include "rtn_code.h"

struct issue_entry {
    uint64_t  code;
    size_t    index;
};

static int issue_slice(struct rtn_store *store,
    const struct rtn_coupon *coupons, const struct issue_entry *entries,
    size_t n, size_t *taken);
static int issue_one(struct db_txn *txn, const struct rtn_coupon *coupon,
    bool *is_new);
static int issue_compare(const void *a, const void *b);


int
rtn_offers_put(struct rtn_store *store, const struct rtn_campaign *campaign)
{
    int                      rc;
    size_t                   i;
    bool                     is_changed;
    struct db_txn            txn;
    const struct rtn_offer  *offer;

    if (campaign->tier_count > RTN_TIERS_MAX) {
        return RTN_ERR_LIMIT;
    }

    rc = db_begin(store, DB_COUPONS, &txn);
    is_changed = false;

    for (i = 0; i < campaign->tier_count && rc == RTN_OK; i++) {
        offer = &campaign->tiers[i].offer;

        if (offer->type != RTN_DISCOUNT_NONE) {
            rc = coupon_offer_put(&txn, campaign->number, (uint8_t) (i + 1),
                                  offer, &is_changed);
        }
    }

    if (rc == RTN_OK && is_changed) {
        return db_commit(&txn);
    }

    db_abort(&txn);

    return rc;
}


int
rtn_coupons_issue(struct rtn_store *store, const struct rtn_coupon *coupons,
    size_t n, size_t *taken)
{
    int                  rc;
    size_t               i, rows, first_taken;
    struct issue_entry  *entries;

    if (n == 0) {
        return RTN_OK;
    }

    entries = calloc(n, sizeof(*entries));
    if (entries == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (rc = RTN_OK, i = 0; i < n; i++) {
        if (coupons[i].code == 0 || coupons[i].code >> RTN_CODE_BITS != 0) {
            rc = RTN_ERR_CODE;
        }

        entries[i].code = coupons[i].code;
        entries[i].index = i;
    }

    /* neighbours in the table are then written in one slice */
    qsort(entries, n, sizeof(*entries), issue_compare);

    first_taken = n;

    for (i = 0; i < n && rc == RTN_OK; i += rows) {
        rows = n - i < RTN_SLICE_ROWS ? n - i : RTN_SLICE_ROWS;
        rc = issue_slice(store, coupons, &entries[i], rows, &first_taken);
    }

    free(entries);

    if (rc == RTN_OK && first_taken < n) {
        *taken = first_taken;
        rc = RTN_ERR_EXISTS;
    }

    return rc;
}


static int
issue_slice(struct rtn_store *store, const struct rtn_coupon *coupons,
    const struct issue_entry *entries, size_t n, size_t *taken)
{
    int            rc;
    size_t         i, index;
    bool           is_new;
    struct db_txn  txn;

    rc = db_begin(store, DB_COUPONS, &txn);
    is_new = false;

    for (i = 0; i < n && rc == RTN_OK; i++) {
        index = entries[i].index;
        rc = issue_one(&txn, &coupons[index], &is_new);

        if (rc == RTN_ERR_EXISTS) {
            *taken = index < *taken ? index : *taken;
            rc = RTN_OK;
        }
    }

    if (rc == RTN_OK && is_new) {
        return db_commit(&txn);
    }

    db_abort(&txn);

    return rc;
}


static int
issue_one(struct db_txn *txn, const struct rtn_coupon *coupon, bool *is_new)
{
    int                      rc;
    struct rtn_coupon_state  stored;

    rc = coupon_base_get(txn, coupon->code, &stored);

    if (rc == RTN_ERR_NOT_FOUND) {
        *is_new = true;
        stored = (struct rtn_coupon_state) { .coupon = *coupon };

        return coupon_base_put(txn, &stored);
    }

    if (rc != RTN_OK) {
        return rc;
    }

    if (stored.coupon.campaign != coupon->campaign
        || stored.coupon.customer != coupon->customer)
    {
        return RTN_ERR_EXISTS;
    }

    return RTN_OK;
}


static int
issue_compare(const void *a, const void *b)
{
    const struct issue_entry  *x, *y;

    x = a;
    y = b;

    if (x->code != y->code) {
        return x->code < y->code ? -1 : 1;
    }

    return x->index < y->index ? -1 : x->index > y->index;
}
