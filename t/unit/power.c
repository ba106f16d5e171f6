/* The smallest difference to be seen, and the customers that it takes. */

#include <math.h>

#include "analysis/power.h"
#include "near.h"
#include "unit.h"


/* A base rate of 122 of 21,306, printed as 0.57 %, and 21,300 in each arm show
   0.224 points; of 0.57 % itself 0.2234, by another program. */

static void
test_published(void **state)
{
    double  d;

    (void) state;

    assert_true(rta_power_difference(122 / 21306.0, 21300, 21300, &d));
    assert_near(d, 0.002238303, 1e-5);
    assert_int_equal((int) (1e5 * d + 0.5), 224);

    assert_true(rta_power_difference(0.0057, 21300, 21300, &d));
    assert_near(d, 0.002233688, 1e-5);
}


/* A hold-out of a tenth needs 1.67 times the difference of halves, roughly:
   variance goes with 1/n1 + 1/n0. */

static void
test_hold_out_of_a_tenth(void **state)
{
    double  halves, tenth;

    (void) state;

    assert_true(rta_power_difference(0.1, 1e6, 1e6, &halves));
    assert_true(rta_power_difference(0.1, 1.8e6, 2e5, &tenth));
    assert_near(tenth / halves, sqrt(1 / (0.9 * 0.1) / 4), 0.01);
}


/* The customers needed for what so many show are so many. */

static void
test_there_and_back(void **state)
{
    size_t    i;
    double    d;
    uint64_t  n;

    static const struct {
        double  base, customers, holdout;
    } cases[] = {
        { 0.0057, 42600, 0.5 }, { 0.12, 20000, 0.1 }, { 0.5, 1000, 0.3 },
        { 0.0001, 1e7, 0.05 }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_true(rta_power_difference(cases[i].base,
                        cases[i].customers * (1 - cases[i].holdout),
                        cases[i].customers * cases[i].holdout, &d));
        assert_true(rta_power_customers(cases[i].base, d, cases[i].holdout,
                                        &n));
        assert_near((double) n, cases[i].customers, 2 / cases[i].customers);
    }
}


static void
test_what_cannot_be_seen(void **state)
{
    double    d = 7;
    uint64_t  n = 7;

    (void) state;

    assert_false(rta_power_difference(0.1, 0, 100, &d));
    assert_false(rta_power_difference(0.1, 100, 0, &d));
    assert_false(rta_power_difference(1, 100, 100, &d));
    assert_false(rta_power_difference(0.9, 5, 5, &d));
    assert_false(rta_power_customers(0.1, 1e-8, 0.1, &n));
    assert_true(d == 7 && n == 7);

    /* Nobody comes back by himself: some of the treated must. */

    assert_true(rta_power_difference(0, 1000, 1000, &d));
    assert_true(d > 0.003 && d < 0.01);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_hold_out_of_a_tenth),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_what_cannot_be_seen)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
