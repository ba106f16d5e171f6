/* Expected values: closed forms (DLMF 5.4), and 30-digit arithmetic. */

#include "near.h"
#include "random.h"
#include "unit.h"

#include "analysis/digamma.h"

#define EULER  0.57721566490153286
#define LN2    0.69314718055994531


static void
test_values(void **state)
{
    size_t  i;

    const struct {
        double  x, expected;
    } cases[] = {
        { 1, -EULER },
        { 0.5, -EULER - 2 * LN2 },
        { 2, 1 - EULER },
        { 10, -EULER + 7129.0 / 2520 },
        { 0.1, -10.423754940411076 },
        { 1e-6, -1000000.5772140199 },
        { 100, 4.6001618527380874 },
        { 1e8, 18.420680738952365 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_near(rta_digamma(cases[i].x), cases[i].expected, 1e-14);
    }
}


/* psi(x + 1) = psi(x) + 1/x, and it is the slope of the log of gamma. */

static void
test_properties(void **state)
{
    int     i;
    double  x, slope;

    (void) state;

    for (i = 0; i < 2000; i++) {
        x = 0.01 + (double) random_below(100000) / 1000;

        assert_true(fabs(rta_digamma(x + 1) - rta_digamma(x) - 1 / x)
                    < 1e-12 * (1 + 1 / x));

        slope = (rta_log_gamma(x * 1.0001) - rta_log_gamma(x * 0.9999))
                / (0.0002 * x);
        assert_true(fabs(rta_digamma(x) - slope) < 1e-6 * (1 + 1 / x));
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_properties)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
