/* The write path: batches and the committing thread. */

#include "ngx_http_retention_batch.h"
#include "ngx_http_retention_group.h"
#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_notify.h"
#include "ngx_http_retention_waiter.h"


/* how often waiters are looked at while commits go on for longer than the
   shortest patience, ms */
#define NGX_HTTP_RETENTION_POLL     10

/*
 * Commits that a thread does in a row.  Each saves the way to the event loop
 * and back, and keeps the pool's other tasks waiting.
 */
#define NGX_HTTP_RETENTION_COMMITS  16


typedef struct {
    ngx_http_retention_lane_e              lane;
    const ngx_http_retention_lane_kind_t  *kind;
    ngx_http_retention_stage_t             stage;
    ngx_http_retention_own_batch_t         batches[NGX_HTTP_RETENTION_BATCHES];
    ngx_uint_t                             filling;     /* index of them */
    ngx_thread_pool_t                     *pool;
    ngx_thread_task_t                     *task;
    time_t                                 complained;  /* in the log */
    unsigned                               is_posted:1; /* the task */

    /*
     * Set while a batch is with the thread or a waiter waits.  It is not
     * cancelable, so that a worker which shuts down stays until then: nginx
     * before 1.25.4 does not count running tasks itself.
     */
    ngx_event_t                            patience;
} ngx_http_retention_lane_t;


static void ngx_http_retention_lane_start(ngx_http_retention_lane_t *lane);
static void ngx_http_retention_lane_flush(ngx_http_retention_lane_t *lane);
static void ngx_http_retention_commit_thread(void *data, ngx_log_t *log);
static void ngx_http_retention_commit_end(ngx_event_t *ev);
static void ngx_http_retention_lanes_done(ngx_event_t *ev);
static void ngx_http_retention_patience_handler(ngx_event_t *ev);


static ngx_http_retention_lane_t
    ngx_http_retention_lanes[NGX_HTTP_RETENTION_LANES];

static ngx_http_retention_slot_t  *ngx_http_retention_slot;


static ngx_int_t
ngx_http_retention_lane_init(ngx_http_retention_lane_t *lane,
    ngx_cycle_t *cycle)
{
    ngx_uint_t  i;

    if (ngx_http_retention_stage_init(&lane->stage, lane->kind, cycle->pool)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        ngx_http_retention_batch_init(&lane->batches[i],
                       &ngx_http_retention_slot->batches[lane->lane][i]);
    }

    lane->task = ngx_thread_task_alloc(cycle->pool, 0);
    if (lane->task == NULL) {
        return NGX_ERROR;
    }

    /* the lane itself is the context: alloc puts none behind the task */

    lane->task->ctx = lane;
    lane->task->handler = ngx_http_retention_commit_thread;
    lane->task->event.handler = ngx_http_retention_commit_end;
    lane->task->event.data = lane;
    lane->task->event.log = cycle->log;

    lane->patience.handler = ngx_http_retention_patience_handler;
    lane->patience.data = lane;
    lane->patience.log = cycle->log;

    return NGX_OK;
}


ngx_int_t
ngx_http_retention_lanes_init(ngx_cycle_t *cycle,
    ngx_http_retention_main_conf_t *rmcf)
{
    ngx_uint_t                  i;
    ngx_http_retention_lane_t  *lane;

    ngx_http_retention_slot = ngx_http_retention_group_join(cycle,
                                                            rmcf->group_zone);
    if (ngx_http_retention_slot == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        lane = &ngx_http_retention_lanes[i];

        lane->lane = i;
        lane->kind = &ngx_http_retention_lane_kinds[i];
        lane->pool = rmcf->thread_pool;

        if (ngx_http_retention_lane_init(lane, cycle) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_retention_notify_init(cycle,
                                          ngx_http_retention_lanes_done);
}


void
ngx_http_retention_lanes_exit(void)
{
    ngx_uint_t  i;

    if (ngx_http_retention_slot == NULL) {
        return;
    }

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        ngx_http_retention_lane_flush(&ngx_http_retention_lanes[i]);
    }

    ngx_http_retention_notify_exit();
    ngx_http_retention_group_leave(ngx_http_retention_slot);
    ngx_http_retention_slot = NULL;
}


/* Jobs whose batch is not done, or not answered. */
static ngx_uint_t
ngx_http_retention_lane_length(const ngx_http_retention_lane_t *lane)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        n += lane->batches[i].n;
    }

    return n;
}


ngx_flag_t
ngx_http_retention_lanes_idle(void)
{
    return ngx_http_retention_lanes_busy() == 0;
}


ngx_uint_t
ngx_http_retention_lanes_busy(void)
{
    ngx_uint_t                  i, n;
    ngx_http_retention_lane_t  *lane;

    n = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        lane = &ngx_http_retention_lanes[i];

        n += lane->is_posted || ngx_http_retention_lane_length(lane) != 0;
    }

    return n;
}


