#include "value.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_GROUPS_FIRST  16

static struct rta_value *value_of(struct rta_values *values,
    const struct rta_purchase *purchase);
static void value_purchase(struct rta_value *value,
    const struct rta_purchase *purchase);
static int value_group(struct rta_value_groups *groups, const char *name,
    const rtn_currency_t currency, struct rta_value **value);
static bool value_find(const struct rta_value_groups *groups,
    const char *name, const rtn_currency_t currency, size_t *place);
static int value_reserve(struct rta_value_groups *groups);
static void value_merge(struct rta_value *into, const struct rta_value *more);


void
rta_values_sum(struct rta_values *values,
    const struct rta_purchase *purchases, size_t n)
{
    size_t             i;
    struct rta_value  *value;

    values->n = 0;

    for (i = 0; i < n; i++) {
        value = value_of(values, &purchases[i]);

        if (value != NULL) {
            value_purchase(value, &purchases[i]);
        }
    }
}


void
rta_values_expect(struct rta_values *values, const char *currency,
    int64_t expected_minor)
{
    size_t  i;

    for (i = 0; i < values->n; i++) {
        if (memcmp(values->items[i].currency, currency, RTN_CURRENCY_LEN)
            == 0)
        {
            values->items[i].expecting = 1;
            values->items[i].expected_minor = expected_minor;
        }
    }
}


int
rta_value_groups_add(struct rta_value_groups *groups, const char *name,
    const struct rta_values *values)
{
    int                rc;
    size_t             i;
    struct rta_value  *value;

    if (strlen(name) >= RTA_VALUE_KEY_MAX) {
        return RTN_ERR_LIMIT;
    }

    for (i = 0; i < values->n; i++) {
        rc = value_group(groups, name, values->items[i].currency, &value);

        if (rc != RTN_OK) {
            return rc;
        }

        value_merge(value, &values->items[i]);
    }

    return RTN_OK;
}


void
rta_value_groups_release(struct rta_value_groups *groups)
{
    free(groups->items);
    memset(groups, 0, sizeof(*groups));
}


/* NULL: the customer has too many currencies. */

static struct rta_value *
value_of(struct rta_values *values, const struct rta_purchase *purchase)
{
    size_t             i;
    struct rta_value  *value;

    for (i = 0; i < values->n; i++) {
        if (rta_purchase_is_in(purchase, values->items[i].currency)) {
            return &values->items[i];
        }
    }

    if (values->n == RTA_VALUE_CURRENCIES) {
        return NULL;
    }

    value = &values->items[values->n++];
    memset(value, 0, sizeof(*value));

    memcpy(value->currency, purchase->currency, sizeof(value->currency));
    value->customers = 1;
    value->first_day = purchase->day;

    return value;
}


static void
value_purchase(struct rta_value *value, const struct rta_purchase *purchase)
{
    value->orders++;
    value->last_day = purchase->day;
    rta_minor_add(&value->revenue_minor, purchase->paid_minor);

    if (purchase->has_cost) {
        value->costed_orders++;
        rta_minor_add(&value->margin_minor, purchase->paid_minor);
        rta_minor_add(&value->margin_minor, -purchase->cost_minor);
    }
}


static int
value_group(struct rta_value_groups *groups, const char *name,
    const rtn_currency_t currency, struct rta_value **value)
{
    int                      rc;
    size_t                   place;
    struct rta_value_group  *group;

    if (!value_find(groups, name, currency, &place)) {
        rc = value_reserve(groups);

        if (rc != RTN_OK) {
            return rc;
        }

        group = &groups->items[place];

        memmove(group + 1, group, (groups->n - place) * sizeof(*group));
        memset(group, 0, sizeof(*group));
        memcpy(group->name, name, strlen(name) + 1);
        memcpy(group->value.currency, currency, sizeof(rtn_currency_t));

        groups->n++;
    }

    *value = &groups->items[place].value;

    return RTN_OK;
}


/* Where the group is, or where it belongs. */

static bool
value_find(const struct rta_value_groups *groups, const char *name,
    const rtn_currency_t currency, size_t *place)
{
    int                            order;
    size_t                         low = 0, high = groups->n, middle;
    const struct rta_value_group  *group;

    while (low < high) {
        middle = low + (high - low) / 2;
        group = &groups->items[middle];
        order = strcmp(group->name, name);

        if (order == 0) {
            order = memcmp(group->value.currency, currency,
                           sizeof(rtn_currency_t));
        }

        if (order == 0) {
            *place = middle;
            return true;
        }

        if (order < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    *place = low;

    return false;
}


static int
value_reserve(struct rta_value_groups *groups)
{
    size_t                   size;
    struct rta_value_group  *items;

    if (groups->n == RTA_VALUE_GROUPS_MAX) {
        return RTN_ERR_LIMIT;
    }

    if (groups->n < groups->size) {
        return RTN_OK;
    }

    size = groups->size == 0 ? VALUE_GROUPS_FIRST : groups->size * 2;
    items = realloc(groups->items, size * sizeof(*items));

    if (items == NULL) {
        return RTN_ERR_NOMEM;
    }

    groups->items = items;
    groups->size = size;

    return RTN_OK;
}


static void
value_merge(struct rta_value *into, const struct rta_value *more)
{
    if (into->orders == 0 || more->first_day < into->first_day) {
        into->first_day = more->first_day;
    }

    if (into->orders == 0 || more->last_day > into->last_day) {
        into->last_day = more->last_day;
    }

    into->customers += more->customers;
    into->orders += more->orders;
    into->costed_orders += more->costed_orders;
    rta_minor_add(&into->revenue_minor, more->revenue_minor);
    rta_minor_add(&into->margin_minor, more->margin_minor);
    into->expecting += more->expecting;
    rta_minor_add(&into->expected_minor, more->expected_minor);
}
