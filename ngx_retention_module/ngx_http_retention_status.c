/* What an operator watches: JSON for people, text for Prometheus. */

#include "ngx_http_retention_status.h"
#include "ngx_http_retention_fold.h"
#include "ngx_http_retention_lane.h"
#include "ngx_http_retention_reply.h"


ngx_int_t
ngx_http_retention_status_handler(ngx_http_request_t *r)
{
    ngx_int_t                           rc;
    ngx_http_retention_loc_conf_t      *rlcf;
    ngx_http_retention_observation_t    observation;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        ngx_http_retention_count_rejected(r,
                                          NGX_HTTP_RETENTION_REJECTED_METHOD);
        return ngx_http_retention_reply_error(r, NGX_HTTP_NOT_ALLOWED,
                                              "the status is read only");
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_memzero(&observation, sizeof(ngx_http_retention_observation_t));

    observation.metrics = ngx_http_retention_metrics();
    observation.queue_length = ngx_http_retention_lanes_length();
    observation.fold_lag = ngx_http_retention_fold_lag();
    observation.is_usable = (ngx_http_retention_store_usable() != NULL);

    if (observation.is_usable
        && rtn_store_stat(ngx_http_retention_store_usable(),
                          observation.environments,
                          &observation.environment_count)
           != RTN_OK)
    {
        observation.environment_count = 0;
    }

    rlcf = ngx_http_get_module_loc_conf(r, ngx_http_retention_module);

    return rlcf->is_prometheus
           ? ngx_http_retention_status_prometheus(r, &observation)
           : ngx_http_retention_status_json(r, &observation);
}
