#include "fuzz.h"

#include "rtn_token.h"

#define NOW_MS  INT64_C(1795599000000)


/* Any text: refused, or, without the MAC, the one spelling of its fields. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rtn_keyring  ring;
    static const struct rtn_key  key = { .id = 1 };

    struct rtn_token  token;
    struct rtn_str    text = fuzz_str(data, size);
    char              again[RTN_TOKEN_LEN_MAX + 1];
    int               purpose, err;

    if (ring.count == 0 && rtn_keyring_init(&ring, &key, 1) != 0) {
        abort();
    }

    for (purpose = 1; purpose < RTN_PURPOSE_COUNT; purpose++) {
        err = rtn_token_open(&ring, text, purpose, NOW_MS, &token);

        if (err == 0) {
            assert(rtn_token_seal(&ring, &token, again) == 0);
            assert(size == strlen(again) && memcmp(data, again, size) == 0);
        }
    }

    if (rtn_token_peek(text, &token) == 0) {
        assert(token.purpose >= 1 && token.purpose < RTN_PURPOSE_COUNT);

        if (rtn_token_seal(&ring, &token, again) == 0) {
            assert(strlen(again) == size);
            assert(rtn_token_open(&ring, fuzz_str((uint8_t *) again, size),
                                  token.purpose, token.issued_ms, &token)
                   == 0);
        }
    }

    return 0;
}
