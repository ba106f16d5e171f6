/* The write path: batches and the committing thread. */

#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_waiter.h"
#include "rtn_log.h"


/*
 * One batch fills, one is with the thread, and one has its waiters answered:
 * then the disk works on while the answers go out.
 */
#define NGX_HTTP_RETENTION_BATCHES  3

/* limits of a batch of events; the two together hold some 500 bytes an event */
#define NGX_HTTP_RETENTION_EVENTS_MAX  8192
#define NGX_HTTP_RETENTION_BYTES_MAX   (4 * 1024 * 1024)

/* of a batch of unsubscriptions */
#define NGX_HTTP_RETENTION_SUPPRESSIONS_MAX  1024

/* how often waiters are looked at once one has lost its patience, ms */
#define NGX_HTTP_RETENTION_POLL     10


typedef struct {
    ngx_queue_t     waiters;
    u_char         *jobs;
    ngx_uint_t      n;              /* jobs that are part of the batch */
    ngx_uint_t      unwaited;       /* those whose request was answered */
    u_char         *bytes;          /* what the jobs point into */
    size_t          used;           /* bytes that are part of the batch */

    /* written by the thread, read after its completion */
    int             rc;
    ngx_uint_t      commit_us;
} ngx_http_retention_batch_t;


typedef int (*ngx_http_retention_commit_pt)(struct rtn_store *store,
    void *jobs, size_t n, int64_t now_ms);

typedef struct {
    size_t                        job_size;
    ngx_uint_t                    jobs_max;     /* in one transaction */
    size_t                        bytes_max;    /* that jobs point into */
    ngx_http_retention_commit_pt  commit;
} ngx_http_retention_lane_kind_t;


typedef struct {
    const ngx_http_retention_lane_kind_t  *kind;
    ngx_http_retention_batch_t   batches[NGX_HTTP_RETENTION_BATCHES];
    ngx_http_retention_batch_t            *open;
    ngx_http_retention_batch_t            *committing;  /* NULL: it is free */
    ngx_thread_pool_t                     *pool;
    ngx_thread_task_t                     *task;

    /*
     * Set while a batch is with the thread or a waiter waits.  It is not
     * cancelable, so that a worker which shuts down stays until then: nginx
     * before 1.25.4 does not count running tasks itself.
     */
    ngx_event_t                            patience;
} ngx_http_retention_lane_t;


static int ngx_http_retention_commit_events(struct rtn_store *store,
    void *jobs, size_t n, int64_t now_ms);
static int ngx_http_retention_commit_coupons(struct rtn_store *store,
    void *jobs, size_t n, int64_t now_ms);
static int ngx_http_retention_commit_suppressions(struct rtn_store *store,
    void *jobs, size_t n, int64_t now_ms);
static void ngx_http_retention_commit_thread(void *data, ngx_log_t *log);
static void ngx_http_retention_commit_done(ngx_event_t *ev);
static void ngx_http_retention_patience_handler(ngx_event_t *ev);


static const ngx_http_retention_lane_kind_t
    ngx_http_retention_lane_kinds[NGX_HTTP_RETENTION_LANES] =
{
    { sizeof(struct rtn_str), NGX_HTTP_RETENTION_EVENTS_MAX,
      NGX_HTTP_RETENTION_BYTES_MAX, ngx_http_retention_commit_events },

    { sizeof(struct rtn_coupon_job), RTN_COUPON_JOBS_MAX,
      0, ngx_http_retention_commit_coupons },

    { sizeof(struct rtn_suppression), NGX_HTTP_RETENTION_SUPPRESSIONS_MAX,
      0, ngx_http_retention_commit_suppressions }
};


static ngx_http_retention_lane_t
    ngx_http_retention_lanes[NGX_HTTP_RETENTION_LANES];


static int
ngx_http_retention_commit_events(struct rtn_store *store, void *jobs,
    size_t n, int64_t now_ms)
{
    return rtn_log_append(store, jobs, n, now_ms, NULL);
}


static int
ngx_http_retention_commit_coupons(struct rtn_store *store, void *jobs,
    size_t n, int64_t now_ms)
{
    return rtn_coupon_decide(store, jobs, n, now_ms);
}


static int
ngx_http_retention_commit_suppressions(struct rtn_store *store, void *jobs,
    size_t n, int64_t now_ms)
{
    (void) now_ms;

    return rtn_suppress(store, jobs, n);
}


