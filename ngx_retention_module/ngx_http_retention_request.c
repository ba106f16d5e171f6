/* What the endpoints read from a request. */

#include "ngx_http_retention_module.h"
#include "ngx_http_retention_metrics.h"


typedef struct {
    ngx_str_t  name;
    size_t     offset;          /* in struct rtn_fingerprint */
} ngx_http_retention_sign_t;


static const ngx_http_retention_sign_t  ngx_http_retention_signs[] = {
    { ngx_string("user-agent"),
      offsetof(struct rtn_fingerprint, user_agent) },

    { ngx_string("sec-purpose"),
      offsetof(struct rtn_fingerprint, sec_purpose) },

    { ngx_string("purpose"), offsetof(struct rtn_fingerprint, purpose) },
    { ngx_string("x-purpose"), offsetof(struct rtn_fingerprint, x_purpose) },
    { ngx_string("x-moz"), offsetof(struct rtn_fingerprint, x_moz) },
    { ngx_null_string, 0 }
};


ngx_flag_t
ngx_http_retention_is_unmerged(ngx_http_request_t *r)
{
    u_char  *uri, *last;

    uri = r->uri.data;
    last = uri + r->uri.len;

    return ngx_strlcasestrn(uri, last, (u_char *) "*|", 1) != NULL
           || ngx_strlcasestrn(uri, last, (u_char *) "{{", 1) != NULL;
}


static void
ngx_http_retention_token_text(ngx_http_request_t *r, const char *suffix,
    struct rtn_str *text)
{
    size_t   len;
    u_char  *p, *last;

    last = r->uri.data + r->uri.len;

    for (p = last; p > r->uri.data && p[-1] != '/'; p--) { /* void */ }

    len = ngx_strlen(suffix);

    if ((size_t) (last - p) > len && ngx_memcmp(last - len, suffix, len) == 0)
    {
        last -= len;
    }

    text->data = (char *) p;
    text->len = last - p;
}


ngx_int_t
ngx_http_retention_token_open(ngx_http_request_t *r, enum rtn_purpose purpose,
    const char *suffix, struct rtn_token *token)
{
    int             err;
    struct rtn_str  text;

    ngx_http_retention_token_text(r, suffix, &text);

    err = rtn_token_open(&ngx_http_retention_worker.ring, text, purpose,
                         ngx_http_retention_now_ms(), token);

    if (err == RTN_OK) {
        return NGX_OK;
    }

    if (ngx_http_retention_is_unmerged(r)) {
        ngx_http_retention_count_unmerged();

    } else {
        ngx_http_retention_count_rejected_err(r, err);
    }

    return NGX_DECLINED;
}


/* lowcase_key does not end in NUL */
static ngx_flag_t
ngx_http_retention_header_is(const ngx_table_elt_t *header,
    const ngx_str_t *name)
{
    return header->key.len == name->len
           && ngx_memcmp(header->lowcase_key, name->data, name->len) == 0;
}


void
ngx_http_retention_fingerprint(ngx_http_request_t *r, enum rtn_kind kind,
    struct rtn_fingerprint *fingerprint)
{
    ngx_uint_t                        i;
    ngx_list_part_t                  *part;
    ngx_table_elt_t                  *header;
    struct rtn_str                   *value;
    const ngx_http_retention_sign_t  *sign;

    ngx_memzero(fingerprint, sizeof(struct rtn_fingerprint));

    fingerprint->kind = kind;
    fingerprint->is_head = (r->method == NGX_HTTP_HEAD);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {
            for (sign = ngx_http_retention_signs; sign->name.len; sign++) {

                if (!ngx_http_retention_header_is(&header[i], &sign->name)) {
                    continue;
                }

                value = (struct rtn_str *) ((u_char *) fingerprint
                                            + sign->offset);
                value->data = (char *) header[i].value.data;
                value->len = header[i].value.len;
                break;
            }
        }
    }
}


ngx_str_t *
ngx_http_retention_header_in(ngx_http_request_t *r, const ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ngx_http_retention_header_is(&header[i], name)) {
                return &header[i].value;
            }
        }
    }

    return NULL;
}
