/*
 * /u/TOKEN: RFC 8058.  The GET shows a button and changes nothing, since
 * scanners follow links; the POST takes effect at once.
 */

#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_reply.h"
#include "rtn_campaign.h"


#define NGX_HTTP_RETENTION_PAGE(title, content)                               \
    "<!DOCTYPE html>\n"                                                       \
    "<html lang=\"en\">\n"                                                    \
    "<head>\n"                                                                \
    "<meta charset=\"utf-8\">\n"                                              \
    "<meta name=\"viewport\" content=\"width=device-width\">\n"               \
    "<meta name=\"robots\" content=\"noindex\">\n"                            \
    "<title>" title "</title>\n"                                              \
    "<style>body{font:1.1em/1.5 sans-serif;max-width:30em;margin:4em auto;"   \
    "padding:0 1em}button{font:inherit;padding:.5em 1em}</style>\n"           \
    "</head>\n"                                                               \
    "<body>\n"                                                                \
    "<h1>" title "</h1>\n"                                                    \
    content "\n"                                                              \
    "</body>\n"                                                               \
    "</html>\n"


typedef struct {
    ngx_uint_t   status;
    ngx_str_t    body;
} ngx_http_retention_page_t;


static ngx_int_t ngx_http_retention_unsubscribe_done(ngx_http_request_t *r,
    void *data, ngx_int_t rc, void *jobs);


static ngx_http_retention_page_t  ngx_http_retention_page_ask = {
    NGX_HTTP_OK,
    ngx_string(NGX_HTTP_RETENTION_PAGE("Unsubscribe",
        "<p>You will get no more of these e-mails.</p>\n"
        "<form method=\"post\">"
        "<button type=\"submit\">Unsubscribe</button></form>"))
};

static ngx_http_retention_page_t  ngx_http_retention_page_done = {
    NGX_HTTP_OK,
    ngx_string(NGX_HTTP_RETENTION_PAGE("You are unsubscribed",
        "<p>You will get no more of these e-mails.</p>"))
};

static ngx_http_retention_page_t  ngx_http_retention_page_unknown = {
    NGX_HTTP_NOT_FOUND,
    ngx_string(NGX_HTTP_RETENTION_PAGE("This link does not work",
        "<p>It may have been cut. Please open the link in the e-mail "
        "again, or answer the e-mail.</p>"))
};

static ngx_http_retention_page_t  ngx_http_retention_page_later = {
    NGX_HTTP_SERVICE_UNAVAILABLE,
    ngx_string(NGX_HTTP_RETENTION_PAGE("Please try again",
        "<p>Your request could not be stored just now. Please try again "
        "in a minute.</p>"))
};


static ngx_int_t
ngx_http_retention_page_reply(ngx_http_request_t *r,
    ngx_http_retention_page_t *page)
{
    static u_char  policy[] = "default-src 'none'; "
                              "style-src 'unsafe-inline'; form-action 'self'";
    static u_char  cache[] = "private, no-store";
    static u_char  referrer[] = "no-referrer";
    static u_char  retry_after[] = NGX_HTTP_RETENTION_RETRY_AFTER;

    if (ngx_http_retention_reply_header(r, "Content-Security-Policy", policy,
                                        sizeof(policy) - 1) != NGX_OK
        || ngx_http_retention_reply_header(r, "Cache-Control", cache,
                                           sizeof(cache) - 1) != NGX_OK
        || ngx_http_retention_reply_header(r, "Referrer-Policy", referrer,
                                           sizeof(referrer) - 1) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (page->status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_retention_reply_header(r, "Retry-After", retry_after,
                                           sizeof(retry_after) - 1)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_retention_reply(r, page->status,
                                    "text/html; charset=utf-8",
                                    page->body.data, page->body.len);
}


static ngx_int_t
ngx_http_retention_unsubscribe(ngx_http_request_t *r,
    const struct rtn_token *token)
{
    struct rtn_suppression         *job;
    ngx_http_retention_addition_t   addition;

    ngx_http_retention_add_begin(&addition,
                                 NGX_HTTP_RETENTION_LANE_SUPPRESSIONS);

    job = ngx_http_retention_add_job(&addition);

    if (job == NULL) {
        return ngx_http_retention_page_reply(r,
                                             &ngx_http_retention_page_later);
    }

    job->customer = token->recipient;
    job->campaign = token->campaign;
    job->message = token->message;
    job->at_ms = ngx_http_retention_now_ms();

    return ngx_http_retention_add_wait(&addition, r,
                                       NGX_HTTP_RETENTION_CLOSED_WAIT,
                                       ngx_http_retention_unsubscribe_done,
                                       NULL);
}


ngx_int_t
ngx_http_retention_unsubscribe_handler(ngx_http_request_t *r)
{
    ngx_int_t         rc;
    struct rtn_token  token;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))) {
        return ngx_http_retention_reply_method(r);
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_retention_store_usable() == NULL) {
        return ngx_http_retention_page_reply(r,
                                             &ngx_http_retention_page_later);
    }

    if (ngx_http_retention_token_open(r, RTN_PURPOSE_UNSUBSCRIBE, "", &token)
        != NGX_OK)
    {
        return ngx_http_retention_page_reply(r,
                                           &ngx_http_retention_page_unknown);
    }

    if (r->method != NGX_HTTP_POST) {
        return ngx_http_retention_page_reply(r, &ngx_http_retention_page_ask);
    }

    return ngx_http_retention_unsubscribe(r, &token);
}


static ngx_int_t
ngx_http_retention_unsubscribe_done(ngx_http_request_t *r, void *data,
    ngx_int_t rc, void *jobs)
{
    if (rc != NGX_OK) {
        return ngx_http_retention_page_reply(r,
                                             &ngx_http_retention_page_later);
    }

    ngx_http_retention_count_events(RTN_KIND_UNSUBSCRIBE, RTN_CLASS_HUMAN, 1);

    return ngx_http_retention_page_reply(r, &ngx_http_retention_page_done);
}
