/* What was bought, by name: orders by id, and claims of events. */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "audience_bought.h"

#define BOUGHT_FIRST  1024              /* orders or claims, to begin with */

/*
 * An order's id, as 128 bits of SipHash by a key of this process: two ids are
 * one with a probability of 2^-128, and nobody can choose such ones.  Ids as
 * they are took twice the memory, and a look at them for each order.
 */
struct bought_id {
    uint64_t  a, b;
};

/* An order whose items are asked about; mask has a bit for each ask. */
struct bought_order {
    struct bought_id  id;
    uint64_t          mask;             /* 0: a free place */
};

/* What a purchase event said. */
struct bought_claim {
    struct bought_id  id;               /* of the order */
    uint32_t          customer;
    uint32_t          ask;
    rtn_day_t         day;
    bool              is_void;          /* an import says otherwise */
};

struct cmd_bought {
    const struct rta_asks  *asks;
    uint8_t                 key[crypto_shorthash_siphashx24_KEYBYTES];
    struct bought_order    *orders;     /* open addressing */
    size_t                  order_n;
    size_t                  order_size; /* a power of two */
    struct bought_claim    *claims;     /* by customer and order, once sorted */
    size_t                  claim_n;
    size_t                  claim_size;
    size_t                  next;       /* the first claim of this customer or
                                           a later one */
};


int
cmd_bought_new(const struct rta_asks *asks, struct cmd_bought **bought)
{
    struct cmd_bought  *made;

    made = calloc(1, sizeof(*made));

    if (made == NULL) {
        return RTN_ERR_NOMEM;
    }

    randombytes_buf(made->key, sizeof(made->key));
    made->asks = asks;
    *bought = made;

    return 0;
}


void
cmd_bought_free(struct cmd_bought *bought)
{
    if (bought != NULL) {
        free(bought->orders);
        free(bought->claims);
        free(bought);
    }
}


static struct bought_id
bought_id(const struct cmd_bought *bought, struct rtn_str text)
{
    struct bought_id  id;
    uint8_t           bytes[crypto_shorthash_siphashx24_BYTES];

    crypto_shorthash_siphashx24(bytes, (const uint8_t *) text.data, text.len,
                                bought->key);
    memcpy(&id, bytes, sizeof(id));

    return id;
}


static int
bought_id_compare(struct bought_id x, struct bought_id y)
{
    return x.a != y.a ? (x.a > y.a) - (x.a < y.a) : (x.b > y.b) - (x.b < y.b);
}


/* The order's place, or the free one where it belongs. */

static struct bought_order *
bought_place(struct bought_order *orders, size_t size, struct bought_id id)
{
    size_t  at;

    for (at = id.a & (size - 1); ; at = (at + 1) & (size - 1)) {
        if (orders[at].mask == 0
            || bought_id_compare(orders[at].id, id) == 0)
        {
            return &orders[at];
        }
    }
}


/* At most three quarters of the places are taken. */

static int
bought_grow(struct cmd_bought *bought)
{
    size_t                i, size;
    struct bought_order  *orders, *from;

    if (bought->order_n < bought->order_size / 4 * 3) {
        return 0;
    }

    size = bought->order_size == 0 ? BOUGHT_FIRST : bought->order_size * 2;
    orders = calloc(size, sizeof(*orders));

    if (orders == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < bought->order_size; i++) {
        from = &bought->orders[i];

        if (from->mask != 0) {
            *bought_place(orders, size, from->id) = *from;
        }
    }

    free(bought->orders);
    bought->orders = orders;
    bought->order_size = size;

    return 0;
}


static uint64_t
bought_mask(const struct cmd_bought *bought,
    const struct rtn_order_items *items)
{
    size_t                 i, k;
    uint64_t               mask = 0;
    const struct rta_ask  *ask;

    for (i = 0; i < bought->asks->n; i++) {
        ask = &bought->asks->items[i];

        for (k = 0; ask->kind == RTA_ASK_BOUGHT && k < items->n; k++) {
            if (strlen(ask->text) == items->names[k].len
                && memcmp(ask->text, items->names[k].data,
                          items->names[k].len) == 0)
            {
                mask |= UINT64_C(1) << i;
            }
        }
    }

    return mask;
}


