/*
 * Who stays: customers by the month of their first purchase, and how many of
 * them bought in each month after it; and how many of those with n purchases
 * made another.  Months are the calendar's; all orders of a day are one
 * purchase.
 */

#ifndef RTA_COHORTS_H_INCLUDED
#define RTA_COHORTS_H_INCLUDED

#include "days.h"
#include "purchase.h"

#define RTA_COHORT_MONTHS_MAX    2400       /* from a first purchase on */
#define RTA_REPEAT_NUMBERS_MAX   1000

/* Begun by rta_cohorts_init, ended by rta_cohorts_release. */
struct rta_cohorts {
    rtn_day_t   as_of;
    int32_t     month;              /* of as_of: years * 12 + months */
    uint32_t    n;                  /* cohorts, empty ones between as well */
    size_t      size;               /* cells */
    uint64_t   *cells;              /* of cohort age a, at a (a + 1) / 2 */
};

void rta_cohorts_init(struct rta_cohorts *cohorts, rtn_day_t as_of);

/*
 * Adds a customer; one without a purchase is not taken.
 *
 * purchases   n of them, by time, none after as_of
 *
 * RTN_ERR_NOMEM.  RTN_ERR_LIMIT: the first is more than
 * RTA_COHORT_MONTHS_MAX months before as_of.
 */
int rta_cohorts_add(struct rta_cohorts *cohorts,
    const struct rta_purchase *purchases, size_t n);

/*
 * How many of a cohort bought in a month.
 *
 * age     months from the cohort's to that of as_of, below cohorts->n
 * month   months from the cohort's on, at most age; in 0 all of them bought
 */
uint64_t rta_cohorts_active(const struct rta_cohorts *cohorts, uint32_t age,
    uint32_t month);

/* The first day of a cohort's month. */
rtn_day_t rta_cohorts_first_day(const struct rta_cohorts *cohorts,
    uint32_t age);

/* Whether a month, from the cohort's on, was over at the end of as_of. */
bool rta_cohorts_is_complete(const struct rta_cohorts *cohorts, uint32_t age,
    uint32_t month);

void rta_cohorts_release(struct rta_cohorts *cohorts);


/* Customers who made a purchase of a number, and the days to the next. */
struct rta_repeat_number {
    uint64_t         customers;
    struct rta_days  days;          /* days.n made the next */
};

/* Begun by rta_repeats_init, ended by rta_repeats_release. */
struct rta_repeats {
    struct rta_repeat_number  *numbers;     /* the first purchase is 0 */
    size_t                     n;
};

/*
 * n   purchases by number that are looked at, 1 to RTA_REPEAT_NUMBERS_MAX
 * RTN_ERR_NOMEM.
 */
int rta_repeats_init(struct rta_repeats *repeats, size_t n);

/* Adds a customer's purchases, n of them, by time.  RTN_ERR_NOMEM. */
int rta_repeats_add(struct rta_repeats *repeats,
    const struct rta_purchase *purchases, size_t n);

void rta_repeats_release(struct rta_repeats *repeats);

#endif /* RTA_COHORTS_H_INCLUDED */
