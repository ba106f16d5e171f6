/* Shares of the top customers, and Gini's coefficient. */

#include <math.h>

#include "unit.h"

#include "analysis/concentration.h"
#include "random.h"

static struct rta_concentration  concentration;


static int
concentration_release(void **state)
{
    (void) state;

    rta_concentration_release(&concentration);

    return 0;
}


static void
concentration_add(const int64_t *spends, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        assert_int_equal(rta_concentration_add(&concentration, spends[i]), 0);
    }
}


static void
test_nobody(void **state)
{
    double          gini;
    struct rta_top  top;

    (void) state;

    top = rta_concentration_top(&concentration, 10);
    assert_int_equal(top.customers, 0);
    assert_true(top.share == 0);
    assert_false(rta_concentration_gini(&concentration, &gini));

    concentration_add((int64_t []) { 0, -5 }, 2);
    assert_false(rta_concentration_gini(&concentration, &gini));

    top = rta_concentration_top(&concentration, 100);
    assert_int_equal(top.customers, 2);
    assert_true(top.share == 0);
}


/* 1, 2, 3, 4: G = 2 (1 + 4 + 9 + 16) / (4 * 10) - 5 / 4 = 0.25. */

static void
test_four(void **state)
{
    double          gini;
    struct rta_top  top;

    (void) state;

    concentration_add((int64_t []) { 2, 4, 1, 3 }, 4);

    assert_true(rta_concentration_gini(&concentration, &gini));
    assert_true(fabs(gini - 0.25) < 1e-15);

    /* a part of a customer is a customer */
    top = rta_concentration_top(&concentration, 1);
    assert_int_equal(top.customers, 1);
    assert_int_equal(top.spend_minor, 4);
    assert_true(top.share == 0.4);

    top = rta_concentration_top(&concentration, 25);
    assert_int_equal(top.customers, 1);
    top = rta_concentration_top(&concentration, 26);
    assert_int_equal(top.customers, 2);
    assert_int_equal(top.spend_minor, 7);

    top = rta_concentration_top(&concentration, 100);
    assert_int_equal(top.spend_minor, 10);
    assert_true(top.share == 1);

    /* one more, after it was sorted */
    concentration_add((int64_t []) { 90 }, 1);
    top = rta_concentration_top(&concentration, 1);
    assert_int_equal(top.spend_minor, 90);
}


static void
test_extremes(void **state)
{
    int     i;
    double  gini;

    (void) state;

    for (i = 0; i < 100; i++) {
        concentration_add((int64_t []) { 1000 }, 1);
    }

    assert_true(rta_concentration_gini(&concentration, &gini));
    assert_true(gini == 0);
    rta_concentration_release(&concentration);

    for (i = 0; i < 100; i++) {
        concentration_add((int64_t []) { i == 42 ? INT64_MAX : 0 }, 1);
    }

    assert_true(rta_concentration_gini(&concentration, &gini));
    assert_true(fabs(gini - 0.99) < 1e-12);
}


/* The same as the mean difference of all pairs, which is its definition. */

static void
test_pairs(void **state)
{
    size_t   i, j;
    double   gini, differences = 0, sum = 0;
    int64_t  spends[200];

    (void) state;

    for (i = 0; i < COUNT(spends); i++) {
        spends[i] = (int64_t) (random_below(1000) * random_below(1000)) + 1;
    }

    concentration_add(spends, COUNT(spends));

    for (i = 0; i < COUNT(spends); i++) {
        sum += (double) spends[i];

        for (j = 0; j < COUNT(spends); j++) {
            differences += fabs((double) (spends[i] - spends[j]));
        }
    }

    assert_true(rta_concentration_gini(&concentration, &gini));
    assert_true(fabs(gini - differences / (2.0 * COUNT(spends) * sum))
                < 1e-12);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test_teardown(test_nobody, concentration_release),
        cmocka_unit_test_teardown(test_four, concentration_release),
        cmocka_unit_test_teardown(test_extremes, concentration_release),
        cmocka_unit_test_teardown(test_pairs, concentration_release)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
