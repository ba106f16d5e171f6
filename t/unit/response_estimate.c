/* The same differences, found otherwise: when they are made, and when not. */

#include <math.h>

#include "near.h"
#include "response_crowd.h"


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

    return NULL;
}


/* The first n of each arm buy on day after day; 5 more of the treated. */

static void
buy_by_day(struct fixture *f, uint32_t n)
{
    uint32_t  i;

    for (i = 1; i <= n + 5; i++) {
        pay(f, i, T0 + i % 10 * DAY, 1000 + i, -1, 0);
    }

    for (i = 1; i <= n; i++) {
        pay(f, CROWD + i, T0 + i % 10 * DAY, 1000 + i, -1, 0);
    }
}


static void
test_days(void **state)
{
    struct fixture             f;
    struct rta_plan            plan = crowd_plan(1);
    const struct rta_day_row  *days;

    (void) state;

    plan.cutoff_ms = T0 + 5 * DAY + 1;
    begin_crowd(&f, &plan);
    pay(&f, 1, T0, 1000, -1, 0);
    pay(&f, 1, T0 + 2 * DAY, 1000, -1, 0);      /* not his first */
    pay(&f, 2, T0 + 2 * DAY, 1000, -1, 0);
    pay(&f, CROWD + 1, T0 + 5 * DAY, 1000, -1, 0);
    pay(&f, CROWD + 2, T0 + 6 * DAY, 1000, -1, 0);  /* past the cutoff */
    finish(&f);

    days = f.report->days;
    assert_int_equal(f.report->day_count, 6);
    assert_int_equal(days[0].day, T0 / DAY);
    assert_int_equal(days[5].day, T0 / DAY + 5);
    assert_int_equal(days[0].treated, CROWD);
    assert_int_equal(days[0].heldout, CROWD);
    assert_int_equal(days[0].treated_buyers, 1);
    assert_int_equal(days[1].treated_buyers, 1);
    assert_int_equal(days[2].treated_buyers, 2);
    assert_int_equal(days[4].heldout_buyers, 0);
    assert_int_equal(days[5].heldout_buyers, 1);
    assert_int_equal(days[2].arms[RTA_ARM_HOLDOUT].buyers, 0);
    assert_int_equal(days[2].arms[1].buyers, 2);
    end(&f);
}


/* What arms have adds up to all treated. */

static void
test_days_by_arm(void **state)
{
    struct fixture             f;
    struct rta_plan            plan = crowd_plan(2);
    const struct rta_day_arm  *arms;

    (void) state;

    begin_crowd(&f, &plan);
    pay(&f, 1, T0, 1000, -1, 0);
    pay(&f, CROWD + 1, T0, 1000, -1, 0);
    pay(&f, CROWD + 2, T0 + DAY, 1000, -1, 0);
    pay(&f, 2 * CROWD + 1, T0 + DAY, 1000, -1, 0);
    finish(&f);

    arms = f.report->days[1].arms;
    assert_int_equal(arms[0].recipients, CROWD);
    assert_int_equal(arms[1].recipients, CROWD);
    assert_int_equal(arms[2].recipients, CROWD);
    assert_int_equal(arms[0].buyers + arms[1].buyers + arms[2].buyers, 4);
    assert_int_equal(f.report->days[1].treated, 2 * CROWD);
    assert_int_equal(f.report->days[1].treated_buyers,
                     arms[1].buyers + arms[2].buyers);
    assert_int_equal(f.report->days[1].heldout_buyers, arms[0].buyers);
    assert_int_equal(f.report->days[0].arms[1].buyers
                     + f.report->days[0].arms[2].buyers
                     + f.report->days[0].arms[0].buyers, 2);
    end(&f);
}


static const struct {
    int64_t  t0_ms;
    int64_t  until_ms;
    bool     is_shared;
} overlaps[] = {
    { T0, T0 + DAY, true },
    { T0 - DAY, T0, false },
    { T0 - DAY, T0 + 1, true },
    { T0 + 5 * DAY, T0 + 9 * DAY, true },
    { T0 + 5 * DAY + 1, T0 + 9 * DAY, false },  /* past the cutoff */
};


