/*
 * Taking turns at a lane, between the threads of all workers.  The memory is
 * shared; any thread may call these.
 */

#ifndef _NGX_HTTP_RETENTION_TURN_H_INCLUDED_
#define _NGX_HTTP_RETENTION_TURN_H_INCLUDED_


#include "ngx_http_retention_module.h"

#include <pthread.h>


typedef struct {
    pthread_mutex_t  mutex;
    ngx_atomic_t     waiting;       /* threads */
    uint32_t         ends;          /* of turns so far, a futex */
    ngx_uint_t       is_orphaned;   /* who had it died; the next one is to see
                                       to what he left, and to reset this */
} ngx_http_retention_turn_t;


ngx_int_t ngx_http_retention_turn_init(ngx_http_retention_turn_t *turn);

/* Waits for the mutex. */
void ngx_http_retention_turn_take(ngx_http_retention_turn_t *turn);

/*
 * Whether this thread has the turn now.  If not, it has slept until one ended,
 * or for 10 ms.  Who waited for the mutex itself would wait for all that got
 * it before him, when what he came for may be done long since.
 */
ngx_flag_t ngx_http_retention_turn_try(ngx_http_retention_turn_t *turn);

void ngx_http_retention_turn_give(ngx_http_retention_turn_t *turn);


#endif /* _NGX_HTTP_RETENTION_TURN_H_INCLUDED_ */
