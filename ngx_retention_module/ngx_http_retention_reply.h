/*
 * Answers.  Each function counts the request by its status, sends headers and
 * body, and returns what a content handler returns.
 */

#ifndef _NGX_HTTP_RETENTION_REPLY_H_INCLUDED_
#define _NGX_HTTP_RETENTION_REPLY_H_INCLUDED_


#include "ngx_http_retention_module.h"

#include <jansson.h>


/* A body of known type; len 0 sends none.  The bytes must outlive the
   request: static, or of its pool. */
ngx_int_t ngx_http_retention_reply(ngx_http_request_t *r, ngx_uint_t status,
    const char *type, u_char *body, size_t len);

/* A JSON value, which stays the caller's; NULL: memory was short. */
ngx_int_t ngx_http_retention_reply_json(ngx_http_request_t *r,
    ngx_uint_t status, const json_t *value);

/* {"error": message}, which is escaped here. */
ngx_int_t ngx_http_retention_reply_error(ngx_http_request_t *r,
    ngx_uint_t status, const char *message);

/* The one place that turns RTN_ERR_* into a status: 503 with Retry-After for
   a store that cannot be used now, 400, 404 or 500. */
ngx_int_t ngx_http_retention_reply_err(ngx_http_request_t *r, int err);

/* 405, counted; nginx's own page, or the error_page. */
ngx_int_t ngx_http_retention_reply_method(ngx_http_request_t *r);

/* 503 while the store cannot be used, whatever the reason: the log has it. */
ngx_int_t ngx_http_retention_reply_unusable(ngx_http_request_t *r);

/* 503 for what finds its batch full. */
ngx_int_t ngx_http_retention_reply_full(ngx_http_request_t *r);

/* An extra header; name and value must outlive the request. */
ngx_int_t ngx_http_retention_reply_header(ngx_http_request_t *r,
    const char *name, u_char *value, size_t len);


#endif /* _NGX_HTTP_RETENTION_REPLY_H_INCLUDED_ */
