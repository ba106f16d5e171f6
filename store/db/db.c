/* Tables and transactions; see db.h. */

#include <assert.h>

#include "codec/record.h"
#include "db.h"
#include "packed.h"

static const struct {
    enum db_environment   environment;
    const char           *name;
} db_tables[DB_TABLES] = {
    [DB_LOG]             = { DB_EVENTS, NULL },

    [DB_OFFERS]          = { DB_COUPONS, "offers" },
    [DB_BASE]            = { DB_COUPONS, "base" },
    [DB_JOURNAL]         = { DB_COUPONS, "journal" },
    [DB_BASE_CURSOR]     = { DB_COUPONS, "base_cursor" },

    [DB_SETTINGS]        = { DB_STATE, "settings" },
    [DB_KEYS]            = { DB_STATE, "keys" },
    [DB_SLUGS]           = { DB_STATE, "slugs" },
    [DB_CAMPAIGNS]       = { DB_STATE, "campaigns" },
    [DB_RECIPIENTS]      = { DB_STATE, "recipients" },
    [DB_SUPPRESSIONS]    = { DB_STATE, "suppressions" },
    [DB_CUSTOMER_INDEX]  = { DB_STATE, "customer_index" },
    [DB_FOLD]            = { DB_STATE, "fold" },
    [DB_FOLD_CAMPAIGNS]  = { DB_STATE, "fold_campaigns" },
    [DB_FOLD_RECIPIENTS] = { DB_STATE, "fold_recipients" },
    [DB_FOLD_LINKS]      = { DB_STATE, "fold_links" },
    [DB_FOLD_HOURS]      = { DB_STATE, "fold_hours" },
    [DB_FOLD_REST]       = { DB_STATE, "fold_rest" },
    [DB_FOLD_REPEATS]    = { DB_STATE, "fold_repeats" },

    [DB_CUSTOMERS]       = { DB_CRM, "customers" },
    [DB_CUSTOMER_IDS]    = { DB_CRM, "customer_ids" },
    [DB_EMAILS]          = { DB_CRM, "emails" },
    [DB_ORDERS]          = { DB_CRM, "orders" },
    [DB_ORDER_IDS]       = { DB_CRM, "order_ids" },
    [DB_ORDER_ITEMS]     = { DB_CRM, "order_items" },
    [DB_IMPORTED]        = { DB_CRM, "imported" },
    [DB_IMPORTED_IDS]    = { DB_CRM, "imported_ids" },
    [DB_CRM_META]        = { DB_CRM, "meta" }
};

static bool db_is_younger(enum db_table table);
static int db_store(struct db_txn *txn, enum db_table table,
    struct rtn_str key, struct rtn_str payload, unsigned flags);


const char *
db_table_name(enum db_table table)
{
    return db_tables[table].name != NULL ? db_tables[table].name : "log";
}


enum db_environment
db_table_environment(enum db_table table)
{
    return db_tables[table].environment;
}


int
db_tables_open(struct rtn_store *store, enum db_environment environment,
    bool is_new)
{
    int       rc;
    bool      is_missing, is_older;
    size_t    i;
    MDB_txn  *txn;

    is_missing = false;
    is_older = false;

    rc = mdb_txn_begin(store->envs[environment].env, NULL,
                       is_new ? 0 : MDB_RDONLY, &txn);
    if (rc != 0) {
        return db_err(rc);
    }

    for (i = 0; i < DB_TABLES; i++) {
        if (db_tables[i].environment != environment) {
            continue;
        }

        rc = mdb_dbi_open(txn, db_tables[i].name, is_new ? MDB_CREATE : 0,
                          &store->dbis[i]);
        if (rc == MDB_NOTFOUND && db_is_younger(i)) {
            is_older = true;

        } else if (rc == MDB_NOTFOUND) {
            is_missing = true;

        } else if (rc != 0) {
            mdb_txn_abort(txn);
            return db_write_err(store, rc);
        }
    }

    /* also a reading one: an abort would close the handles again */
    rc = mdb_txn_commit(txn);
    if (rc != 0) {
        return db_write_err(store, rc);
    }

    if (is_missing) {
        return RTN_ERR_CORRUPT;
    }

    return is_older && !(store->flags & RTN_OPEN_READ_ONLY)
           ? db_tables_open(store, environment, true) : 0;
}


