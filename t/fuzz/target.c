#include "fuzz.h"

#include "rtn_target.h"


/* The input is a target, a newline and the arguments of a request. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char  location[RTN_LOCATION_MAX];

    struct rtn_str  parameters[RTN_PARAMETER_COUNT];
    struct rtn_str  url, args, host;
    const uint8_t  *end;
    size_t          len, i;

    end = size > 0 ? memchr(data, '\n', size) : NULL;
    url = fuzz_str(data, end != NULL ? (size_t) (end - data) : size);
    args = fuzz_str(end != NULL ? end + 1 : NULL,
                    end != NULL ? size - url.len - 1 : 0);

    for (i = 0; i < RTN_PARAMETER_COUNT; i++) {
        parameters[i] = args;
        (void) rtn_target_uses(url, i);
    }

    if (rtn_target_expand(url, parameters, args, location, sizeof(location),
                          &len) != 0)
    {
        return 0;
    }

    assert(rtn_target_check(url, &host) == 0);
    i = (size_t) (host.data - url.data);
    assert(host.len > 0 && len >= i + host.len);
    assert(memcmp(location, url.data, i + host.len) == 0);

    for (i = 0; i < len; i++) {
        assert(location[i] > 0x20 && location[i] < 0x7F);
    }

    return 0;
}
