/*
 * What a lane commits: for each kind of job its limits, and the transaction
 * that makes the jobs of several batches durable at once.
 *
 * Runs in a committing thread; sees batches and the store, nothing else.
 */

#ifndef _NGX_HTTP_RETENTION_COMMIT_H_INCLUDED_
#define _NGX_HTTP_RETENTION_COMMIT_H_INCLUDED_


#include "ngx_http_retention_module.h"


typedef enum {
    NGX_HTTP_RETENTION_LANE_EVENTS = 0,     /* jobs: struct rtn_str */
    NGX_HTTP_RETENTION_LANE_COUPONS,        /* jobs: struct rtn_coupon_job */
    NGX_HTTP_RETENTION_LANE_SUPPRESSIONS,   /* jobs: struct rtn_suppression */
    NGX_HTTP_RETENTION_LANES
} ngx_http_retention_lane_e;


typedef enum {
    NGX_HTTP_RETENTION_BATCH_OPEN = 0,  /* its owner's, to add or to answer */
    NGX_HTTP_RETENTION_BATCH_READY,     /* has jobs, and a committer may come */
    NGX_HTTP_RETENTION_BATCH_TAKEN,     /* is in a transaction */
    NGX_HTTP_RETENTION_BATCH_DONE
} ngx_http_retention_batch_state_e;


/* A batch as committers see it: in memory that all workers share. */
typedef struct {
    ngx_atomic_t    state;          /* ngx_http_retention_batch_state_e */
    ngx_uint_t      n;              /* jobs */
    u_char         *jobs;
    u_char         *bytes;          /* what the jobs of the log point into */

    /* written by the committer */
    int             rc;
    uint64_t        first_id;       /* of the log; 0 before it has one */
    ngx_uint_t      commit_us;      /* what the commit took, and its records; */
    ngx_uint_t      commit_records; /* 0 in all of its batches but one */
} ngx_http_retention_batch_t;


/*
 * Writes the batches in one transaction, and waits for the disk.  What the
 * jobs are answered is in the jobs.  Returns 0 or RTN_ERR_*, for all.
 */
typedef int (*ngx_http_retention_commit_pt)(struct rtn_store *store,
    ngx_http_retention_batch_t **batches, ngx_uint_t n, int64_t now_ms);

/*
 * Whether the batch of a committer that died is on disk.  NULL where it does
 * no harm to write a batch again.
 */
typedef int (*ngx_http_retention_holds_pt)(struct rtn_store *store,
    ngx_http_retention_batch_t *batch, bool *holds);


typedef struct {
    size_t                         job_size;
    ngx_uint_t                     jobs_max;    /* of a batch */
    size_t                         bytes_max;   /* of a batch */
    ngx_uint_t                     commit_max;  /* jobs of a transaction */
    ngx_http_retention_commit_pt   commit;
    ngx_http_retention_holds_pt    holds;
} ngx_http_retention_lane_kind_t;

extern const ngx_http_retention_lane_kind_t
    ngx_http_retention_lane_kinds[NGX_HTTP_RETENTION_LANES];


#endif /* _NGX_HTTP_RETENTION_COMMIT_H_INCLUDED_ */
