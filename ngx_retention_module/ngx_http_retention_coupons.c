/* /coupons/CODE[/ACTION]: asked by the shop, failing closed. */

#include "ngx_http_retention_coupon_json.h"
#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_metrics.h"
#include "ngx_http_retention_reply.h"
#include "rtn_code.h"
#include "rtn_post.h"


typedef struct {
    ngx_str_t               name;
    enum rtn_coupon_action  action;
    unsigned                needs_order:1;
    unsigned                needs_amount:1;     /* a minimum may bind it */
} ngx_http_retention_action_t;


typedef struct {
    const ngx_http_retention_action_t  *action;     /* NULL: a GET */
    uint64_t                            code;       /* 0: not a code */
    unsigned                            is_bare:1;  /* without a key */
} ngx_http_retention_coupon_ctx_t;


static ngx_int_t ngx_http_retention_coupons_body(ngx_http_request_t *r,
    ngx_int_t status, struct rtn_str body);
static ngx_int_t ngx_http_retention_coupons_done(ngx_http_request_t *r,
    void *data, ngx_int_t rc, void *jobs);


static const ngx_http_retention_action_t  ngx_http_retention_actions[] = {
    { ngx_string("validate"), RTN_COUPON_VALIDATE, 0, 0 },
    { ngx_string("reserve"), RTN_COUPON_RESERVE, 1, 1 },
    { ngx_string("redeem"), RTN_COUPON_REDEEM, 1, 1 },
    { ngx_string("release"), RTN_COUPON_RELEASE, 1, 0 },
    { ngx_string("restore"), RTN_COUPON_RESTORE, 1, 0 },
    { ngx_null_string, 0, 0, 0 }
};


/* The last segment of path, which is cut off, without its slash. */
static ngx_str_t
ngx_http_retention_segment_pop(ngx_str_t *path)
{
    u_char     *p, *last;
    ngx_str_t   segment;

    last = path->data + path->len;

    for (p = last; p > path->data && p[-1] != '/'; p--) { /* void */ }

    segment.data = p;
    segment.len = last - p;

    path->len = p - path->data;

    if (path->len != 0) {
        path->len--;
    }

    return segment;
}


/* CODE for a GET, CODE/ACTION for a POST. */
static ngx_int_t
ngx_http_retention_coupons_path(ngx_http_request_t *r,
    ngx_http_retention_coupon_ctx_t *ctx)
{
    ngx_str_t                           path, segment;
    struct rtn_str                      text;
    const ngx_http_retention_action_t  *action;

    path = r->uri;
    segment = ngx_http_retention_segment_pop(&path);

    if (r->method == NGX_HTTP_POST) {

        for (action = ngx_http_retention_actions; action->name.len; action++) {
            if (action->name.len == segment.len
                && ngx_strncmp(action->name.data, segment.data, segment.len)
                   == 0)
            {
                ctx->action = action;
                break;
            }
        }

        if (ctx->action == NULL) {
            return NGX_DECLINED;
        }

        segment = ngx_http_retention_segment_pop(&path);
    }

    text.data = (char *) segment.data;
    text.len = segment.len;

    if (rtn_code_parse(text, &ctx->code) != RTN_OK) {
        ctx->code = 0;
    }

    return NGX_OK;
}


/* 0, or a status to refuse with. */
static ngx_int_t
ngx_http_retention_coupons_authorise(ngx_http_request_t *r,
    ngx_http_retention_coupon_ctx_t *ctx)
{
    ngx_int_t                       rc;
    const struct rtn_apikey        *key;
    ngx_http_retention_loc_conf_t  *rlcf;

    rc = ngx_http_retention_authorise(r, RTN_SCOPE_COUPONS, &key);
    if (rc != NGX_OK) {
        return rc;
    }

    if (key != NULL) {
        return 0;
    }

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_retention_module);

    if (rlcf->is_public && r->method != NGX_HTTP_POST) {
        ctx->is_bare = 1;
        return 0;
    }

    return NGX_HTTP_UNAUTHORIZED;
}


