/* Requests that wait for a batch. */

#include "ngx_http_retention_waiter.h"


typedef struct {
    ngx_queue_t                  queue;
    ngx_http_request_t          *request;   /* NULL: no longer on a list */
    ngx_http_retention_done_pt   done;
    void                        *data;
    ngx_uint_t                   first_job;
    ngx_msec_t                   until;     /* of ngx_current_msec */
} ngx_http_retention_waiter_t;


static void
ngx_http_retention_waiter_unlink(ngx_http_retention_waiter_t *waiter)
{
    ngx_queue_remove(&waiter->queue);
    waiter->request = NULL;
}


static void
ngx_http_retention_waiter_cleanup(void *data)
{
    ngx_http_retention_waiter_t *waiter = data;

    if (waiter->request != NULL) {
        ngx_http_retention_waiter_unlink(waiter);
    }
}


ngx_int_t
ngx_http_retention_waiter_add(ngx_queue_t *waiters, ngx_http_request_t *r,
    ngx_uint_t first_job, ngx_msec_t patience,
    ngx_http_retention_done_pt done, void *data)
{
    ngx_http_cleanup_t           *cln;
    ngx_http_retention_waiter_t  *waiter;

    cln = ngx_http_cleanup_add(r, sizeof(ngx_http_retention_waiter_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    waiter = cln->data;
    cln->handler = ngx_http_retention_waiter_cleanup;

    waiter->request = r;
    waiter->done = done;
    waiter->data = data;
    waiter->first_job = first_job;
    waiter->until = ngx_current_msec + patience;

    ngx_queue_insert_tail(waiters, &waiter->queue);
    r->main->count++;

    return NGX_OK;
}


static void
ngx_http_retention_waiter_answer(ngx_http_retention_waiter_t *waiter,
    ngx_int_t rc, void *jobs)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = waiter->request;
    c = r->connection;

    ngx_http_retention_waiter_unlink(waiter);
    ngx_http_set_log_request(c->log, r);

    ngx_http_finalize_request(r, waiter->done(r, waiter->data, rc, jobs));
    ngx_http_run_posted_requests(c);
}


/*
 * Finalising one request may end others (streams of one connection), whose
 * cleanup takes them off the list: so always its head.
 */
void
ngx_http_retention_waiters_answer(ngx_queue_t *waiters, ngx_int_t rc,
    u_char *jobs, size_t job_size)
{
    ngx_http_retention_waiter_t  *waiter;

    while (!ngx_queue_empty(waiters)) {
        waiter = ngx_queue_data(ngx_queue_head(waiters),
                                ngx_http_retention_waiter_t, queue);

        ngx_http_retention_waiter_answer(waiter, rc,
                                         rc == RTN_OK
                                         ? jobs + waiter->first_job * job_size
                                         : NULL);
    }
}


void
ngx_http_retention_waiters_expire(ngx_queue_t *waiters)
{
    ngx_queue_t                  *q, *next, expired;
    ngx_http_retention_waiter_t  *waiter;

    ngx_queue_init(&expired);

    for (q = ngx_queue_head(waiters);
         q != ngx_queue_sentinel(waiters);
         q = next)
    {
        next = ngx_queue_next(q);
        waiter = ngx_queue_data(q, ngx_http_retention_waiter_t, queue);

        if ((ngx_msec_int_t) (waiter->until - ngx_current_msec) <= 0) {
            ngx_queue_remove(q);
            ngx_queue_insert_tail(&expired, q);
        }
    }

    ngx_http_retention_waiters_answer(&expired, NGX_AGAIN, NULL, 0);
}
