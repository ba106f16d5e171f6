/* Reading all orders, at one moment. */

#include <stdlib.h>

#include "order.h"

struct rtn_order_scan {
    struct db_txn      txn;
    struct order_join  join;
    size_t             at;              /* of the customer's orders */
};


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

    *scan = opened;

    return RTN_OK;
}


int
rtn_order_scan_next(struct rtn_order_scan *scan, struct rtn_order *order)
{
    int  rc;

    while (scan->at == scan->join.count) {
        rc = order_join_next(&scan->join);
        if (rc != RTN_OK) {
            return rc;
        }

        scan->at = 0;
    }

    order->customer = scan->join.customer;

    return order_record_decode(scan->join.orders[scan->at++].record, order);
}


void
rtn_order_scan_close(struct rtn_order_scan *scan)
{
    if (scan != NULL) {
        order_join_close(&scan->join);
        db_snapshot_end(&scan->txn);
        free(scan);
    }
}
