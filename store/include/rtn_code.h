/*
 * Coupon codes: 60 bits, written as 12 symbols of Crockford's base 32 (no I,
 * L, O, U) and a check symbol, shown XXXX-XXXX-XXXX-C.
 *
 * The check symbol is the sum of the symbols, each times its own power of a
 * generator of GF(32): it finds every single wrong symbol and every exchange
 * of two.
 */

#ifndef RTN_CODE_H_INCLUDED
#define RTN_CODE_H_INCLUDED

#include "rtn.h"

#define RTN_CODE_BITS       60
#define RTN_CODE_TEXT_LEN   16      /* XXXX-XXXX-XXXX-C */

/*
 * Writes a code as people see it, upper case, with hyphens and a NUL.
 * code is below 2^60; 0 is reserved for "no coupon".  Any thread.
 */
void rtn_code_format(uint64_t code, char text[RTN_CODE_TEXT_LEN + 1]);

/*
 * Reads a code as people type it: any case, O as 0, I and L as 1, spaces and
 * hyphens anywhere.  RTN_ERR_CODE: wrong length, symbol or check symbol.
 * Any thread.
 */
int rtn_code_parse(struct rtn_str text, uint64_t *code);

/*
 * The code of a recipient's coupon: a keyed hash, so that a campaign whose
 * creation was interrupted issues the same codes when it is resumed, and
 * nobody without the key can guess one.
 *
 * secret    32 bytes, from the store
 * attempt   0, then 1, 2, ... while the code is taken
 *
 * Never 0.  Any thread.
 */
uint64_t rtn_code_derive(const uint8_t secret[32], uint32_t campaign,
    uint32_t customer, uint32_t attempt);

#endif /* RTN_CODE_H_INCLUDED */
