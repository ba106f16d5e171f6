/*
 * How a thread tells the event loop that something is done while it goes on
 * working: nginx's own notification is for a thread task that has ended.
 */

#ifndef _NGX_HTTP_RETENTION_NOTIFY_H_INCLUDED_
#define _NGX_HTTP_RETENTION_NOTIFY_H_INCLUDED_


#include "ngx_http_retention_module.h"


/*
 * Takes one of the worker's connections for it.
 *
 * handler   called by the event loop, once for any number of notifications
 *           that came since the last call
 */
ngx_int_t ngx_http_retention_notify_init(ngx_cycle_t *cycle,
    ngx_event_handler_pt handler);

/* Gives the connection back. */
void ngx_http_retention_notify_exit(void);

/* Any thread. */
void ngx_http_retention_notify(void);


#endif /* _NGX_HTTP_RETENTION_NOTIFY_H_INCLUDED_ */
