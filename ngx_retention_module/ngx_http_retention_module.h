/*
 * What the files of the module share: configuration, the worker's state, and
 * one entry per endpoint.
 */

#ifndef _NGX_HTTP_RETENTION_MODULE_H_INCLUDED_
#define _NGX_HTTP_RETENTION_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "rtn_apikey.h"
#include "rtn_classify.h"
#include "rtn_store.h"
#include "rtn_token.h"


/* waits of a request for the disk, in milliseconds */
#define NGX_HTTP_RETENTION_OPEN_WAIT     240    /* fail open: then answer */
#define NGX_HTTP_RETENTION_CLOSED_WAIT  5000    /* fail closed: then 503 */

#define NGX_HTTP_RETENTION_RETRY_AFTER   "1"    /* seconds, with every 503 */


typedef enum {
    NGX_HTTP_RETENTION_NONE = 0,
    NGX_HTTP_RETENTION_PIXEL,
    NGX_HTTP_RETENTION_REDIRECT,
    NGX_HTTP_RETENTION_UNSUBSCRIBE,
    NGX_HTTP_RETENTION_EVENTS,
    NGX_HTTP_RETENTION_COUPONS,
    NGX_HTTP_RETENTION_STATUS,
    NGX_HTTP_RETENTION_ENDPOINTS
} ngx_http_retention_endpoint_e;


typedef enum {
    NGX_HTTP_RETENTION_ACK_COMMIT = 0,  /* answer when it is on disk */
    NGX_HTTP_RETENTION_ACK_QUEUED       /* answer when it is in the batch */
} ngx_http_retention_ack_e;


typedef struct {
    ngx_str_t            store;
    ngx_str_t            api_keys_file;
    struct rtn_apikey   *api_keys;
    size_t               api_key_count;
    ngx_thread_pool_t   *thread_pool;
    ngx_shm_zone_t      *metrics_zone;
    ngx_shm_zone_t      *group_zone;
    ngx_uint_t           group_slots;   /* in it: workers that share it */
    ngx_str_t            needed_by;     /* an endpoint that wants the store */
} ngx_http_retention_main_conf_t;


typedef struct {
    ngx_uint_t           endpoint;      /* ngx_http_retention_endpoint_e */
    ngx_uint_t           ack;           /* ngx_http_retention_ack_e */
    ngx_str_t            fallback;
    ngx_array_t         *origins;       /* ngx_str_t; NULL: none is allowed */
    unsigned             is_public:1;       /* coupons: bare GETs as well */
    unsigned             is_prometheus:1;   /* status */
} ngx_http_retention_loc_conf_t;


/* The store as this worker sees it.  One per process. */
typedef struct {
    struct rtn_store    *store;         /* NULL while it cannot be used */
    struct rtn_keyring   ring;
    ngx_event_t          tick;          /* each second */
    ngx_uint_t           ticks;         /* with a store that can be used */
    ngx_uint_t           opening_err;   /* the last error logged, negated */
    ngx_uint_t           failures;      /* of the group, when it was opened */
    ngx_msec_t           looked;        /* when they were looked at last */
    unsigned             is_failed:1;   /* close and open again */
} ngx_http_retention_worker_t;


/* ngx_http_retention_api_keys.c */

/* Reads rmcf->api_keys_file into rmcf; for the directive's setter. */
char *ngx_http_retention_read_api_keys(ngx_conf_t *cf,
    ngx_http_retention_main_conf_t *rmcf);

/*
 * Who sends, by "Authorization: Bearer KEY".  NGX_OK: *key is set, or NULL
 * without the header; else the status to refuse with: 401 for an unknown key,
 * 403 for one without the scope.
 */
ngx_int_t ngx_http_retention_authorise(ngx_http_request_t *r,
    enum rtn_scope scope, const struct rtn_apikey **key);


/* ngx_http_retention_open.c */

/*
 * Opens the store for a worker that has joined its group.  Errors as
 * rtn_store_open has them.
 */
int ngx_http_retention_open(ngx_str_t *path, ngx_log_t *log,
    struct rtn_store **store);


/* ngx_http_retention_worker.c */

extern ngx_http_retention_worker_t  ngx_http_retention_worker;

ngx_int_t ngx_http_retention_worker_init(ngx_cycle_t *cycle);
void ngx_http_retention_worker_exit(ngx_cycle_t *cycle);

/* The store, or NULL while it cannot be used. */
struct rtn_store *ngx_http_retention_store_usable(void);

/* The clock of the event loop, in milliseconds since the Unix epoch. */
int64_t ngx_http_retention_now_ms(void);


/* ngx_http_retention_request.c */

/* Whether the path holds a tag that mail services fill in, and leave as it is
   in a test mail. */
ngx_flag_t ngx_http_retention_is_unmerged(ngx_http_request_t *r);

/*
 * Opens the token that is the last segment of the path, with suffix taken off
 * where it is there.  NGX_DECLINED: it is not good, and has been counted.
 */
ngx_int_t ngx_http_retention_token_open(ngx_http_request_t *r,
    enum rtn_purpose purpose, const char *suffix, struct rtn_token *token);

/* What the request shows of itself; strings are the request's. */
void ngx_http_retention_fingerprint(ngx_http_request_t *r, enum rtn_kind kind,
    struct rtn_fingerprint *fingerprint);

/* A header by its lower-case name, or NULL. */
ngx_str_t *ngx_http_retention_header_in(ngx_http_request_t *r,
    const ngx_str_t *name);


/* ngx_http_retention_body.c */

/*
 * Called with status 0 and the whole body, inflated, at most
 * RTN_POST_BODY_MAX bytes; or with a status to refuse with (400, 413, 415,
 * 500) and no body.
 * Returns what a content handler returns.
 */
typedef ngx_int_t (*ngx_http_retention_body_pt)(ngx_http_request_t *r,
    ngx_int_t status, struct rtn_str body);

/* Reads the body and calls handler.  Returns what a content handler
   returns. */
ngx_int_t ngx_http_retention_read_body(ngx_http_request_t *r,
    ngx_http_retention_body_pt handler);


/* The content handlers, one file each. */

ngx_int_t ngx_http_retention_pixel_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_retention_redirect_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_retention_unsubscribe_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_retention_events_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_retention_coupons_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_retention_status_handler(ngx_http_request_t *r);


extern ngx_module_t  ngx_http_retention_module;


#endif /* _NGX_HTTP_RETENTION_MODULE_H_INCLUDED_ */