/* An argument of a GET, unescaped, as a body would have it. */
static ngx_int_t
ngx_http_retention_coupons_arg(ngx_http_request_t *r, const char *name,
    json_t *object)
{
    u_char     *src, *dst, *begun;
    json_t     *string;
    ngx_str_t   value;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &value) != NGX_OK) {
        return NGX_OK;
    }

    begun = ngx_pnalloc(r->pool, value.len + 1);
    if (begun == NULL) {
        return NGX_ERROR;
    }

    src = value.data;
    dst = begun;
    ngx_unescape_uri(&dst, &src, value.len, 0);

    string = json_stringn((char *) begun, dst - begun);

    return json_object_set_new(object, name, string) == 0 ? NGX_OK
                                                          : NGX_DECLINED;
}


/* The arguments of a GET are read by the same door as a POST's body. */
static int
ngx_http_retention_coupons_args(ngx_http_request_t *r,
    struct rtn_coupon_post *post, struct rtn_json_fault *fault)
{
    int             rc;
    char           *text;
    json_t         *object;
    ngx_uint_t      i;
    struct rtn_str  body;

    static const char  *names[] = { "order_id", "customer", "amount",
                                    "currency" };

    text = NULL;
    rc = RTN_ERR_JSON;
    (void) ngx_cpystrn((u_char *) fault->message,
                       (u_char *) "arguments are not UTF-8",
                       sizeof(fault->message));

    object = json_object();
    if (object == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (ngx_http_retention_coupons_arg(r, names[i], object) != NGX_OK) {
            goto done;
        }
    }

    text = json_dumps(object, JSON_COMPACT);
    if (text == NULL) {
        rc = RTN_ERR_NOMEM;
        goto done;
    }

    body.data = text;
    body.len = ngx_strlen(text);

    rc = rtn_coupon_post_read(body, post, fault);

done:

    json_decref(object);
    free(text);

    return rc;
}


static ngx_int_t
ngx_http_retention_coupons_refuse(ngx_http_request_t *r, int rc,
    const char *message)
{
    if (rc != RTN_ERR_JSON && rc != RTN_ERR_LIMIT) {
        return ngx_http_retention_reply_err(r, rc);
    }

    ngx_http_retention_count_rejected(r, NGX_HTTP_RETENTION_REJECTED_BODY);

    return ngx_http_retention_reply_error(r, NGX_HTTP_BAD_REQUEST, message);
}


/* Puts the question into the lane. */
static ngx_int_t
ngx_http_retention_coupons_ask(ngx_http_request_t *r,
    ngx_http_retention_coupon_ctx_t *ctx, const struct rtn_coupon_post *post)
{
    struct rtn_str                  customer;
    struct rtn_store               *store;
    struct rtn_coupon_job          *job;
    ngx_http_retention_addition_t   addition;

    store = ngx_http_retention_store_usable();

    ngx_http_retention_add_begin(&addition, NGX_HTTP_RETENTION_LANE_COUPONS);
    job = ngx_http_retention_add_job(&addition);

    if (store == NULL) {
        return ngx_http_retention_reply_unusable(r);
    }

    if (job == NULL) {
        return ngx_http_retention_reply_full(r);
    }

    job->action = ctx->action != NULL ? ctx->action->action
                                      : RTN_COUPON_VALIDATE;
    job->code = ctx->code;
    job->has_amount = post->has_amount;
    job->amount_minor = post->amount_minor;

    ngx_memcpy(job->order_id, post->order_id, sizeof(job->order_id));
    ngx_memcpy(job->currency, post->currency, sizeof(job->currency));

    if (post->customer[0] != '\0') {
        customer.data = post->customer;
        customer.len = ngx_strlen(post->customer);

        job->has_customer = true;
        rtn_customer_hash(store, customer, job->customer_hash);
    }

    return ngx_http_retention_add_wait(&addition, r,
                                       NGX_HTTP_RETENTION_CLOSED_WAIT,
                                       ngx_http_retention_coupons_done, ctx);
}


