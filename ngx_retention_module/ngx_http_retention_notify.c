/* A thread's notification of the event loop. */

#include "ngx_http_retention_notify.h"

#include <sys/eventfd.h>


static void ngx_http_retention_notify_handler(ngx_event_t *rev);


static ngx_connection_t      *ngx_http_retention_notify_connection;
static ngx_event_handler_pt   ngx_http_retention_notified;


ngx_int_t
ngx_http_retention_notify_init(ngx_cycle_t *cycle,
    ngx_event_handler_pt handler)
{
    int                fd;
    ngx_connection_t  *c;

    fd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);

    if (fd == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno,
                      "eventfd() failed");
        return NGX_ERROR;
    }

    c = ngx_get_connection(fd, cycle->log);

    if (c == NULL) {
        (void) close(fd);
        return NGX_ERROR;
    }

    c->log = cycle->log;
    c->read->log = cycle->log;
    c->write->log = cycle->log;
    c->read->handler = ngx_http_retention_notify_handler;

    /* no client: a worker that ends need not wait for it */

    c->read->channel = 1;
    c->write->channel = 1;

    ngx_http_retention_notify_connection = c;
    ngx_http_retention_notified = handler;

    if (ngx_handle_read_event(c->read, 0) != NGX_OK) {
        ngx_http_retention_notify_exit();
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_retention_notify_exit(void)
{
    if (ngx_http_retention_notify_connection != NULL) {
        ngx_close_connection(ngx_http_retention_notify_connection);
        ngx_http_retention_notify_connection = NULL;
    }
}


void
ngx_http_retention_notify(void)
{
    /* a full counter is a notification that has not been read yet */

    (void) eventfd_write(ngx_http_retention_notify_connection->fd, 1);
}


static void
ngx_http_retention_notify_handler(ngx_event_t *rev)
{
    eventfd_t          count;
    ngx_connection_t  *c;

    c = rev->data;

    (void) eventfd_read(c->fd, &count);

    ngx_http_retention_notified(rev);
}
