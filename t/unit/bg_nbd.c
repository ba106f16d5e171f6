/*
 * Expected values: Fader, Hardie and Lee's CDNOW sample, 1997-01-01 to
 * 1997-09-30, as ../shared/data/README.md has them; the formulas of the
 * papers themselves, term by term; simulation is in bg_nbd_fit.c.
 */

#include "near.h"
#include "random.h"
#include "unit.h"

#include "analysis/bg_nbd.h"

#define WEEK  7.0

static const struct rta_bg_nbd  cdnow = {
    RTA_BG_NBD, 0.24259452, 4.41360202, 0.79292202, 2.42590678
};
static const struct rta_bg_nbd  cdnow_modified = {
    RTA_MBG_NBD, 0.52484316, 6.18308528, 0.89135939, 1.61400224
};


static void
test_published(void **state)
{
    size_t               i;
    struct rta_bg_point  point;

    static const struct {
        double  x, t_x_days, t_days, alive, horizon, expected;
    } cases[] = {
        { 2, 213, 272, 0.726620, 0, 0 },                /* customer 1 */
        { 1, 12, 272, 0.212391, 0, 0 },                 /* 2 */
        { 0, 0, 272, 1, 0, 0 },                         /* 3 */
        { 29, 264, 266, 0.969221, 39, 20.05525 },       /* 157 */
        { 26, 216, 217, 0.968854, 52, 25.757 }          /* 1516 */
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        point.x = cases[i].x;
        point.t_x = cases[i].t_x_days / WEEK;
        point.t = cases[i].t_days / WEEK;

        assert_true(fabs(rta_bg_nbd_alive(&cdnow, &point) - cases[i].alive)
                    < 1e-6);

        if (cases[i].horizon > 0) {
            assert_near(rta_bg_nbd_expected(&cdnow, &point,
                                            cases[i].horizon),
                        cases[i].expected, 2e-5);
        }
    }
}


/* Customers who all leave with one probability: a and b are large.  The sums
   of the published form in decimals of 60 digits, by Python. */

static void
test_alike(void **state)
{
    size_t  i;

    static const struct {
        struct rta_bg_nbd    model;
        struct rta_bg_point  point;
        double               horizon;
        double               expected;
    } cases[] = {
        { { RTA_MBG_NBD, 1.5, 110, 2488, 9999 }, { 3, 150, 200 }, 364,
          1.98250259433933 },
        { { RTA_MBG_NBD, 1.5, 110, 2488, 9999 }, { 170, 390, 400 }, 364,
          0.612942458517941 },
        { { RTA_MBG_NBD, 1.5, 110, 2488, 9999 }, { 0, 0, 30 }, 3640,
          3.45828368596586 },
        { { RTA_MBG_NBD, 0.5, 30, 40, 100 }, { 3, 150, 200 }, 364,
          1.36148416837142 }
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        assert_near(rta_bg_nbd_expected(&cases[i].model, &cases[i].point,
                                        cases[i].horizon),
                    cases[i].expected, 1e-12);
    }
}


static struct rta_bg_nbd
random_model(enum rta_bg_variant variant)
{
    struct rta_bg_nbd  model = {
        variant, 0.1 + (double) random_below(300) / 100,
        1 + (double) random_below(3000) / 100,
        0.15 + (double) random_below(300) / 100,
        0.15 + (double) random_below(500) / 100
    };

    return model;
}


static struct rta_bg_point
random_point(unsigned x_max)
{
    struct rta_bg_point  point;

    point.x = (double) random_below(x_max + 1);
    point.t = 1 + (double) random_below(5000) / 100;
    point.t_x = point.x > 0 ? point.t * (1 + (double) random_below(1000))
                              / 1000 : 0;

    return point;
}


/* The power series of 2F1 in long double; enough for small z. */

static long double
series(long double a, long double b, long double c, long double z)
{
    int          k;
    long double  term = 1, sum = 1;

    for (k = 0; k < 20000; k++) {
        term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z;
        sum += term;
    }

    return sum;
}


/* As printed, with the pole at a = 1 and 2F1 as it comes. */

static double
expected_printed(const struct rta_bg_nbd *m, const struct rta_bg_point *p,
    double horizon)
{
    double  n = p->x + (double) m->variant;
    double  c = m->a + m->b + n - 1, all = m->alpha + p->t + horizon;

    return (double) (c / (m->a - 1)
                     * (1 - powl((m->alpha + p->t) / all, m->r + p->x)
                            * series(m->r + p->x, m->b + n, c, horizon / all)))
           * rta_bg_nbd_alive(m, p);
}


static void
test_expected(void **state)
{
    int                  i;
    double               horizon;
    struct rta_bg_nbd    model;
    struct rta_bg_point  point;

    (void) state;

    for (i = 0; i < 400; i++) {
        model = random_model(i % 2 == 0 ? RTA_BG_NBD : RTA_MBG_NBD);
        point = random_point(20);
        horizon = 0.1 + (double) random_below(2000) / 100;

        if (fabs(model.a - 1) < 0.02
            || fabs(model.a + model.b + point.x - 1) < 0.02)
        {
            continue;
        }

        assert_near(rta_bg_nbd_expected(&model, &point, horizon),
                    expected_printed(&model, &point, horizon), 1e-8);
    }
}


/* At a = 1, and at a + b = 1 without purchases, the printed formula is 0/0;
   ours goes through. */

