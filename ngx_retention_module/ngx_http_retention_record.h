/* What pixel and redirect have in common: they fail open. */

#ifndef _NGX_HTTP_RETENTION_RECORD_H_INCLUDED_
#define _NGX_HTTP_RETENTION_RECORD_H_INCLUDED_


#include "ngx_http_retention_lane.h"
#include "rtn_event.h"
#include "rtn_token.h"


/*
 * Method, body, token and store of a GET with a token in its path.
 *
 * suffix   of the last segment, not part of the token
 *
 * NGX_OK: *token is good and the store can be used.  NGX_DECLINED: answer
 * without recording; why is counted.  Else what the handler has to return.
 */
ngx_int_t ngx_http_retention_token_request(ngx_http_request_t *r,
    enum rtn_purpose purpose, const char *suffix, struct rtn_token *token);

/* An event without items, zeroed: items are left as they are, for speed. */
void ngx_http_retention_event_init(struct rtn_event *event,
    enum rtn_kind kind, enum rtn_source source);

/* The event of a request with a token, classified. */
void ngx_http_retention_token_event(ngx_http_request_t *r, enum rtn_kind kind,
    enum rtn_source source, const struct rtn_token *token,
    struct rtn_event *event);

/*
 * Adds the event to the log's lane and has done called, at once or when the
 * event is on disk, as retention_ack says.  Returns what the handler has to
 * return.
 */
ngx_int_t ngx_http_retention_record(ngx_http_request_t *r,
    const struct rtn_event *event, ngx_http_retention_done_pt done,
    void *data);

/* Counts an event that is answered and not on disk; rc as done gets it. */
void ngx_http_retention_count_unrecorded(ngx_int_t rc);


#endif /* _NGX_HTTP_RETENTION_RECORD_H_INCLUDED_ */
