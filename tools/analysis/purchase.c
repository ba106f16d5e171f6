#include "purchase.h"

#include <string.h>


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
