/* Counting what recipients did: coupons redeemed, restored and void. */

#include <stdlib.h>
#include <string.h>

#include "rtn_token.h"
#include "response_state.h"


int
response_discount(struct rta_response *response, size_t at,
    const rtn_currency_t currency, int64_t minor)
{
    int                        rc;
    size_t                     i;
    struct response_discount  *discount;

    if (minor == 0 || currency[0] == '\0') {
        return 0;
    }

    i = response_currency(response, currency);

    if (i == RTA_CURRENCIES_MAX) {
        return 0;
    }

    if (response->discounts == NULL) {
        response->discounts = calloc(response->n,
                                     sizeof(*response->discounts));

        if (response->discounts == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    discount = &response->discounts[at];
    discount->minor = minor;
    discount->currency = (uint8_t) i;

    rc = response_detail_discount(response, at, currency, minor);

    return rc != 0 ? rc
                   : response_add(&response_cell(response, at)->money[i]
                                  .discount_minor, minor);
}


static int
response_redeemed(struct rta_response *response, size_t at,
    const struct rta_coupon_change *change)
{
    int                           rc;
    struct response_claim        *claim;
    struct response_named_order  *order;

    if (response->bits[at] & RESPONSE_REDEEMED) {
        return 0;
    }

    rc = response_ledger_find(&response->ledger, change->order_id, true,
                              &order);

    if (rc != 0) {
        return rc;
    }

    claim = &order->claims[RESPONSE_REDEMPTION];

    if (!claim->is_set) {
        claim->is_set = true;
        claim->names_customer = false;
        claim->is_inside = response_is_inside(response, at, change->at_ms);
        claim->has_amount = change->has_amount;
        claim->source = RTN_SOURCE_COUPON;
        claim->at = (uint32_t) at;
        claim->at_ms = change->at_ms;
        claim->amount_minor = change->amount_minor;
        claim->discount_minor = change->discount_minor;
        memcpy(claim->currency, change->currency, sizeof(claim->currency));
    }

    response->bits[at] |= RESPONSE_REDEEMED;
    response_cell(response, at)->redeemed++;
    response->report.redeemed_here++;

    return response_discount(response, at, change->currency,
                             change->discount_minor);
}


static int
response_restored(struct rta_response *response, size_t at,
    const struct rta_coupon_change *change)
{
    int                           rc;
    struct rta_tally             *cell = response_cell(response, at);
    struct response_claim        *claim;
    struct response_discount     *discount;
    struct response_named_order  *order;

    if (!(response->bits[at] & RESPONSE_REDEEMED)) {
        return 0;
    }

    response->bits[at] &= ~(uint32_t) RESPONSE_REDEEMED;
    cell->redeemed--;

    if (response->discounts != NULL) {
        discount = &response->discounts[at];
        cell->money[discount->currency].discount_minor -= discount->minor;
        rc = response_detail_discount(
                 response, at, response->currencies[discount->currency],
                 -discount->minor);
        discount->minor = 0;

        if (rc != 0) {
            return rc;
        }
    }

    rc = response_ledger_find(&response->ledger, change->order_id, false,
                              &order);

    if (rc == RTN_ERR_NOT_FOUND) {
        return 0;
    }

    claim = &order->claims[RESPONSE_REDEMPTION];

    if (claim->is_set && claim->at == at) {
        claim->is_set = false;
    }

    return 0;
}


int
rta_response_coupon(struct rta_response *response,
    const struct rta_coupon_change *change)
{
    size_t  at;

    if (change->customer >= RTN_RECIPIENT_TEST
        || change->at_ms >= response->plan.cutoff_ms)
    {
        return 0;
    }

    at = response_find(response, change->customer);

    if (at == RESPONSE_NOBODY) {
        response->report.strays++;
        return 0;
    }

    switch (change->action) {

    case RTA_COUPON_REDEEMED:
        return response_redeemed(response, at, change);

    case RTA_COUPON_RESTORED:
        return response_restored(response, at, change);

    case RTA_COUPON_VOIDED:
        response->bits[at] |= RESPONSE_VOID;
        break;
    }

    return 0;
}
