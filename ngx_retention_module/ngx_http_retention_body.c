/* Request bodies: read whole, inflated within a limit. */

#include "ngx_http_retention_module.h"
#include "rtn_post.h"

#include <zlib.h>


/* window of 15 bits, and 16 more for zlib to expect a gzip header */
#define NGX_HTTP_RETENTION_GZIP_BITS  (15 + 16)


static void ngx_http_retention_body_ready(ngx_http_request_t *r);


ngx_int_t
ngx_http_retention_read_body(ngx_http_request_t *r,
    ngx_http_retention_body_pt handler)
{
    ngx_int_t                    rc;
    ngx_http_retention_body_pt  *ctx;

    ctx = ngx_palloc(r->pool, sizeof(ngx_http_retention_body_pt));
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    *ctx = handler;
    ngx_http_set_ctx(r, ctx, ngx_http_retention_module);

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_http_retention_body_ready);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


/* Appends a buffer of the body, which may lie in a temporary file. */
static ngx_int_t
ngx_http_retention_body_append(ngx_buf_t *b, u_char **last)
{
    off_t   size;
    ssize_t n;

    size = ngx_buf_size(b);

    if (size == 0) {
        return NGX_OK;
    }

    if (b->in_file) {
        n = ngx_read_file(b->file, *last, size, b->file_pos);

        if (n != size) {
            return NGX_ERROR;
        }

    } else {
        ngx_memcpy(*last, b->pos, size);
    }

    *last += size;

    return NGX_OK;
}


/* 0, or a status to refuse with. */
static ngx_int_t
ngx_http_retention_body_collect(ngx_http_request_t *r, struct rtn_str *body)
{
    off_t         size;
    u_char       *data, *last;
    ngx_chain_t  *cl;

    size = 0;

    if (r->request_body == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);

        if (size > RTN_POST_BODY_MAX) {
            return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        }
    }

    data = ngx_pnalloc(r->pool, size + 1);
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    last = data;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        if (ngx_http_retention_body_append(cl->buf, &last) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    body->data = (char *) data;
    body->len = last - data;

    return 0;
}


/* 0, or a status to refuse with. */
static ngx_int_t
ngx_http_retention_body_inflate(ngx_http_request_t *r, struct rtn_str *body)
{
    int        rc;
    u_char    *data;
    z_stream   stream;
    ngx_int_t  status;

    data = ngx_pnalloc(r->pool, RTN_POST_BODY_MAX);
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&stream, sizeof(z_stream));

    if (inflateInit2(&stream, NGX_HTTP_RETENTION_GZIP_BITS) != Z_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    stream.next_in = (Bytef *) body->data;
    stream.avail_in = body->len;
    stream.next_out = data;
    stream.avail_out = RTN_POST_BODY_MAX;

    rc = inflate(&stream, Z_FINISH);

    if (rc == Z_STREAM_END && stream.avail_in == 0) {
        status = 0;

    } else if (rc == Z_BUF_ERROR && stream.avail_out == 0) {
        status = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;

    } else {
        status = NGX_HTTP_BAD_REQUEST;
    }

    body->data = (char *) data;
    body->len = stream.total_out;

    (void) inflateEnd(&stream);

    return status;
}


static void
ngx_http_retention_body_ready(ngx_http_request_t *r)
{
    ngx_int_t                    status;
    ngx_str_t                   *encoding;
    struct rtn_str               body;
    ngx_http_retention_body_pt  *handler;

    static const ngx_str_t  name = ngx_string("content-encoding");

    handler = ngx_http_get_module_ctx(r, ngx_http_retention_module);

    body.data = NULL;
    body.len = 0;

    encoding = ngx_http_retention_header_in(r, &name);

    status = ngx_http_retention_body_collect(r, &body);

    if (status == 0 && encoding != NULL) {

        if (encoding->len == 4
            && ngx_strncasecmp(encoding->data, (u_char *) "gzip", 4) == 0)
        {
            status = ngx_http_retention_body_inflate(r, &body);

        } else if (encoding->len != 8
                   || ngx_strncasecmp(encoding->data, (u_char *) "identity", 8)
                      != 0)
        {
            status = NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
        }
    }

    ngx_http_finalize_request(r, (*handler)(r, status, body));
}
