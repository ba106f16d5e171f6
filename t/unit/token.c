#include "random.h"
#include "unit.h"

#include "rtn_id.h"
#include "rtn_token.h"

#define NOW_MS  (RTN_ID_EPOCH_MS + INT64_C(3000000) * 60000)

static struct rtn_keyring  ring;


static struct rtn_key
key_make(uint8_t id, uint8_t first)
{
    struct rtn_key  key = { .id = id, .created_ms = NOW_MS };
    unsigned        i;

    for (i = 0; i < sizeof(key.secret); i++) {
        key.secret[i] = (uint8_t) (first + i);
    }

    return key;
}


static struct rtn_token
token_make(enum rtn_purpose purpose)
{
    struct rtn_token  token = {
        .purpose = purpose, .message = 1, .campaign = 0x010203,
        .recipient = 0x0A0B0C0D
    };

    if (purpose == RTN_PURPOSE_LINK || purpose == RTN_PURPOSE_VISIT) {
        token.link = 5;
    }

    if (purpose == RTN_PURPOSE_VISIT) {
        token.issued_ms = NOW_MS;
    }

    return token;
}


/* HMAC and BLAKE2b of these were computed with Python's hashlib. */
static void
test_vectors(void **state)
{
    static const struct {
        enum rtn_purpose  purpose;
        const char       *text;
    } rows[] = {
        { RTN_PURPOSE_PIXEL, "EQcBAgMBCgsMDQCUhXT6DyvgcTdCzXWNZvgT" },
        { RTN_PURPOSE_LINK, "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rqTz" },
        { RTN_PURPOSE_VISIT, "FAcBAgMBCgsMDQUtxsBMgj8NRdz4vdqa9PLWRaDa" }
    };

    struct rtn_token  token, opened;
    char              text[RTN_TOKEN_LEN_MAX + 1];
    size_t            i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        token = token_make(rows[i].purpose);
        assert_int_equal(rtn_token_seal(&ring, &token, text), 0);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(rtn_token_open(&ring, str(text), rows[i].purpose,
                                        NOW_MS, &opened), 0);
        assert_int_equal(opened.key_id, 7);
        assert_int_equal(opened.campaign, 0x010203);
        assert_int_equal(opened.message, 1);
        assert_int_equal(opened.recipient, 0x0A0B0C0D);
        assert_int_equal(opened.link, token.link);
        assert_true(opened.issued_ms == token.issued_ms);
    }
}


static void
test_flipped_bits(void **state)
{
    struct rtn_token  token, opened;
    char              text[RTN_TOKEN_LEN_MAX + 1];
    char              good[RTN_TOKEN_LEN_MAX + 1];
    int               i, byte, accepted;

    (void) state;

    token = token_make(RTN_PURPOSE_LINK);

    /* with both signs of base64url: libsodium 1.0.18 reads 128 others as '_' */

    do {
        token.recipient++;
        assert_int_equal(rtn_token_seal(&ring, &token, good), 0);
    } while (strchr(good, '-') == NULL || strchr(good, '_') == NULL);

    /* Whatever stands at whatever place: one spelling is good. */

    accepted = 0;

    for (i = 0; i < RTN_TOKEN_LEN; i++) {
        for (byte = 0; byte < 256; byte++) {
            memcpy(text, good, sizeof(good));
            text[i] = (char) byte;
            accepted += rtn_token_open(&ring, (struct rtn_str)
                                       { text, RTN_TOKEN_LEN },
                                       RTN_PURPOSE_LINK, NOW_MS, &opened)
                        == 0;
        }
    }

    assert_int_equal(accepted, RTN_TOKEN_LEN);
}


