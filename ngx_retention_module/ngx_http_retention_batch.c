/* A batch as its owner sees it. */

#include "ngx_http_retention_batch.h"


ngx_int_t
ngx_http_retention_stage_init(ngx_http_retention_stage_t *stage,
    const ngx_http_retention_lane_kind_t *kind, ngx_pool_t *pool)
{
    stage->jobs = ngx_palloc(pool, kind->jobs_max * kind->job_size);
    stage->bytes = ngx_palloc(pool, kind->bytes_max);

    return (stage->jobs != NULL && stage->bytes != NULL) ? NGX_OK : NGX_ERROR;
}


void
ngx_http_retention_batch_init(ngx_http_retention_own_batch_t *own,
    ngx_http_retention_batch_t *shared)
{
    own->shared = shared;
    ngx_queue_init(&own->waiters);

    ngx_http_retention_batch_clear(own);
}


ngx_flag_t
ngx_http_retention_batch_has_room(const ngx_http_retention_own_batch_t *own,
    const ngx_http_retention_lane_kind_t *kind, ngx_uint_t jobs, size_t bytes)
{
    return own->n + jobs <= kind->jobs_max
           && own->used + bytes <= kind->bytes_max;
}


ngx_flag_t
ngx_http_retention_batch_hold(ngx_http_retention_own_batch_t *own)
{
    return own->n == 0
           || ngx_atomic_cmp_set(&own->shared->state,
                                 NGX_HTTP_RETENTION_BATCH_READY,
                                 NGX_HTTP_RETENTION_BATCH_OPEN);
}


void
ngx_http_retention_batch_append(ngx_http_retention_own_batch_t *own,
    const ngx_http_retention_lane_kind_t *kind,
    const ngx_http_retention_stage_t *stage, ngx_uint_t jobs, size_t bytes)
{
    u_char          *place;
    ngx_uint_t       i;
    struct rtn_str  *texts;

    place = own->shared->jobs + own->n * kind->job_size;

    ngx_memcpy(place, stage->jobs, jobs * kind->job_size);

    if (bytes != 0) {
        ngx_memcpy(own->shared->bytes + own->used, stage->bytes, bytes);

        texts = (struct rtn_str *) place;

        for (i = 0; i < jobs; i++) {
            texts[i].data = (char *) own->shared->bytes + own->used
                            + ((u_char *) texts[i].data - stage->bytes);
        }
    }

    own->n += jobs;
    own->used += bytes;
}


void
ngx_http_retention_batch_let_go(ngx_http_retention_own_batch_t *own)
{
    own->shared->n = own->n;
    ngx_memory_barrier();
    own->shared->state = NGX_HTTP_RETENTION_BATCH_READY;
}


void
ngx_http_retention_batch_clear(ngx_http_retention_own_batch_t *own)
{
    own->n = 0;
    own->unwaited = 0;
    own->used = 0;

    own->shared->n = 0;
    own->shared->first_id = 0;
    ngx_memory_barrier();
    own->shared->state = NGX_HTTP_RETENTION_BATCH_OPEN;
}
