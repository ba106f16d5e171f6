/*
 * Group commit: the batches of all workers share one pair of flushes.
 *
 * Batches lie in memory that all workers share.  A worker's thread whose batch
 * is ready tries the lane's mutex.  Who gets it commits every batch that is
 * ready, whoever filled it, in one transaction; who does not sleeps until that
 * commit is over, and most often finds its batch done.  So a commit costs the
 * same for one worker and for eight, and nobody waits for more than the commit
 * under way and one more.
 *
 *          +--owner, to add--+
 *          v                 |
 *     open --owner--> ready -+-committer--> taken --committer--> done
 *       ^                                                          |
 *       +------------------------- owner --------------------------+
 *
 * A batch fills until the moment in which a committer takes it.  A committer
 * takes one only when the one behind it is open, so its owner always has one
 * to fill.
 *
 * A committer that dies leaves taken batches behind.  The mutex is robust: the
 * next one is told, and asks the log for each of them whether its first event
 * is there under the id that it was given.  Decisions about coupons and
 * unsubscriptions may be written again.
 *
 * Another generation of nginx has a group of its own, and so does a worker for
 * which this one has no slot left; LMDB's lock keeps them apart.
 */

#ifndef _NGX_HTTP_RETENTION_GROUP_H_INCLUDED_
#define _NGX_HTTP_RETENTION_GROUP_H_INCLUDED_


#include "ngx_http_retention_commit.h"
#include "ngx_http_retention_turn.h"


/*
 * One batch fills, one is with the committer, and two wait for their owner to
 * answer them: then the disk works on while the answers go out.
 */
#define NGX_HTTP_RETENTION_BATCHES      4

/* Their memory is some 3 MB each, most of it never touched. */
#define NGX_HTTP_RETENTION_SLOTS_MAX  256


/* What one worker has of the group. */
typedef struct {
    ngx_atomic_t                pid;        /* 0: free */
    ngx_atomic_t                filling[NGX_HTTP_RETENTION_LANES];
                                            /* index of the batch that fills */
    ngx_http_retention_batch_t  batches[NGX_HTTP_RETENTION_LANES]
                                       [NGX_HTTP_RETENTION_BATCHES];
} ngx_http_retention_slot_t;


/* What the workers of a group know of the store's pages, which LMDB trusts. */
typedef struct {
    ngx_http_retention_turn_t   turn;       /* of who opens the store, so that
                                               one verifies for all */
    ngx_atomic_t                is_verified;    /* as far as there was time,
                                                   and nobody died since */
    ngx_atomic_t                died_s;     /* when the first worker did, of
                                               those within a minute; 0: none */
    ngx_atomic_t                is_dying;   /* one after the other did: next
                                               time all pages are verified,
                                               however long it takes */
    ngx_atomic_t                damaged_s;  /* when they were found to be so;
                                               0: they were not */
} ngx_http_retention_pages_t;


/* Lies in memory that all workers share. */
typedef struct {
    ngx_http_retention_turn_t   turns[NGX_HTTP_RETENTION_LANES];
    ngx_http_retention_pages_t  pages;

    /*
     * How often a write or a flush of the group failed, but for a full disk,
     * on which links still find their targets, or pages were found damaged.
     * LMDB fences but the process that met it, while what it left in the page
     * cache is seen by all: when the number rises, no worker uses its store
     * before it has opened it again.
     */
    ngx_atomic_t                failures;

    ngx_uint_t                  slot_count;
    ngx_http_retention_slot_t   slots[];
} ngx_http_retention_group_t;

extern ngx_http_retention_group_t  *ngx_http_retention_group;


/* ngx_http_retention_group.c */

/* Adds the zone to the configuration. */
ngx_int_t ngx_http_retention_group_zone(ngx_conf_t *cf,
    ngx_http_retention_main_conf_t *rmcf);

/*
 * Gives this worker a group, and a slot of it, of which all batches are open
 * and empty: a free one, or one whose worker is dead, or that of a group of its
 * own.  NULL: memory is short.
 */
ngx_http_retention_slot_t *ngx_http_retention_group_join(ngx_cycle_t *cycle,
    ngx_shm_zone_t *zone);

/* Gives it back.  No batch of it may be ready. */
void ngx_http_retention_group_leave(ngx_http_retention_slot_t *slot);

/* Ends the use of the store by all workers, as a failed write does. */
void ngx_http_retention_group_fence(void);


/* ngx_http_retention_group_commit.c */

/*
 * Brings the slot's batches of a lane to disk, until none is ready or
 * commits_max commits are done.  Called by a thread.
 *
 * done   called when batches of the slot are done, by the thread
 */
void ngx_http_retention_group_commit(ngx_http_retention_slot_t *slot,
    ngx_http_retention_lane_e lane, struct rtn_store *store,
    ngx_uint_t commits_max, void (*done)(void));


#endif /* _NGX_HTTP_RETENTION_GROUP_H_INCLUDED_ */
