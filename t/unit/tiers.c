#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/tiers.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))


static struct rtn_str
str(const char *text)
{
    return (struct rtn_str) { text, strlen(text) };
}


static void
test_rows(void **state)
{
    size_t            i;
    const char       *reason;
    struct rta_tier   tier;
    struct rta_tiers  tiers;

    static const uint32_t         limits[] = { 90, 180, 360 };
    static const struct rta_tier  rows[] = {
        { 0, true, 90, 3 }, { 91, true, 180, 2 }, { 181, true, 360, 1 },
        { 361, false, 0, 2 }
    };

    static const struct {
        uint32_t  days;
        size_t    tier;
    } customers[] = {
        { 0, 0 }, { 1, 0 }, { 90, 0 }, { 91, 1 }, { 180, 1 }, { 360, 2 },
        { 361, 3 }, { UINT32_MAX, 3 }
    };

    (void) state;

    assert_int_equal(rta_tiers_init(&tiers, limits, 3, &reason), RTN_OK);
    assert_null(reason);
    assert_int_equal(rta_tiers_count(&tiers), 4);

    for (i = 0; i < COUNT(customers); i++) {
        assert_int_equal(rta_tiers_add(&tiers, customers[i].days),
                         customers[i].tier);
    }

    for (i = 0; i < COUNT(rows); i++) {
        tier = rta_tiers_row(&tiers, i);
        assert_int_equal(tier.from_days, rows[i].from_days);
        assert_int_equal(tier.has_to, rows[i].has_to);
        assert_int_equal(tier.to_days, rows[i].to_days);
        assert_int_equal(tier.customers, rows[i].customers);
    }
}


static void
test_limits_refused(void **state)
{
    const char       *reason;
    struct rta_tiers  tiers;

    static const uint32_t  zero[] = { 0, 90 };
    static const uint32_t  same[] = { 90, 90 };
    static const uint32_t  falling[] = { 180, 90 };
    static const uint32_t  large[] = { RTA_TIER_DAYS_MAX + 1 };
    static const uint32_t  many[RTA_TIERS_MAX + 1] = { 1 };

    (void) state;

    assert_int_equal(rta_tiers_init(&tiers, zero, 2, &reason), RTN_ERR_LIMIT);
    assert_non_null(reason);
    assert_int_equal(rta_tiers_init(&tiers, same, 2, &reason), RTN_ERR_LIMIT);
    assert_int_equal(rta_tiers_init(&tiers, falling, 2, &reason),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_tiers_init(&tiers, large, 1, &reason),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_tiers_init(&tiers, many, COUNT(many), &reason),
                     RTN_ERR_LIMIT);
    assert_int_equal(rta_tiers_init(&tiers, zero, 0, &reason), RTN_ERR_LIMIT);
}


static void
test_parse(void **state)
{
    const char       *reason;
    struct rta_tiers  tiers;

    (void) state;

    assert_int_equal(rta_tiers_parse(&tiers, str("90,180,360"), &reason),
                     RTN_OK);
    assert_int_equal(rta_tiers_count(&tiers), 4);
    assert_int_equal(rta_tiers_row(&tiers, 2).to_days, 360);

    assert_int_equal(rta_tiers_parse(&tiers, str("36500"), &reason), RTN_OK);
    assert_int_equal(rta_tiers_row(&tiers, 1).from_days, 36501);
}


static void
test_parse_refused(void **state)
{
    size_t            i;
    const char       *reason;
    struct rta_tiers  tiers;

    static const char *const  texts[] = {
        "", ",", "90,", ",90", "90,,180", "90, 180", " 90", "90d", "-90",
        "+90", "1e2", "0", "0,90", "90,90", "180,90", "36501",
        "4294967386", "99999999999999999999999999", "90;180"
    };

    (void) state;

    for (i = 0; i < COUNT(texts); i++) {
        reason = NULL;
        assert_int_equal(rta_tiers_parse(&tiers, str(texts[i]), &reason),
                         RTN_ERR_LIMIT);
        assert_non_null(reason);
    }
}


/* 32 limits are taken, 33 are not. */

static void
test_parse_many(void **state)
{
    int               i;
    char              text[4 * (RTA_TIERS_MAX + 1)];
    size_t            len;
    const char       *reason;
    struct rta_tiers  tiers;

    (void) state;

    len = 0;

    for (i = 1; i <= RTA_TIERS_MAX; i++) {
        len += (size_t) snprintf(text + len, sizeof(text) - len, "%s%d",
                                 (i == 1) ? "" : ",", i);
    }

    assert_int_equal(rta_tiers_parse(&tiers, str(text), &reason), RTN_OK);
    assert_int_equal(rta_tiers_count(&tiers), RTA_TIERS_MAX + 1);

    (void) snprintf(text + len, sizeof(text) - len, ",%d", i);

    assert_int_equal(rta_tiers_parse(&tiers, str(text), &reason),
                     RTN_ERR_LIMIT);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_limits_refused),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_refused),
        cmocka_unit_test(test_parse_many),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
