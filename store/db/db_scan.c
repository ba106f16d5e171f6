/*
 * Long reads in slices.  A slice is copied as a whole and its transaction
 * ends before the first row is handed out, so that whoever scans may write,
 * or take his time, without pinning old pages.
 */

#include <stdlib.h>
#include <string.h>

#include "db.h"

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
    bool                  is_last;      /* no slice follows this one */
    size_t                pos;          /* of the next row in buffer */
    size_t                end;
    size_t                prefix_len;
    size_t                from_len;
    uint8_t               prefix[DB_KEY_MAX];
    uint8_t               from[DB_KEY_MAX + 1]; /* the next slice's first */
    uint8_t               buffer[SCAN_BUFFER_SIZE];
};

static int scan_slice(struct db_scan *scan);
static bool scan_keep(struct db_scan *scan, const struct db_cursor *cursor,
    int rc);
static bool scan_is_row(int rc);


int
db_scan_open(struct rtn_store *store, enum db_environment environment,
    enum db_table table, struct rtn_str prefix, struct rtn_str from,
    struct db_scan **scan)
{
    struct db_scan  *opened;

    if (prefix.len > DB_KEY_MAX || from.len > DB_KEY_MAX) {
        return RTN_ERR_LIMIT;
    }

    opened = malloc(sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->store = store;
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

    *scan = opened;

    return 0;
}


int
db_scan_next(struct db_scan *scan, struct rtn_str *key,
    struct rtn_str *payload)
{
    int              rc;
    const char      *p;
    struct scan_row  row;

    if (scan->pos == scan->end) {
        if (scan->is_last) {
            return RTN_ERR_NOT_FOUND;
        }

        rc = scan_slice(scan);
        if (rc != 0) {
            return rc;
        }

        if (scan->end == 0) {
            return RTN_ERR_NOT_FOUND;
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
    free(scan);
}


static int
scan_slice(struct db_scan *scan)
{
    int               rc;
    size_t            rows;
    struct db_txn     txn;
    struct db_cursor  cursor;

    scan->pos = 0;
    scan->end = 0;

    rc = db_read_begin(scan->store, scan->environment, &txn);
    if (rc != 0) {
        return rc;
    }

    db_cursor_open(&txn, scan->table, &cursor);

    rc = db_cursor_seek(&cursor,
                        (struct rtn_str) { (const char *) scan->from,
                                           scan->from_len });

    for (rows = 0; scan_is_row(rc) && rows < RTN_SLICE_ROWS; rows++) {
        if (!scan_keep(scan, &cursor, rc)) {
            break;
        }

        rc = db_cursor_next(&cursor);
    }

    db_cursor_close(&cursor);
    db_read_end(&txn);

    if (rc == RTN_ERR_NOT_FOUND) {
        scan->is_last = true;
        return 0;
    }

    /* an error comes up again in the next slice, behind the rows before it */
    return scan->end > 0 || scan_is_row(rc) ? 0 : rc;
}


/* False: the row is past the prefix, or the buffer is full. */
static bool
scan_keep(struct db_scan *scan, const struct db_cursor *cursor, int rc)
{
    uint8_t          *p;
    struct scan_row   row;

    if (cursor->key.len < scan->prefix_len
        || memcmp(cursor->key.data, scan->prefix, scan->prefix_len) != 0)
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

    return true;
}


static bool
scan_is_row(int rc)
{
    return rc == 0 || rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER;
}
