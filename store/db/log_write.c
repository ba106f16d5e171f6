/* Writing the event log: always behind its last row. */

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "rtn_id.h"
#include "segment.h"

struct rtn_log_writer {
    struct db_txn  txn;
    int64_t        now_ms;
    uint64_t       last;
    int            rc;
};

static int log_begin(struct rtn_store *store, struct db_txn *txn,
    uint64_t *last);
static int log_holds(struct db_txn *txn, uint64_t id, struct rtn_str payload,
    bool *holds);
static int log_last_id(struct db_txn *txn, uint64_t *id);
static bool log_row_begins(struct rtn_str row, struct rtn_str payload);
static int log_put(struct db_txn *txn, uint64_t id, struct rtn_str payload);
static int log_put_parts(struct db_txn *txn, uint64_t id,
    struct rtn_str payload);
static int log_put_part(struct db_txn *txn, uint64_t id, size_t part,
    size_t parts, struct rtn_str bytes);


int
rtn_log_append(struct rtn_store *store, const struct rtn_str *payloads,
    size_t n, int64_t now_ms, uint64_t *first_id)
{
    int                     rc;
    size_t                  i;
    uint64_t                id;
    struct rtn_log_writer  *writer;

    rc = rtn_log_begin(store, now_ms, &writer);
    if (rc != 0) {
        return rc;
    }

    for (i = 0; rc == 0 && i < n; i++) {
        rc = rtn_log_add(writer, payloads[i], &id);

        if (rc == 0 && i == 0 && first_id != NULL) {
            *first_id = id;
        }
    }

    return rtn_log_commit(writer);
}


int
rtn_log_begin(struct rtn_store *store, int64_t now_ms,
    struct rtn_log_writer **writer)
{
    int                     rc;
    struct rtn_log_writer  *begun;

    begun = calloc(1, sizeof(*begun));
    if (begun == NULL) {
        return RTN_ERR_NOMEM;
    }

    begun->now_ms = now_ms;

    pthread_mutex_lock(&store->log_writer);

    rc = log_begin(store, &begun->txn, &begun->last);

    /* where the next segment cannot be made, this one goes on */

    while (rc == 0 && begun->last > 0 && db_segments_is_full(&begun->txn)) {
        (void) db_segments_roll(&begun->txn, begun->last);
        rc = log_begin(store, &begun->txn, &begun->last);
    }

    if (rc != 0) {
        rtn_log_abort(begun);
        return rc;
    }

    *writer = begun;

    return 0;
}


/* A write transaction of the open segment, also where others closed the one
   that was open before. */
static int
log_begin(struct rtn_store *store, struct db_txn *txn, uint64_t *last)
{
    int  rc;

    for ( ;; ) {
        db_begin(store, DB_EVENTS, txn);

        rc = log_last_id(txn, last);

        if (rc != 0 || *last != UINT64_MAX) {
            return rc;
        }

        db_abort(txn);

        rc = db_segments_follow(store);
        if (rc != 0) {
            txn->err = rc;
            return rc;
        }
    }
}


int
rtn_log_add(struct rtn_log_writer *writer, struct rtn_str payload,
    uint64_t *id)
{
    uint64_t  next;

    if (writer->rc != 0) {
        return writer->rc;
    }

    next = rtn_id_next(writer->last, writer->now_ms,
                       writer->txn.store->settings.node, RTN_ID_EVENTS);

    if (next <= writer->last) {
        writer->rc = RTN_ERR_LIMIT;
        return writer->rc;
    }

    writer->rc = log_put(&writer->txn, next, payload);

    if (writer->rc == 0) {
        writer->last = next;
        *id = next;
    }

    return writer->rc;
}


int
rtn_log_commit(struct rtn_log_writer *writer)
{
    int  rc;

    rc = writer->rc;

    if (rc == 0) {
        rc = db_commit(&writer->txn);
    }

    rtn_log_abort(writer);

    return rc;
}


void
rtn_log_abort(struct rtn_log_writer *writer)
{
    db_abort(&writer->txn);
    pthread_mutex_unlock(&writer->txn.store->log_writer);
    free(writer);
}


