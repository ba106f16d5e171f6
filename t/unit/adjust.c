/* CUPED and post-stratification, by small examples worked out by hand, and
   what must hold of any. */

#include <math.h>

#include "analysis/adjust.h"
#include "analysis/bootstrap.h"
#include "analysis/random.h"
#include "near.h"
#include "unit.h"

#define CUSTOMERS  2000


static void
fill(struct rta_pairs *pairs, const int64_t (*rows)[2], size_t n)
{
    size_t  i;

    memset(pairs, 0, sizeof(*pairs));

    for (i = 0; i < n; i++) {
        assert_int_equal(rta_pairs_add(pairs, rows[i][0], rows[i][1]), 0);
    }
}


/*
 * y = 2 x + 10 for the treated and 2 x for the others, but for one who has 1
 * more.  With x of both arms 1 ... 4: var x = 10/7 over the eight; cov = 20/7
 * + 1 * (4 - 2.5) / 7; so theta = 2.15.
 */

static void
test_cuped_by_hand(void **state)
{
    struct rta_pairs     treated, heldout;
    struct rta_adjusted  adjusted;

    static const int64_t  ones[][2] = { { 1, 12 }, { 2, 14 }, { 3, 16 },
                                        { 4, 19 } };
    static const int64_t  others[][2] = { { 1, 2 }, { 2, 4 }, { 3, 6 },
                                          { 4, 8 } };

    (void) state;

    fill(&treated, ones, 4);
    fill(&heldout, others, 4);
    assert_true(rta_cuped(&treated, &heldout, RTA_LEVEL, &adjusted));

    /* x is balanced, so the difference stays what it was: 61/4 - 20/4. */

    assert_near(adjusted.comparison.difference, 10.25, 1e-12);

    /* Left: y - 2.15 x.  Treated 9.85, 9.7, 9.55, 10.4; held out -0.15, -0.3,
       -0.45, -0.6; variances 0.1375 and 0.0375; before 26.75/3 and 20/3. */

    assert_near(adjusted.saved, 1 - (0.1375 + 0.0375)
                                    / (26.75 / 3 + 20.0 / 3), 1e-9);
}


/* An imbalance of the past is taken off. */

static void
test_cuped_takes_off(void **state)
{
    size_t               i;
    struct rta_pairs     treated = { 0 }, heldout = { 0 };
    struct rta_adjusted  adjusted;

    (void) state;

    for (i = 0; i < 100; i++) {
        assert_int_equal(rta_pairs_add(&treated, (int64_t) i + 7,
                                       3 * ((int64_t) i + 7)), 0);
        assert_int_equal(rta_pairs_add(&heldout, (int64_t) i,
                                       3 * (int64_t) i), 0);
    }

    assert_true(rta_cuped(&treated, &heldout, RTA_LEVEL, &adjusted));
    assert_true(fabs(adjusted.comparison.difference) < 1e-9);
    assert_near(adjusted.rho, 1, 1e-12);
    assert_near(adjusted.saved, 1, 1e-9);
}


static void
test_cuped_has_nothing(void **state)
{
    struct rta_pairs     treated, heldout, empty = { 0 };
    struct rta_adjusted  adjusted;

    static const int64_t  flat[][2] = { { 5, 1 }, { 5, 2 }, { 5, 9 } };
    static const int64_t  still[][2] = { { 1, 4 }, { 2, 4 }, { 3, 4 } };

    (void) state;

    fill(&treated, flat, 3);
    fill(&heldout, flat, 3);
    assert_false(rta_cuped(&treated, &heldout, RTA_LEVEL, &adjusted));

    fill(&treated, still, 3);
    fill(&heldout, still, 3);
    assert_false(rta_cuped(&treated, &heldout, RTA_LEVEL, &adjusted));
    assert_false(rta_cuped(&treated, &empty, RTA_LEVEL, &adjusted));
    assert_int_equal(rta_pairs_add(&treated, INT64_MAX, 1), RTN_ERR_LIMIT);
}


/* Two strata of 100 and 300 customers: 0.25 * 2 + 0.75 * 4 = 3.5; variance
   0.0625 (1/50 + 1/50) + 0.5625 (4/150 + 4/150). */

