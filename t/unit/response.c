/* The traps of counting people: each yes has a twin that says no. */

#include <math.h>
#include <stdio.h>

#include "response_fixture.h"

static const struct rta_plan_arm  two_arms[] = {
    { "plain", 500000 }, { "warm", 500000 }
};


static void
test_window(void **state)
{
    size_t          i;
    struct fixture  f;

    static const struct {
        int64_t   at_ms;
        uint64_t  orders;
    } cases[] = {
        { T0 - 1, 0 },
        { T0, 1 },                      /* before the send, on its day */
        { T0 + 9 * 3600000, 1 },
        { UNTIL - 1, 1 },               /* the last moment */
        { UNTIL - 1000, 1 },            /* the last second */
        { UNTIL, 0 }                    /* and the next */
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        begin(&f);
        buy(&f, "a", TREATED, cases[i].at_ms, 1000);
        buy(&f, "b", HELD, cases[i].at_ms, 1000);
        finish(&f);

        assert_int_equal(arm(&f, 1)->orders, cases[i].orders);
        assert_int_equal(arm(&f, 0)->orders, cases[i].orders);
        end(&f);
    }
}


static void
test_event_window(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    say(&f, RTN_KIND_OPEN, TREATED, T0 - 1);
    say(&f, RTN_KIND_OPEN, TREATED, UNTIL);
    say(&f, RTN_KIND_OPEN, TREATED + 1, UNTIL - 1);
    finish(&f);

    assert_int_equal(arm(&f, 1)->unique[RTA_OPENED][RTN_CLASS_HUMAN], 1);
    assert_int_equal(f.report->outside, 2);
    end(&f);
}


/* A visit of a held-out customer counts by name; with another campaign's
   name, or with none and no customer's, it does not. */

static void
test_events_of_the_holdout(void **state)
{
    struct fixture     f;
    struct rtn_event  *event;

    (void) state;

    begin(&f);

    event = event_of(RTN_KIND_VISIT, HELD, T0 + 1);
    event->campaign = 0;
    event->names_customer = true;
    assert_int_equal(rta_response_event(f.response, event), 0);

    event = event_of(RTN_KIND_CART, HELD, T0 + 1);
    event->campaign = CAMPAIGN + 1;
    event->names_customer = true;
    assert_int_equal(rta_response_event(f.response, event), 0);

    event = event_of(RTN_KIND_CHECKOUT, HELD, T0 + 1);
    event->campaign = 0;
    assert_int_equal(rta_response_event(f.response, event), 0);

    finish(&f);

    assert_int_equal(arm(&f, 0)->unique[RTA_VISITED][RTN_CLASS_HUMAN], 1);
    assert_int_equal(arm(&f, 0)->unique[RTA_CARTED][RTN_CLASS_HUMAN], 0);
    assert_int_equal(arm(&f, 0)->unique[RTA_CHECKED_OUT][RTN_CLASS_HUMAN], 0);
    assert_true(row(&f, RTA_METRIC_VISITED, "")->heldout_value == 0.5);
    assert_int_equal(f.report->contamination.touched, 0);
    end(&f);
}


static void
test_holdout_mailed_by_accident(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    say(&f, RTN_KIND_OPEN, HELD, T0 + 1);
    say(&f, RTN_KIND_CLICK, HELD, T0 + 2);
    finish(&f);

    assert_int_equal(arm(&f, 0)->recipients, 2);
    assert_int_equal(f.report->contamination.touched, 1);
    assert_true(has_note(&f, "1 of the hold-out opened or clicked"));
    end(&f);
}


static void
test_classes_and_messages(void **state)
{
    struct fixture     f;
    struct rtn_event  *event;

    (void) state;

    begin(&f);
    say(&f, RTN_KIND_OPEN, TREATED, T0 + 1);
    say(&f, RTN_KIND_OPEN, TREATED, T0 + 2);

    event = event_of(RTN_KIND_OPEN, TREATED, T0 + 3);
    event->class = RTN_CLASS_MACHINE;
    event->message = 1;
    assert_int_equal(rta_response_event(f.response, event), 0);

    event = event_of(RTN_KIND_OPEN, TREATED + 1, T0 + 3);
    event->class = RTN_CLASS_MACHINE;
    event->reasons = RTN_REASON_HEAD;
    assert_int_equal(rta_response_event(f.response, event), 0);

    finish(&f);

    assert_int_equal(arm(&f, 1)->unique[RTA_OPENED][RTN_CLASS_HUMAN], 1);
    assert_int_equal(arm(&f, 1)->total[RTA_OPENED][RTN_CLASS_HUMAN], 2);
    assert_int_equal(arm(&f, 1)->unique[RTA_OPENED][RTN_CLASS_MACHINE], 1);
    assert_int_equal(arm(&f, 1)->unique[RTA_OPENED][RTN_CLASS_UNKNOWN], 0);
    assert_int_equal(arm(&f, 1)->any[RTA_OPENED], 1);
    assert_int_equal(arm(&f, 1)->any[RTA_CLICKED], 0);
    assert_int_equal(f.report->messages[0].unique[0][RTN_CLASS_HUMAN], 1);
    assert_int_equal(f.report->messages[0].total[0][RTN_CLASS_HUMAN], 2);
    assert_int_equal(f.report->messages[1].total[0][RTN_CLASS_MACHINE], 1);
    assert_int_equal(f.report->messages[1].total[0][RTN_CLASS_HUMAN], 0);
    end(&f);
}


