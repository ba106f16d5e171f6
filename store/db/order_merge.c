/*
 * Few runs of many.  The last runs are merged into one, which appears in the
 * list when it is whole; then the rows of those before are removed.  Each
 * step is a transaction of its own, so that none is large, and what a kill
 * left behind is removed by the next.
 *
 * Another process may write meanwhile, or take the unfinished run for one
 * that was left behind.  Either takes a number, and a merge that finds
 * another number than its own at its end was in vain.
 */

#include <stdlib.h>
#include <string.h>

#include "order.h"

#define MERGE_BYTES    (4u << 20)       /* of a transaction; as of a run,
                                           see order_batch.c */
#define MERGE_REMOVED  20000            /* rows in a transaction */
#define MERGE_RATIO    4                /* a run stays that is so many times
                                           larger than all behind it */

struct order_merger {
    struct rtn_store    *store;
    struct db_txn        snapshot;      /* of the runs that are merged */
    struct db_txn        txn;
    struct order_runs    runs;
    size_t               first;         /* of those that are merged */
    struct order_writer  writer;
};

static int merge_sweep(struct rtn_store *store);
static int merge_sweep_table(struct rtn_store *store, enum db_table table,
    const struct order_runs *runs);
static int merge_is_left(struct db_txn *txn, enum db_table table,
    const struct order_runs *runs, uint32_t from, uint32_t *left);
static int merge_remove(struct rtn_store *store, enum db_table table,
    uint32_t run);
static size_t merge_first(const struct order_runs *runs);
static int merge_begin(struct order_merger *merger);
static int merge_records(struct order_merger *merger);
static int merge_ids(struct order_merger *merger);
static int merge_ids_next(struct order_ids *ids, bool *is_open, size_t n,
    struct order_writer *writer);
static int merge_pause(struct order_merger *merger);
static int merge_end(struct order_merger *merger);


int
order_merge(struct rtn_store *store)
{
    int                  rc;
    struct db_txn        txn;
    struct order_merger  merger;

    memset(&merger, 0, sizeof(merger));
    merger.store = store;

    rc = db_read_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = order_runs_get(&txn, &merger.runs);
    }

    db_read_end(&txn);

    if (rc == RTN_OK) {
        rc = merge_sweep(store);
    }

    if (rc != RTN_OK || merger.runs.n <= ORDER_RUNS_KEPT) {
        return rc;
    }

    rc = merge_begin(&merger);

    if (rc == RTN_OK) {
        rc = merge_records(&merger);
    }

    if (rc == RTN_OK) {
        rc = merge_ids(&merger);
    }

    db_snapshot_end(&merger.snapshot);

    rc = rc == RTN_OK ? merge_end(&merger) : rc;

    db_abort(&merger.txn);

    /* RTN_ERR_EXISTS: there is a later run */

    return rc == RTN_OK || rc == RTN_ERR_EXISTS ? merge_sweep(store) : rc;
}


/* Rows of runs that are not in the list. */
static int
merge_sweep(struct rtn_store *store)
{
    int                rc;
    struct db_txn      txn;
    struct order_runs  runs;

    rc = db_read_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = order_runs_get(&txn, &runs);
    }

    db_read_end(&txn);

    if (rc == RTN_OK) {
        rc = merge_sweep_table(store, DB_ORDERS, &runs);
    }

    return rc == RTN_OK ? merge_sweep_table(store, DB_ORDER_IDS, &runs) : rc;
}


static int
merge_sweep_table(struct rtn_store *store, enum db_table table,
    const struct order_runs *runs)
{
    int            rc;
    uint32_t       left = 0;
    struct db_txn  txn;

    for ( ;; ) {
        rc = db_read_begin(store, DB_CRM, &txn);

        if (rc == RTN_OK) {
            rc = merge_is_left(&txn, table, runs, left, &left);
        }

        db_read_end(&txn);

        if (rc != RTN_OK) {
            return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
        }

        rc = merge_remove(store, table, left);
        if (rc != RTN_OK) {
            return rc;
        }
    }
}


/* The first run from a number on that is not in the list. */
static int
merge_is_left(struct db_txn *txn, enum db_table table,
    const struct order_runs *runs, uint32_t from, uint32_t *left)
{
    int               rc;
    size_t            i = 0;
    uint8_t           key[4];
    uint32_t          run = from;
    struct db_cursor  row;

    rc = db_cursor_open(txn, table, &row);

    while (rc == RTN_OK) {
        rc = db_cursor_seek(&row, crm_customer_key(key, run));

        if (rc == RTN_OK && row.key.len < sizeof(key)) {
            rc = RTN_ERR_CORRUPT;
        }

        if (rc != RTN_OK) {
            break;
        }

        run = db_key_read_u32((const uint8_t *) row.key.data);

        while (i < runs->n && runs->runs[i].number < run) {
            i++;
        }

        if (i == runs->n || runs->runs[i].number != run) {
            *left = run;
            break;
        }

        rc = run == UINT32_MAX ? RTN_ERR_NOT_FOUND : RTN_OK;
        run++;
    }

    db_cursor_close(&row);

    return rc;
}


static int
merge_remove(struct rtn_store *store, enum db_table table, uint32_t run)
{
    int                rc;
    size_t             n;
    uint8_t            prefix[4];
    struct db_txn      txn;
    struct db_cursor   row;
    struct order_runs  runs;

    rc = db_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = order_runs_get(&txn, &runs);
    }

    if (rc == RTN_OK) {
        runs.last++;
        rc = order_runs_put(&txn, &runs);
    }

    if (rc == RTN_OK) {
        rc = db_cursor_open(&txn, table, &row);
    }

    if (rc != RTN_OK) {
        db_abort(&txn);
        return rc;
    }

    rc = db_cursor_seek(&row, crm_customer_key(prefix, run));

    for (n = 0; (rc == RTN_OK || rc == RTN_ERR_CORRUPT) && n < MERGE_REMOVED
         && memcmp(row.key.data, prefix, sizeof(prefix)) == 0; n++)
    {
        rc = db_cursor_delete(&row);

        if (rc == RTN_OK) {
            rc = db_cursor_next(&row);
        }
    }

    db_cursor_close(&row);

    return db_commit(&txn);
}


