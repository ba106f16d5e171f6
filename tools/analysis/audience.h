/*
 * A customer as conditions see him, as of a day.
 *
 *     rta_audience_init(&audience, &basis);
 *     for each customer:
 *         rta_audience_begin(&audience, &customer, is_suppressed, &seen,
 *             &referred);
 *         for each of his orders, in time: rta_audience_order(...);
 *         rta_audience_end(&audience);
 *         rta_expression_eval(expression, &audience.subject);
 *     rta_audience_release(&audience);
 *
 * Only purchases count, as purchase.h has them, up to the end of the as-of day
 * in the shop's zone.  Orders and customers are as they are known now, since
 * earlier states are not kept.
 *
 * Uses the process's zone (zone.h), so one thread only.
 */

#ifndef RTA_AUDIENCE_H_INCLUDED
#define RTA_AUDIENCE_H_INCLUDED

#include "expression.h"
#include "lifecycle.h"
#include "outlook.h"
#include "rfm.h"
#include "rtn_time.h"

/* Currencies of one customer; the orders of later ones count, but not their
   money. */
#define RTA_AUDIENCE_CURRENCIES   32

/* What is the same for all customers. */
struct rta_audience_basis {
    rtn_day_t            as_of;
    unsigned             needs;         /* bits of enum rta_need; what is not
                                           needed stays unknown */
    rtn_currency_t       currency;      /* of scores and expected values */
    struct rta_rfm_cuts  cuts;          /* for RTA_NEED_SCORES */
    struct rta_outlook   outlook;       /* for RTA_NEED_MODELS */
    rtn_day_t            model_until;   /* the last day it counts */
};

/* What events say of a customer. */
struct rta_seen {
    int64_t         visit_ms;           /* the last; 0: never */
    int64_t         cart_ms;            /* the last cart or checkout; 0: none */
    int64_t         bought_ms;          /* the last purchase or redemption; 0:
                                           none.  Orders count besides */
    const int64_t  *asked_days;         /* as in struct rta_subject */
};

/* Whom a customer brought, of those who bought by the as-of day. */
struct rta_referred {
    int64_t  customers;
    int64_t  paid_minor;                /* by them, in the basis's currency */
};

/* subject points into it, so it is not copied. */
struct rta_audience {
    struct rta_subject                subject;
    struct rta_spend                  spends[RTA_AUDIENCE_CURRENCIES];
    bool                              has_prospect; /* with RTA_NEED_MODELS */
    struct rta_buyer                  buyer;        /* and then these */
    struct rta_prospect               prospect;
    struct rta_purchases              purchases;    /* with RTA_NEED_STAGE */
    struct rta_referred               referred;

    /* of all customers so far: purchases that carry their cost, in the
       basis's currency */
    int64_t                           costed_minor;
    int64_t                           cost_minor;

    /* the file's own */
    const struct rta_audience_basis  *basis;
    int64_t                           until_ms;     /* the as-of day's end */
    int64_t                           ordered_ms;   /* the last purchase */
    const struct rta_seen            *seen;
    char                              channel[RTN_FIELD_MAX + 1];
    struct rta_rhythm                 rhythm;
    struct rta_history                history;
};

/* basis lives as long as the audience.  Ended by rta_audience_release. */
void rta_audience_init(struct rta_audience *audience,
    const struct rta_audience_basis *basis);

/*
 * Begins a customer, who has no order yet.
 *
 * customer        lives as long as the subject is looked at
 * is_suppressed   unsubscribed by a mail; the file's own is in customer
 * seen            the same; NULL: never
 * referred        copied; NULL: nobody
 */
void rta_audience_begin(struct rta_audience *audience,
    const struct rtn_customer *customer, bool is_suppressed,
    const struct rta_seen *seen, const struct rta_referred *referred);

/* Adds an order; not before the one before it in time.  Sums stop at
   INT64_MAX.  RTN_ERR_NOMEM. */
int rta_audience_order(struct rta_audience *audience,
    const struct rtn_order *order);

/* Judges what needs all orders; the subject is complete then.
   RTN_ERR_NOMEM. */
int rta_audience_end(struct rta_audience *audience);

/*
 * The share of revenue that was left after the cost of goods, of all orders so
 * far that carry it; negative: none does.
 */
double rta_audience_margin(const struct rta_audience *audience);

/* Frees what it holds. */
void rta_audience_release(struct rta_audience *audience);

#endif /* RTA_AUDIENCE_H_INCLUDED */