static void
test_strata_by_hand(void **state)
{
    double               variance = 0.0625 * 0.04 + 0.5625 * 8 / 150;
    struct rta_adjusted  adjusted;

    static const struct rta_stratum  strata[] = {
        { { 50, 3, 1 }, { 50, 1, 1 } },
        { { 0, 0, 0 }, { 0, 0, 0 } },           /* an empty one says nothing */
        { { 150, 9, 4 }, { 150, 5, 4 } }
    };
    static const struct rta_stratum  all = { { 200, 7.5, 10 },
                                             { 200, 4, 6 } };
    static const struct rta_stratum  alone = { { 1, 3, 0 }, { 50, 1, 1 } };

    (void) state;

    assert_true(rta_post_stratify(strata, 3, &all, RTA_LEVEL, &adjusted));
    assert_near(adjusted.comparison.difference, 3.5, 1e-12);
    assert_near((adjusted.comparison.high - adjusted.comparison.low) / 2,
                sqrt(variance) * 1.968, 1e-3);
    assert_near(adjusted.saved, 1 - variance / (10.0 / 200 + 6.0 / 200),
                1e-12);

    assert_false(rta_post_stratify(&alone, 1, &alone, RTA_LEVEL, &adjusted));
}


/* For many buyers the bootstrap's interval is Welch's, nearly; the same seed
   gives the same; nothing spent gives nothing. */

static void
test_bootstrap(void **state)
{
    size_t                    i;
    int64_t                   one[300], other[200];
    struct rta_interval       found, again;
    struct rta_moments        a = { 0 }, b = { 0 };
    struct rta_summary        x, y;
    struct rta_comparison     welch;
    struct rta_random         random = { 7 };
    struct rta_bootstrap_arm  treated = { CUSTOMERS, one, COUNT(one) };
    struct rta_bootstrap_arm  heldout = { CUSTOMERS, other, COUNT(other) };

    (void) state;

    for (i = 0; i < COUNT(one); i++) {
        one[i] = 1000 + (int64_t) rta_random_below(&random, 5000);
        assert_int_equal(rta_moments_add(&a, one[i]), 0);
    }

    for (i = 0; i < COUNT(other); i++) {
        other[i] = 1000 + (int64_t) rta_random_below(&random, 5000);
        assert_int_equal(rta_moments_add(&b, other[i]), 0);
    }

    assert_int_equal(rta_moments_add_zeros(&a, CUSTOMERS - COUNT(one)), 0);
    assert_int_equal(rta_moments_add_zeros(&b, CUSTOMERS - COUNT(other)), 0);
    rta_moments_summary(&a, &x);
    rta_moments_summary(&b, &y);
    rta_compare_means(&x, &y, RTA_LEVEL, &welch);

    assert_int_equal(rta_bootstrap(&treated, &heldout, 1, RTA_LEVEL, &found),
                     0);
    assert_near(found.high - found.low, welch.high - welch.low, 0.05);
    assert_near(found.low, welch.low, 0.05);

    assert_int_equal(rta_bootstrap(&treated, &heldout, 1, RTA_LEVEL, &again),
                     0);
    assert_true(again.low == found.low && again.high == found.high);

    treated.count = heldout.count = 0;
    assert_int_equal(rta_bootstrap(&treated, &heldout, 1, RTA_LEVEL, &found),
                     0);
    assert_true(found.low == 0 && found.high == 0);
}


/* Everybody bought: there is no one to leave out of a draw. */

static void
test_bootstrap_of_buyers_alone(void **state)
{
    struct rta_interval       found;
    static const int64_t      same[] = { 500, 500, 500 };
    struct rta_bootstrap_arm  treated = { 3, same, 3 };
    struct rta_bootstrap_arm  heldout = { 10, same, 0 };

    (void) state;

    assert_int_equal(rta_bootstrap(&treated, &heldout, 1, RTA_LEVEL, &found),
                     0);
    assert_true(found.low == 500 && found.high == 500);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_cuped_by_hand),
        cmocka_unit_test(test_cuped_takes_off),
        cmocka_unit_test(test_cuped_has_nothing),
        cmocka_unit_test(test_strata_by_hand),
        cmocka_unit_test(test_bootstrap),
        cmocka_unit_test(test_bootstrap_of_buyers_alone)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
