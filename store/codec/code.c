/* Coupon codes: Crockford's base 32 and a check symbol. */

#include <sodium.h>
#include <string.h>

#include "rtn_code.h"
#include "wire.h"

#define CODE_SYMBOLS     12         /* before the check symbol */
#define CODE_GROUP       4          /* symbols between hyphens */
#define CODE_TEXT_MAX    64         /* bytes that somebody may have typed */
#define CODE_MASK        ((UINT64_C(1) << RTN_CODE_BITS) - 1)

/*
 * GF(32) is built over x^5 + x^2 + 1, a primitive polynomial, so that x (2)
 * generates all 31 elements but 0.
 */
#define CODE_POLYNOMIAL  0x25

/* Between this context and the numbers nothing else hashes with the secret. */
#define CODE_CONTEXT     "rtn coupon code"

static const char  code_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";


/* The product of a symbol and the generator. */
static unsigned
code_step(unsigned symbol)
{
    symbol <<= 1;

    return symbol & 0x20 ? symbol ^ CODE_POLYNOMIAL : symbol;
}


/*
 * Horner's rule from the first symbol on: symbol i, counted from the check
 * symbol's place as 0, is weighed with the generator to the power of i.  All
 * 13 weights differ and none is 0, so a wrong symbol changes the sum, and so
 * does an exchange of two that differ.
 */
static unsigned
code_check(const unsigned symbols[CODE_SYMBOLS])
{
    unsigned  sum;
    int       i;

    sum = 0;

    for (i = 0; i < CODE_SYMBOLS; i++) {
        sum = code_step(sum ^ symbols[i]);
    }

    return sum;
}


static int
code_symbol(char c)
{
    const char  *at;

    if (c >= 'a' && c <= 'z') {
        c = (char) (c - 'a' + 'A');
    }

    switch (c) {

    case 'O':
        return 0;

    case 'I':
    case 'L':
        return 1;

    case '\0':
        return -1;

    default:
        at = strchr(code_alphabet, c);
        return at != NULL ? (int) (at - code_alphabet) : -1;
    }
}


void
rtn_code_format(uint64_t code, char text[RTN_CODE_TEXT_LEN + 1])
{
    unsigned  symbols[CODE_SYMBOLS];
    char     *p;
    int       i;

    code &= CODE_MASK;
    p = text;

    for (i = 0; i < CODE_SYMBOLS; i++) {
        symbols[i] = code >> (RTN_CODE_BITS - 5 * (i + 1)) & 0x1F;
        *p++ = code_alphabet[symbols[i]];

        if (i % CODE_GROUP == CODE_GROUP - 1) {
            *p++ = '-';
        }
    }

    *p++ = code_alphabet[code_check(symbols)];
    *p = '\0';
}


int
rtn_code_parse(struct rtn_str text, uint64_t *code)
{
    unsigned  symbols[CODE_SYMBOLS + 1];
    uint64_t  value;
    size_t    i;
    int       n, symbol;

    if (text.len > CODE_TEXT_MAX) {
        return RTN_ERR_CODE;
    }

    n = 0;
    value = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] == ' ' || text.data[i] == '-') {
            continue;
        }

        symbol = code_symbol(text.data[i]);
        if (symbol < 0 || n == CODE_SYMBOLS + 1) {
            return RTN_ERR_CODE;
        }

        symbols[n++] = (unsigned) symbol;

        if (n <= CODE_SYMBOLS) {
            value = value << 5 | (unsigned) symbol;
        }
    }

    if (n != CODE_SYMBOLS + 1 || value == 0
        || code_check(symbols) != symbols[CODE_SYMBOLS])
    {
        return RTN_ERR_CODE;
    }

    *code = value;

    return RTN_OK;
}


uint64_t
rtn_code_derive(const uint8_t secret[32], uint32_t campaign,
    uint32_t customer, uint32_t attempt)
{
    struct rtn_wire_out  out;
    struct rtn_wire_in   in;
    struct rtn_str       digest;
    uint8_t              message[sizeof(CODE_CONTEXT) + 12];
    uint8_t              hash[crypto_generichash_BYTES_MIN];
    uint64_t             code;

    rtn_wire_out_init(&out, message, sizeof(message));
    rtn_wire_put_bytes(&out, CODE_CONTEXT, sizeof(CODE_CONTEXT));
    rtn_wire_put_u32(&out, campaign);
    rtn_wire_put_u32(&out, customer);
    rtn_wire_put_u32(&out, attempt);

    crypto_generichash(hash, sizeof(hash), message, out.pos, secret, 32);

    digest.data = (const char *) hash;
    digest.len = sizeof(hash);
    rtn_wire_in_init(&in, digest);
    code = rtn_wire_get_u64(&in) & CODE_MASK;

    return code != 0 ? code : 1;
}
