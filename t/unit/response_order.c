/* The traps of counting orders and money. */

#include <math.h>
#include <stdio.h>

#include "random.h"
#include "response_fixture.h"


static void
test_refund(void **state)
{
    struct fixture    f;
    struct rta_order  order;

    (void) state;

    begin(&f);

    order = order_of("part", TREATED, T0 + 1, 5000);
    order.refunded_minor = 1250;
    assert_int_equal(rta_response_order(f.response, &order), 0);

    order = order_of("all", TREATED + 1, T0 + 1, 5000);
    order.is_paid = false;
    assert_int_equal(rta_response_order(f.response, &order), 0);

    finish(&f);

    assert_int_equal(arm(&f, 1)->buyers, 1);
    assert_int_equal(arm(&f, 1)->orders, 1);
    assert_int_equal(arm(&f, 1)->money[0].revenue_minor, 3750);
    end(&f);
}


static void
test_one_order_three_sources(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    say_bought(&f, "o1", TREATED + 1, 9000, true);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o1", 9000, 900);
    buy(&f, "o1", TREATED + 1, T0 + 7, 8100);
    finish(&f);

    assert_int_equal(arm(&f, 1)->orders, 1);
    assert_int_equal(arm(&f, 1)->buyers, 1);
    assert_int_equal(arm(&f, 1)->redeemed, 1);
    assert_int_equal(arm(&f, 1)->money[0].revenue_minor, 8100);
    assert_int_equal(arm(&f, 1)->money[0].discount_minor, 900);

    /* The event's 90.00 is not the import's 81.00; the redemption's 90.00
       less its discount is. */

    assert_int_equal(f.report->conflict_count, 1);
    assert_string_equal(f.report->conflicts[0].order_id, "o1");
    assert_string_equal(f.report->conflicts[0].what, "amount");
    assert_int_equal(f.report->conflicts[0].loser, RTN_SOURCE_SERVER);
    assert_true(has_note(&f, "order 'o1'"));
    assert_int_equal(f.report->net, 1);
    assert_true(has_note(&f, "of 1 imported orders are already less their"));
    end(&f);
}


/* The import has what the basket came to: nothing is taken off twice. */

static void
test_order_before_discount(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o1", 9000, 900);
    buy(&f, "o1", TREATED + 1, T0 + 7, 9000);
    finish(&f);

    assert_int_equal(arm(&f, 1)->money[0].discount_minor, 900);
    assert_int_equal(f.report->net, 0);
    assert_false(has_note(&f, "less their coupon's discount"));
    end(&f);
}


/* What is not counted has no amount that could be too low. */

static void
test_order_net_elsewhere(void **state)
{
    struct fixture    f;
    struct rta_order  order;

    (void) state;

    begin(&f);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED, "o1", 9000, 900);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o2", 9000, 900);

    order = order_of("o1", TREATED, T0 + 7, 8100);
    order.is_paid = false;
    assert_int_equal(rta_response_order(f.response, &order), 0);
    buy(&f, "o2", TREATED + 1, T0 - 1, 8100);
    finish(&f);

    assert_int_equal(arm(&f, 1)->money[0].discount_minor, 1800);
    assert_int_equal(arm(&f, 1)->money[0].revenue_minor, 0);
    assert_int_equal(f.report->net, 0);
    end(&f);
}


static void
test_purchase_over_redemption(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o1", 9000, 900);
    say_bought(&f, "o1", TREATED + 1, 7000, true);
    finish(&f);

    assert_int_equal(arm(&f, 1)->orders, 1);
    assert_int_equal(arm(&f, 1)->money[0].revenue_minor, 7000);
    assert_int_equal(f.report->conflict_count, 1);
    assert_int_equal(f.report->conflicts[0].winner, RTN_SOURCE_SERVER);
    end(&f);
}


/* The winner decides wherever it lies in time, and for whom it lies there. */

static void
test_purchase_outside_the_window(void **state)
{
    struct fixture     f;
    struct rtn_event  *event;

    (void) state;

    begin(&f);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o1", 9000, 900);
    event = event_of(RTN_KIND_PURCHASE, TREATED + 1, UNTIL);
    event->order_id = str("o1");
    assert_int_equal(rta_response_event(f.response, event), 0);

    event = event_of(RTN_KIND_PURCHASE, TREATED, UNTIL);
    assert_int_equal(rta_response_event(f.response, event), 0);
    finish(&f);

    assert_int_equal(arm(&f, 1)->redeemed, 1);
    assert_int_equal(arm(&f, 1)->orders, 0);
    assert_int_equal(f.report->outside, 2);
    end(&f);
}


/* An import decides even where it says that there is nothing to count. */

