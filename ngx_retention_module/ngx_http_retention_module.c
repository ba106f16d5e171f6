/* The module: its directives and configuration. */

#include "ngx_http_retention_module.h"
#include "ngx_http_retention_group.h"
#include "ngx_http_retention_metrics.h"


typedef struct {
    ngx_uint_t           endpoint;
    ngx_http_handler_pt  handler;
} ngx_http_retention_endpoint_t;


static char *ngx_http_retention_store(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_retention_api_keys(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_retention_endpoint(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_retention_fallback(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_retention_origin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

static void *ngx_http_retention_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_retention_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_retention_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_retention_postconfiguration(ngx_conf_t *cf);


static ngx_conf_enum_t  ngx_http_retention_acks[] = {
    { ngx_string("commit"), NGX_HTTP_RETENTION_ACK_COMMIT },
    { ngx_string("queued"), NGX_HTTP_RETENTION_ACK_QUEUED },
    { ngx_null_string, 0 }
};


static ngx_http_retention_endpoint_t  ngx_http_retention_pixel = {
    NGX_HTTP_RETENTION_PIXEL, ngx_http_retention_pixel_handler
};

static ngx_http_retention_endpoint_t  ngx_http_retention_redirect = {
    NGX_HTTP_RETENTION_REDIRECT, ngx_http_retention_redirect_handler
};

static ngx_http_retention_endpoint_t  ngx_http_retention_unsubscribe = {
    NGX_HTTP_RETENTION_UNSUBSCRIBE, ngx_http_retention_unsubscribe_handler
};

static ngx_http_retention_endpoint_t  ngx_http_retention_events = {
    NGX_HTTP_RETENTION_EVENTS, ngx_http_retention_events_handler
};

static ngx_http_retention_endpoint_t  ngx_http_retention_coupons = {
    NGX_HTTP_RETENTION_COUPONS, ngx_http_retention_coupons_handler
};

static ngx_http_retention_endpoint_t  ngx_http_retention_status = {
    NGX_HTTP_RETENTION_STATUS, ngx_http_retention_status_handler
};


static ngx_command_t  ngx_http_retention_commands[] = {

    { ngx_string("retention_store"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_retention_store,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("retention_api_keys"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_retention_api_keys,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("retention_pixel"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_retention_endpoint,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_retention_pixel },

    { ngx_string("retention_redirect"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_retention_endpoint,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_retention_redirect },

    { ngx_string("retention_unsubscribe"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_retention_endpoint,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_retention_unsubscribe },

    { ngx_string("retention_events"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_retention_endpoint,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_retention_events },

    { ngx_string("retention_coupons"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_retention_endpoint,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_retention_coupons },

    { ngx_string("retention_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_retention_endpoint,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      &ngx_http_retention_status },

    { ngx_string("retention_fallback"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_retention_fallback,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("retention_origin"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_retention_origin,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("retention_ack"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_retention_loc_conf_t, ack),
      &ngx_http_retention_acks },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_retention_module_ctx = {
    NULL,                                   /* preconfiguration */
    ngx_http_retention_postconfiguration,   /* postconfiguration */

    ngx_http_retention_create_main_conf,    /* create main configuration */
    NULL,                                   /* init main configuration */

    NULL,                                   /* create server configuration */
    NULL,                                   /* merge server configuration */

    ngx_http_retention_create_loc_conf,     /* create location configuration */
    ngx_http_retention_merge_loc_conf       /* merge location configuration */
};


ngx_module_t  ngx_http_retention_module = {
    NGX_MODULE_V1,
    &ngx_http_retention_module_ctx,         /* module context */
    ngx_http_retention_commands,            /* module directives */
    NGX_HTTP_MODULE,                        /* module type */
    NULL,                                   /* init master */
    NULL,                                   /* init module */
    ngx_http_retention_worker_init,         /* init process */
    NULL,                                   /* init thread */
    NULL,                                   /* exit thread */
    ngx_http_retention_worker_exit,         /* exit process */
    NULL,                                   /* exit master */
    NGX_MODULE_V1_PADDING
};


static char *
ngx_http_retention_store(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_retention_main_conf_t *rmcf = conf;

    ngx_str_t         *value;
    static ngx_str_t   pool = ngx_string("retention");

    if (rmcf->store.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0) {
        return "needs a directory";
    }

    rmcf->store = value[1];

    if (ngx_conf_full_name(cf->cycle, &rmcf->store, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    rmcf->thread_pool = ngx_thread_pool_add(cf, &pool);
    if (rmcf->thread_pool == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_retention_metrics_zone(cf, rmcf) != NGX_OK
        || ngx_http_retention_group_zone(cf, rmcf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_retention_api_keys(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_retention_main_conf_t *rmcf = conf;

    ngx_str_t  *value;

    if (rmcf->api_keys_file.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0) {
        return "needs a file; 'retentionctl api-key new' makes one";
    }

    rmcf->api_keys_file = value[1];

    if (ngx_conf_full_name(cf->cycle, &rmcf->api_keys_file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_retention_read_api_keys(cf, rmcf);
}


/* The optional word after an endpoint's name: what it turns on. */
static ngx_int_t
ngx_http_retention_endpoint_word(ngx_http_retention_loc_conf_t *rlcf,
    ngx_str_t *word)
{
    if (rlcf->endpoint == NGX_HTTP_RETENTION_COUPONS
        && ngx_strcmp(word->data, "public") == 0)
    {
        rlcf->is_public = 1;
        return NGX_OK;
    }

    if (rlcf->endpoint == NGX_HTTP_RETENTION_STATUS
        && ngx_strcmp(word->data, "prometheus") == 0)
    {
        rlcf->is_prometheus = 1;
        return NGX_OK;
    }

    return NGX_DECLINED;
}


static char *
ngx_http_retention_endpoint(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_retention_loc_conf_t *rlcf = conf;

    ngx_str_t                       *value;
    ngx_http_core_loc_conf_t        *clcf;
    ngx_http_retention_endpoint_t   *endpoint;
    ngx_http_retention_main_conf_t  *rmcf;

    endpoint = cmd->post;

    if (rlcf->endpoint == endpoint->endpoint) {
        return "is duplicate";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (rlcf->endpoint != NGX_HTTP_RETENTION_NONE || clcf->handler != NULL) {
        return "cannot share its location with another handler";
    }

    rlcf->endpoint = endpoint->endpoint;
    clcf->handler = endpoint->handler;

    value = cf->args->elts;

    if (cf->args->nelts == 2
        && ngx_http_retention_endpoint_word(rlcf, &value[1]) != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"%V\"",
                           &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    rmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_retention_module);

    if (rmcf->needed_by.len == 0) {
        rmcf->needed_by = cmd->name;
    }

    return NGX_CONF_OK;
}


static ngx_flag_t
ngx_http_retention_has_prefix(ngx_str_t *text, const char *prefix)
{
    size_t  len;

    len = ngx_strlen(prefix);

    return text->len > len
           && ngx_strncasecmp(text->data, (u_char *) prefix, len) == 0;
}


/* An absolute http(s) URL in printable ASCII: it goes into a header. */
static ngx_flag_t
ngx_http_retention_is_url(ngx_str_t *url)
{
    size_t  i;

    if (!ngx_http_retention_has_prefix(url, "https://")
        && !ngx_http_retention_has_prefix(url, "http://"))
    {
        return 0;
    }

    for (i = 0; i < url->len; i++) {
        if (url->data[i] <= 0x20 || url->data[i] >= 0x7f) {
            return 0;
        }
    }

    return 1;
}


static char *
ngx_http_retention_fallback(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_retention_loc_conf_t *rlcf = conf;

    ngx_str_t  *value;

    if (rlcf->fallback.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (!ngx_http_retention_is_url(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid URL \"%V\" in \"%V\": it must be an "
                           "absolute http or https URL in printable ASCII",
                           &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    rlcf->fallback = value[1];

    return NGX_CONF_OK;
}


/* scheme://host[:port], as browsers send it: no path, lower case */
static ngx_flag_t
ngx_http_retention_is_origin(ngx_str_t *origin)
{
    size_t  i, slashes;

    if (!ngx_http_retention_is_url(origin)) {
        return 0;
    }

    slashes = 0;

    for (i = 0; i < origin->len; i++) {
        if (origin->data[i] >= 'A' && origin->data[i] <= 'Z') {
            return 0;
        }

        slashes += (origin->data[i] == '/');
    }

    return slashes == 2;
}


static char *
ngx_http_retention_origin(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_retention_loc_conf_t *rlcf = conf;

    ngx_str_t   *value, *origin;
    ngx_uint_t   i;

    if (rlcf->origins != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    rlcf->origins = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                     sizeof(ngx_str_t));
    if (rlcf->origins == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (!ngx_http_retention_is_origin(&value[i])) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid origin \"%V\": it must be like "
                               "https://shop.example, in lower case and "
                               "without a path", &value[i]);
            return NGX_CONF_ERROR;
        }

        origin = ngx_array_push(rlcf->origins);
        if (origin == NULL) {
            return NGX_CONF_ERROR;
        }

        *origin = value[i];
    }

    return NGX_CONF_OK;
}


static void *
ngx_http_retention_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_retention_main_conf_t));
}


static void *
ngx_http_retention_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_retention_loc_conf_t  *rlcf;

    rlcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_retention_loc_conf_t));
    if (rlcf == NULL) {
        return NULL;
    }

    rlcf->ack = NGX_CONF_UNSET_UINT;
    rlcf->origins = NGX_CONF_UNSET_PTR;

    return rlcf;
}


static char *
ngx_http_retention_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_retention_loc_conf_t *prev = parent;
    ngx_http_retention_loc_conf_t *conf = child;

    ngx_conf_merge_uint_value(conf->ack, prev->ack,
                              NGX_HTTP_RETENTION_ACK_COMMIT);
    ngx_conf_merge_ptr_value(conf->origins, prev->origins, NULL);
    ngx_conf_merge_str_value(conf->fallback, prev->fallback, "");

    if (conf->endpoint == NGX_HTTP_RETENTION_REDIRECT
        && conf->fallback.len == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"retention_redirect\" needs a "
                           "\"retention_fallback\" for links that it cannot "
                           "resolve");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_retention_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_retention_main_conf_t  *rmcf;

    rmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_retention_module);

    if (rmcf->needed_by.len != 0 && rmcf->store.data == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs a \"retention_store\" in \"http\"",
                           &rmcf->needed_by);
        return NGX_ERROR;
    }

    return NGX_OK;
}
