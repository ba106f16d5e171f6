#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analysis/moments.h"
#include "rtn_money.h"

#define ROUNDS  200
#define VALUES  500


static uint64_t  seed = 20261122;


/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */

static uint64_t
next_random(void)
{
    uint64_t  z;

    z = (seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);

    return z ^ z >> 31;
}


static void
assert_near(double found, double expected, double relative)
{
    if (!(fabs(found - expected) <= relative * fabs(expected))) {
        fail_msg("%.17g is not %.17g", found, expected);
    }
}


static struct rta_summary
summary_of(const int64_t *values, size_t n)
{
    size_t              i;
    struct rta_moments  moments;
    struct rta_summary  summary;

    rta_moments_init(&moments);

    for (i = 0; i < n; i++) {
        assert_int_equal(rta_moments_add(&moments, values[i]), RTN_OK);
    }

    rta_moments_summary(&moments, &summary);

    return summary;
}


static void
test_hand(void **state)
{
    struct rta_summary  s;

    static const int64_t  values[] = { 10, 12, 14, 16 };
    static const int64_t  refunds[] = { -10, -12, -14, -16 };

    (void) state;

    s = summary_of(values, 4);
    assert_int_equal(s.n, 4);
    assert_true(s.mean == 13);
    assert_near(s.variance, 20 / 3.0, 1e-15);

    s = summary_of(refunds, 4);
    assert_true(s.mean == -13);
    assert_near(s.variance, 20 / 3.0, 1e-15);
}


static void
test_few(void **state)
{
    struct rta_summary  s;

    static const int64_t  one[] = { 77 };

    (void) state;

    s = summary_of(one, 0);
    assert_true(s.n == 0 && s.mean == 0 && s.variance == 0);

    s = summary_of(one, 1);
    assert_true(s.n == 1 && s.mean == 77 && s.variance == 0);
}


static void
test_zeros_in_bulk(void **state)
{
    int                 i;
    struct rta_moments  bulk, single;
    struct rta_summary  a, b;

    (void) state;

    rta_moments_init(&bulk);
    rta_moments_init(&single);

    assert_int_equal(rta_moments_add(&bulk, 2999), RTN_OK);
    assert_int_equal(rta_moments_add(&single, 2999), RTN_OK);
    assert_int_equal(rta_moments_add_zeros(&bulk, 1000), RTN_OK);

    for (i = 0; i < 1000; i++) {
        assert_int_equal(rta_moments_add(&single, 0), RTN_OK);
    }

    rta_moments_summary(&bulk, &a);
    rta_moments_summary(&single, &b);

    assert_int_equal(a.n, 1001);
    assert_true(a.mean == b.mean && a.variance == b.variance);
    assert_near(a.variance, 2999.0 * 2999 * (1 - 1 / 1001.0) / 1000, 1e-14);
}


/* Where the sum of squares less the square of the sum has no digit left. */

static void
test_no_cancellation(void **state)
{
    struct rta_summary  s;

    static const int64_t  values[] = {
        RTN_MONEY_MAX, RTN_MONEY_MAX - 1, RTN_MONEY_MAX - 2
    };

    (void) state;

    s = summary_of(values, 3);
    assert_true(s.mean == (double) (RTN_MONEY_MAX - 1));
    assert_true(s.variance == 1);
}


static void
test_limits(void **state)
{
    struct rta_moments  moments, before;

    (void) state;

    rta_moments_init(&moments);
    assert_int_equal(rta_moments_add(&moments, INT64_MIN), RTN_OK);

    before = moments;
    assert_int_equal(rta_moments_add(&moments, INT64_MIN), RTN_ERR_LIMIT);
    assert_memory_equal(&moments, &before, sizeof(moments));

    assert_int_equal(rta_moments_add_zeros(&moments, INT64_MAX),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_moments_add_zeros(&moments, INT64_MAX - 1), RTN_OK);
    assert_int_equal(rta_moments_add(&moments, 0), RTN_ERR_LIMIT);
}


/* Welford's updates in long double, another way to the same numbers. */

static void
test_against_welford(void **state)
{
    int                 i, k;
    int64_t             values[VALUES];
    long double         mean, m2, d;
    struct rta_summary  s;

    (void) state;

    printf("# seed %" PRIu64 "\n", seed);

    for (k = 0; k < ROUNDS; k++) {
        mean = 0;
        m2 = 0;

        for (i = 0; i < VALUES; i++) {
            values[i] = (int64_t) (next_random() % 2000001) - 500000;
            d = (long double) values[i] - mean;
            mean += d / (i + 1);
            m2 += d * ((long double) values[i] - mean);
        }

        s = summary_of(values, VALUES);
        assert_near(s.mean, (double) mean, 1e-12);
        assert_near(s.variance, (double) (m2 / (VALUES - 1)), 1e-12);
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_hand),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_zeros_in_bulk),
        cmocka_unit_test(test_no_cancellation),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_against_welford),
    };

    if (argc > 1) {
        seed = strtoull(argv[1], NULL, 10);
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
