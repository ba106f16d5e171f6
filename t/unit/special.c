/*
 * Expected values: closed forms where there are some, the tables of t and z
 * that are printed in every textbook, and 30-digit arithmetic elsewhere.
 */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/special.h"

#define PRECISION  1e-10
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))


static void
assert_near(double found, double expected, double relative)
{
    if (!(fabs(found - expected) <= relative * fabs(expected))) {
        fail_msg("%.17g is not %.17g", found, expected);
    }
}


static void
test_beta(void **state)
{
    size_t  i;

    static const struct {
        double  a, b, x, expected;
    } cases[] = {
        { 2, 3, 0.3, 0.3483 },
        { 0.5, 0.5, 0.1, 0.20483276469913346 },
        { 50, 0.5, 0.9, 0.001204149832559813 },
        { 5000, 0.5, 0.9995, 0.025332672657805693 },
        { 21000, 0.5, 0.9999, 0.040420165179293578 },
        { 1e6, 0.5, 0.9999, 2.0780712799762737e-45 },
        { 3e7, 0.5, 0.9999995, 4.3204469097180196e-8 },
        { 10, 200, 0.02, 0.010010757270630779 },
        { 1000, 2000, 0.31, 0.003066591993426546 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_near(rta_beta_inc(cases[i].a, cases[i].b, cases[i].x),
                    cases[i].expected, PRECISION);
        assert_near(rta_beta_inc(cases[i].b, cases[i].a, 1 - cases[i].x),
                    1 - cases[i].expected, PRECISION);
    }

    assert_true(rta_beta_inc(3, 4, 0) == 0);
    assert_true(rta_beta_inc(3, 4, 1) == 1);
}


static void
test_gamma(void **state)
{
    size_t  i;

    static const struct {
        double  a, x, expected;
    } cases[] = {
        { 0.5, 0.07684, 0.69504313512563255 },
        { 0.5, 0.1, 0.65472084601857702 },
        { 0.5, 10, 7.7442164310440836e-6 },
        { 1, 3, 0.049787068367863943 },
        { 5, 2, 0.94734698265628884 },
        { 5, 20, 1.6944743930067384e-5 },
        { 100, 120, 0.027863739890520661 },
        { 50, 300, 2.4188285833464858e-72 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_near(rta_gamma_q(cases[i].a, cases[i].x), cases[i].expected,
                    PRECISION);
    }

    assert_true(rta_gamma_q(2, 0) == 1);
    assert_true(rta_gamma_q(2, INFINITY) == 0);
}


static void
test_normal(void **state)
{
    size_t  i;

    static const struct {
        double  level, z;
    } cases[] = {
        { 0.5, 0.67448975019608174 },
        { 0.6, 0.84162123357291421 },
        { 0.9, 1.6448536269514727 },
        { 0.95, 1.9599639845400542 },
        { 0.99, 2.5758293035489008 },
        { 0.999999, 4.8916384756985904 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_near(rta_normal_z(cases[i].level), cases[i].z, PRECISION);
    }

    assert_near(rta_normal_p(1.96), 0.049995790296440868, PRECISION);
    assert_near(rta_normal_p(-1.96), 0.049995790296440868, PRECISION);
    assert_near(rta_normal_p(22.5), 4.1506215981327092e-112, PRECISION);
    assert_true(rta_normal_p(0) == 1);
}


/* One degree: 1 - 2 atan(t) / pi; two: 1 - t / sqrt(2 + t^2). */

static void
test_student_closed_forms(void **state)
{
    double  t;

    (void) state;

    for (t = 0.01; t < 20; t *= 1.7) {
        assert_near(rta_student_p(t, 1), 1 - 2 * atan(t) / M_PI, PRECISION);
        assert_near(rta_student_p(-t, 2), 1 - t / sqrt(2 + t * t), PRECISION);
    }

    assert_true(rta_student_p(0, 3) == 1);
    assert_true(rta_student_p(1e300, 3) == 0);
}


static void
test_student(void **state)
{
    size_t  i;

    static const struct {
        double  t, df, p;
    } cases[] = {
        { 1, 3, 0.39100221895577064 },
        { 2.5, 7.25, 0.039865520758914579 },
        { 1e-6, 5, 0.99999924078662036 },
        { 6.5, 40, 9.3760098114432332e-8 },
        { 30, 12, 1.1773181907018948e-12 },
        { 3.256, 42000, 0.0011308325455575451 },
        { 3, 1e7, 0.0026998027110371613 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_near(rta_student_p(cases[i].t, cases[i].df), cases[i].p,
                    PRECISION);
    }
}


static void
test_student_table(void **state)
{
    size_t  i;

    static const struct {
        double  level, df, t;
    } cases[] = {
        { 0.95, 1, 12.706 },  { 0.95, 5, 2.571 },  { 0.95, 10, 2.228 },
        { 0.95, 30, 2.042 },  { 0.95, 120, 1.980 }, { 0.99, 10, 3.169 },
        { 0.99, 3, 5.841 },   { 0.9, 20, 1.725 },  { 0.999, 1, 636.619 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_true(fabs(rta_student_t(cases[i].level, cases[i].df)
                         - cases[i].t) <= 0.0005);
    }

    assert_near(rta_student_t(0.95, 4.5), 2.6589123472044038, PRECISION);
    assert_near(rta_student_t(0.95, 42000), 1.9600204687884851, PRECISION);
    assert_near(rta_student_t(0.999, 1), 636.61924876871962, PRECISION);
}


static void
test_student_round_trip(void **state)
{
    double  df, level;

    (void) state;

    for (df = 1; df < 1e6; df *= 3.7) {
        for (level = 0.05; level < 1; level += 0.05) {
            assert_near(1 - rta_student_p(rta_student_t(level, df), df),
                        level, 1e-9);
        }
    }
}


static void
test_chi2(void **state)
{
    (void) state;

    assert_near(rta_chi2_p(3.841458820694124, 1), 0.05, PRECISION);
    assert_near(rta_chi2_p(5.991464547107979, 2), 0.05, PRECISION);
    assert_near(rta_chi2_p(0.2025, 2), exp(-0.10125), PRECISION);
    assert_true(rta_chi2_p(0, 1) == 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_beta),
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_student_closed_forms),
        cmocka_unit_test(test_student),
        cmocka_unit_test(test_student_table),
        cmocka_unit_test(test_student_round_trip),
        cmocka_unit_test(test_chi2),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
