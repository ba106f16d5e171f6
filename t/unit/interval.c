#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/exact.h"
#include "analysis/interval.h"

#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))
#define SIMULATIONS  10000


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
assert_within(double found, double expected, double margin)
{
    if (!(fabs(found - expected) <= margin)) {
        fail_msg("%.17g is not %.17g", found, expected);
    }
}


static void
assert_is_finite(const struct rta_comparison *c)
{
    assert_true(isfinite(c->difference) && isfinite(c->low)
                && isfinite(c->high) && isfinite(c->p)
                && isfinite(c->relative) && isfinite(c->relative_low)
                && isfinite(c->relative_high));
}


static void
test_wilson(void **state)
{
    char                 text[32];
    struct rta_interval  w;

    (void) state;

    /* 81 of 263, Newcombe, Statistics in Medicine 17:857 (1998), table I. */

    w = rta_wilson(81, 263, RTA_LEVEL);
    assert_within(w.low, 0.2553, 5e-5);
    assert_within(w.high, 0.3662, 5e-5);

    w = rta_wilson(0, 20, RTA_LEVEL);
    assert_within(w.high, 0.1611, 5e-5);
    (void) snprintf(text, sizeof(text), "%.17g", w.low);
    assert_string_equal(text, "0");

    w = rta_wilson(20, 20, RTA_LEVEL);
    assert_within(w.low, 1 - 0.1611, 5e-5);
    assert_true(w.high == 1);
}


/* Newcombe, Statistics in Medicine 17:873 (1998), table II, method 10. */

static void
test_newcombe_examples(void **state)
{
    size_t                 i;
    struct rta_comparison  c;

    static const struct {
        uint64_t  x1, n1, x0, n0;
        double    low, high;
    } cases[] = {
        { 56, 70, 48, 80, 0.0524, 0.3339 },
        { 9, 10, 3, 10, 0.1705, 0.8090 },
        { 0, 10, 0, 20, -0.1611, 0.2775 },
    };

    (void) state;

    for (i = 0; i < COUNT(cases); i++) {
        rta_compare_shares(cases[i].x1, cases[i].n1, cases[i].x0, cases[i].n0,
                           RTA_LEVEL, &c);
        assert_true(c.has_interval);
        assert_within(c.low, cases[i].low, 5e-5);
        assert_within(c.high, cases[i].high, 5e-5);

        rta_compare_shares(cases[i].x0, cases[i].n0, cases[i].x1, cases[i].n1,
                           RTA_LEVEL, &c);
        assert_within(c.low, -cases[i].high, 5e-5);
        assert_within(c.high, -cases[i].low, 5e-5);
    }
}


/* Hillstrom's e-mail test (2008): women's e-mail against none. */

static void
test_hillstrom_shares(void **state)
{
    struct rta_comparison  c;

    (void) state;

    rta_compare_shares(189, 21387, 122, 21306, RTA_LEVEL, &c);
    assert_int_equal(c.method, RTA_METHOD_NEWCOMBE_Z);
    assert_within(c.difference, 0.003111, 5e-7);
    assert_within(c.low, 0.001502, 5e-7);
    assert_within(c.high, 0.004745, 5e-7);
    assert_true(c.has_p);
    assert_within(c.p, 1.57e-4, 5e-7);
    assert_true(c.has_relative && c.has_relative_interval);
    assert_within(c.relative, 0.543, 5e-4);
    assert_within(c.relative_low, 0.230, 5e-4);
    assert_within(c.relative_high, 0.936, 5e-4);

    rta_compare_shares(3238, 21387, 2262, 21306, RTA_LEVEL, &c);
    assert_within(c.difference, 0.04523, 5e-6);
    assert_within(c.low, 0.03889, 5e-6);
    assert_within(c.high, 0.05157, 5e-6);
}


/* The same customers' spend; sums and squares of what they paid, cents. */

static void
test_hillstrom_spend(void **state)
{
    struct rta_summary     treated, heldout;
    struct rta_comparison  c;

    static const struct rta_moments  womens = { 21387, 2303811, 49114465763 };
    static const struct rta_moments  none = { 21306, 1390833, 28700503621 };

    (void) state;

    rta_moments_summary(&womens, &treated);
    rta_moments_summary(&none, &heldout);
    rta_compare_means(&treated, &heldout, RTA_LEVEL, &c);

    assert_int_equal(c.method, RTA_METHOD_WELCH);
    assert_within(c.difference, 42.44, 5e-3);
    assert_true(c.has_interval);
    assert_within(c.low, 16.90, 5e-3);
    assert_within(c.high, 67.99, 5e-3);
    assert_true(c.has_p);
    assert_within(c.p, 1.13e-3, 5e-6);
    assert_true(c.has_relative_interval && c.relative_low > 0);
}


