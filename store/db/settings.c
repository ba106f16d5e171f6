/*
 * Settings and secrets, a record each, so that a later version can add some
 * and an earlier one still finds its own.
 */

#include <string.h>

#include <sodium.h>

#include "codec/wire.h"
#include "db.h"

#define SETTINGS_FORMAT       "format"
#define SETTINGS_SEGMENT      "segment_mib"
#define SETTINGS_GLOBAL       "global_holdout_ppm"
#define SETTINGS_NUMBER_SIZE  4

static const struct {
    const char  *name;
    size_t       offset;        /* of a string in struct rtn_settings */
    size_t       size;          /* its NUL included */
} settings_strings[] = {

#define SETTINGS_STRING(field)                                               \
    { #field, offsetof(struct rtn_settings, field),                          \
      sizeof(((struct rtn_settings *) 0)->field) }

    SETTINGS_STRING(base_url),
    SETTINGS_STRING(pixel_path),
    SETTINGS_STRING(redirect_path),
    SETTINGS_STRING(unsubscribe_path),
    SETTINGS_STRING(timezone),
    SETTINGS_STRING(currency)

#undef SETTINGS_STRING
};

#define SETTINGS_STRINGS                                                     \
    (sizeof(settings_strings) / sizeof(settings_strings[0]))

static const struct {
    enum rtn_secret   secret;
    const char       *name;
} settings_secrets[] = {
    { RTN_SECRET_CUSTOMER_HASH, "secret.customer_hash" },
    { RTN_SECRET_DRAW,          "secret.draw" },
    { RTN_SECRET_COUPON_CODE,   "secret.coupon_code" }
};

#define SETTINGS_SECRETS                                                     \
    (sizeof(settings_secrets) / sizeof(settings_secrets[0]))

static struct rtn_str settings_key(const char *name);
static int settings_write(struct db_txn *txn,
    const struct rtn_settings *settings);
static int settings_write_optional(struct db_txn *txn, const char *name,
    uint32_t number);
static int settings_write_secrets(struct db_txn *txn);
static int settings_read(struct db_txn *txn, struct rtn_settings *settings);
static int settings_read_optional(struct db_txn *txn, const char *name,
    uint32_t max, uint32_t *number);
static int settings_read_string(struct db_txn *txn, const char *name,
    char *string, size_t size);
static int settings_read_secrets(struct db_txn *txn,
    struct rtn_store *store);


int
db_settings_create(struct rtn_store *store,
    const struct rtn_settings *settings, int64_t now_ms)
{
    int            rc;
    uint8_t        id;
    uint32_t       format;
    struct db_txn  txn;

    db_begin(store, DB_STATE, &txn);

    rc = db_setting_number(&txn, SETTINGS_FORMAT, &format);
    if (rc != RTN_ERR_NOT_FOUND) {
        db_abort(&txn);
        return rc == 0 ? RTN_ERR_EXISTS : rc;
    }

    settings_write(&txn, settings);
    settings_write_secrets(&txn);
    db_key_add(&txn, now_ms, &id);
    db_setting_number_put(&txn, SETTINGS_FORMAT, RTN_STORE_FORMAT);

    return db_commit(&txn);
}


int
db_settings_load(struct rtn_store *store)
{
    int            rc;
    uint32_t       format;
    struct db_txn  txn;

    /* without this table creation did not get to the settings */
    if (store->dbis[DB_SETTINGS] == 0) {
        return RTN_ERR_ABSENT;
    }

    db_read_begin(store, DB_STATE, &txn);

    rc = db_setting_number(&txn, SETTINGS_FORMAT, &format);

    if (rc == RTN_ERR_NOT_FOUND) {
        rc = RTN_ERR_ABSENT;

    } else if (rc == 0 && format > RTN_STORE_FORMAT) {
        rc = RTN_ERR_NEWER;

    } else if (rc == 0 && format < RTN_STORE_FORMAT) {
        rc = RTN_ERR_OLDER;
    }

    if (rc == 0) {
        rc = settings_read(&txn, &store->settings);
    }

    if (rc == 0) {
        rc = settings_read_secrets(&txn, store);
    }

    db_read_end(&txn);

    /* a complete store has all of them */
    return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
}


const struct rtn_settings *
rtn_store_settings(const struct rtn_store *store)
{
    return &store->settings;
}


int
rtn_settings_put(struct rtn_store *store, const struct rtn_settings *settings)
{
    int            rc;
    struct db_txn  txn;

    db_begin(store, DB_STATE, &txn);
    settings_write(&txn, settings);

    rc = db_commit(&txn);

    if (rc == 0) {
        store->settings = *settings;
    }

    return rc;
}


const uint8_t *
rtn_store_secret(const struct rtn_store *store, enum rtn_secret secret)
{
    return store->secrets[secret];
}


void
rtn_customer_hash(const struct rtn_store *store, struct rtn_str id,
    uint8_t hash[RTN_HASH_LEN])
{
    crypto_generichash(hash, RTN_HASH_LEN, (const uint8_t *) id.data, id.len,
                       store->secrets[RTN_SECRET_CUSTOMER_HASH],
                       sizeof(store->secrets[RTN_SECRET_CUSTOMER_HASH]));
}


