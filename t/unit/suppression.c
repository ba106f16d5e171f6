/* Unsubscriptions. */

#include "rtn_campaign.h"
#include "support.h"


static bool
is_suppressed(struct rtn_store *store, uint32_t customer)
{
    bool  is;

    assert_int_equal(rtn_is_suppressed(store, customer, &is), 0);

    return is;
}


static void
test_suppress(void **state)
{
    struct support  *support = *state;

    static const struct rtn_suppression  mail = { 7, 3, 1, SUPPORT_NOW_MS };
    static const struct rtn_suppression  import = { 9, 0, 0, 1 };

    assert_false(is_suppressed(support->store, 7));
    assert_int_equal(rtn_suppress(support->store, &mail, 1), 0);
    assert_int_equal(rtn_suppress(support->store, &import, 1), 0);

    support_open(support, RTN_OPEN_STATE);
    assert_true(is_suppressed(support->store, 7));
    assert_true(is_suppressed(support->store, 9));

    assert_false(is_suppressed(support->store, 6));
    assert_false(is_suppressed(support->store, 8));
    assert_false(is_suppressed(support->store, 10));
}


/* A second click, or a second mail, takes nothing from the first. */
static void
test_first_stays(void **state)
{
    struct support         *support = *state;
    struct rtn_suppression  read = { 0, 0, 0, 0 };

    static const struct rtn_suppression  rows[] = {
        { 7, 3, 1, 1000 }, { 7, 3, 2, 2000 }, { 7, 2, 1, 3000 }
    };

    assert_int_equal(rtn_suppress(support->store, rows, COUNT(rows)), 0);
    assert_int_equal(rtn_suppress(support->store, &rows[1], 1), 0);

    assert_int_equal(rtn_suppression_next(support->store, &read), 0);
    assert_int_equal(read.campaign, 2);
    assert_int_equal(read.at_ms, 3000);
    assert_int_equal(rtn_suppression_next(support->store, &read), 0);
    assert_int_equal(read.campaign, 3);
    assert_int_equal(read.message, 1);
    assert_int_equal(read.at_ms, 1000);
    assert_int_equal(rtn_suppression_next(support->store, &read),
                     RTN_ERR_NOT_FOUND);
}


static void
test_order(void **state)
{
    size_t                  i;
    struct support         *support = *state;
    struct rtn_suppression  read = { 0, 0, 0, 0 };

    static const struct rtn_suppression  rows[] = {
        { UINT32_MAX, UINT32_MAX, 255, INT64_MAX }, { 2, 0, 0, -5 },
        { 1, 9, 0, 1 }, { 2, UINT32_MAX, 4, 3 }, { 1, 0, 0, 2 }
    };

    static const uint8_t  order[] = { 4, 2, 1, 3, 0 };

    assert_int_equal(rtn_suppression_next(support->store, &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_suppress(support->store, rows, COUNT(rows)), 0);

    for (i = 0; i < COUNT(order); i++) {
        assert_int_equal(rtn_suppression_next(support->store, &read), 0);
        assert_int_equal(read.customer, rows[order[i]].customer);
        assert_int_equal(read.campaign, rows[order[i]].campaign);
        assert_int_equal(read.message, rows[order[i]].message);
        assert_true(read.at_ms == rows[order[i]].at_ms);
    }

    assert_int_equal(rtn_suppression_next(support->store, &read),
                     RTN_ERR_NOT_FOUND);
}


static void
test_corrupt(void **state)
{
    bool             is;
    struct support  *support = *state;

    static const struct rtn_suppression  mail = { 7, 3, 1, SUPPORT_NOW_MS };

    assert_int_equal(rtn_suppress(support->store, &mail, 1), 0);

    support_flip(support, "state", "suppressions", "\0\0\0\7\0\0\0\3", 8);
    support_open(support, RTN_OPEN_STATE);

    assert_int_equal(rtn_is_suppressed(support->store, 7, &is),
                     RTN_ERR_CORRUPT);

    /* who cannot be read as unsubscribed may still unsubscribe */
    assert_int_equal(rtn_suppress(support->store, &mail, 1), 0);
    assert_int_equal(rtn_is_suppressed(support->store, 7, &is), 0);
    assert_true(is);
}


#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, support_setup, support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_suppress),
        TEST(test_first_stays),
        TEST(test_order),
        TEST(test_corrupt)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
