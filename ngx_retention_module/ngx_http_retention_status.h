/* What the formats of the status have in common. */

#ifndef _NGX_HTTP_RETENTION_STATUS_H_INCLUDED_
#define _NGX_HTTP_RETENTION_STATUS_H_INCLUDED_


#include "ngx_http_retention_metrics.h"


/* All that is shown, taken at one moment. */
typedef struct {
    ngx_http_retention_metrics_t  *metrics;
    ngx_uint_t                     queue_length;    /* of this worker */
    ngx_uint_t                     fold_lag;        /* seconds */
    ngx_flag_t                     is_usable;       /* the store, here */
    struct rtn_environment_stat    environments[RTN_ENVIRONMENTS];
    size_t                         environment_count;
} ngx_http_retention_observation_t;


ngx_int_t ngx_http_retention_status_json(ngx_http_request_t *r,
    const ngx_http_retention_observation_t *observation);
ngx_int_t ngx_http_retention_status_prometheus(ngx_http_request_t *r,
    const ngx_http_retention_observation_t *observation);


#endif /* _NGX_HTTP_RETENTION_STATUS_H_INCLUDED_ */
