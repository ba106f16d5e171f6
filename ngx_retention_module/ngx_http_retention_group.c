/* The group: its memory, and who belongs to it. */

#include "ngx_http_retention_group.h"


/* for two generations of workers, during a reload */
#define NGX_HTTP_RETENTION_SLOTS_MIN  8

/*
 * Workers that die within a moment were killed together; those that die one
 * after the other, within a minute, may have a cause that stays.  Seconds.
 */
#define NGX_HTTP_RETENTION_KILLED_S   1
#define NGX_HTTP_RETENTION_DYING_S    60


static ngx_int_t ngx_http_retention_group_init(ngx_shm_zone_t *zone,
    void *data);


ngx_http_retention_group_t  *ngx_http_retention_group;


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


void
ngx_http_retention_group_fence(void)
{
    (void) ngx_atomic_fetch_add(&ngx_http_retention_group->failures, 1);
}