static ngx_int_t
ngx_http_retention_batch_init(ngx_http_retention_batch_t *batch,
    const ngx_http_retention_lane_kind_t *kind, ngx_cycle_t *cycle)
{
    ngx_queue_init(&batch->waiters);

    batch->jobs = ngx_palloc(cycle->pool, kind->jobs_max * kind->job_size);
    if (batch->jobs == NULL) {
        return NGX_ERROR;
    }

    if (kind->bytes_max == 0) {
        return NGX_OK;
    }

    batch->bytes = ngx_palloc(cycle->pool, kind->bytes_max);

    return batch->bytes == NULL ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_retention_lane_init(ngx_http_retention_lane_t *lane,
    ngx_cycle_t *cycle)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        if (ngx_http_retention_batch_init(&lane->batches[i], lane->kind, cycle)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    lane->open = &lane->batches[0];

    lane->task = ngx_thread_task_alloc(cycle->pool, 0);
    if (lane->task == NULL) {
        return NGX_ERROR;
    }

    /* the lane itself is the context: alloc puts none behind the task */

    lane->task->ctx = lane;
    lane->task->handler = ngx_http_retention_commit_thread;
    lane->task->event.handler = ngx_http_retention_commit_done;
    lane->task->event.data = lane;
    lane->task->event.log = cycle->log;

    lane->patience.handler = ngx_http_retention_patience_handler;
    lane->patience.data = lane;
    lane->patience.log = cycle->log;

    return NGX_OK;
}


ngx_int_t
ngx_http_retention_lanes_init(ngx_cycle_t *cycle, ngx_thread_pool_t *pool)
{
    ngx_uint_t                  i;
    ngx_http_retention_lane_t  *lane;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        lane = &ngx_http_retention_lanes[i];

        lane->kind = &ngx_http_retention_lane_kinds[i];
        lane->pool = pool;

        if (ngx_http_retention_lane_init(lane, cycle) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_flag_t
ngx_http_retention_lanes_idle(void)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        if (ngx_http_retention_lanes[i].committing != NULL) {
            return 0;
        }
    }

    return 1;
}


ngx_uint_t
ngx_http_retention_lanes_length(void)
{
    ngx_uint_t                  i, n;
    ngx_http_retention_lane_t  *lane;

    n = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        lane = &ngx_http_retention_lanes[i];

        n += lane->open->n;
        n += (lane->committing != NULL) ? lane->committing->n : 0;
    }

    return n;
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
    u_char                      *job;
    ngx_http_retention_lane_t   *lane;
    ngx_http_retention_batch_t  *batch;

    lane = &ngx_http_retention_lanes[addition->lane];
    batch = lane->open;

    if (batch->n + addition->jobs == lane->kind->jobs_max) {
        return NULL;
    }

    job = batch->jobs + (batch->n + addition->jobs) * lane->kind->job_size;
    addition->jobs++;

    ngx_memzero(job, lane->kind->job_size);

    return job;
}


ngx_int_t
ngx_http_retention_add_event(ngx_http_retention_addition_t *addition,
    const struct rtn_event *event)
{
    int                          rc;
    u_char                      *place;
    size_t                       used, len;
    struct rtn_str              *job;
    ngx_http_retention_batch_t  *batch;

    batch = ngx_http_retention_lanes[addition->lane].open;

    used = batch->used + addition->bytes;
    place = batch->bytes + used;

    rc = rtn_event_encode(event, place, NGX_HTTP_RETENTION_BYTES_MAX - used,
                          &len);

    if (rc != RTN_OK) {
        return rc == RTN_ERR_SPACE ? NGX_BUSY : NGX_ERROR;
    }

    job = ngx_http_retention_add_job(addition);
    if (job == NULL) {
        return NGX_BUSY;
    }

    job->data = (char *) place;
    job->len = len;

    addition->bytes += len;

    return NGX_OK;
}


