#include "fuzz.h"

#include "rtn_code.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char      text[RTN_CODE_TEXT_LEN + 1];
    uint64_t  code, again;

    if (rtn_code_parse(fuzz_str(data, size), &code) == 0) {
        assert(code > 0 && code < UINT64_C(1) << RTN_CODE_BITS);
        rtn_code_format(code, text);
        assert(strlen(text) == RTN_CODE_TEXT_LEN);
        assert(rtn_code_parse(fuzz_str((uint8_t *) text, RTN_CODE_TEXT_LEN),
                              &again) == 0);
        assert(again == code);
    }

    return 0;
}