/* From the last run back, as long as the one before is not much larger than
   all of them. */
static size_t
merge_first(const struct order_runs *runs)
{
    size_t    first = runs->n - 2;
    uint64_t  sum = runs->runs[runs->n - 1].orders + runs->runs[first].orders;

    while (first > 0
           && (runs->runs[first - 1].orders / MERGE_RATIO < sum
               || first >= ORDER_RUNS_KEPT))
    {
        sum += runs->runs[--first].orders;
    }

    return first;
}


/* The number is taken in the first transaction, so that no later run has it
   if this one is never finished. */
static int
merge_begin(struct order_merger *merger)
{
    int  rc;

    rc = db_begin(merger->store, DB_CRM, &merger->txn);

    if (rc == RTN_OK) {
        rc = order_runs_get(&merger->txn, &merger->runs);
    }

    if (rc == RTN_OK) {
        merger->first = merge_first(&merger->runs);
        merger->runs.last++;
        rc = order_runs_put(&merger->txn, &merger->runs);
    }

    if (rc == RTN_OK) {
        rc = db_commit(&merger->txn);
    }

    if (rc == RTN_OK) {
        rc = db_snapshot_begin(merger->store, DB_CRM, &merger->snapshot);
    }

    if (rc == RTN_OK) {
        rc = db_begin(merger->store, DB_CRM, &merger->txn);
    }

    order_writer_init(&merger->writer, &merger->txn, merger->runs.last);

    return rc;
}


/* Behind the oldest run nothing is older, so that nothing is left to be
   overridden. */
static int
merge_records(struct order_merger *merger)
{
    int                   rc;
    bool                  is_all = merger->first == 0;
    size_t                i;
    struct order_join     join;
    struct order_joined  *order;

    rc = order_join_open(&join, &merger->snapshot,
                         merger->runs.runs + merger->first,
                         merger->runs.n - merger->first, 0, !is_all);

    while (rc == RTN_OK) {
        rc = order_join_next(&join);

        for (i = 0; rc == RTN_OK && i < join.count; i++) {
            order = &join.orders[i];
            rc = order_writer_add(&merger->writer, join.customer,
                                  !is_all && order->is_override,
                                  order->record);
        }

        if (rc == RTN_OK) {
            rc = merge_pause(merger);
        }
    }

    order_join_close(&join);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static int
merge_ids(struct order_merger *merger)
{
    int               rc = RTN_OK;
    bool              is_open[ORDER_RUNS_MAX];
    size_t            i, n = merger->runs.n - merger->first;
    struct order_ids  ids[ORDER_RUNS_MAX];

    for (i = 0; i < n && rc == RTN_OK; i++) {
        rc = order_ids_open(&ids[i], &merger->snapshot,
                            merger->runs.runs[merger->first + i].number, 0);
        is_open[i] = rc == RTN_OK;
        rc = rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
    }

    n = i;

    while (rc == RTN_OK) {
        rc = merge_ids_next(ids, is_open, n, &merger->writer);

        if (rc == RTN_OK) {
            rc = merge_pause(merger);
        }
    }

    for (i = 0; i < n; i++) {
        order_ids_close(&ids[i]);
    }

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


/* One entry, of all that are equal to it. */
static int
merge_ids_next(struct order_ids *ids, bool *is_open, size_t n,
    struct order_writer *writer)
{
    int       rc = RTN_OK;
    size_t    i, least = n;
    uint32_t  customer;
    uint64_t  hash;

    for (i = 0; i < n; i++) {
        if (is_open[i]
            && (least == n || ids[i].hash < ids[least].hash
                || (ids[i].hash == ids[least].hash
                    && ids[i].customer < ids[least].customer)))
        {
            least = i;
        }
    }

    if (least == n) {
        return RTN_ERR_NOT_FOUND;
    }

    hash = ids[least].hash;
    customer = ids[least].customer;

    for (i = least; rc == RTN_OK && i < n; i++) {
        while (rc == RTN_OK && is_open[i] && ids[i].hash == hash
               && ids[i].customer == customer)
        {
            rc = order_ids_next(&ids[i]);
            is_open[i] = rc == RTN_OK;
            rc = rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
        }
    }

    return rc != RTN_OK ? rc : order_writer_id(writer, hash, customer);
}


static int
merge_pause(struct order_merger *merger)
{
    int  rc;

    if (merger->txn.bytes < MERGE_BYTES) {
        return RTN_OK;
    }

    rc = db_commit(&merger->txn);

    return rc == RTN_OK ? db_begin(merger->store, DB_CRM, &merger->txn) : rc;
}


/* Another may have put a run behind these meanwhile: then all was in vain,
   and the next merge is for it. */
static int
merge_end(struct order_merger *merger)
{
    int                 rc;
    struct order_run   *run;
    struct order_runs   now;

    rc = order_writer_end(&merger->writer);

    if (rc == RTN_OK) {
        rc = order_runs_get(&merger->txn, &now);
    }

    if (rc != RTN_OK || now.last != merger->runs.last) {
        return rc;
    }

    run = &now.runs[merger->first];
    run->number = now.last;
    run->orders = merger->writer.orders;
    now.n = merger->first + 1;

    rc = order_runs_put(&merger->txn, &now);

    return rc == RTN_OK ? db_commit(&merger->txn) : rc;
}
