/* Tokens and the ring of keys; the picture of a token is in rtn_token.h. */

#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <sodium.h>
#include <string.h>

#include "rtn_id.h"
#include "rtn_token.h"
#include "wire.h"

#define TOKEN_VERSION       1
#define TOKEN_BODY_LEN      11      /* bytes before the MAC */
#define TOKEN_STAMP_LEN     3       /* more of them in a visit token */
#define TOKEN_MAC_LEN       16
#define TOKEN_BYTES_MAX     (TOKEN_BODY_LEN + TOKEN_STAMP_LEN + TOKEN_MAC_LEN)
#define TOKEN_STACK_LEN     4096    /* more than deriving subkeys may use */
#define TOKEN_MINUTE_MS     60000
#define TOKEN_MINUTE_MAX    0xFFFFFF
#define TOKEN_KDF_CONTEXT   "rtntoken"

/* The bytes of a token as they came out of base64url. */
struct token_raw {
    uint8_t  bytes[TOKEN_BYTES_MAX];
    size_t   body_len;
};

_Static_assert(RTN_KEY_SECRET_LEN == crypto_kdf_KEYBYTES, "key length");
_Static_assert(sizeof(TOKEN_KDF_CONTEXT) - 1 == crypto_kdf_CONTEXTBYTES,
               "length of the context");
_Static_assert(sizeof(struct rtn_token_mac) >= sizeof(struct hmac_sha256_ctx),
               "length of a state");


static size_t
token_body_len(unsigned purpose)
{
    return purpose == RTN_PURPOSE_VISIT ? TOKEN_BODY_LEN + TOKEN_STAMP_LEN
                                        : TOKEN_BODY_LEN;
}


static void
token_mac_init(struct rtn_token_mac *mac, const struct rtn_key *key,
    unsigned purpose)
{
    uint8_t                 subkey[SHA256_DIGEST_SIZE];
    struct hmac_sha256_ctx  state;

    crypto_kdf_derive_from_key(subkey, sizeof(subkey), purpose,
                               TOKEN_KDF_CONTEXT, key->secret);

    hmac_sha256_set_key(&state, sizeof(subkey), subkey);
    memcpy(mac->words, &state, sizeof(state));

    sodium_memzero(&state, sizeof(state));
    sodium_memzero(subkey, sizeof(subkey));
}


/* Wipes what it copied itself: what nettle leaves on its stack is not told. */
static void
token_mac(const struct rtn_token_mac *keyed, const uint8_t *body, size_t len,
    uint8_t mac[TOKEN_MAC_LEN])
{
    struct hmac_sha256_ctx  state;

    memcpy(&state, keyed->words, sizeof(state));

    hmac_sha256_update(&state, len, body);
    hmac_sha256_digest(&state, TOKEN_MAC_LEN, mac);

    sodium_memzero(&state, sizeof(state));
}


static bool
token_is_in_range(const struct rtn_token *token)
{
    int64_t  minute;

    if (token->campaign == 0 || token->campaign > RTN_CAMPAIGN_MAX
        || token->recipient == 0)
    {
        return false;
    }

    switch (token->purpose) {

    case RTN_PURPOSE_PIXEL:
    case RTN_PURPOSE_UNSUBSCRIBE:
        return token->link == 0;

    case RTN_PURPOSE_LINK:
        return token->link != 0;

    case RTN_PURPOSE_VISIT:
        if (token->issued_ms < RTN_ID_EPOCH_MS) {
            return false;
        }

        minute = (token->issued_ms - RTN_ID_EPOCH_MS) / TOKEN_MINUTE_MS;

        return minute <= TOKEN_MINUTE_MAX;

    default:
        return false;
    }
}


/* nettle skips white space and takes padding: what has some is too short. */
static int
token_bytes_decode(struct rtn_str text, struct token_raw *raw)
{
    size_t                    len;
    struct base64_decode_ctx  base64;

    if (text.len != RTN_TOKEN_LEN && text.len != RTN_VISIT_TOKEN_LEN) {
        return RTN_ERR_TOKEN_FORM;
    }

    len = sizeof(raw->bytes);
    base64url_decode_init(&base64);

    if (!base64_decode_update(&base64, &len, raw->bytes, text.len, text.data)
        || !base64_decode_final(&base64)
        || len != text.len / 4 * 3)
    {
        return RTN_ERR_TOKEN_FORM;
    }

    raw->body_len = len - TOKEN_MAC_LEN;

    return RTN_OK;
}


/* Takes a token apart.  purpose is 0 where any will do. */
static int
token_decode(struct rtn_str text, unsigned purpose, struct token_raw *raw,
    struct rtn_token *token)
{
    int                 rc;
    struct rtn_wire_in  in;
    struct rtn_str      body;
    uint8_t             first;

    rc = token_bytes_decode(text, raw);
    if (rc != RTN_OK) {
        return rc;
    }

    body.data = (const char *) raw->bytes;
    body.len = raw->body_len;

    rtn_wire_in_init(&in, body);
    first = rtn_wire_get_u8(&in);

    if (first >> 4 != TOKEN_VERSION) {
        return RTN_ERR_TOKEN_VERSION;
    }

    token->purpose = first & 0x0F;

