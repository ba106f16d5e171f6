/* Transactions, and the rows of tables; see db.h. */

#include <assert.h>

#include "codec/record.h"
#include "db.h"
#include "packed.h"

static int db_miss(struct db_txn *txn, enum db_table table,
    struct rtn_str key);
static int db_store(struct db_txn *txn, enum db_table table,
    struct rtn_str key, struct rtn_str payload, unsigned flags);


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

    assert(db_table_environment(table) == txn->environment);

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

    if (rc == MDB_NOTFOUND) {
        return db_miss(txn, table, key);
    }

    if (rc != 0) {
        return db_fail(txn, rc);
    }

    txn->err = rtn_record_open(key.data, key.len,
                               (struct rtn_str) { v.mv_data, v.mv_size },
                               payload);
    return txn->err;
}


/*
 * A row whose key was damaged stands where it stood, so a miss is believed
 * only where the rows beside the place are sound.
 */
static int
db_miss(struct db_txn *txn, enum db_table table, struct rtn_str key)
{
    int               rc;
    struct db_cursor  cursor;

    rc = db_cursor_open(txn, table, &cursor);
    if (rc != 0) {
        return rc;
    }

    rc = db_cursor_resume(&cursor, key);

    if (rc == 0) {
        rc = db_cursor_previous(&cursor);

    } else if (rc == RTN_ERR_NOT_FOUND) {
        rc = db_cursor_last(&cursor);
    }

    db_cursor_close(&cursor);

    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        txn->err = rc;
        return rc;
    }

    return RTN_ERR_NOT_FOUND;
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
    assert(db_table_environment(table) == txn->environment);

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
    assert(db_table_environment(table) == txn->environment);

    k.mv_data = (void *) key.data;
    k.mv_size = key.len;

    rc = mdb_del(txn->txn, txn->store->dbis[table], &k, NULL);

    return rc == 0 ? 0 : db_fail(txn, rc);
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
