/*
 * Folding in the background: one worker adds up the log and the journal, so
 * that reports are quick and a new process need not read all of the journal.
 *
 * A task folds one slice and ends, so that it holds a thread of the pool no
 * longer than a commit does.  It is not posted while more than one lane is
 * with a thread, since it would make the next one wait.
 *
 * All functions are for the event loop.
 */

#ifndef _NGX_HTTP_RETENTION_FOLD_H_INCLUDED_
#define _NGX_HTTP_RETENTION_FOLD_H_INCLUDED_


#include "ngx_http_retention_module.h"


/* Begins, in the first worker; does nothing in the others. */
ngx_int_t ngx_http_retention_fold_init(ngx_cycle_t *cycle,
    ngx_thread_pool_t *pool);

/* Whether no thread folds, so that the store may be closed. */
ngx_flag_t ngx_http_retention_fold_idle(void);

/* Lets go of the store; no thread folds. */
void ngx_http_retention_fold_release(void);

/* Seconds that the first event which is not folded has been waiting. */
ngx_uint_t ngx_http_retention_fold_lag(void);


#endif /* _NGX_HTTP_RETENTION_FOLD_H_INCLUDED_ */
