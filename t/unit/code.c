#include "random.h"
#include "unit.h"

#include "rtn_code.h"

#define CODE_MAX  ((UINT64_C(1) << RTN_CODE_BITS) - 1)

static const char  alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";


/* Check symbols of these were computed with another multiplication. */
static void
test_vectors(void **state)
{
    static const struct {
        uint64_t     code;
        const char  *text;
    } rows[] = {
        { 1, "0000-0000-0001-2" },
        { CODE_MAX, "ZZZZ-ZZZZ-ZZZZ-R" },
        { UINT64_C(0x123456789ABCDEF), "28T5-CY4T-QKFF-4" }
    };

    char      text[RTN_CODE_TEXT_LEN + 1];
    uint64_t  code;
    size_t    i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        rtn_code_format(rows[i].code, text);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(rtn_code_parse(str(text), &code), 0);
        assert_true(code == rows[i].code);
    }
}


static void
test_typed(void **state)
{
    static const char *const  good[] = {
        "0000-0000-0001-2", "oooo-OOOO-oool-2", "000000000OOI2",
        " 0000 0000 0001 2 ", "0-0-0-0-0-0-0-0-0-0-0-i-2"
    };

    static const char *const  bad[] = {
        "", "0000-0000-0001", "0000-0000-0001-3", "0000-0000-0001-22",
        "0000_0000_0001_2", "U000-0000-0001-2", "0000-0000-0001-2\n",
        "0000-0000-0000-0", "000\xC2\xA0-0000-0001-2",
        "                                                    0000-0000-0001-2"
    };

    uint64_t  code;
    size_t    i;

    (void) state;

    for (i = 0; i < COUNT(good); i++) {
        assert_int_equal(rtn_code_parse(str(good[i]), &code), 0);
        assert_true(code == 1);
    }

    for (i = 0; i < COUNT(bad); i++) {
        assert_int_equal(rtn_code_parse(str(bad[i]), &code), RTN_ERR_CODE);
    }

    assert_int_equal(rtn_code_parse((struct rtn_str)
                                    { "0000-0000-0001-\0", 16 }, &code),
                     RTN_ERR_CODE);
}


static void
test_check_symbol(void **state)
{
    char      text[RTN_CODE_TEXT_LEN + 1], wrong[RTN_CODE_TEXT_LEN + 1];
    uint64_t  code;
    int       n, i, j;

    (void) state;

    for (n = 0; n < 200; n++) {
        rtn_code_format(1 + random_below(CODE_MAX), text);

        for (i = 0; i < RTN_CODE_TEXT_LEN; i++) {
            if (text[i] == '-') {
                continue;
            }

            for (j = 0; j < 32; j++) {
                memcpy(wrong, text, sizeof(text));
                wrong[i] = alphabet[j];
                assert_int_equal(rtn_code_parse(str(wrong), &code) == 0,
                                 text[i] == alphabet[j]);
            }

            for (j = i + 1; j < RTN_CODE_TEXT_LEN; j++) {
                if (text[j] == '-') {
                    continue;
                }

                memcpy(wrong, text, sizeof(text));
                wrong[i] = text[j];
                wrong[j] = text[i];
                assert_int_equal(rtn_code_parse(str(wrong), &code) == 0,
                                 text[i] == text[j]);
            }
        }
    }
}


/* BLAKE2b of these was computed with Python's hashlib. */
static void
test_derive(void **state)
{
    uint8_t   secret[32];
    unsigned  i;

    (void) state;

    for (i = 0; i < sizeof(secret); i++) {
        secret[i] = (uint8_t) i;
    }

    assert_true(rtn_code_derive(secret, 3, 70000, 0)
                == UINT64_C(0x5CDB89473BBEB9B));
    assert_true(rtn_code_derive(secret, 3, 70000, 1)
                == UINT64_C(0x375ACF0BC70C654));
    secret[31] ^= 1;
    assert_true(rtn_code_derive(secret, 3, 70000, 0)
                != UINT64_C(0x5CDB89473BBEB9B));
}


static void
test_round_trip(void **state)
{
    char      text[RTN_CODE_TEXT_LEN + 1];
    uint64_t  code, parsed;
    int       i;

    (void) state;

    for (i = 0; i < 20000; i++) {
        code = 1 + random_below(CODE_MAX);
        rtn_code_format(code, text);
        assert_int_equal(rtn_code_parse(str(text), &parsed), 0);
        assert_true(parsed == code);
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_typed),
        cmocka_unit_test(test_check_symbol),
        cmocka_unit_test(test_derive),
        cmocka_unit_test(test_round_trip)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
