/*
 * A batch as its owner sees it.  Requests add to it while a committer may come
 * for it: the owner holds it for as long as it adds, and where the committer
 * was first, adds to the next one.
 *
 * Everything here is for the event loop.
 */

#ifndef _NGX_HTTP_RETENTION_BATCH_H_INCLUDED_
#define _NGX_HTTP_RETENTION_BATCH_H_INCLUDED_


#include "ngx_http_retention_commit.h"


typedef struct {
    ngx_http_retention_batch_t  *shared;
    ngx_queue_t                  waiters;
    ngx_uint_t                   n;         /* jobs that are part of it */
    ngx_uint_t                   unwaited;  /* whose request was answered */
    size_t                       used;      /* bytes that are part of it */
} ngx_http_retention_own_batch_t;


/* Where jobs are made, before they become part of a batch. */
typedef struct {
    u_char  *jobs;
    u_char  *bytes;     /* what the jobs of the log point into */
} ngx_http_retention_stage_t;


/* A stage for as many jobs as a batch has room for. */
ngx_int_t ngx_http_retention_stage_init(ngx_http_retention_stage_t *stage,
    const ngx_http_retention_lane_kind_t *kind, ngx_pool_t *pool);

/* Makes it empty, for shared memory that is open. */
void ngx_http_retention_batch_init(ngx_http_retention_own_batch_t *own,
    ngx_http_retention_batch_t *shared);

ngx_flag_t ngx_http_retention_batch_has_room(
    const ngx_http_retention_own_batch_t *own,
    const ngx_http_retention_lane_kind_t *kind, ngx_uint_t jobs, size_t bytes);

/* False: a committer has it. */
ngx_flag_t ngx_http_retention_batch_hold(ngx_http_retention_own_batch_t *own);

/* To a batch that is held and has room. */
void ngx_http_retention_batch_append(ngx_http_retention_own_batch_t *own,
    const ngx_http_retention_lane_kind_t *kind,
    const ngx_http_retention_stage_t *stage, ngx_uint_t jobs, size_t bytes);

/* Lets go of a batch that has jobs: from now on a committer may come. */
void ngx_http_retention_batch_let_go(ngx_http_retention_own_batch_t *own);

/* One that is done and has been answered is empty, and open again. */
void ngx_http_retention_batch_clear(ngx_http_retention_own_batch_t *own);


#endif /* _NGX_HTTP_RETENTION_BATCH_H_INCLUDED_ */
