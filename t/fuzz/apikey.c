#include "fuzz.h"

#include "rtn_apikey.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtn_apikey  key, again;
    struct rtn_str     line = fuzz_str(data, size);
    const char        *reason;
    char               text[256];
    int                err;

    reason = NULL;
    err = rtn_apikey_parse(line, &key, &reason);

    if (err != 0) {
        assert(reason != NULL);

    } else {
        assert(rtn_apikey_format(&key, text, sizeof(text)) == 0);
        line = fuzz_str((uint8_t *) text, strlen(text) - 1);
        assert(rtn_apikey_parse(line, &again, &reason) == 0);
        assert(memcmp(&key, &again, sizeof(key)) == 0);
    }

    (void) rtn_apikey_find(&key, err == 0, fuzz_str(data, size));

    return 0;
}
