/* What the segments hold, and dropping them. */

#include <stdlib.h>
#include <unistd.h>

#include "codec/wire.h"
#include "dir.h"
#include "rtn_id.h"
#include "segment.h"

static int drop_describe(struct rtn_store *store, uint32_t number,
    struct rtn_log_segment *segment);
static int drop_locked(struct rtn_store *store, uint32_t number);
static int drop_span(struct db_txn *txn, struct rtn_log_segment *segment);


int
rtn_log_segments(struct rtn_store *store, struct rtn_log_segment **segments,
    size_t *n)
{
    int                      rc;
    size_t                   i, count;
    struct db_segment_list   list;
    struct rtn_log_segment  *all;

    rc = db_segments_catch_up(store);

    if (rc == 0) {
        rc = db_segments_list(store->path, &list);
    }

    if (rc != 0) {
        return rc;
    }

    count = 0;

    all = calloc(list.n + 1, sizeof(*all));
    if (all == NULL) {
        rc = RTN_ERR_NOMEM;
    }

    for (i = 0; rc == 0 && i < list.n; i++) {
        if (list.numbers[i] <= store->segment) {
            rc = drop_describe(store, list.numbers[i], &all[count]);
            count += rc == 0;
        }

        /* dropped meanwhile */
        if (rc == RTN_ERR_ABSENT) {
            rc = 0;
        }
    }

    free(list.numbers);

    if (rc != 0) {
        free(all);
        return rc;
    }

    *segments = all;
    *n = count;

    return 0;
}


static int
drop_describe(struct rtn_store *store, uint32_t number,
    struct rtn_log_segment *segment)
{
    int                   rc;
    struct db_txn         txn;
    struct db_segment    *closed;
    enum db_segment_form  form;

    *segment = (struct rtn_log_segment) {
        .number = number, .is_open = number == store->segment
    };

    rc = db_segment_find(store, number, &form, &segment->bytes);

    segment->is_compressed = rc == 0 && form == DB_SEGMENT_PACKED;
    closed = NULL;

    if (rc == 0) {
        rc = db_segment_read_begin(store, number, &closed, &txn);
    }

    if (rc == 0) {
        rc = drop_span(&txn, segment);
        db_segment_read_end(closed, &txn);
    }

    db_segment_close(closed);

    return rc;
}


/* Of the first and last events that are there; bad ones count by their id. */
static int
drop_span(struct db_txn *txn, struct rtn_log_segment *segment)
{
    int               rc;
    uint8_t           key[LOG_KEY_SIZE];
    uint64_t          id, rows;
    struct db_cursor  cursor;

    rc = db_count(txn, DB_LOG, &rows);
    if (rc != 0) {
        return rc;
    }

    rows -= rows > 0 && segment->number > 1;
    rows -= rows > 0 && !segment->is_open;
    segment->rows = rows;

    db_key_u8(db_key_u64(key, 1), 0);
    db_cursor_open(txn, DB_LOG, &cursor);

    (void) db_cursor_seek(&cursor, (struct rtn_str) { (const char *) key,
                                                      sizeof(key) });

    if (cursor.key.len == LOG_KEY_SIZE && !db_segment_is_mark(cursor.key)) {
        id = db_key_read_u64((const uint8_t *) cursor.key.data);
        segment->first_ms = rtn_id_ms(id);
    }

    rc = db_cursor_last(&cursor);

    if (db_segment_is_end(cursor.key)) {
        rc = db_cursor_previous(&cursor);
    }

    if (cursor.key.len == LOG_KEY_SIZE && !db_segment_is_mark(cursor.key)) {
        id = db_key_read_u64((const uint8_t *) cursor.key.data);
        segment->last_ms = rtn_id_ms(id);
    }

    db_cursor_close(&cursor);

    return rc == RTN_ERR_NOT_FOUND || rc == RTN_ERR_CORRUPT
           || rc == RTN_ERR_NEWER ? 0 : rc;
}


int
rtn_log_drop(struct rtn_store *store, uint32_t number)
{
    int  fd, rc;

    if (store->flags & RTN_OPEN_READ_ONLY) {
        return RTN_ERR_READ_ONLY;
    }

    rc = db_segments_catch_up(store);

    if (rc == 0) {
        rc = db_segments_lock(store, &fd);
    }

    if (rc != 0) {
        return rc;
    }

    rc = drop_locked(store, number);
    close(fd);

    return rc;
}


static int
drop_locked(struct rtn_store *store, uint32_t number)
{
    int                     rc;
    char                    path[DB_PATH_MAX];
    bool                    is_first;
    struct db_segment_list  list;

    rc = db_segments_list(store->path, &list);
    if (rc != 0) {
        return rc;
    }

    is_first = list.n > 0 && list.numbers[0] == number;
    free(list.numbers);

    if (!is_first) {
        return RTN_ERR_NOT_FOUND;
    }

    if (number >= store->segment) {
        return RTN_ERR_LIMIT;
    }

    rc = db_segment_remove(store, number);

    if (rc == 0) {
        rc = db_dir_join(path, store->path, db_environment_name(DB_EVENTS));
    }

    return rc == 0 ? db_dir_sync(path) : rc;
}


int
rtn_log_dropped_ms(struct rtn_store *store, int64_t *ms)
{
    int                       rc;
    uint32_t                  number;
    struct db_txn             txn;
    struct db_segment        *segment;
    struct db_segment_before  before;

    rc = db_segments_catch_up(store);

    if (rc == 0) {
        rc = db_segments_seek(store, 0, &number);
    }

    segment = NULL;
    before.id = 0;

    if (rc == 0) {
        rc = db_segment_read_begin(store, number, &segment, &txn);
    }

    if (rc == 0) {
        rc = db_segment_before(&txn, number, &before);
        db_segment_read_end(segment, &txn);
    }

    db_segment_close(segment);

    if (rc == 0 || rc == RTN_ERR_NOT_FOUND) {
        *ms = before.id != 0 ? rtn_id_ms(before.id) : 0;
        rc = before.id != 0 ? 0 : RTN_ERR_NOT_FOUND;
    }

    return rc;
}
