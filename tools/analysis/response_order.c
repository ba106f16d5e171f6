/* Counting what recipients did: orders, and who is to be believed. */

#include <stdlib.h>
#include <string.h>

#include "response_state.h"


size_t
response_currency(struct rta_response *response, const rtn_currency_t currency)
{
    size_t  i;

    for (i = 0; i < response->currency_count; i++) {
        if (memcmp(response->currencies[i], currency, RTN_CURRENCY_LEN) == 0) {
            return i;
        }
    }

    if (i < RTA_CURRENCIES_MAX) {
        memcpy(response->currencies[i], currency, sizeof(rtn_currency_t));
        response->currency_count++;
    }

    return i;
}


/* An amount of each recipient; the list is made when it is needed. */

static int
response_note_minor(struct rta_response *response, int64_t **list, size_t at,
    int64_t minor)
{
    if (*list == NULL) {
        *list = calloc(response->n, sizeof(**list));

        if (*list == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    return response_add(*list + at, minor);
}


/* What comparisons need: orders and money of each recipient. */

static int
response_count_order(struct rta_response *response, size_t at)
{
    if (response->orders == NULL) {
        response->orders = calloc(response->n, sizeof(*response->orders));

        if (response->orders == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    response->orders[at] += response->orders[at] < UINT32_MAX;

    return 0;
}


static int
response_spend(struct rta_response *response, size_t currency,
    const struct response_entry *entry)
{
    int      rc;
    int64_t  margin;

    rc = response_note_minor(response, &response->spent[currency], entry->at,
                             entry->minor);

    if (rc != 0) {
        return rc;
    }

    if (!entry->has_cost) {
        response->uncosted[currency]++;
        return 0;
    }

    if (__builtin_sub_overflow(entry->minor, entry->cost_minor, &margin)) {
        return RTN_ERR_LIMIT;
    }

    return response_note_minor(response, &response->margins[currency],
                               entry->at, margin);
}


/* The money of an order in its cell; what has no cost has no margin. */

static int
response_book_money(struct rta_money *money,
    const struct response_entry *entry)
{
    int  rc;

    money->orders++;
    rc = response_add(&money->revenue_minor, entry->minor);

    if (rc == 0) {
        rc = response_add(&money->refund_minor, entry->refund_minor);
    }

    if (rc == 0 && entry->has_cost) {
        money->costed++;
        rc = response_add(&money->margin_minor, entry->minor);
    }

    if (rc == 0 && entry->has_cost) {
        rc = response_add(&money->margin_minor, -entry->cost_minor);
    }

    return rc;
}


int
response_book(struct rta_response *response,
    const struct response_entry *entry)
{
    int                rc;
    size_t             currency;
    uint32_t          *bits = &response->bits[entry->at];
    struct rta_tally  *cell = response_cell(response, entry->at);

    cell->orders++;

    if (!(*bits & RESPONSE_BUYER)) {
        cell->buyers++;
    }

    *bits |= RESPONSE_BUYER | (entry->is_named ? RESPONSE_NAMED_BUYER : 0);

    if (entry->is_named) {
        rc = response_count_order(response, entry->at);

        if (rc == 0) {
            rc = response_first_day(response, entry->at, entry->at_ms);
        }

        if (rc != 0) {
            return rc;
        }
    }

    rc = response_detail_order(response, entry);

    if (rc != 0 || !entry->has_amount || entry->currency[0] == '\0') {
        return rc;
    }

    currency = response_currency(response, entry->currency);

    if (currency == RTA_CURRENCIES_MAX) {
        response->report.currencies_over++;
        return 0;
    }

    rc = response_book_money(&cell->money[currency], entry);

    if (rc != 0 || !entry->is_named) {
        return rc;
    }

    return response_spend(response, currency, entry);
}


int
response_purchase(struct rta_response *response, size_t at,
    const struct rtn_event *event, bool is_inside)
{
    int                           rc;
    struct response_claim        *claim;
    struct response_named_order  *order;

    struct response_claim  made = {
        .is_set = true, .names_customer = event->names_customer,
        .is_inside = is_inside, .has_amount = event->has_amount,
        .source = event->source, .at = (uint32_t) at,
        .at_ms = event->occurred_ms,
        .amount_minor = event->amount_minor
    };

    struct response_entry  entry = {
        .at = at, .at_ms = event->occurred_ms,
        .is_named = event->names_customer,
        .has_amount = event->has_amount, .minor = event->amount_minor
    };

    memcpy(made.currency, event->currency, sizeof(made.currency));
    memcpy(entry.currency, event->currency, sizeof(entry.currency));

    /* Without an id nobody can tell it from another: it is one by itself. */

    if (event->order_id.len == 0) {
        return is_inside ? response_book(response, &entry) : 0;
    }

    rc = response_ledger_find(&response->ledger, event->order_id, true,
                              &order);

    if (rc != 0) {
        return rc;
    }

    claim = &order->claims[RESPONSE_PURCHASE];

    if (!claim->is_set) {
        *claim = made;
        return 0;
    }

    /* Of two, the first stands; what may count in comparisons does. */

    if (claim->at == made.at) {
        claim->names_customer |= made.names_customer;

    } else {
        response_conflict(response, event->order_id, claim->source,
                          made.source, "customer");
    }

    return 0;
}


/*
 * What an import says otherwise than a claim; NULL: nothing.  The amount of a
 * redemption may be the basket's, before the coupon's discount.
 */

static const char *
response_difference(const struct response_claim *claim, uint32_t customer,
    const struct rta_order *order)
{
    if (customer != order->customer) {
        return "customer";
    }

    if (!claim->has_amount || claim->currency[0] == '\0') {
        return NULL;
    }

    if (memcmp(claim->currency, order->currency, RTN_CURRENCY_LEN) != 0) {
        return "currency";
    }

    if (claim->amount_minor != order->amount_minor
        && claim->amount_minor - claim->discount_minor
           != order->amount_minor)
    {
        return "amount";
    }

    return NULL;
}


/* Whether an order that counts has a redemption's amount without the
   discount. */

static bool
response_is_net(struct rta_response *response, size_t at,
    const struct response_claim *claim, const struct rta_order *order)
{
    return order->is_paid && at != RESPONSE_NOBODY
           && response_is_inside(response, at, order->ordered_ms)
           && claim->has_amount && claim->discount_minor > 0
           && memcmp(claim->currency, order->currency, RTN_CURRENCY_LEN) == 0
           && claim->amount_minor - claim->discount_minor
              == order->amount_minor;
}


/* An import decides about an order that others named before. */

static void
response_supersede(struct rta_response *response, size_t at,
    const struct rta_order *order)
{
    int                           rank;
    const char                   *what;
    struct response_claim        *claim;
    struct response_named_order  *named;

    if (response->ledger.n == 0
        || response_ledger_find(&response->ledger, order->id, false, &named)
           != 0)
    {
        return;
    }

    named->is_imported = true;

    for (rank = 0; rank < RESPONSE_RANKS; rank++) {
        claim = &named->claims[rank];

        if (!claim->is_set) {
            continue;
        }

        response->report.net += rank == RESPONSE_REDEMPTION
                                && response_is_net(response, at, claim,
                                                   order);

        /* A coupon of the campaign, redeemed by one who got none. */

        if (rank == RESPONSE_REDEMPTION && at != RESPONSE_NOBODY
            && response->recipients[at].arm == RTA_ARM_HOLDOUT)
        {
            response->bits[at] |= RESPONSE_OTHERS_COUPON;
        }

        what = response_difference(claim,
                                   response->recipients[claim->at].customer,
                                   order);

        if (what != NULL) {
            response_conflict(response, order->id, RTN_SOURCE_IMPORT,
                              claim->source, what);
        }
    }
}


/* The order's own coupon, where no redemption told of it. */

static int
response_order_coupon(struct rta_response *response, size_t at,
    const struct rta_order *order)
{
    if (response->recipients[at].arm == RTA_ARM_HOLDOUT) {
        return response_others_coupon(response, at, order->code);
    }

    if (order->code != response->recipients[at].code
        || (response->bits[at] & RESPONSE_REDEEMED))
    {
        return 0;
    }

    response->bits[at] |= RESPONSE_REDEEMED;
    response_cell(response, at)->redeemed++;
    response->report.redeemed_elsewhere++;

    return response_discount(response, at, order->currency,
                             order->discount_minor);
}


static int
response_order_inside(struct rta_response *response, size_t at,
    const struct rta_order *order)
{
    int                    rc;
    struct response_entry  entry = {
        .at = at, .at_ms = order->ordered_ms, .is_named = true,
        .has_amount = true, .refund_minor = order->refunded_minor,
        .has_cost = order->has_cost, .cost_minor = order->cost_minor
    };

    memcpy(entry.currency, order->currency, sizeof(entry.currency));

    if (__builtin_sub_overflow(order->amount_minor, order->refunded_minor,
                               &entry.minor))
    {
        return RTN_ERR_LIMIT;
    }

    rc = response_book(response, &entry);

    return rc != 0 || order->code == 0
           ? rc : response_order_coupon(response, at, order);
}


int
rta_response_order(struct rta_response *response,
    const struct rta_order *order)
{
    int     rc;
    size_t  at = response_find(response, order->customer);

    response_supersede(response, at, order);

    if (!order->is_paid) {
        return 0;
    }

    rc = response_history_order(response, at, order);

    if (rc != 0 || at == RESPONSE_NOBODY
        || !response_is_inside(response, at, order->ordered_ms))
    {
        return rc;
    }

    return response_order_inside(response, at, order);
}
