/*
 * What customers were worth to date: orders, revenue, margin where orders
 * carry their cost.  Revenue is what was paid less what was refunded; each
 * currency stands for itself.
 */

#ifndef RTA_VALUE_H_INCLUDED
#define RTA_VALUE_H_INCLUDED

#include "purchase.h"

#define RTA_VALUE_CURRENCIES  32        /* of one customer; the orders of
                                           later ones are left out */
#define RTA_VALUE_GROUPS_MAX  10000
#define RTA_VALUE_KEY_MAX     256       /* bytes of a group's name, with NUL */

struct rta_value {
    rtn_currency_t  currency;
    uint64_t        customers;
    uint64_t        orders;
    uint64_t        costed_orders;      /* of which the cost is known */
    int64_t         revenue_minor;
    int64_t         margin_minor;       /* of costed_orders alone */
    uint64_t        expecting;          /* customers of whom something is */
    int64_t         expected_minor;     /* of them, in the time to come */
    rtn_day_t       first_day;
    rtn_day_t       last_day;
};

/* A customer's value, one a currency in the order of first purchases. */
struct rta_values {
    size_t            n;
    struct rta_value  items[RTA_VALUE_CURRENCIES];
};

/* Adds up a customer's purchases, n of them, by time.  Any thread. */
void rta_values_sum(struct rta_values *values,
    const struct rta_purchase *purchases, size_t n);

/* Says what is expected of the customer in one currency; nothing where he
   bought nothing in it.  Any thread. */
void rta_values_expect(struct rta_values *values, const char *currency,
    int64_t expected_minor);

/* Customers of one name, such as a channel, in one currency. */
struct rta_value_group {
    char              name[RTA_VALUE_KEY_MAX];
    struct rta_value  value;
};

/* Sorted by name, then currency, bytes.  Zeros begin; ended by
   rta_value_groups_release. */
struct rta_value_groups {
    struct rta_value_group  *items;
    size_t                   n;
    size_t                   size;
};

/*
 * Adds a customer's values to the groups of a name.
 *
 * name   at most RTA_VALUE_KEY_MAX - 1 bytes
 *
 * RTN_ERR_NOMEM.  RTN_ERR_LIMIT: more than RTA_VALUE_GROUPS_MAX groups, or a
 * longer name.  One thread at a time.
 */
int rta_value_groups_add(struct rta_value_groups *groups, const char *name,
    const struct rta_values *values);

void rta_value_groups_release(struct rta_value_groups *groups);

#endif /* RTA_VALUE_H_INCLUDED */
