/* From one segment of the event log to the next; see segment.h. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "codec/wire.h"
#include "dir.h"
#include "segment.h"

#define SEGMENT_MARK_SIZE  16

/* After a failure to begin the next, a segment grows on by this part of its
   size before it is tried again. */
#define SEGMENT_GRACE      16

static int roll_is_closed(struct rtn_store *store, bool *is_closed);
static int roll_switch(struct rtn_store *store, uint32_t number);
static uint64_t roll_bytes(const struct rtn_store *store);
static uint64_t roll_used(const struct rtn_store *store);
static int roll_create(struct rtn_store *store, uint32_t number,
    const struct db_segment_before *before);
static int roll_fill(MDB_env *env, const struct db_segment_before *before);
static struct rtn_str roll_mark(uint8_t payload[SEGMENT_MARK_SIZE],
    uint64_t id, uint64_t rows);


int
db_segments_follow(struct rtn_store *store)
{
    int   rc;
    bool  is_closed;

    for ( ;; ) {
        rc = roll_is_closed(store, &is_closed);

        if (rc != 0 || !is_closed) {
            return rc;
        }

        rc = roll_switch(store, store->segment + 1);
        if (rc != 0) {
            return rc == RTN_ERR_ABSENT ? RTN_ERR_DAMAGED : rc;
        }
    }
}


int
db_segments_catch_up(struct rtn_store *store)
{
    int  rc;

    if (pthread_mutex_trylock(&store->log_writer) != 0) {
        return 0;
    }

    rc = db_segments_follow(store);

    pthread_mutex_unlock(&store->log_writer);

    return rc;
}


static int
roll_is_closed(struct rtn_store *store, bool *is_closed)
{
    int               rc;
    struct db_txn     txn;
    struct db_cursor  cursor;

    rc = db_read_begin(store, DB_EVENTS, &txn);
    if (rc != 0) {
        return rc;
    }

    db_cursor_open(&txn, DB_LOG, &cursor);

    rc = db_cursor_last(&cursor);

    /* the key alone says so, whatever became of the rest */
    *is_closed = db_segment_is_end(cursor.key);

    db_cursor_close(&cursor);
    db_read_end(&txn);

    return rc == RTN_ERR_NOT_FOUND || rc == RTN_ERR_CORRUPT
           || rc == RTN_ERR_NEWER ? 0 : rc;
}


static int
roll_switch(struct rtn_store *store, uint32_t number)
{
    int             rc;
    char            path[DB_PATH_MAX];
    MDB_env        *next;
    struct db_env  *env;

    rc = db_segment_path(store, number, DB_SEGMENT_PLAIN, path);
    if (rc != 0) {
        return rc;
    }

    /* LMDB would make one that is not there, or was cut */
    rc = db_env_file_exists(path);
    if (rc != 0) {
        return rc;
    }

    rc = db_env_new(store, DB_EVENTS, path, &next);
    if (rc != 0) {
        return rc;
    }

    env = &store->envs[DB_EVENTS];

    pthread_mutex_lock(&store->log_reader);

    if (env->reader != NULL) {
        mdb_txn_abort(env->reader);
        env->reader = NULL;
    }

    mdb_env_close(env->env);

    env->env = next;
    store->segment = number;
    store->roll_bytes = 0;

    rc = db_tables_open(store, DB_EVENTS, false);

    pthread_mutex_unlock(&store->log_reader);

    return rc;
}


static uint64_t
roll_bytes(const struct rtn_store *store)
{
    uint32_t  mib;

    mib = store->settings.segment_mib;

    return (uint64_t) (mib != 0 ? mib : RTN_SEGMENT_MIB) * 1024 * 1024;
}


static uint64_t
roll_used(const struct rtn_store *store)
{
    MDB_env      *env;
    MDB_stat      pages;
    MDB_envinfo   info;

    env = store->envs[DB_EVENTS].env;

    mdb_env_info(env, &info);
    mdb_env_stat(env, &pages);

    return ((uint64_t) info.me_last_pgno + 1) * pages.ms_psize;
}