static void
test_form(void **state)
{
    static const char *const  bad[] = {
        "",
        "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rqT",
        "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rqTzA",
        "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rqTz====",
        "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rqTz \t\r\n",
        "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rq==",
        " gcBAgMBCgsMDQUx6bIAzCKWozh5K164rqTz",
        "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rq+/",
        "*|RTN_TOKEN|*.......................",
        "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rqT\n"
    };

    struct rtn_token  token;
    size_t            i;

    (void) state;

    for (i = 0; i < COUNT(bad); i++) {
        assert_int_equal(rtn_token_open(&ring, str(bad[i]), RTN_PURPOSE_LINK,
                                        NOW_MS, &token), RTN_ERR_TOKEN_FORM);
        assert_int_equal(rtn_token_peek(str(bad[i]), &token),
                         RTN_ERR_TOKEN_FORM);
    }
}


static void
test_version_and_purpose(void **state)
{
    struct rtn_token  token;
    char              text[] = "EgcBAgMBCgsMDQUx6bIAzCKWozh5K164rqTz";
    char              visit[] = "FAcBAgMBCgsMDQUtxsBMgj8NRdz4vdqa9PLWRaDa";
    int               purpose, err;

    (void) state;

    for (purpose = 1; purpose < RTN_PURPOSE_COUNT; purpose++) {
        err = rtn_token_open(&ring, str(text), purpose, NOW_MS, &token);
        assert_int_equal(err, purpose == RTN_PURPOSE_LINK
                              ? 0 : RTN_ERR_TOKEN_PURPOSE);
    }

    /* The visit's purpose in a short token, and a link's in a long one. */

    text[1] = 'A';
    text[0] = 'F';
    assert_int_equal(rtn_token_open(&ring, str(text), RTN_PURPOSE_VISIT,
                                    NOW_MS, &token), RTN_ERR_TOKEN_PURPOSE);
    visit[0] = 'E';
    visit[1] = 'g';
    assert_int_equal(rtn_token_open(&ring, str(visit), RTN_PURPOSE_LINK,
                                    NOW_MS, &token), RTN_ERR_TOKEN_PURPOSE);

    text[0] = 'I';
    assert_int_equal(rtn_token_open(&ring, str(text), RTN_PURPOSE_LINK,
                                    NOW_MS, &token), RTN_ERR_TOKEN_VERSION);
}


static void
test_keys(void **state)
{
    struct rtn_keyring  two, none;
    struct rtn_key      keys[RTN_KEYS_MAX + 1];
    struct rtn_token    token, opened;
    char                text[RTN_TOKEN_LEN_MAX + 1];
    size_t              i;

    (void) state;

    keys[0] = key_make(7, 0);
    keys[1] = key_make(8, 1);
    assert_int_equal(rtn_keyring_init(&two, keys, 2), 0);

    token = token_make(RTN_PURPOSE_PIXEL);
    assert_int_equal(rtn_token_seal(&two, &token, text), 0);
    assert_int_equal(rtn_token_open(&two, str(text), RTN_PURPOSE_PIXEL,
                                    NOW_MS, &opened), 0);
    assert_int_equal(opened.key_id, 8);

    /* The older ring does not know the new key; the new one knows both. */

    assert_int_equal(rtn_token_open(&ring, str(text), RTN_PURPOSE_PIXEL,
                                    NOW_MS, &opened), RTN_ERR_TOKEN_KEY);
    assert_int_equal(rtn_token_seal(&ring, &token, text), 0);
    assert_int_equal(rtn_token_open(&two, str(text), RTN_PURPOSE_PIXEL,
                                    NOW_MS, &opened), 0);

    keys[0].is_retired = true;
    assert_int_equal(rtn_keyring_init(&two, keys, 2), 0);
    assert_int_equal(rtn_token_open(&two, str(text), RTN_PURPOSE_PIXEL,
                                    NOW_MS, &opened), RTN_ERR_TOKEN_KEY);

    /* Another secret under the same number. */

    keys[0] = key_make(7, 9);
    assert_int_equal(rtn_keyring_init(&two, keys, 1), 0);
    assert_int_equal(rtn_token_open(&two, str(text), RTN_PURPOSE_PIXEL,
                                    NOW_MS, &opened), RTN_ERR_TOKEN_MAC);

    assert_int_equal(rtn_keyring_init(&none, NULL, 0), 0);
    assert_int_equal(rtn_token_seal(&none, &token, text), RTN_ERR_TOKEN_KEY);

    for (i = 0; i < COUNT(keys); i++) {
        keys[i] = key_make((uint8_t) (i + 1), 0);
    }

    assert_int_equal(rtn_keyring_init(&two, keys, RTN_KEYS_MAX), 0);
    assert_int_equal(rtn_keyring_init(&two, keys, RTN_KEYS_MAX + 1),
                     RTN_ERR_LIMIT);

    rtn_keyring_wipe(&two);
    assert_int_equal(rtn_token_seal(&two, &token, text), RTN_ERR_TOKEN_KEY);
}


