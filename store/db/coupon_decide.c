/*
 * Decides coupons: one transaction for a batch of jobs, under the writer lock
 * of their environment.  The writer's map gets each change at once, so later
 * jobs see earlier ones; when the transaction fails, the changes are undone.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coupon.h"
#include "rtn_id.h"

struct decide_undo {
    uint64_t                code;
    enum rtn_coupon_status  status;
    uint64_t                last_id;
};

struct decide_batch {
    struct db_txn        txn;
    struct coupon_map   *map;
    struct decide_undo  *undo;          /* one for each change */
    size_t               changes;
    uint64_t             seen;          /* the journal's last id before */
    unsigned             node;
    int64_t              now_ms;
};

static int decide_begin(struct decide_batch *batch, struct rtn_store *store,
    size_t n, int64_t now_ms);
static int decide_end(struct decide_batch *batch, int rc);
static void decide_undo(struct decide_batch *batch);
static int decide_job(struct decide_batch *batch, struct rtn_coupon_job *job);
static int decide_facts(struct decide_batch *batch, uint64_t code,
    struct coupon_facts *facts);
static int decide_append(struct decide_batch *batch,
    const struct coupon_facts *facts, const struct rtn_coupon_job *job,
    const struct coupon_outcome *outcome);
static void decide_clear(struct rtn_coupon_job *job);
static void decide_answer(struct rtn_coupon_job *job,
    const struct coupon_facts *facts, const struct coupon_outcome *outcome);
static bool decide_is_sound(const struct rtn_coupon_job *job);


int
rtn_coupon_decide(struct rtn_store *store, struct rtn_coupon_job *jobs,
    size_t n, int64_t now_ms)
{
    int                  rc;
    size_t               i;
    struct decide_batch  batch;

    if (n > RTN_COUPON_JOBS_MAX) {
        return RTN_ERR_LIMIT;
    }

    rc = decide_begin(&batch, store, n, now_ms);

    for (i = 0; i < n && rc == RTN_OK; i++) {
        rc = decide_job(&batch, &jobs[i]);
    }

    rc = decide_end(&batch, rc);

    for (i = 0; i < n && rc != RTN_OK; i++) {
        decide_clear(&jobs[i]);
    }

    return rc;
}


static int
decide_begin(struct decide_batch *batch, struct rtn_store *store, size_t n,
    int64_t now_ms)
{
    int  rc;

    memset(batch, 0, sizeof(*batch));

    batch->now_ms = now_ms;
    batch->node = rtn_store_settings(store)->node;

    rc = coupon_map_of(store, COUPON_MAP_WRITER, &batch->map);
    if (rc != RTN_OK) {
        return rc;
    }

    batch->undo = calloc(n + 1, sizeof(*batch->undo));
    if (batch->undo == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_begin(store, DB_COUPONS, &batch->txn);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = coupon_map_catch_up(batch->map, &batch->txn);
    batch->seen = coupon_map_seen(batch->map);

    return rc;
}


/* A batch that changed nothing has nothing to flush. */
static int
decide_end(struct decide_batch *batch, int rc)
{
    if (rc == RTN_OK && batch->changes > 0) {
        rc = db_commit(&batch->txn);

    } else {
        db_abort(&batch->txn);
    }

    if (rc != RTN_OK && batch->changes > 0) {
        decide_undo(batch);
    }

    free(batch->undo);

    return rc;
}


static void
decide_undo(struct decide_batch *batch)
{
    int                  rc;
    struct decide_undo  *undo;

    while (batch->changes > 0) {
        undo = &batch->undo[--batch->changes];

        rc = coupon_map_put(batch->map, undo->code, undo->status,
                            undo->last_id);
        assert(rc == RTN_OK);
        (void) rc;
    }

    coupon_map_see(batch->map, batch->seen);
}


static int
decide_job(struct decide_batch *batch, struct rtn_coupon_job *job)
{
    int                    rc;
    struct coupon_facts    facts;
    struct coupon_outcome  outcome;

    assert(decide_is_sound(job));

    decide_clear(job);

    rc = decide_facts(batch, job->code, &facts);

    if (rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER) {

        /* a bad row was read, not written: the transaction is as it was */

        batch->txn.err = 0;
        job->rc = rc;
        return RTN_OK;
    }

    if (rc != RTN_OK) {
        return rc;
    }

    coupon_judge(&facts, job, batch->now_ms, &outcome);
    decide_answer(job, &facts, &outcome);

    if (outcome.change == 0) {
        return RTN_OK;
    }

    return decide_append(batch, &facts, job, &outcome);
}


static int
decide_facts(struct decide_batch *batch, uint64_t code,
    struct coupon_facts *facts)
{
    int                       rc;
    struct db_txn            *txn;
    struct rtn_coupon_state   state;

    txn = &batch->txn;
    memset(facts, 0, sizeof(*facts));

    rc = code != 0 ? coupon_base_get(txn, code, &state) : RTN_ERR_NOT_FOUND;

    if (rc != RTN_OK) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
    }

    facts->is_known = true;
    coupon_map_overlay(batch->map, &state);
    facts->coupon = state.coupon;
    facts->status = state.status;

    rc = coupon_offer_get(txn, facts->coupon.campaign, facts->coupon.tier,
                          &facts->offer);

    if (rc == RTN_OK && state.last_id != 0) {
        rc = journal_get(txn, state.last_id, &facts->last);
    }

    /* a coupon without its offer, or a change without its row */
    return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
}


