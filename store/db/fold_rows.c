/* Where a fold stands, as rows of its own. */

#include <string.h>

#include "fold.h"
#include "row.h"

static const char  fold_name[] = "state";
static const char  fold_journal[] = "journal";


struct rtn_str
fold_state_key(void)
{
    return (struct rtn_str) { fold_name, sizeof(fold_name) - 1 };
}


int
fold_state_get(struct db_txn *txn, struct rtn_fold_state *state)
{
    int                    rc;
    struct rtn_str         payload;
    struct rtn_wire_in     in;
    struct rtn_fold_state  read = { 0 };

    rc = db_get(txn, DB_FOLD, fold_state_key(), &payload);

    if (rc == 0) {
        rtn_wire_in_init(&in, payload);

        read.cursor = rtn_wire_get_u64(&in);
        read.first = rtn_wire_get_u64(&in);
        read.damaged = rtn_wire_get_u64(&in);
        read.repeats = rtn_wire_get_u64(&in);

        rc = rtn_wire_in_end(&in);
    }

    if (rc == 0 || rc == RTN_ERR_NOT_FOUND) {
        *state = read;
        rc = 0;
    }

    return rc;
}


int
fold_state_put(struct db_txn *txn, const struct rtn_fold_state *state)
{
    uint8_t              bytes[FOLD_STATE_LEN];
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, bytes, sizeof(bytes));

    rtn_wire_put_u64(&out, state->cursor);
    rtn_wire_put_u64(&out, state->first);
    rtn_wire_put_u64(&out, state->damaged);
    rtn_wire_put_u64(&out, state->repeats);

    return db_put(txn, DB_FOLD, fold_state_key(),
                  db_row_key(bytes, bytes + out.pos));
}


int
fold_journal_cursor_get(struct db_txn *txn, uint64_t *cursor)
{
    int                 rc;
    uint64_t            read;
    struct rtn_str      payload;
    struct rtn_wire_in  in;

    rc = db_get(txn, DB_BASE_CURSOR, (struct rtn_str) {
                    fold_journal, sizeof(fold_journal) - 1 }, &payload);

    if (rc == RTN_ERR_NOT_FOUND) {
        *cursor = 0;
        return 0;
    }

    if (rc != 0) {
        return rc;
    }

    rtn_wire_in_init(&in, payload);
    read = rtn_wire_get_u64(&in);

    rc = rtn_wire_in_end(&in);

    if (rc == 0) {
        *cursor = read;
    }

    return rc;
}


int
fold_journal_cursor_put(struct db_txn *txn, uint64_t cursor)
{
    uint8_t  bytes[8];

    return db_put(txn, DB_BASE_CURSOR,
                  (struct rtn_str) { fold_journal, sizeof(fold_journal) - 1 },
                  db_row_key(bytes, db_key_u64(bytes, cursor)));
}


uint64_t
fold_get_u64(const uint8_t *p)
{
    return db_key_read_u64(p);
}


uint32_t
fold_get_u32(const uint8_t *p)
{
    return db_key_read_u32(p);
}
