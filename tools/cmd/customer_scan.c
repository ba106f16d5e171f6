/* Customers and orders, joined. */

#include <stdlib.h>

#include "customer_scan.h"

struct cmd_customer_scan {
    struct rtn_customer_scan  *customers;
    struct rtn_customer        customer;
    struct rtn_order_scan     *orders;
    struct rtn_order           order;
    bool                       is_taken;    /* the order was handed out */
    bool                       is_at_end;   /* of the orders */
};


int
cmd_customer_scan_open(struct rtn_store *store,
    struct cmd_customer_scan **scan)
{
    int                        rc;
    struct cmd_customer_scan  *opened;

    opened = calloc(1, sizeof(*opened));

    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->is_taken = true;

    rc = rtn_customer_scan_open(store, &opened->customers);

    if (rc == 0) {
        rc = rtn_order_scan_open(store, &opened->orders);
    }

    if (rc != 0) {
        cmd_customer_scan_close(opened);
        return rc;
    }

    *scan = opened;

    return 0;
}


int
cmd_customer_scan_next(struct cmd_customer_scan *scan,
    const struct rtn_customer **customer)
{
    int  rc;

    rc = rtn_customer_scan_next(scan->customers, &scan->customer);

    if (rc == 0) {
        *customer = &scan->customer;
    }

    return rc;
}


int
cmd_customer_scan_order(struct cmd_customer_scan *scan,
    const struct rtn_order **order)
{
    int  rc;

    for ( ;; ) {
        if (scan->is_taken && !scan->is_at_end) {
            rc = rtn_order_scan_next(scan->orders, &scan->order);

            scan->is_at_end = rc == RTN_ERR_NOT_FOUND;

            if (rc != 0) {
                return rc;
            }

            scan->is_taken = false;
        }

        if (scan->is_at_end || scan->order.customer > scan->customer.number) {
            return RTN_ERR_NOT_FOUND;
        }

        scan->is_taken = true;

        if (scan->order.customer == scan->customer.number) {
            *order = &scan->order;
            return 0;
        }
    }
}


void
cmd_customer_scan_close(struct cmd_customer_scan *scan)
{
    if (scan != NULL) {
        rtn_order_scan_close(scan->orders);
        rtn_customer_scan_close(scan->customers);
        free(scan);
    }
}
