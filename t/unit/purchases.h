/* Purchases for the tests of segments, by the days they are made on. */

#ifndef T_PURCHASES_H_INCLUDED
#define T_PURCHASES_H_INCLUDED

#include "analysis/purchase.h"


/* One of 10.00 EUR on each day, up to a negative one; returns how many. */
static inline size_t
purchases_on(struct rta_purchase *purchases, const rtn_day_t *days)
{
    size_t  n;

    for (n = 0; days[n] >= 0; n++) {
        purchases[n] = (struct rta_purchase) {
            .day = days[n], .currency = "EUR", .paid_minor = 1000
        };
    }

    return n;
}

#endif /* T_PURCHASES_H_INCLUDED */
