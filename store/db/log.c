/*
 * The event log.  An event is one row, or several where it is long:
 *
 *     key       id, 8 bytes | part, 1 byte
 *     part 0    number of parts, 1 byte | bytes
 *     others    bytes
 *
 * Each row's envelope covers its key, so the id as well.  Of several parts,
 * the bytes joined are an envelope of their own over the id, so that parts of
 * two writings never pass for one.
 */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "codec/record.h"
#include "db.h"
#include "repeats.h"
#include "rtn_id.h"
#include "rtn_log.h"

#define LOG_KEY_SIZE    9
#define LOG_PARTS_MAX   16
#define LOG_PART_MAX    (DB_VALUE_MAX - RTN_RECORD_OVERHEAD - 1)
#define LOG_SEALED_MAX  (RTN_EVENT_RECORD_MAX + RTN_RECORD_OVERHEAD)

_Static_assert(LOG_SEALED_MAX <= LOG_PARTS_MAX * LOG_PART_MAX,
               "an event does not fit its parts");

struct log_row {
    int             rc;
    uint64_t        id;
    uint8_t         part;
    struct rtn_str  payload;
};

struct rtn_log_scan {
    struct db_scan  *rows;
    struct repeats   repeats;
    uint64_t         dropped;
    uint64_t         id;            /* of the event before */
    bool             is_held;       /* row was read, but not used */
    struct log_row   row;
    uint8_t          joined[LOG_PARTS_MAX * LOG_PART_MAX];
};

static int log_last_id(struct db_txn *txn, uint64_t *id);
static int log_put(struct db_txn *txn, uint64_t id, struct rtn_str payload);
static int log_put_parts(struct db_txn *txn, uint64_t id,
    struct rtn_str payload);
static int log_put_part(struct db_txn *txn, uint64_t id, size_t part,
    size_t parts, struct rtn_str bytes);
static int log_scan_record(struct rtn_log_scan *scan, uint64_t *id,
    struct rtn_str *record);
static int log_scan_first(struct rtn_log_scan *scan);
static int log_scan_join(struct rtn_log_scan *scan, size_t parts,
    struct rtn_str *record);
static int log_scan_row(struct rtn_log_scan *scan);


int
rtn_log_append(struct rtn_store *store, const struct rtn_str *payloads,
    size_t n, int64_t now_ms, uint64_t *first_id)
{
    int            rc;
    size_t         i;
    uint64_t       id, first, last;
    struct db_txn  txn;

    db_begin(store, DB_EVENTS, &txn);

    rc = log_last_id(&txn, &last);
    first = 0;

    for (i = 0; rc == 0 && i < n; i++) {
        id = rtn_id_next(last, now_ms, store->settings.node, RTN_ID_EVENTS);

        if (id <= last) {
            rc = RTN_ERR_LIMIT;
            break;
        }

        first = i == 0 ? id : first;
        last = id;

        rc = log_put(&txn, id, payloads[i]);
    }

    if (rc != 0) {
        db_abort(&txn);
        return rc;
    }

    rc = db_commit(&txn);

    if (rc == 0 && first_id != NULL) {
        *first_id = first;
    }

    return rc;
}


int
rtn_log_scan_open(struct rtn_store *store, uint64_t from,
    struct rtn_log_scan **scan)
{
    int                   rc;
    uint8_t               key[LOG_KEY_SIZE];
    uint64_t              seed;
    struct rtn_log_scan  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    db_key_u8(db_key_u64(key, from), 0);

    rc = db_scan_open(store, DB_EVENTS, DB_LOG, RTN_STR(""),
                      (struct rtn_str) { (const char *) key, sizeof(key) },
                      &opened->rows);
    if (rc != 0) {
        free(opened);
        return rc;
    }

    randombytes_buf(&seed, sizeof(seed));
    db_repeats_init(&opened->repeats, seed);

    *scan = opened;

    return 0;
}