static void
test_test_recipients(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    say(&f, RTN_KIND_OPEN, RTN_RECIPIENT_TEST + 5, T0 + 1);
    coupon(&f, RTA_COUPON_REDEEMED, RTN_RECIPIENT_TEST + 5, "o", 100, 1);
    finish(&f);

    assert_int_equal(arm(&f, 1)->recipients, 2);
    assert_int_equal(arm(&f, 1)->issued, 1);
    assert_int_equal(arm(&f, 1)->redeemed, 0);
    assert_int_equal(arm(&f, 1)->total[RTA_OPENED][RTN_CLASS_HUMAN], 0);
    assert_int_equal(f.report->strays, 0);
    end(&f);
}


static void
test_zero_buyers(void **state)
{
    struct fixture                    f;
    const struct rta_comparison_row  *buyers;

    (void) state;

    begin(&f);
    finish(&f);

    buyers = row(&f, RTA_METRIC_BUYERS, "");
    assert_true(buyers->comparison.has_interval);
    assert_false(buyers->comparison.has_relative);
    assert_true(buyers->comparison.difference == 0);
    assert_int_equal(f.report->currency_count, 0);
    assert_true(f.report->window_complete);
    end(&f);
}


static void
test_empty_arm(void **state)
{
    struct fixture   f;
    struct rta_plan  plan = plan_one;

    (void) state;

    plan.arm_count = 2;
    plan.arms = two_arms;
    begin_with(&f, &plan);
    finish(&f);

    assert_int_equal(f.report->arm_count, 3);
    assert_int_equal(arm(&f, 2)->recipients, 0);
    assert_int_equal(f.report->comparison_count, 3);
    assert_false(f.report->comparisons[1].comparison.has_difference);
    assert_string_equal(f.report->comparisons[2].arm, "treated");
    assert_true(f.report->comparisons[2].is_headline);
    assert_int_equal(f.report->comparisons[2].treated, 2);
    end(&f);
}


static void
test_no_holdout(void **state)
{
    struct fixture   f;
    struct rta_plan  plan = plan_one;

    (void) state;

    plan.holdout_ppm = 0;
    assert_int_equal(rta_response_init(&plan, &f.response), 0);
    add(f.response, TREATED, 1, 0, 0);
    buy(&f, "a", TREATED, T0 + 1, 1000);
    finish(&f);

    assert_false(f.report->has_holdout);
    assert_int_equal(f.report->comparison_count, 0);
    assert_true(has_note(&f, "there is no hold-out"));
    end(&f);
}


static void
test_nobody(void **state)
{
    struct fixture  f;

    (void) state;

    assert_int_equal(rta_response_init(&plan_one, &f.response), 0);
    say(&f, RTN_KIND_OPEN, TREATED, T0 + 1);
    buy(&f, "a", TREATED, T0 + 1, 1000);
    finish(&f);

    assert_int_equal(f.report->strays, 1);
    assert_false(f.report->window_complete);
    end(&f);
}


static void
test_window_complete(void **state)
{
    size_t           i;
    struct fixture   f;
    struct rta_plan  plan;

    static const struct {
        int64_t  cutoff_ms;
        bool     has_orders;
        int64_t  orders_until_ms;
        bool     is_complete;
    } cases[] = {
        { UNTIL, true, UNTIL, true },
        { UNTIL - 1, true, UNTIL, false },
        { UNTIL, true, UNTIL - 1, false },
        { UNTIL, false, UNTIL, false }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        plan = plan_one;
        plan.cutoff_ms = cases[i].cutoff_ms;
        plan.has_orders = cases[i].has_orders;
        plan.orders_until_ms = cases[i].orders_until_ms;

        begin_with(&f, &plan);
        finish(&f);

        assert_int_equal(f.report->window_complete, cases[i].is_complete);
        assert_int_equal(has_note(&f, "preliminary"), !cases[i].is_complete);
        end(&f);
    }
}


