/* Numbers of customers that were met: forgotten perhaps, never wrong. */

#include <stdio.h>

#include "unit.h"

#include "cmd/import_known.h"

#define IDS  1000000u               /* so many that some fall together */


static struct rtn_str
id_of(char text[64], uint32_t number)
{
    return (struct rtn_str) {
        text, (size_t) snprintf(text, 64, "c%u", number)
    };
}


static void
test_never_wrong(void **state)
{
    char                  text[64];
    uint32_t              i, number, known = 0;
    struct import_known  *table = import_known_new();

    (void) state;
    assert_non_null(table);

    for (i = 1; i <= IDS; i++) {
        import_known_put(table, id_of(text, i), i);
        assert_int_equal(import_known_get(table, id_of(text, i)), i);
    }

    for (i = 1; i <= IDS + 1000; i++) {
        number = import_known_get(table, id_of(text, i));
        assert_true(number == 0 || (number == i && i <= IDS));
        known += number != 0;
    }

    assert_in_range(known, IDS / 3, IDS - 1);
    import_known_free(table);
}


static void
test_lengths(void **state)
{
    char                  text[64] = { 0 };
    size_t                len;
    struct import_known  *table = import_known_new();

    (void) state;
    assert_non_null(table);

    /* zeros, so that only the length tells them apart */

    for (len = 0; len <= sizeof(text); len++) {
        import_known_put(table, (struct rtn_str) { text, len }, 100);
        import_known_put(table, (struct rtn_str) { text, len },
                         (uint32_t) len + 1);
        assert_int_equal(import_known_get(table,
                                          (struct rtn_str) { text, len }),
                         len <= 27 ? len + 1 : 0);
    }

    import_known_free(table);
}


static void
test_none(void **state)
{
    (void) state;

    import_known_put(NULL, RTN_STR("a"), 1);
    assert_int_equal(import_known_get(NULL, RTN_STR("a")), 0);
    import_known_free(NULL);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_never_wrong),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_none)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
