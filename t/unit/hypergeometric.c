/* Expected values: the elementary cases of DLMF 15.4. */

#include "near.h"
#include "unit.h"

#include "analysis/hypergeometric.h"

#define PRECISION  1e-13

static const double  points[] = { 1e-9, 0.01, 0.3, 0.5, 0.9, 0.99 };


/* 2F1(a, b; c; z) of what is tested. */

static double
whole(double a, double b, double c, double z)
{
    return 1 + rta_hypergeometric_rest(a, b, c, z) * b / c;
}


static void
test_elementary(void **state)
{
    size_t  i;
    double  z;

    (void) state;

    for (i = 0; i < COUNT(points); i++) {
        z = points[i];

        assert_near(whole(1, 1, 2, z), -log1p(-z) / z, PRECISION);
        assert_near(whole(0.5, 1, 1.5, z), atanh(sqrt(z)) / sqrt(z),
                    PRECISION);
        assert_near(whole(0.7, 2.5, 2.5, z), pow(1 - z, -0.7), PRECISION);
        assert_near(whole(-0.7, 2.5, 2.5, z), pow(1 - z, 0.7), 1e-11);
        assert_near(whole(-2, 3, 4, z), 1 - 1.5 * z + 0.6 * z * z, 1e-11);
    }
}


/* Euler's transformation, DLMF 15.8.1. */

static void
test_euler(void **state)
{
    size_t  i;
    double  z, a = 1.3, b = 0.8, c = 3.1;

    (void) state;

    for (i = 0; i < COUNT(points); i++) {
        z = points[i];

        assert_near(whole(a, b, c, z),
                    pow(1 - z, c - a - b) * whole(c - a, c - b, c, z), 1e-11);
    }
}


/* Where 2F1 itself is 1 or has a pole. */

static void
test_removed(void **state)
{
    size_t  i;
    double  z;

    (void) state;

    for (i = 0; i < COUNT(points); i++) {
        z = points[i];

        assert_near(rta_hypergeometric_rest(1, 0, 1, z), -log1p(-z),
                    PRECISION);
        assert_near(rta_hypergeometric_rest(1, 0.5, 0, z),
                    z * pow(1 - z, -1.5), PRECISION);
    }

    assert_true(rta_hypergeometric_rest(2, 3, 4, 0) == 0);
    assert_true(rta_hypergeometric_rest(0, 3, 4, 0.9) == 0);
}


static void
test_limits(void **state)
{
    (void) state;

    /* Near 1 what follows a term is a thousand times as much. */

    assert_near(whole(1, 1, 2, 0.999), -log1p(-0.999) / 0.999, 7e-14);
    assert_true(isnan(rta_hypergeometric_rest(1, 1, 2, 1 - 1e-9)));
    assert_true(isnan(rta_hypergeometric_rest(1e4, 1e4, 1, 0.999)));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_elementary),
        cmocka_unit_test(test_euler),
        cmocka_unit_test(test_removed),
        cmocka_unit_test(test_limits)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
