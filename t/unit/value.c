/* Value to date by currency and channel, and the sums it is made of. */

#include <stdio.h>

#include "unit.h"

#include "analysis/value.h"

static const struct rta_purchase  purchases[] = {
    { 10, "EUR", true,  3000, 1000 },
    { 20, "USD", false, 5000, 0 },
    { 20, "EUR", false, 1000, 0 },
    { 30, "EUR", true,  500,  700 }
};


static void
test_values(void **state)
{
    struct rta_values  values;

    (void) state;

    rta_values_sum(&values, purchases, 0);
    assert_int_equal(values.n, 0);

    rta_values_sum(&values, purchases, COUNT(purchases));
    assert_int_equal(values.n, 2);

    assert_string_equal(values.items[0].currency, "EUR");
    assert_int_equal(values.items[0].customers, 1);
    assert_int_equal(values.items[0].orders, 3);
    assert_int_equal(values.items[0].costed_orders, 2);
    assert_int_equal(values.items[0].revenue_minor, 4500);
    assert_int_equal(values.items[0].margin_minor, 2000 - 200);
    assert_int_equal(values.items[0].first_day, 10);
    assert_int_equal(values.items[0].last_day, 30);

    assert_string_equal(values.items[1].currency, "USD");
    assert_int_equal(values.items[1].costed_orders, 0);
    assert_int_equal(values.items[1].margin_minor, 0);
    assert_int_equal(values.items[1].first_day, 20);
    assert_int_equal(values.items[1].last_day, 20);
}


static void
test_currencies(void **state)
{
    size_t               i;
    struct rta_values    values;
    struct rta_purchase  many[RTA_VALUE_CURRENCIES + 2];

    (void) state;

    for (i = 0; i < COUNT(many); i++) {
        many[i] = purchases[0];
        many[i].currency[0] = (char) ('A' + i / 26);
        many[i].currency[1] = (char) ('A' + i % 26);
    }

    memcpy(many[COUNT(many) - 1].currency, many[0].currency,
           sizeof(many[0].currency));

    rta_values_sum(&values, many, COUNT(many));
    assert_int_equal(values.n, RTA_VALUE_CURRENCIES);
    assert_int_equal(values.items[0].orders, 2);
    assert_int_equal(values.items[1].orders, 1);
}


static void
test_groups(void **state)
{
    size_t                   i;
    struct rta_values        values;
    struct rta_value_groups  groups = { 0 };

    static const char *const  names[] = { "", "", "ads", "mail", "mail" };
    static const char *const  currencies[] = { "EUR", "USD", "EUR", "EUR",
                                               "USD" };

    (void) state;

    rta_values_sum(&values, purchases, COUNT(purchases));

    assert_int_equal(rta_value_groups_add(&groups, "mail", &values), 0);
    assert_int_equal(rta_value_groups_add(&groups, "", &values), 0);
    assert_int_equal(rta_value_groups_add(&groups, "mail", &values), 0);

    rta_values_sum(&values, purchases + 3, 1);
    assert_int_equal(rta_value_groups_add(&groups, "ads", &values), 0);
    rta_values_sum(&values, purchases, 1);
    assert_int_equal(rta_value_groups_add(&groups, "ads", &values), 0);

    rta_values_sum(&values, purchases, 0);
    assert_int_equal(rta_value_groups_add(&groups, "nobody", &values), 0);

    assert_int_equal(groups.n, COUNT(names));

    for (i = 0; i < COUNT(names); i++) {
        assert_string_equal(groups.items[i].name, names[i]);
        assert_string_equal(groups.items[i].value.currency, currencies[i]);
    }

    assert_int_equal(groups.items[3].value.customers, 2);
    assert_int_equal(groups.items[3].value.orders, 6);
    assert_int_equal(groups.items[3].value.costed_orders, 4);
    assert_int_equal(groups.items[3].value.revenue_minor, 9000);
    assert_int_equal(groups.items[3].value.margin_minor, 3600);
    assert_int_equal(groups.items[3].value.first_day, 10);
    assert_int_equal(groups.items[3].value.last_day, 30);
    assert_int_equal(groups.items[2].value.first_day, 10);
    assert_int_equal(groups.items[2].value.last_day, 30);

    rta_value_groups_release(&groups);
}


