/* Counting one by one, by day and by link. */

#include "response_fixture.h"


static struct rta_person
person(struct fixture *f, uint32_t customer)
{
    struct rta_person  found;

    assert_true(rta_response_person(f->response, customer, &found));

    return found;
}


static void
test_person(void **state)
{
    struct fixture     f;
    struct rta_order   dollars = order_of("d", TREATED, T0 + 9, 700);
    struct rta_order   costly = order_of("c", TREATED + 1, T0 + 9, 4000);
    struct rta_person  found;

    (void) state;

    begin(&f);
    rta_response_keep(f.response, "EUR");
    say(&f, RTN_KIND_CLICK, TREATED, T0 + 8);
    say(&f, RTN_KIND_CLICK, TREATED, T0 + 5);
    say(&f, RTN_KIND_CLICK, TREATED, T0 - 1);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "r", 5000, 250);

    memcpy(dollars.currency, "USD", 4);
    costly.refunded_minor = 1000;
    costly.has_cost = true;
    costly.cost_minor = 500;
    buy(&f, "a", TREATED, T0 + 7, 3000);
    assert_int_equal(rta_response_order(f.response, &dollars), 0);
    assert_int_equal(rta_response_order(f.response, &costly), 0);
    finish(&f);

    found = person(&f, TREATED);
    assert_int_equal(found.first_click_ms, T0 + 5);
    assert_true(found.is_delivered && found.has_message);
    assert_int_equal(found.message, 0);
    assert_int_equal(found.orders, 2);
    assert_int_equal(found.counted, 1);
    assert_int_equal(found.gross_minor, 3000);
    assert_false(found.has_margin);

    found = person(&f, TREATED + 1);
    assert_int_equal(found.orders, 2);
    assert_int_equal(found.gross_minor, 9000);
    assert_int_equal(found.refund_minor, 1000);
    assert_int_equal(found.discount_minor, 250);
    assert_false(found.has_margin);
    assert_false(found.is_delivered);
    assert_true(found.flags.has_redeemed);

    found = person(&f, HELD);
    assert_int_equal(found.orders, 0);
    assert_true(found.has_margin);
    assert_int_equal(found.margin_minor, 0);

    assert_false(rta_response_person(f.response, RTN_RECIPIENT_TEST + 5,
                                     &found));
    assert_false(rta_response_person(f.response, 55, &found));
    end(&f);
}


/* What a restore takes back is nobody's any more. */

static void
test_restored(void **state)
{
    struct fixture     f;
    struct rta_person  found;

    (void) state;

    begin(&f);
    rta_response_keep(f.response, "EUR");
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "r", 5000, 250);
    coupon(&f, RTA_COUPON_RESTORED, TREATED + 1, "r", 5000, 0);
    finish(&f);

    found = person(&f, TREATED + 1);
    assert_int_equal(found.discount_minor, 0);
    assert_int_equal(found.orders, 0);
    assert_false(found.flags.has_redeemed);
    end(&f);
}


static void
test_margin(void **state)
{
    struct fixture     f;
    struct rta_order   order = order_of("c", HELD, T0 + 9, 4000);
    struct rta_person  found;

    (void) state;

    order.refunded_minor = 1000;
    order.has_cost = true;
    order.cost_minor = 3500;

    begin(&f);
    rta_response_keep(f.response, "EUR");
    assert_int_equal(rta_response_order(f.response, &order), 0);
    finish(&f);

    found = person(&f, HELD);
    assert_true(found.has_margin);
    assert_int_equal(found.margin_minor, -500);
    end(&f);
}


/* The days follow the windows; orders by arm, people alone. */

static void
test_days(void **state)
{
    struct fixture                  f;
    const struct rta_activity_row  *days;

    (void) state;

    begin(&f);
    say(&f, RTN_KIND_VISIT, TREATED, T0 + DAY - 1);
    say(&f, RTN_KIND_VISIT, TREATED, T0 + DAY);
    buy(&f, "a", TREATED, UNTIL - 1, 100);
    buy(&f, "b", HELD, T0, 100);
    buy(&f, "c", HELD, UNTIL, 100);
    assert_int_equal(rta_response_rollup_hour(f.response, T0 + 2 * DAY,
                                              RTN_KIND_VISIT,
                                              RTN_CLASS_HUMAN, 5), 0);
    assert_int_equal(rta_response_rollup_hour(f.response, T0 + 2 * DAY,
                                              RTN_KIND_VISIT,
                                              RTN_CLASS_MACHINE, 9), 0);
    assert_int_equal(rta_response_rollup_hour(f.response, T0 - 1,
                                              RTN_KIND_VISIT,
                                              RTN_CLASS_HUMAN, 3), 0);
    finish(&f);

    days = f.report->activity;
    assert_int_equal(f.report->activity_count, 30);
    assert_int_equal(days[0].day, 20000);
    assert_int_equal(days[0].human[RTA_VISITED], 4);
    assert_int_equal(days[1].human[RTA_VISITED], 1);
    assert_int_equal(days[2].human[RTA_VISITED], 5);
    assert_int_equal(days[0].orders[0], 1);
    assert_int_equal(days[0].orders[1], 0);
    assert_int_equal(days[29].orders[0], 0);
    assert_int_equal(days[29].orders[1], 1);
    end(&f);
}


/* Days to come are not told, nor windows that lie decades apart. */

static void
test_days_cut(void **state)
{
    struct fixture        f;
    struct rta_plan       plan = plan_one;
    struct rta_recipient  late = {
        .customer = HELD + 50, .tier = 1, .t0_ms = T0 + 30000 * DAY,
        .until_ms = T0 + 30030 * DAY
    };

    (void) state;

    plan.cutoff_ms = T0 + 3 * DAY + 1;
    begin_with(&f, &plan);
    buy(&f, "a", TREATED, T0, 100);
    finish(&f);
    assert_int_equal(f.report->activity_count, 4);
    end(&f);

    begin(&f);
    assert_int_equal(rta_response_recipient(f.response, &late), 0);
    buy(&f, "a", TREATED, T0, 100);
    finish(&f);
    assert_int_equal(f.report->activity_count, 0);
    assert_int_equal(arm(&f, 1)->orders, 1);
    end(&f);
}


static void
test_links(void **state)
{
    struct fixture     f;
    struct rtn_event  *event;

    (void) state;

    begin(&f);
    event = event_of(RTN_KIND_CLICK, TREATED, T0);
    event->link = 2;
    event->message = 1;
    assert_int_equal(rta_response_event(f.response, event), 0);
    event->class = RTN_CLASS_MACHINE;
    event->link = RTN_LINK_TRAP;
    assert_int_equal(rta_response_event(f.response, event), 0);
    say(&f, RTN_KIND_CLICK, TREATED, T0);
    assert_int_equal(rta_response_rollup_link(f.response, 1, 2,
                                              RTN_CLASS_HUMAN, 10), 0);
    assert_int_equal(rta_response_rollup_link(f.response, 2, 2,
                                              RTN_CLASS_HUMAN, 10), 0);
    finish(&f);

    assert_int_equal(f.report->link_count, 2);
    assert_int_equal(f.report->links[0].message, 1);
    assert_int_equal(f.report->links[0].link, 2);
    assert_int_equal(f.report->links[0].clicks[RTN_CLASS_HUMAN], 11);
    assert_int_equal(f.report->links[1].link, RTN_LINK_TRAP);
    assert_int_equal(f.report->links[1].clicks[RTN_CLASS_MACHINE], 1);
    end(&f);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_person),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_margin),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_days_cut),
        cmocka_unit_test(test_links),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
