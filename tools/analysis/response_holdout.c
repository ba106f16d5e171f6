/* Counting what recipients did: what the hold-out should not have. */

#include <stdlib.h>

#include "response_state.h"


static int
holdout_compare_codes(const void *a, const void *b)
{
    const uint64_t  *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}


/* The campaign's codes, sorted; made with the first question. */

static int
holdout_codes(struct rta_response *response)
{
    size_t  at;

    response->codes = calloc(response->n, sizeof(*response->codes));

    if (response->codes == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (at = 0; at < response->n; at++) {
        response->codes[at] = response->recipients[at].code;
    }

    qsort(response->codes, response->n, sizeof(*response->codes),
          holdout_compare_codes);

    return 0;
}


int
response_others_coupon(struct rta_response *response, size_t at,
    uint64_t code)
{
    int  rc = 0;

    if (response->codes == NULL) {
        rc = holdout_codes(response);
    }

    if (rc == 0 && bsearch(&code, response->codes, response->n,
                           sizeof(*response->codes), holdout_compare_codes)
                   != NULL)
    {
        response->bits[at] |= RESPONSE_OTHERS_COUPON;
    }

    return rc;
}


void
response_contamination(struct rta_response *response)
{
    size_t                     at;
    uint32_t                   bits;
    struct rta_contamination  *found = &response->report.contamination;

    for (at = 0; at < response->n; at++) {
        if (response->recipients[at].arm != RTA_ARM_HOLDOUT) {
            continue;
        }

        bits = response->bits[at];
        found->touched += (bits & RESPONSE_TOUCHED) != 0;
        found->unsubscribed += (bits & RESPONSE_UNSUBSCRIBED) != 0;
        found->redeemed += (bits & (RESPONSE_OTHERS_COUPON
                                    | RESPONSE_REDEEMED)) != 0;
        found->customers += (bits & (RESPONSE_TOUCHED | RESPONSE_UNSUBSCRIBED
                                     | RESPONSE_OTHERS_COUPON
                                     | RESPONSE_REDEEMED)) != 0;
    }
}
