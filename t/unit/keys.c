/* The token keys in the store. */

#include "rtn_token.h"
#include "support.h"


static struct rtn_token
token_of(uint32_t recipient)
{
    return (struct rtn_token) {
        .purpose = RTN_PURPOSE_LINK, .campaign = 1, .recipient = recipient,
        .link = 1
    };
}


static int
verify(struct rtn_store *store, const char *text)
{
    struct rtn_token    token;
    struct rtn_keyring  ring;

    assert_int_equal(rtn_store_keyring(store, &ring), 0);

    return rtn_token_open(&ring, str(text), RTN_PURPOSE_LINK, SUPPORT_NOW_MS,
                          &token);
}


static void
seal(struct rtn_store *store, char text[RTN_TOKEN_LEN_MAX + 1])
{
    struct rtn_token    token = token_of(5);
    struct rtn_keyring  ring;

    assert_int_equal(rtn_store_keyring(store, &ring), 0);
    assert_int_equal(rtn_token_seal(&ring, &token, text), 0);
}


static void
test_first_key(void **state)
{
    size_t           n;
    struct rtn_key   keys[RTN_KEYS_ALL];
    struct support  *support = *state;

    assert_int_equal(rtn_keys_list(support->store, keys, RTN_KEYS_ALL, &n),
                     0);
    assert_int_equal(n, 1);
    assert_int_equal(keys[0].id, 1);
    assert_false(keys[0].is_retired);
    assert_true(keys[0].created_ms == SUPPORT_NOW_MS);
}


/* A new key signs, the old one verifies until it is retired. */
static void
test_rotation(void **state)
{
    char             before[RTN_TOKEN_LEN_MAX + 1];
    char             after[RTN_TOKEN_LEN_MAX + 1];
    size_t           n;
    uint8_t          id;
    struct rtn_key   keys[RTN_KEYS_ALL];
    struct support  *support = *state;

    seal(support->store, before);

    assert_int_equal(rtn_keys_add(support->store, SUPPORT_NOW_MS + 1, &id),
                     0);
    assert_int_equal(id, 2);

    seal(support->store, after);
    assert_string_not_equal(before, after);

    assert_int_equal(verify(support->store, before), 0);
    assert_int_equal(verify(support->store, after), 0);

    assert_int_equal(rtn_keys_retire(support->store, 1), 0);
    assert_int_equal(rtn_keys_retire(support->store, 1), 0);

    support_open(support, RTN_OPEN_STATE);
    assert_int_equal(verify(support->store, before), RTN_ERR_TOKEN_KEY);
    assert_int_equal(verify(support->store, after), 0);

    assert_int_equal(rtn_keys_list(support->store, keys, RTN_KEYS_ALL, &n),
                     0);
    assert_int_equal(n, 2);
    assert_true(keys[0].is_retired);
    assert_false(keys[1].is_retired);
    assert_memory_not_equal(keys[0].secret, keys[1].secret,
                            RTN_KEY_SECRET_LEN);
}


static void
test_retire_refused(void **state)
{
    char             text[RTN_TOKEN_LEN_MAX + 1];
    struct support  *support = *state;

    seal(support->store, text);

    assert_int_equal(rtn_keys_retire(support->store, 2), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_keys_retire(support->store, 1), RTN_ERR_LIMIT);
    assert_int_equal(verify(support->store, text), 0);
}


static void
test_live_limit(void **state)
{
    uint8_t          id;
    unsigned         i;
    struct support  *support = *state;

    for (i = 2; i <= RTN_KEYS_MAX; i++) {
        assert_int_equal(rtn_keys_add(support->store, SUPPORT_NOW_MS, &id),
                         0);
        assert_int_equal(id, i);
    }

    assert_int_equal(rtn_keys_add(support->store, SUPPORT_NOW_MS, &id),
                     RTN_ERR_LIMIT);

    assert_int_equal(rtn_keys_retire(support->store, 3), 0);
    assert_int_equal(rtn_keys_add(support->store, SUPPORT_NOW_MS, &id), 0);
    assert_int_equal(id, RTN_KEYS_MAX + 1);
}


/* Ids are not used again, so 255 keys are all that a store has. */
static void
test_all_ids(void **state)
{
    size_t           n;
    uint8_t          id;
    unsigned         i;
    struct rtn_key   keys[RTN_KEYS_ALL];
    struct support  *support = *state;

    for (i = 2; i <= RTN_KEYS_ALL; i++) {
        assert_int_equal(rtn_keys_add(support->store, SUPPORT_NOW_MS, &id),
                         0);
        assert_int_equal(id, i);
        assert_int_equal(rtn_keys_retire(support->store, (uint8_t) (i - 1)),
                         0);
    }

    assert_int_equal(rtn_keys_add(support->store, SUPPORT_NOW_MS, &id),
                     RTN_ERR_LIMIT);
    assert_int_equal(rtn_keys_list(support->store, keys, RTN_KEYS_ALL, &n),
                     0);
    assert_int_equal(n, RTN_KEYS_ALL);
    assert_int_equal(rtn_keys_list(support->store, keys, RTN_KEYS_ALL - 1,
                                   &n), RTN_ERR_SPACE);
}


#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, support_setup, support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_first_key),
        TEST(test_rotation),
        TEST(test_retire_refused),
        TEST(test_live_limit),
        TEST(test_all_ids)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
