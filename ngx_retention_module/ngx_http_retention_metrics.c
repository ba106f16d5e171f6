/* Counters in shared memory. */

#include "ngx_http_retention_metrics.h"


static ngx_int_t ngx_http_retention_metrics_init(ngx_shm_zone_t *zone,
    void *data);


const ngx_http_retention_label_t  ngx_http_retention_endpoint_labels[] = {
    { NGX_HTTP_RETENTION_PIXEL, "pixel" },
    { NGX_HTTP_RETENTION_REDIRECT, "redirect" },
    { NGX_HTTP_RETENTION_UNSUBSCRIBE, "unsubscribe" },
    { NGX_HTTP_RETENTION_EVENTS, "events" },
    { NGX_HTTP_RETENTION_COUPONS, "coupons" },
    { NGX_HTTP_RETENTION_STATUS, "status" },
    { 0, NULL }
};


const ngx_http_retention_label_t  ngx_http_retention_lost_labels[] = {
    { NGX_HTTP_RETENTION_LOST_DEADLINE, "deadline" },
    { NGX_HTTP_RETENTION_LOST_QUEUE, "queue" },
    { NGX_HTTP_RETENTION_LOST_STORE, "store" },
    { NGX_HTTP_RETENTION_LOST_COMMIT, "commit" },
    { 0, NULL }
};


const ngx_http_retention_label_t  ngx_http_retention_rejected_labels[] = {
    { NGX_HTTP_RETENTION_REJECTED_FORM, "form" },
    { NGX_HTTP_RETENTION_REJECTED_VERSION, "version" },
    { NGX_HTTP_RETENTION_REJECTED_PURPOSE, "purpose" },
    { NGX_HTTP_RETENTION_REJECTED_KEY, "key" },
    { NGX_HTTP_RETENTION_REJECTED_MAC, "mac" },
    { NGX_HTTP_RETENTION_REJECTED_EXPIRED, "expired" },
    { NGX_HTTP_RETENTION_REJECTED_UNKNOWN, "unknown" },
    { NGX_HTTP_RETENTION_REJECTED_BODY, "body" },
    { NGX_HTTP_RETENTION_REJECTED_ORIGIN, "origin" },
    { NGX_HTTP_RETENTION_REJECTED_AUTHORISATION, "authorisation" },
    { NGX_HTTP_RETENTION_REJECTED_METHOD, "method" },
    { 0, NULL }
};


const ngx_uint_t  ngx_http_retention_codes[NGX_HTTP_RETENTION_CODES] = {
    200, 204, 302, 400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503,
    0
};


const ngx_uint_t  ngx_http_retention_commit_bounds[NGX_HTTP_RETENTION_BUCKETS]
    = { 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
        1000000 };


const ngx_uint_t  ngx_http_retention_batch_bounds[NGX_HTTP_RETENTION_BUCKETS]
    = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096 };


/* of the cycle in use: workers have one, the master sets it at each reload */
static ngx_http_retention_metrics_t  *ngx_http_retention_counters;


ngx_int_t
ngx_http_retention_metrics_zone(ngx_conf_t *cf,
    ngx_http_retention_main_conf_t *rmcf)
{
    static ngx_str_t  name = ngx_string("ngx_retention");

    rmcf->metrics_zone = ngx_shared_memory_add(cf, &name, 8 * ngx_pagesize,
                                               &ngx_http_retention_module);
    if (rmcf->metrics_zone == NULL) {
        return NGX_ERROR;
    }

    rmcf->metrics_zone->init = ngx_http_retention_metrics_init;

    return NGX_OK;
}


static ngx_int_t
ngx_http_retention_metrics_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t               *pool;
    ngx_http_retention_metrics_t  *metrics;

    pool = (ngx_slab_pool_t *) zone->shm.addr;
    metrics = data;

    if (metrics == NULL) {
        metrics = zone->shm.exists ? pool->data
                                   : ngx_slab_calloc(pool, sizeof(*metrics));
        if (metrics == NULL) {
            return NGX_ERROR;
        }

        pool->data = metrics;
    }

    zone->data = metrics;
    ngx_http_retention_counters = metrics;

    return NGX_OK;
}


ngx_http_retention_metrics_t *
ngx_http_retention_metrics(void)
{
    return ngx_http_retention_counters;
}


