/*
 * Where a customer stands, as of a day, by purchase days: all orders of one
 * day are one purchase.  With the limits 90, 180 and 360:
 *
 *     visitor    no purchase
 *     new        one purchase day, at most 30 days ago
 *     returned   a purchase at most 90 days ago that ended a silence past the
 *                lapse limit of that time
 *     active     silent up to the risk limit
 *     at risk    past the risk limit
 *     lapsed     past the lapse limit
 *
 * The first that applies counts: visitor, new, returned, lapsed, at risk,
 * active.  The limits are a customer's own where there is a rhythm, which
 * takes 3 purchase days: with g, the median of the gaps between them, at risk
 * after 2 g, bounded by 30 and 180 days, and lapsed after 3 g, bounded by 90
 * and 360.  So nobody is lapsed within the first tier, or not lapsed behind
 * the last one.  Who has no rhythm is at risk after 90 days and lapsed after
 * 180.  "After" leaves the limit's own day on this side.
 */

#ifndef RTA_LIFECYCLE_H_INCLUDED
#define RTA_LIFECYCLE_H_INCLUDED

#include "days.h"
#include "purchase.h"

#define RTA_LIFECYCLE_NEW_DAYS     30
#define RTA_LIFECYCLE_RHYTHM_DAYS  3    /* purchase days that make a rhythm */

enum rta_stage {
    RTA_STAGE_VISITOR = 0,
    RTA_STAGE_NEW,
    RTA_STAGE_ACTIVE,
    RTA_STAGE_RETURNED,
    RTA_STAGE_AT_RISK,
    RTA_STAGE_LAPSED,
    RTA_STAGES
};

/* "visitor", "new", "active", "returned", "at-risk", "lapsed", NULL. */
extern const char *const  rta_stage_names[RTA_STAGES + 1];

/* Days, rising: what stands above as 90, 180 and 360. */
struct rta_stage_limits {
    uint32_t  first;
    uint32_t  second;
    uint32_t  third;
};

struct rta_standing {
    enum rta_stage  stage;
    uint64_t        purchase_days;
    int64_t         silent_days;        /* since the last; -1: a visitor */
    uint64_t        gap_halves;         /* the median gap, doubled; 0: there
                                           is no rhythm */
    uint32_t        risk_days;          /* the limits that were used */
    uint32_t        lapse_days;
};

/* Memory that judging one customer after the other needs.  Zeros begin; ended
   by rta_rhythm_release. */
struct rta_rhythm {
    int32_t  *gaps;
    int32_t  *sorted;
    size_t    size;
};

/*
 * Says where a customer stands.
 *
 * purchases   n of them, by time, none after as_of
 *
 * RTN_ERR_NOMEM.  One thread at a time for a rhythm.
 */
int rta_lifecycle_judge(const struct rta_stage_limits *limits,
    struct rta_rhythm *rhythm, const struct rta_purchase *purchases, size_t n,
    rtn_day_t as_of, struct rta_standing *standing);

/* Frees what it holds. */
void rta_rhythm_release(struct rta_rhythm *rhythm);

#endif /* RTA_LIFECYCLE_H_INCLUDED */
