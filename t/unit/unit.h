/* What every test of the store begins with. */

#ifndef T_UNIT_H_INCLUDED
#define T_UNIT_H_INCLUDED

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rtn.h"

#define COUNT(array)  (sizeof(array) / sizeof(array[0]))


static inline struct rtn_str
str(const char *text)
{
    return (struct rtn_str) { text, strlen(text) };
}

#endif /* T_UNIT_H_INCLUDED */
