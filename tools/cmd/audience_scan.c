/* Customers, orders and unsubscriptions, joined: all three come by number. */

#include <stdlib.h>

#include "audience_scan.h"

struct cmd_audience_scan {
    struct rtn_store           *store;
    rtn_day_t                   as_of;
    struct rtn_customer_scan   *customers;
    struct rtn_customer         customer;
    struct rtn_order_scan      *orders;
    struct rtn_order            order;          /* the next one */
    bool                        has_order;
    struct cmd_suppressions     suppressions;
    struct rta_audience         audience;
};


int
cmd_suppressions_ask(struct rtn_store *store,
    struct cmd_suppressions *suppressions, uint32_t number,
    bool *is_suppressed)
{
    int  rc;

    while (!suppressions->is_at_end && suppressions->next.customer < number) {
        rc = rtn_suppression_next(store, &suppressions->next);

        if (rc == RTN_ERR_NOT_FOUND) {
            suppressions->is_at_end = true;

        } else if (rc != 0) {
            return rc;
        }
    }

    *is_suppressed = !suppressions->is_at_end
                     && suppressions->next.customer == number;

    return 0;
}


static int
scan_next_order(struct cmd_audience_scan *scan)
{
    int  rc = rtn_order_scan_next(scan->orders, &scan->order);

    scan->has_order = rc == 0;

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
cmd_audience_scan_open(struct rtn_store *store, rtn_day_t as_of,
    struct cmd_audience_scan **out)
{
    int                        rc;
    struct cmd_audience_scan  *scan;

    scan = calloc(1, sizeof(*scan));

    if (scan == NULL) {
        return RTN_ERR_NOMEM;
    }

    scan->store = store;
    scan->as_of = as_of;

    rc = rtn_customer_scan_open(store, &scan->customers);

    if (rc == 0) {
        rc = rtn_order_scan_open(store, &scan->orders);
    }

    if (rc == 0) {
        rc = scan_next_order(scan);
    }

    if (rc != 0) {
        cmd_audience_scan_close(scan);
        return rc;
    }

    *out = scan;

    return 0;
}


int
cmd_audience_scan_next(struct cmd_audience_scan *scan,
    struct cmd_audience_row *row)
{
    int   rc;
    bool  is_suppressed;

    rc = rtn_customer_scan_next(scan->customers, &scan->customer);

    if (rc == 0) {
        rc = cmd_suppressions_ask(scan->store, &scan->suppressions,
                                  scan->customer.number, &is_suppressed);
    }

    if (rc != 0) {
        return rc;
    }

    rta_audience_begin(&scan->audience, &scan->customer, is_suppressed,
                       scan->as_of);

    while (rc == 0 && scan->has_order
           && scan->order.customer <= scan->customer.number)
    {
        if (scan->order.customer == scan->customer.number) {
            rta_audience_order(&scan->audience, &scan->order);
        }

        rc = scan_next_order(scan);
    }

    if (rc != 0) {
        return rc;
    }

    row->customer = &scan->customer;
    row->subject = &scan->audience.subject;
    row->is_suppressed = is_suppressed;

    return 0;
}


void
cmd_audience_scan_close(struct cmd_audience_scan *scan)
{
    if (scan != NULL) {
        rtn_order_scan_close(scan->orders);
        rtn_customer_scan_close(scan->customers);
        free(scan);
    }
}
