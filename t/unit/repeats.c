/* The two generations of hashes. */

#include "random.h"
#include "unit.h"

#include "db/repeats.h"

#define T0_MS   INT64_C(1795600000000)
#define DAY_MS  (INT64_C(24) * 3600 * 1000)

/* of the property test: few enough that hashes come again */
#define SENDERS  300
#define EVENTS   20000


static bool
add(struct repeats *repeats, uint64_t number, int64_t now_ms)
{
    bool     is_repeat;
    uint8_t  hash[RTN_HASH_LEN] = { 0 };

    memcpy(hash, &number, sizeof(number));

    assert_int_equal(db_repeats_add(repeats, hash, now_ms, &is_repeat), 0);

    return is_repeat;
}


static void
test_seven_days(void **state)
{
    struct repeats  repeats;

    (void) state;

    db_repeats_init(&repeats, 1);

    assert_false(add(&repeats, 1, T0_MS));
    assert_false(add(&repeats, 2, T0_MS));
    assert_true(add(&repeats, 1, T0_MS));
    assert_true(add(&repeats, 1, T0_MS + 7 * DAY_MS));
    assert_false(add(&repeats, 2, T0_MS + 7 * DAY_MS + 1));
    assert_true(add(&repeats, 2, T0_MS + 14 * DAY_MS + 1));
    assert_false(add(&repeats, 2, T0_MS + 14 * DAY_MS + 2));

    db_repeats_release(&repeats);
}


/* One of an elder generation is still known, a year later it is not. */
static void
test_generations(void **state)
{
    struct repeats  repeats;

    (void) state;

    db_repeats_init(&repeats, 2);

    assert_false(add(&repeats, 1, T0_MS));
    assert_false(add(&repeats, 2, T0_MS + 6 * DAY_MS));
    assert_false(add(&repeats, 3, T0_MS + 8 * DAY_MS));
    assert_true(add(&repeats, 2, T0_MS + 9 * DAY_MS));
    assert_false(add(&repeats, 2, T0_MS + 365 * DAY_MS));
    assert_int_equal(repeats.young.count, 1);

    db_repeats_release(&repeats);
}


/* Full generations turn early: at most twice max are remembered. */
static void
test_bounded(void **state)
{
    uint64_t        i;
    struct repeats  repeats;

    (void) state;

    db_repeats_init(&repeats, 3);
    repeats.max = 1000;

    for (i = 0; i < 10000; i++) {
        assert_false(add(&repeats, i, T0_MS + (int64_t) i));
    }

    assert_true(repeats.young.count <= 1000);
    assert_true(repeats.old.count <= 1000);
    assert_true(add(&repeats, 9999, T0_MS + 10000));
    assert_true(add(&repeats, 9001, T0_MS + 10000));
    assert_false(add(&repeats, 1, T0_MS + 10000));

    db_repeats_release(&repeats);
}


/* The same answers as a list of all first times. */
static void
test_against_list(void **state)
{
    bool            is_repeat;
    size_t          i;
    int64_t         now_ms, first_ms[SENDERS] = { 0 };
    uint64_t        number;
    struct repeats  repeats;

    (void) state;

    db_repeats_init(&repeats, random_next());

    now_ms = T0_MS;

    for (i = 0; i < EVENTS; i++) {
        now_ms += (int64_t) random_below(DAY_MS / 24);
        number = random_below(SENDERS);

        is_repeat = first_ms[number] != 0
                    && now_ms - first_ms[number] <= REPEATS_DAYS_MS;

        assert_int_equal(add(&repeats, number, now_ms), is_repeat);

        if (!is_repeat) {
            first_ms[number] = now_ms;
        }
    }

    db_repeats_release(&repeats);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_seven_days),
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_against_list)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
