/*
 * Simulated campaigns through the whole counting: what a 95 % interval covers,
 * how often chance is taken for an effect, and what looking every day does.
 * The seeds are 1 to 2,000, so that every run says the same; what is found is
 * printed.  Another number of seeds may be given as argument; the limits are
 * for 2,000.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/random.h"
#include "analysis/sequential.h"
#include "response_fixture.h"

#define SEEDS       2000
#define CUSTOMERS   4000u       /* half of them treated */
#define WINDOW      30          /* days */
#define TAU         0.02
#define MEAN_LOG    8.0         /* of an order in cents: median 29.81 */
#define SIGMA_OWN   0.5         /* what a customer's orders have in common */
#define SIGMA_ORDER 0.6
#define TWICE       0.2         /* of buyers order a second time */
#define TIER_SWING  0.3         /* tiers buy so much more or less */

enum simulation_metric {
    COVERED_BUYERS = 0,
    COVERED_RELATIVE,
    COVERED_ORDERS,
    COVERED_REVENUE,
    COVERED_CUPED,
    COVERED_STRATIFIED,
    COVERED_EVERY_DAY,
    ERRED_BUYERS,
    ERRED_REVENUE,
    ERRED_CUPED,
    ERRED_ALWAYS,
    ERRED_PEEKING,
    SIMULATION_METRICS
};

static unsigned  seeds = SEEDS;


static double
order_mean(void)
{
    return exp(MEAN_LOG + (SIGMA_OWN * SIGMA_OWN + SIGMA_ORDER * SIGMA_ORDER)
                          / 2) / 100;
}


static int64_t
order_minor(struct rta_random *random, double own)
{
    return llround(exp(MEAN_LOG + SIGMA_OWN * own
                       + SIGMA_ORDER * rta_random_normal(random)));
}


static void
simulate_customer(struct fixture *f, struct rta_random *random,
    uint32_t customer, double bought)
{
    char              id[24];
    double            own = rta_random_normal(random);
    int64_t           at_ms;
    struct rta_order  order;

    snprintf(id, sizeof(id), "b%u", customer);
    order = order_of(id, customer, T0 - 100 * DAY, order_minor(random, own));

    if (rta_random_unit(random) < 0.5) {
        assert_int_equal(rta_response_order(f->response, &order), 0);
    }

    if (rta_random_unit(random) > bought) {
        return;
    }

    at_ms = T0 + (int64_t) rta_random_below(random, WINDOW * DAY);
    snprintf(id, sizeof(id), "a%u", customer);
    order = order_of(id, customer, at_ms, order_minor(random, own));
    assert_int_equal(rta_response_order(f->response, &order), 0);

    if (rta_random_unit(random) < TWICE) {
        snprintf(id, sizeof(id), "c%u", customer);
        order = order_of(id, customer, at_ms, order_minor(random, own));
        assert_int_equal(rta_response_order(f->response, &order), 0);
    }
}


/* Odd customers are treated; tiers change every second one. */

static void
simulate(struct fixture *f, uint64_t seed, double treated, double heldout)
{
    double             swing;
    uint32_t           customer;
    const char        *reason;
    struct rta_plan    plan = plan_one;
    struct rta_random  random = { seed };

    plan.tau = TAU;
    plan.is_adjusted = true;

    assert_int_equal(rta_zone_use(str("UTC"), &reason), 0);
    assert_int_equal(rta_response_init(&plan, &f->response), 0);

    for (customer = 1; customer <= CUSTOMERS; customer++) {
        add(f->response, customer, customer % 2, 1 + customer / 2 % 2, 0);
    }

    for (customer = 1; customer <= CUSTOMERS; customer++) {
        swing = customer / 2 % 2 ? 1 + TIER_SWING : 1 - TIER_SWING;
        simulate_customer(f, &random, customer,
                          swing * (customer % 2 ? treated : heldout));
    }

    finish(f);
}


static const struct rta_estimate_row *
estimate(const struct fixture *f, enum rta_estimate kind,
    enum rta_metric metric)
{
    size_t  i;

    for (i = 0; i < f->report->estimate_count; i++) {
        if (f->report->estimates[i].estimate == kind
            && f->report->estimates[i].metric == metric)
        {
            return &f->report->estimates[i];
        }
    }

    fail_msg("no estimate %s", rta_estimate_name(kind));

    return NULL;
}


static bool
covers(const struct rta_comparison *c, double truth)
{
    assert_true(c->has_interval);

    return c->low <= truth && truth <= c->high;
}


/* Looks at the end of each day; truth is the difference on the last. */

