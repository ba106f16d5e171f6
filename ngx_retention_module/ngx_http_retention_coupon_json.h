/* What the shop is told of a coupon. */

#ifndef _NGX_HTTP_RETENTION_COUPON_JSON_H_INCLUDED_
#define _NGX_HTTP_RETENTION_COUPON_JSON_H_INCLUDED_


#include "ngx_http_retention_module.h"
#include "rtn_coupon.h"

#include <jansson.h>


/*
 * The answer to a job that was decided; the caller's, NULL when memory is
 * short.
 *
 * is_bare   code and valid alone, for who has no key
 */
json_t *ngx_http_retention_coupon_json(const struct rtn_coupon_job *job,
    ngx_flag_t is_bare);


#endif /* _NGX_HTTP_RETENTION_COUPON_JSON_H_INCLUDED_ */
