/* What was bought, by name: orders by id, and claims of events. */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "audience_bought.h"

#define BOUGHT_FIRST  1024              /* orders or claims, to begin with */

/* An order whose items are asked about; mask has a bit for each ask. */
struct bought_order {
    uint64_t  hash;
    size_t    name;
    uint64_t  mask;                     /* 0: a free place */
};

/* What a purchase event said. */
struct bought_claim {
    uint32_t   customer;
    uint32_t   ask;
    rtn_day_t  day;
    bool       is_void;                 /* an import says otherwise */
    size_t     name;                    /* of the order's id */
};

struct cmd_bought {
    const struct rta_asks  *asks;
    uint8_t                 key[crypto_shorthash_KEYBYTES];
    struct rta_names        ids;
    struct bought_order    *orders;     /* open addressing */
    size_t                  order_n;
    size_t                  order_size; /* a power of two */
    struct bought_claim    *claims;     /* by customer, once sorted */
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

    /* an id that a shop chose to collide would only be slow */

    randombytes_buf(made->key, sizeof(made->key));
    made->asks = asks;
    *bought = made;

    return 0;
}


void
cmd_bought_free(struct cmd_bought *bought)
{
    if (bought != NULL) {
        rta_names_release(&bought->ids);
        free(bought->orders);
        free(bought->claims);
        free(bought);
    }
}


static uint64_t
bought_hash(const struct cmd_bought *bought, struct rtn_str id)
{
    uint64_t  hash;
    uint8_t   bytes[crypto_shorthash_BYTES];

    crypto_shorthash(bytes, (const uint8_t *) id.data, id.len, bought->key);
    memcpy(&hash, bytes, sizeof(hash));

    return hash;
}


/* The order's place, or the free one where it belongs. */

static struct bought_order *
bought_place(const struct cmd_bought *bought, struct bought_order *orders,
    size_t size, uint64_t hash, struct rtn_str id)
{
    size_t                at;
    const char           *name;
    struct bought_order  *order;

    for (at = hash & (size - 1); ; at = (at + 1) & (size - 1)) {
        order = &orders[at];

        if (order->mask == 0) {
            return order;
        }

        if (order->hash == hash) {
            name = rta_names_get(&bought->ids, order->name);

            if (strlen(name) == id.len && memcmp(name, id.data, id.len) == 0) {
                return order;
            }
        }
    }
}


/* At most half of the places are taken. */

static int
bought_grow(struct cmd_bought *bought)
{
    size_t                i, size;
    struct rtn_str        id;
    struct bought_order  *orders, *from;

    if (bought->order_n * 2 < bought->order_size) {
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
            id.data = rta_names_get(&bought->ids, from->name);
            id.len = strlen(id.data);
            *bought_place(bought, orders, size, from->hash, id) = *from;
        }
    }

    free(bought->orders);
    bought->orders = orders;
    bought->order_size = size;

    return 0;
}


static int
bought_keep(struct cmd_bought *bought, struct rtn_str id, size_t *name)
{
    char  text[RTN_ORDER_ID_MAX + 1];

    if (id.len > RTN_ORDER_ID_MAX) {
        return RTN_ERR_LIMIT;
    }

    memcpy(text, id.data, id.len);
    text[id.len] = '\0';

    return rta_names_add(&bought->ids, text, name);
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
    uint64_t              hash, mask = bought_mask(bought, items);
    struct bought_order  *order;

    if (mask == 0) {
        return 0;
    }

    rc = bought_grow(bought);

    if (rc != 0) {
        return rc;
    }

    hash = bought_hash(bought, items->order_id);
    order = bought_place(bought, bought->orders, bought->order_size, hash,
                         items->order_id);

    if (order->mask == 0) {
        rc = bought_keep(bought, items->order_id, &order->name);

        if (rc != 0) {
            return rc;
        }

        order->hash = hash;
        bought->order_n++;
    }

    order->mask |= mask;

    return 0;
}


int
cmd_bought_claim(struct cmd_bought *bought, uint32_t customer, size_t ask,
    rtn_day_t day, struct rtn_str order_id)
{
    int                   rc;
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

    claims = &bought->claims[bought->claim_n];
    *claims = (struct bought_claim) {
        .customer = customer, .ask = (uint32_t) ask, .day = day
    };

    rc = bought_keep(bought, order_id, &claims->name);
    bought->claim_n += rc == 0;

    return rc;
}


static int
bought_compare(const void *a, const void *b)
{
    const struct bought_claim  *x = a, *y = b;

    return (x->customer > y->customer) - (x->customer < y->customer);
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


/* A claim for the same order falls. */

static void
bought_void(struct cmd_bought *bought, const struct rtn_order *order)
{
    size_t  i;

    for (i = bought->next;
         i < bought->claim_n && bought->claims[i].customer <= order->customer;
         i++)
    {
        if (strcmp(rta_names_get(&bought->ids, bought->claims[i].name),
                   order->order_id) == 0)
        {
            bought->claims[i].is_void = true;
        }
    }
}


void
cmd_bought_order(struct cmd_bought *bought, const struct rtn_order *order,
    bool is_purchase, int64_t days_ago, int64_t *days)
{
    size_t                      i;
    struct rtn_str              id;
    const struct bought_order  *found;

    if (!is_purchase) {
        bought_void(bought, order);
        return;
    }

    if (bought->order_n == 0) {
        return;
    }

    id.data = order->order_id;
    id.len = strlen(id.data);
    found = bought_place(bought, bought->orders, bought->order_size,
                         bought_hash(bought, id), id);

    for (i = 0; found->mask >> i != 0; i++) {
        if (found->mask >> i & 1) {
            bought_later(&days[i], days_ago);
        }

        if (i == RTA_ASKS_MAX - 1) {
            break;
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
