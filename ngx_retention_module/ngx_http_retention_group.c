/* Group commit. */

#include "ngx_http_retention_group.h"

#include <pthread.h>


/*
 * Slots for two generations of workers, during a reload.  Their memory is some
 * 3 MB each, most of it never touched.
 */
#define NGX_HTTP_RETENTION_SLOTS_MIN    8
#define NGX_HTTP_RETENTION_SLOTS_MAX  256


typedef struct {
    pthread_mutex_t  mutex;
    ngx_uint_t       is_orphaned;   /* a committer died: see recover */
} ngx_http_retention_turn_t;


typedef struct {
    ngx_http_retention_turn_t   turns[NGX_HTTP_RETENTION_LANES];
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


static ngx_int_t
ngx_http_retention_turn_init(ngx_http_retention_turn_t *turn)
{
    pthread_mutexattr_t  attr;

    turn->is_orphaned = 0;

    if (pthread_mutexattr_init(&attr) != 0
        || pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) != 0
        || pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) != 0
        || pthread_mutex_init(&turn->mutex, &attr) != 0)
    {
        return NGX_ERROR;
    }

    (void) pthread_mutexattr_destroy(&attr);

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


static void
ngx_http_retention_turn_take(ngx_http_retention_turn_t *turn)
{
    if (pthread_mutex_lock(&turn->mutex) == EOWNERDEAD) {
        (void) pthread_mutex_consistent(&turn->mutex);
        turn->is_orphaned = 1;
    }
}


static void
ngx_http_retention_turn_give(ngx_http_retention_turn_t *turn)
{
    (void) pthread_mutex_unlock(&turn->mutex);
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

        ngx_http_retention_turn_give(turn);
    }
}


static ngx_http_retention_slot_t *
ngx_http_retention_slot_take(void)
{
    ngx_uint_t                  i;
    ngx_atomic_uint_t           pid;
    ngx_http_retention_slot_t  *slot;

    for (i = 0; i < ngx_http_retention_group->slot_count; i++) {
        slot = &ngx_http_retention_group->slots[i];
        pid = slot->pid;

        if (pid != 0 && (kill((pid_t) pid, 0) == 0 || ngx_errno != NGX_ESRCH))
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


ngx_http_retention_slot_t *
ngx_http_retention_group_join(ngx_cycle_t *cycle, ngx_shm_zone_t *zone)
{
    ngx_http_retention_slot_t  *slot;

    ngx_http_retention_group = zone->data;
    slot = ngx_http_retention_slot_take();

    if (slot != NULL) {
        return slot;
    }

    ngx_log_error(NGX_LOG_WARN, cycle->log, 0,
                  "more than %ui workers use the retention store: this one "
                  "commits by itself", ngx_http_retention_group->slot_count);

    ngx_http_retention_group = ngx_http_retention_group_alone(cycle);

    return ngx_http_retention_group != NULL
           ? ngx_http_retention_slot_take() : NULL;
}


void
ngx_http_retention_group_leave(ngx_http_retention_slot_t *slot)
{
    ngx_memory_barrier();
    slot->pid = 0;
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
 * Takes batches that are ready, this thread's own first, as long as they fit
 * one transaction.  Those that do not have threads of their own.
 */
static ngx_uint_t
ngx_http_retention_group_take(ngx_http_retention_lane_e lane,
    ngx_http_retention_batch_t *own, ngx_http_retention_batch_t **taken,
    ngx_uint_t *jobs)
{
    ngx_uint_t                   i, j, n;
    ngx_http_retention_batch_t  *batch;

    own->state = NGX_HTTP_RETENTION_BATCH_TAKEN;
    taken[0] = own;
    *jobs = own->n;
    n = 1;

    for (i = 0; i < ngx_http_retention_group->slot_count; i++) {
        for (j = 0; j < NGX_HTTP_RETENTION_BATCHES; j++) {
            batch = &ngx_http_retention_group->slots[i].batches[lane][j];

            if (batch->state != NGX_HTTP_RETENTION_BATCH_READY) {
                continue;
            }

            /* its owner filled it without the mutex */

            ngx_memory_barrier();

            if (*jobs + batch->n
                > ngx_http_retention_lane_kinds[lane].commit_max)
            {
                continue;
            }

            batch->state = NGX_HTTP_RETENTION_BATCH_TAKEN;
            taken[n++] = batch;
            *jobs += batch->n;
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


static void
ngx_http_retention_group_lead(ngx_http_retention_lane_e lane,
    ngx_http_retention_batch_t *own, struct rtn_store *store,
    ngx_http_retention_effort_t *effort)
{
    int                          rc;
    ngx_uint_t                   i, n;
    struct timespec              now, begun;
    ngx_http_retention_batch_t  *taken[NGX_HTTP_RETENTION_SLOTS_MAX
                                       * NGX_HTTP_RETENTION_BATCHES];

    n = ngx_http_retention_group_take(lane, own, taken, &effort->records);

    (void) clock_gettime(CLOCK_REALTIME, &now);
    (void) clock_gettime(CLOCK_MONOTONIC, &begun);

    rc = ngx_http_retention_lane_kinds[lane].commit(store, taken, n,
                                                (int64_t) now.tv_sec * 1000
                                                + now.tv_nsec / 1000000);

    effort->us = ngx_http_retention_us_since(&begun);

    /* it may have gone to files that were removed meanwhile */

    if (rc == RTN_OK && !rtn_store_is_current(store)) {
        rc = RTN_ERR_ABSENT;
    }

    /* a full disk leaves nothing behind: LMDB takes the transaction back */

    if (rc == RTN_ERR_IO) {
        (void) ngx_atomic_fetch_add(&ngx_http_retention_group->failures, 1);
    }

    for (i = 0; i < n; i++) {
        taken[i]->rc = rc;
        ngx_memory_barrier();
        taken[i]->state = NGX_HTTP_RETENTION_BATCH_DONE;
    }
}


void
ngx_http_retention_group_commit(ngx_http_retention_lane_e lane,
    ngx_http_retention_batch_t *batch, struct rtn_store *store,
    ngx_http_retention_effort_t *effort)
{
    struct timespec             begun;
    ngx_http_retention_turn_t  *turn;

    effort->us = 0;
    effort->records = 0;

    turn = &ngx_http_retention_group->turns[lane];

    (void) clock_gettime(CLOCK_MONOTONIC, &begun);

    ngx_http_retention_turn_take(turn);

    effort->waited_us = ngx_http_retention_us_since(&begun);

    if (turn->is_orphaned) {
        ngx_http_retention_group_recover(lane, store);
        turn->is_orphaned = 0;
    }

    if (batch->state != NGX_HTTP_RETENTION_BATCH_DONE) {
        ngx_http_retention_group_lead(lane, batch, store, effort);
    }

    ngx_http_retention_turn_give(turn);
}