static int
decide_append(struct decide_batch *batch, const struct coupon_facts *facts,
    const struct rtn_coupon_job *job, const struct coupon_outcome *outcome)
{
    int                        rc;
    struct decide_undo        *undo;
    struct rtn_coupon_change   change;

    memset(&change, 0, sizeof(change));

    change.id = rtn_id_next(coupon_map_seen(batch->map), batch->now_ms,
                            batch->node, RTN_ID_JOURNAL);
    change.action = outcome->change;
    change.code = job->code;
    change.campaign = facts->coupon.campaign;
    change.customer = facts->coupon.customer;
    memcpy(change.order_id, job->order_id, sizeof(change.order_id));
    change.has_amount = job->has_amount;
    change.amount_minor = job->has_amount ? job->amount_minor : 0;
    memcpy(change.currency, job->currency, sizeof(change.currency));
    change.discount_minor = outcome->discount_minor;
    change.until_ms = outcome->reserved_until_ms;

    rc = journal_append(&batch->txn, &change);
    if (rc != RTN_OK) {
        return rc == RTN_ERR_EXISTS ? RTN_ERR_CORRUPT : rc;
    }

    rc = coupon_map_put(batch->map, change.code,
                        coupon_status_after(change.action), change.id);
    if (rc != RTN_OK) {
        return rc;
    }

    undo = &batch->undo[batch->changes++];
    undo->code = change.code;
    undo->status = facts->status;
    undo->last_id = facts->last.id;

    coupon_map_see(batch->map, change.id);

    return RTN_OK;
}


static void
decide_clear(struct rtn_coupon_job *job)
{
    job->rc = RTN_OK;
    job->reason = RTN_COUPON_OK;
    job->is_repeat = false;
    memset(&job->offer, 0, sizeof(job->offer));
    job->is_bound = false;
    job->discount_minor = 0;
    memset(job->discount_currency, 0, sizeof(job->discount_currency));
    job->campaign = 0;
    job->expires_ms = 0;
    job->reserved_until_ms = 0;
}


static void
decide_answer(struct rtn_coupon_job *job, const struct coupon_facts *facts,
    const struct coupon_outcome *outcome)
{
    job->reason = outcome->reason;
    job->is_repeat = outcome->is_repeat;
    job->offer = facts->offer;
    job->is_bound = facts->is_known && coupon_is_bound(facts);
    job->discount_minor = outcome->discount_minor;
    memcpy(job->discount_currency, outcome->discount_currency,
           sizeof(job->discount_currency));
    job->campaign = facts->coupon.campaign;
    job->expires_ms = facts->coupon.expires_ms;
    job->reserved_until_ms = outcome->reserved_until_ms;
}


/* An order stands for every change but the tool's own. */
static bool
decide_is_sound(const struct rtn_coupon_job *job)
{
    if (job->action < RTN_COUPON_VALIDATE || job->action > RTN_COUPON_VOIDED
        || memchr(job->order_id, '\0', sizeof(job->order_id)) == NULL)
    {
        return false;
    }

    return job->order_id[0] != '\0' || job->action == RTN_COUPON_VALIDATE
           || job->action == RTN_COUPON_VOIDED;
}
