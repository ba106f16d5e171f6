/* The one door of a fuzz target; replay.c knocks at it with files. */

#ifndef T_FUZZ_H_INCLUDED
#define T_FUZZ_H_INCLUDED

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rtn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static inline struct rtn_str
fuzz_str(const uint8_t *data, size_t size)
{
    return (struct rtn_str) { (const char *) data, size };
}

#endif /* T_FUZZ_H_INCLUDED */
