/* API keys: read at configuration, compared at each request. */

#include "ngx_http_retention_module.h"


/* a line is some 150 bytes */
#define NGX_HTTP_RETENTION_API_KEYS_FILE_MAX  (64 * 1024)


static ngx_int_t
ngx_http_retention_read_file(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *text)
{
    ngx_fd_t         fd;
    ssize_t          n;
    ngx_file_info_t  info;

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "cannot open \"%V\"; 'retentionctl api-key new' "
                           "makes it, an empty file is valid", name);
        return NGX_ERROR;
    }

    n = -1;

    if (ngx_fd_info(fd, &info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", name);
        goto done;
    }

    if (!ngx_is_file(&info)
        || ngx_file_size(&info) > NGX_HTTP_RETENTION_API_KEYS_FILE_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is not a key file: it must be a file of "
                           "at most %d bytes", name,
                           NGX_HTTP_RETENTION_API_KEYS_FILE_MAX);
        goto done;
    }

    text->data = ngx_pnalloc(cf->pool,
                             NGX_HTTP_RETENTION_API_KEYS_FILE_MAX);
    if (text->data == NULL) {
        goto done;
    }

    n = ngx_read_fd(fd, text->data, NGX_HTTP_RETENTION_API_KEYS_FILE_MAX);

    if (n == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", name);
        goto done;
    }

    text->len = n;

done:

    (void) ngx_close_file(fd);

    return n == -1 ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_retention_add_api_key(ngx_conf_t *cf, ngx_array_t *keys,
    struct rtn_str line, ngx_str_t *file, ngx_uint_t number)
{
    int                 rc;
    const char         *reason;
    struct rtn_apikey   key, *place;

    rc = rtn_apikey_parse(line, &key, &reason);

    if (rc == RTN_ERR_NOT_FOUND) {
        return NGX_OK;
    }

    if (rc != RTN_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "bad key in \"%V\", line %ui: "
                           "%s", file, number, reason);
        return NGX_ERROR;
    }

    if (keys->nelts == RTN_APIKEYS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "more than %d keys in \"%V\"", RTN_APIKEYS_MAX,
                           file);
        return NGX_ERROR;
    }

    place = ngx_array_push(keys);
    if (place == NULL) {
        return NGX_ERROR;
    }

    *place = key;

    return NGX_OK;
}


char *
ngx_http_retention_read_api_keys(ngx_conf_t *cf,
    ngx_http_retention_main_conf_t *rmcf)
{
    u_char          *p, *last, *end;
    ngx_str_t        text;
    ngx_uint_t       number;
    ngx_array_t      keys;
    struct rtn_str   line;

    if (ngx_http_retention_read_file(cf, &rmcf->api_keys_file, &text)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_array_init(&keys, cf->pool, 4, sizeof(struct rtn_apikey))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    last = text.data + text.len;
    number = 1;

    for (p = text.data; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, '\n');
        if (end == NULL) {
            end = last;
        }

        line.data = (char *) p;
        line.len = end - p;

        if (ngx_http_retention_add_api_key(cf, &keys, line,
                                           &rmcf->api_keys_file, number++)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    rmcf->api_keys = keys.elts;
    rmcf->api_key_count = keys.nelts;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_retention_authorise(ngx_http_request_t *r, enum rtn_scope scope,
    const struct rtn_apikey **key)
{
    ngx_str_t                       *value;
    struct rtn_str                   text;
    ngx_http_retention_main_conf_t  *rmcf;

    *key = NULL;

    if (r->headers_in.authorization == NULL) {
        return NGX_OK;
    }

    value = &r->headers_in.authorization->value;

    if (value->len < sizeof("Bearer ") - 1
        || ngx_strncasecmp(value->data, (u_char *) "Bearer ",
                           sizeof("Bearer ") - 1)
           != 0)
    {
        return NGX_HTTP_UNAUTHORIZED;
    }

    text.data = (char *) value->data + sizeof("Bearer ") - 1;
    text.len = value->len - (sizeof("Bearer ") - 1);

    rmcf = ngx_http_get_module_main_conf(r, ngx_http_retention_module);

    *key = rtn_apikey_find(rmcf->api_keys, rmcf->api_key_count, text);

    if (*key == NULL) {
        return NGX_HTTP_UNAUTHORIZED;
    }

    return ((*key)->scopes & scope) ? NGX_OK : NGX_HTTP_FORBIDDEN;
}
