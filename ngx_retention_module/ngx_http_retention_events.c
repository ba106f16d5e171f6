/* POST /e: events from servers and browsers, failing closed. */

#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_posted.h"
#include "ngx_http_retention_reply.h"


/* What a post is made of while it is worked on; of the request's pool. */
typedef struct {
    struct rtn_post                    *post;
    const struct rtn_apikey            *key;        /* NULL: a browser */
    ngx_flag_t                          is_partial;
    json_t                             *verdicts;   /* with partial: one for
                                                       each event */
    ngx_http_retention_posted_names_t   names;
    ngx_uint_t                          counts[RTN_KIND_COUNT]
                                              [RTN_CLASS_COUNT];
} ngx_http_retention_post_t;


static ngx_int_t ngx_http_retention_events_body(ngx_http_request_t *r,
    ngx_int_t status, struct rtn_str body);
static ngx_int_t ngx_http_retention_events_done(ngx_http_request_t *r,
    void *data, ngx_int_t rc, void *jobs);


static ngx_int_t
ngx_http_retention_events_cors(ngx_http_request_t *r, ngx_str_t *origin)
{
    static u_char  vary[] = "Origin";

    if (ngx_http_retention_reply_header(r, "Vary", vary, sizeof(vary) - 1)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (origin == NULL) {
        return NGX_OK;
    }

    return ngx_http_retention_reply_header(r, "Access-Control-Allow-Origin",
                                           origin->data, origin->len);
}


/* NGX_OK: none, or one of the list. */
static ngx_int_t
ngx_http_retention_events_origin(ngx_http_request_t *r, ngx_str_t *origin)
{
    ngx_str_t                      *allowed;
    ngx_uint_t                      i;
    ngx_http_retention_loc_conf_t  *rlcf;

    if (origin == NULL) {
        return NGX_OK;
    }

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_retention_module);

    if (rlcf->origins == NULL) {
        return NGX_DECLINED;
    }

    allowed = rlcf->origins->elts;

    for (i = 0; i < rlcf->origins->nelts; i++) {
        if (allowed[i].len == origin->len
            && ngx_strncmp(allowed[i].data, origin->data, origin->len) == 0)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_retention_events_preflight(ngx_http_request_t *r)
{
    static u_char  methods[] = "POST";
    static u_char  headers[] = "Content-Type, Content-Encoding";

    if (ngx_http_retention_reply_header(r, "Access-Control-Allow-Methods",
                                        methods, sizeof(methods) - 1)
        != NGX_OK
        || ngx_http_retention_reply_header(r, "Access-Control-Allow-Headers",
                                           headers, sizeof(headers) - 1)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_retention_reply(r, NGX_HTTP_NO_CONTENT, NULL, NULL, 0);
}


ngx_int_t
ngx_http_retention_events_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    ngx_str_t                *origin;
    const struct rtn_apikey  *key;

    static const ngx_str_t  name = ngx_string("origin");

    origin = ngx_http_retention_header_in(r, &name);

    if (ngx_http_retention_events_origin(r, origin) != NGX_OK) {
        ngx_http_retention_count_rejected(r,
                                          NGX_HTTP_RETENTION_REJECTED_ORIGIN);
        return ngx_http_retention_reply_error(r, NGX_HTTP_FORBIDDEN,
                                              "origin is not allowed");
    }

    if (ngx_http_retention_events_cors(r, origin) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        return ngx_http_retention_events_preflight(r);
    }

    if (r->method != NGX_HTTP_POST) {
        ngx_http_retention_count_rejected(r,
                                          NGX_HTTP_RETENTION_REJECTED_METHOD);
        return ngx_http_retention_reply_error(r, NGX_HTTP_NOT_ALLOWED,
                                              "events are posted");
    }

    rc = ngx_http_retention_authorise(r, RTN_SCOPE_EVENTS, &key);

    if (rc != NGX_OK) {
        ngx_http_retention_count_rejected(r,
                                   NGX_HTTP_RETENTION_REJECTED_AUTHORISATION);
        return ngx_http_retention_reply_error(r, rc, "not a key for events");
    }

    return ngx_http_retention_read_body(r, ngx_http_retention_events_body);
}


/* One event, complete and in the batch; or its fault. */
static int
ngx_http_retention_post_event(ngx_http_request_t *r,
    ngx_http_retention_post_t *ctx, ngx_uint_t index,
    ngx_http_retention_addition_t *addition, struct rtn_json_fault *fault)
{
    int                             rc;
    struct rtn_event                event;
    const struct rtn_json_fault    *why;
    const struct rtn_posted_event  *posted;

    posted = rtn_post_event(ctx->post, index, &why);

    if (posted == NULL) {
        *fault = *why;
        return RTN_ERR_JSON;
    }

    rc = ngx_http_retention_posted_resolve(r, posted, ctx->key, index,
                                           &ctx->names, &event, fault);
    if (rc != RTN_OK) {
        return rc;
    }

    if (ngx_http_retention_add_event(addition, &event) != NGX_OK) {
        return RTN_ERR_SPACE;
    }

    ctx->counts[event.kind][event.class]++;

    return RTN_OK;
}


static int
ngx_http_retention_post_verdict(ngx_http_retention_post_t *ctx,
    ngx_uint_t index, const struct rtn_json_fault *fault)
{
    json_t  *verdict;

    verdict = (fault == NULL)
              ? json_pack("{s:I, s:b}", "index", (json_int_t) index, "recorded",
                          1)
              : json_pack("{s:I, s:b, s:s}", "index", (json_int_t) index,
                          "recorded", 0, "error", fault->message);

    return json_array_append_new(ctx->verdicts, verdict) == 0 ? RTN_OK
                                                              : RTN_ERR_NOMEM;
}


/* All events of a post; without partial the first fault refuses it. */
static int
ngx_http_retention_post_events(ngx_http_request_t *r,
    ngx_http_retention_post_t *ctx, ngx_http_retention_addition_t *addition,
    struct rtn_json_fault *fault)
{
    int         rc;
    ngx_uint_t  i;

    for (i = 0; i < rtn_post_count(ctx->post); i++) {
        rc = ngx_http_retention_post_event(r, ctx, i, addition, fault);

        if (rc == RTN_ERR_JSON && ctx->is_partial) {
            rc = ngx_http_retention_post_verdict(ctx, i, fault);

        } else if (rc == RTN_OK && ctx->is_partial) {
            rc = ngx_http_retention_post_verdict(ctx, i, NULL);
        }

        if (rc != RTN_OK) {
            return rc;
        }
    }

    return RTN_OK;
}


static void
ngx_http_retention_post_cleanup(void *data)
{
    ngx_http_retention_post_t *ctx = data;

    rtn_post_free(ctx->post);
    json_decref(ctx->verdicts);
}


static ngx_http_retention_post_t *
ngx_http_retention_post_create(ngx_http_request_t *r)
{
    ngx_str_t                   value;
    ngx_pool_cleanup_t         *cln;
    ngx_http_retention_post_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_retention_post_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_retention_post_t));
    cln->handler = ngx_http_retention_post_cleanup;

    ctx->is_partial = ngx_http_arg(r, (u_char *) "partial", 7, &value)
                      == NGX_OK
                      && value.len == 1 && value.data[0] == '1';

    ctx->verdicts = json_array();

    return ctx->verdicts != NULL ? ctx : NULL;
}


