/* One transaction for the batches of all workers. */

#include "ngx_http_retention_commit.h"
#include "rtn_campaign.h"
#include "rtn_coupon.h"
#include "rtn_log.h"
#include "rtn_post.h"


/*
 * A whole post fits an empty batch: an encoded event is shorter than its JSON
 * but for its fixed fields, some 64 bytes.
 */
#define NGX_HTTP_RETENTION_EVENTS_MAX        4096
#define NGX_HTTP_RETENTION_BYTES_MAX         (RTN_POST_BODY_MAX               \
                                              + 64 * RTN_POST_EVENTS_MAX)

#define NGX_HTTP_RETENTION_COUPONS_MAX       128
#define NGX_HTTP_RETENTION_SUPPRESSIONS_MAX  128

/* LMDB 0.9.24 spills dirty pages, slowly, in larger transactions */
#define NGX_HTTP_RETENTION_COMMIT_MAX        32768


static int ngx_http_retention_commit_events(struct rtn_store *store,
    ngx_http_retention_batch_t **batches, ngx_uint_t n, int64_t now_ms);
static int ngx_http_retention_holds_events(struct rtn_store *store,
    ngx_http_retention_batch_t *batch, bool *holds);
static int ngx_http_retention_commit_coupons(struct rtn_store *store,
    ngx_http_retention_batch_t **batches, ngx_uint_t n, int64_t now_ms);
static int ngx_http_retention_commit_suppressions(struct rtn_store *store,
    ngx_http_retention_batch_t **batches, ngx_uint_t n, int64_t now_ms);


const ngx_http_retention_lane_kind_t
    ngx_http_retention_lane_kinds[NGX_HTTP_RETENTION_LANES] =
{
    { sizeof(struct rtn_str),
      NGX_HTTP_RETENTION_EVENTS_MAX, NGX_HTTP_RETENTION_BYTES_MAX,
      NGX_HTTP_RETENTION_COMMIT_MAX,
      ngx_http_retention_commit_events, ngx_http_retention_holds_events },

    { sizeof(struct rtn_coupon_job),
      NGX_HTTP_RETENTION_COUPONS_MAX, 0,
      RTN_COUPON_JOBS_MAX,
      ngx_http_retention_commit_coupons, NULL },

    { sizeof(struct rtn_suppression),
      NGX_HTTP_RETENTION_SUPPRESSIONS_MAX, 0,
      NGX_HTTP_RETENTION_COMMIT_MAX,
      ngx_http_retention_commit_suppressions, NULL }
};


/* Each batch gets its first id before the disk has it: see group.h. */
static int
ngx_http_retention_commit_events(struct rtn_store *store,
    ngx_http_retention_batch_t **batches, ngx_uint_t n, int64_t now_ms)
{
    int                     rc;
    uint64_t                id;
    ngx_uint_t              i, j;
    struct rtn_str         *payloads;
    struct rtn_log_writer  *writer;

    rc = rtn_log_begin(store, now_ms, &writer);
    if (rc != RTN_OK) {
        return rc;
    }

    for (i = 0; rc == RTN_OK && i < n; i++) {
        payloads = (struct rtn_str *) batches[i]->jobs;

        for (j = 0; rc == RTN_OK && j < batches[i]->n; j++) {
            rc = rtn_log_add(writer, payloads[j], &id);

            if (rc == RTN_OK && j == 0) {
                batches[i]->first_id = id;
            }
        }
    }

    ngx_memory_barrier();

    return rtn_log_commit(writer);
}


static int
ngx_http_retention_holds_events(struct rtn_store *store,
    ngx_http_retention_batch_t *batch, bool *holds)
{
    if (batch->first_id == 0) {
        *holds = false;
        return RTN_OK;
    }

    return rtn_log_holds(store, batch->first_id,
                         ((struct rtn_str *) batch->jobs)[0], holds);
}


/* All jobs of the batches in one array, which is the caller's; NULL: memory
   is short. */
static void *
ngx_http_retention_gather(ngx_http_retention_batch_t **batches, ngx_uint_t n,
    size_t job_size, ngx_uint_t *count)
{
    u_char      *jobs, *p;
    ngx_uint_t   i;

    *count = 0;

    for (i = 0; i < n; i++) {
        *count += batches[i]->n;
    }

    jobs = malloc(*count * job_size);
    if (jobs == NULL) {
        return NULL;
    }

    for (i = 0, p = jobs; i < n; i++) {
        p = ngx_cpymem(p, batches[i]->jobs, batches[i]->n * job_size);
    }

    return jobs;
}


/* And back, with their answers. */
static void
ngx_http_retention_scatter(ngx_http_retention_batch_t **batches, ngx_uint_t n,
    size_t job_size, const void *jobs)
{
    size_t         size;
    ngx_uint_t     i;
    const u_char  *p;

    for (i = 0, p = jobs; i < n; i++) {
        size = batches[i]->n * job_size;

        ngx_memcpy(batches[i]->jobs, p, size);
        p += size;
    }
}


static int
ngx_http_retention_commit_coupons(struct rtn_store *store,
    ngx_http_retention_batch_t **batches, ngx_uint_t n, int64_t now_ms)
{
    int                     rc;
    ngx_uint_t              count;
    struct rtn_coupon_job  *jobs;

    jobs = ngx_http_retention_gather(batches, n, sizeof(struct rtn_coupon_job),
                                     &count);
    if (jobs == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = rtn_coupon_decide(store, jobs, count, now_ms);

    ngx_http_retention_scatter(batches, n, sizeof(struct rtn_coupon_job),
                               jobs);
    free(jobs);

    return rc;
}


static int
ngx_http_retention_commit_suppressions(struct rtn_store *store,
    ngx_http_retention_batch_t **batches, ngx_uint_t n, int64_t now_ms)
{
    int                      rc;
    ngx_uint_t               count;
    struct rtn_suppression  *jobs;

    (void) now_ms;

    jobs = ngx_http_retention_gather(batches, n,
                                     sizeof(struct rtn_suppression), &count);
    if (jobs == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = rtn_suppress(store, jobs, count);

    free(jobs);

    return rc;
}
