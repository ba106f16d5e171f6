/*
 * What was fitted, on customers made by the models themselves; the published
 * fits of CDNOW are in t/cli/model.t, which needs the orders.
 */

#include "near.h"
#include "random.h"
#include "unit.h"

#include "analysis/bg_nbd_fit.h"

#define CUSTOMERS   4000
#define DAYS        800             /* the longest time watched */
#define PURCHASES   2000            /* of one customer, at most */

static struct rta_buyer  buyers[CUSTOMERS];


static double
uniform(void)
{
    return ((double) (random_next() >> 11) + 0.5) / 9007199254740992.0;
}


static double
normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}


/* Marsaglia and Tsang, ACM Trans. Math. Softw. 26:363, 2000. */

static double
gamma_draw(double shape)
{
    double  d, v, z;

    if (shape < 1) {
        return gamma_draw(shape + 1) * pow(uniform(), 1 / shape);
    }

    d = shape - 1.0 / 3;

    for ( ;; ) {
        z = normal();
        v = pow(1 + z / sqrt(9 * d), 3);

        if (v > 0 && log(uniform()) < z * z / 2 + d - d * v + d * log(v)) {
            return d * v;
        }
    }
}


/* A customer as the model has him; a of 0: nobody leaves. */

static struct rta_buyer
simulate(const struct rta_bg_nbd *model)
{
    double            rate, leave = 0, now = 0, one;
    bool              is_gone;
    struct rta_buyer  buyer = { 0 };

    buyer.t_days = DAYS / 4 + (uint32_t) random_below(DAYS * 3 / 4);
    rate = gamma_draw(model->r) / model->alpha;

    if (model->a > 0) {
        one = gamma_draw(model->a);
        leave = one / (one + gamma_draw(model->b));
    }

    is_gone = model->variant == RTA_MBG_NBD && uniform() < leave;

    while (!is_gone && buyer.x < PURCHASES) {
        now -= log(uniform()) / rate;

        if (now > buyer.t_days) {
            break;
        }

        if ((uint32_t) now > buyer.t_x_days) {
            buyer.t_x_days = (uint32_t) now;
            buyer.x++;
        }

        is_gone = uniform() < leave;
    }

    return buyer;
}


static void
simulate_all(const struct rta_bg_nbd *model)
{
    size_t  i;

    for (i = 0; i < CUSTOMERS; i++) {
        buyers[i] = simulate(model);
    }
}


static void
fit_all(enum rta_bg_variant variant, struct rta_bg_fit *fit)
{
    struct rta_bg_cells  cells;

    assert_int_equal(rta_bg_cells_init(&cells, buyers, CUSTOMERS), 0);
    assert_int_equal(rta_bg_fit_run(&cells, variant, NULL, NULL, fit), 0);
    rta_bg_cells_release(&cells);
}


/* Within five standard errors, and a tenth for days that hold two purchases
   of the model's time. */

static void
test_recovered(void **state)
{
    size_t             i, k;
    double             expected[RTA_BG_PARAMETERS];
    struct rta_bg_fit  fit;

    static const struct rta_bg_nbd  models[] = {
        { RTA_BG_NBD, 0.5, 60, 0.8, 2.5 },
        { RTA_MBG_NBD, 0.8, 60, 0.6, 1.5 }
    };

    (void) state;

    for (i = 0; i < COUNT(models); i++) {
        simulate_all(&models[i]);
        fit_all(models[i].variant, &fit);

        expected[RTA_BG_R] = models[i].r;
        expected[RTA_BG_ALPHA] = models[i].alpha;
        expected[RTA_BG_A] = models[i].a;
        expected[RTA_BG_B] = models[i].b;

        for (k = 0; k < RTA_BG_PARAMETERS; k++) {
            assert_true(fit.fit.errors[k] > 0);
            assert_true(fabs(fit.fit.values[k] - expected[k])
                        < 5 * fit.fit.errors[k] + 0.1 * expected[k]);
        }

        assert_true(fit.fit.has_converged && fit.fit.at_bound == 0);
        assert_true(fit.has_dropout && fit.p < 1e-6);
    }
}


/* Five shops where nobody leaves.  By the definition of p one of them may
   look otherwise once in a while; two at once in no one's lifetime. */

static void
test_no_dropout(void **state)
{
    int                i, found = 0;
    struct rta_bg_fit  fit;

    static const struct rta_bg_nbd  model = { RTA_MBG_NBD, 0.8, 60, 0, 0 };

    (void) state;

    for (i = 0; i < 5; i++) {
        simulate_all(&model);
        fit_all(i % 2 == 0 ? RTA_BG_NBD : RTA_MBG_NBD, &fit);

        assert_true(fit.likelihood_ratio >= 0);
        assert_true(fit.fit.log_likelihood > fit.nbd_log_likelihood - 2);
        found += fit.has_dropout;
    }

    assert_true(found <= 2);
}


static void
test_order_of_rows(void **state)
{
    size_t             i, k;
    struct rta_buyer   buyer;
    struct rta_bg_fit  before, after;

    static const struct rta_bg_nbd  model = { RTA_MBG_NBD, 0.8, 60, 0.6, 1.5 };

    (void) state;

    simulate_all(&model);
    fit_all(RTA_MBG_NBD, &before);

    for (i = CUSTOMERS - 1; i > 0; i--) {
        k = random_below(i + 1);
        buyer = buyers[i];
        buyers[i] = buyers[k];
        buyers[k] = buyer;
    }

    fit_all(RTA_MBG_NBD, &after);

    assert_memory_equal(before.fit.values, after.fit.values,
                        sizeof(before.fit.values));
    assert_memory_equal(before.fit.errors, after.fit.errors,
                        sizeof(before.fit.errors));
    assert_true(before.fit.log_likelihood == after.fit.log_likelihood);
}