static ngx_int_t
ngx_http_retention_events_refuse(ngx_http_request_t *r, int rc,
    const struct rtn_json_fault *fault)
{
    if (rc == RTN_ERR_SPACE) {
        return ngx_http_retention_reply_full(r);
    }

    if (rc != RTN_ERR_JSON && rc != RTN_ERR_LIMIT) {
        return ngx_http_retention_reply_err(r, rc);
    }

    ngx_http_retention_count_rejected(r, NGX_HTTP_RETENTION_REJECTED_BODY);

    return ngx_http_retention_reply_error(r, NGX_HTTP_BAD_REQUEST,
                                          fault->message);
}


/* Once it is sure that the post is not refused. */
static void
ngx_http_retention_post_count(ngx_http_retention_post_t *ctx)
{
    ngx_uint_t  kind, class;

    for (kind = 0; kind < RTN_KIND_COUNT; kind++) {
        for (class = 0; class < RTN_CLASS_COUNT; class++) {
            if (ctx->counts[kind][class] != 0) {
                ngx_http_retention_count_events(kind, class,
                                                ctx->counts[kind][class]);
            }
        }
    }
}


static ngx_int_t
ngx_http_retention_events_body(ngx_http_request_t *r, ngx_int_t status,
    struct rtn_str body)
{
    int                             rc;
    struct rtn_json_fault           fault;
    ngx_http_retention_post_t      *ctx;
    ngx_http_retention_addition_t   addition;

    if (status != 0) {
        ngx_http_retention_count_rejected(r, NGX_HTTP_RETENTION_REJECTED_BODY);
        return ngx_http_retention_reply_error(r, status,
                                              "the body cannot be read");
    }

    if (ngx_http_retention_store_usable() == NULL) {
        return ngx_http_retention_reply_unusable(r);
    }

    ctx = ngx_http_retention_post_create(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    (void) ngx_http_retention_authorise(r, RTN_SCOPE_EVENTS, &ctx->key);

    rc = rtn_post_read(body, ctx->key != NULL ? RTN_SENDER_SERVER
                                              : RTN_SENDER_BROWSER,
                       ctx->is_partial, &ctx->post, &fault);

    if (rc == RTN_OK) {
        ngx_http_retention_add_begin(&addition,
                                     NGX_HTTP_RETENTION_LANE_EVENTS);

        rc = ngx_http_retention_post_events(r, ctx, &addition, &fault);
    }

    /* its events are in the batch; megabytes need not wait for the disk */

    rtn_post_free(ctx->post);
    ctx->post = NULL;

    if (rc != RTN_OK) {
        return ngx_http_retention_events_refuse(r, rc, &fault);
    }

    if (addition.jobs == 0) {
        return ngx_http_retention_events_done(r, ctx, NGX_OK, NULL);
    }

    ngx_http_retention_post_count(ctx);

    return ngx_http_retention_add_wait(&addition, r,
                                       NGX_HTTP_RETENTION_CLOSED_WAIT,
                                       ngx_http_retention_events_done, ctx);
}


static ngx_int_t
ngx_http_retention_events_done(ngx_http_request_t *r, void *data,
    ngx_int_t rc, void *jobs)
{
    ngx_http_retention_post_t *ctx = data;

    if (rc != NGX_OK) {
        return ngx_http_retention_reply_err(r, rc == NGX_AGAIN ? RTN_ERR_IO
                                                               : (int) rc);
    }

    if (ctx->is_partial) {
        return ngx_http_retention_reply_json(r, NGX_HTTP_OK, ctx->verdicts);
    }

    return ngx_http_retention_reply(r, NGX_HTTP_NO_CONTENT, NULL, NULL, 0);
}
