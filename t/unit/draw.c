#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "analysis/draw.h"
#include "analysis/special.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define CUSTOMERS  100000
#define CELLS      100

/* A fair draw falls below it once in a million seeds. */
#define P_MIN      1e-6


static uint64_t  seed = 20261122;
static uint8_t   secret[RTA_DRAW_SECRET_LEN];

static const uint32_t  whole[] = { RTA_DRAW_PPM };


static struct rta_draw
draw_number(uint32_t campaign, unsigned customer, uint32_t holdout_ppm,
    const uint32_t *shares, size_t n)
{
    char             id[16];
    struct rta_draw  draw;

    (void) snprintf(id, sizeof(id), "%u", customer);
    assert_int_equal(rta_draw(secret, campaign,
                              (struct rtn_str) { id, strlen(id) },
                              holdout_ppm, shares, n, &draw),
                     RTN_OK);

    return draw;
}


/*
 * The bytes are a promise: values of BLAKE2b from another implementation
 * (Python's hashlib), key 00 01 .. 1F.
 */

static void
test_frozen(void **state)
{
    size_t           i, k;
    uint8_t          key[RTA_DRAW_SECRET_LEN];
    uint32_t         shares[2];
    struct rta_draw  draw;

    static const struct {
        uint32_t        campaign;
        struct rtn_str  id;
        uint32_t        holdout;
        uint32_t        arm;
        uint64_t        rank;
    } cases[] = {
        { 1, { "1001", 4 }, 214818, 130375, UINT64_C(0xd40b469a573d8ff7) },
        { 2, { "1001", 4 }, 805834, 736291, UINT64_C(0x867c1d97e5ae4c87) },
        { 0xFFFFFF,
          { "\xD0\xBA\xD0\xBB\xD1\x96\xD1\x94\xD0\xBD\xD1\x82-7", 14 },
          19157, 684317, UINT64_C(0xdeea4004ffe53330) },
        { 0x123456,
          { "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 64 },
          561757, 56334, UINT64_C(0x311b38e21e153424) },
    };

    (void) state;

    for (i = 0; i < sizeof(key); i++) {
        key[i] = (uint8_t) i;
    }

    for (i = 0; i < COUNT(cases); i++) {

        /* The last ppm that is treated and the first that is held out. */

        assert_int_equal(rta_draw(key, cases[i].campaign, cases[i].id,
                                  cases[i].holdout, whole, 1, &draw), RTN_OK);
        assert_false(draw.is_holdout);
        assert_true(draw.rank == cases[i].rank);

        assert_int_equal(rta_draw(key, cases[i].campaign, cases[i].id,
                                  cases[i].holdout + 1, whole, 1, &draw),
                         RTN_OK);
        assert_true(draw.is_holdout);
        assert_int_equal(draw.arm, 0);
        assert_true(draw.rank == cases[i].rank);

        for (k = 0; k < 2; k++) {
            shares[0] = cases[i].arm + (uint32_t) k;
            shares[1] = RTA_DRAW_PPM - shares[0];

            assert_int_equal(rta_draw(key, cases[i].campaign, cases[i].id, 0,
                                      shares, 2, &draw), RTN_OK);
            assert_int_equal(draw.arm, 1 - k);
        }
    }
}


static void
test_refused(void **state)
{
    char             id[RTN_CUSTOMER_ID_MAX + 1];
    struct rta_draw  draw;

    static const uint32_t  short_of[] = { 500000, 499999 };
    static const uint32_t  over[] = { 500000, 500001 };
    static const uint32_t  wraps[] = { 0xFFFFFFFF, 1000001 };

    (void) state;

    memset(id, 'x', sizeof(id));

    assert_int_equal(rta_draw(secret, 1, (struct rtn_str) { id, 64 }, 0, whole,
                              1, &draw), RTN_OK);
    assert_int_equal(rta_draw(secret, 1, (struct rtn_str) { id, 65 }, 0, whole,
                              1, &draw), RTN_ERR_LIMIT);
    assert_int_equal(rta_draw(secret, 1, (struct rtn_str) { id, 0 }, 0, whole,
                              1, &draw), RTN_ERR_LIMIT);
    assert_int_equal(rta_draw(secret, 1, RTN_STR("a"), RTA_DRAW_PPM + 1, whole,
                              1, &draw), RTN_ERR_LIMIT);
    assert_int_equal(rta_draw(secret, 1, RTN_STR("a"), 0, short_of, 2, &draw),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_draw(secret, 1, RTN_STR("a"), 0, over, 2, &draw),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_draw(secret, 1, RTN_STR("a"), 0, wraps, 2, &draw),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_draw(secret, 1, RTN_STR("a"), 0, whole, 0, &draw),
                     RTN_ERR_LIMIT);
}


/* A share of 0 draws nobody, wherever it stands; all or none are held out. */

static void
test_edges(void **state)
{
    unsigned         i;
    struct rta_draw  draw;

    static const uint32_t  shares[] = { 0, 400000, 0, 600000, 0 };

    (void) state;

    for (i = 0; i < 2000; i++) {
        draw = draw_number(1, i, 0, shares, COUNT(shares));
        assert_false(draw.is_holdout);
        assert_true(draw.arm == 1 || draw.arm == 3);

        draw = draw_number(1, i, RTA_DRAW_PPM, shares, COUNT(shares));
        assert_true(draw.is_holdout);
    }
}


static double
p_of_cells(const unsigned *cells, const double *expected, size_t n)
{
    size_t  i;
    double  chi2, rest;

    chi2 = 0;

    for (i = 0; i < n; i++) {
        rest = cells[i] - expected[i];
        chi2 += rest * rest / expected[i];
    }

    return rta_chi2_p(chi2, (unsigned) n - 1);
}


static void
test_uniform(void **state)
{
    unsigned         i, arms[4] = { 0 }, ranks[CELLS] = { 0 };
    double           expected[CELLS];
    struct rta_draw  draw;

    static const uint32_t  shares[] = { 500000, 300000, 200000 };
    static const double    arms_expected[] = {
        0.9 * 0.5 * CUSTOMERS, 0.9 * 0.3 * CUSTOMERS, 0.9 * 0.2 * CUSTOMERS,
        0.1 * CUSTOMERS
    };

    (void) state;

    for (i = 0; i < CUSTOMERS; i++) {
        draw = draw_number(7, i, 100000, shares, 3);
        arms[draw.is_holdout ? 3 : draw.arm]++;
        ranks[(draw.rank >> 32) * CELLS >> 32]++;
    }

    for (i = 0; i < CELLS; i++) {
        expected[i] = (double) CUSTOMERS / CELLS;
    }

    assert_true(p_of_cells(arms, arms_expected, 4) > P_MIN);
    assert_true(p_of_cells(ranks, expected, CELLS) > P_MIN);
}


/* Held out in one campaign says nothing about the next, nor about the arm. */

static void
test_independent(void **state)
{
    unsigned         i, campaigns[4] = { 0 }, parts[4] = { 0 };
    struct rta_draw  first, second;

    static const uint32_t  halves[] = { 500000, 500000 };
    static const double    campaigns_expected[] = {
        0.64 * CUSTOMERS, 0.16 * CUSTOMERS, 0.16 * CUSTOMERS, 0.04 * CUSTOMERS
    };
    static const double    parts_expected[] = {
        0.25 * CUSTOMERS, 0.25 * CUSTOMERS, 0.25 * CUSTOMERS, 0.25 * CUSTOMERS
    };

    (void) state;

    for (i = 0; i < CUSTOMERS; i++) {
        first = draw_number(1, i, 200000, halves, 2);
        second = draw_number(2, i, 200000, halves, 2);
        campaigns[2 * first.is_holdout + second.is_holdout]++;

        first = draw_number(3, i, 0, halves, 2);
        parts[2 * first.arm + (first.rank >> 63)]++;
    }

    assert_true(p_of_cells(campaigns, campaigns_expected, 4) > P_MIN);
    assert_true(p_of_cells(parts, parts_expected, 4) > P_MIN);
}


/* The permanent hold-out: values of BLAKE2b as above. */

static void
test_global_frozen(void **state)
{
    size_t   i;
    uint8_t  bytes[RTA_DRAW_SECRET_LEN], key[RTA_DRAW_SECRET_LEN];

    static const struct {
        struct rtn_str  id;
        uint32_t        part;
    } cases[] = {
        { { "1001", 4 }, 942459 },
        { { "\xD0\xBA\xD0\xBB\xD1\x96\xD1\x94\xD0\xBD\xD1\x82-7", 14 },
          92700 },
        { { "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 64 }, 706944 }
    };

    (void) state;

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t) i;
    }

    rta_draw_global_key(bytes, key);

    for (i = 0; i < COUNT(cases); i++) {
        assert_false(rta_draw_is_global(key, cases[i].id, 0));
        assert_false(rta_draw_is_global(key, cases[i].id, cases[i].part));
        assert_true(rta_draw_is_global(key, cases[i].id, cases[i].part + 1));
        assert_true(rta_draw_is_global(key, cases[i].id, RTA_DRAW_PPM));
    }
}


/* Its share is right, and a member is held out by a campaign as others are. */

static void
test_global_independent(void **state)
{
    char             id[16];
    bool             is_global;
    uint8_t          key[RTA_DRAW_SECRET_LEN];
    unsigned         i, cells[4] = { 0 };
    struct rta_draw  draw;

    static const double  expected[] = {
        0.72 * CUSTOMERS, 0.18 * CUSTOMERS, 0.08 * CUSTOMERS, 0.02 * CUSTOMERS
    };

    (void) state;

    rta_draw_global_key(secret, key);

    for (i = 0; i < CUSTOMERS; i++) {
        (void) snprintf(id, sizeof(id), "%u", i);
        draw = draw_number(1, i, 200000, whole, 1);
        is_global = rta_draw_is_global(key, (struct rtn_str) { id, strlen(id) },
                                       100000);
        cells[2 * is_global + draw.is_holdout]++;
    }

    assert_true(p_of_cells(cells, expected, 4) > P_MIN);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_independent),
        cmocka_unit_test(test_global_frozen),
        cmocka_unit_test(test_global_independent),
    };

    if (argc > 1) {
        seed = strtoull(argv[1], NULL, 10);
    }

    printf("# seed %" PRIu64 "\n", seed);

    if (sodium_init() < 0) {
        return 1;
    }

    crypto_generichash(secret, sizeof(secret), (const uint8_t *) &seed,
                       sizeof(seed), NULL, 0);

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
