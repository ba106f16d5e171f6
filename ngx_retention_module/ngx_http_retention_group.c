/* Group commit. */

#include "ngx_http_retention_group.h"
#include "ngx_http_retention_metrics.h"


/*
 * Slots for two generations of workers, during a reload.  Their memory is some
 * 3 MB each, most of it never touched.
 */
#define NGX_HTTP_RETENTION_SLOTS_MIN    8
#define NGX_HTTP_RETENTION_SLOTS_MAX  256

/*
 * Workers that die within a moment were killed together; those that die one
 * after the other, within a minute, may have a cause that stays.  Seconds.
 */
#define NGX_HTTP_RETENTION_KILLED_S    1
#define NGX_HTTP_RETENTION_DYING_S     60


typedef struct {
    ngx_http_retention_turn_t   turns[NGX_HTTP_RETENTION_LANES];
    ngx_http_retention_pages_t  pages;
    ngx_atomic_t                failures;   /* of the disk, by any worker */
    ngx_uint_t                  slot_count;
    ngx_http_retention_slot_t   slots[];
} ngx_http_retention_group_t;


static ngx_int_t ngx_http_retention_group_init(ngx_shm_zone_t *zone,
    void *data);


static ngx_http_retention_group_t  *ngx_http_retention_group;


/* worker_processes may stand further down, and then is not known yet */
static ngx_uint_t
ngx_http_retention_group_slots(ngx_cycle_t *cycle)
{
    ngx_int_t         n;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    n = ngx_max(ngx_ncpu, ccf->worker_processes);
    n = ngx_min(n, NGX_HTTP_RETENTION_SLOTS_MAX / 2);

    return ngx_max(2 * n, NGX_HTTP_RETENTION_SLOTS_MIN);
}


static size_t
ngx_http_retention_batch_size(const ngx_http_retention_lane_kind_t *kind)
{
    return ngx_align(kind->jobs_max * kind->job_size, NGX_ALIGNMENT)
           + ngx_align(kind->bytes_max, NGX_ALIGNMENT);
}


static size_t
ngx_http_retention_group_size(ngx_uint_t slots)
{
    size_t      batches;
    ngx_uint_t  i;

    batches = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        batches += NGX_HTTP_RETENTION_BATCHES
                   * ngx_http_retention_batch_size(
                                           &ngx_http_retention_lane_kinds[i]);
    }

    return sizeof(ngx_http_retention_group_t)
           + slots * (sizeof(ngx_http_retention_slot_t) + batches)
           + NGX_ALIGNMENT;
}


ngx_int_t
ngx_http_retention_group_zone(ngx_conf_t *cf,
    ngx_http_retention_main_conf_t *rmcf)
{
    size_t      size;
    ngx_uint_t  slots;

    static ngx_str_t  name = ngx_string("ngx_retention_batches");

    slots = ngx_http_retention_group_slots(cf->cycle);
    size = ngx_http_retention_group_size(slots);

    /* the slab allocator keeps some 1 % for its own table of pages */

    size += size / 64 + 8 * ngx_pagesize;

    rmcf->group_zone = ngx_shared_memory_add(cf, &name,
                                             ngx_align(size, ngx_pagesize),
                                             &ngx_http_retention_module);
    if (rmcf->group_zone == NULL) {
        return NGX_ERROR;
    }

    rmcf->group_slots = slots;
    rmcf->group_zone->init = ngx_http_retention_group_init;
    rmcf->group_zone->data = rmcf;

    return NGX_OK;
}


/* Lays out the batches of a slot from p on; returns what is behind them. */
static u_char *
ngx_http_retention_slot_init(ngx_http_retention_slot_t *slot, u_char *p)
{
    ngx_uint_t                             i, j;
    ngx_http_retention_batch_t            *batch;
    const ngx_http_retention_lane_kind_t  *kind;

    ngx_memzero(slot, sizeof(ngx_http_retention_slot_t));

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        kind = &ngx_http_retention_lane_kinds[i];

        for (j = 0; j < NGX_HTTP_RETENTION_BATCHES; j++) {
            batch = &slot->batches[i][j];

            batch->jobs = p;
            batch->bytes = p + ngx_align(kind->jobs_max * kind->job_size,
                                         NGX_ALIGNMENT);

            p += ngx_http_retention_batch_size(kind);
        }
    }

    return p;
}


