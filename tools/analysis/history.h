/*
 * What the orders of one customer say to a purchase model: on how many days
 * he came back, when he was seen last, how long he could have come back, and
 * what he then spent.
 *
 *     rta_history_init(&history, "EUR", until);
 *     for each order of the customer, in time: rta_history_add(...);
 *     if (rta_history_buyer(&history, &buyer)) { ... }
 *
 * Purchases are those of purchase.h, at price 0 too.  All of one day of the
 * shop are one, as in the literature (Fader, Hardie and Lee 2005).
 *
 * One history: one thread at a time.
 */

#ifndef RTA_HISTORY_H_INCLUDED
#define RTA_HISTORY_H_INCLUDED

#include "purchase.h"

/* What a customer is to the models. */
struct rta_buyer {
    uint32_t  x;                /* repeat purchase days: the first left out */
    uint32_t  t_x_days;         /* from the first to the last purchase; the
                                   literature's recency, not marketing's,
                                   which is t_days - t_x_days */
    uint32_t  t_days;           /* from the first purchase to the cut-off */
    bool      is_mixed;         /* paid in another currency as well, or in
                                   that alone: repeat_minor is not his all */
    int64_t   repeat_minor;     /* spent on the repeat days, less what was
                                   refunded, in the currency asked for */
};

/* The fields are the file's own. */
struct rta_history {
    rtn_currency_t  currency;
    rtn_day_t       until;
    rtn_day_t       first;
    rtn_day_t       last;
    uint32_t        days;
    bool            is_mixed;
    int64_t         repeat_minor;
};

/*
 * Begins a customer without orders.
 *
 * currency   whose money is summed
 * until      the cut-off: the last day that counts
 */
void rta_history_init(struct rta_history *history,
    const rtn_currency_t currency, rtn_day_t until);

/*
 * Adds an order; those after the cut-off are passed over.  Sums stop at
 * INT64_MAX and INT64_MIN.
 *
 * day   of the order in the shop; not before that of the order before
 */
void rta_history_add(struct rta_history *history,
    const struct rtn_order *order, rtn_day_t day);

/* The same for what is known to be a purchase. */
void rta_history_purchase(struct rta_history *history,
    const struct rta_purchase *purchase);

/* What the customer is to the models; false: he bought nothing, and buyer is
   unchanged. */
bool rta_history_buyer(const struct rta_history *history,
    struct rta_buyer *buyer);

#endif /* RTA_HISTORY_H_INCLUDED */
