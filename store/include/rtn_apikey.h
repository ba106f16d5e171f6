/*
 * API keys: "rtn_" and 43 characters of base64url, 256 random bits.  The key
 * file keeps one line for each:
 *
 *     NAME SCOPES HASH CREATED
 *     shop coupons,events 9c56...  2026-11-25T09:30:00Z
 *
 * HASH is the SHA-256 of the key in hex: there is nothing to guess in 256
 * random bits, so no slow hash is needed.  '#' begins a comment.
 */

#ifndef RTN_APIKEY_H_INCLUDED
#define RTN_APIKEY_H_INCLUDED

#include "rtn.h"

#define RTN_APIKEY_TEXT_LEN     47
#define RTN_APIKEY_NAME_MAX     32      /* [a-z0-9-] */
#define RTN_APIKEYS_MAX        256      /* lines in a file */

enum rtn_scope {
    RTN_SCOPE_EVENTS  = 1u << 0,
    RTN_SCOPE_COUPONS = 1u << 1
};

struct rtn_apikey {
    char      name[RTN_APIKEY_NAME_MAX + 1];
    uint32_t  scopes;                   /* bits of enum rtn_scope */
    uint8_t   hash[32];
    int64_t   created_ms;
};

/*
 * Reads one line of a key file, without its newline.
 *
 * reason   on failure, a static sentence of what is wrong
 *
 * RTN_ERR_NOT_FOUND: an empty line or a comment.  RTN_ERR_LIMIT: not a key.
 * Any thread.
 */
int rtn_apikey_parse(struct rtn_str line, struct rtn_apikey *key,
    const char **reason);

/* Writes the line of a key, with newline and NUL.  RTN_ERR_SPACE. */
int rtn_apikey_format(const struct rtn_apikey *key, char *line, size_t size);

/*
 * Reads "coupons,events".  RTN_ERR_NOT_FOUND: another word, or none.
 * Any thread.
 */
int rtn_scopes_parse(struct rtn_str text, uint32_t *scopes);

/*
 * Makes a key from 32 random bytes: its text, shown once, and its hash.
 * Any thread.
 */
void rtn_apikey_make(const uint8_t random[32],
    char text[RTN_APIKEY_TEXT_LEN + 1], uint8_t hash[32]);

/*
 * Finds the key that text spells, comparing with every key in constant time.
 * NULL when there is none.  Any thread.
 */
const struct rtn_apikey *rtn_apikey_find(const struct rtn_apikey *keys,
    size_t n, struct rtn_str text);

#endif /* RTN_APIKEY_H_INCLUDED */
