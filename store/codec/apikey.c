/* API keys and the lines of their file. */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rtn_apikey.h"
#include "rtn_time.h"
#include "text.h"

#define APIKEY_PREFIX    "rtn_"
#define APIKEY_HEX_LEN   64
#define APIKEY_WORDS     4
#define APIKEY_SCOPES    (sizeof(apikey_scopes) / sizeof(apikey_scopes[0]))

struct apikey_scope {
    const char  *name;
    uint32_t     bit;
};

static const struct apikey_scope  apikey_scopes[] = {
    { "coupons", RTN_SCOPE_COUPONS },
    { "events",  RTN_SCOPE_EVENTS }
};

_Static_assert(crypto_hash_sha256_BYTES == 32, "length of a hash");


static bool
apikey_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}


/* Takes the next word of a line, or an empty one at its end. */
static struct rtn_str
apikey_word(struct rtn_str *rest)
{
    struct rtn_str  word;

    while (rest->len > 0 && apikey_is_space(*rest->data)) {
        rest->data++;
        rest->len--;
    }

    word.data = rest->data;
    word.len = 0;

    while (rest->len > 0 && !apikey_is_space(*rest->data)) {
        rest->data++;
        rest->len--;
        word.len++;
    }

    return word;
}


static bool
apikey_is_name(struct rtn_str name)
{
    size_t  i;
    char    c;

    if (name.len == 0 || name.len > RTN_APIKEY_NAME_MAX) {
        return false;
    }

    for (i = 0; i < name.len; i++) {
        c = name.data[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }

    return true;
}


static int
apikey_hash_parse(struct rtn_str text, uint8_t hash[32])
{
    size_t  len;

    if (text.len != APIKEY_HEX_LEN
        || sodium_hex2bin(hash, 32, text.data, text.len, NULL, &len, NULL) != 0
        || len != 32)
    {
        return RTN_ERR_LIMIT;
    }

    return RTN_OK;
}


/* Reads the four words of a line; NULL, or what is wrong. */
static const char *
apikey_read(const struct rtn_str words[APIKEY_WORDS], struct rtn_apikey *key)
{
    if (!apikey_is_name(words[0])) {
        return "a name has 1 to 32 characters of a-z, 0-9 and '-'";
    }

    if (words[3].len == 0) {
        return "a line has a name, scopes, a hash and a time";
    }

    if (rtn_scopes_parse(words[1], &key->scopes) != 0) {
        return "scopes are 'coupons', 'events' or 'coupons,events'";
    }

    if (apikey_hash_parse(words[2], key->hash) != 0) {
        return "a hash has 64 hexadecimal digits";
    }

    if (rtn_time_parse(words[3], &key->created_ms) != 0) {
        return "the time is not like 2026-11-25T09:30:00Z";
    }

    memcpy(key->name, words[0].data, words[0].len);

    return NULL;
}


int
rtn_apikey_parse(struct rtn_str line, struct rtn_apikey *key,
    const char **reason)
{
    struct rtn_apikey  found;
    struct rtn_str     words[APIKEY_WORDS], rest;
    const char        *comment;
    size_t             i;

    rest = line;

    if (rest.len > 0) {
        comment = memchr(rest.data, '#', rest.len);
        rest.len = comment != NULL ? (size_t) (comment - rest.data) : rest.len;
    }

    for (i = 0; i < APIKEY_WORDS; i++) {
        words[i] = apikey_word(&rest);
    }

    if (words[0].len == 0) {
        *reason = "no key in this line";
        return RTN_ERR_NOT_FOUND;
    }

    if (apikey_word(&rest).len > 0) {
        *reason = "more than a name, scopes, a hash and a time";
        return RTN_ERR_LIMIT;
    }

    memset(&found, 0, sizeof(found));

    *reason = apikey_read(words, &found);
    if (*reason != NULL) {
        return RTN_ERR_LIMIT;
    }

    *key = found;

    return RTN_OK;
}


int
rtn_apikey_format(const struct rtn_apikey *key, char *line, size_t size)
{
    char    scopes[32], hash[APIKEY_HEX_LEN + 1], created[RTN_TIME_TEXT_MAX];
    size_t  i, used;
    int     n;

    used = 0;
    scopes[0] = '\0';

    for (i = 0; i < APIKEY_SCOPES; i++) {
        if (key->scopes & apikey_scopes[i].bit) {
            used += (size_t) snprintf(scopes + used, sizeof(scopes) - used,
                                      "%s%s", used > 0 ? "," : "",
                                      apikey_scopes[i].name);
        }
    }

    sodium_bin2hex(hash, sizeof(hash), key->hash, sizeof(key->hash));
    rtn_time_format(key->created_ms, created);

    n = snprintf(line, size, "%s %s %s %s\n", key->name, scopes, hash,
                 created);

    return n >= 0 && (size_t) n < size ? RTN_OK : RTN_ERR_SPACE;
}


int
rtn_scopes_parse(struct rtn_str text, uint32_t *scopes)
{
    struct rtn_str  word;
    uint32_t        found;
    size_t          i, at;

    found = 0;

    for (at = 0; at <= text.len; at += word.len + 1) {
        for (i = at; i < text.len && text.data[i] != ','; i++) {
            /* void */
        }

        word.data = i > at ? text.data + at : NULL;
        word.len = i - at;

        for (i = 0; i < APIKEY_SCOPES; i++) {
            if (rtn_text_is(word, apikey_scopes[i].name)) {
                break;
            }
        }

        if (i == APIKEY_SCOPES) {
            return RTN_ERR_NOT_FOUND;
        }

        found |= apikey_scopes[i].bit;
    }

    *scopes = found;

    return RTN_OK;
}


void
rtn_apikey_make(const uint8_t random[32], char text[RTN_APIKEY_TEXT_LEN + 1],
    uint8_t hash[32])
{
    const size_t  prefix = sizeof(APIKEY_PREFIX) - 1;

    memcpy(text, APIKEY_PREFIX, prefix);
    sodium_bin2base64(text + prefix, RTN_APIKEY_TEXT_LEN + 1 - prefix, random,
                      32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    crypto_hash_sha256(hash, (const uint8_t *) text, RTN_APIKEY_TEXT_LEN);
}


const struct rtn_apikey *
rtn_apikey_find(const struct rtn_apikey *keys, size_t n, struct rtn_str text)
{
    const struct rtn_apikey  *found;
    uint8_t                   hash[32];
    size_t                    i;

    if (text.len != RTN_APIKEY_TEXT_LEN) {
        return NULL;
    }

    crypto_hash_sha256(hash, (const uint8_t *) text.data, text.len);
    found = NULL;

    /* No break: the time must not say which key it was. */

    for (i = 0; i < n; i++) {
        if (sodium_memcmp(hash, keys[i].hash, sizeof(hash)) == 0) {
            found = &keys[i];
        }
    }

    return found;
}
