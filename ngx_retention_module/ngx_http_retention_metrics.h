/*
 * Counters in shared memory, over all workers and reloads.  Every function
 * may be called by every worker's event loop; each is a few atomic additions.
 */

#ifndef _NGX_HTTP_RETENTION_METRICS_H_INCLUDED_
#define _NGX_HTTP_RETENTION_METRICS_H_INCLUDED_


#include "ngx_http_retention_module.h"
#include "rtn_coupon.h"
#include "rtn_event.h"


/* why an event is not on disk although its request was answered */
typedef enum {
    NGX_HTTP_RETENTION_LOST_DEADLINE = 0,   /* the disk was too slow; it may
                                               have been written later */
    NGX_HTTP_RETENTION_LOST_QUEUE,          /* the batch was full */
    NGX_HTTP_RETENTION_LOST_STORE,          /* the store is not open, or what
                                               it has of the link is bad */
    NGX_HTTP_RETENTION_LOST_COMMIT,         /* the transaction failed */
    NGX_HTTP_RETENTION_LOST_COUNT
} ngx_http_retention_lost_e;


/* why a request was refused, or not taken for what it said it was */
typedef enum {
    NGX_HTTP_RETENTION_REJECTED_FORM = 0,   /* as RTN_ERR_TOKEN_* */
    NGX_HTTP_RETENTION_REJECTED_VERSION,
    NGX_HTTP_RETENTION_REJECTED_PURPOSE,
    NGX_HTTP_RETENTION_REJECTED_KEY,
    NGX_HTTP_RETENTION_REJECTED_MAC,
    NGX_HTTP_RETENTION_REJECTED_EXPIRED,
    NGX_HTTP_RETENTION_REJECTED_UNKNOWN,    /* no such campaign or link */
    NGX_HTTP_RETENTION_REJECTED_BODY,       /* JSON, gzip, or too large */
    NGX_HTTP_RETENTION_REJECTED_ORIGIN,
    NGX_HTTP_RETENTION_REJECTED_AUTHORISATION,
    NGX_HTTP_RETENTION_REJECTED_METHOD,
    NGX_HTTP_RETENTION_REJECTED_COUNT
} ngx_http_retention_rejected_e;


#define NGX_HTTP_RETENTION_BUCKETS  12      /* of a histogram, without +Inf */
#define NGX_HTTP_RETENTION_CODES    16


typedef struct {
    ngx_atomic_t  buckets[NGX_HTTP_RETENTION_BUCKETS + 1];  /* not cumulated */
    ngx_atomic_t  sum;
} ngx_http_retention_histogram_t;


typedef struct {
    ngx_atomic_t  requests[NGX_HTTP_RETENTION_ENDPOINTS]
                          [NGX_HTTP_RETENTION_CODES];
    ngx_atomic_t  events[RTN_KIND_COUNT][RTN_CLASS_COUNT];
    ngx_atomic_t  lost[NGX_HTTP_RETENTION_LOST_COUNT];
    ngx_atomic_t  rejected[NGX_HTTP_RETENTION_ENDPOINTS]
                          [NGX_HTTP_RETENTION_REJECTED_COUNT];
    ngx_atomic_t  coupons[RTN_COUPON_REASON_COUNT];
    ngx_atomic_t  unmerged;
    ngx_atomic_t  fold_waiting_ms;      /* time of the first event that is not
                                           folded; 0: all are */
    ngx_http_retention_histogram_t  wait_us;    /* before a commit */
    ngx_http_retention_histogram_t  commit_us;
    ngx_http_retention_histogram_t  batch_records;
} ngx_http_retention_metrics_t;


/* A value of a label: one row a value. */
typedef struct {
    ngx_uint_t    value;
    const char   *name;
} ngx_http_retention_label_t;

extern const ngx_http_retention_label_t  ngx_http_retention_endpoint_labels[];
extern const ngx_http_retention_label_t  ngx_http_retention_lost_labels[];
extern const ngx_http_retention_label_t  ngx_http_retention_rejected_labels[];

/* the statuses that are counted by name; the last, 0, counts all others */
extern const ngx_uint_t  ngx_http_retention_codes[NGX_HTTP_RETENTION_CODES];

/* upper bounds: microseconds of a commit or a wait, records of a batch */
extern const ngx_uint_t
    ngx_http_retention_commit_bounds[NGX_HTTP_RETENTION_BUCKETS];
extern const ngx_uint_t
    ngx_http_retention_batch_bounds[NGX_HTTP_RETENTION_BUCKETS];


/* Adds the zone to the configuration. */
ngx_int_t ngx_http_retention_metrics_zone(ngx_conf_t *cf,
    ngx_http_retention_main_conf_t *rmcf);

/* The counters; never NULL once the configuration is in use. */
ngx_http_retention_metrics_t *ngx_http_retention_metrics(void);

void ngx_http_retention_count_request(ngx_http_request_t *r,
    ngx_uint_t status);
void ngx_http_retention_count_events(enum rtn_kind kind, enum rtn_class class,
    ngx_uint_t n);
void ngx_http_retention_count_lost(ngx_http_retention_lost_e reason,
    ngx_uint_t n);
void ngx_http_retention_count_rejected(ngx_http_request_t *r,
    ngx_http_retention_rejected_e reason);
/* by one of RTN_ERR_TOKEN_*, or RTN_ERR_NOT_FOUND */
void ngx_http_retention_count_rejected_err(ngx_http_request_t *r, int err);
void ngx_http_retention_count_unmerged(void);
void ngx_http_retention_count_coupon(enum rtn_coupon_reason reason);
void ngx_http_retention_count_wait(ngx_uint_t us);      /* any thread */
void ngx_http_retention_count_commit(ngx_uint_t us, ngx_uint_t records);


#endif /* _NGX_HTTP_RETENTION_METRICS_H_INCLUDED_ */