static void
ngx_http_retention_add(ngx_atomic_t *counter, ngx_uint_t n)
{
    (void) ngx_atomic_fetch_add(counter, n);
}


static void
ngx_http_retention_observe(ngx_http_retention_histogram_t *histogram,
    const ngx_uint_t *bounds, ngx_uint_t value)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_RETENTION_BUCKETS && value > bounds[i]; i++) {
        /* void */
    }

    ngx_http_retention_add(&histogram->buckets[i], 1);
    ngx_http_retention_add(&histogram->sum, value);
}


static ngx_uint_t
ngx_http_retention_endpoint_of(ngx_http_request_t *r)
{
    ngx_http_retention_loc_conf_t  *rlcf;

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_retention_module);

    return rlcf->endpoint;
}


void
ngx_http_retention_count_request(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_uint_t     i;
    ngx_atomic_t  *counters;

    for (i = 0; i < NGX_HTTP_RETENTION_CODES - 1; i++) {
        if (ngx_http_retention_codes[i] == status) {
            break;
        }
    }

    counters = ngx_http_retention_counters->requests[
                                           ngx_http_retention_endpoint_of(r)];

    ngx_http_retention_add(&counters[i], 1);
}


void
ngx_http_retention_count_events(enum rtn_kind kind, enum rtn_class class,
    ngx_uint_t n)
{
    ngx_http_retention_add(&ngx_http_retention_counters->events[kind][class],
                           n);
}


void
ngx_http_retention_count_lost(ngx_http_retention_lost_e reason, ngx_uint_t n)
{
    ngx_http_retention_add(&ngx_http_retention_counters->lost[reason], n);
}


void
ngx_http_retention_count_rejected(ngx_http_request_t *r,
    ngx_http_retention_rejected_e reason)
{
    ngx_atomic_t  *counters;

    counters = ngx_http_retention_counters->rejected[
                                           ngx_http_retention_endpoint_of(r)];

    ngx_http_retention_add(&counters[reason], 1);
}


void
ngx_http_retention_count_rejected_err(ngx_http_request_t *r, int err)
{
    ngx_uint_t  i;

    static const struct {
        int                            err;
        ngx_http_retention_rejected_e  reason;
    } reasons[] = {
        { RTN_ERR_TOKEN_FORM, NGX_HTTP_RETENTION_REJECTED_FORM },
        { RTN_ERR_TOKEN_VERSION, NGX_HTTP_RETENTION_REJECTED_VERSION },
        { RTN_ERR_TOKEN_PURPOSE, NGX_HTTP_RETENTION_REJECTED_PURPOSE },
        { RTN_ERR_TOKEN_KEY, NGX_HTTP_RETENTION_REJECTED_KEY },
        { RTN_ERR_TOKEN_MAC, NGX_HTTP_RETENTION_REJECTED_MAC },
        { RTN_ERR_TOKEN_EXPIRED, NGX_HTTP_RETENTION_REJECTED_EXPIRED },
        { 0, NGX_HTTP_RETENTION_REJECTED_UNKNOWN }
    };

    for (i = 0; reasons[i].err != 0 && reasons[i].err != err; i++) {
        /* void */
    }

    ngx_http_retention_count_rejected(r, reasons[i].reason);
}


void
ngx_http_retention_count_unmerged(void)
{
    ngx_http_retention_add(&ngx_http_retention_counters->unmerged, 1);
}


void
ngx_http_retention_count_coupon(enum rtn_coupon_reason reason)
{
    ngx_http_retention_add(&ngx_http_retention_counters->coupons[reason], 1);
}


void
ngx_http_retention_count_wait(ngx_uint_t us)
{
    ngx_http_retention_observe(&ngx_http_retention_counters->wait_us,
                               ngx_http_retention_commit_bounds, us);
}


void
ngx_http_retention_count_commit(ngx_uint_t us, ngx_uint_t records)
{
    ngx_http_retention_metrics_t  *metrics;

    metrics = ngx_http_retention_counters;

    ngx_http_retention_observe(&metrics->commit_us,
                               ngx_http_retention_commit_bounds, us);
    ngx_http_retention_observe(&metrics->batch_records,
                               ngx_http_retention_batch_bounds, records);
}
