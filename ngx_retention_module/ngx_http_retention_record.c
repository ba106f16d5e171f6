/* Recording what a token's request did, failing open. */

#include "ngx_http_retention_record.h"
#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_reply.h"


ngx_int_t
ngx_http_retention_token_request(ngx_http_request_t *r,
    enum rtn_purpose purpose, const char *suffix, struct rtn_token *token)
{
    ngx_int_t  rc;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_retention_reply_method(r);
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_retention_store_usable() == NULL
        && !ngx_http_retention_is_unmerged(r))
    {
        ngx_http_retention_count_lost(NGX_HTTP_RETENTION_LOST_STORE, 1);
        return NGX_DECLINED;
    }

    return ngx_http_retention_token_open(r, purpose, suffix, token);
}


void
ngx_http_retention_event_init(struct rtn_event *event, enum rtn_kind kind,
    enum rtn_source source)
{
    ngx_memzero(event, offsetof(struct rtn_event, items));

    event->kind = kind;
    event->source = source;
}


void
ngx_http_retention_token_event(ngx_http_request_t *r, enum rtn_kind kind,
    enum rtn_source source, const struct rtn_token *token,
    struct rtn_event *event)
{
    struct rtn_verdict      verdict;
    struct rtn_fingerprint  fingerprint;

    ngx_http_retention_event_init(event, kind, source);
    ngx_http_retention_fingerprint(r, kind, &fingerprint);

    fingerprint.is_trap = (token->link == RTN_LINK_TRAP);

    verdict = rtn_classify(&fingerprint);

    event->class = verdict.class;
    event->reasons = verdict.reasons;
    event->campaign = token->campaign;
    event->message = token->message;
    event->link = token->link;
    event->customer = token->recipient;
}


ngx_int_t
ngx_http_retention_record(ngx_http_request_t *r,
    const struct rtn_event *event, ngx_http_retention_done_pt done,
    void *data)
{
    ngx_http_retention_addition_t   addition;
    ngx_http_retention_loc_conf_t  *rlcf;

    ngx_http_retention_add_begin(&addition, NGX_HTTP_RETENTION_LANE_EVENTS);

    if (ngx_http_retention_add_event(&addition, event) != NGX_OK) {
        ngx_http_retention_count_lost(NGX_HTTP_RETENTION_LOST_QUEUE, 1);
        return done(r, data, NGX_OK, NULL);
    }

    ngx_http_retention_count_events(event->kind, event->class, 1);

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_retention_module);

    if (rlcf->ack == NGX_HTTP_RETENTION_ACK_QUEUED) {
        ngx_http_retention_add_submit(&addition);
        return done(r, data, NGX_OK, NULL);
    }

    return ngx_http_retention_add_wait(&addition, r,
                                       NGX_HTTP_RETENTION_OPEN_WAIT, done,
                                       data);
}


void
ngx_http_retention_count_unrecorded(ngx_int_t rc)
{
    if (rc == NGX_AGAIN) {
        ngx_http_retention_count_lost(NGX_HTTP_RETENTION_LOST_DEADLINE, 1);

    } else if (rc != NGX_OK) {
        ngx_http_retention_count_lost(NGX_HTTP_RETENTION_LOST_COMMIT, 1);
    }
}
