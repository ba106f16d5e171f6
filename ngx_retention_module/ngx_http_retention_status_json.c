/* The status as JSON. */

#include "ngx_http_retention_reply.h"
#include "ngx_http_retention_status.h"


/* Non-zero counters of a row by their labels. */
static json_t *
ngx_http_retention_json_row(const ngx_http_retention_label_t *labels,
    ngx_atomic_t *counters)
{
    json_t                            *object;
    const ngx_http_retention_label_t  *label;

    object = json_object();

    for (label = labels; object != NULL && label->name; label++) {
        if (counters[label->value] != 0) {
            (void) json_object_set_new(object, label->name,
                                       json_integer(counters[label->value]));
        }
    }

    return object;
}


static json_t *
ngx_http_retention_json_codes(ngx_atomic_t *counters)
{
    char         code[NGX_INT_T_LEN + 1];
    json_t      *object;
    ngx_uint_t   i;

    object = json_object();

    for (i = 0; object != NULL && i < NGX_HTTP_RETENTION_CODES; i++) {
        if (counters[i] != 0) {
            (void) ngx_sprintf((u_char *) code, "%ui%Z",
                               ngx_http_retention_codes[i]);
            (void) json_object_set_new(object,
                           ngx_http_retention_codes[i] ? code : "other",
                           json_integer(counters[i]));
        }
    }

    return object;
}


static json_t *
ngx_http_retention_json_requests(const ngx_http_retention_metrics_t *metrics)
{
    json_t                            *object;
    const ngx_http_retention_label_t  *label;

    object = json_object();

    for (label = ngx_http_retention_endpoint_labels;
         object != NULL && label->name;
         label++)
    {
        (void) json_object_set_new(object, label->name,
                  ngx_http_retention_json_codes((ngx_atomic_t *)
                                            metrics->requests[label->value]));
    }

    return object;
}


static json_t *
ngx_http_retention_json_rejected(const ngx_http_retention_metrics_t *metrics)
{
    json_t                            *object;
    const ngx_http_retention_label_t  *label;

    object = json_object();

    for (label = ngx_http_retention_endpoint_labels;
         object != NULL && label->name;
         label++)
    {
        (void) json_object_set_new(object, label->name,
                  ngx_http_retention_json_row(
                            ngx_http_retention_rejected_labels,
                            (ngx_atomic_t *) metrics->rejected[label->value]));
    }

    return object;
}


static json_t *
ngx_http_retention_json_events(const ngx_http_retention_metrics_t *metrics)
{
    json_t      *object, *classes;
    ngx_uint_t   kind, class;

    object = json_object();

    for (kind = RTN_KIND_OPEN; object != NULL && kind < RTN_KIND_COUNT; kind++)
    {
        classes = json_object();

        for (class = 0; class < RTN_CLASS_COUNT; class++) {
            (void) json_object_set_new(classes, rtn_class_name(class),
                                 json_integer(metrics->events[kind][class]));
        }

        (void) json_object_set_new(object, rtn_kind_name(kind), classes);
    }

    return object;
}


static json_t *
ngx_http_retention_json_coupons(const ngx_http_retention_metrics_t *metrics)
{
    json_t      *object;
    ngx_uint_t   i;

    object = json_object();

    for (i = 0; object != NULL && i < RTN_COUPON_REASON_COUNT; i++) {
        (void) json_object_set_new(object,
                            i == RTN_COUPON_OK ? "ok"
                                               : rtn_coupon_reason_name(i),
                            json_integer(metrics->coupons[i]));
    }

    return object;
}


static json_t *
ngx_http_retention_json_store(
    const ngx_http_retention_observation_t *observation)
{
    size_t                              i;
    json_t                             *object;
    const struct rtn_environment_stat  *stat;

    object = json_pack("{s:b}", "usable", (int) observation->is_usable);

    for (i = 0; object != NULL && i < observation->environment_count; i++) {
        stat = &observation->environments[i];

        (void) json_object_set_new(object, stat->name,
                   json_pack("{s:I, s:I, s:I, s:I}",
                             "bytes", (json_int_t) stat->bytes_used,
                             "limit_bytes", (json_int_t) stat->bytes_limit,
                             "records", (json_int_t) stat->entries,
                             "readers", (json_int_t) stat->readers));
    }

    return object;
}


ngx_int_t
ngx_http_retention_status_json(ngx_http_request_t *r,
    const ngx_http_retention_observation_t *observation)
{
    json_t                              *object;
    ngx_int_t                            rc;
    const ngx_http_retention_metrics_t  *metrics;

    metrics = observation->metrics;

    object = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I}",
                 "version", RTN_VERSION,
                 "store", ngx_http_retention_json_store(observation),
                 "requests", ngx_http_retention_json_requests(metrics),
                 "events", ngx_http_retention_json_events(metrics),
                 "lost", ngx_http_retention_json_row(
                             ngx_http_retention_lost_labels,
                             (ngx_atomic_t *) metrics->lost),
                 "rejected", ngx_http_retention_json_rejected(metrics),
                 "coupons", ngx_http_retention_json_coupons(metrics),
                 "unmerged", (json_int_t) metrics->unmerged,
                 "queue_length", (json_int_t) observation->queue_length,
                 "fold_lag_seconds", (json_int_t) observation->fold_lag);

    rc = ngx_http_retention_reply_json(r, NGX_HTTP_OK, object);
    json_decref(object);

    return rc;
}
