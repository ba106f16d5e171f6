/*
 * Tokens: what the mails' links carry.  27 bytes, 36 characters of base64url
 * with no bits left over, so each token has exactly one spelling:
 *
 *     0        1     2          5     6           10    11              27
 *    +--------+-----+----------+-----+-----------+-----+---------------+
 *    | vvvv   | key | campaign | msg | recipient |link | HMAC-SHA-256, |
 *    |   pppp | id  | 3 bytes  |     | 4 bytes   |     | first 128 bits|
 *    +--------+-----+----------+-----+-----------+-----+---------------+
 *
 * v is the version (1), p the purpose; numbers are big-endian.  A visit token
 * has the minute of its issue, 3 bytes since 2020-01-01, before the MAC:
 * 30 bytes, 40 characters.  Each purpose has its own subkey, so a token of
 * one purpose never verifies as another.
 */

#ifndef RTN_TOKEN_H_INCLUDED
#define RTN_TOKEN_H_INCLUDED

#include "rtn.h"

#define RTN_TOKEN_LEN          36   /* characters, all purposes but visit */
#define RTN_VISIT_TOKEN_LEN    40   /* characters of a visit token */
#define RTN_TOKEN_LEN_MAX      40
#define RTN_VISIT_TTL_MS       (INT64_C(30) * 24 * 3600 * 1000)

#define RTN_CAMPAIGN_MAX       0xFFFFFF         /* campaign numbers */
#define RTN_RECIPIENT_TEST     0xFF000000u      /* from here on: test mails */
#define RTN_LINK_TRAP          255              /* the honeypot link */

#define RTN_KEYS_MAX           16   /* keys in a ring */
#define RTN_KEY_SECRET_LEN     32   /* bytes of a key's secret */

enum rtn_purpose {
    RTN_PURPOSE_PIXEL = 1,
    RTN_PURPOSE_LINK,
    RTN_PURPOSE_UNSUBSCRIBE,
    RTN_PURPOSE_VISIT,
    RTN_PURPOSE_COUNT
};

struct rtn_token {
    enum rtn_purpose  purpose;
    uint8_t           key_id;        /* set by seal and open */
    uint8_t           message;       /* 0-based index within the campaign */
    uint8_t           link;          /* a link's: 1 to 254, RTN_LINK_TRAP; a
                                        visit's: any; of others: 0 */
    uint32_t          campaign;      /* 1 to RTN_CAMPAIGN_MAX */
    uint32_t          recipient;     /* the customer's number, from 1 on */
    int64_t           issued_ms;     /* visit tokens: whole minutes; else 0 */
};

/* One key, as the store keeps it. */
struct rtn_key {
    uint8_t  id;                     /* 1 to 255, never used again */
    bool     is_retired;             /* verifies nothing any more */
    int64_t  created_ms;
    uint8_t  secret[RTN_KEY_SECRET_LEN];
};

/* HMAC-SHA-256 that has taken in its key, as nettle keeps it: half of the work
   that a token needs. */
struct rtn_token_mac {
    uint64_t  words[42];
};

/*
 * The keys that verify, and the one that signs: the newest that is not
 * retired.  Made by rtn_keyring_init; a plain value, may be copied.
 * Wipe with rtn_keyring_wipe when done.
 */
struct rtn_keyring {
    size_t   count;
    int      signing;                /* index into keys; -1: none signs */
    struct {
        uint8_t               id;
        struct rtn_token_mac  macs[RTN_PURPOSE_COUNT];
    } keys[RTN_KEYS_MAX];
};

/*
 * Derives the subkeys of all keys that are not retired.
 *
 * keys, n   in the order of creation, the newest last
 *
 * RTN_ERR_LIMIT: more than RTN_KEYS_MAX live keys.  Any thread.
 */
int rtn_keyring_init(struct rtn_keyring *ring, const struct rtn_key *keys,
    size_t n);

/* Overwrites the secrets.  Any thread. */
void rtn_keyring_wipe(struct rtn_keyring *ring);

/*
 * Signs a token with the ring's newest key.
 *
 * token   key_id is ignored
 * text    gets RTN_TOKEN_LEN or RTN_VISIT_TOKEN_LEN characters and a NUL
 *
 * RTN_ERR_TOKEN_KEY: no key in the ring signs.
 * RTN_ERR_LIMIT: a field is out of its range.  Any thread.
 */
int rtn_token_seal(const struct rtn_keyring *ring,
    const struct rtn_token *token, char text[RTN_TOKEN_LEN_MAX + 1]);

/*
 * Verifies a token in constant time for a given length, and reads it.
 *
 * text      any bytes at all, need not end in NUL
 * purpose   what the endpoint accepts
 * now_ms    for the age of visit tokens
 *
 * RTN_ERR_TOKEN_FORM, _VERSION, _PURPOSE, _KEY, _MAC, _EXPIRED, the first
 * that applies in this order.  Reads no store.  Any thread.
 */
int rtn_token_open(const struct rtn_keyring *ring, struct rtn_str text,
    enum rtn_purpose purpose, int64_t now_ms, struct rtn_token *token);

/*
 * Reads the fields of a token without verifying it, for 'link inspect'.
 *
 * RTN_ERR_TOKEN_FORM, RTN_ERR_TOKEN_VERSION, RTN_ERR_TOKEN_PURPOSE.
 * Any thread.
 */
int rtn_token_peek(struct rtn_str text, struct rtn_token *token);

#endif /* RTN_TOKEN_H_INCLUDED */
