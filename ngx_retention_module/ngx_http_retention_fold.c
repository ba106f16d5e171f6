/* Folding in the background. */

#include "ngx_http_retention_fold.h"
#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_metrics.h"
#include "rtn_fold.h"


/* milliseconds from one slice to the next, and where nothing is left */
#define NGX_HTTP_RETENTION_FOLD_PAUSE     5
#define NGX_HTTP_RETENTION_FOLD_REST   1000

/* after a failure; the store says itself when it is full */
#define NGX_HTTP_RETENTION_FOLD_RETRY  5000

/*
 * Events younger than this are left: a report counts up to the moment of its
 * start, and reads the whole log where the roll-ups have gone beyond it.
 */
#define NGX_HTTP_RETENTION_FOLD_AGE    5000


typedef struct {
    ngx_thread_pool_t         *pool;
    ngx_thread_task_t         *task;
    ngx_event_t                pause;
    struct rtn_store          *store;       /* of fold */
    struct rtn_fold           *fold;        /* NULL until the first slice */
    unsigned                   is_posted:1;

    /* the thread's, while is_posted */
    int64_t                    before_ms;
    struct rtn_fold_progress   progress;
    int                        rc;
    int                        logged;      /* the last one, not the thread's */
} ngx_http_retention_folder_t;


static void ngx_http_retention_fold_pause_handler(ngx_event_t *ev);
static void ngx_http_retention_fold_thread(void *data, ngx_log_t *log);
static void ngx_http_retention_fold_done(ngx_event_t *ev);


static ngx_http_retention_folder_t  ngx_http_retention_folder;


ngx_int_t
ngx_http_retention_fold_init(ngx_cycle_t *cycle, ngx_thread_pool_t *pool)
{
    ngx_http_retention_folder_t  *folder;

    /* two may fold, during a reload, and do no harm to each other */

    if (ngx_worker != 0) {
        return NGX_OK;
    }

    folder = &ngx_http_retention_folder;

    folder->pool = pool;

    folder->task = ngx_thread_task_alloc(cycle->pool, 0);
    if (folder->task == NULL) {
        return NGX_ERROR;
    }

    folder->task->ctx = folder;
    folder->task->handler = ngx_http_retention_fold_thread;
    folder->task->event.handler = ngx_http_retention_fold_done;
    folder->task->event.data = folder;
    folder->task->event.log = cycle->log;

    folder->pause.handler = ngx_http_retention_fold_pause_handler;
    folder->pause.data = cycle;     /* timers log it as a connection's */
    folder->pause.log = cycle->log;
    folder->pause.cancelable = 1;

    ngx_add_timer(&folder->pause, NGX_HTTP_RETENTION_FOLD_REST);

    return NGX_OK;
}


ngx_flag_t
ngx_http_retention_fold_idle(void)
{
    return !ngx_http_retention_folder.is_posted;
}


void
ngx_http_retention_fold_release(void)
{
    rtn_fold_close(ngx_http_retention_folder.fold);

    ngx_http_retention_folder.fold = NULL;
    ngx_http_retention_folder.store = NULL;
}


ngx_uint_t
ngx_http_retention_fold_lag(void)
{
    int64_t  now_ms, waiting_ms;

    waiting_ms = (int64_t) ngx_http_retention_metrics()->fold_waiting_ms;
    now_ms = ngx_http_retention_now_ms();

    return (waiting_ms == 0 || waiting_ms > now_ms)
           ? 0 : (ngx_uint_t) ((now_ms - waiting_ms) / 1000);
}


static int
ngx_http_retention_fold_begin(ngx_http_retention_folder_t *folder)
{
    int  rc;

    if (folder->fold != NULL) {
        return RTN_OK;
    }

    folder->store = ngx_http_retention_store_usable();

    rc = rtn_fold_open(folder->store, &folder->fold);

    if (rc != RTN_OK) {
        folder->fold = NULL;
    }

    return rc;
}


static void
ngx_http_retention_fold_pause_handler(ngx_event_t *ev)
{
    ngx_http_retention_folder_t  *folder;

    folder = &ngx_http_retention_folder;

    if (ngx_exiting || ngx_terminate || ngx_quit) {
        return;
    }

    if (ngx_http_retention_store_usable() == NULL
        || ngx_http_retention_fold_begin(folder) != RTN_OK)
    {
        ngx_add_timer(ev, NGX_HTTP_RETENTION_FOLD_RETRY);
        return;
    }

    if (ngx_http_retention_lanes_busy() > 1) {
        ngx_add_timer(ev, NGX_HTTP_RETENTION_FOLD_PAUSE);
        return;
    }

    folder->before_ms = ngx_http_retention_now_ms()
                        - NGX_HTTP_RETENTION_FOLD_AGE;

    if (ngx_thread_task_post(folder->pool, folder->task) != NGX_OK) {
        ngx_add_timer(ev, NGX_HTTP_RETENTION_FOLD_REST);
        return;
    }

    folder->is_posted = 1;
}


/* Runs in the thread: sees the folder's own fields, nothing else. */
static void
ngx_http_retention_fold_thread(void *data, ngx_log_t *log)
{
    ngx_http_retention_folder_t *folder = data;

    (void) log;

    folder->rc = rtn_fold_run(folder->fold, folder->before_ms, 0,
                              &folder->progress);
}


static void
ngx_http_retention_fold_done(ngx_event_t *ev)
{
    ngx_msec_t                    pause;
    ngx_http_retention_folder_t  *folder;

    folder = ev->data;

    folder->is_posted = 0;

    if (folder->rc != RTN_OK) {
        pause = NGX_HTTP_RETENTION_FOLD_RETRY;

        /* once for each kind of failure, not at each try */

        if (folder->logged != folder->rc) {
            ngx_log_error(NGX_LOG_ERR, folder->pause.log, 0,
                          "cannot fold the retention store's log: %s",
                          rtn_strerror(folder->rc));
        }

    } else {
        pause = folder->progress.is_done ? NGX_HTTP_RETENTION_FOLD_REST
                                         : NGX_HTTP_RETENTION_FOLD_PAUSE;

        ngx_http_retention_metrics()->fold_waiting_ms =
                              (ngx_atomic_t) folder->progress.waiting_ms;
    }

    folder->logged = folder->rc;

    if (!ngx_exiting) {
        ngx_add_timer(&folder->pause, pause);
    }
}