/* What older stores lack: roll-ups, which can be made again from the log and
   the journal, and what their imports did not keep. */
static bool
db_is_younger(enum db_table table)
{
    return table == DB_BASE_CURSOR || table == DB_ORDER_ITEMS
           || (table >= DB_FOLD && table <= DB_FOLD_REPEATS);
}


int
db_fail(struct db_txn *txn, int rc)
{
    int  err;

    err = txn->is_write ? db_write_err(txn->store, rc) : db_err(rc);

    if (err != RTN_ERR_NOT_FOUND && err != RTN_ERR_EXISTS) {
        txn->err = err;
    }

    return err;
}


int
db_begin(struct rtn_store *store, enum db_environment environment,
    struct db_txn *txn)
{
    int  rc;

    assert(store->envs[environment].env != NULL);

    *txn = (struct db_txn) {
        .store = store, .environment = environment, .is_write = true
    };

    if (store->flags & RTN_OPEN_READ_ONLY) {
        txn->err = RTN_ERR_READ_ONLY;
        return txn->err;
    }

    rc = mdb_txn_begin(store->envs[environment].env, NULL, 0, &txn->txn);
    if (rc != 0) {
        txn->txn = NULL;
        return db_fail(txn, rc);
    }

    return 0;
}


int
db_commit(struct db_txn *txn)
{
    int  rc;

    if (txn->err != 0 || txn->txn == NULL) {
        db_abort(txn);
        return txn->err;
    }

    rc = mdb_txn_commit(txn->txn);
    txn->txn = NULL;

    return rc == 0 ? 0 : db_fail(txn, rc);
}


void
db_abort(struct db_txn *txn)
{
    if (txn->txn != NULL) {
        mdb_txn_abort(txn->txn);
        txn->txn = NULL;
    }
}


int
db_read_begin(struct rtn_store *store, enum db_environment environment,
    struct db_txn *txn)
{
    int             rc;
    struct db_env  *env;

    if (environment == DB_EVENTS) {
        store = store->log;
    }

    env = &store->envs[environment];

    assert(env->env != NULL);

    *txn = (struct db_txn) { .store = store, .environment = environment };

    db_env_hold(store, environment);

    rc = 0;

    if (env->reader == NULL) {
        rc = mdb_txn_begin(env->env, NULL, MDB_RDONLY, &env->reader);
        if (rc != 0) {
            env->reader = NULL;
        }

    } else if (env->readers == 0) {
        rc = mdb_txn_renew(env->reader);
    }

    if (rc != 0) {
        db_env_let_go(store, environment);
        return db_fail(txn, rc);
    }

    env->readers++;
    txn->txn = env->reader;

    return 0;
}


void
db_read_end(struct db_txn *txn)
{
    struct db_env  *env;

    if (txn->txn == NULL) {
        return;
    }

    txn->txn = NULL;
    env = &txn->store->envs[txn->environment];

    assert(env->readers > 0);

    if (--env->readers == 0) {
        mdb_txn_reset(env->reader);
    }

    db_env_let_go(txn->store, txn->environment);
}


int
db_snapshot_begin(struct rtn_store *store, enum db_environment environment,
    struct db_txn *txn)
{
    int  rc;

    assert(environment != DB_EVENTS);
    assert(store->envs[environment].env != NULL);

    *txn = (struct db_txn) { .store = store, .environment = environment };

    rc = mdb_txn_begin(store->envs[environment].env, NULL, MDB_RDONLY,
                       &txn->txn);
    if (rc != 0) {
        txn->txn = NULL;
        return db_fail(txn, rc);
    }

    return 0;
}


void
db_snapshot_end(struct db_txn *txn)
{
    db_abort(txn);
}


