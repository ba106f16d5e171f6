/* The token keys, one record each, retired ones too: no id comes twice. */

#include <string.h>

#include <sodium.h>

#include "codec/wire.h"
#include "db.h"

#define KEYS_PAYLOAD_SIZE  (1 + 8 + RTN_KEY_SECRET_LEN)

static int keys_read(struct db_txn *txn, struct rtn_key *keys, size_t size,
    size_t *n);
static int keys_decode(const struct db_cursor *cursor, struct rtn_key *key);
static int keys_put(struct db_txn *txn, const struct rtn_key *key);
static size_t keys_live(const struct rtn_key *keys, size_t n);


int
rtn_keys_list(struct rtn_store *store, struct rtn_key *keys, size_t size,
    size_t *n)
{
    int            rc;
    struct db_txn  txn;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = keys_read(&txn, keys, size, n);

    db_read_end(&txn);

    return rc;
}


int
rtn_keys_add(struct rtn_store *store, int64_t now_ms, uint8_t *id)
{
    int            rc;
    uint8_t        added;
    struct db_txn  txn;

    db_begin(store, DB_STATE, &txn);
    db_key_add(&txn, now_ms, &added);

    rc = db_commit(&txn);

    if (rc == 0) {
        *id = added;
    }

    return rc;
}


int
db_key_add(struct db_txn *txn, int64_t now_ms, uint8_t *id)
{
    int             rc;
    size_t          n;
    struct rtn_key  keys[RTN_KEYS_ALL], fresh;

    rc = keys_read(txn, keys, RTN_KEYS_ALL, &n);
    if (rc != 0) {
        goto done;
    }

    if (keys_live(keys, n) >= RTN_KEYS_MAX
        || (n > 0 && keys[n - 1].id == RTN_KEYS_ALL))
    {
        rc = RTN_ERR_LIMIT;
        goto done;
    }

    fresh = (struct rtn_key) {
        .id = n > 0 ? keys[n - 1].id + 1 : 1, .created_ms = now_ms
    };

    randombytes_buf(fresh.secret, sizeof(fresh.secret));

    rc = keys_put(txn, &fresh);
    if (rc == 0) {
        *id = fresh.id;
    }

    sodium_memzero(&fresh, sizeof(fresh));

done:

    sodium_memzero(keys, sizeof(keys));

    if (rc != 0 && txn->err == 0) {
        txn->err = rc;
    }

    return rc;
}


int
rtn_keys_retire(struct rtn_store *store, uint8_t id)
{
    int             rc;
    size_t          i, n;
    struct db_txn   txn;
    struct rtn_key  keys[RTN_KEYS_ALL];

    db_begin(store, DB_STATE, &txn);

    rc = keys_read(&txn, keys, RTN_KEYS_ALL, &n);
    if (rc != 0) {
        goto done;
    }

    for (i = 0; i < n && keys[i].id != id; i++) { /* void */ }

    if (i == n) {
        rc = RTN_ERR_NOT_FOUND;
        goto done;
    }

    if (!keys[i].is_retired) {
        if (keys_live(keys, n) == 1) {
            rc = RTN_ERR_LIMIT;
            goto done;
        }

        keys[i].is_retired = true;
        keys_put(&txn, &keys[i]);
    }

    rc = db_commit(&txn);

done:

    db_abort(&txn);
    sodium_memzero(keys, sizeof(keys));

    return rc;
}


int
rtn_store_keyring(struct rtn_store *store, struct rtn_keyring *ring)
{
    int             rc;
    size_t          n;
    struct rtn_key  keys[RTN_KEYS_ALL];

    rc = rtn_keys_list(store, keys, RTN_KEYS_ALL, &n);

    if (rc == 0) {
        rc = rtn_keyring_init(ring, keys, n);
    }

    sodium_memzero(keys, sizeof(keys));

    return rc;
}


static int
keys_read(struct db_txn *txn, struct rtn_key *keys, size_t size, size_t *n)
{
    int               rc;
    size_t            count;
    struct db_cursor  cursor;

    count = 0;

    db_cursor_open(txn, DB_KEYS, &cursor);

    for (rc = db_cursor_seek(&cursor, RTN_STR(""));
         rc == 0;
         rc = db_cursor_next(&cursor))
    {
        if (count == size) {
            rc = RTN_ERR_SPACE;
            break;
        }

        rc = keys_decode(&cursor, &keys[count]);
        if (rc != 0) {
            break;
        }

        count++;
    }

    db_cursor_close(&cursor);

    if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    *n = count;

    return 0;
}


static int
keys_decode(const struct db_cursor *cursor, struct rtn_key *key)
{
    struct rtn_wire_in  in;

    if (cursor->key.len != 1) {
        return RTN_ERR_CORRUPT;
    }

    key->id = (uint8_t) cursor->key.data[0];

    rtn_wire_in_init(&in, cursor->payload);

    key->is_retired = rtn_wire_get_u8(&in) != 0;
    key->created_ms = rtn_wire_get_i64(&in);
    rtn_wire_get_bytes(&in, key->secret, sizeof(key->secret));

    return rtn_wire_in_end(&in);
}


static int
keys_put(struct db_txn *txn, const struct rtn_key *key)
{
    int                  rc;
    char                 payload[KEYS_PAYLOAD_SIZE];
    uint8_t              id[1];
    struct rtn_wire_out  out;

    db_key_u8(id, key->id);

    rtn_wire_out_init(&out, payload, sizeof(payload));
    rtn_wire_put_u8(&out, key->is_retired);
    rtn_wire_put_i64(&out, key->created_ms);
    rtn_wire_put_bytes(&out, key->secret, sizeof(key->secret));

    rc = db_put(txn, DB_KEYS, (struct rtn_str) { (const char *) id, 1 },
                (struct rtn_str) { payload, out.pos });

    sodium_memzero(payload, sizeof(payload));

    return rc;
}


static size_t
keys_live(const struct rtn_key *keys, size_t n)
{
    size_t  i, live;

    live = 0;

    for (i = 0; i < n; i++) {
        live += !keys[i].is_retired;
    }

    return live;
}