static ngx_int_t
ngx_http_retention_group_layout(ngx_http_retention_group_t *group,
    ngx_uint_t slots)
{
    u_char      *p;
    ngx_uint_t   i;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        if (ngx_http_retention_turn_init(&group->turns[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_retention_turn_init(&group->pages.turn) != NGX_OK) {
        return NGX_ERROR;
    }

    group->pages.is_verified = 0;
    group->pages.died_s = 0;
    group->pages.is_dying = 0;
    group->pages.damaged_s = 0;
    group->failures = 0;

    p = ngx_align_ptr((u_char *) &group->slots[slots], NGX_ALIGNMENT);

    for (i = 0; i < slots; i++) {
        p = ngx_http_retention_slot_init(&group->slots[i], p);
    }

    group->slot_count = slots;

    return NGX_OK;
}


static ngx_int_t
ngx_http_retention_group_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_uint_t                   slots;
    ngx_slab_pool_t             *pool;
    ngx_http_retention_group_t  *group;

    if (data != NULL) {
        zone->data = data;
        return NGX_OK;
    }

    pool = (ngx_slab_pool_t *) zone->shm.addr;
    slots = ((ngx_http_retention_main_conf_t *) zone->data)->group_slots;

    group = ngx_slab_alloc(pool, ngx_http_retention_group_size(slots));

    if (group == NULL
        || ngx_http_retention_group_layout(group, slots) != NGX_OK)
    {
        return NGX_ERROR;
    }

    zone->data = group;

    return NGX_OK;
}


/* A dead worker's batches go with it: nobody was told that they are stored. */
static void
ngx_http_retention_slot_reset(ngx_http_retention_slot_t *slot)
{
    ngx_uint_t                  i, j;
    ngx_http_retention_turn_t  *turn;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        turn = &ngx_http_retention_group->turns[i];

        ngx_http_retention_turn_take(turn);

        for (j = 0; j < NGX_HTTP_RETENTION_BATCHES; j++) {
            slot->batches[i][j].state = NGX_HTTP_RETENTION_BATCH_OPEN;
        }

        slot->filling[i] = 0;

        ngx_http_retention_turn_give(turn);
    }
}


/* One that is free, or one whose worker died without giving it back. */
static ngx_http_retention_slot_t *
ngx_http_retention_slot_take(ngx_flag_t is_free)
{
    ngx_uint_t                  i;
    ngx_atomic_uint_t           pid;
    ngx_http_retention_slot_t  *slot;

    for (i = 0; i < ngx_http_retention_group->slot_count; i++) {
        slot = &ngx_http_retention_group->slots[i];
        pid = slot->pid;

        if ((pid == 0) != is_free
            || (pid != 0
                && (kill((pid_t) pid, 0) == 0 || ngx_errno != NGX_ESRCH)))
        {
            continue;
        }

        if (ngx_atomic_cmp_set(&slot->pid, pid, ngx_pid)) {
            ngx_http_retention_slot_reset(slot);
            return slot;
        }
    }

    return NULL;
}


/* A group of one, in this worker's own memory. */
static ngx_http_retention_group_t *
ngx_http_retention_group_alone(ngx_cycle_t *cycle)
{
    ngx_http_retention_group_t  *group;

    group = ngx_palloc(cycle->pool, ngx_http_retention_group_size(1));

    if (group == NULL || ngx_http_retention_group_layout(group, 1) != NGX_OK) {
        return NULL;
    }

    return group;
}


static void
ngx_http_retention_group_died(ngx_http_retention_pages_t *pages)
{
    time_t  ago;

    pages->is_verified = 0;

    ago = ngx_time() - (time_t) pages->died_s;

    if (ago > NGX_HTTP_RETENTION_DYING_S) {
        pages->died_s = ngx_time();

    } else if (ago > NGX_HTTP_RETENTION_KILLED_S) {
        pages->is_dying = 1;
    }
}


ngx_http_retention_slot_t *
ngx_http_retention_group_join(ngx_cycle_t *cycle, ngx_shm_zone_t *zone)
{
    ngx_http_retention_slot_t  *slot;

    ngx_http_retention_group = zone->data;
    slot = ngx_http_retention_slot_take(0);

    if (slot != NULL) {
        ngx_http_retention_group_died(&ngx_http_retention_group->pages);
        return slot;
    }

    slot = ngx_http_retention_slot_take(1);

    if (slot != NULL) {
        return slot;
    }

    ngx_log_error(NGX_LOG_WARN, cycle->log, 0,
                  "more than %ui workers use the retention store: this one "
                  "commits by itself", ngx_http_retention_group->slot_count);

    ngx_http_retention_group = ngx_http_retention_group_alone(cycle);

    return ngx_http_retention_group != NULL
           ? ngx_http_retention_slot_take(1) : NULL;
}


void
ngx_http_retention_group_leave(ngx_http_retention_slot_t *slot)
{
    ngx_memory_barrier();
    slot->pid = 0;
}


ngx_http_retention_pages_t *
ngx_http_retention_group_pages(void)
{
    return &ngx_http_retention_group->pages;
}


void
ngx_http_retention_group_fence(void)
{
    (void) ngx_atomic_fetch_add(&ngx_http_retention_group->failures, 1);
}


ngx_uint_t
ngx_http_retention_group_failures(void)
{
    return ngx_http_retention_group->failures;
}


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
