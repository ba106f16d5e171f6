/* Group commit: one leads, and commits for all. */

#include "ngx_http_retention_group.h"
#include "ngx_http_retention_metrics.h"


/* The batches that a dead committer had taken: done, or ready again. */
static void
ngx_http_retention_group_recover(ngx_http_retention_lane_e lane,
    struct rtn_store *store)
{
    bool                                   holds;
    ngx_uint_t                             i, j;
    ngx_http_retention_batch_t            *batch;
    const ngx_http_retention_lane_kind_t  *kind;

    kind = &ngx_http_retention_lane_kinds[lane];

    for (i = 0; i < ngx_http_retention_group->slot_count; i++) {
        for (j = 0; j < NGX_HTTP_RETENTION_BATCHES; j++) {
            batch = &ngx_http_retention_group->slots[i].batches[lane][j];

            if (batch->state != NGX_HTTP_RETENTION_BATCH_TAKEN) {
                continue;
            }

            holds = false;
            batch->rc = (kind->holds != NULL)
                        ? kind->holds(store, batch, &holds) : RTN_OK;

            batch->first_id = 0;
            batch->state = (holds || batch->rc != RTN_OK)
                           ? NGX_HTTP_RETENTION_BATCH_DONE
                           : NGX_HTTP_RETENTION_BATCH_READY;
        }
    }
}


/*
 * Whether a committer may take the batch: it is ready, and its owner goes on
 * in the one behind it, or has done so already.
 */
static ngx_flag_t
ngx_http_retention_batch_may_go(const ngx_http_retention_slot_t *slot,
    ngx_http_retention_lane_e lane, ngx_uint_t i)
{
    const ngx_http_retention_batch_t  *batches;

    batches = slot->batches[lane];

    return batches[i].state == NGX_HTTP_RETENTION_BATCH_READY
           && (slot->filling[lane] != i
               || batches[(i + 1) % NGX_HTTP_RETENTION_BATCHES].state
                  == NGX_HTTP_RETENTION_BATCH_OPEN);
}


/* Takes batches of a slot, as long as all fit one transaction. */
static ngx_uint_t
ngx_http_retention_slot_collect(ngx_http_retention_slot_t *slot,
    ngx_http_retention_lane_e lane, ngx_http_retention_batch_t **taken,
    ngx_uint_t *jobs)
{
    ngx_uint_t                   i, n;
    ngx_http_retention_batch_t  *batch;

    n = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        batch = &slot->batches[lane][i];

        if (!ngx_http_retention_batch_may_go(slot, lane, i)
            || *jobs + batch->n
               > ngx_http_retention_lane_kinds[lane].commit_max
            || !ngx_atomic_cmp_set(&batch->state,
                                   NGX_HTTP_RETENTION_BATCH_READY,
                                   NGX_HTTP_RETENTION_BATCH_TAKEN))
        {
            continue;
        }

        taken[n++] = batch;
        *jobs += batch->n;
    }

    return n;
}


/* This thread's own first.  Those that do not fit have threads of their own. */
static ngx_uint_t
ngx_http_retention_group_collect(ngx_http_retention_slot_t *own,
    ngx_http_retention_lane_e lane, ngx_http_retention_batch_t **taken,
    ngx_uint_t *jobs)
{
    ngx_uint_t                  i, n;
    ngx_http_retention_slot_t  *slot;

    *jobs = 0;
    n = ngx_http_retention_slot_collect(own, lane, taken, jobs);

    for (i = 0; i < ngx_http_retention_group->slot_count; i++) {
        slot = &ngx_http_retention_group->slots[i];

        if (slot != own) {
            n += ngx_http_retention_slot_collect(slot, lane, taken + n, jobs);
        }
    }

    return n;
}


static ngx_uint_t
ngx_http_retention_us_since(const struct timespec *begun)
{
    struct timespec  now;

    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return (now.tv_sec - begun->tv_sec) * 1000000
           + (now.tv_nsec - begun->tv_nsec) / 1000;
}


