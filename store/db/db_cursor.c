/* Cursors; see db.h. */

#include <assert.h>
#include <string.h>

#include "codec/record.h"
#include "db.h"
#include "packed.h"

static bool cursor_is_at(const struct db_cursor *cursor, struct rtn_str key);
static int cursor_move(struct db_cursor *cursor, struct rtn_str key,
    MDB_cursor_op op);
static int cursor_move_packed(struct db_cursor *cursor, struct rtn_str key,
    MDB_cursor_op op);


int
db_cursor_open(struct db_txn *txn, enum db_table table,
    struct db_cursor *cursor)
{
    int  rc;

    *cursor = (struct db_cursor) { .txn = txn, .table = table };

    if (txn->err != 0) {
        return txn->err;
    }

    assert(db_table_environment(table) == txn->environment);

    if (!db_has_table(txn->store, table)) {
        return RTN_ERR_NOT_FOUND;
    }

    if (txn->packed != NULL) {
        return 0;
    }

    rc = mdb_cursor_open(txn->txn, txn->store->dbis[table], &cursor->cursor);
    if (rc != 0) {
        cursor->cursor = NULL;
        return db_fail(txn, rc);
    }

    return 0;
}


/*
 * A row whose key was damaged stands where it stood, so what is looked for may
 * be the row before the place.  Where that is bad, it is the one stood on.
 */
int
db_cursor_seek(struct db_cursor *cursor, struct rtn_str key)
{
    int  rc, before;

    rc = db_cursor_resume(cursor, key);

    /* the keys of a compressed segment were verified with their block */

    if (key.len == 0 || cursor->cursor == NULL
        || (rc != 0 && rc != RTN_ERR_NOT_FOUND) || cursor_is_at(cursor, key))
    {
        return rc;
    }

    before = cursor_move(cursor, RTN_STR(""), rc == 0 ? MDB_PREV : MDB_LAST);

    return before == RTN_ERR_CORRUPT || before == RTN_ERR_NEWER
           ? before : db_cursor_resume(cursor, key);
}


int
db_cursor_resume(struct db_cursor *cursor, struct rtn_str key)
{
    return cursor_move(cursor, key, key.len == 0 ? MDB_FIRST : MDB_SET_RANGE);
}


static bool
cursor_is_at(const struct db_cursor *cursor, struct rtn_str key)
{
    return cursor->key.len == key.len
           && memcmp(cursor->key.data, key.data, key.len) == 0;
}


int
db_cursor_next(struct db_cursor *cursor)
{
    return cursor_move(cursor, RTN_STR(""), MDB_NEXT);
}


int
db_cursor_last(struct db_cursor *cursor)
{
    return cursor_move(cursor, RTN_STR(""), MDB_LAST);
}


int
db_cursor_previous(struct db_cursor *cursor)
{
    return cursor_move(cursor, RTN_STR(""), MDB_PREV);
}


static int
cursor_move(struct db_cursor *cursor, struct rtn_str key, MDB_cursor_op op)
{
    int             rc;
    MDB_val         k, v;
    struct rtn_str  data;

    cursor->key = (struct rtn_str) { NULL, 0 };
    cursor->payload = (struct rtn_str) { NULL, 0 };

    if (cursor->txn->err != 0) {
        return cursor->txn->err;
    }

    if (cursor->txn->packed != NULL) {
        return cursor_move_packed(cursor, key, op);
    }

    if (cursor->cursor == NULL) {
        return RTN_ERR_NOT_FOUND;
    }

    k = (MDB_val) { key.len, (void *) key.data };

    rc = mdb_cursor_get(cursor->cursor, &k, &v, op);
    if (rc != 0) {
        return db_fail(cursor->txn, rc);
    }

    if (k.mv_size == 0 || k.mv_size > DB_KEY_MAX) {
        return db_fail(cursor->txn, MDB_CORRUPTED);
    }

    cursor->key = (struct rtn_str) { k.mv_data, k.mv_size };
    data = (struct rtn_str) { v.mv_data, v.mv_size };

    return rtn_record_open(cursor->key.data, cursor->key.len, data,
                           &cursor->payload);
}


/* What comes out was verified as a block. */
static int
cursor_move_packed(struct db_cursor *cursor, struct rtn_str key,
    MDB_cursor_op op)
{
    int  rc;

    rc = db_packed_move(cursor->txn->packed, &cursor->place, op, &key,
                        &cursor->key, &cursor->payload);

    if (rc != 0 && rc != RTN_ERR_NOT_FOUND && rc != RTN_ERR_CORRUPT) {
        cursor->txn->err = rc;
    }

    return rc;
}


int
db_cursor_delete(struct db_cursor *cursor)
{
    int  rc;

    if (cursor->txn->err != 0) {
        return cursor->txn->err;
    }

    rc = mdb_cursor_del(cursor->cursor, 0);

    return rc == 0 ? 0 : db_fail(cursor->txn, rc);
}


void
db_cursor_close(struct db_cursor *cursor)
{
    if (cursor->cursor != NULL) {
        mdb_cursor_close(cursor->cursor);
        cursor->cursor = NULL;
    }
}