    if (token->purpose == 0 || token->purpose >= RTN_PURPOSE_COUNT
        || token_body_len(token->purpose) != raw->body_len
        || (purpose != 0 && token->purpose != purpose))
    {
        return RTN_ERR_TOKEN_PURPOSE;
    }

    token->key_id = rtn_wire_get_u8(&in);
    token->campaign = rtn_wire_get_u24(&in);
    token->message = rtn_wire_get_u8(&in);
    token->recipient = rtn_wire_get_u32(&in);
    token->link = rtn_wire_get_u8(&in);
    token->issued_ms = 0;

    if (token->purpose == RTN_PURPOSE_VISIT) {
        token->issued_ms = RTN_ID_EPOCH_MS
                           + (int64_t) rtn_wire_get_u24(&in) * TOKEN_MINUTE_MS;
    }

    return rtn_wire_in_end(&in);
}


static int
token_key_find(const struct rtn_keyring *ring, uint8_t id)
{
    size_t  i;

    for (i = 0; i < ring->count; i++) {
        if (ring->keys[i].id == id) {
            return (int) i;
        }
    }

    return -1;
}


int
rtn_keyring_init(struct rtn_keyring *ring, const struct rtn_key *keys,
    size_t n)
{
    size_t  i, live, purpose;

    live = 0;

    for (i = 0; i < n; i++) {
        live += !keys[i].is_retired;
    }

    if (live > RTN_KEYS_MAX) {
        return RTN_ERR_LIMIT;
    }

    memset(ring, 0, sizeof(*ring));

    for (i = 0; i < n; i++) {
        if (keys[i].is_retired) {
            continue;
        }

        ring->keys[ring->count].id = keys[i].id;

        for (purpose = 1; purpose < RTN_PURPOSE_COUNT; purpose++) {
            token_mac_init(&ring->keys[ring->count].macs[purpose], &keys[i],
                           purpose);
        }

        ring->count++;
    }

    ring->signing = (int) ring->count - 1;

    /* libsodium and nettle leave copies of subkeys behind */

    sodium_stackzero(TOKEN_STACK_LEN);

    return RTN_OK;
}


void
rtn_keyring_wipe(struct rtn_keyring *ring)
{
    sodium_memzero(ring, sizeof(*ring));
    ring->signing = -1;
}


int
rtn_token_seal(const struct rtn_keyring *ring, const struct rtn_token *token,
    char text[RTN_TOKEN_LEN_MAX + 1])
{
    struct rtn_wire_out       out;
    struct base64_encode_ctx  base64;
    uint8_t                   bytes[TOKEN_BYTES_MAX], mac[TOKEN_MAC_LEN];
    int64_t                   minute;
    size_t                    len;

    if (ring->signing < 0) {
        return RTN_ERR_TOKEN_KEY;
    }

    if (!token_is_in_range(token)) {
        return RTN_ERR_LIMIT;
    }

    rtn_wire_out_init(&out, bytes, sizeof(bytes));
    rtn_wire_put_u8(&out, (uint8_t) (TOKEN_VERSION << 4 | token->purpose));
    rtn_wire_put_u8(&out, ring->keys[ring->signing].id);
    rtn_wire_put_u24(&out, token->campaign);
    rtn_wire_put_u8(&out, token->message);
    rtn_wire_put_u32(&out, token->recipient);
    rtn_wire_put_u8(&out, token->link);

    if (token->purpose == RTN_PURPOSE_VISIT) {
        minute = (token->issued_ms - RTN_ID_EPOCH_MS) / TOKEN_MINUTE_MS;
        rtn_wire_put_u24(&out, (uint32_t) minute);
    }

    token_mac(&ring->keys[ring->signing].macs[token->purpose], bytes, out.pos,
              mac);
    rtn_wire_put_bytes(&out, mac, sizeof(mac));

    base64url_encode_init(&base64);
    len = base64_encode_update(&base64, text, out.pos, bytes);
    len += base64_encode_final(&base64, text + len);
    text[len] = '\0';

    return RTN_OK;
}


int
rtn_token_open(const struct rtn_keyring *ring, struct rtn_str text,
    enum rtn_purpose purpose, int64_t now_ms, struct rtn_token *token)
{
    struct token_raw  raw;
    struct rtn_token  found;
    uint8_t           mac[TOKEN_MAC_LEN];
    int               err, key;

    err = token_decode(text, purpose, &raw, &found);
    if (err != 0) {
        return err;
    }

    key = token_key_find(ring, found.key_id);
    if (key < 0) {
        return RTN_ERR_TOKEN_KEY;
    }

    token_mac(&ring->keys[key].macs[found.purpose], raw.bytes, raw.body_len,
              mac);

    if (sodium_memcmp(mac, raw.bytes + raw.body_len, TOKEN_MAC_LEN) != 0) {
        return RTN_ERR_TOKEN_MAC;
    }

    if (found.purpose == RTN_PURPOSE_VISIT
        && now_ms > found.issued_ms
        && now_ms - found.issued_ms > RTN_VISIT_TTL_MS)
    {
        return RTN_ERR_TOKEN_EXPIRED;
    }

    *token = found;

    return RTN_OK;
}


int
rtn_token_peek(struct rtn_str text, struct rtn_token *token)
{
    struct token_raw  raw;
    struct rtn_token  found;
    int               err;

    err = token_decode(text, 0, &raw, &found);
    if (err != 0) {
        return err;
    }

    *token = found;

    return RTN_OK;
}
