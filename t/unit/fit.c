/* Likelihoods whose maximum is known. */

#include "near.h"
#include "unit.h"

#include "analysis/fit.h"

#define CUSTOMERS  400

/* A quadratic in the logs: centres and curvatures, and what ties the first
   two together. */
struct hill {
    double    centre[2];
    double    curvature[2];
    double    tie;
    unsigned  asked;
    unsigned  stop_at;              /* 0: never */
};

static const double  starts[][RTA_FIT_PARAMETERS_MAX] = {
    { 0, 0 }, { 3, -3 }, { -4, 4 }, { 2, 2 }
};


static double
hill_value(void *data, const double *logs, double *gradient)
{
    double              x, y;
    const struct hill  *hill = data;

    x = logs[0] - hill->centre[0];
    y = logs[1] - hill->centre[1];

    if (gradient != NULL) {
        gradient[0] = -hill->curvature[0] * x - hill->tie * y;
        gradient[1] = -hill->curvature[1] * y - hill->tie * x;
    }

    return -hill->curvature[0] * x * x / 2 - hill->curvature[1] * y * y / 2
           - hill->tie * x * y;
}


/* Two hills: at 0, and a higher one at -4 of the first log. */

static double
pair_value(void *data, const double *logs, double *gradient)
{
    double  near, far, x = logs[0], y = logs[1];

    (void) data;

    near = exp(-x * x);
    far = 2 * exp(-(x + 4) * (x + 4));

    if (gradient != NULL) {
        gradient[0] = -2 * x * near - 2 * (x + 4) * far;
        gradient[1] = -2 * y;
    }

    return near + far - y * y;
}


static double
nowhere_value(void *data, const double *logs, double *gradient)
{
    (void) data;
    (void) logs;

    if (gradient != NULL) {
        gradient[0] = gradient[1] = 0;
    }

    return NAN;
}


static bool
hill_stop(void *data)
{
    struct hill  *hill = data;

    return ++hill->asked == hill->stop_at;
}


static struct rta_fit_problem
problem_of(rta_fit_value_pt value, struct hill *hill)
{
    struct rta_fit_problem  problem = {
        .n = 2, .value = value, .full = hill, .coarse = hill,
        .customers = CUSTOMERS, .starts = starts, .starts_n = COUNT(starts),
        .lower = { -5, -5 }, .upper = { 5, 5 },
        .stop = hill_stop, .stop_data = hill
    };

    return problem;
}


/* The inverse of (2 1; 1 3) is (3 -1; -1 2) / 5. */

static void
test_hill(void **state)
{
    struct hill             hill = { { 1, -2 }, { 2, 3 }, 1, 0, 0 };
    struct rta_fit          fit;
    struct rta_fit_problem  problem = problem_of(hill_value, &hill);

    (void) state;

    assert_int_equal(rta_fit_run(&problem, &fit), 0);

    assert_near(fit.values[0], exp(1), 1e-9);
    assert_near(fit.values[1], exp(-2), 1e-9);
    assert_near(fit.errors[0], exp(1) * sqrt(0.6 / CUSTOMERS), 1e-6);
    assert_near(fit.errors[1], exp(-2) * sqrt(0.4 / CUSTOMERS), 1e-6);
    assert_true(fit.has_converged && fit.gradient_norm < 1e-10);
    assert_int_equal(fit.at_bound, 0);
    assert_int_equal(fit.starts, 4);
    assert_int_equal(fit.starts_agreed, 4);
    assert_true(fabs(fit.log_likelihood) < 1e-9);
}


static void
test_bound(void **state)
{
    struct hill             hill = { { 1, -7 }, { 2, 3 }, 0, 0, 0 };
    struct rta_fit          fit;
    struct rta_fit_problem  problem = problem_of(hill_value, &hill);

    (void) state;

    assert_int_equal(rta_fit_run(&problem, &fit), 0);
    assert_int_equal(fit.at_bound, 1u << 1);
    assert_near(fit.values[0], exp(1), 1e-9);
    assert_near(fit.values[1], exp(-5), 1e-9);
    assert_near(fit.errors[0], exp(1) * sqrt(0.5 / CUSTOMERS), 1e-6);
    assert_true(isnan(fit.errors[1]) && fit.has_converged);
}


/* Flat in one direction: a value, but no standard error. */

static void
test_ridge(void **state)
{
    struct hill             hill = { { 1, 0 }, { 2, 0 }, 0, 0, 0 };
    struct rta_fit          fit;
    struct rta_fit_problem  problem = problem_of(hill_value, &hill);

    (void) state;

    assert_int_equal(rta_fit_run(&problem, &fit), 0);
    assert_near(fit.values[0], exp(1), 1e-9);
    assert_true(isnan(fit.errors[0]) && isnan(fit.errors[1]));
}


static void
test_two_hills(void **state)
{
    struct hill             hill = { .stop_at = 0 };
    struct rta_fit          fit;
    struct rta_fit_problem  problem = problem_of(pair_value, &hill);

    (void) state;

    assert_int_equal(rta_fit_run(&problem, &fit), 0);
    assert_near(fit.values[0], exp(-4), 1e-6);
    assert_true(fit.starts_agreed >= 1 && fit.starts_agreed < 4);
}


static void
test_refused(void **state)
{
    struct hill             hill = { .stop_at = 7 };
    struct rta_fit          fit;
    struct rta_fit_problem  problem = problem_of(hill_value, &hill);

    (void) state;

    assert_int_equal(rta_fit_run(&problem, &fit), RTN_ERR_NOT_FOUND);
    assert_int_equal(hill.asked, 7);

    hill.stop_at = 0;
    problem.value = nowhere_value;
    assert_int_equal(rta_fit_run(&problem, &fit), RTN_ERR_LIMIT);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_hill),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_ridge),
        cmocka_unit_test(test_two_hills),
        cmocka_unit_test(test_refused)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