ngx_uint_t
ngx_http_retention_lanes_length(void)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        n += ngx_http_retention_lane_length(&ngx_http_retention_lanes[i]);
    }

    return n;
}


static ngx_http_retention_own_batch_t *
ngx_http_retention_lane_next(ngx_http_retention_lane_t *lane)
{
    return &lane->batches[(lane->filling + 1) % NGX_HTTP_RETENTION_BATCHES];
}


/*
 * True stays true until jobs are added, also when a committer comes for the
 * batch that fills: he comes only when the next one is open.
 */
static ngx_flag_t
ngx_http_retention_lane_has_room(ngx_http_retention_lane_t *lane,
    ngx_uint_t jobs, size_t bytes)
{
    ngx_http_retention_own_batch_t  *next;

    if (ngx_http_retention_batch_has_room(&lane->batches[lane->filling],
                                          lane->kind, jobs, bytes))
    {
        return 1;
    }

    next = ngx_http_retention_lane_next(lane);

    return next->shared->state == NGX_HTTP_RETENTION_BATCH_OPEN
           && ngx_http_retention_batch_has_room(next, lane->kind, jobs, bytes);
}


/* The batch for an addition, for which there is room; it is held. */
static ngx_http_retention_own_batch_t *
ngx_http_retention_lane_hold(ngx_http_retention_lane_t *lane,
    const ngx_http_retention_addition_t *addition)
{
    ngx_http_retention_own_batch_t  *own;

    own = &lane->batches[lane->filling];

    if (ngx_http_retention_batch_has_room(own, lane->kind, addition->jobs,
                                          addition->bytes)
        && ngx_http_retention_batch_hold(own))
    {
        return own;
    }

    own = ngx_http_retention_lane_next(lane);

    lane->filling = own - lane->batches;
    ngx_http_retention_slot->filling[lane->lane] = lane->filling;

    return own;
}


void
ngx_http_retention_add_begin(ngx_http_retention_addition_t *addition,
    ngx_http_retention_lane_e lane)
{
    addition->lane = lane;
    addition->jobs = 0;
    addition->bytes = 0;
}


void *
ngx_http_retention_add_job(ngx_http_retention_addition_t *addition)
{
    u_char                     *job;
    ngx_http_retention_lane_t  *lane;

    lane = &ngx_http_retention_lanes[addition->lane];

    if (!ngx_http_retention_lane_has_room(lane, addition->jobs + 1,
                                          addition->bytes))
    {
        return NULL;
    }

    job = lane->stage.jobs + addition->jobs * lane->kind->job_size;
    addition->jobs++;

    ngx_memzero(job, lane->kind->job_size);

    return job;
}


ngx_int_t
ngx_http_retention_add_event(ngx_http_retention_addition_t *addition,
    const struct rtn_event *event)
{
    int                         rc;
    u_char                     *place;
    size_t                      len;
    struct rtn_str             *job;
    ngx_http_retention_lane_t  *lane;

    lane = &ngx_http_retention_lanes[addition->lane];
    place = lane->stage.bytes + addition->bytes;

    rc = rtn_event_encode(event, place,
                          lane->kind->bytes_max - addition->bytes, &len);

    if (rc != RTN_OK) {
        return rc == RTN_ERR_SPACE ? NGX_BUSY : NGX_ERROR;
    }

    if (!ngx_http_retention_lane_has_room(lane, addition->jobs + 1,
                                          addition->bytes + len))
    {
        return NGX_BUSY;
    }

    job = (struct rtn_str *) lane->stage.jobs + addition->jobs;

    job->data = (char *) place;
    job->len = len;

    addition->jobs++;
    addition->bytes += len;

    return NGX_OK;
}


/* To a batch that is held. */
static void
ngx_http_retention_submit(ngx_http_retention_lane_t *lane,
    ngx_http_retention_own_batch_t *own,
    const ngx_http_retention_addition_t *addition)
{
    ngx_http_retention_batch_append(own, lane->kind, &lane->stage,
                                    addition->jobs, addition->bytes);
    ngx_http_retention_batch_let_go(own);

    ngx_http_retention_lane_start(lane);
}


void
ngx_http_retention_add_submit(ngx_http_retention_addition_t *addition)
{
    ngx_http_retention_lane_t       *lane;
    ngx_http_retention_own_batch_t  *own;

    lane = &ngx_http_retention_lanes[addition->lane];
    own = ngx_http_retention_lane_hold(lane, addition);

    own->unwaited += addition->jobs;

    ngx_http_retention_submit(lane, own, addition);
}