static void
test_overlaps(void **state)
{
    size_t           i;
    struct fixture   f;
    struct rta_plan  plan = crowd_plan(1);

    (void) state;

    plan.cutoff_ms = T0 + 5 * DAY + 1;
    begin_crowd(&f, &plan);

    for (i = 0; i < sizeof(overlaps) / sizeof(overlaps[0]); i++) {
        assert_int_equal(rta_response_is_shared(f.response, 1,
                                                overlaps[i].t0_ms,
                                                overlaps[i].until_ms),
                         overlaps[i].is_shared);
    }

    assert_false(rta_response_is_shared(f.response, 3 * CROWD, T0, T0 + DAY));

    for (i = 0; i <= RTA_OVERLAPS_MAX; i++) {
        rta_response_overlap(f.response, i == 0 ? "first" : "other", 7);
    }

    finish(&f);

    assert_int_equal(f.report->overlap_count, RTA_OVERLAPS_MAX + 1);
    assert_string_equal(f.report->overlaps[0].campaign, "first");
    assert_true(has_note(&f, "are in campaign 'first' at the same time"));
    assert_true(has_note(&f, "1 more campaigns have some"));
    end(&f);
}


/* A purchase that an event tells of counts from its own day, though it comes
   behind an order that is later. */

static void
test_first_day_by_event(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    buy(&f, "later", TREATED, T0 + 9 * DAY, 1000);
    say_bought(&f, "sooner", TREATED, 1000, true);
    finish(&f);

    assert_int_equal(f.report->days[0].treated_buyers, 1);
    assert_int_equal(f.report->days[29].treated_buyers, 1);
    assert_int_equal(f.report->day_count, 30);
    end(&f);
}


static void
test_always_valid(void **state)
{
    struct fixture                  f;
    struct rta_plan                 plan = crowd_plan(1);
    const struct rta_estimate_row  *row_;

    (void) state;

    begin_crowd(&f, &plan);
    buy_by_day(&f, 40);
    finish(&f);
    assert_null(estimate(&f, RTA_ESTIMATE_ALWAYS, RTA_METRIC_BUYERS));
    end(&f);

    plan.tau = 0.05;
    begin_crowd(&f, &plan);
    buy_by_day(&f, 40);
    finish(&f);

    row_ = estimate(&f, RTA_ESTIMATE_ALWAYS, RTA_METRIC_BUYERS);
    assert_true(row_->has_interval && row_->has_p);
    assert_near(row_->difference, 5.0 / CROWD, 1e-12);
    assert_true(row_->low < 0 && row_->high > 5.0 / CROWD);
    assert_true(row_->p > 0.05 && row_->p <= 1);
    assert_true(row_->detail == 0.05);
    assert_true(has_note(&f, "with tau 0.05"));
    end(&f);

    /* 19 of the hold-out are too few to look. */

    begin_crowd(&f, &plan);
    buy_by_day(&f, 19);
    finish(&f);

    row_ = estimate(&f, RTA_ESTIMATE_ALWAYS, RTA_METRIC_BUYERS);
    assert_true(row_ != NULL && !row_->has_interval && !row_->has_p);
    end(&f);
}


/* Who bought before buys again: CUPED sees it, and a year is a year. */

static void
test_cuped(void **state)
{
    uint32_t                        i;
    struct fixture                  f;
    struct rta_plan                 plan = crowd_plan(1);
    const struct rta_estimate_row  *money, *buyers;

    (void) state;

    plan.is_adjusted = true;
    begin_crowd(&f, &plan);

    for (i = 1; i <= 2 * CROWD; i++) {
        if (i % 4 == 1) {
            pay(&f, i, T0 - 366 * DAY, 99999, -1, 0);   /* too long ago */
        }

        if (i % 4 == 0) {
            pay(&f, i, T0 - 364 * DAY, 1000 + i, -1, 0);
            pay(&f, i, T0 + DAY, 1000 + i, -1, 0);
        }
    }

    finish(&f);

    money = estimate(&f, RTA_ESTIMATE_CUPED, RTA_METRIC_REVENUE);
    buyers = estimate(&f, RTA_ESTIMATE_CUPED, RTA_METRIC_BUYERS);
    assert_true(money != NULL && buyers != NULL);
    assert_near(money->detail, 1, 1e-9);
    assert_near(money->saved, 1, 1e-6);
    assert_near(buyers->detail, 1, 1e-9);
    assert_true(fabs(money->difference) < 1e-9);
    assert_non_null(estimate(&f, RTA_ESTIMATE_STRATIFIED,
                             RTA_METRIC_BUYERS));
    end(&f);
}


