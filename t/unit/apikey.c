#include "random.h"
#include "unit.h"

#include "rtn_apikey.h"

#define HASH  "ad05dc68e7ddcf0b6ee5c4adee4d26f5818b5a05fd5ccbe6752e7202028c44bd"
#define TEXT  "rtn_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"


/* SHA-256 of this was computed with Python's hashlib. */
static void
test_make(void **state)
{
    static const char  line[] = "shop coupons,events " HASH
                                " 2026-11-25T09:30:00Z";

    struct rtn_apikey  key;
    uint8_t            random[32], hash[32];
    char               text[RTN_APIKEY_TEXT_LEN + 1];
    const char        *reason;
    unsigned           i;

    (void) state;

    for (i = 0; i < sizeof(random); i++) {
        random[i] = (uint8_t) i;
    }

    rtn_apikey_make(random, text, hash);
    assert_string_equal(text, TEXT);

    assert_int_equal(rtn_apikey_parse(str(line), &key, &reason), 0);
    assert_memory_equal(key.hash, hash, 32);
    assert_string_equal(key.name, "shop");
    assert_int_equal(key.scopes, RTN_SCOPE_COUPONS | RTN_SCOPE_EVENTS);
    assert_true(key.created_ms == INT64_C(1795599000000));
}


static void
test_lines(void **state)
{
    static const struct {
        const char  *line;
        int          err;
    } rows[] = {
        { "a events " HASH " 2026-11-25T09:30:00Z", 0 },
        { "  a\tcoupons  " HASH " 2026-11-25T09:30:00Z\r", 0 },
        { "a coupons " HASH " 2026-11-25T09:30:00Z # the shop's", 0 },
        { "0123456789-0123456789-0123456789 events " HASH
          " 2026-11-25T09:30:00Z", 0 },
        { "", RTN_ERR_NOT_FOUND },
        { "  \t\r", RTN_ERR_NOT_FOUND },
        { "# NAME SCOPES HASH CREATED", RTN_ERR_NOT_FOUND },
        { "  # a", RTN_ERR_NOT_FOUND },
        { "Shop events " HASH " 2026-11-25T09:30:00Z", RTN_ERR_LIMIT },
        { "0123456789-0123456789-0123456789x events " HASH
          " 2026-11-25T09:30:00Z", RTN_ERR_LIMIT },
        { "a all " HASH " 2026-11-25T09:30:00Z", RTN_ERR_LIMIT },
        { "a events, " HASH " 2026-11-25T09:30:00Z", RTN_ERR_LIMIT },
        { "a events 00 2026-11-25T09:30:00Z", RTN_ERR_LIMIT },
        { "a events z" HASH " 2026-11-25T09:30:00Z", RTN_ERR_LIMIT },
        { "a events " HASH "ff 2026-11-25T09:30:00Z", RTN_ERR_LIMIT },
        { "a events " HASH " 2026-11-25", RTN_ERR_LIMIT },
        { "a events " HASH, RTN_ERR_LIMIT },
        { "a", RTN_ERR_LIMIT },
        { "a events " HASH " 2026-11-25T09:30:00Z more", RTN_ERR_LIMIT }
    };

    struct rtn_apikey  key;
    const char        *reason;
    size_t             i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        reason = NULL;
        assert_int_equal(rtn_apikey_parse(str(rows[i].line), &key, &reason),
                         rows[i].err);

        if (rows[i].err != 0) {
            assert_non_null(reason);
        }
    }

    assert_int_equal(rtn_apikey_parse((struct rtn_str) { NULL, 0 }, &key,
                                      &reason), RTN_ERR_NOT_FOUND);
}


static void
test_scopes(void **state)
{
    uint32_t  scopes;

    (void) state;

    assert_int_equal(rtn_scopes_parse(str("events"), &scopes), 0);
    assert_int_equal(scopes, RTN_SCOPE_EVENTS);
    assert_int_equal(rtn_scopes_parse(str("events,coupons"), &scopes), 0);
    assert_int_equal(scopes, RTN_SCOPE_EVENTS | RTN_SCOPE_COUPONS);

    assert_int_equal(rtn_scopes_parse(str(""), &scopes), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_scopes_parse((struct rtn_str) { NULL, 0 }, &scopes),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_scopes_parse(str(",events"), &scopes),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_scopes_parse(str("events,"), &scopes),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_scopes_parse(str("Events"), &scopes),
                     RTN_ERR_NOT_FOUND);
}


static void
test_find(void **state)
{
    struct rtn_apikey  keys[3];
    uint8_t            random[32] = { 0 };
    char               texts[3][RTN_APIKEY_TEXT_LEN + 1];
    size_t             i, j;

    (void) state;

    for (i = 0; i < COUNT(keys); i++) {
        random[0] = (uint8_t) i;
        rtn_apikey_make(random, texts[i], keys[i].hash);
    }

    for (i = 0; i < COUNT(keys); i++) {
        assert_ptr_equal(rtn_apikey_find(keys, 3, str(texts[i])), &keys[i]);
    }

    assert_null(rtn_apikey_find(keys, 1, str(texts[2])));
    assert_null(rtn_apikey_find(keys, 0, str(texts[0])));
    assert_null(rtn_apikey_find(keys, 3, str("")));
    assert_null(rtn_apikey_find(keys, 3, (struct rtn_str) { NULL, 0 }));

    for (j = 0; j < RTN_APIKEY_TEXT_LEN; j++) {
        texts[0][j] ^= 1;
        assert_null(rtn_apikey_find(keys, 3, str(texts[0])));
        texts[0][j] ^= 1;
    }
}


static void
test_round_trip(void **state)
{
    struct rtn_apikey  key, parsed;
    char               line[256];
    const char        *reason;
    int                i;
    size_t             n;

    (void) state;

    for (i = 0; i < 2000; i++) {
        memset(&key, 0, sizeof(key));

        for (n = 1 + random_below(RTN_APIKEY_NAME_MAX); n > 0; n--) {
            key.name[n - 1] = "az09-"[random_below(5)];
        }

        for (n = 0; n < sizeof(key.hash); n++) {
            key.hash[n] = (uint8_t) random_next();
        }

        key.scopes = 1 + (uint32_t) random_below(3);
        key.created_ms = (int64_t) random_below(UINT64_C(5995814400000));

        assert_int_equal(rtn_apikey_format(&key, line, sizeof(line)), 0);
        assert_int_equal(rtn_apikey_format(&key, line, strlen(line)),
                         RTN_ERR_SPACE);
        assert_int_equal(rtn_apikey_format(&key, line, sizeof(line)), 0);
        assert_int_equal(line[strlen(line) - 1], '\n');
        line[strlen(line) - 1] = '\0';

        assert_int_equal(rtn_apikey_parse(str(line), &parsed, &reason), 0);
        assert_memory_equal(&key, &parsed, sizeof(key));
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_round_trip)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
