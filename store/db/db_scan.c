/*
 * Long reads in slices.  A slice is copied as a whole and its transaction
 * ends before the first row is handed out, so that whoever scans may write,
 * or take his time, without pinning old pages.
 */

#include <stdlib.h>
#include <string.h>

#include "segment.h"

#define SCAN_BUFFER_SIZE  (256 * 1024)

/* What stands before each row's key and payload in the buffer. */
struct scan_row {
    int       rc;               /* of reading it */
    uint32_t  key_len;
    uint32_t  payload_len;
};

struct db_scan {
    struct rtn_store     *store;
    enum db_environment   environment;
    enum db_table         table;
    uint32_t              number;       /* of the log's segment */
    struct db_segment    *segment;      /* where it is a closed one */
    bool                  is_end;       /* of the segment, which is closed */
    bool                  is_resumed;   /* from is behind a row that was read */
    bool                  is_last;      /* no slice follows this one */
    size_t                pos;          /* of the next row in buffer */
    size_t                end;
    size_t                prefix_len;
    size_t                from_len;
    uint8_t               prefix[DB_KEY_MAX];
    uint8_t               from[DB_KEY_MAX + 1]; /* the next slice's first */
    uint8_t               buffer[SCAN_BUFFER_SIZE];
};

static int scan_seek(struct db_scan *scan);
static int scan_slice(struct db_scan *scan);
static int scan_begin(struct db_scan *scan, struct db_txn *txn);
static int scan_end(struct db_scan *scan);
static bool scan_keep(struct db_scan *scan, const struct db_cursor *cursor,
    int rc);
static bool scan_is_row(int rc);


int
db_scan_open(struct rtn_store *store, enum db_environment environment,
    enum db_table table, struct rtn_str prefix, struct rtn_str from,
    struct db_scan **scan)
{
    int              rc;
    struct db_scan  *opened;

    if (prefix.len > DB_KEY_MAX || from.len > DB_KEY_MAX) {
        return RTN_ERR_LIMIT;
    }

    opened = malloc(sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->store = environment == DB_EVENTS ? store->log : store;
    opened->environment = environment;
    opened->table = table;
    opened->is_last = false;
    opened->pos = 0;
    opened->end = 0;

    opened->prefix_len = prefix.len;

    if (prefix.len > 0) {
        memcpy(opened->prefix, prefix.data, prefix.len);
    }

    if (from.len == 0) {
        from = prefix;
    }

    opened->from_len = from.len;

    if (from.len > 0) {
        memcpy(opened->from, from.data, from.len);
    }

    opened->segment = NULL;
    opened->is_end = false;
    opened->is_resumed = false;

    rc = environment == DB_EVENTS ? scan_seek(opened) : 0;

    if (rc != 0) {
        free(opened);
        return rc;
    }

    *scan = opened;

    return 0;
}


/* To the segment where the scan begins. */
static int
scan_seek(struct db_scan *scan)
{
    int       rc;
    uint64_t  id;

    id = scan->from_len >= sizeof(id) ? db_key_read_u64(scan->from) : 0;

    rc = db_segments_catch_up(scan->store);

    return rc == 0 ? db_segments_seek(scan->store, id, &scan->number) : rc;
}


int
db_scan_next(struct db_scan *scan, struct rtn_str *key,
    struct rtn_str *payload)
{
    int              rc;
    const char      *p;
    struct scan_row  row;

    while (scan->pos == scan->end) {
        if (scan->is_last) {
            return RTN_ERR_NOT_FOUND;
        }

        rc = scan_slice(scan);
        if (rc != 0) {
            return rc;
        }
    }

    memcpy(&row, scan->buffer + scan->pos, sizeof(row));

    p = (const char *) scan->buffer + scan->pos + sizeof(row);

    *key = (struct rtn_str) { p, row.key_len };
    *payload = (struct rtn_str) { p + row.key_len, row.payload_len };

    scan->pos += sizeof(row) + row.key_len + row.payload_len;

