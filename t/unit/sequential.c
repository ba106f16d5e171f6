/* The mixture test: the published example, and what must hold of any. */

#include "analysis/sequential.h"
#include "near.h"
#include "unit.h"


/* Hillstrom's e-mail test, buyers at tau 0.005: p 0.0058, where the fixed test
   has 0.00016; the last digits are the formula's, by another program. */

static void
test_hillstrom(void **state)
{
    double                 d = 189 / 21387.0 - 122 / 21306.0, v;
    struct rta_sequential  looks = { .p = 1 };

    (void) state;

    v = rta_shares_variance(189, 21387, 122, 21306);
    rta_sequential_look(&looks, d, v, 0.005, RTA_LEVEL);

    assert_near(looks.p, 0.0058, 0.01);
    assert_near(looks.p, 0.005833110193309424, 1e-9);
    assert_near(looks.low, 0.0005241808747195684, 1e-9);
    assert_near(looks.high, 0.005697934147450947, 1e-9);
    assert_near((looks.low + looks.high) / 2, d, 1e-12);
}


/* p falls or stays, whatever comes; p_now may rise. */

static void
test_the_least_p_stays(void **state)
{
    struct rta_sequential  looks = { .p = 1 };

    (void) state;

    rta_sequential_look(&looks, 0, 1e-6, 0.005, RTA_LEVEL);
    assert_true(looks.p == 1 && looks.p_now == 1);

    rta_sequential_look(&looks, 0.006, 1e-6, 0.005, RTA_LEVEL);
    assert_true(looks.p < 1e-4 && looks.p == looks.p_now);

    rta_sequential_look(&looks, 0.001, 1e-6, 0.005, RTA_LEVEL);
    assert_true(looks.p < 1e-4 && looks.p_now > 0.5);
}


/* The interval leaves 0 out when, and only when, p is below 5 %. */

static void
test_interval_and_p_agree(void **state)
{
    int                    i;
    struct rta_sequential  looks;

    (void) state;

    for (i = 1; i < 400; i++) {
        looks = (struct rta_sequential) { .p = 1 };
        rta_sequential_look(&looks, i * 2e-5, 1e-6, 0.003, RTA_LEVEL);
        assert_int_equal(looks.low > 0, looks.p < 0.05);
    }
}


/* Always wider than the interval for one look. */

static void
test_price(void **state)
{
    double                 tau;
    struct rta_sequential  looks;

    (void) state;

    for (tau = 1e-4; tau < 1; tau *= 3) {
        looks = (struct rta_sequential) { .p = 1 };
        rta_sequential_look(&looks, 0, 1e-6, tau, RTA_LEVEL);
        assert_true(looks.high > 1.96e-3);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_hillstrom),
        cmocka_unit_test(test_the_least_p_stays),
        cmocka_unit_test(test_interval_and_p_agree),
        cmocka_unit_test(test_price)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
