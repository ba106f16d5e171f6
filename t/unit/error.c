#include "unit.h"


static void
test_known(void **state)
{
    (void) state;

    assert_string_equal(rtn_err_name(RTN_ERR_ABSENT), "RTN_ERR_ABSENT");
    assert_string_equal(rtn_strerror(RTN_ERR_ABSENT), "not initialised");
    assert_string_equal(rtn_err_advice(RTN_ERR_ABSENT),
                        "run 'retentionctl init'");
    assert_null(rtn_err_advice(RTN_ERR_NOMEM));
}


static void
test_unknown(void **state)
{
    (void) state;

    assert_string_equal(rtn_strerror(-1000), "unknown error");
    assert_string_equal(rtn_strerror(1), "unknown error");
    assert_string_equal(rtn_err_name(-1000), "RTN_ERR_UNKNOWN");
    assert_null(rtn_err_advice(-1000));
}


/* A sentence is lower case but for names, and has no full stop. */
static void
test_voice(void **state)
{
    const char  *sentence;
    int          err, known;

    (void) state;

    known = 0;

    for (err = 0; err > -100; err--) {
        sentence = rtn_strerror(err);

        if (strcmp(sentence, "unknown error") == 0) {
            continue;
        }

        known++;
        assert_true(sentence[0] >= 'a' && sentence[0] <= 'z');
        assert_true(sentence[strlen(sentence) - 1] != '.');
        assert_memory_equal(rtn_err_name(err), "RTN_", 4);
    }

    assert_int_equal(known, 30);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_voice)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