/*
 * 10, 12, 14, 16 against 1 to 5, by hand: v = 20/12 and 5/10, df 4.7494,
 * t 6.7937; p and the t quantile 2.6119 from 30-digit arithmetic.
 */

static void
test_welch(void **state)
{
    struct rta_comparison  c;

    static const struct rta_summary  treated = { 4, 13, 20 / 3.0 };
    static const struct rta_summary  heldout = { 5, 3, 2.5 };

    (void) state;

    rta_compare_means(&treated, &heldout, RTA_LEVEL, &c);

    assert_true(c.difference == 10);
    assert_within(c.p, 0.00128689857530613, 1e-12);
    assert_within(c.low, 6.15536361605991, 1e-9);
    assert_within(c.high, 13.8446363839401, 1e-9);
    assert_within(c.relative, 10 / 3.0, 1e-12);
    assert_within(c.relative_low, 1.62489307676938, 1e-9);
    assert_within(c.relative_high, 6.15373054390801, 1e-9);
}


static void
test_shares_not_estimable(void **state)
{
    struct rta_comparison  c;

    (void) state;

    rta_compare_shares(0, 0, 1, 10, RTA_LEVEL, &c);
    assert_false(c.has_difference || c.has_interval || c.has_p
                 || c.has_relative || c.has_relative_interval);

    rta_compare_shares(5, 100, 0, 100, RTA_LEVEL, &c);
    assert_true(c.has_difference && c.has_interval && c.has_p);
    assert_false(c.has_relative || c.has_relative_interval);

    rta_compare_shares(0, 100, 5, 100, RTA_LEVEL, &c);
    assert_true(c.has_relative && c.relative == -1);
    assert_false(c.has_relative_interval);

    rta_compare_shares(100, 100, 100, 100, RTA_LEVEL, &c);
    assert_true(c.p == 1 && c.difference == 0 && c.relative == 0);
    assert_false(c.has_relative_interval);

    rta_compare_shares(0, 100, 0, 100, RTA_LEVEL, &c);
    assert_true(c.p == 1 && c.low < 0 && c.high > 0);
}


static void
test_means_not_estimable(void **state)
{
    struct rta_comparison  c;

    static const struct rta_summary  some = { 10, 5, 2 };
    static const struct rta_summary  nobody = { 0, 0, 0 };
    static const struct rta_summary  one = { 1, 7, 0 };
    static const struct rta_summary  constant = { 10, 5, 0 };
    static const struct rta_summary  zeros = { 10, 0, 0 };
    static const struct rta_summary  refunds = { 10, -1, 3 };

    (void) state;

    rta_compare_means(&some, &nobody, RTA_LEVEL, &c);
    assert_false(c.has_difference || c.has_interval || c.has_p
                 || c.has_relative);

    rta_compare_means(&one, &some, RTA_LEVEL, &c);
    assert_true(c.has_difference && c.difference == 2);
    assert_false(c.has_interval || c.has_p || c.has_relative_interval);
    assert_true(c.has_relative);

    rta_compare_means(&constant, &constant, RTA_LEVEL, &c);
    assert_true(c.has_difference && c.has_relative && c.relative == 0);
    assert_false(c.has_interval || c.has_p || c.has_relative_interval);

    rta_compare_means(&some, &constant, RTA_LEVEL, &c);
    assert_true(c.has_interval && c.has_p && c.has_relative_interval);

    rta_compare_means(&some, &zeros, RTA_LEVEL, &c);
    assert_true(c.has_interval && c.has_p);
    assert_false(c.has_relative || c.has_relative_interval);

    rta_compare_means(&refunds, &some, RTA_LEVEL, &c);
    assert_true(c.has_interval && c.has_p);
    assert_false(c.has_relative || c.has_relative_interval);
}


/* Every table of up to 12 against 9, and extremes of means: all finite. */