int
cmd_bought_items(struct cmd_bought *bought,
    const struct rtn_order_items *items)
{
    int                   rc;
    uint64_t              mask = bought_mask(bought, items);
    struct bought_id      id;
    struct bought_order  *order;

    if (mask == 0) {
        return 0;
    }

    rc = bought_grow(bought);

    if (rc != 0) {
        return rc;
    }

    id = bought_id(bought, items->order_id);
    order = bought_place(bought->orders, bought->order_size, id);

    if (order->mask == 0) {
        order->id = id;
        bought->order_n++;
    }

    order->mask |= mask;

    return 0;
}


int
cmd_bought_claim(struct cmd_bought *bought, uint32_t customer, size_t ask,
    rtn_day_t day, struct rtn_str order_id)
{
    size_t                size;
    struct bought_claim  *claims;

    if (bought->claim_n == bought->claim_size) {
        size = bought->claim_size == 0 ? BOUGHT_FIRST : bought->claim_size * 2;
        claims = reallocarray(bought->claims, size, sizeof(*claims));

        if (claims == NULL) {
            return RTN_ERR_NOMEM;
        }

        bought->claims = claims;
        bought->claim_size = size;
    }

    bought->claims[bought->claim_n++] = (struct bought_claim) {
        .id = bought_id(bought, order_id), .customer = customer,
        .ask = (uint32_t) ask, .day = day
    };

    return 0;
}


static int
bought_compare(const void *a, const void *b)
{
    const struct bought_claim  *x = a, *y = b;

    return x->customer != y->customer
           ? (x->customer > y->customer) - (x->customer < y->customer)
           : bought_id_compare(x->id, y->id);
}


void
cmd_bought_sort(struct cmd_bought *bought)
{
    if (bought->claim_n > 0) {
        qsort(bought->claims, bought->claim_n, sizeof(*bought->claims),
              bought_compare);
    }
}


static void
bought_later(int64_t *days, int64_t days_ago)
{
    if (*days < 0 || days_ago < *days) {
        *days = days_ago;
    }
}


/* The first claim that is not before one of a customer and an order; a till
   may have as many of both as the shop has orders. */

static size_t
bought_first(const struct cmd_bought *bought, const struct bought_claim *wanted)
{
    size_t  from = bought->next, to = bought->claim_n, middle;

    while (from < to) {
        middle = from + (to - from) / 2;

        if (bought_compare(&bought->claims[middle], wanted) < 0) {
            from = middle + 1;

        } else {
            to = middle;
        }
    }

    return from;
}


/* Claims for the same order fall. */

static void
bought_void(struct cmd_bought *bought, uint32_t customer, struct bought_id id)
{
    size_t               i;
    struct bought_claim  wanted = { .id = id, .customer = customer };

    for (i = bought_first(bought, &wanted);
         i < bought->claim_n
         && bought_compare(&bought->claims[i], &wanted) == 0;
         i++)
    {
        bought->claims[i].is_void = true;
    }
}


void
cmd_bought_order(struct cmd_bought *bought, const struct rtn_order *order,
    bool is_purchase, int64_t days_ago, int64_t *days)
{
    size_t                      i;
    struct rtn_str              text = { order->order_id,
                                         strlen(order->order_id) };
    struct bought_id            id;
    const struct bought_order  *found;

    if (is_purchase ? bought->order_n == 0 : bought->claim_n == 0) {
        return;
    }

    id = bought_id(bought, text);

    if (!is_purchase) {
        bought_void(bought, order->customer, id);
        return;
    }

    found = bought_place(bought->orders, bought->order_size, id);

    for (i = 0; i < bought->asks->n; i++) {
        if (found->mask >> i & 1) {
            bought_later(&days[i], days_ago);
        }
    }
}


void
cmd_bought_customer(struct cmd_bought *bought, uint32_t customer,
    rtn_day_t as_of, int64_t *days)
{
    const struct bought_claim  *claim;

    while (bought->next < bought->claim_n
           && bought->claims[bought->next].customer <= customer)
    {
        claim = &bought->claims[bought->next++];

        if (claim->customer == customer && !claim->is_void) {
            bought_later(&days[claim->ask], (int64_t) as_of - claim->day);
        }
    }
}