static void
test_import_cancels(void **state)
{
    struct fixture    f;
    struct rta_order  order;

    (void) state;

    begin(&f);
    say_bought(&f, "o1", TREATED, 9000, true);
    say_bought(&f, "o2", TREATED, 9000, true);
    say_bought(&f, "o3", TREATED, 500, true);

    order = order_of("o1", TREATED, T0 + 1, 9000);
    order.is_paid = false;
    assert_int_equal(rta_response_order(f.response, &order), 0);
    buy(&f, "o2", TREATED, T0 - 1, 9000);
    finish(&f);

    assert_int_equal(arm(&f, 1)->orders, 1);
    assert_int_equal(arm(&f, 1)->money[0].revenue_minor, 500);
    assert_int_equal(f.report->conflict_count, 0);
    end(&f);
}


static void
test_import_of_another_customer(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    say_bought(&f, "o1", TREATED, 9000, true);
    buy(&f, "o1", HELD, T0 + 1, 9000);
    finish(&f);

    assert_int_equal(arm(&f, 1)->orders, 0);
    assert_int_equal(arm(&f, 0)->orders, 1);
    assert_string_equal(f.report->conflicts[0].what, "customer");
    end(&f);
}


static void
test_restored(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o1", 9000, 900);
    coupon(&f, RTA_COUPON_RESTORED, TREATED + 1, "o1", 0, 0);
    finish(&f);

    assert_int_equal(arm(&f, 1)->orders, 0);
    assert_int_equal(arm(&f, 1)->redeemed, 0);
    assert_int_equal(arm(&f, 1)->expired, 1);
    assert_int_equal(arm(&f, 1)->money[0].discount_minor, 0);
    end(&f);

    begin(&f);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o1", 9000, 900);
    coupon(&f, RTA_COUPON_RESTORED, TREATED + 1, "o1", 0, 0);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o2", 4000, 400);
    finish(&f);

    assert_int_equal(arm(&f, 1)->orders, 1);
    assert_int_equal(arm(&f, 1)->redeemed, 1);
    assert_int_equal(arm(&f, 1)->issued, 1);
    assert_int_equal(arm(&f, 1)->expired, 0);
    assert_int_equal(arm(&f, 1)->money[0].revenue_minor, 4000);
    assert_int_equal(arm(&f, 1)->money[0].discount_minor, 400);
    end(&f);
}


/* The coupon is used up, but its order is none of the window's. */

static void
test_redeemed_after_the_window(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    coupon_at(&f, RTA_COUPON_REDEEMED, TREATED + 1, UNTIL, "o1", 9000);
    finish(&f);

    assert_int_equal(arm(&f, 1)->redeemed, 1);
    assert_int_equal(arm(&f, 1)->orders, 0);
    end(&f);
}


/* Redemptions and unnamed purchases are arms' business, not comparisons'. */

static void
test_comparisons_use_named_only(void **state)
{
    struct fixture  f;

    (void) state;

    begin(&f);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "o1", 9000, 900);
    say_bought(&f, "o2", TREATED, 9000, false);
    say(&f, RTN_KIND_VISIT, TREATED, T0 + 1);
    finish(&f);

    assert_int_equal(arm(&f, 1)->buyers, 2);
    assert_true(row(&f, RTA_METRIC_BUYERS, "")->treated_value == 0);
    assert_null(row(&f, RTA_METRIC_VISITED, ""));
    assert_null(row(&f, RTA_METRIC_REVENUE, "EUR"));
    end(&f);

    begin(&f);
    say_bought(&f, "o2", TREATED, 9000, true);
    finish(&f);

    assert_true(row(&f, RTA_METRIC_BUYERS, "")->treated_value == 0.5);
    assert_true(row(&f, RTA_METRIC_REVENUE, "EUR")->treated_value == 45);
    end(&f);
}


static void
test_coupon_of_an_import(void **state)
{
    struct fixture    f;
    struct rta_order  order;

    (void) state;

    begin(&f);
    order = order_of("o1", TREATED + 1, T0 + 1, 5000);
    order.code = 4242;
    order.discount_minor = 500;
    assert_int_equal(rta_response_order(f.response, &order), 0);

    order = order_of("o2", TREATED, T0 + 1, 5000);
    order.code = 4242;
    order.discount_minor = 500;
    assert_int_equal(rta_response_order(f.response, &order), 0);
    finish(&f);

    assert_int_equal(arm(&f, 1)->redeemed, 1);
    assert_int_equal(arm(&f, 1)->money[0].discount_minor, 500);
    end(&f);
}


