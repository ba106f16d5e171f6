/*
 * The status as Prometheus text, exposition format 0.0.4.
 *
 * Lines are written through a cursor that remembers when its buffer is full,
 * so nobody has to add up string lengths.
 */

#include "ngx_http_retention_reply.h"
#include "ngx_http_retention_status.h"


/* some 250 lines of at most 150 bytes, when every counter is shown */
#define NGX_HTTP_RETENTION_PROMETHEUS_MAX  (128 * 1024)

#define NGX_HTTP_RETENTION_PROMETHEUS_TYPE  "text/plain; version=0.0.4"


typedef struct {
    u_char  *last;
    u_char  *end;
} ngx_http_retention_text_t;


static void
ngx_http_retention_line(ngx_http_retention_text_t *text, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    text->last = ngx_vslprintf(text->last, text->end, fmt, args);
    va_end(args);
}


static void
ngx_http_retention_family(ngx_http_retention_text_t *text, const char *name,
    const char *type, const char *help)
{
    ngx_http_retention_line(text, "# HELP %s %s\n# TYPE %s %s\n", name, help,
                            name, type);
}


static void
ngx_http_retention_prometheus_requests(ngx_http_retention_text_t *text,
    const ngx_http_retention_metrics_t *metrics)
{
    ngx_uint_t                         i;
    const ngx_http_retention_label_t  *label;

    ngx_http_retention_family(text, "retention_requests_total", "counter",
                              "Requests by endpoint and status.");

    for (label = ngx_http_retention_endpoint_labels; label->name; label++) {
        for (i = 0; i < NGX_HTTP_RETENTION_CODES; i++) {

            if (metrics->requests[label->value][i] == 0) {
                continue;
            }

            ngx_http_retention_line(text, "retention_requests_total"
                                    "{endpoint=\"%s\",code=\"%ui\"} %uA\n",
                                    label->name, ngx_http_retention_codes[i],
                                    metrics->requests[label->value][i]);
        }
    }
}


static void
ngx_http_retention_prometheus_events(ngx_http_retention_text_t *text,
    const ngx_http_retention_metrics_t *metrics)
{
    ngx_uint_t  kind, class;

    ngx_http_retention_family(text, "retention_events_total", "counter",
                              "Events taken for recording, by kind and class.");

    for (kind = RTN_KIND_OPEN; kind < RTN_KIND_COUNT; kind++) {
        for (class = 0; class < RTN_CLASS_COUNT; class++) {
            ngx_http_retention_line(text, "retention_events_total"
                                    "{kind=\"%s\",class=\"%s\"} %uA\n",
                                    rtn_kind_name(kind), rtn_class_name(class),
                                    metrics->events[kind][class]);
        }
    }
}


static void
ngx_http_retention_prometheus_faults(ngx_http_retention_text_t *text,
    const ngx_http_retention_metrics_t *metrics)
{
    const ngx_http_retention_label_t  *label, *reason;

    ngx_http_retention_family(text, "retention_lost_total", "counter",
                              "Events answered and not known to be on disk.");

    for (reason = ngx_http_retention_lost_labels; reason->name; reason++) {
        ngx_http_retention_line(text,
                                "retention_lost_total{reason=\"%s\"} %uA\n",
                                reason->name, metrics->lost[reason->value]);
    }

    ngx_http_retention_family(text, "retention_rejected_total", "counter",
                              "Tokens, bodies and senders not accepted.");

    for (label = ngx_http_retention_endpoint_labels; label->name; label++) {
        for (reason = ngx_http_retention_rejected_labels; reason->name;
             reason++)
        {
            if (metrics->rejected[label->value][reason->value] == 0) {
                continue;
            }

            ngx_http_retention_line(text, "retention_rejected_total"
                              "{endpoint=\"%s\",reason=\"%s\"} %uA\n",
                              label->name, reason->name,
                              metrics->rejected[label->value][reason->value]);
        }
    }

    ngx_http_retention_family(text, "retention_unmerged_total", "counter",
                              "Paths with a merge tag left in them.");
    ngx_http_retention_line(text, "retention_unmerged_total %uA\n",
                            metrics->unmerged);
}


static void
ngx_http_retention_prometheus_coupons(ngx_http_retention_text_t *text,
    const ngx_http_retention_metrics_t *metrics)
{
    ngx_uint_t  i;

    ngx_http_retention_family(text, "retention_coupons_total", "counter",
                              "Answers about coupons, by result.");

    for (i = 0; i < RTN_COUPON_REASON_COUNT; i++) {
        ngx_http_retention_line(text,
                                "retention_coupons_total{result=\"%s\"} %uA\n",
                                i == RTN_COUPON_OK ? "ok"
                                                   : rtn_coupon_reason_name(i),
                                metrics->coupons[i]);
    }
}