static void
test_cutoff(void **state)
{
    struct fixture   f;
    struct rta_plan  plan = plan_one;

    (void) state;

    plan.cutoff_ms = T0 + 10 * DAY;
    begin_with(&f, &plan);
    buy(&f, "a", TREATED, T0 + 10 * DAY - 1, 1000);
    buy(&f, "b", TREATED, T0 + 10 * DAY, 1000);
    say(&f, RTN_KIND_OPEN, TREATED, T0 + 10 * DAY);
    finish(&f);

    assert_int_equal(arm(&f, 1)->orders, 1);
    assert_int_equal(arm(&f, 1)->total[RTA_OPENED][RTN_CLASS_HUMAN], 0);
    assert_int_equal(arm(&f, 1)->expired, 0);
    end(&f);
}


static void
test_split(void **state)
{
    uint32_t         i;
    struct fixture   f;
    struct rta_plan  plan = plan_one;

    (void) state;

    plan.holdout_ppm = 100000;
    assert_int_equal(rta_response_init(&plan, &f.response), 0);

    for (i = 1; i <= 1000; i++) {
        add(f.response, i, i > 200, 0, 0);
    }

    finish(&f);

    assert_false(f.report->sample_ratio.ok);
    assert_true(f.report->is_withheld);
    assert_false(row(&f, RTA_METRIC_BUYERS, "")->comparison.has_difference);
    assert_true(has_note(&f, "not split as planned"));
    end(&f);

    plan.has_shares = false;
    assert_int_equal(rta_response_init(&plan, &f.response), 0);

    for (i = 1; i <= 1000; i++) {
        add(f.response, i, i > 200, 0, 0);
    }

    finish(&f);

    assert_false(f.report->is_withheld);
    assert_false(f.report->ratio_is_tested);
    assert_true(row(&f, RTA_METRIC_BUYERS, "")->comparison.has_difference);
    end(&f);
}


static void
test_bad_recipient(void **state)
{
    struct fixture        f;
    struct rta_recipient  recipient = { .customer = 1, .arm = 2 };

    (void) state;

    assert_int_equal(rta_response_init(&plan_one, &f.response), 0);
    assert_int_equal(rta_response_recipient(f.response, &recipient),
                     RTN_ERR_CORRUPT);
    recipient.arm = 1;
    recipient.tier = 3;
    assert_int_equal(rta_response_recipient(f.response, &recipient),
                     RTN_ERR_CORRUPT);
    end(&f);
}


/* Hillstrom's test (2008): the women's e-mail against none. */

static void
test_hillstrom(void **state)
{
    char                              id[16];
    uint32_t                          i;
    struct fixture                    f;
    struct rtn_event                 *event;
    const struct rta_comparison_row  *found;

    (void) state;

    assert_int_equal(rta_response_init(&plan_one, &f.response), 0);

    for (i = 1; i <= 21387 + 21306; i++) {
        add(f.response, i, i <= 21387, 0, 0);
    }

    for (i = 1; i <= 21387 + 2262; i++) {
        if (i <= 3238 || i > 21387) {
            event = event_of(RTN_KIND_VISIT, i, T0 + 1);
            event->names_customer = true;
            assert_int_equal(rta_response_event(f.response, event), 0);
        }
    }

    for (i = 1; i <= 21387 + 122; i++) {
        if (i <= 189 || i > 21387) {
            snprintf(id, sizeof(id), "o%u", i);
            buy(&f, id, i, T0 + 1, 1000);
        }
    }

    finish(&f);

    found = row(&f, RTA_METRIC_BUYERS, "");
    assert_true(fabs(found->comparison.difference - 0.003111) < 5e-7);
    assert_true(fabs(found->comparison.low - 0.001502) < 5e-7);
    assert_true(fabs(found->comparison.high - 0.004745) < 5e-7);
    assert_true(fabs(found->comparison.p - 1.57e-4) < 5e-7);
    assert_true(fabs(found->comparison.relative - 0.543) < 5e-4);
    assert_true(fabs(found->comparison.relative_low - 0.230) < 5e-4);
    assert_true(fabs(found->comparison.relative_high - 0.936) < 5e-4);

    found = row(&f, RTA_METRIC_VISITED, "");
    assert_true(fabs(found->comparison.difference - 0.04523) < 5e-6);
    assert_true(fabs(found->comparison.low - 0.03889) < 5e-6);
    assert_true(fabs(found->comparison.high - 0.05157) < 5e-6);

    assert_true(fabs(f.report->sample_ratio.chi2 - 0.15368) < 5e-6);
    assert_true(fabs(f.report->sample_ratio.p - 0.695) < 5e-4);
    end(&f);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_event_window),
        cmocka_unit_test(test_events_of_the_holdout),
        cmocka_unit_test(test_holdout_mailed_by_accident),
        cmocka_unit_test(test_classes_and_messages),
        cmocka_unit_test(test_test_recipients),
        cmocka_unit_test(test_zero_buyers),
        cmocka_unit_test(test_empty_arm),
        cmocka_unit_test(test_no_holdout),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_window_complete),
        cmocka_unit_test(test_cutoff),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_bad_recipient),
        cmocka_unit_test(test_hillstrom)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
