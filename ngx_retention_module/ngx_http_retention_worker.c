/*
 * The worker's store: opened after the fork, opened again after a failure,
 * its key ring read anew each second.
 */

#include "ngx_http_retention_module.h"
#include "ngx_http_retention_fold.h"
#include "ngx_http_retention_group.h"
#include "ngx_http_retention_lane.h"


#define NGX_HTTP_RETENTION_TICK  1000   /* milliseconds */
#define NGX_HTTP_RETENTION_REAP    10   /* ticks */


static const char *ngx_http_retention_worker_advice(int rc);
static void ngx_http_retention_tick_handler(ngx_event_t *ev);


ngx_http_retention_worker_t  ngx_http_retention_worker;


int64_t
ngx_http_retention_now_ms(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + tp->msec;
}


struct rtn_store *
ngx_http_retention_store_usable(void)
{
    ngx_http_retention_worker_t  *worker;

    worker = &ngx_http_retention_worker;

    if (worker->store == NULL) {
        return NULL;
    }

    /* but once in a turn of the event loop: a request that asks twice gets the
       same answer */

    if (worker->looked != ngx_current_msec) {
        worker->looked = ngx_current_msec;

        if (worker->failures != ngx_http_retention_group->failures) {
            worker->is_failed = 1;
        }
    }

    return worker->is_failed ? NULL : worker->store;
}


static void
ngx_http_retention_worker_open(ngx_http_retention_main_conf_t *rmcf,
    ngx_log_t *log)
{
    int                           rc;
    const char                   *advice;
    ngx_http_retention_worker_t  *worker;

    worker = &ngx_http_retention_worker;

    worker->failures = ngx_http_retention_group->failures;

    rc = ngx_http_retention_open(&rmcf->store, log, &worker->store);

    if (rc == RTN_OK) {
        rc = rtn_store_keyring(worker->store, &worker->ring);

        if (rc != RTN_OK) {
            rtn_store_close(worker->store);
            worker->store = NULL;
        }
    }

    if (rc == RTN_OK) {
        if (worker->opening_err != 0) {
            ngx_log_error(NGX_LOG_NOTICE, log, 0,
                          "retention store \"%V\" can be used again",
                          &rmcf->store);
        }

        worker->opening_err = 0;
        return;
    }

    /* once for each kind of failure, not once a second */

    if (worker->opening_err != (ngx_uint_t) -rc) {
        worker->opening_err = (ngx_uint_t) -rc;
        advice = ngx_http_retention_worker_advice(rc);

        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "cannot open retention store \"%V\": %s%s%s",
                      &rmcf->store, rtn_strerror(rc), advice ? "; " : "",
                      advice ? advice : "");
    }
}


/* Who reads the log cannot choose who a worker is by a command. */
static const char *
ngx_http_retention_worker_advice(int rc)
{
    if (rc == RTN_ERR_PERMISSION) {
        return "the worker's user may not use it: name the store's owner in "
               "the \"user\" directive";
    }

    return rtn_err_advice(rc);
}


static void
ngx_http_retention_worker_close(void)
{
    ngx_http_retention_worker_t  *worker;

    worker = &ngx_http_retention_worker;

    ngx_http_retention_fold_release();
    rtn_store_close(worker->store);
    rtn_keyring_wipe(&worker->ring);

    worker->store = NULL;
    worker->is_failed = 0;
}


ngx_int_t
ngx_http_retention_worker_init(ngx_cycle_t *cycle)
{
    ngx_event_t                     *tick;
    ngx_http_conf_ctx_t             *ctx;
    ngx_http_retention_main_conf_t  *rmcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    ctx = (ngx_http_conf_ctx_t *) ngx_get_conf(cycle->conf_ctx,
                                               ngx_http_module);
    if (ctx == NULL) {
        return NGX_OK;
    }

    rmcf = ctx->main_conf[ngx_http_retention_module.ctx_index];

    if (rmcf->store.data == NULL) {
        return NGX_OK;
    }

    if (ngx_http_retention_lanes_init(cycle, rmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_retention_fold_init(cycle, rmcf->thread_pool) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_retention_worker_open(rmcf, cycle->log);

    tick = &ngx_http_retention_worker.tick;

    tick->handler = ngx_http_retention_tick_handler;
    tick->data = rmcf;
    tick->log = cycle->log;
    tick->cancelable = 1;

    ngx_add_timer(tick, NGX_HTTP_RETENTION_TICK);

    return NGX_OK;
}


/* Whether the opened store is still there, and its keys can be read. */
static void
ngx_http_retention_worker_look(ngx_http_retention_main_conf_t *rmcf,
    ngx_log_t *log)
{
    int                           rc;
    ngx_http_retention_worker_t  *worker;

    worker = &ngx_http_retention_worker;

    if (!rtn_store_is_current(worker->store)) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "retention store \"%V\" was removed or replaced",
                      &rmcf->store);
        ngx_http_retention_group->pages.is_verified = 0;
        worker->is_failed = 1;
        return;
    }

    rc = rtn_store_keyring(worker->store, &worker->ring);

    if (rc != RTN_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "cannot read the keys of retention store \"%V\": %s",
                      &rmcf->store, rtn_strerror(rc));
        worker->is_failed = 1;
    }

    /* pages that a killed reader pins are lost to writers, who take new ones */

    if (++worker->ticks % NGX_HTTP_RETENTION_REAP == 0) {
        (void) rtn_store_reap_readers(worker->store, NULL);
    }
}


static void
ngx_http_retention_tick_handler(ngx_event_t *ev)
{
    ngx_http_retention_worker_t     *worker;
    ngx_http_retention_main_conf_t  *rmcf;

    rmcf = ev->data;
    worker = &ngx_http_retention_worker;

    if (worker->store != NULL
        && worker->failures != ngx_http_retention_group->failures)
    {
        if (ngx_http_retention_group->pages.damaged_s == 0) {
            ngx_log_error(NGX_LOG_NOTICE, ev->log, 0,
                          "a write to retention store \"%V\" failed: it is "
                          "opened again", &rmcf->store);
        }

        worker->is_failed = 1;
    }

    if (worker->is_failed && ngx_http_retention_lanes_idle()
        && ngx_http_retention_fold_idle())
    {
        ngx_http_retention_worker_close();
    }

    if (worker->store == NULL) {
        ngx_http_retention_worker_open(rmcf, ev->log);

    } else if (!worker->is_failed) {
        ngx_http_retention_worker_look(rmcf, ev->log);
    }

    ngx_add_timer(ev, NGX_HTTP_RETENTION_TICK);
}


void
ngx_http_retention_worker_exit(ngx_cycle_t *cycle)
{
    ngx_http_retention_lanes_exit();
    ngx_http_retention_worker_close();
}
