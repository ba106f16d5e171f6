/*
 * Reading all orders, at one moment.  A thread joins the runs and checks
 * their rows, a few thousand records ahead; who scans reads what is in them.
 */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "order.h"

#define SCAN_BATCHES  4
#define SCAN_RECORDS  4096          /* of a batch */

struct scan_record {
    struct order_record  record;    /* lives as long as the transaction */
    uint32_t             customer;
};

struct scan_batch {
    size_t              n;
    int                 rc;         /* behind them; 0: there are more */
    struct scan_record  records[SCAN_RECORDS];
};

struct rtn_order_scan {
    struct db_txn       txn;
    struct order_join   join;       /* the thread's, while there is one */
    size_t              joined;     /* of its customer's records */

    bool                has_thread;
    pthread_t           thread;
    pthread_mutex_t     mutex;
    pthread_cond_t      changed;
    bool                is_stopped;
    unsigned            filled;     /* batches, so far */
    unsigned            emptied;

    size_t              at;         /* of the batch that is read */
    struct scan_batch   batches[SCAN_BATCHES];
};

static void scan_start(struct rtn_order_scan *scan);
static void *scan_run(void *data);
static bool scan_wait(struct rtn_order_scan *scan);
static void scan_fill(struct rtn_order_scan *scan, struct scan_batch *batch);
static struct scan_batch *scan_batch(struct rtn_order_scan *scan);
static void scan_emptied(struct rtn_order_scan *scan);


int
rtn_order_scan_open(struct rtn_store *store, struct rtn_order_scan **scan)
{
    int                     rc;
    struct order_runs       runs;
    struct rtn_order_scan  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    pthread_mutex_init(&opened->mutex, NULL);
    pthread_cond_init(&opened->changed, NULL);

    rc = db_snapshot_begin(store, DB_CRM, &opened->txn);

    if (rc == RTN_OK) {
        rc = order_runs_get(&opened->txn, &runs);
    }

    if (rc == RTN_OK) {
        rc = order_join_open(&opened->join, &opened->txn, runs.runs, runs.n,
                             0, false);
    }

    if (rc != RTN_OK) {
        rtn_order_scan_close(opened);
        return rc;
    }

    scan_start(opened);
    *scan = opened;

    return RTN_OK;
}


/* Without a thread, who scans does its work.  Signals are not for it, but for
   those that a damaged page raises. */
static void
scan_start(struct rtn_order_scan *scan)
{
    sigset_t  others, before;

    sigfillset(&others);
    sigdelset(&others, SIGSEGV);
    sigdelset(&others, SIGBUS);

    pthread_sigmask(SIG_SETMASK, &others, &before);
    scan->has_thread = pthread_create(&scan->thread, NULL, scan_run, scan)
                       == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}


static void *
scan_run(void *data)
{
    bool                    is_last = false;
    struct rtn_order_scan  *scan = data;
    struct scan_batch      *batch;

    while (!is_last && scan_wait(scan)) {
        batch = &scan->batches[scan->filled % SCAN_BATCHES];

        scan_fill(scan, batch);
        is_last = batch->rc != RTN_OK;

        pthread_mutex_lock(&scan->mutex);
        scan->filled++;
        pthread_cond_signal(&scan->changed);
        pthread_mutex_unlock(&scan->mutex);
    }

    return NULL;
}


/* For a free batch.  False: nobody reads on. */
static bool
scan_wait(struct rtn_order_scan *scan)
{
    bool  is_stopped;

    pthread_mutex_lock(&scan->mutex);

    while (!scan->is_stopped && scan->filled - scan->emptied == SCAN_BATCHES) {
        pthread_cond_wait(&scan->changed, &scan->mutex);
    }

    is_stopped = scan->is_stopped;
    pthread_mutex_unlock(&scan->mutex);

    return !is_stopped;
}


static void
scan_fill(struct rtn_order_scan *scan, struct scan_batch *batch)
{
    struct order_join  *join = &scan->join;

    batch->n = 0;
    batch->rc = RTN_OK;

    while (batch->n < SCAN_RECORDS) {
        if (scan->joined == join->count) {
            batch->rc = order_join_next(join);

            if (batch->rc != RTN_OK) {
                return;
            }

            scan->joined = 0;
            continue;
        }

        batch->records[batch->n++] = (struct scan_record) {
            join->orders[scan->joined++].record, join->customer
        };
    }
}


int
rtn_order_scan_next(struct rtn_order_scan *scan, struct rtn_order *order)
{
    struct scan_batch   *batch;
    struct scan_record  *record;

    for ( ;; ) {
        batch = scan_batch(scan);

        if (scan->at < batch->n) {
            break;
        }

        /* the last one stays, so that its end is told again */
        if (batch->rc != RTN_OK) {
            return batch->rc;
        }

        scan_emptied(scan);
    }

    record = &batch->records[scan->at++];
    order->customer = record->customer;

    return order_record_decode(record->record, order);
}


/* The batch that is read, when it is there. */
static struct scan_batch *
scan_batch(struct rtn_order_scan *scan)
{
    struct scan_batch  *batch;

    batch = &scan->batches[scan->emptied % SCAN_BATCHES];

    if (scan->at > 0) {
        return batch;
    }

    if (!scan->has_thread) {
        if (scan->filled == scan->emptied) {
            scan_fill(scan, batch);
            scan->filled++;
        }

        return batch;
    }

    pthread_mutex_lock(&scan->mutex);

    while (scan->filled == scan->emptied) {
        pthread_cond_wait(&scan->changed, &scan->mutex);
    }

    pthread_mutex_unlock(&scan->mutex);

    return batch;
}


static void
scan_emptied(struct rtn_order_scan *scan)
{
    scan->at = 0;

    pthread_mutex_lock(&scan->mutex);
    scan->emptied++;
    pthread_cond_signal(&scan->changed);
    pthread_mutex_unlock(&scan->mutex);
}


void
rtn_order_scan_close(struct rtn_order_scan *scan)
{
    if (scan == NULL) {
        return;
    }

    if (scan->has_thread) {
        pthread_mutex_lock(&scan->mutex);
        scan->is_stopped = true;
        pthread_cond_signal(&scan->changed);
        pthread_mutex_unlock(&scan->mutex);

        pthread_join(scan->thread, NULL);
    }

    pthread_cond_destroy(&scan->changed);
    pthread_mutex_destroy(&scan->mutex);

    order_join_close(&scan->join);
    db_snapshot_end(&scan->txn);
    free(scan);
}
