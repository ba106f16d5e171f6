/*
 * Requests that wait for a batch.  A list of waiters belongs to one batch;
 * who ends early takes itself off it.
 */

#ifndef _NGX_HTTP_RETENTION_WAITER_H_INCLUDED_
#define _NGX_HTTP_RETENTION_WAITER_H_INCLUDED_


#include "ngx_http_retention_lane.h"


/*
 * Puts a request on a list and holds it by r->main->count.
 *
 * first_job   index of its first job in the batch
 * patience    milliseconds
 *
 * NGX_ERROR: memory is short; the request is not held.
 */
ngx_int_t ngx_http_retention_waiter_add(ngx_queue_t *waiters,
    ngx_http_request_t *r, ngx_uint_t first_job, ngx_msec_t patience,
    ngx_http_retention_done_pt done, void *data);

/* Empties the list: every request is finalised with what its done says. */
void ngx_http_retention_waiters_answer(ngx_queue_t *waiters, ngx_int_t rc,
    u_char *jobs, size_t job_size);

/* The same with NGX_AGAIN, for those whose patience is over. */
void ngx_http_retention_waiters_expire(ngx_queue_t *waiters);


#endif /* _NGX_HTTP_RETENTION_WAITER_H_INCLUDED_ */
