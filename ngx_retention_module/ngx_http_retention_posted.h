/* From what a post says to what is recorded: names become numbers. */

#ifndef _NGX_HTTP_RETENTION_POSTED_H_INCLUDED_
#define _NGX_HTTP_RETENTION_POSTED_H_INCLUDED_


#include "ngx_http_retention_module.h"
#include "rtn_event.h"
#include "rtn_post.h"


/*
 * Fills in who the event is of, by its token or by the customer that the
 * server names, its campaign and link, its class, and the hash of its
 * event_id.
 *
 * key     of the server; NULL: a browser
 * index   of the event in its body, for the fault
 * event   its strings are those of posted
 *
 * RTN_ERR_JSON: fault says what is not known.  Else an error of the store.
 */
int ngx_http_retention_posted_resolve(ngx_http_request_t *r,
    const struct rtn_posted_event *posted, const struct rtn_apikey *key,
    ngx_uint_t index, struct rtn_event *event, struct rtn_json_fault *fault);


#endif /* _NGX_HTTP_RETENTION_POSTED_H_INCLUDED_ */