    return row.rc;
}


void
db_scan_close(struct db_scan *scan)
{
    if (scan != NULL) {
        db_segment_close(scan->segment);
        free(scan);
    }
}


static int
scan_slice(struct db_scan *scan)
{
    int               rc;
    size_t            rows;
    struct rtn_str    from;
    struct db_txn     txn;
    struct db_cursor  cursor;

    scan->pos = 0;
    scan->end = 0;

    rc = scan_begin(scan, &txn);
    if (rc != 0) {
        return rc;
    }

    db_cursor_open(&txn, scan->table, &cursor);

    from = (struct rtn_str) { (const char *) scan->from, scan->from_len };

    rc = scan->is_resumed ? db_cursor_resume(&cursor, from)
                          : db_cursor_seek(&cursor, from);

    for (rows = 0; scan_is_row(rc) && rows < RTN_SLICE_ROWS; rows++) {
        if (!scan_keep(scan, &cursor, rc)) {
            break;
        }

        rc = db_cursor_next(&cursor);
    }

    db_cursor_close(&cursor);
    db_segment_read_end(scan->segment, &txn);

    if (rc == RTN_ERR_NOT_FOUND) {
        return scan_end(scan);
    }

    /* an error comes up again in the next slice, behind the rows before it */
    return scan->end > 0 || scan_is_row(rc) ? 0 : rc;
}


/* Segments that were dropped meanwhile are passed over. */
static int
scan_begin(struct db_scan *scan, struct db_txn *txn)
{
    int  rc;

    if (scan->environment != DB_EVENTS) {
        return db_read_begin(scan->store, scan->environment, txn);
    }

    for ( ;; ) {
        rc = db_segment_read_begin(scan->store, scan->number, &scan->segment,
                                   txn);

        if (rc != RTN_ERR_ABSENT || scan->number >= scan->store->segment) {
            return rc;
        }

        scan->number++;
    }
}


/* At the end of the table; of the log, perhaps of one segment of it. */
static int
scan_end(struct db_scan *scan)
{
    int  rc;

    scan->is_last = true;

    if (scan->environment != DB_EVENTS) {
        return 0;
    }

    if (scan->is_end && scan->number == scan->store->segment) {
        rc = db_segments_catch_up(scan->store);
        if (rc != 0) {
            return rc;
        }
    }

    if (scan->number < scan->store->segment) {
        scan->number++;
        scan->from_len = 0;
        scan->is_end = false;
        scan->is_last = false;
    }

    return 0;
}


/* False: the row is past the prefix, or the buffer is full. */
static bool
scan_keep(struct db_scan *scan, const struct db_cursor *cursor, int rc)
{
    uint8_t          *p;
    struct scan_row   row;

    /* a bad row outside may be one of within, under a damaged key */

    if (rc == 0
        && (cursor->key.len < scan->prefix_len
            || memcmp(cursor->key.data, scan->prefix, scan->prefix_len) != 0))
    {
        scan->is_last = true;
        return false;
    }

    row.rc = rc;
    row.key_len = (uint32_t) cursor->key.len;
    row.payload_len = (uint32_t) cursor->payload.len;

    if (sizeof(row) + row.key_len + row.payload_len
        > SCAN_BUFFER_SIZE - scan->end)
    {
        return false;
    }

    p = scan->buffer + scan->end;

    memcpy(p, &row, sizeof(row));
    memcpy(p + sizeof(row), cursor->key.data, row.key_len);

    if (row.payload_len > 0) {
        memcpy(p + sizeof(row) + row.key_len, cursor->payload.data,
               row.payload_len);
    }

    scan->end += sizeof(row) + row.key_len + row.payload_len;

    /* with a zero behind it, a key is followed by no other before the next */
    memcpy(scan->from, cursor->key.data, row.key_len);
    scan->from[row.key_len] = 0;
    scan->from_len = row.key_len + 1;
    scan->is_resumed = true;

    scan->is_end = scan->environment == DB_EVENTS
                   && db_segment_is_end(cursor->key);

    return true;
}


static bool
scan_is_row(int rc)
{
    return rc == 0 || rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER;
}