/* Writes nothing behind another worker's failed flush. */
static int
ngx_http_retention_group_write(ngx_http_retention_lane_e lane,
    ngx_http_retention_batch_t **taken, ngx_uint_t n, struct rtn_store *store)
{
    int              rc;
    struct timespec  now;

    if (ngx_http_retention_group->failures
        != ngx_http_retention_worker.failures)
    {
        return RTN_ERR_IO;
    }

    (void) clock_gettime(CLOCK_REALTIME, &now);

    rc = ngx_http_retention_lane_kinds[lane].commit(store, taken, n,
                                                (int64_t) now.tv_sec * 1000
                                                + now.tv_nsec / 1000000);

    /* it may have gone to files that were removed meanwhile */

    if (rc == RTN_OK && !rtn_store_is_current(store)) {
        rc = RTN_ERR_ABSENT;
    }

    /* a full disk leaves nothing behind: LMDB takes the transaction back */

    if (rc == RTN_ERR_IO) {
        ngx_http_retention_group_fence();
    }

    return rc;
}


static void
ngx_http_retention_group_lead(ngx_http_retention_slot_t *own,
    ngx_http_retention_lane_e lane, struct rtn_store *store)
{
    int                          rc;
    ngx_uint_t                   i, n, jobs, us;
    struct timespec              begun;
    ngx_http_retention_batch_t  *taken[NGX_HTTP_RETENTION_SLOTS_MAX
                                       * NGX_HTTP_RETENTION_BATCHES];

    n = ngx_http_retention_group_collect(own, lane, taken, &jobs);

    if (n == 0) {
        return;
    }

    (void) clock_gettime(CLOCK_MONOTONIC, &begun);

    rc = ngx_http_retention_group_write(lane, taken, n, store);

    us = ngx_http_retention_us_since(&begun);

    for (i = 0; i < n; i++) {
        taken[i]->rc = rc;
        taken[i]->commit_us = (i == 0) ? us : 0;
        taken[i]->commit_records = (i == 0) ? jobs : 0;
        ngx_memory_barrier();
        taken[i]->state = NGX_HTTP_RETENTION_BATCH_DONE;
    }
}


/* Whether there is something to bring to disk, or to wait for. */
static ngx_flag_t
ngx_http_retention_slot_is_pending(const ngx_http_retention_slot_t *slot,
    ngx_http_retention_lane_e lane)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        if (slot->batches[lane][i].state == NGX_HTTP_RETENTION_BATCH_TAKEN
            || ngx_http_retention_batch_may_go(slot, lane, i))
        {
            return 1;
        }
    }

    return 0;
}


void
ngx_http_retention_group_commit(ngx_http_retention_slot_t *slot,
    ngx_http_retention_lane_e lane, struct rtn_store *store,
    ngx_uint_t commits_max, void (*done)(void))
{
    ngx_flag_t                  is_waiting;
    struct timespec             begun;
    ngx_http_retention_turn_t  *turn;

    turn = &ngx_http_retention_group->turns[lane];

    (void) clock_gettime(CLOCK_MONOTONIC, &begun);
    is_waiting = 0;

    while (commits_max-- > 0
           && ngx_http_retention_slot_is_pending(slot, lane))
    {
        if (ngx_http_retention_turn_try(turn)) {
            ngx_http_retention_count_wait(ngx_http_retention_us_since(&begun));

            if (turn->is_orphaned) {
                ngx_http_retention_group_recover(lane, store);
                turn->is_orphaned = 0;
            }

            ngx_http_retention_group_lead(slot, lane, store);
            ngx_http_retention_turn_give(turn);

            (void) clock_gettime(CLOCK_MONOTONIC, &begun);
            is_waiting = 0;

        } else {
            is_waiting = 1;
        }

        done();
    }

    /* another one did the work */

    if (is_waiting) {
        ngx_http_retention_count_wait(ngx_http_retention_us_since(&begun));
    }
}
