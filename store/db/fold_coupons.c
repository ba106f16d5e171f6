/* Folding the journal into the coupons' base. */

#include <stdlib.h>

#include "coupon.h"
#include "fold.h"
#include "row.h"

struct coupons_slice {
    uint64_t                  cursor;   /* before it */
    uint64_t                  last;     /* and after */
    size_t                    changes;
    size_t                    n;        /* coupons that they change */
    struct rtn_coupon_state  *states;
};

static int coupons_read(struct rtn_store *store, size_t max,
    struct coupons_slice *slice, bool *has_more);
static int coupons_read_rows(struct db_txn *txn, size_t max,
    struct coupons_slice *slice, bool *has_more);
static int coupons_apply(struct db_txn *txn, struct coupons_slice *slice);
static int coupons_write(struct rtn_store *store,
    const struct coupons_slice *slice, struct fold_pace *pace,
    struct rtn_fold_progress *progress);
static int coupons_compare(const void *a, const void *b);


int
fold_coupons_slice(struct rtn_store *store, struct fold_pace *pace,
    struct rtn_fold_progress *progress, bool *has_more)
{
    int                   rc;
    struct coupons_slice  slice = { 0 };

    slice.states = calloc(pace->slice, sizeof(*slice.states));
    if (slice.states == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = coupons_read(store, pace->slice, &slice, has_more);

    if (rc == 0 && slice.last != slice.cursor) {
        rc = coupons_write(store, &slice, pace, progress);
    }

    free(slice.states);

    return rc;
}


static int
coupons_read(struct rtn_store *store, size_t max,
    struct coupons_slice *slice, bool *has_more)
{
    int            rc;
    struct db_txn  txn;

    rc = db_read_begin(store, DB_COUPONS, &txn);

    if (rc == 0) {
        rc = fold_journal_cursor_get(&txn, &slice->cursor);
    }

    if (rc == 0) {
        rc = coupons_read_rows(&txn, max, slice, has_more);
    }

    if (rc == 0) {
        rc = coupons_apply(&txn, slice);
    }

    db_read_end(&txn);

    return rc;
}


/* The changes behind the cursor, as what each makes of its coupon. */
static int
coupons_read_rows(struct db_txn *txn, size_t max,
    struct coupons_slice *slice, bool *has_more)
{
    int                        rc;
    uint8_t                    key[8];
    struct db_cursor           row;
    struct rtn_coupon_state   *state;
    struct rtn_coupon_change   change;

    rc = db_cursor_open(txn, DB_JOURNAL, &row);
    if (rc != 0) {
        return rc;
    }

    slice->last = slice->cursor;

    rc = db_cursor_seek(&row, db_row_key(key, db_key_u64(key,
                                                         slice->cursor + 1)));

    while (rc == 0 && slice->n < max) {
        rc = journal_decode(row.key, row.payload, &change);

        if (rc == 0) {
            state = &slice->states[slice->n++];
            state->coupon.code = change.code;
            state->status = coupon_status_after(change.action);
            state->last_id = change.id;
            slice->last = change.id;

            rc = db_cursor_next(&row);
        }
    }

    db_cursor_close(&row);
    *has_more = rc == 0;

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* The last change of each coupon, on what the base has of it. */
static int
coupons_apply(struct db_txn *txn, struct coupons_slice *slice)
{
    int                       rc;
    size_t                    i, n;
    struct rtn_coupon_state   base, *states;

    states = slice->states;
    slice->changes = slice->n;
    qsort(states, slice->n, sizeof(*states), coupons_compare);

    for (i = 0, n = 0; i < slice->n; i++) {
        if (i + 1 < slice->n
            && states[i + 1].coupon.code == states[i].coupon.code)
        {
            continue;
        }

        rc = coupon_base_get(txn, states[i].coupon.code, &base);

        if (rc == RTN_ERR_NOT_FOUND) {
            continue;
        }

        if (rc != 0) {
            return rc;
        }

        base.status = states[i].status;
        base.last_id = states[i].last_id;
        states[n++] = base;
    }

    slice->n = n;

    return 0;
}


/* Where another folder was faster, nothing is written. */
static int
coupons_write(struct rtn_store *store, const struct coupons_slice *slice,
    struct fold_pace *pace, struct rtn_fold_progress *progress)
{
    int            rc;
    size_t         i;
    uint64_t       begun_us, commit_us, cursor;
    struct db_txn  txn;

    db_begin(store, DB_COUPONS, &txn);

    begun_us = fold_now_us();

    rc = fold_journal_cursor_get(&txn, &cursor);

    if (rc != 0 || cursor != slice->cursor) {
        db_abort(&txn);
        return rc;
    }

    for (i = 0; rc == 0 && i < slice->n; i++) {
        rc = coupon_base_put(&txn, &slice->states[i]);
    }

    if (rc == 0) {
        rc = fold_journal_cursor_put(&txn, slice->last);
    }

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    commit_us = fold_now_us();
    rc = db_commit(&txn);

    if (rc == 0) {
        progress->changes += slice->changes;
        fold_pace_took(pace, fold_now_us() - begun_us,
                       fold_now_us() - commit_us, progress);
    }

    return rc;
}


static int
coupons_compare(const void *a, const void *b)
{
    const struct rtn_coupon_state  *x, *y;

    x = a;
    y = b;

    if (x->coupon.code != y->coupon.code) {
        return x->coupon.code < y->coupon.code ? -1 : 1;
    }

    return x->last_id < y->last_id ? -1 : x->last_id > y->last_id;
}
