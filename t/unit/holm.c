/* Holm's adjustment, by the steps of his paper. */

#include "analysis/holm.h"
#include "near.h"
#include "unit.h"


/* Sorted 0.01, 0.02, 0.03, 0.04, 0.9: times 5, 4, 3, 2, 1; the third is 0.09
   and the fourth stays there, since no p may fall below one before it. */

static void
test_steps(void **state)
{
    double  p[] = { 0.04, 0.01, 0.9, 0.03, 0.02 };

    (void) state;

    assert_int_equal(rta_holm(p, COUNT(p)), 0);

    assert_near(p[1], 0.05, 1e-15);
    assert_near(p[4], 0.08, 1e-15);
    assert_near(p[3], 0.09, 1e-15);
    assert_near(p[0], 0.09, 1e-15);
    assert_near(p[2], 0.9, 1e-15);
}


static void
test_bounds(void **state)
{
    double  one = 0.3, sure[] = { 0.6, 0.7, 0 };

    (void) state;

    assert_int_equal(rta_holm(&one, 1), 0);
    assert_true(one == 0.3);

    assert_int_equal(rta_holm(sure, 3), 0);
    assert_true(sure[0] == 1 && sure[1] == 1 && sure[2] == 0);

    assert_int_equal(rta_holm(NULL, 0), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_bounds)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