static void
test_two_currencies(void **state)
{
    struct fixture                    f;
    struct rta_order                  order;
    const struct rta_comparison_row  *found;

    (void) state;

    begin(&f);
    buy(&f, "a", TREATED, T0 + 1, 1000);
    buy(&f, "b", TREATED, T0 + 2, 500);
    order = order_of("c", HELD, T0 + 1, 700);
    memcpy(order.currency, "JPY", 4);
    assert_int_equal(rta_response_order(f.response, &order), 0);
    finish(&f);

    assert_int_equal(f.report->currency_count, 2);
    assert_int_equal(arm(&f, 1)->money[0].revenue_minor, 1500);
    assert_int_equal(arm(&f, 1)->money[1].revenue_minor, 0);
    assert_int_equal(arm(&f, 0)->money[1].revenue_minor, 700);
    assert_int_equal(arm(&f, 0)->money[1].orders, 1);

    found = row(&f, RTA_METRIC_REVENUE, "JPY");
    assert_true(found->comparison.difference == -350);

    found = row(&f, RTA_METRIC_REVENUE, "EUR");
    assert_true(found->comparison.difference == 7.5);
    assert_true(found->incremental == 15);
    assert_true(has_note(&f, "never converted"));
    end(&f);
}


static void
test_returns(void **state)
{
    struct fixture   f;
    struct rta_plan  plan = plan_one;

    (void) state;

    plan.cost_minor = 200;
    memcpy(plan.cost_currency, "EUR", 4);
    begin_with(&f, &plan);
    coupon(&f, RTA_COUPON_REDEEMED, TREATED + 1, "b", 3000, 300);
    buy(&f, "a", TREATED, T0 + 1, 1000);
    buy(&f, "b", TREATED + 1, T0 + 1, 3000);
    buy(&f, "c", HELD, T0 + 1, 500);
    finish(&f);

    /* Two treated bring 40.00, two held out 5.00. */

    assert_int_equal(f.report->return_count, 1);
    assert_true(fabs(f.report->returns[0].incremental - 35) < 1e-9);
    assert_true(fabs(f.report->returns[0].value - 30) < 1e-9);
    end(&f);
}


static void
test_overflow(void **state)
{
    struct fixture    f;
    struct rta_order  order;

    (void) state;

    begin(&f);
    buy(&f, "a", TREATED, T0 + 1, INT64_MAX);
    order = order_of("b", TREATED, T0 + 1, 1);
    assert_int_equal(rta_response_order(f.response, &order), RTN_ERR_LIMIT);
    end(&f);
}


/*
 * Orders in any order, some told thrice, make the same sums as a plain loop
 * over them.
 */

#define RANDOM_ORDERS   3000
#define RANDOM_PEOPLE   200

static void
test_random_orders(void **state)
{
    int               i;
    char              id[16];
    bool              is_paid;
    int64_t           at_ms, minor, sums[2] = { 0 };
    uint32_t          customer;
    uint64_t          orders[2] = { 0 };
    struct fixture    f;
    struct rta_order  order;

    (void) state;

    assert_int_equal(rta_response_init(&plan_one, &f.response), 0);

    for (i = 1; i <= RANDOM_PEOPLE; i++) {
        add(f.response, (uint32_t) i * 2, i % 2, (uint8_t) (i % 3), 0);
    }

    for (i = 0; i < RANDOM_ORDERS; i += 3) {
        customer = (uint32_t) random_below(RANDOM_PEOPLE) * 2 + 2;
        snprintf(id, sizeof(id), "r%d", i);
        say_bought(&f, id, customer, 123, random_below(2));
    }

    for (i = 0; i < RANDOM_ORDERS; i++) {
        customer = (uint32_t) random_below(2 * RANDOM_PEOPLE + 9);
        at_ms = T0 - 5 * DAY + (int64_t) random_below(40 * DAY);
        minor = (int64_t) random_below(100000);
        is_paid = random_below(4) != 0;

        snprintf(id, sizeof(id), "r%d", i);
        order = order_of(id, customer, at_ms, minor);
        order.is_paid = is_paid;
        assert_int_equal(rta_response_order(f.response, &order), 0);

        if (is_paid && customer % 2 == 0 && customer >= 2
            && customer <= 2 * RANDOM_PEOPLE && at_ms >= T0 && at_ms < UNTIL)
        {
            sums[customer / 2 % 2] += minor;
            orders[customer / 2 % 2]++;
        }
    }

    finish(&f);

    for (i = 0; i < 2; i++) {
        assert_int_equal(arm(&f, i)->orders, orders[i]);
        assert_int_equal(arm(&f, i)->money[0].revenue_minor, sums[i]);
    }

    end(&f);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_refund),
        cmocka_unit_test(test_one_order_three_sources),
        cmocka_unit_test(test_order_before_discount),
        cmocka_unit_test(test_order_net_elsewhere),
        cmocka_unit_test(test_purchase_over_redemption),
        cmocka_unit_test(test_purchase_outside_the_window),
        cmocka_unit_test(test_import_cancels),
        cmocka_unit_test(test_import_of_another_customer),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_redeemed_after_the_window),
        cmocka_unit_test(test_comparisons_use_named_only),
        cmocka_unit_test(test_coupon_of_an_import),
        cmocka_unit_test(test_two_currencies),
        cmocka_unit_test(test_returns),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_random_orders)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