static void
test_not_asked_or_nothing_known(void **state)
{
    struct fixture   f;
    struct rta_plan  plan = crowd_plan(1);

    (void) state;

    begin_crowd(&f, &plan);
    pay(&f, 1, T0 - DAY, 1000, -1, 0);
    buy_by_day(&f, 20);
    finish(&f);
    assert_null(estimate(&f, RTA_ESTIMATE_CUPED, RTA_METRIC_BUYERS));
    assert_null(estimate(&f, RTA_ESTIMATE_STRATIFIED, RTA_METRIC_BUYERS));
    end(&f);

    plan.is_adjusted = true;
    begin_crowd(&f, &plan);
    buy_by_day(&f, 20);
    finish(&f);
    assert_null(estimate(&f, RTA_ESTIMATE_CUPED, RTA_METRIC_BUYERS));
    assert_true(has_note(&f, "cuped has nothing to go by"));
    end(&f);
}


/* One order of 1,000,000 among 1,000 cents each. */

static void
test_heavy_tail(void **state)
{
    uint32_t                        i;
    struct fixture                  f;
    struct rta_plan                 plan = crowd_plan(1);
    const struct rta_estimate_row  *winsorised, *bootstrap;

    (void) state;

    begin_crowd(&f, &plan);

    for (i = 1; i <= 200; i++) {
        pay(&f, i, T0 + DAY, i == 1 ? 1000000 : 1000, -1, 0);
    }

    for (i = 1; i <= 200; i++) {
        pay(&f, CROWD + i, T0 + DAY, 1000, -1, 0);
    }

    finish(&f);

    winsorised = estimate(&f, RTA_ESTIMATE_WINSORISED, RTA_METRIC_REVENUE);
    bootstrap = estimate(&f, RTA_ESTIMATE_BOOTSTRAP, RTA_METRIC_REVENUE);

    assert_non_null(winsorised);
    assert_true(winsorised->detail == 10);
    assert_true(winsorised->difference == 0);
    assert_near(row(&f, RTA_METRIC_REVENUE, "EUR")->comparison.difference,
                9990.0 / CROWD, 1e-12);

    /* The 2 best of 200: 10,010 of 11,990. */

    assert_near(f.report->arms[1].top_share[0], 10010.0 / 11990, 1e-12);
    assert_near(f.report->arms[0].top_share[0], 0.01, 1e-12);
    assert_null(bootstrap);             /* 200 in each arm are enough */
    end(&f);
}


static void
test_bootstrap_for_few(void **state)
{
    struct fixture                  f;
    struct rta_plan                 plan = crowd_plan(1);
    const struct rta_estimate_row  *found;
    const struct rta_comparison    *welch;

    (void) state;

    begin_crowd(&f, &plan);
    buy_by_day(&f, 60);
    finish(&f);

    found = estimate(&f, RTA_ESTIMATE_BOOTSTRAP, RTA_METRIC_REVENUE);
    welch = &row(&f, RTA_METRIC_REVENUE, "EUR")->comparison;

    assert_non_null(found);
    assert_true(found->difference == welch->difference);
    assert_near(found->high - found->low, welch->high - welch->low, 0.1);
    assert_false(found->has_p);
    assert_null(estimate(&f, RTA_ESTIMATE_WINSORISED, RTA_METRIC_VISITED));
    end(&f);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_days_by_arm),
        cmocka_unit_test(test_overlaps),
        cmocka_unit_test(test_first_day_by_event),
        cmocka_unit_test(test_always_valid),
        cmocka_unit_test(test_cuped),
        cmocka_unit_test(test_not_asked_or_nothing_known),
        cmocka_unit_test(test_heavy_tail),
        cmocka_unit_test(test_bootstrap_for_few)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
