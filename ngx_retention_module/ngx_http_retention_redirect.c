/* GET /r/TOKEN: to where the campaign says, never to where the request says. */

#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_record.h"
#include "ngx_http_retention_reply.h"
#include "rtn_campaign.h"
#include "rtn_code.h"
#include "rtn_target.h"


static ngx_int_t ngx_http_retention_redirect_done(ngx_http_request_t *r,
    void *data, ngx_int_t rc, void *jobs);


static ngx_int_t
ngx_http_retention_redirect_reply(ngx_http_request_t *r, ngx_str_t *location)
{
    ngx_uint_t  i;

    static const struct {
        const char  *name;
        ngx_str_t    value;
    } headers[] = {
        { "Cache-Control", ngx_string("private, no-store") },
        { "Referrer-Policy", ngx_string("no-referrer") },
        { "X-Robots-Tag", ngx_string("noindex") }
    };

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (ngx_http_retention_reply_header(r, headers[i].name,
                                            headers[i].value.data,
                                            headers[i].value.len)
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    ngx_http_clear_location(r);

    if (ngx_http_retention_reply_header(r, "Location", location->data,
                                        location->len)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_retention_reply(r, NGX_HTTP_MOVED_TEMPORARILY, NULL, NULL,
                                    0);
}


static ngx_int_t
ngx_http_retention_redirect_fallback(ngx_http_request_t *r)
{
    ngx_http_retention_loc_conf_t  *rlcf;

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_retention_module);

    return ngx_http_retention_redirect_reply(r, &rlcf->fallback);
}


static void
ngx_http_retention_redirect_parameters(const struct rtn_redirect *redirect,
    const char *code, const char *visit,
    struct rtn_str parameters[RTN_PARAMETER_COUNT])
{
    ngx_uint_t  i;

    parameters[RTN_PARAMETER_CAMPAIGN].data = redirect->campaign;
    parameters[RTN_PARAMETER_MESSAGE].data = redirect->message;
    parameters[RTN_PARAMETER_ARM].data = redirect->arm;
    parameters[RTN_PARAMETER_TIER].data = redirect->tier;
    parameters[RTN_PARAMETER_COUPON].data = code;
    parameters[RTN_PARAMETER_VISIT].data = visit;

    for (i = 0; i < RTN_PARAMETER_COUNT; i++) {
        parameters[i].len = ngx_strlen(parameters[i].data);
    }
}


/* With the request's arguments; those that are too long or broken must not
   cost the shop a visitor. */
static int
ngx_http_retention_redirect_expand(ngx_http_request_t *r,
    const struct rtn_link *link, const struct rtn_str *parameters, char *text,
    size_t *len)
{
    int             rc;
    struct rtn_str  url, args;

    url.data = link->url;
    url.len = ngx_strlen(link->url);
    args.data = (char *) r->args.data;
    args.len = r->args.len;

    rc = rtn_target_expand(url, parameters, args, text, RTN_LOCATION_MAX, len);

    if (rc == RTN_ERR_SPACE || rc == RTN_ERR_URL) {
        args.len = 0;
        rc = rtn_target_expand(url, parameters, args, text, RTN_LOCATION_MAX,
                               len);
    }

    return rc;
}


/* The target with everything filled in, in the request's memory. */
static int
ngx_http_retention_redirect_location(ngx_http_request_t *r,
    const struct rtn_token *token, const struct rtn_redirect *redirect,
    ngx_str_t *location)
{
    int               rc;
    char              visit[RTN_TOKEN_LEN_MAX + 1];
    char              code[RTN_CODE_TEXT_LEN + 1];
    char              text[RTN_LOCATION_MAX];
    size_t            len;
    struct rtn_str    parameters[RTN_PARAMETER_COUNT];
    struct rtn_token  visitor;

    visitor = *token;
    visitor.purpose = RTN_PURPOSE_VISIT;
    visitor.issued_ms = ngx_http_retention_now_ms();

    rc = rtn_token_seal(&ngx_http_retention_worker.ring, &visitor, visit);
    if (rc != RTN_OK) {
        return rc;
    }

    code[0] = '\0';

    if (redirect->code != 0) {
        rtn_code_format(redirect->code, code);
    }

    ngx_http_retention_redirect_parameters(redirect, code, visit, parameters);

    rc = ngx_http_retention_redirect_expand(r, &redirect->link, parameters,
                                            text, &len);
    if (rc != RTN_OK) {
        return rc;
    }

    location->data = ngx_pnalloc(r->pool, len);
    if (location->data == NULL) {
        return RTN_ERR_NOMEM;
    }

    ngx_memcpy(location->data, text, len);
    location->len = len;

    return RTN_OK;
}


/* The honeypot has no target of its own: no person ever sees it. */
static int
ngx_http_retention_redirect_resolve(ngx_http_request_t *r,
    const struct rtn_token *token, struct rtn_event *event,
    ngx_str_t *location)
{
    int                             rc;
    struct rtn_redirect             redirect;
    ngx_http_retention_loc_conf_t  *rlcf;

    if (token->link == RTN_LINK_TRAP) {
        rlcf = ngx_http_get_module_loc_conf(r, ngx_http_retention_module);
        *location = rlcf->fallback;
        return RTN_OK;
    }

    rc = rtn_redirect_get(ngx_http_retention_store_usable(), token, &redirect);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = ngx_http_retention_redirect_location(r, token, &redirect, location);
    if (rc != RTN_OK) {
        return rc;
    }

    event->survey.len = ngx_strlen(redirect.link.survey);
    event->survey.data = (char *) ngx_pnalloc(r->pool, event->survey.len + 1);

    if (event->survey.data == NULL) {
        return RTN_ERR_NOMEM;
    }

    ngx_memcpy((char *) event->survey.data, redirect.link.survey,
               event->survey.len);

    return RTN_OK;
}


ngx_int_t
ngx_http_retention_redirect_handler(ngx_http_request_t *r)
{
    int               err;
    ngx_int_t         rc;
    ngx_str_t        *location;
    struct rtn_event  event;
    struct rtn_token  token;

    rc = ngx_http_retention_token_request(r, RTN_PURPOSE_LINK, "", &token);

    if (rc == NGX_DECLINED) {
        return ngx_http_retention_redirect_fallback(r);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    location = ngx_palloc(r->pool, sizeof(ngx_str_t));
    if (location == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_retention_token_event(r, RTN_KIND_CLICK, RTN_SOURCE_REDIRECT,
                                   &token, &event);

    err = ngx_http_retention_redirect_resolve(r, &token, &event, location);

    if (err == RTN_ERR_NOT_FOUND) {
        ngx_http_retention_count_rejected_err(r, err);
        return ngx_http_retention_redirect_fallback(r);
    }

    if (err != RTN_OK) {
        ngx_http_retention_count_lost(NGX_HTTP_RETENTION_LOST_STORE, 1);
        return ngx_http_retention_redirect_fallback(r);
    }

    return ngx_http_retention_record(r, &event,
                                     ngx_http_retention_redirect_done,
                                     location);
}


static ngx_int_t
ngx_http_retention_redirect_done(ngx_http_request_t *r, void *data,
    ngx_int_t rc, void *jobs)
{
    ngx_http_retention_count_unrecorded(rc);

    return ngx_http_retention_redirect_reply(r, data);
}
