/* CDNOW's published fit is in t/cli/model.t, which needs the orders. */

#include "near.h"
#include "random.h"
#include "unit.h"

#include "analysis/gamma_gamma_fit.h"

#define CUSTOMERS  3000

static const struct rta_gamma_gamma  cdnow = { 6.2495723, 3.7442247,
                                               15.443521 };
static struct rta_buyer  buyers[CUSTOMERS];


static double
uniform(void)
{
    return ((double) (random_next() >> 11) + 0.5) / 9007199254740992.0;
}


/* Gamma of a whole shape: a sum of waiting times. */

static double
gamma_draw(int shape)
{
    double  sum = 0;

    while (shape-- > 0) {
        sum -= log(uniform());
    }

    return sum;
}


/* p 6, q 4, gamma 15: in cents, so 1,500. */

static void
simulate(void)
{
    size_t  i;

    for (i = 0; i < CUSTOMERS; i++) {
        buyers[i] = (struct rta_buyer) { .x = (uint32_t) random_below(6) };
        buyers[i].repeat_minor = llround(gamma_draw(6 * (int) buyers[i].x)
                                         * 1500 / gamma_draw(4));
    }
}


static void
fit_all(size_t n, double minor_per_unit, struct rta_gamma_fit *fit)
{
    struct rta_gamma_cells  cells;

    assert_int_equal(rta_gamma_cells_init(&cells, buyers, n), 0);
    assert_int_equal(rta_gamma_fit_run(&cells, minor_per_unit, NULL, NULL,
                                       fit), 0);
    rta_gamma_cells_release(&cells);
}


/* The mean lies between the customer's own and the population's, nearer to
   his own the more he bought. */

static void
test_mean(void **state)
{
    int     x;
    double  mean, before, all = cdnow.p * cdnow.gamma / (cdnow.q - 1);

    const struct rta_gamma_gamma  wild = { 2, 0.5, 10 };

    (void) state;

    assert_near(rta_gamma_gamma_mean(&cdnow, 0, 99), all, 1e-15);
    assert_near(all, 35.17037, 1e-6);

    for (x = 1, before = all; x < 200; x++, before = mean) {
        mean = rta_gamma_gamma_mean(&cdnow, x, 80);
        assert_true(mean > before && mean < 80);
    }

    assert_true(isnan(rta_gamma_gamma_mean(&wild, 0, 0)));
    assert_false(isnan(rta_gamma_gamma_mean(&wild, 1, 5)));
}


static void
test_recovered(void **state)
{
    size_t                i;
    struct rta_gamma_fit  fit;

    static const double  expected[] = { 6, 4, 15 };

    (void) state;

    simulate();
    fit_all(CUSTOMERS, 100, &fit);

    for (i = 0; i < RTA_GAMMA_PARAMETERS; i++) {
        assert_true(fabs(fit.fit.values[i] - expected[i])
                    < 5 * fit.fit.errors[i]);
        assert_true(fit.fit.errors[i] < 0.5 * expected[i]);
    }

    assert_true(fit.fit.has_converged && fit.fit.at_bound == 0);
}


/* The fit's figure is the sum over customers; it is the largest nearby; and
   cents instead of units change gamma and the log-likelihood alone. */

static void
test_likelihood(void **state)
{
    size_t                  i, k, n = 0;
    double                  sums[3] = { 0 }, mean;
    struct rta_gamma_fit    units, cents;
    struct rta_gamma_gamma  models[3];

    (void) state;

    simulate();
    fit_all(CUSTOMERS, 100, &units);
    fit_all(CUSTOMERS, 1, &cents);

    models[0] = models[1] = models[2] = units.model;
    models[1].p *= 1.01;
    models[2].gamma *= 0.99;

    for (i = 0; i < CUSTOMERS; i++) {
        for (k = 0; k < 3 && buyers[i].x > 0; k++) {
            mean = (double) buyers[i].repeat_minor / 100 / buyers[i].x;
            sums[k] += rta_gamma_gamma_log_likelihood(&models[k], buyers[i].x,
                                                      mean);
        }

        n += buyers[i].x > 0;
    }

    assert_near(units.fit.log_likelihood, sums[0], 1e-10);
    assert_true(sums[1] < sums[0] && sums[2] < sums[0]);

    assert_near(cents.model.gamma, units.model.gamma * 100, 1e-9);
    assert_near(cents.model.p, units.model.p, 1e-9);
    assert_near(cents.fit.log_likelihood,
                units.fit.log_likelihood - (double) n * log(100), 1e-10);
}


static void
test_cells(void **state)
{
    struct rta_gamma_fit    fit;
    struct rta_gamma_cells  cells;

    static const struct rta_buyer  few[] = {
        { .x = 2, .repeat_minor = 500 },
        { .x = 1, .repeat_minor = 500 },
        { .x = 2, .repeat_minor = 500 },
        { .x = 0, .repeat_minor = 0 },
        { .x = 3, .repeat_minor = 900, .is_mixed = true },
        { .x = 4, .repeat_minor = 0 },
        { .x = 4, .repeat_minor = -100 }
    };

    (void) state;

    assert_int_equal(rta_gamma_cells_init(&cells, few, COUNT(few)), 0);
    assert_int_equal(cells.n, 2);
    assert_int_equal(cells.items[0].x, 1);
    assert_true(cells.items[1].weight == 2 && cells.customers == 3);
    assert_int_equal(cells.mixed, 1);
    assert_int_equal(cells.worthless, 2);
    assert_near(cells.mean, 1000.0 / 3, 1e-12);
    assert_near(cells.correlation, -1, 1e-12);
    rta_gamma_cells_release(&cells);

    assert_int_equal(rta_gamma_cells_init(&cells, few + 3, 4), 0);
    assert_true(isnan(cells.correlation));
    assert_int_equal(rta_gamma_fit_run(&cells, 100, NULL, NULL, &fit),
                     RTN_ERR_LIMIT);
    rta_gamma_cells_release(&cells);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_recovered),
        cmocka_unit_test(test_likelihood),
        cmocka_unit_test(test_cells)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