int
rtn_log_holds(struct rtn_store *store, uint64_t id, struct rtn_str payload,
    bool *holds)
{
    int                 rc;
    uint32_t            number;
    uint64_t            last;
    struct db_txn       txn;
    struct db_segment  *segment;

    pthread_mutex_lock(&store->log_writer);

    /* with the lock, whoever wrote has come to an end */
    rc = log_begin(store, &txn, &last);
    db_abort(&txn);

    if (rc == 0) {
        rc = db_segments_seek(store, id, &number);
    }

    segment = NULL;

    if (rc == 0) {
        rc = db_segment_read_begin(store, number, &segment, &txn);
    }

    if (rc == 0) {
        rc = log_holds(&txn, id, payload, holds);
        db_segment_read_end(segment, &txn);
    }

    db_segment_close(segment);
    pthread_mutex_unlock(&store->log_writer);

    return rc;
}


static int
log_holds(struct db_txn *txn, uint64_t id, struct rtn_str payload,
    bool *holds)
{
    int             rc;
    uint8_t         key[LOG_KEY_SIZE];
    struct rtn_str  row;

    db_key_u8(db_key_u64(key, id), 0);

    rc = db_get(txn, DB_LOG,
                (struct rtn_str) { (const char *) key, sizeof(key) }, &row);

    if (rc == 0) {
        *holds = log_row_begins(row, payload);

    } else if (rc == RTN_ERR_NOT_FOUND) {
        *holds = false;
        rc = 0;
    }

    return rc;
}


/* 0 when the log is empty, the highest number when the segment is closed. */
static int
log_last_id(struct db_txn *txn, uint64_t *id)
{
    int                       rc;
    struct db_cursor          cursor;
    struct db_segment_before  before;

    *id = 0;

    db_cursor_open(txn, DB_LOG, &cursor);

    rc = db_cursor_last(&cursor);

    /* the id of a bad row is taken all the same: the next one is above it */
    if (cursor.key.len == LOG_KEY_SIZE) {
        *id = db_key_read_u64((const uint8_t *) cursor.key.data);
        rc = 0;

    } else if (cursor.key.len != 0) {
        rc = RTN_ERR_CORRUPT;
    }

    db_cursor_close(&cursor);

    if (rc == 0 && *id == 0) {
        rc = db_segment_before(txn, txn->store->segment, &before);
        *id = rc == 0 ? before.id : 0;
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* Whether a first row is that of a payload; of a long one, its beginning. */
static bool
log_row_begins(struct rtn_str row, struct rtn_str payload)
{
    size_t  head;

    if (row.len == 0) {
        return false;
    }

    head = row.data[0] == 1 ? 0 : RTN_RECORD_OVERHEAD;

    if (row.len < 1 + head || row.len - 1 - head > payload.len
        || (head == 0 && row.len - 1 != payload.len))
    {
        return false;
    }

    return memcmp(row.data + 1 + head, payload.data, row.len - 1 - head) == 0;
}


static int
log_put(struct db_txn *txn, uint64_t id, struct rtn_str payload)
{
    if (payload.len <= LOG_PART_MAX) {
        return log_put_part(txn, id, 0, 1, payload);
    }

    return log_put_parts(txn, id, payload);
}


static int
log_put_parts(struct db_txn *txn, uint64_t id, struct rtn_str payload)
{
    int      rc;
    size_t   part, parts, len, size;
    uint8_t  key[8], sealed[LOG_SEALED_MAX];

    db_key_u64(key, id);

    rc = rtn_record_seal(key, sizeof(key), payload.data, payload.len, sealed,
                         sizeof(sealed), &len);
    if (rc != 0) {
        return RTN_ERR_LIMIT;
    }

    parts = (len + LOG_PART_MAX - 1) / LOG_PART_MAX;

    for (part = 0; rc == 0 && part < parts; part++) {
        size = part + 1 < parts ? LOG_PART_MAX : len - part * LOG_PART_MAX;

        rc = log_put_part(txn, id, part, parts, (struct rtn_str) {
            (const char *) sealed + part * LOG_PART_MAX, size
        });
    }

    return rc;
}


static int
log_put_part(struct db_txn *txn, uint64_t id, size_t part, size_t parts,
    struct rtn_str bytes)
{
    size_t   len;
    uint8_t  key[LOG_KEY_SIZE], payload[1 + LOG_PART_MAX];

    db_key_u8(db_key_u64(key, id), (uint8_t) part);

    len = 0;

    if (part == 0) {
        payload[len++] = (uint8_t) parts;
    }

    if (bytes.len > 0) {
        memcpy(payload + len, bytes.data, bytes.len);
    }

    return db_append(txn, DB_LOG,
                     (struct rtn_str) { (const char *) key, sizeof(key) },
                     (struct rtn_str) { (const char *) payload,
                                        len + bytes.len });
}