static void
test_groups_limits(void **state)
{
    char                     name[RTA_VALUE_KEY_MAX + 1];
    size_t                   i;
    struct rta_values        values;
    struct rta_value_groups  groups = { 0 };

    (void) state;

    rta_values_sum(&values, purchases, 1);

    memset(name, 'x', sizeof(name));
    name[RTA_VALUE_KEY_MAX] = '\0';
    assert_int_equal(rta_value_groups_add(&groups, name, &values),
                     RTN_ERR_LIMIT);

    name[RTA_VALUE_KEY_MAX - 1] = '\0';
    assert_int_equal(rta_value_groups_add(&groups, name, &values), 0);

    for (i = 1; i < RTA_VALUE_GROUPS_MAX; i++) {
        snprintf(name, sizeof(name), "%zu", i);
        assert_int_equal(rta_value_groups_add(&groups, name, &values), 0);
    }

    assert_int_equal(rta_value_groups_add(&groups, "one more", &values),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_value_groups_add(&groups, "1", &values), 0);

    rta_value_groups_release(&groups);
}


static void
test_minor(void **state)
{
    int64_t  sum = INT64_MAX - 1;

    (void) state;

    rta_minor_add(&sum, 1);
    assert_true(sum == INT64_MAX);
    rta_minor_add(&sum, 1);
    assert_true(sum == INT64_MAX);

    sum = INT64_MIN + 1;
    rta_minor_add(&sum, -2);
    assert_true(sum == INT64_MIN);

    assert_int_equal(rta_minor_mean(10, 4), 3);
    assert_int_equal(rta_minor_mean(9, 4), 2);
    assert_int_equal(rta_minor_mean(-10, 4), -3);
    assert_int_equal(rta_minor_mean(-9, 4), -2);
    assert_int_equal(rta_minor_mean(0, 7), 0);
    assert_true(rta_minor_mean(INT64_MAX, 1) == INT64_MAX);
    assert_true(rta_minor_mean(INT64_MIN, 1) == INT64_MIN);
}


static void
test_bought(void **state)
{
    struct rta_bought  bought;

    (void) state;

    bought = rta_bought_sum(purchases, COUNT(purchases), "EUR");
    assert_int_equal(bought.orders, 3);
    assert_int_equal(bought.days, 3);
    assert_int_equal(bought.first_day, 10);
    assert_int_equal(bought.last_day, 30);
    assert_int_equal(bought.paid_minor, 4500);

    bought = rta_bought_sum(purchases, COUNT(purchases), NULL);
    assert_int_equal(bought.orders, 4);
    assert_int_equal(bought.days, 3);
    assert_int_equal(bought.paid_minor, 0);

    bought = rta_bought_sum(purchases, COUNT(purchases), "JPY");
    assert_int_equal(bought.orders, 0);
}


static void
test_expected(void **state)
{
    struct rta_values           values;
    struct rta_value_groups     groups = { 0 };
    const struct rta_purchase   purchases[] = {
        { .day = 1, .currency = "EUR", .paid_minor = 100 },
        { .day = 2, .currency = "USD", .paid_minor = 200 }
    };

    (void) state;

    rta_values_sum(&values, purchases, 2);
    rta_values_expect(&values, "EUR", 30);
    rta_values_expect(&values, "PLN", 40);
    assert_int_equal(values.items[0].expected_minor, 30);
    assert_int_equal(values.items[1].expecting, 0);
    assert_int_equal(rta_value_groups_add(&groups, "a", &values), 0);

    rta_values_sum(&values, purchases, 1);
    assert_int_equal(values.items[0].expecting, 0);
    assert_int_equal(rta_value_groups_add(&groups, "a", &values), 0);
    rta_values_expect(&values, "EUR", 5);
    assert_int_equal(rta_value_groups_add(&groups, "a", &values), 0);

    assert_int_equal(groups.items[0].value.customers, 3);
    assert_int_equal(groups.items[0].value.expecting, 2);
    assert_int_equal(groups.items[0].value.expected_minor, 35);
    assert_int_equal(groups.items[1].value.expecting, 0);

    rta_value_groups_release(&groups);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_expected),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_currencies),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_groups_limits),
        cmocka_unit_test(test_minor),
        cmocka_unit_test(test_bought)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