/* The sum over cells is that over customers, and its slopes are its own. */

static void
test_sum(void **state)
{
    size_t               i;
    double               total, sum = 0, up, down, gradient[RTA_BG_PARAMETERS];
    double              *fields[RTA_BG_PARAMETERS];
    struct rta_bg_nbd    model = { RTA_BG_NBD, 0.7, 50, 0.9, 2.2 }, moved;
    struct rta_bg_cells  cells;
    struct rta_bg_point  point;

    (void) state;

    fields[RTA_BG_R] = &moved.r;
    fields[RTA_BG_ALPHA] = &moved.alpha;
    fields[RTA_BG_A] = &moved.a;
    fields[RTA_BG_B] = &moved.b;

    for ( ; model.variant <= RTA_MBG_NBD; model.variant++, sum = 0) {
        simulate_all(&model);
        assert_int_equal(rta_bg_cells_init(&cells, buyers, CUSTOMERS), 0);
        assert_true(cells.customers == CUSTOMERS && cells.n < CUSTOMERS);
        assert_int_equal(rta_bg_log_likelihood(&cells, &model, &total,
                                               gradient), 0);

        for (i = 0; i < CUSTOMERS; i++) {
            point.x = buyers[i].x;
            point.t_x = buyers[i].t_x_days;
            point.t = buyers[i].t_days;
            sum += rta_bg_nbd_log_likelihood(&model, &point);
        }

        assert_near(total, sum, 1e-12);

        for (i = 0; i < RTA_BG_PARAMETERS; i++) {
            moved = model;
            *fields[i] *= exp(1e-4);
            (void) rta_bg_log_likelihood(&cells, &moved, &up, NULL);
            *fields[i] *= exp(-2e-4);
            (void) rta_bg_log_likelihood(&cells, &moved, &down, NULL);

            assert_true(fabs((up - down) / 2e-4 - gradient[i])
                        < 1e-3 + 1e-5 * fabs(gradient[i]));
        }

        rta_bg_cells_release(&cells);
    }
}


static void
test_thin(void **state)
{
    size_t                   i;
    struct rta_bg_cells      cells, thin;
    const struct rta_bg_nbd  model = { RTA_MBG_NBD, 0.8, 60, 0.6, 1.5 };

    (void) state;

    simulate_all(&model);
    assert_int_equal(rta_bg_cells_init(&cells, buyers, CUSTOMERS), 0);

    assert_int_equal(rta_bg_cells_thin(&cells, 500, &thin), 0);
    assert_true(thin.customers == 500);
    assert_true(fabs(thin.repeats / 500 * CUSTOMERS / cells.repeats - 1)
                < 0.2);
    rta_bg_cells_release(&thin);

    assert_int_equal(rta_bg_cells_thin(&cells, CUSTOMERS * 2, &thin), 0);
    assert_int_equal(thin.n, cells.n);

    for (i = 0; i < cells.n; i++) {
        assert_int_equal(thin.items[i].x, cells.items[i].x);
        assert_int_equal(thin.items[i].t_x_days, cells.items[i].t_x_days);
        assert_int_equal(thin.items[i].t_days, cells.items[i].t_days);
        assert_true(thin.items[i].weight == cells.items[i].weight);
    }

    rta_bg_cells_release(&thin);
    rta_bg_cells_release(&cells);
}


static bool
stop_at_once(void *data)
{
    ++*(int *) data;

    return true;
}


static void
test_refused(void **state)
{
    int                  asked = 0;
    struct rta_bg_fit    fit;
    struct rta_buyer     once[2] = { { .t_days = 9 }, { .t_days = 30 } };
    struct rta_bg_cells  cells;

    (void) state;

    assert_int_equal(rta_bg_cells_init(&cells, once, 2), 0);
    assert_int_equal(rta_bg_fit_run(&cells, RTA_MBG_NBD, NULL, NULL, &fit),
                     RTN_ERR_LIMIT);
    rta_bg_cells_release(&cells);

    assert_int_equal(rta_bg_cells_init(&cells, NULL, 0), 0);
    assert_int_equal(rta_bg_fit_run(&cells, RTA_MBG_NBD, NULL, NULL, &fit),
                     RTN_ERR_LIMIT);
    rta_bg_cells_release(&cells);

    once[1].x = once[1].t_x_days = 1;
    assert_int_equal(rta_bg_cells_init(&cells, once, 2), 0);
    assert_int_equal(rta_bg_fit_run(&cells, RTA_MBG_NBD, stop_at_once, &asked,
                                    &fit), RTN_ERR_NOT_FOUND);
    assert_int_equal(asked, 1);
    rta_bg_cells_release(&cells);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_recovered),
        cmocka_unit_test(test_no_dropout),
        cmocka_unit_test(test_order_of_rows),
        cmocka_unit_test(test_sum),
        cmocka_unit_test(test_thin),
        cmocka_unit_test(test_refused)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
