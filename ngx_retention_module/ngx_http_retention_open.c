/*
 * Opening the store.  A bit that flipped in a page of LMDB's may end a worker,
 * and the next one at the same place, or hide a coupon; so the pages are
 * verified before any worker reads them.  One worker does so for all, of this
 * generation and of those that are started by a reload.
 *
 * A start waits for RTN_VERIFY_MS at most, and so does the worker that comes
 * after one that died.  When workers die one after the other, all pages are
 * verified, since one of them may kill them.
 */

#include "ngx_http_retention_module.h"
#include "ngx_http_retention_group.h"


/* seconds until damaged pages are looked at again */
#define NGX_HTTP_RETENTION_DAMAGED_S  5


static unsigned
ngx_http_retention_open_flags(const ngx_http_retention_pages_t *pages)
{
    if (pages->is_verified) {
        return RTN_OPEN_SERVER;
    }

    return RTN_OPEN_SERVER | RTN_OPEN_VERIFY
           | (pages->is_dying ? 0 : RTN_OPEN_BRIEFLY);
}


static void
ngx_http_retention_open_done(ngx_http_retention_pages_t *pages, int rc)
{
    if (rc == RTN_OK) {
        pages->damaged_s = 0;
        pages->is_dying = 0;
        pages->is_verified = 1;

    } else if (rc == RTN_ERR_DAMAGED) {
        pages->damaged_s = ngx_time();
        pages->is_verified = 0;

        ngx_http_retention_group_fence();
    }
}


int
ngx_http_retention_open(ngx_str_t *path, ngx_log_t *log,
    struct rtn_store **store)
{
    int                          rc;
    unsigned                     flags;
    ngx_http_retention_pages_t  *pages;

    pages = &ngx_http_retention_group->pages;

    ngx_http_retention_turn_take(&pages->turn);

    /* who had it died before it said anything of the pages */
    pages->turn.is_orphaned = 0;

    if (pages->damaged_s != 0
        && ngx_time() - (time_t) pages->damaged_s
           < NGX_HTTP_RETENTION_DAMAGED_S)
    {
        ngx_http_retention_turn_give(&pages->turn);
        return RTN_ERR_DAMAGED;
    }

    flags = ngx_http_retention_open_flags(pages);

    rc = rtn_store_open((char *) path->data, flags, store);

    ngx_http_retention_open_done(pages, rc);
    ngx_http_retention_turn_give(&pages->turn);

    if (rc == RTN_OK && (flags & RTN_OPEN_VERIFY)
        && !rtn_store_is_verified(*store))
    {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "not all pages of retention store \"%V\" were verified "
                      "within %d ms", path, RTN_VERIFY_MS);
    }

    return rc;
}
