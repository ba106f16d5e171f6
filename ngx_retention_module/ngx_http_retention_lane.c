/* The write path: batches and the committing thread. */

#include "ngx_http_retention_group.h"
#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_waiter.h"


/* how often waiters are looked at while commits go on for longer than the
   shortest patience, ms */
#define NGX_HTTP_RETENTION_POLL     10


/* A batch as its owner sees it. */
typedef struct {
    ngx_http_retention_batch_t  *shared;
    ngx_queue_t                  waiters;
    ngx_uint_t                   n;         /* jobs that are part of it */
    ngx_uint_t                   unwaited;  /* whose request was answered */
    size_t                       used;      /* bytes that are part of it */
} ngx_http_retention_own_batch_t;


typedef struct {
    ngx_http_retention_lane_e              lane;
    const ngx_http_retention_lane_kind_t  *kind;
    ngx_http_retention_own_batch_t         batches[NGX_HTTP_RETENTION_BATCHES];
    ngx_http_retention_own_batch_t        *open;
    ngx_http_retention_own_batch_t        *committing;  /* NULL: none */
    ngx_thread_pool_t                     *pool;
    ngx_thread_task_t                     *task;
    ngx_http_retention_effort_t            effort;      /* the thread's */
    time_t                                 complained;  /* in the log */
    unsigned                               is_posted:1; /* the task */

    /*
     * Set while a batch is with the thread or a waiter waits.  It is not
     * cancelable, so that a worker which shuts down stays until then: nginx
     * before 1.25.4 does not count running tasks itself.
     */
    ngx_event_t                            patience;
} ngx_http_retention_lane_t;


static void ngx_http_retention_lane_flush(ngx_http_retention_lane_t *lane);
static void ngx_http_retention_commit_thread(void *data, ngx_log_t *log);
static void ngx_http_retention_commit_done(ngx_event_t *ev);
static void ngx_http_retention_patience_handler(ngx_event_t *ev);


static ngx_http_retention_lane_t
    ngx_http_retention_lanes[NGX_HTTP_RETENTION_LANES];

static ngx_http_retention_slot_t  *ngx_http_retention_slot;


static ngx_int_t
ngx_http_retention_lane_init(ngx_http_retention_lane_t *lane,
    ngx_cycle_t *cycle)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_RETENTION_BATCHES; i++) {
        lane->batches[i].shared = &ngx_http_retention_slot->batches[lane->lane]
                                                                 [i];
        ngx_queue_init(&lane->batches[i].waiters);
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

    return NGX_OK;
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

    ngx_http_retention_group_leave(ngx_http_retention_slot);
    ngx_http_retention_slot = NULL;
}


ngx_flag_t
ngx_http_retention_lanes_idle(void)
{
    return ngx_http_retention_lanes_busy() == 0;
}


ngx_uint_t
ngx_http_retention_lanes_busy(void)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_LANES; i++) {
        n += (ngx_http_retention_lanes[i].committing != NULL);
    }

    return n;
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
    u_char                     *job;
    ngx_http_retention_lane_t  *lane;
    ngx_http_retention_own_batch_t  *own;

    lane = &ngx_http_retention_lanes[addition->lane];
    own = lane->open;

    if (own->n + addition->jobs == lane->kind->jobs_max) {
        return NULL;
    }

    job = own->shared->jobs
          + (own->n + addition->jobs) * lane->kind->job_size;
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
    ngx_http_retention_lane_t   *lane;

    lane = &ngx_http_retention_lanes[addition->lane];

    used = lane->open->used + addition->bytes;
    place = lane->open->shared->bytes + used;

    rc = rtn_event_encode(event, place, lane->kind->bytes_max - used, &len);

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


/*
 * Where the pool's queue is full, patience tries again; meanwhile another
 * worker's thread may commit the batch, and then the task just finds it done.
 */
static void
ngx_http_retention_lane_post(ngx_http_retention_lane_t *lane)
{
    lane->is_posted = (ngx_thread_task_post(lane->pool, lane->task) == NGX_OK);
}


/* The open batch becomes the one that is committed; another one is open. */
static void
ngx_http_retention_lane_turn(ngx_http_retention_lane_t *lane)
{
    ngx_http_retention_batch_t  *batch;

    lane->committing = lane->open;

    lane->open++;

    if (lane->open == &lane->batches[NGX_HTTP_RETENTION_BATCHES]) {
        lane->open = &lane->batches[0];
    }

    batch = lane->committing->shared;

    batch->n = lane->committing->n;
    batch->first_id = 0;
    ngx_memory_barrier();
    batch->state = NGX_HTTP_RETENTION_BATCH_READY;
}


/* Hands the open batch to the thread, when both are ready. */
static void
ngx_http_retention_lane_start(ngx_http_retention_lane_t *lane)
{
    if (lane->committing != NULL || lane->open->n == 0) {
        return;
    }

    ngx_http_retention_lane_turn(lane);

    if (!lane->patience.timer_set) {
        ngx_add_timer(&lane->patience, NGX_HTTP_RETENTION_OPEN_WAIT);
    }

    ngx_http_retention_lane_post(lane);
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
    ngx_http_retention_lane_t       *lane;
    ngx_http_retention_own_batch_t  *own;

    lane = &ngx_http_retention_lanes[addition->lane];
    own = lane->open;

    if (ngx_http_retention_waiter_add(&own->waiters, r, own->n, patience,
                                      done, data)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_retention_submit(addition);

    return NGX_DONE;
}


/* What is with the thread was done by it, or waited in its pool's queue. */
static void
ngx_http_retention_lane_flush(ngx_http_retention_lane_t *lane)
{
    if (lane->committing != NULL) {
        ngx_http_retention_commit_thread(lane, NULL);
    }

    if (lane->open->n != 0) {
        ngx_http_retention_lane_turn(lane);
        ngx_http_retention_commit_thread(lane, NULL);
    }
}


/* Runs in the thread: sees the batch and the store, nothing else. */
static void
ngx_http_retention_commit_thread(void *data, ngx_log_t *log)
{
    ngx_http_retention_lane_t *lane = data;

    (void) log;

    ngx_http_retention_group_commit(lane->lane, lane->committing->shared,
                                    ngx_http_retention_worker.store,
                                    &lane->effort);
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
ngx_http_retention_commit_done(ngx_event_t *ev)
{
    ngx_http_retention_lane_t       *lane;
    ngx_http_retention_own_batch_t  *own;

    lane = ev->data;
    own = lane->committing;

    ngx_http_retention_count_wait(lane->effort.waited_us);

    if (lane->effort.records != 0) {
        ngx_http_retention_count_commit(lane->effort.us, lane->effort.records);
    }

    if (own->shared->rc != RTN_OK) {
        ngx_http_retention_commit_failed(lane, own);
    }

    lane->committing = NULL;

    ngx_http_retention_lane_start(lane);

    ngx_http_retention_waiters_answer(&own->waiters, own->shared->rc,
                                      own->shared->jobs, lane->kind->job_size);

    own->shared->state = NGX_HTTP_RETENTION_BATCH_OPEN;
    own->n = 0;
    own->unwaited = 0;
    own->used = 0;

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

        if (!lane->is_posted) {
            ngx_http_retention_lane_post(lane);
        }

        ngx_add_timer(ev, NGX_HTTP_RETENTION_POLL);
    }
}
