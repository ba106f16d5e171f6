/* The book of order ids that events and redemptions named. */

#include <stdlib.h>
#include <string.h>

#include "response_state.h"

#define LEDGER_FIRST_SLOTS  1024
#define LEDGER_FIRST_IDS    16384       /* bytes */


/* FNV-1a, 64 bits (Fowler, Noll, Vo), then the finish of SplitMix64, so that
   the low bits are as good as the others. */

static uint64_t
ledger_hash(struct rtn_str id)
{
    size_t    i;
    uint64_t  hash = UINT64_C(0xCBF29CE484222325);

    for (i = 0; i < id.len; i++) {
        hash = (hash ^ (uint8_t) id.data[i]) * UINT64_C(0x100000001B3);
    }

    hash = (hash ^ hash >> 30) * UINT64_C(0xBF58476D1CE4E5B9);

    return hash ^ hash >> 31;
}


static int
ledger_rehash(struct response_ledger *ledger)
{
    size_t     i, slot, count;
    uint32_t  *slots;

    count = ledger->slot_count == 0 ? LEDGER_FIRST_SLOTS
                                    : ledger->slot_count * 2;

    if (count > UINT32_MAX) {
        return RTN_ERR_LIMIT;
    }

    slots = calloc(count, sizeof(*slots));

    if (slots == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < ledger->n; i++) {
        slot = ledger->orders[i].hash & (count - 1);

        while (slots[slot] != 0) {
            slot = (slot + 1) & (count - 1);
        }

        slots[slot] = (uint32_t) (i + 1);
    }

    free(ledger->slots);
    ledger->slots = slots;
    ledger->slot_count = count;

    return 0;
}


/* Room for one more order, and for the bytes of its id. */

static int
ledger_reserve(struct response_ledger *ledger)
{
    void    *p;
    size_t   size;

    if (ledger->n == ledger->size) {
        size = ledger->size == 0 ? LEDGER_FIRST_SLOTS / 2 : ledger->size * 2;
        p = realloc(ledger->orders, size * sizeof(*ledger->orders));

        if (p == NULL) {
            return RTN_ERR_NOMEM;
        }

        ledger->orders = p;
        ledger->size = size;
    }

    if (ledger->ids_size - ledger->ids_len < UINT8_MAX) {
        size = ledger->ids_size == 0 ? LEDGER_FIRST_IDS
                                     : ledger->ids_size * 2;
        p = realloc(ledger->ids, size);

        if (p == NULL) {
            return RTN_ERR_NOMEM;
        }

        ledger->ids = p;
        ledger->ids_size = size;
    }

    return ledger->n * 2 < ledger->slot_count ? 0 : ledger_rehash(ledger);
}


static size_t
ledger_slot(const struct response_ledger *ledger, struct rtn_str id,
    uint64_t hash)
{
    size_t                              slot;
    const struct response_named_order  *order;

    slot = hash & (ledger->slot_count - 1);

    while (ledger->slots[slot] != 0) {
        order = &ledger->orders[ledger->slots[slot] - 1];

        if (order->hash == hash && order->id_len == id.len
            && memcmp(ledger->ids + order->id_offset, id.data, id.len) == 0)
        {
            break;
        }

        slot = (slot + 1) & (ledger->slot_count - 1);
    }

    return slot;
}


int
response_ledger_find(struct response_ledger *ledger, struct rtn_str id,
    bool is_made, struct response_named_order **out)
{
    int                           rc;
    size_t                        slot;
    uint64_t                      hash;
    struct response_named_order  *order;

    if (id.len > RTN_ORDER_ID_MAX) {
        return is_made ? RTN_ERR_LIMIT : RTN_ERR_NOT_FOUND;
    }

    if (is_made) {
        rc = ledger_reserve(ledger);

        if (rc != 0) {
            return rc;
        }

    } else if (ledger->n == 0) {
        return RTN_ERR_NOT_FOUND;
    }

    hash = ledger_hash(id);
    slot = ledger_slot(ledger, id, hash);

    if (ledger->slots[slot] != 0) {
        *out = &ledger->orders[ledger->slots[slot] - 1];
        return 0;
    }

    if (!is_made) {
        return RTN_ERR_NOT_FOUND;
    }

    order = &ledger->orders[ledger->n++];
    memset(order, 0, sizeof(*order));
    order->hash = hash;
    order->id_offset = ledger->ids_len;
    order->id_len = (uint8_t) id.len;

    if (id.len > 0) {
        memcpy(ledger->ids + ledger->ids_len, id.data, id.len);
    }

    ledger->ids_len += id.len;
    ledger->slots[slot] = (uint32_t) ledger->n;
    *out = order;

    return 0;
}


void
response_ledger_release(struct response_ledger *ledger)
{
    free(ledger->orders);
    free(ledger->slots);
    free(ledger->ids);
}


void
response_conflict(struct rta_response *response, struct rtn_str id,
    enum rtn_source winner, enum rtn_source loser, const char *what)
{
    struct rta_conflict  *conflict;
    struct rta_report    *report = &response->report;

    if (report->conflict_count < RTA_CONFLICTS_MAX) {
        conflict = &report->conflicts[report->conflict_count];
        memset(conflict, 0, sizeof(*conflict));
        memcpy(conflict->order_id, id.data, id.len);
        conflict->winner = winner;
        conflict->loser = loser;
        conflict->what = what;
    }

    report->conflict_count++;
}


/* What a redemption says otherwise than the purchase event; NULL: nothing. */

static const char *
ledger_difference(const struct response_claim *purchase,
    const struct response_claim *redemption)
{
    if (purchase->at != redemption->at) {
        return "customer";
    }

    if (!purchase->has_amount || !redemption->has_amount) {
        return NULL;
    }

    if (memcmp(purchase->currency, redemption->currency, RTN_CURRENCY_LEN)
        != 0)
    {
        return "currency";
    }

    if (purchase->amount_minor != redemption->amount_minor
        && purchase->amount_minor
           != redemption->amount_minor - redemption->discount_minor)
    {
        return "amount";
    }

    return NULL;
}


static int
ledger_book(struct rta_response *response, const struct response_claim *claim)
{
    struct response_entry  entry = {
        .at = claim->at, .at_ms = claim->at_ms,
        .is_named = claim->names_customer,
        .has_amount = claim->has_amount, .minor = claim->amount_minor
    };

    memcpy(entry.currency, claim->currency, sizeof(entry.currency));

    return claim->is_inside ? response_book(response, &entry) : 0;
}


int
response_ledger_close(struct rta_response *response)
{
    int                                 rc;
    size_t                              i;
    const char                         *what;
    struct rtn_str                      id;
    const struct response_claim        *purchase, *redemption;
    const struct response_named_order  *order;

    for (i = 0; i < response->ledger.n; i++) {
        order = &response->ledger.orders[i];
        purchase = &order->claims[RESPONSE_PURCHASE];
        redemption = &order->claims[RESPONSE_REDEMPTION];

        if (order->is_imported || (!purchase->is_set && !redemption->is_set)) {
            continue;
        }

        if (purchase->is_set && redemption->is_set) {
            what = ledger_difference(purchase, redemption);

            if (what != NULL) {
                id.data = response->ledger.ids + order->id_offset;
                id.len = order->id_len;
                response_conflict(response, id, purchase->source,
                                  redemption->source, what);
            }
        }

        rc = ledger_book(response, purchase->is_set ? purchase : redemption);

        if (rc != 0) {
            return rc;
        }
    }

    return 0;
}
