/* Answers, and the one place that turns an error into a status. */

#include "ngx_http_retention_reply.h"
#include "ngx_http_retention_metrics.h"


typedef struct {
    int         err;
    ngx_uint_t  status;
} ngx_http_retention_status_of_err_t;


/* what is not here is 500 */
static const ngx_http_retention_status_of_err_t
    ngx_http_retention_statuses[] =
{
    { RTN_ERR_JSON, NGX_HTTP_BAD_REQUEST },
    { RTN_ERR_NOT_FOUND, NGX_HTTP_NOT_FOUND },
    { RTN_ERR_TOKEN_FORM, NGX_HTTP_NOT_FOUND },
    { RTN_ERR_TOKEN_VERSION, NGX_HTTP_NOT_FOUND },
    { RTN_ERR_TOKEN_PURPOSE, NGX_HTTP_NOT_FOUND },
    { RTN_ERR_TOKEN_KEY, NGX_HTTP_NOT_FOUND },
    { RTN_ERR_TOKEN_MAC, NGX_HTTP_NOT_FOUND },
    { RTN_ERR_TOKEN_EXPIRED, NGX_HTTP_NOT_FOUND },
    { RTN_ERR_ABSENT, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_PERMISSION, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_DISK_FULL, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_MAP_FULL, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_READERS_FULL, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_IO, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_CORRUPT, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_DAMAGED, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_NEWER, NGX_HTTP_SERVICE_UNAVAILABLE },
    { RTN_ERR_NOMEM, NGX_HTTP_SERVICE_UNAVAILABLE },

    /* of the store: what is posted is checked where it is read */
    { RTN_ERR_LIMIT, NGX_HTTP_SERVICE_UNAVAILABLE },

    { 0, 0 }
};


ngx_int_t
ngx_http_retention_reply_header(ngx_http_request_t *r, const char *name,
    u_char *value, size_t len)
{
    ngx_table_elt_t  *header;

    header = ngx_list_push(&r->headers_out.headers);
    if (header == NULL) {
        return NGX_ERROR;
    }

    header->hash = 1;
    header->key.data = (u_char *) name;
    header->key.len = ngx_strlen(name);
    header->value.data = value;
    header->value.len = len;

    return NGX_OK;
}


ngx_int_t
ngx_http_retention_reply(ngx_http_request_t *r, ngx_uint_t status,
    const char *type, u_char *body, size_t len)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    ngx_http_retention_count_request(r, status);

    /* a body that nobody read must not be taken for the next request */

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    r->headers_out.status = status;
    r->headers_out.content_length_n = len;

    if (type != NULL) {
        r->headers_out.content_type.data = (u_char *) type;
        r->headers_out.content_type.len = ngx_strlen(type);

        /* what gzip_types and their like compare has no parameters */

        r->headers_out.content_type_len = strcspn(type, ";");
    }

    if (len == 0) {
        r->header_only = 1;
    }

    if (status == NGX_HTTP_NO_CONTENT) {
        r->headers_out.content_length_n = -1;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = body;
    b->last = body + len;
    b->memory = 1;
    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_retention_reply_json(ngx_http_request_t *r, ngx_uint_t status,
    const json_t *value)
{
    char    *text;
    size_t   len;
    u_char  *body;

    text = (value != NULL) ? json_dumps(value, JSON_COMPACT) : NULL;

    if (text == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    len = ngx_strlen(text);
    body = ngx_pnalloc(r->pool, len + 1);

    if (body != NULL) {
        ngx_memcpy(body, text, len);
        body[len++] = '\n';
    }

    free(text);

    if (body == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_retention_reply(r, status, "application/json", body, len);
}


ngx_int_t
ngx_http_retention_reply_error(ngx_http_request_t *r, ngx_uint_t status,
    const char *message)
{
    json_t     *object;
    ngx_int_t   rc;

    static u_char  retry_after[] = NGX_HTTP_RETENTION_RETRY_AFTER;
    static u_char  scheme[] = "Bearer";

    rc = NGX_OK;

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        rc = ngx_http_retention_reply_header(r, "Retry-After", retry_after,
                                             sizeof(retry_after) - 1);

    } else if (status == NGX_HTTP_UNAUTHORIZED) {
        rc = ngx_http_retention_reply_header(r, "WWW-Authenticate", scheme,
                                             sizeof(scheme) - 1);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    object = json_pack("{s:s}", "error", message);
    rc = ngx_http_retention_reply_json(r, status, object);
    json_decref(object);

    return rc;
}


ngx_int_t
ngx_http_retention_reply_method(ngx_http_request_t *r)
{
    ngx_http_retention_count_rejected(r, NGX_HTTP_RETENTION_REJECTED_METHOD);
    ngx_http_retention_count_request(r, NGX_HTTP_NOT_ALLOWED);

    return NGX_HTTP_NOT_ALLOWED;
}


ngx_int_t
ngx_http_retention_reply_unusable(ngx_http_request_t *r)
{
    return ngx_http_retention_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                          "the store cannot be used");
}


ngx_int_t
ngx_http_retention_reply_full(ngx_http_request_t *r)
{
    return ngx_http_retention_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                          "too much waits for the disk");
}


ngx_int_t
ngx_http_retention_reply_err(ngx_http_request_t *r, int err)
{
    ngx_uint_t                                 status;
    const ngx_http_retention_status_of_err_t  *row;

    status = NGX_HTTP_INTERNAL_SERVER_ERROR;

    for (row = ngx_http_retention_statuses; row->err != 0; row++) {
        if (row->err == err) {
            status = row->status;
            break;
        }
    }

    return ngx_http_retention_reply_error(r, status, rtn_strerror(err));
}