/* Hands the open batch to the thread, when both are ready. */
static void
ngx_http_retention_lane_start(ngx_http_retention_lane_t *lane)
{
    if (lane->committing != NULL || lane->open->n == 0) {
        return;
    }

    lane->committing = lane->open;

    lane->open++;

    if (lane->open == &lane->batches[NGX_HTTP_RETENTION_BATCHES]) {
        lane->open = &lane->batches[0];
    }

    if (!lane->patience.timer_set) {
        ngx_add_timer(&lane->patience, NGX_HTTP_RETENTION_OPEN_WAIT);
    }

    if (ngx_thread_task_post(lane->pool, lane->task) != NGX_OK) {

        /* the pool's queue is full: completed as a failed one */

        lane->committing->rc = RTN_ERR_LIMIT;
        ngx_post_event(&lane->task->event, &ngx_posted_events);
    }
}


static void
ngx_http_retention_submit(ngx_http_retention_addition_t *addition)
{
    ngx_http_retention_lane_t  *lane;

    lane = &ngx_http_retention_lanes[addition->lane];

    lane->open->n += addition->jobs;
    lane->open->used += addition->bytes;

    ngx_http_retention_lane_start(lane);
}


void
ngx_http_retention_add_submit(ngx_http_retention_addition_t *addition)
{
    ngx_http_retention_lanes[addition->lane].open->unwaited += addition->jobs;

    ngx_http_retention_submit(addition);
}


ngx_int_t
ngx_http_retention_add_wait(ngx_http_retention_addition_t *addition,
    ngx_http_request_t *r, ngx_msec_t patience,
    ngx_http_retention_done_pt done, void *data)
{
    ngx_http_retention_lane_t   *lane;
    ngx_http_retention_batch_t  *batch;

    lane = &ngx_http_retention_lanes[addition->lane];
    batch = lane->open;

    if (ngx_http_retention_waiter_add(&batch->waiters, r, batch->n, patience,
                                      done, data)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_retention_submit(addition);

    return NGX_DONE;
}


/* Runs in the thread: sees the batch and the store, nothing else. */
static void
ngx_http_retention_commit_thread(void *data, ngx_log_t *log)
{
    ngx_http_retention_lane_t *lane = data;

    struct timespec              now, begun, ended;
    ngx_http_retention_batch_t  *batch;

    (void) log;

    batch = lane->committing;

    (void) clock_gettime(CLOCK_REALTIME, &now);
    (void) clock_gettime(CLOCK_MONOTONIC, &begun);

    batch->rc = lane->kind->commit(ngx_http_retention_worker.store,
                                   batch->jobs, batch->n,
                                   (int64_t) now.tv_sec * 1000
                                   + now.tv_nsec / 1000000);

    (void) clock_gettime(CLOCK_MONOTONIC, &ended);

    /* it may have gone to files that were removed meanwhile */

    if (batch->rc == RTN_OK
        && !rtn_store_is_current(ngx_http_retention_worker.store))
    {
        batch->rc = RTN_ERR_ABSENT;
    }

    batch->commit_us = (ended.tv_sec - begun.tv_sec) * 1000000
                       + (ended.tv_nsec - begun.tv_nsec) / 1000;
}


static void
ngx_http_retention_commit_failed(ngx_http_retention_lane_t *lane,
    ngx_http_retention_batch_t *batch)
{
    ngx_log_error(NGX_LOG_ERR, lane->task->event.log, 0,
                  "retention store did not take %ui records: %s",
                  batch->n, rtn_strerror(batch->rc));

    ngx_http_retention_count_lost(NGX_HTTP_RETENTION_LOST_COMMIT,
                                  batch->unwaited);

    if (batch->rc != RTN_ERR_LIMIT) {
        ngx_http_retention_worker.is_failed = 1;
    }
}


static void
ngx_http_retention_commit_done(ngx_event_t *ev)
{
    ngx_http_retention_lane_t   *lane;
    ngx_http_retention_batch_t  *batch;

    lane = ev->data;
    batch = lane->committing;

    if (batch->rc == RTN_OK) {
        ngx_http_retention_count_commit(batch->commit_us, batch->n);

    } else {
        ngx_http_retention_commit_failed(lane, batch);
    }

    lane->committing = NULL;

    ngx_http_retention_lane_start(lane);

    ngx_http_retention_waiters_answer(&batch->waiters, batch->rc, batch->jobs,
                                      lane->kind->job_size);
    batch->n = 0;
    batch->unwaited = 0;
    batch->used = 0;

    if (lane->committing == NULL && lane->patience.timer_set) {
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

    if (lane->committing != NULL) {
        ngx_add_timer(ev, NGX_HTTP_RETENTION_POLL);
    }
}
