/*
 * The write path.  A lane is the way of one kind of fact to its environment:
 * a batch that requests add jobs to, and a thread that brings the batch before
 * it to disk.  No timer decides when to commit: a batch goes as soon as the
 * thread is free, so batches grow by themselves under load.
 *
 *     event loop                        |  thread
 *     add jobs to the batch, wait       |
 *     it fills until the thread comes ->|  group commit: one transaction and
 *     the next batch fills meanwhile    |  one sync for all workers; then the
 *     answer every live waiter <--------|  next batch, if it has jobs
 *
 * A batch owns its bytes: the thread never sees a request, a pool or a
 * connection.  A waiting request has a waiter, which its cleanup handler
 * unlinks, and counts once more in r->main->count.
 *
 * All functions are for the event loop.
 */

#ifndef _NGX_HTTP_RETENTION_LANE_H_INCLUDED_
#define _NGX_HTTP_RETENTION_LANE_H_INCLUDED_


#include "ngx_http_retention_commit.h"
#include "rtn_campaign.h"
#include "rtn_coupon.h"
#include "rtn_event.h"


/*
 * Called once for a waiter, unless its request ends before.
 *
 * rc    0: on disk; RTN_ERR_*: not written; NGX_AGAIN: not yet, after the
 *       waiter's patience, and it may still be written
 * jobs  the waiter's first job, with its results when rc is 0, else NULL;
 *       valid during the call
 *
 * Returns what a content handler returns, for ngx_http_finalize_request().
 */
typedef ngx_int_t (*ngx_http_retention_done_pt)(ngx_http_request_t *r,
    void *data, ngx_int_t rc, void *jobs);


/* Joins the group. */
ngx_int_t ngx_http_retention_lanes_init(ngx_cycle_t *cycle,
    ngx_http_retention_main_conf_t *rmcf);

/*
 * Writes what was answered before it was on disk, and leaves the group.  For
 * the end of the process, when its threads are gone.
 */
void ngx_http_retention_lanes_exit(void);

/* Whether no batch is with a thread, so that the store may be closed. */
ngx_flag_t ngx_http_retention_lanes_idle(void);

/* How many lanes have a batch with a thread, or want to. */
ngx_uint_t ngx_http_retention_lanes_busy(void);

/* Jobs that are not on disk yet, of all lanes of this worker. */
ngx_uint_t ngx_http_retention_lanes_length(void);


/*
 * A transaction of additions: take places, fill them, then submit.  Nothing
 * of it counts before submit, so a caller that fails half way just returns.
 */
typedef struct {
    ngx_uint_t   lane;
    ngx_uint_t   jobs;          /* taken so far */
    size_t       bytes;         /* of the batch's arena */
} ngx_http_retention_addition_t;

void ngx_http_retention_add_begin(ngx_http_retention_addition_t *addition,
    ngx_http_retention_lane_e lane);

/*
 * The place for one more job, zeroed.  NULL: the batch is full.
 */
void *ngx_http_retention_add_job(ngx_http_retention_addition_t *addition);

/*
 * One more event, encoded into the batch.
 * NGX_BUSY: the batch is full.  NGX_ERROR: the event is not a valid one.
 */
ngx_int_t ngx_http_retention_add_event(
    ngx_http_retention_addition_t *addition, const struct rtn_event *event);

/*
 * Makes the jobs part of the batch, and starts the committer if it is free.
 * Their request is answered before they are on disk: where they cannot be
 * written, they count as lost.
 */
void ngx_http_retention_add_submit(ngx_http_retention_addition_t *addition);

/*
 * Makes the jobs part of the batch, and has done called with the result.
 *
 * patience   milliseconds after which done gets NGX_AGAIN
 *
 * Returns NGX_DONE, to be returned by the content handler, or
 * NGX_HTTP_INTERNAL_SERVER_ERROR when memory is short; then nothing was
 * submitted.
 */
ngx_int_t ngx_http_retention_add_wait(
    ngx_http_retention_addition_t *addition, ngx_http_request_t *r,
    ngx_msec_t patience, ngx_http_retention_done_pt done, void *data);


#endif /* _NGX_HTTP_RETENTION_LANE_H_INCLUDED_ */
