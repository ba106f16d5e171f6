/* Whom to win back first: the terms by hand, the order, and the limits. */

#include <math.h>

#include "analysis/priority.h"
#include "unit.h"


static void
near(double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-9 * fmax(1, fabs(expected)))) {
        fail_msg("%.17g is not %.17g", found, expected);
    }
}


/* Of MBG/NBD and Gamma-Gamma with round parameters. */

static void
test_judge(void **state)
{
    struct rta_buyer           buyer = { .x = 3, .t_x_days = 90,
                                         .t_days = 400,
                                         .repeat_minor = 9000 };
    struct rta_outlook         outlook = {
        .bg = { RTA_MBG_NBD, 0.5, 30, 0.8, 2.5 }, .has_gamma = true,
        .gamma = { 6, 4, 15 }, .minor_per_unit = 100, .horizon_days = 364
    };
    struct rta_bg_point        point = { 3, 90, 400 };
    struct rta_prospect        prospect;
    struct rta_priority_row    row;
    struct rta_priority_offer  offer = { 0.1, 0 };

    (void) state;

    rta_outlook_judge(&outlook, &buyer, &prospect);
    assert_true(prospect.has_value);

    /* p (gamma + x m) / (p x + q - 1), of a mean of 30.00 */
    near(prospect.order_minor, 6 * (15 + 3 * 30.0) / (6 * 3 + 3) * 100);
    near(prospect.p_alive, rta_bg_nbd_alive(&outlook.bg, &point));

    assert_true(rta_priority_judge(&outlook, &buyer, &prospect, 30, &offer,
                                   &row));
    near(row.p_gone + prospect.p_alive, 1);
    near(row.value_minor * prospect.p_alive,
         prospect.orders * prospect.order_minor);
    near(row.discount_minor, prospect.order_minor / 10);
    near(row.returns, rta_bg_nbd_expected(&outlook.bg, &point, 30));

    /* no offer takes off more than the order */
    offer = (struct rta_priority_offer) { 0, 1e9 };
    assert_true(rta_priority_judge(&outlook, &buyer, &prospect, 30, &offer,
                                   &row));
    near(row.discount_minor, prospect.order_minor);

    /* who buys daily comes once, as far as a coupon is concerned */
    buyer = (struct rta_buyer) { .x = 300, .t_x_days = 400, .t_days = 400,
                                 .repeat_minor = 900000 };
    rta_outlook_judge(&outlook, &buyer, &prospect);
    assert_true(rta_priority_judge(&outlook, &buyer, &prospect, 30, &offer,
                                   &row));
    near(row.returns, 1);

    buyer.is_mixed = true;
    rta_outlook_judge(&outlook, &buyer, &prospect);
    assert_false(rta_priority_judge(&outlook, &buyer, &prospect, 30, &offer,
                                    &row));
}


static void
test_rank(void **state)
{
    size_t                     i;
    double                     stake, cost;
    struct rta_priority_terms  terms = { 0.5, 2 };

    struct rta_priority_row  rows[] = {
        { .id = "never", .p_gone = 1, .value_minor = 100,
          .discount_minor = 50 },
        { .id = "b", .p_gone = 0.5, .value_minor = 200, .discount_minor = 0 },
        { .id = "a", .p_gone = 0.5, .value_minor = 200, .discount_minor = 0 },
        { .id = "comes", .p_gone = 0.5, .value_minor = 240,
          .discount_minor = 20, .returns = 0.4 },
        { .id = "rich", .p_gone = 0.9, .value_minor = 1000,
          .discount_minor = 20, .returns = 0.1 }
    };
    static const struct {
        const char  *id;
        double       stake;
        double       cost;
    } ranked[] = {
        { "rich", 432, 4 },
        { "a", 50, 2 },
        { "b", 50, 2 },
        { "comes", 50, 10 },
        { "never", 0, 2 }
    };

    (void) state;

    rta_priority_rank(&terms, rows, COUNT(rows));

    for (i = 0; i < COUNT(rows); i++) {
        assert_string_equal(rows[i].id, ranked[i].id);
        near(rows[i].stake_minor, ranked[i].stake);
        near(rows[i].cost_minor, ranked[i].cost);
    }

    near(rows[0].break_even, 4.0 / 432);
    assert_true(isinf(rows[4].break_even));

    assert_int_equal(rta_priority_within(rows, 5, 0, 0, 1), 5);
    assert_int_equal(rta_priority_within(rows, 5, 3, 0, 1), 3);
    assert_int_equal(rta_priority_within(rows, 5, 9, 0, 1), 5);
    assert_int_equal(rta_priority_within(rows, 5, 0, 3, 1), 0);
    assert_int_equal(rta_priority_within(rows, 5, 0, 8, 1), 3);
    assert_int_equal(rta_priority_within(rows, 5, 2, 8, 1), 2);
    assert_int_equal(rta_priority_within(rows, 5, 0, 8, 0.5), 3);
    assert_int_equal(rta_priority_within(rows, 5, 0, 9, 0.5), 4);
    assert_int_equal(rta_priority_within(rows, 5, 0, 1000, 1), 5);

    rta_priority_sum(rows, 5, &stake, &cost);
    near(stake, 582);
    near(cost, 20);
}


/* Where nothing costs anything, the most at stake goes first. */

static void
test_costless(void **state)
{
    struct rta_priority_terms  terms = { 1, 0 };
    struct rta_priority_row    rows[] = {
        { .id = "a", .p_gone = 0.1, .value_minor = 100 },
        { .id = "b", .p_gone = 0.2, .value_minor = 100 },
        { .id = "c", .p_gone = 0, .value_minor = 100 }
    };

    (void) state;

    rta_priority_rank(&terms, rows, COUNT(rows));
    assert_string_equal(rows[0].id, "b");
    assert_string_equal(rows[1].id, "a");
    assert_string_equal(rows[2].id, "c");
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_rank),
        cmocka_unit_test(test_costless)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