static void
test_age(void **state)
{
    static const struct {
        int64_t  age_ms;
        int      err;
    } rows[] = {
        { 0, 0 }, { -60000, 0 }, { RTN_VISIT_TTL_MS, 0 },
        { RTN_VISIT_TTL_MS + 1, RTN_ERR_TOKEN_EXPIRED }
    };

    struct rtn_token  token, opened;
    char              text[RTN_TOKEN_LEN_MAX + 1];
    size_t            i;

    (void) state;

    token = token_make(RTN_PURPOSE_VISIT);
    assert_int_equal(rtn_token_seal(&ring, &token, text), 0);

    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(rtn_token_open(&ring, str(text), RTN_PURPOSE_VISIT,
                                        NOW_MS + rows[i].age_ms, &opened),
                         rows[i].err);
    }
}


static void
test_ranges(void **state)
{
    struct rtn_token  good, token;
    char              text[RTN_TOKEN_LEN_MAX + 1];

    (void) state;

    good = token_make(RTN_PURPOSE_VISIT);

    token = good;
    token.campaign = 0;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);
    token.campaign = RTN_CAMPAIGN_MAX + 1;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);
    token.campaign = RTN_CAMPAIGN_MAX;
    assert_int_equal(rtn_token_seal(&ring, &token, text), 0);

    token = good;
    token.recipient = 0;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);
    token.recipient = RTN_RECIPIENT_TEST;
    assert_int_equal(rtn_token_seal(&ring, &token, text), 0);

    token = good;
    token.issued_ms = RTN_ID_EPOCH_MS - 1;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);
    token.issued_ms = RTN_ID_EPOCH_MS + (INT64_C(1) << 24) * 60000;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);

    token = good;
    token.purpose = RTN_PURPOSE_COUNT;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);
    token.purpose = RTN_PURPOSE_PIXEL;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);
    token.purpose = RTN_PURPOSE_LINK;
    assert_int_equal(rtn_token_seal(&ring, &token, text), 0);
    token.link = 0;
    assert_int_equal(rtn_token_seal(&ring, &token, text), RTN_ERR_LIMIT);
}


static void
test_round_trip(void **state)
{
    struct rtn_token  token, opened;
    char              text[RTN_TOKEN_LEN_MAX + 1];
    int               i;

    (void) state;

    for (i = 0; i < 5000; i++) {
        token = token_make(1 + (unsigned) random_below(4));
        token.campaign = 1 + (uint32_t) random_below(RTN_CAMPAIGN_MAX);
        token.recipient = 1 + (uint32_t) random_below(UINT32_MAX);
        token.message = (uint8_t) random_next();

        assert_int_equal(rtn_token_seal(&ring, &token, text), 0);
        assert_int_equal(rtn_token_open(&ring, str(text), token.purpose,
                                        NOW_MS, &opened), 0);
        assert_int_equal(opened.campaign, token.campaign);
        assert_int_equal(opened.recipient, token.recipient);
        assert_int_equal(opened.message, token.message);
        assert_int_equal(rtn_token_peek(str(text), &token), 0);
        assert_int_equal(opened.recipient, token.recipient);
    }
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_version_and_purpose),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_round_trip)
    };

    struct rtn_key  key = key_make(7, 0);

    random_init(argc, argv);

    if (rtn_keyring_init(&ring, &key, 1) != 0) {
        return 1;
    }

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
