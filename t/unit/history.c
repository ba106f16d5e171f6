#include "unit.h"

#include "analysis/history.h"

#define UNTIL  100

static struct rta_history  history;
static struct rta_buyer    buyer;


static void
buy(rtn_day_t day, int64_t minor, const char *currency,
    enum rtn_order_status status)
{
    struct rtn_order  order = { .status = status, .amount_minor = minor };

    memcpy(order.currency, currency, sizeof(order.currency));
    rta_history_add(&history, &order, day);
}


static void
paid(rtn_day_t day, int64_t minor)
{
    buy(day, minor, "EUR", RTN_ORDER_PAID);
}


static void
test_days(void **state)
{
    (void) state;

    rta_history_init(&history, "EUR", UNTIL);
    assert_false(rta_history_buyer(&history, &buyer));

    paid(10, 500);
    assert_true(rta_history_buyer(&history, &buyer));
    assert_int_equal(buyer.x, 0);
    assert_int_equal(buyer.t_x_days, 0);
    assert_int_equal(buyer.t_days, 90);
    assert_true(buyer.repeat_minor == 0);

    paid(10, 700);
    paid(12, 100);
    paid(12, 200);
    paid(40, 0);
    assert_true(rta_history_buyer(&history, &buyer));
    assert_int_equal(buyer.x, 2);
    assert_int_equal(buyer.t_x_days, 30);
    assert_true(buyer.repeat_minor == 300);

    paid(UNTIL, 50);
    paid(UNTIL + 1, 50);
    assert_true(rta_history_buyer(&history, &buyer));
    assert_int_equal(buyer.x, 3);
    assert_int_equal(buyer.t_x_days, 90);
    assert_int_equal(buyer.t_days, 90);
    assert_true(buyer.repeat_minor == 350 && !buyer.is_mixed);
}


static void
test_no_purchases(void **state)
{
    (void) state;

    rta_history_init(&history, "EUR", UNTIL);
    buy(5, 100, "EUR", RTN_ORDER_CANCELLED);
    buy(6, 100, "EUR", RTN_ORDER_REFUNDED);
    paid(7, -100);
    paid(UNTIL + 1, 100);
    assert_false(rta_history_buyer(&history, &buyer));

    paid(20, 100);
    buy(30, 100, "EUR", RTN_ORDER_REFUNDED);
    paid(31, -100);
    assert_true(rta_history_buyer(&history, &buyer));
    assert_int_equal(buyer.x, 0);
    assert_int_equal(buyer.t_days, 80);
}


static void
test_money(void **state)
{
    struct rtn_order  order = {
        .currency = "EUR", .amount_minor = 1000, .refunded_minor = 400
    };

    (void) state;

    rta_history_init(&history, "EUR", UNTIL);
    paid(1, 1);
    rta_history_add(&history, &order, 2);
    assert_true(rta_history_buyer(&history, &buyer));
    assert_true(buyer.repeat_minor == 600 && !buyer.is_mixed);

    buy(3, 5000, "USD", RTN_ORDER_PAID);
    assert_true(rta_history_buyer(&history, &buyer));
    assert_int_equal(buyer.x, 2);
    assert_true(buyer.repeat_minor == 600 && buyer.is_mixed);

    paid(4, INT64_MAX);
    paid(5, INT64_MAX);
    assert_true(rta_history_buyer(&history, &buyer));
    assert_true(buyer.repeat_minor == INT64_MAX);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_no_purchases),
        cmocka_unit_test(test_money)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