int
db_setting_number(struct db_txn *txn, const char *name, uint32_t *number)
{
    int                 rc;
    uint32_t            value;
    struct rtn_str      payload;
    struct rtn_wire_in  in;

    rc = db_get(txn, DB_SETTINGS, settings_key(name), &payload);
    if (rc != 0) {
        return rc;
    }

    rtn_wire_in_init(&in, payload);
    value = rtn_wire_get_u32(&in);

    rc = rtn_wire_in_end(&in);
    if (rc != 0) {
        return rc;
    }

    *number = value;

    return 0;
}


int
db_setting_number_put(struct db_txn *txn, const char *name, uint32_t number)
{
    char                 payload[SETTINGS_NUMBER_SIZE];
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, payload, sizeof(payload));
    rtn_wire_put_u32(&out, number);

    return db_put(txn, DB_SETTINGS, settings_key(name),
                  (struct rtn_str) { payload, out.pos });
}


static struct rtn_str
settings_key(const char *name)
{
    return (struct rtn_str) { name, strlen(name) };
}


static int
settings_write(struct db_txn *txn, const struct rtn_settings *settings)
{
    size_t       i;
    const char  *string;

    for (i = 0; i < SETTINGS_STRINGS; i++) {
        string = (const char *) settings + settings_strings[i].offset;

        db_put(txn, DB_SETTINGS, settings_key(settings_strings[i].name),
               (struct rtn_str) {
                   string, strnlen(string, settings_strings[i].size - 1)
               });
    }

    settings_write_optional(txn, SETTINGS_SEGMENT, settings->segment_mib);
    settings_write_optional(txn, SETTINGS_GLOBAL,
                            settings->global_holdout_ppm);

    return db_setting_number_put(txn, "node", settings->node);
}


/* Absent where the default, 0, is meant, as in older stores. */
static int
settings_write_optional(struct db_txn *txn, const char *name, uint32_t number)
{
    return number != 0 ? db_setting_number_put(txn, name, number)
                       : db_delete(txn, DB_SETTINGS, settings_key(name));
}


static int
settings_write_secrets(struct db_txn *txn)
{
    size_t   i;
    uint8_t  secret[32];

    for (i = 0; i < SETTINGS_SECRETS; i++) {
        randombytes_buf(secret, sizeof(secret));

        db_put(txn, DB_SETTINGS, settings_key(settings_secrets[i].name),
               (struct rtn_str) { (const char *) secret, sizeof(secret) });
    }

    sodium_memzero(secret, sizeof(secret));

    return txn->err;
}


static int
settings_read(struct db_txn *txn, struct rtn_settings *settings)
{
    int       rc;
    size_t    i;
    uint32_t  node;

    for (i = 0; i < SETTINGS_STRINGS; i++) {
        rc = settings_read_string(txn, settings_strings[i].name,
                                  (char *) settings
                                  + settings_strings[i].offset,
                                  settings_strings[i].size);
        if (rc != 0) {
            return rc;
        }
    }

    rc = db_setting_number(txn, "node", &node);
    if (rc != 0) {
        return rc;
    }

    if (node > UINT8_MAX) {
        return RTN_ERR_CORRUPT;
    }

    settings->node = (uint8_t) node;

    rc = settings_read_optional(txn, SETTINGS_SEGMENT, RTN_SEGMENT_MIB_MAX,
                                &settings->segment_mib);

    if (rc == 0) {
        rc = settings_read_optional(txn, SETTINGS_GLOBAL, RTN_GLOBAL_PPM_MAX,
                                    &settings->global_holdout_ppm);
    }

    return rc;
}


static int
settings_read_optional(struct db_txn *txn, const char *name, uint32_t max,
    uint32_t *number)
{
    int  rc;

    *number = 0;
    rc = db_setting_number(txn, name, number);

    if (rc == RTN_ERR_NOT_FOUND) {
        return 0;
    }

    return rc == 0 && *number > max ? RTN_ERR_CORRUPT : rc;
}


static int
settings_read_string(struct db_txn *txn, const char *name, char *string,
    size_t size)
{
    int             rc;
    struct rtn_str  payload;

    rc = db_get(txn, DB_SETTINGS, settings_key(name), &payload);
    if (rc != 0) {
        return rc;
    }

    if (payload.len >= size) {
        return RTN_ERR_CORRUPT;
    }

    memcpy(string, payload.data, payload.len);
    string[payload.len] = '\0';

    return 0;
}


static int
settings_read_secrets(struct db_txn *txn, struct rtn_store *store)
{
    int             rc;
    size_t          i;
    struct rtn_str  payload;

    for (i = 0; i < SETTINGS_SECRETS; i++) {
        rc = db_get(txn, DB_SETTINGS, settings_key(settings_secrets[i].name),
                    &payload);
        if (rc != 0) {
            return rc;
        }

        if (payload.len != sizeof(store->secrets[0])) {
            return RTN_ERR_CORRUPT;
        }

        memcpy(store->secrets[settings_secrets[i].secret], payload.data,
               payload.len);
    }

    return 0;
}