static void
test_expected_smooth(void **state)
{
    size_t               i;
    double               middle, around;
    struct rta_bg_nbd    at, below, above;
    struct rta_bg_point  point = { 3, 20, 30 };

    (void) state;

    for (i = 0; i < 4; i++) {
        at = i % 2 == 0 ? cdnow : cdnow_modified;
        at.a = 1;

        if (i >= 2) {
            point = (struct rta_bg_point) { 0, 0, 30 };
            at.a = 0.4;
            at.b = 0.6;
        }

        below = above = at;
        below.a -= 1e-6;
        above.a += 1e-6;

        middle = rta_bg_nbd_expected(&at, &point, 39);
        around = (rta_bg_nbd_expected(&below, &point, 39)
                  + rta_bg_nbd_expected(&above, &point, 39)) / 2;

        assert_near(middle, around, 1e-9);
        assert_true(middle > 0);
    }
}


static void
test_expected_grows(void **state)
{
    int                  i;
    double               horizon, before = 0, now;
    struct rta_bg_point  point = { 3, 20, 30 };

    (void) state;

    assert_true(rta_bg_nbd_expected(&cdnow, &point, 0) == 0);

    for (i = 0, horizon = 0.01; i < 30; i++, horizon *= 1.5) {
        now = rta_bg_nbd_expected(&cdnow, &point, horizon);
        assert_true(now > before);
        before = now;
    }
}


/* The products of the paper, without logarithms, for few purchases. */

static double
likelihood_printed(const struct rta_bg_nbd *m, const struct rta_bg_point *p)
{
    double  n = p->x + (double) m->variant;
    double  common, sum;

    common = tgamma(m->r + p->x) / tgamma(m->r) * pow(m->alpha, m->r);
    sum = tgamma(m->b + n) * tgamma(m->a + m->b)
          / (tgamma(m->b) * tgamma(m->a + m->b + n))
          * pow(m->alpha + p->t, -m->r - p->x);

    if (n > 0) {
        sum += tgamma(m->a + 1) * tgamma(m->b + n - 1) * tgamma(m->a + m->b)
               / (tgamma(m->a) * tgamma(m->b) * tgamma(m->a + m->b + n))
               * pow(m->alpha + p->t_x, -m->r - p->x);
    }

    return log(common * sum);
}


static void
test_likelihood(void **state)
{
    int                  i;
    struct rta_bg_nbd    model;
    struct rta_bg_point  point;

    (void) state;

    for (i = 0; i < 1000; i++) {
        model = random_model(i % 2 == 0 ? RTA_BG_NBD : RTA_MBG_NBD);
        point = random_point(15);

        assert_true(fabs(rta_bg_nbd_log_likelihood(&model, &point)
                         - likelihood_printed(&model, &point)) < 1e-9);
    }
}


static void
test_units(void **state)
{
    int                  i;
    struct rta_bg_nbd    weeks, days;
    struct rta_bg_point  in_weeks, in_days;

    (void) state;

    for (i = 0; i < 200; i++) {
        days = weeks = random_model(i % 2 == 0 ? RTA_BG_NBD : RTA_MBG_NBD);
        days.alpha *= WEEK;
        in_days = in_weeks = random_point(30);
        in_days.t_x *= WEEK;
        in_days.t *= WEEK;

        assert_true(fabs(rta_bg_nbd_log_likelihood(&days, &in_days)
                         + in_days.x * log(WEEK)
                         - rta_bg_nbd_log_likelihood(&weeks, &in_weeks))
                    < 1e-9);
        assert_near(rta_bg_nbd_alive(&days, &in_days),
                    rta_bg_nbd_alive(&weeks, &in_weeks), 1e-12);
        assert_near(rta_bg_nbd_expected(&days, &in_days, 39 * WEEK),
                    rta_bg_nbd_expected(&weeks, &in_weeks, 39), 1e-10);
    }
}


/* Who bought once may have left in one model and not in the other. */

static void
test_bought_once(void **state)
{
    double               before, now;
    struct rta_bg_point  point = { 0, 0, 1 };

    (void) state;

    for (before = 1; point.t < 1000; point.t *= 2, before = now) {
        assert_true(rta_bg_nbd_alive(&cdnow, &point) == 1);

        now = rta_bg_nbd_alive(&cdnow_modified, &point);
        assert_true(now > 0 && now < before);
    }
}


/* CDNOW has a customer with 171 purchase days, others have more. */

static void
test_heavy_buyers(void **state)
{
    size_t               i, k;
    double               alive, expected;
    struct rta_bg_nbd    model;
    struct rta_bg_point  point;

    static const double  counts[] = { 170, 300, 10000 };
    static const double  silences[] = { 0, 1, 20, 500 };

    (void) state;

    for (i = 0; i < 2 * COUNT(counts) * COUNT(silences); i++) {
        k = i / 2;
        model = i % 2 == 0 ? cdnow : cdnow_modified;
        point.x = counts[k % COUNT(counts)];
        point.t_x = 77;
        point.t = point.t_x + silences[k / COUNT(counts)];

        alive = rta_bg_nbd_alive(&model, &point);
        expected = rta_bg_nbd_expected(&model, &point, 52);

        assert_true(isfinite(rta_bg_nbd_log_likelihood(&model, &point)));
        assert_true(alive >= 0 && alive <= 1);
        assert_true(isfinite(expected) && expected >= 0);
    }

    point = (struct rta_bg_point) { 170, 77, 77 };
    assert_true(rta_bg_nbd_expected(&cdnow, &point, 52) > 50);
    point.t = 577;
    assert_true(rta_bg_nbd_alive(&cdnow, &point) < 1e-100);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_expected),
        cmocka_unit_test(test_expected_smooth),
        cmocka_unit_test(test_expected_grows),
        cmocka_unit_test(test_likelihood),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_bought_once),
        cmocka_unit_test(test_heavy_buyers)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