void
db_env_hold(struct rtn_store *store, enum db_environment environment)
{
    if (environment == DB_EVENTS) {
        pthread_mutex_lock(&store->log_reader);
    }
}


void
db_env_let_go(struct rtn_store *store, enum db_environment environment)
{
    if (environment == DB_EVENTS) {
        pthread_mutex_unlock(&store->log_reader);
    }
}


int
db_get(struct db_txn *txn, enum db_table table, struct rtn_str key,
    struct rtn_str *payload)
{
    int      rc;
    MDB_val  k, v;

    if (txn->err != 0) {
        return txn->err;
    }

    assert(db_tables[table].environment == txn->environment);

    if (!db_has_table(txn->store, table)) {
        return RTN_ERR_NOT_FOUND;
    }

    if (txn->packed != NULL) {
        rc = db_packed_get(txn->packed, key, payload);
        txn->err = rc == RTN_ERR_NOT_FOUND ? 0 : rc;
        return rc;
    }

    k.mv_data = (void *) key.data;
    k.mv_size = key.len;

    rc = mdb_get(txn->txn, txn->store->dbis[table], &k, &v);
    if (rc != 0) {
        return db_fail(txn, rc);
    }

    txn->err = rtn_record_open(key.data, key.len,
                               (struct rtn_str) { v.mv_data, v.mv_size },
                               payload);
    return txn->err;
}


int
db_put(struct db_txn *txn, enum db_table table, struct rtn_str key,
    struct rtn_str payload)
{
    return db_store(txn, table, key, payload, 0);
}


int
db_append(struct db_txn *txn, enum db_table table, struct rtn_str key,
    struct rtn_str payload)
{
    return db_store(txn, table, key, payload, MDB_APPEND);
}


static int
db_store(struct db_txn *txn, enum db_table table, struct rtn_str key,
    struct rtn_str payload, unsigned flags)
{
    int      rc;
    size_t   len;
    MDB_val  k, v;
    uint8_t  value[DB_VALUE_MAX];

    if (txn->err != 0) {
        return txn->err;
    }

    assert(txn->is_write);
    assert(db_tables[table].environment == txn->environment);

    rc = rtn_record_seal(key.data, key.len, payload.data, payload.len, value,
                         sizeof(value), &len);

    if (rc != 0 || key.len == 0 || key.len > DB_KEY_MAX) {
        txn->err = RTN_ERR_LIMIT;
        return txn->err;
    }

    k.mv_data = (void *) key.data;
    k.mv_size = key.len;
    v.mv_data = value;
    v.mv_size = len;

    txn->bytes += k.mv_size + v.mv_size;

    rc = mdb_put(txn->txn, txn->store->dbis[table], &k, &v, flags);

    return rc == 0 ? 0 : db_fail(txn, rc);
}


int
db_delete(struct db_txn *txn, enum db_table table, struct rtn_str key)
{
    int      rc;
    MDB_val  k;

    if (txn->err != 0) {
        return txn->err;
    }

    assert(txn->is_write);
    assert(db_tables[table].environment == txn->environment);

    k.mv_data = (void *) key.data;
    k.mv_size = key.len;

    rc = mdb_del(txn->txn, txn->store->dbis[table], &k, NULL);

    return rc == 0 ? 0 : db_fail(txn, rc);
}


bool
db_has_table(const struct rtn_store *store, enum db_table table)
{
    return store->dbis[table] != 0;
}


int
db_count(struct db_txn *txn, enum db_table table, uint64_t *rows)
{
    int       rc;
    MDB_stat  stat;

    if (txn->err != 0) {
        return txn->err;
    }

    if (!db_has_table(txn->store, table)) {
        *rows = 0;
        return 0;
    }

    if (txn->packed != NULL) {
        *rows = db_packed_rows(txn->packed);
        return 0;
    }

    rc = mdb_stat(txn->txn, txn->store->dbis[table], &stat);
    if (rc != 0) {
        return db_fail(txn, rc);
    }

    *rows = stat.ms_entries;

    return 0;
}
