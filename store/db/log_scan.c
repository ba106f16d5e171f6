/* Reading the event log, and dropping the repeats in it. */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "log.h"
#include "repeats.h"
#include "rtn_id.h"
#include "segment.h"

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
    bool             keeps_repeats;
    uint64_t         id;            /* of the event before */
    bool             is_held;       /* row was read, but not used */
    struct log_row   row;
    uint8_t          joined[LOG_PARTS_MAX * LOG_PART_MAX];
};

static int log_scan_record(struct rtn_log_scan *scan, uint64_t *id,
    struct rtn_str *record);
static int log_scan_first(struct rtn_log_scan *scan);
static int log_scan_join(struct rtn_log_scan *scan, size_t parts,
    struct rtn_str *record);
static int log_scan_row(struct rtn_log_scan *scan);


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


void
rtn_log_scan_keep_repeats(struct rtn_log_scan *scan)
{
    scan->keeps_repeats = true;
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
        if (rc != 0 || !event->has_repeat_hash || scan->keeps_repeats) {
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

    /* what opens and closes a segment is no event, also where it is bad */

    do {
        rc = db_scan_next(scan->rows, &key, &row->payload);

        if (rc != 0 && rc != RTN_ERR_CORRUPT && rc != RTN_ERR_NEWER) {
            return rc;
        }
    } while (db_segment_is_mark(key));

    row->rc = rc;
    row->id = 0;
    row->part = 0;

    if (key.len == LOG_KEY_SIZE) {
        row->id = db_key_read_u64((const uint8_t *) key.data);
        row->part = (uint8_t) key.data[8];
    }

    return 0;
}
