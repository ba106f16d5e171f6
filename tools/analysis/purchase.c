#include "purchase.h"

#include <stdlib.h>
#include <string.h>

#define PURCHASES_FIRST  64


static int
purchases_reserve(struct rta_purchases *purchases)
{
    size_t                size;
    struct rta_purchase  *items;

    if (purchases->n < purchases->size) {
        return RTN_OK;
    }

    size = purchases->size == 0 ? PURCHASES_FIRST : purchases->size * 2;
    items = reallocarray(purchases->items, size, sizeof(*items));

    if (items == NULL) {
        return RTN_ERR_NOMEM;
    }

    purchases->items = items;
    purchases->size = size;

    return RTN_OK;
}


bool
rta_order_is_purchase(const struct rtn_order *order)
{
    return order->status == RTN_ORDER_PAID && order->amount_minor >= 0;
}


int
rta_purchases_add(struct rta_purchases *purchases,
    const struct rtn_order *order, rtn_day_t day)
{
    int  rc;

    rc = purchases_reserve(purchases);

    if (rc == RTN_OK) {
        rta_purchase_init(&purchases->items[purchases->n++], order, day);
    }

    return rc;
}


void
rta_purchase_init(struct rta_purchase *purchase,
    const struct rtn_order *order, rtn_day_t day)
{
    purchase->day = day;
    memcpy(purchase->currency, order->currency, sizeof(purchase->currency));
    purchase->has_cost = order->has_cost;
    purchase->cost_minor = order->cost_minor;
    purchase->paid_minor = order->amount_minor;
    rta_minor_add(&purchase->paid_minor, -order->refunded_minor);
}


void
rta_purchases_release(struct rta_purchases *purchases)
{
    free(purchases->items);
    memset(purchases, 0, sizeof(*purchases));
}


struct rta_bought
rta_bought_sum(const struct rta_purchase *purchases, size_t n,
    const char *currency)
{
    size_t             i;
    struct rta_bought  bought = { 0 };

    for (i = 0; i < n; i++) {
        if (currency != NULL && !rta_purchase_is_in(&purchases[i], currency)) {
            continue;
        }

        if (bought.orders == 0) {
            bought.first_day = purchases[i].day;
        }

        if (bought.orders == 0 || purchases[i].day != bought.last_day) {
            bought.days++;
        }

        bought.last_day = purchases[i].day;
        bought.orders++;

        if (currency != NULL) {
            rta_minor_add(&bought.paid_minor, purchases[i].paid_minor);
        }
    }

    return bought;
}


bool
rta_purchase_is_in(const struct rta_purchase *purchase, const char *currency)
{
    return memcmp(purchase->currency, currency, RTN_CURRENCY_LEN) == 0;
}


void
rta_minor_add(int64_t *sum, int64_t minor)
{
    if (__builtin_add_overflow(*sum, minor, sum)) {
        *sum = minor < 0 ? INT64_MIN : INT64_MAX;
    }
}


int64_t
rta_minor_mean(int64_t sum, uint64_t n)
{
    __int128  wide = sum;

    wide = 2 * wide + (sum < 0 ? -(__int128) n : (__int128) n);

    return (int64_t) (wide / (2 * (__int128) n));
}


double
rta_share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (double) part / (double) whole;
}
