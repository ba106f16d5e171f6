/*
 * How many have done something by a day when not all could be watched as
 * long: the product-limit estimate of Kaplan and Meier (Journal of the
 * American Statistical Association 53:457, 1958).
 */

#ifndef RTA_SURVIVAL_H_INCLUDED
#define RTA_SURVIVAL_H_INCLUDED

#include "interval.h"
#include "rtn.h"

#define RTA_SURVIVAL_DAYS_MAX  366      /* who is watched longer is watched
                                           for so long */

/* Customers by the day on which it happened, or up to which they were watched
   without that.  Zeros begin. */
struct rta_survival {
    uint64_t  events[RTA_SURVIVAL_DAYS_MAX + 1];
    uint64_t  censored[RTA_SURVIVAL_DAYS_MAX + 1];
};

/* Where the curve stands at the end of a day. */
struct rta_survival_point {
    uint64_t             at_risk;       /* watched on the day, no event yet */
    bool                 has_share;     /* false: nobody was watched so far */
    double               share;         /* with the event: 1 - S */
    bool                 has_interval;  /* some have it, and some have not */
    struct rta_interval  interval;
};

/*
 * Adds a customer.
 *
 * days       from the beginning to the event, or to the last day watched;
 *            0 or more
 * is_event   it happened
 */
void rta_survival_add(struct rta_survival *survival, int64_t days,
    bool is_event);

/*
 * The share with the event by the end of a day: 1 - S, S being the product of
 * 1 - events / at risk over the days up to it; those whose watch ends on a
 * day are at risk on it.  Interval: Greenwood's variance on the scale of
 * log(-log S) (Kalbfleisch and Prentice, The Statistical Analysis of Failure
 * Time Data, 1980, section 1.3), which stays between 0 and 1.
 *
 * day     0 to RTA_SURVIVAL_DAYS_MAX
 * level   as in rta_wilson
 *
 * Any thread.
 */
void rta_survival_at(const struct rta_survival *survival, uint32_t day,
    double level, struct rta_survival_point *point);

/* The first day by whose end half have the event; false: none. */
bool rta_survival_median(const struct rta_survival *survival,
    uint32_t *day);

#endif /* RTA_SURVIVAL_H_INCLUDED */
