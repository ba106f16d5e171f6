/* From what a post says to what is recorded: names become numbers. */

#ifndef _NGX_HTTP_RETENTION_POSTED_H_INCLUDED_
#define _NGX_HTTP_RETENTION_POSTED_H_INCLUDED_


#include "ngx_http_retention_module.h"
#include "rtn_event.h"
#include "rtn_post.h"


/*
 * The campaign and the link that events of a post named last, since all of
 * them tend to name the same.  Zeroed at first; the strings are those of the
 * post, and live as long as it does.
 */
typedef struct {
    struct rtn_str  slug;               /* empty: none yet */
    uint32_t        number;

    struct rtn_str  link_name;          /* empty: none yet */
    uint32_t        link_campaign;
    uint8_t         link;
} ngx_http_retention_posted_names_t;


/*
 * Fills in who the event is of, by its token or by the customer that the
 * server names, its campaign and link, its class, and the hash of its
 * event_id.
 *
 * key     of the server; NULL: a browser
 * index   of the event in its body, for the fault
 * names   of the post
 * event   its strings are those of posted
 *
 * RTN_ERR_JSON: fault says what is not known.  Else an error of the store.
 */
int ngx_http_retention_posted_resolve(ngx_http_request_t *r,
    const struct rtn_posted_event *posted, const struct rtn_apikey *key,
    ngx_uint_t index, ngx_http_retention_posted_names_t *names,
    struct rtn_event *event, struct rtn_json_fault *fault);


#endif /* _NGX_HTTP_RETENTION_POSTED_H_INCLUDED_ */