static void
test_always_finite(void **state)
{
    size_t                 i, k;
    uint64_t               x1, n1, x0, n0;
    struct rta_comparison  c;

    static const struct rta_summary  extremes[] = {
        { 2, 1e-300, 1e-300 }, { 2, 1e15, 1e30 }, { UINT32_MAX, 1e-9, 1e-20 },
        { 2, -1e15, 1e30 }, { 2, 1e-300, 1e30 }, { 3, 0, 0 }
    };

    (void) state;

    for (n1 = 0; n1 <= 12; n1++) {
        for (n0 = 0; n0 <= 9; n0++) {
            for (x1 = 0; x1 <= n1; x1++) {
                for (x0 = 0; x0 <= n0; x0++) {
                    rta_compare_shares(x1, n1, x0, n0, RTA_LEVEL, &c);
                    assert_is_finite(&c);
                    assert_true(c.low >= -1 && c.high <= 1);
                    assert_true(c.low <= c.difference
                                && c.difference <= c.high);
                    assert_true(c.p >= 0 && c.p <= 1);
                }
            }
        }
    }

    for (i = 0; i < COUNT(extremes); i++) {
        for (k = 0; k < COUNT(extremes); k++) {
            rta_compare_means(&extremes[i], &extremes[k], RTA_LEVEL, &c);
            assert_is_finite(&c);
        }
    }
}


/*
 * Fisher's lady tasting tea (The Design of Experiments, 1935): 3 of 4 against
 * 1 of 4 is 34/70, all right 2/70.  Two hits, both among the 10 and none among
 * the million: 10 * 9 / (1000010 * 1000009).
 */

static void
test_fisher(void **state)
{
    struct rta_comparison  c;

    (void) state;

    assert_within(rta_fisher_p(3, 4, 1, 4), 34 / 70.0, 1e-12);
    assert_within(rta_fisher_p(4, 4, 0, 4), 2 / 70.0, 1e-12);
    assert_within(rta_fisher_p(2, 4, 2, 4), 1, 1e-12);
    assert_within(rta_fisher_p(0, 1000000, 2, 10) * 1000010 * 1000009, 90,
                  1e-6);
    assert_within(rta_fisher_p(0, 5, 0, 7), 1, 0);

    rta_compare_shares(3, 4, 1, 4, RTA_LEVEL, &c);
    assert_int_equal(c.method, RTA_METHOD_NEWCOMBE_FISHER);
    assert_within(c.p, 34 / 70.0, 1e-12);

    rta_compare_shares(5, 100, 5, 100, RTA_LEVEL, &c);
    assert_int_equal(c.method, RTA_METHOD_NEWCOMBE_Z);
    rta_compare_shares(5, 100, 4, 100, RTA_LEVEL, &c);
    assert_int_equal(c.method, RTA_METHOD_NEWCOMBE_FISHER);
}


static uint64_t
next_binomial(unsigned n, double p)
{
    unsigned  i;
    uint64_t  limit, x;

    limit = (uint64_t) (p * 18446744073709551616.0);
    x = 0;

    for (i = 0; i < n; i++) {
        x += next_random() < limit;
    }

    return x;
}


/* Shares of a shop: 3 % of the treated, 2 % of a smaller hold-out. */

static void
test_coverage(void **state)
{
    int                    i, covered;
    uint64_t               x1, x0;
    struct rta_comparison  c;

    (void) state;

    printf("# seed %" PRIu64 "\n", seed);
    covered = 0;

    for (i = 0; i < SIMULATIONS; i++) {
        x1 = next_binomial(1500, 0.03);
        x0 = next_binomial(500, 0.02);
        rta_compare_shares(x1, 1500, x0, 500, RTA_LEVEL, &c);
        covered += c.low <= 0.01 && 0.01 <= c.high;
    }

    printf("# covered %d of %d\n", covered, SIMULATIONS);
    assert_in_range(covered, SIMULATIONS * 0.94, SIMULATIONS * 0.965);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_newcombe_examples),
        cmocka_unit_test(test_hillstrom_shares),
        cmocka_unit_test(test_hillstrom_spend),
        cmocka_unit_test(test_welch),
        cmocka_unit_test(test_shares_not_estimable),
        cmocka_unit_test(test_means_not_estimable),
        cmocka_unit_test(test_always_finite),
        cmocka_unit_test(test_fisher),
        cmocka_unit_test(test_coverage),
    };

    if (argc > 1) {
        seed = strtoull(argv[1], NULL, 10);
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
