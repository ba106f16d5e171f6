/*
 * Who is silent for how long: customers by the days since their last paid
 * order.  Limits 90, 180 and 360 give the tiers 0 to 90, 91 to 180, 181 to
 * 360, and 361 and more; day 90 belongs to the first.
 */

#ifndef RTA_TIERS_H_INCLUDED
#define RTA_TIERS_H_INCLUDED

#include "rtn.h"

#define RTA_TIERS_MAX       32          /* limits; one tier more */
#define RTA_TIER_DAYS_MAX   36500       /* a limit's largest value */

/* Made by rta_tiers_init or rta_tiers_parse; a plain value that owns
   nothing.  The fields are the file's own. */
struct rta_tiers {
    size_t    n;                            /* limits */
    uint32_t  limits[RTA_TIERS_MAX];        /* days, rising */
    uint64_t  customers[RTA_TIERS_MAX + 1];
};

struct rta_tier {
    uint32_t  from_days;
    bool      has_to;           /* false for the last tier */
    uint32_t  to_days;          /* inclusive */
    uint64_t  customers;
};

/*
 * Sets the limits and begins counting at 0.
 *
 * limits   days, 1 to RTA_TIER_DAYS_MAX, each above the one before
 * n        1 to RTA_TIERS_MAX
 * reason   on failure, a static sentence of what is wrong
 *
 * RTN_ERR_LIMIT: limits are not so; tiers is unchanged.  Any thread.
 */
int rta_tiers_init(struct rta_tiers *tiers, const uint32_t *limits, size_t n,
    const char **reason);

/*
 * The same from "90,180,360": digits and commas, nothing else.
 * RTN_ERR_LIMIT: as above, or another form.  Any thread.
 */
int rta_tiers_parse(struct rta_tiers *tiers, struct rtn_str text,
    const char **reason);

/*
 * Counts a customer.
 *
 * days   as-of date less date of the last paid order, 0 or more; orders after
 *        the as-of date are the caller's to leave out
 *
 * Returns the tier, from 0, which the customer fell into.
 * One thread at a time.
 */
size_t rta_tiers_add(struct rta_tiers *tiers, uint32_t days);

/* How many tiers there are: one more than limits.  Any thread. */
size_t rta_tiers_count(const struct rta_tiers *tiers);

/* Tier i, from 0; i is below rta_tiers_count.  Any thread. */
struct rta_tier rta_tiers_row(const struct rta_tiers *tiers, size_t i);

#endif /* RTA_TIERS_H_INCLUDED */