static void
look_every_day(const struct fixture *f, double truth, unsigned *found)
{
    bool                       is_covered = true, has_erred = false;
    double                     d, v, at;
    size_t                     i;
    struct rta_comparison      naive;
    struct rta_sequential      looks = { .p = 1 };
    const struct rta_day_row  *day;

    for (i = 0; i < f->report->day_count; i++) {
        day = &f->report->days[i];

        if (day->treated_buyers < RTA_SEQUENTIAL_MIN
            || day->heldout_buyers < RTA_SEQUENTIAL_MIN)
        {
            continue;
        }

        at = truth * (double) (i + 1) / WINDOW;
        d = (double) day->treated_buyers / (double) day->treated
            - (double) day->heldout_buyers / (double) day->heldout;
        v = rta_shares_variance(day->treated_buyers, day->treated,
                                day->heldout_buyers, day->heldout);

        rta_sequential_look(&looks, d, v, TAU, RTA_LEVEL);
        is_covered &= looks.low <= at && at <= looks.high;

        rta_compare_shares(day->treated_buyers, day->treated,
                           day->heldout_buyers, day->heldout, RTA_LEVEL,
                           &naive);
        has_erred |= naive.p < 0.05;
    }

    found[COVERED_EVERY_DAY] += is_covered;
    found[ERRED_PEEKING] += has_erred;
}


static void
count_one(const struct fixture *f, double treated, double heldout,
    unsigned *found)
{
    double                         d = treated - heldout, orders, money;
    const struct rta_comparison   *buyers, *revenue;
    const struct rta_estimate_row *cuped, *strata;

    orders = d * (1 + TWICE);
    money = orders * order_mean();
    buyers = &row(f, RTA_METRIC_BUYERS, "")->comparison;
    revenue = &row(f, RTA_METRIC_REVENUE, "EUR")->comparison;
    cuped = estimate(f, RTA_ESTIMATE_CUPED, RTA_METRIC_REVENUE);
    strata = estimate(f, RTA_ESTIMATE_STRATIFIED, RTA_METRIC_BUYERS);

    found[COVERED_BUYERS] += covers(buyers, d);
    found[COVERED_RELATIVE] += buyers->relative_low <= treated / heldout - 1
                               && treated / heldout - 1
                                  <= buyers->relative_high;
    found[COVERED_ORDERS] += covers(&row(f, RTA_METRIC_ORDERS,
                                         "")->comparison, orders);
    found[COVERED_REVENUE] += covers(revenue, money);
    found[COVERED_CUPED] += cuped->low <= money && money <= cuped->high;
    found[COVERED_STRATIFIED] += strata->low <= d && d <= strata->high;

    found[ERRED_BUYERS] += buyers->p < 0.05;
    found[ERRED_REVENUE] += revenue->p < 0.05;
    found[ERRED_CUPED] += cuped->p < 0.05;
    found[ERRED_ALWAYS] += estimate(f, RTA_ESTIMATE_ALWAYS,
                                    RTA_METRIC_BUYERS)->p < 0.05;
    look_every_day(f, d, found);
}


static void
run(double treated, double heldout, double share[SIMULATION_METRICS])
{
    unsigned        i, found[SIMULATION_METRICS] = { 0 };
    struct fixture  f;

    for (i = 1; i <= seeds; i++) {
        simulate(&f, i, treated, heldout);
        count_one(&f, treated, heldout, found);
        end(&f);
    }

    for (i = 0; i < SIMULATION_METRICS; i++) {
        share[i] = found[i] / (double) seeds;
    }
}


static void
check(const char *name, double share, double low, double high)
{
    printf("# %-50s %6.2f %%\n", name, 100 * share);

    if (!(share >= low && share <= high)) {
        fail_msg("%s: %g is not within %g and %g", name, share, low, high);
    }
}


static void
test_coverage(void **state)
{
    size_t  i;
    double  share[SIMULATION_METRICS];

    static const struct {
        enum simulation_metric  metric;
        const char             *name;
    } cases[] = {
        { COVERED_BUYERS, "covered: difference of buyers (Newcombe)" },
        { COVERED_RELATIVE, "covered: relative lift of buyers (Katz)" },
        { COVERED_ORDERS, "covered: orders a customer (Welch)" },
        { COVERED_REVENUE, "covered: revenue a customer (Welch)" },
        { COVERED_CUPED, "covered: revenue a customer (CUPED)" },
        { COVERED_STRATIFIED, "covered: buyers, post-stratified" }
    };

    (void) state;

    run(0.15, 0.12, share);

    for (i = 0; i < COUNT(cases); i++) {
        check(cases[i].name, share[cases[i].metric], 0.935, 0.965);
    }

    check("covered on every day: always-valid", share[COVERED_EVERY_DAY],
          0.95, 1);
}


static void
test_no_effect(void **state)
{
    double  share[SIMULATION_METRICS];

    (void) state;

    run(0.12, 0.12, share);

    check("no effect, p < 0.05: buyers", share[ERRED_BUYERS], 0.04, 0.06);
    check("no effect, p < 0.05: revenue", share[ERRED_REVENUE], 0.04, 0.06);
    check("no effect, p < 0.05: revenue by CUPED", share[ERRED_CUPED], 0.04,
          0.06);
    check("no effect, ever p < 0.05 by day: always-valid",
          share[ERRED_ALWAYS], 0, 0.05);
    check("no effect, ever p < 0.05 by day: fixed test",
          share[ERRED_PEEKING], 0.1, 1);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_no_effect)
    };

    if (argc > 1) {
        seeds = (unsigned) strtoul(argv[1], NULL, 10);
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
