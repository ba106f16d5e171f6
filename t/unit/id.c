#include "random.h"
#include "unit.h"

#include "rtn_id.h"

#define NOW_MS  (RTN_ID_EPOCH_MS + INT64_C(0x123456789))


static void
test_layout(void **state)
{
    (void) state;

    assert_true(rtn_id_next(0, NOW_MS, 0xAB, RTN_ID_EVENTS)
                == (UINT64_C(0x123456789) << 22 | 0xAB << 14));
    assert_true(rtn_id_next(0, NOW_MS, 0xAB, RTN_ID_JOURNAL)
                == (UINT64_C(0x123456789) << 22 | 0xAB << 14 | 1 << 13));
    assert_true(rtn_id_ms(rtn_id_next(0, NOW_MS, 255, RTN_ID_JOURNAL))
                == NOW_MS);
}


static void
test_counter(void **state)
{
    uint64_t  first, id;

    (void) state;

    first = rtn_id_next(0, NOW_MS, 1, RTN_ID_EVENTS);

    /* The same millisecond, and a clock that went back. */

    assert_true(rtn_id_next(first, NOW_MS, 1, RTN_ID_EVENTS) == first + 1);
    assert_true(rtn_id_next(first, NOW_MS - 5000, 1, RTN_ID_EVENTS)
                == first + 1);
    assert_true(rtn_id_next(first, NOW_MS + 1, 1, RTN_ID_EVENTS)
                == first + (1 << 22));

    /* 8,192 ids fill the counter; the next carries. */

    id = rtn_id_next(first + 8191, NOW_MS, 1, RTN_ID_EVENTS);
    assert_true(id == first + (1 << 22));
    assert_true(rtn_id_ms(id) == NOW_MS + 1);
}


static void
test_lowered_node(void **state)
{
    uint64_t  last, id;

    (void) state;

    last = rtn_id_next(0, NOW_MS, 200, RTN_ID_EVENTS);
    id = rtn_id_next(last, NOW_MS, 3, RTN_ID_EVENTS);

    assert_true(id > last);
    assert_int_equal(id >> 14 & 0xFF, 3);
}


static void
test_ends_of_time(void **state)
{
    uint64_t  id;

    (void) state;

    id = rtn_id_next(0, 0, 0, RTN_ID_EVENTS);
    assert_true(id == 1);
    assert_true(rtn_id_ms(id) == RTN_ID_EPOCH_MS);
    assert_true(rtn_id_first(-1) == 0);
    assert_true(rtn_id_first(INT64_MIN) == 0);
    assert_true(rtn_id_first(NOW_MS) == UINT64_C(0x123456789) << 22);
    assert_true(rtn_id_next(0, INT64_MAX, 0, RTN_ID_EVENTS)
                == UINT64_MAX << 22);
    assert_true(rtn_id_next(UINT64_MAX, NOW_MS, 0, RTN_ID_EVENTS) == 0);
}


static void
test_rises(void **state)
{
    uint64_t  last, id;
    int64_t   now_ms;
    unsigned  node, environment;
    int       i;

    (void) state;

    last = 0;
    now_ms = NOW_MS;

    for (i = 0; i < 200000; i++) {
        now_ms += (int64_t) random_below(7) - 3;
        node = (unsigned) random_below(256);
        environment = (unsigned) random_below(2);

        id = rtn_id_next(last, now_ms, node, environment);
        assert_true(id > last);
        assert_int_equal(id >> 14 & 0xFF, node);
        assert_int_equal(id >> 13 & 1, environment);
        last = id;
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_counter),
        cmocka_unit_test(test_lowered_node),
        cmocka_unit_test(test_ends_of_time),
        cmocka_unit_test(test_rises)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
