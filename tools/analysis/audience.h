/*
 * A customer as conditions see him: what orders add up to, as of a day.
 *
 *     rta_audience_begin(&audience, &customer, is_suppressed, as_of);
 *     for each order of the customer: rta_audience_order(&audience, &order);
 *     rta_expression_eval(expression, &audience.subject);
 *
 * Only purchases count, as purchase.h has them, up to the end of the as-of day
 * in the shop's zone.  Orders and customers are as they are
 * known now, since earlier states are not kept.
 *
 * Uses the process's zone (zone.h), so one thread only.
 */

#ifndef RTA_AUDIENCE_H_INCLUDED
#define RTA_AUDIENCE_H_INCLUDED

#include "expression.h"
#include "rtn_time.h"

/* Currencies of one customer; the orders of later ones count, but not their
   money. */
#define RTA_AUDIENCE_CURRENCIES   32

/* A plain value; subject points into it, so it is not copied. */
struct rta_audience {
    struct rta_subject  subject;
    struct rta_spend    spends[RTA_AUDIENCE_CURRENCIES];
    rtn_day_t           as_of;
    int64_t             until_ms;       /* the as-of day's end */
};

/*
 * Begins a customer, who has no order yet.
 *
 * customer        lives as long as the subject is looked at
 * is_suppressed   unsubscribed by a mail; the file's own is in customer
 */
void rta_audience_begin(struct rta_audience *audience,
    const struct rtn_customer *customer, bool is_suppressed, rtn_day_t as_of);

/* Adds an order, in any order of time.  Sums stop at INT64_MAX. */
void rta_audience_order(struct rta_audience *audience,
    const struct rtn_order *order);

#endif /* RTA_AUDIENCE_H_INCLUDED */