static ngx_int_t
ngx_http_retention_coupons_get(ngx_http_request_t *r,
    ngx_http_retention_coupon_ctx_t *ctx)
{
    int                     rc;
    ngx_int_t               discarded;
    struct rtn_json_fault   fault;
    struct rtn_coupon_post  post;

    discarded = ngx_http_discard_request_body(r);
    if (discarded != NGX_OK) {
        return discarded;
    }

    ngx_memzero(&post, sizeof(struct rtn_coupon_post));

    if (!ctx->is_bare) {
        rc = ngx_http_retention_coupons_args(r, &post, &fault);

        if (rc != RTN_OK) {
            return ngx_http_retention_coupons_refuse(r, rc, fault.message);
        }
    }

    return ngx_http_retention_coupons_ask(r, ctx, &post);
}


ngx_int_t
ngx_http_retention_coupons_handler(ngx_http_request_t *r)
{
    ngx_int_t                         rc;
    ngx_http_retention_coupon_ctx_t  *ctx;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))) {
        ngx_http_retention_count_rejected(r,
                                          NGX_HTTP_RETENTION_REJECTED_METHOD);
        return ngx_http_retention_reply_error(r, NGX_HTTP_NOT_ALLOWED,
                                              "coupons take GET and POST");
    }

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_retention_coupon_ctx_t));
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_retention_coupons_authorise(r, ctx);

    if (rc != 0) {
        ngx_http_retention_count_rejected(r,
                                   NGX_HTTP_RETENTION_REJECTED_AUTHORISATION);
        return ngx_http_retention_reply_error(r, rc, "not a key for coupons");
    }

    if (ngx_http_retention_coupons_path(r, ctx) != NGX_OK) {
        return ngx_http_retention_reply_error(r, NGX_HTTP_NOT_FOUND,
                                         "POST to CODE/validate, reserve, "
                                         "redeem, release or restore");
    }

    if (r->method != NGX_HTTP_POST) {
        return ngx_http_retention_coupons_get(r, ctx);
    }

    return ngx_http_retention_read_body(r, ngx_http_retention_coupons_body);
}


static ngx_int_t
ngx_http_retention_coupons_body(ngx_http_request_t *r, ngx_int_t status,
    struct rtn_str body)
{
    int                               rc;
    struct rtn_json_fault             fault;
    struct rtn_coupon_post            post;
    ngx_http_retention_coupon_ctx_t  *ctx;

    if (status != 0) {
        ngx_http_retention_count_rejected(r, NGX_HTTP_RETENTION_REJECTED_BODY);
        return ngx_http_retention_reply_error(r, status,
                                              "the body cannot be read");
    }

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_retention_coupon_ctx_t));
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    (void) ngx_http_retention_coupons_path(r, ctx);

    rc = rtn_coupon_post_read(body, &post, &fault);

    if (rc != RTN_OK) {
        return ngx_http_retention_coupons_refuse(r, rc, fault.message);
    }

    if (ctx->action->needs_order && post.order_id[0] == '\0') {
        return ngx_http_retention_coupons_refuse(r, RTN_ERR_JSON,
                                                 "order_id is missing");
    }

    if (ctx->action->needs_amount && !post.has_amount) {
        return ngx_http_retention_coupons_refuse(r, RTN_ERR_JSON,
                                                 "amount is missing");
    }

    return ngx_http_retention_coupons_ask(r, ctx, &post);
}


/* A question is answered with 200; an action that was refused with 409. */
static ngx_int_t
ngx_http_retention_coupons_done(ngx_http_request_t *r, void *data,
    ngx_int_t rc, void *jobs)
{
    ngx_http_retention_coupon_ctx_t *ctx = data;

    json_t                 *object;
    ngx_uint_t              status;
    struct rtn_coupon_job  *job = jobs;

    if (rc != NGX_OK) {
        return ngx_http_retention_reply_err(r, rc == NGX_AGAIN ? RTN_ERR_IO
                                                               : (int) rc);
    }

    if (job->rc != RTN_OK) {
        return ngx_http_retention_reply_err(r, job->rc);
    }

    ngx_http_retention_count_coupon(job->reason);

    status = (job->action == RTN_COUPON_VALIDATE
              || job->reason == RTN_COUPON_OK)
             ? NGX_HTTP_OK : NGX_HTTP_CONFLICT;

    object = ngx_http_retention_coupon_json(job, ctx->is_bare);
    rc = ngx_http_retention_reply_json(r, status, object);
    json_decref(object);

    return rc;
}
