/*
 * A purchase, as segments see one: a paid order up to the as-of day.
 *
 * Cancelled and refunded orders are none, nor is an amount below zero, which
 * is a refund by another name; of an order that was refunded in part, the rest
 * is what was paid.  Segments, audiences and models all go by this one rule.
 * Days are the shop's.  Functions that take a customer's purchases want them
 * by time, the earliest first.
 */

#ifndef RTA_PURCHASE_H_INCLUDED
#define RTA_PURCHASE_H_INCLUDED

#include "rtn_crm.h"
#include "rtn_money.h"
#include "rtn_time.h"

struct rta_purchase {
    rtn_day_t       day;
    rtn_currency_t  currency;
    bool            has_cost;
    int64_t         paid_minor;     /* amount less what was refunded */
    int64_t         cost_minor;     /* 0 when not known */
};

/* One customer's after the other, in the same memory.  Zeros begin; ended by
   rta_purchases_release. */
struct rta_purchases {
    struct rta_purchase  *items;
    size_t                n;
    size_t                size;
};

/* Whether an order is a purchase, whenever it was.  Any thread. */
bool rta_order_is_purchase(const struct rtn_order *order);

/* Makes one of an order that is one; day is the order's in the shop.  Any
   thread. */
void rta_purchase_init(struct rta_purchase *purchase,
    const struct rtn_order *order, rtn_day_t day);

/*
 * Adds an order that is one.
 * day   of the order in the shop
 * RTN_ERR_NOMEM.  One thread at a time.
 */
int rta_purchases_add(struct rta_purchases *purchases,
    const struct rtn_order *order, rtn_day_t day);

/* Frees what it holds. */
void rta_purchases_release(struct rta_purchases *purchases);

/* What one customer bought in one currency. */
struct rta_bought {
    uint64_t   orders;
    uint64_t   days;                /* on which there was one or more */
    rtn_day_t  first_day;           /* meaningless when orders is 0 */
    rtn_day_t  last_day;
    int64_t    paid_minor;
};

/*
 * Adds up the purchases in one currency; currency NULL counts those in every
 * currency, and leaves paid_minor 0.  Any thread.
 */
struct rta_bought rta_bought_sum(const struct rta_purchase *purchases,
    size_t n, const char *currency);

/* Whether a purchase is in a currency.  Any thread. */
bool rta_purchase_is_in(const struct rta_purchase *purchase,
    const char *currency);

/* Adds to a sum that stops at INT64_MIN and INT64_MAX.  Any thread. */
void rta_minor_add(int64_t *sum, int64_t minor);

/*
 * The mean, rounded to a minor unit, halves away from zero.
 * n   above 0
 * Any thread.
 */
int64_t rta_minor_mean(int64_t sum, uint64_t n);

/* A part of a whole; 0 when the whole is 0.  Any thread. */
double rta_share(uint64_t part, uint64_t whole);

#endif /* RTA_PURCHASE_H_INCLUDED */