/* bounds in units of 1/scale: 1000000 for microseconds shown as seconds */
static void
ngx_http_retention_prometheus_histogram(ngx_http_retention_text_t *text,
    const char *name, const ngx_http_retention_histogram_t *histogram,
    const ngx_uint_t *bounds, double scale)
{
    ngx_uint_t  i, count;

    count = 0;

    for (i = 0; i < NGX_HTTP_RETENTION_BUCKETS; i++) {
        count += histogram->buckets[i];

        ngx_http_retention_line(text, "%s_bucket{le=\"%.6f\"} %ui\n", name,
                                bounds[i] / scale, count);
    }

    count += histogram->buckets[NGX_HTTP_RETENTION_BUCKETS];

    ngx_http_retention_line(text, "%s_bucket{le=\"+Inf\"} %ui\n"
                            "%s_sum %.6f\n%s_count %ui\n", name, count,
                            name, histogram->sum / scale, name, count);
}


static void
ngx_http_retention_prometheus_store(ngx_http_retention_text_t *text,
    const ngx_http_retention_observation_t *observation)
{
    size_t                              i;
    const struct rtn_environment_stat  *stat;

    ngx_http_retention_family(text, "retention_store_usable", "gauge",
                              "1 while this worker can use the store.");
    ngx_http_retention_line(text, "retention_store_usable %i\n",
                            observation->is_usable);

    ngx_http_retention_family(text, "retention_store_bytes", "gauge",
                              "Bytes in use.");

    for (i = 0; i < observation->environment_count; i++) {
        stat = &observation->environments[i];
        ngx_http_retention_line(text,
                          "retention_store_bytes{environment=\"%s\"} %uL\n",
                          stat->name, stat->bytes_used);
    }

    ngx_http_retention_family(text, "retention_store_limit_bytes", "gauge",
                              "Bytes that can be used.");

    for (i = 0; i < observation->environment_count; i++) {
        stat = &observation->environments[i];
        ngx_http_retention_line(text,
                      "retention_store_limit_bytes{environment=\"%s\"} %uL\n",
                      stat->name, stat->bytes_limit);
    }
}


ngx_int_t
ngx_http_retention_status_prometheus(ngx_http_request_t *r,
    const ngx_http_retention_observation_t *observation)
{
    u_char                              *begun;
    ngx_http_retention_text_t            text;
    const ngx_http_retention_metrics_t  *metrics;

    begun = ngx_pnalloc(r->pool, NGX_HTTP_RETENTION_PROMETHEUS_MAX);
    if (begun == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.last = begun;
    text.end = begun + NGX_HTTP_RETENTION_PROMETHEUS_MAX;

    metrics = observation->metrics;

    ngx_http_retention_prometheus_requests(&text, metrics);
    ngx_http_retention_prometheus_events(&text, metrics);
    ngx_http_retention_prometheus_faults(&text, metrics);
    ngx_http_retention_prometheus_coupons(&text, metrics);

    ngx_http_retention_family(&text, "retention_commit_wait_seconds",
                              "histogram", "Time a batch waited for the lock.");
    ngx_http_retention_prometheus_histogram(&text,
                                          "retention_commit_wait_seconds",
                                          &metrics->wait_us,
                                          ngx_http_retention_commit_bounds,
                                          1000000.0);

    ngx_http_retention_family(&text, "retention_commit_duration_seconds",
                              "histogram", "Time of a commit to disk.");
    ngx_http_retention_prometheus_histogram(&text,
                                          "retention_commit_duration_seconds",
                                          &metrics->commit_us,
                                          ngx_http_retention_commit_bounds,
                                          1000000.0);

    ngx_http_retention_family(&text, "retention_batch_records", "histogram",
                              "Records of a commit.");
    ngx_http_retention_prometheus_histogram(&text, "retention_batch_records",
                                            &metrics->batch_records,
                                            ngx_http_retention_batch_bounds,
                                            1.0);

    ngx_http_retention_family(&text, "retention_queue_length", "gauge",
                              "Records not on disk yet, of this worker.");
    ngx_http_retention_line(&text, "retention_queue_length %ui\n",
                            observation->queue_length);

    ngx_http_retention_family(&text, "retention_fold_lag_seconds", "gauge",
                              "Age of the first event not added up.");
    ngx_http_retention_line(&text, "retention_fold_lag_seconds %ui\n",
                            observation->fold_lag);

    ngx_http_retention_prometheus_store(&text, observation);

    ngx_http_retention_family(&text, "retention_build_info", "gauge",
                              "The version, as a label.");
    ngx_http_retention_line(&text,
                            "retention_build_info{version=\"%s\"} 1\n",
                            RTN_VERSION);

    return ngx_http_retention_reply(r, NGX_HTTP_OK,
                                    NGX_HTTP_RETENTION_PROMETHEUS_TYPE, begun,
                                    text.last - begun);
}
