/* Counting what recipients did: orders of the year before the draw. */

#include <stdlib.h>
#include <string.h>

#include "response_state.h"

#define BEFORE_MS  (RTA_BEFORE_DAYS * INT64_C(86400000))

/* By recipient; currencies are apart from the report's, which has only those
   of the windows. */
struct response_before {
    uint32_t        *orders;
    size_t           currency_count;
    rtn_currency_t   currencies[RTA_CURRENCIES_MAX];
    int64_t         *spent[RTA_CURRENCIES_MAX];
};


static size_t
before_find(const struct response_before *before,
    const rtn_currency_t currency)
{
    size_t  i;

    for (i = 0; i < before->currency_count; i++) {
        if (memcmp(before->currencies[i], currency, RTN_CURRENCY_LEN) == 0) {
            break;
        }
    }

    return i;
}


static int
before_begin(struct rta_response *response)
{
    response->before = calloc(1, sizeof(*response->before));

    if (response->before == NULL) {
        return RTN_ERR_NOMEM;
    }

    response->before->orders = calloc(response->n,
                                      sizeof(*response->before->orders));

    return response->before->orders == NULL ? RTN_ERR_NOMEM : 0;
}


static int
before_spend(const struct rta_response *response, size_t at,
    const struct rta_order *order)
{
    int                      rc;
    size_t                   i;
    struct response_before  *before = response->before;

    i = before_find(before, order->currency);

    if (i == RTA_CURRENCIES_MAX) {
        return 0;
    }

    if (i == before->currency_count) {
        before->spent[i] = calloc(response->n, sizeof(**before->spent));

        if (before->spent[i] == NULL) {
            return RTN_ERR_NOMEM;
        }

        memcpy(before->currencies[i], order->currency,
               sizeof(before->currencies[i]));
        before->currency_count++;
    }

    rc = response_add(&before->spent[i][at], order->amount_minor);

    return rc != 0 ? rc : response_add(&before->spent[i][at],
                                       -order->refunded_minor);
}


int
response_before_order(struct rta_response *response, size_t at,
    const struct rta_order *order)
{
    int  rc = 0;

    if (!response->plan.is_adjusted
        || order->ordered_ms < response->recipients[at].t0_ms - BEFORE_MS)
    {
        return 0;
    }

    if (response->before == NULL) {
        rc = before_begin(response);
    }

    if (rc != 0) {
        return rc;
    }

    response->before->orders[at]++;

    return before_spend(response, at, order);
}


uint32_t
response_before_orders(const struct rta_response *response, size_t at)
{
    return response->before == NULL ? 0 : response->before->orders[at];
}


int64_t
response_before_spent(const struct rta_response *response, size_t at,
    const rtn_currency_t currency)
{
    size_t                         i;
    const struct response_before  *before = response->before;

    if (before == NULL) {
        return 0;
    }

    i = before_find(before, currency);

    return i == before->currency_count ? 0 : before->spent[i][at];
}


void
response_before_free(struct response_before *before)
{
    size_t  i;

    if (before != NULL) {
        for (i = 0; i < before->currency_count; i++) {
            free(before->spent[i]);
        }

        free(before->orders);
        free(before);
    }
}