int
rtn_log_scan_next(struct rtn_log_scan *scan, struct rtn_event *event)
{
    int             rc;
    bool            is_repeat;
    uint64_t        id;
    struct rtn_str  record;

    for ( ;; ) {
        rc = log_scan_record(scan, &id, &record);
        if (rc != 0) {
            return rc;
        }

        rc = rtn_event_decode(id, record, event);
        if (rc != 0 || !event->has_repeat_hash) {
            return rc;
        }

        rc = db_repeats_add(&scan->repeats, event->repeat_hash, rtn_id_ms(id),
                         &is_repeat);
        if (rc != 0 || !is_repeat) {
            return rc;
        }

        scan->dropped++;
    }
}


uint64_t
rtn_log_scan_repeats(const struct rtn_log_scan *scan)
{
    return scan->dropped;
}


void
rtn_log_scan_close(struct rtn_log_scan *scan)
{
    if (scan != NULL) {
        db_repeats_release(&scan->repeats);
        db_scan_close(scan->rows);
        free(scan);
    }
}


/* 0 when the log is empty. */
static int
log_last_id(struct db_txn *txn, uint64_t *id)
{
    int               rc;
    struct db_cursor  cursor;

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

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
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


static int
log_scan_record(struct rtn_log_scan *scan, uint64_t *id,
    struct rtn_str *record)
{
    int             rc;
    size_t          parts;
    struct rtn_str  payload;

    rc = log_scan_first(scan);
    if (rc != 0) {
        return rc;
    }

    payload = scan->row.payload;

    if (payload.len == 0) {
        return RTN_ERR_CORRUPT;
    }

    *id = scan->id;
    parts = (uint8_t) payload.data[0];

    payload.data++;
    payload.len--;

    if (parts == 1) {
        *record = payload;
        return 0;
    }

    if (parts == 0 || parts > LOG_PARTS_MAX || payload.len > LOG_PART_MAX) {
        return RTN_ERR_CORRUPT;
    }

    *record = payload;

    return log_scan_join(scan, parts, record);
}


/* To the next event's first row, past what is left of the one before. */
static int
log_scan_first(struct rtn_log_scan *scan)
{
    int  rc;

    do {
        rc = log_scan_row(scan);
        if (rc != 0) {
            return rc;
        }
    } while (scan->row.id == scan->id && scan->id != 0);

    scan->id = scan->row.id;

    if (scan->row.rc != 0) {
        return scan->row.rc;
    }

    return scan->row.part == 0 && scan->id != 0 ? 0 : RTN_ERR_CORRUPT;
}


/* record is part 0's bytes, then becomes the whole. */
static int
log_scan_join(struct rtn_log_scan *scan, size_t parts,
    struct rtn_str *record)
{
    int      rc;
    size_t   len, part;
    uint8_t  key[8];

    len = record->len;
    memcpy(scan->joined, record->data, len);

    for (part = 1; part < parts; part++) {
        rc = log_scan_row(scan);
        if (rc == RTN_ERR_NOT_FOUND) {
            return RTN_ERR_CORRUPT;
        }

        if (rc != 0) {
            return rc;
        }

        if (scan->row.id != scan->id) {
            scan->is_held = true;
            return RTN_ERR_CORRUPT;
        }

        if (scan->row.rc != 0 || scan->row.part != part
            || scan->row.payload.len > LOG_PART_MAX)
        {
            return RTN_ERR_CORRUPT;
        }

        memcpy(scan->joined + len, scan->row.payload.data,
               scan->row.payload.len);
        len += scan->row.payload.len;
    }

    db_key_u64(key, scan->id);

    return rtn_record_open(key, sizeof(key),
                           (struct rtn_str) { (const char *) scan->joined,
                                              len },
                           record);
}


/* A row whose key is none of ours counts as a bad one of id 0. */
static int
log_scan_row(struct rtn_log_scan *scan)
{
    int              rc;
    struct rtn_str   key;
    struct log_row  *row;

    if (scan->is_held) {
        scan->is_held = false;
        return 0;
    }

    row = &scan->row;

    rc = db_scan_next(scan->rows, &key, &row->payload);
    if (rc != 0 && rc != RTN_ERR_CORRUPT && rc != RTN_ERR_NEWER) {
        return rc;
    }

    row->rc = rc;
    row->id = 0;
    row->part = 0;

    if (key.len == LOG_KEY_SIZE) {
        row->id = db_key_read_u64((const uint8_t *) key.data);
        row->part = (uint8_t) key.data[8];
    }

    return 0;
}
