/* A campaign of hundreds, for the tests of what a report compares. */

#ifndef T_RESPONSE_CROWD_H_INCLUDED
#define T_RESPONSE_CROWD_H_INCLUDED

#include <stdio.h>

#include "response_fixture.h"

#define CROWD  400u             /* customers of an arm */

static const struct rta_plan_arm  two_arms[] = {
    { "plain", 500000 }, { "warm", 500000 }
};


/* Customers from 1: arm by arm, CROWD each; the hold-out comes last.  Tier 1
   are the odd ones. */

static inline struct rta_plan
crowd_plan(size_t arms)
{
    struct rta_plan  plan = plan_one;

    plan.arms = arms == 1 ? one_arm : two_arms;
    plan.arm_count = arms;
    plan.holdout_ppm = (uint32_t) (1000000 / (arms + 1));

    return plan;
}


static inline void
begin_crowd(struct fixture *f, const struct rta_plan *plan)
{
    size_t       i, arms = plan->arm_count;
    uint32_t     customer;
    const char  *reason;

    assert_int_equal(rta_zone_use(str("UTC"), &reason), 0);
    assert_int_equal(rta_response_init(plan, &f->response), 0);

    for (i = 0; i < (arms + 1) * CROWD; i++) {
        customer = (uint32_t) i + 1;
        add(f->response, customer, (uint8_t) ((i / CROWD + 1) % (arms + 1)),
            customer % 2 ? 1 : 2, i < arms * CROWD ? 1000 + customer : 0);
    }
}


static inline void
pay(struct fixture *f, uint32_t customer, int64_t at_ms, int64_t minor,
    int64_t cost_minor, uint64_t code)
{
    char              id[32];
    struct rta_order  order;

    snprintf(id, sizeof(id), "%u-%lld", customer, (long long) at_ms);
    order = order_of(id, customer, at_ms, minor);
    order.has_cost = cost_minor >= 0;
    order.cost_minor = cost_minor;
    order.code = code;
    assert_int_equal(rta_response_order(f->response, &order), 0);
}

#endif /* T_RESPONSE_CROWD_H_INCLUDED */