bool
db_segments_is_full(struct db_txn *txn)
{
    struct rtn_store  *store;

    store = txn->store;

    if (txn->err != 0 || store->segment >= SEGMENT_NUMBER_MAX) {
        return false;
    }

    if (store->roll_bytes == 0) {
        store->roll_bytes = roll_bytes(store);
    }

    return roll_used(store) >= store->roll_bytes;
}


int
db_segments_roll(struct db_txn *txn, uint64_t last)
{
    int                       rc;
    uint8_t                   key[LOG_KEY_SIZE], payload[SEGMENT_MARK_SIZE];
    uint64_t                  rows;
    struct rtn_store         *store;
    struct db_segment_before  before;

    store = txn->store;

    rc = db_count(txn, DB_LOG, &rows);

    if (rc == 0) {
        rc = db_segment_before(txn, store->segment, &before);
    }

    if (rc == 0) {
        rows -= rows > 0;               /* the one that opens it */

    } else if (rc == RTN_ERR_NOT_FOUND) {
        before.rows = 0;
        rc = 0;
    }

    if (rc == 0) {
        before.id = last;
        before.rows += rows;

        rc = roll_create(store, store->segment + 1, &before);
    }

    if (rc == 0) {
        memset(key, 0xFF, sizeof(key));

        db_append(txn, DB_LOG,
                  (struct rtn_str) { (const char *) key, sizeof(key) },
                  roll_mark(payload, last, rows));
        rc = db_commit(txn);
    }

    db_abort(txn);

    if (rc != 0) {
        store->roll_bytes = roll_used(store)
                            + roll_bytes(store) / SEGMENT_GRACE;
    }

    return rc;
}


static int
roll_create(struct rtn_store *store, uint32_t number,
    const struct db_segment_before *before)
{
    int       rc;
    char      path[DB_PATH_MAX];
    MDB_env  *env;

    rc = db_segment_path(store, number, DB_SEGMENT_PLAIN, path);

    if (rc == 0) {
        rc = db_segment_remove(store, number);
    }

    if (rc == 0) {
        rc = db_env_new(store, DB_EVENTS, path, &env);
    }

    if (rc != 0) {
        return rc;
    }

    rc = roll_fill(env, before);
    mdb_env_close(env);

    if (rc != 0) {
        (void) db_segment_remove(store, number);
        return db_write_err(store, rc);
    }

    rc = db_dir_join(path, store->path, db_environment_name(DB_EVENTS));

    return rc == 0 ? db_dir_sync(path) : rc;
}


/* Returns LMDB's codes. */
static int
roll_fill(MDB_env *env, const struct db_segment_before *before)
{
    int       rc;
    size_t    len;
    uint8_t   key[LOG_KEY_SIZE], payload[SEGMENT_MARK_SIZE];
    uint8_t   value[SEGMENT_MARK_SIZE + RTN_RECORD_OVERHEAD];
    MDB_dbi   dbi;
    MDB_txn  *txn;
    MDB_val   k, v;

    db_key_u8(db_key_u64(key, 0), 0);
    roll_mark(payload, before->id, before->rows);

    (void) rtn_record_seal(key, sizeof(key), payload, sizeof(payload), value,
                           sizeof(value), &len);

    k = (MDB_val) { sizeof(key), key };
    v = (MDB_val) { sizeof(value), value };

    rc = mdb_txn_begin(env, NULL, 0, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = mdb_dbi_open(txn, NULL, 0, &dbi);

    if (rc == 0) {
        rc = mdb_put(txn, dbi, &k, &v, MDB_APPEND);
    }

    if (rc != 0) {
        mdb_txn_abort(txn);
        return rc;
    }

    return mdb_txn_commit(txn);
}


static struct rtn_str
roll_mark(uint8_t payload[SEGMENT_MARK_SIZE], uint64_t id, uint64_t rows)
{
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, payload, SEGMENT_MARK_SIZE);
    rtn_wire_put_u64(&out, id);
    rtn_wire_put_u64(&out, rows);

    return (struct rtn_str) { (const char *) payload, out.pos };
}