ngx_int_t
ngx_http_retention_add_wait(ngx_http_retention_addition_t *addition,
    ngx_http_request_t *r, ngx_msec_t patience,
    ngx_http_retention_done_pt done, void *data)
{
    ngx_http_retention_lane_t       *lane;
    ngx_http_retention_own_batch_t  *own;

    lane = &ngx_http_retention_lanes[addition->lane];
    own = ngx_http_retention_lane_hold(lane, addition);

    if (ngx_http_retention_waiter_add(&own->waiters, r, own->n, patience,
                                      done, data)
        != NGX_OK)
    {
        if (own->n != 0) {
            ngx_http_retention_batch_let_go(own);
        }

        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_retention_submit(lane, own, addition);

    return NGX_DONE;
}


/*
 * Has the thread look for batches, unless it is at it.  Where the pool's queue
 * is full, patience tries again.
 */
static void
ngx_http_retention_lane_start(ngx_http_retention_lane_t *lane)
{
    if (!lane->patience.timer_set) {
        ngx_add_timer(&lane->patience, NGX_HTTP_RETENTION_OPEN_WAIT);
    }

    if (!lane->is_posted) {
        lane->is_posted = (ngx_thread_task_post(lane->pool, lane->task)
                           == NGX_OK);
    }
}


/* Runs in the thread: sees the slot's batches and the store, nothing else. */
static void
ngx_http_retention_commit_thread(void *data, ngx_log_t *log)
{
    ngx_http_retention_lane_t *lane = data;

    (void) log;

    ngx_http_retention_group_commit(ngx_http_retention_slot, lane->lane,
                                    ngx_http_retention_worker.store,
                                    NGX_HTTP_RETENTION_COMMITS,
                                    ngx_http_retention_notify);
}


/*
 * Errors that opening the store again would not mend: a record that cannot be
 * read, and a full disk, on which links still find their targets.
 */
static ngx_flag_t
ngx_http_retention_is_lasting(int rc)
{
    return rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER
           || rc == RTN_ERR_DISK_FULL;
}


static void
ngx_http_retention_commit_failed(ngx_http_retention_lane_t *lane,
    ngx_http_retention_own_batch_t *own)
{
    /* a line a second, however many batches fail */

    if (lane->complained != ngx_time()) {
        lane->complained = ngx_time();

        ngx_log_error(NGX_LOG_ERR, lane->task->event.log, 0,
                      "retention store did not take %ui records: %s",
                      own->n, rtn_strerror(own->shared->rc));
    }

    ngx_http_retention_count_lost(NGX_HTTP_RETENTION_LOST_COMMIT,
                                  own->unwaited);

    if (!ngx_http_retention_is_lasting(own->shared->rc)) {
        ngx_http_retention_worker.is_failed = 1;
    }
}


static void
ngx_http_retention_batch_answer(ngx_http_retention_lane_t *lane,
    ngx_http_retention_own_batch_t *own)
{
    if (own->shared->commit_records != 0) {
        ngx_http_retention_count_commit(own->shared->commit_us,
                                        own->shared->commit_records);
    }

    if (own->shared->rc != RTN_OK) {
        ngx_http_retention_commit_failed(lane, own);
    }

    ngx_http_retention_waiters_answer(&own->waiters, own->shared->rc,
                                      own->shared->jobs, lane->kind->job_size);

    ngx_http_retention_batch_clear(own);
}


/* Answers what is done, the oldest first. */
static void
ngx_http_retention_lane_answer(ngx_http_retention_lane_t *lane)
{
    ngx_uint_t                       i, first;
    ngx_http_retention_own_batch_t  *own;

    /* answers may make requests that turn to the next batch */

    first = lane->filling + 1;

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        own = &lane->batches[(first + i) % NGX_HTTP_RETENTION_BATCHES];

        if (own->shared->state == NGX_HTTP_RETENTION_BATCH_DONE) {
            ngx_memory_barrier();
            ngx_http_retention_batch_answer(lane, own);
        }
    }
}


static void
ngx_http_retention_lanes_done(ngx_event_t *ev)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        ngx_http_retention_lane_answer(&ngx_http_retention_lanes[i]);
    }
}


/* The thread's task has ended: the last commit may have left something. */
static void
ngx_http_retention_commit_end(ngx_event_t *ev)
{
    ngx_http_retention_lane_t  *lane;

    lane = ev->data;
    lane->is_posted = 0;

    ngx_http_retention_lane_answer(lane);

    if (ngx_http_retention_lane_length(lane) != 0) {
        ngx_http_retention_lane_start(lane);

    } else if (lane->patience.timer_set) {
        ngx_del_timer(&lane->patience);
    }
}


static void
ngx_http_retention_patience_handler(ngx_event_t *ev)
{
    ngx_uint_t                  i;
    ngx_http_retention_lane_t  *lane;

    lane = ev->data;

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        ngx_http_retention_waiters_expire(&lane->batches[i].waiters);
    }

    if (lane->is_posted || ngx_http_retention_lane_length(lane) != 0) {
        ngx_add_timer(ev, NGX_HTTP_RETENTION_POLL);

        ngx_http_retention_lane_start(lane);
    }
}


/* What a thread would do, and what waited for one in the pool's queue. */
static void
ngx_http_retention_lane_flush(ngx_http_retention_lane_t *lane)
{
    while (ngx_http_retention_lane_length(lane) != 0) {
        ngx_http_retention_commit_thread(lane, NULL);
        ngx_http_retention_lane_answer(lane);
    }
}
