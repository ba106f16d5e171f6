#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/sample_ratio.h"


/* Hillstrom's e-mail test (2008), the arms without the men's e-mail. */

static void
test_hillstrom(void **state)
{
    struct rta_sample_ratio  ratio;

    static const uint64_t  counts[] = { 21387, 21306 };
    static const double    halves[] = { 500000, 500000 };

    (void) state;

    rta_sample_ratio(counts, halves, 2, &ratio);

    assert_true(ratio.has_chi2 && ratio.has_p && ratio.ok);
    assert_int_equal(ratio.df, 1);
    assert_true(fabs(ratio.chi2 - 0.15368) < 5e-6);
    assert_true(fabs(ratio.p - 0.695) < 5e-4);
}


static void
test_three_arms(void **state)
{
    struct rta_sample_ratio  ratio;

    static const uint64_t  counts[] = { 21307, 21387, 21306 };
    static const double    thirds[] = { 1, 1, 1 };

    (void) state;

    rta_sample_ratio(counts, thirds, 3, &ratio);

    assert_int_equal(ratio.df, 2);
    assert_true(fabs(ratio.chi2 - 0.2025) < 5e-5);
    assert_true(fabs(ratio.p - 0.904) < 5e-4);
}


/* 10 % planned, 10 % and 9 % found. */

static void
test_off_plan(void **state)
{
    struct rta_sample_ratio  ratio;

    static const uint64_t  good[] = { 1000, 9000 };
    static const uint64_t  bad[] = { 900, 9100 };
    static const double    shares[] = { 0.1, 0.9 };

    (void) state;

    rta_sample_ratio(good, shares, 2, &ratio);
    assert_true(ratio.ok && ratio.p > 0.999999);

    rta_sample_ratio(bad, shares, 2, &ratio);
    assert_false(ratio.ok);
    assert_true(fabs(ratio.chi2 - 100.0 / 9) < 1e-9);
}


/* The limit of 0.001 is chi-square 10.8276 at one degree. */

static void
test_limit(void **state)
{
    struct rta_sample_ratio  ratio;

    static const uint64_t  inside[] = { 50519, 49481 };
    static const uint64_t  outside[] = { 50521, 49479 };
    static const double    halves[] = { 1, 1 };

    (void) state;

    rta_sample_ratio(inside, halves, 2, &ratio);
    assert_true(ratio.ok && ratio.p < 0.00104);

    rta_sample_ratio(outside, halves, 2, &ratio);
    assert_true(!ratio.ok && ratio.p > 0.00096);
}


static void
test_arm_without_share(void **state)
{
    struct rta_sample_ratio  ratio;

    static const uint64_t  empty[] = { 50, 0, 50 };
    static const uint64_t  stray[] = { 50, 1, 50 };
    static const double    shares[] = { 1, 0, 1 };

    (void) state;

    rta_sample_ratio(empty, shares, 3, &ratio);
    assert_true(ratio.has_p && ratio.ok && ratio.p == 1);
    assert_int_equal(ratio.df, 1);

    rta_sample_ratio(stray, shares, 3, &ratio);
    assert_true(ratio.has_p && !ratio.ok && ratio.p == 0);
    assert_false(ratio.has_chi2);
}


static void
test_nothing_to_test(void **state)
{
    struct rta_sample_ratio  ratio;

    static const uint64_t  nobody[] = { 0, 0 };
    static const uint64_t  one_arm[] = { 7 };
    static const double    shares[] = { 1, 1 };

    (void) state;

    rta_sample_ratio(nobody, shares, 2, &ratio);
    assert_true(!ratio.has_chi2 && !ratio.has_p && ratio.ok);

    rta_sample_ratio(one_arm, shares, 1, &ratio);
    assert_true(!ratio.has_chi2 && !ratio.has_p && ratio.ok);
    assert_int_equal(ratio.df, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_hillstrom),
        cmocka_unit_test(test_three_arms),
        cmocka_unit_test(test_off_plan),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_arm_without_share),
        cmocka_unit_test(test_nothing_to_test),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
