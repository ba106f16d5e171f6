/* Customers with their orders, and unsubscriptions: all come by number. */

#include <stdlib.h>

#include "../analysis/zone.h"
#include "audience_scan.h"
#include "customer_scan.h"

struct cmd_audience_scan {
    struct rtn_store                 *store;
    const struct cmd_audience_facts  *facts;
    struct cmd_customer_scan         *scan;
    struct cmd_suppressions           suppressions;
    struct rta_audience               audience;
    struct rta_seen                   seen;
    int64_t                           asked_days[RTA_ASKS_MAX];
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


int
cmd_audience_scan_open(struct rtn_store *store,
    const struct cmd_audience_facts *facts, struct cmd_audience_scan **out)
{
    int                        rc;
    struct cmd_audience_scan  *scan;

    scan = calloc(1, sizeof(*scan));

    if (scan == NULL) {
        return RTN_ERR_NOMEM;
    }

    scan->store = store;
    scan->facts = facts;
    rta_audience_init(&scan->audience, &facts->basis);

    rc = cmd_customer_scan_open(store, &scan->scan);

    if (rc != 0) {
        free(scan);
        return rc;
    }

    *out = scan;

    return 0;
}


/* NULL: nothing was asked of events. */

static const struct rta_seen *
scan_seen(struct cmd_audience_scan *scan, uint32_t number)
{
    size_t                  i;
    rtn_day_t               day;
    const struct cmd_seen  *from = &scan->facts->seen;

    if (number >= from->size) {
        return NULL;
    }

    scan->seen.visit_ms = from->visit_ms[number];
    scan->seen.cart_ms = from->cart_ms[number];
    scan->seen.bought_ms = from->bought_ms[number];
    scan->seen.asked_days = scan->asked_days;

    for (i = 0; i < scan->facts->asks.n; i++) {
        day = from->asked[i][number];
        scan->asked_days[i] = day == CMD_SEEN_NEVER
                              ? -1
                              : (int64_t) scan->facts->basis.as_of - day;
    }

    return &scan->seen;
}


/* NULL: nobody. */

static const struct rta_referred *
scan_referred(const struct cmd_audience_scan *scan, uint32_t number)
{
    const struct cmd_referred  *referred = &scan->facts->referred;

    return number < referred->size ? &referred->by[number] : NULL;
}


/* An order, as the audience and what was bought see it. */

static int
scan_order(struct cmd_audience_scan *scan, const struct rtn_order *order)
{
    rtn_day_t                         day;
    const struct cmd_audience_facts  *facts = scan->facts;

    if (facts->bought != NULL) {
        day = rta_zone_day(order->ordered_ms);
        cmd_bought_order(facts->bought, order,
                         rta_order_is_purchase(order)
                         && day <= facts->basis.as_of,
                         (int64_t) facts->basis.as_of - day,
                         scan->asked_days);
    }

    return rta_audience_order(&scan->audience, order);
}


int
cmd_audience_scan_next(struct cmd_audience_scan *scan,
    struct cmd_audience_row *row)
{
    int                         rc;
    bool                        is_suppressed;
    const struct rtn_order     *order;
    const struct rtn_customer  *customer;

    rc = cmd_customer_scan_next(scan->scan, &customer);

    if (rc == 0) {
        rc = cmd_suppressions_ask(scan->store, &scan->suppressions,
                                  customer->number, &is_suppressed);
    }

    if (rc != 0) {
        return rc;
    }

    rta_audience_begin(&scan->audience, customer, is_suppressed,
                       scan_seen(scan, customer->number),
                       scan_referred(scan, customer->number));

    while ((rc = cmd_customer_scan_order(scan->scan, &order)) == 0) {
        rc = scan_order(scan, order);

        if (rc != 0) {
            return rc;
        }
    }

    if (scan->facts->bought != NULL) {
        cmd_bought_customer(scan->facts->bought, customer->number,
                            scan->facts->basis.as_of, scan->asked_days);
    }

    if (rc == RTN_ERR_NOT_FOUND) {
        rc = rta_audience_end(&scan->audience);
    }

    if (rc != 0) {
        return rc;
    }

    row->customer = customer;
    row->subject = &scan->audience.subject;
    row->audience = &scan->audience;
    row->is_suppressed = is_suppressed;

    return 0;
}


void
cmd_audience_scan_close(struct cmd_audience_scan *scan)
{
    if (scan != NULL) {
        rta_audience_release(&scan->audience);
        cmd_customer_scan_close(scan->scan);
        free(scan);
    }
}
