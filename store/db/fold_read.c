/* Reading the roll-ups, and the log behind them. */

#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "row.h"
#include "rtn_id.h"

/* The rows of one table that begin with a campaign's number. */
struct read_rows {
    struct db_cursor  cursor;
    enum db_table     table;
    uint8_t           prefix[4];
    bool              is_begun;
    bool              is_over;
};

/* Of the two rests the next row of each, read ahead. */
struct read_rest {
    struct read_rows  rows;
    bool              is_held;
    int               rc;
};

struct rtn_fold_view {
    struct db_txn           txn;
    struct rtn_fold_totals  totals;
    struct read_rows        recipients;
    struct rtn_wire_in      deltas;     /* what is left of a row of them */
    struct read_rows        links;
    struct read_rows        hours;
    struct read_rest        rests[2];   /* of the campaign, of none */
};

struct rtn_fold_tail {
    struct rtn_store     *store;
    struct rtn_log_scan  *scan;
    uint64_t              cursor;
    uint64_t              dropped;
    bool                  is_loaded;    /* repeats */
    struct repeats        repeats;
};

static int read_totals(struct rtn_fold_view *view, uint32_t campaign);
static void read_init(struct read_rows *rows, enum db_table table,
    uint32_t campaign);
static int read_next(struct rtn_fold_view *view, struct read_rows *rows,
    size_t key_len, const uint8_t **key, struct rtn_str *payload);
static int read_sum(struct rtn_str payload, uint64_t *n);
static int read_kind(const uint8_t *p, enum rtn_kind *kind,
    enum rtn_class *class);
static int read_ahead(struct rtn_fold_view *view, struct read_rest *rest);
static uint64_t read_rest_id(const struct read_rest *rest);
static bool read_is_row(int rc);


int
rtn_fold_view_open(struct rtn_store *store, uint32_t campaign,
    struct rtn_fold_view **view)
{
    int                    rc;
    struct rtn_fold_view  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_snapshot_begin(store, DB_STATE, &opened->txn);

    if (rc == 0) {
        rc = read_totals(opened, campaign);
    }

    if (rc != 0) {
        rtn_fold_view_close(opened);
        return rc;
    }

    read_init(&opened->recipients, DB_FOLD_RECIPIENTS, campaign);
    read_init(&opened->links, DB_FOLD_LINKS, campaign);
    read_init(&opened->hours, DB_FOLD_HOURS, campaign);
    read_init(&opened->rests[0].rows, DB_FOLD_REST, campaign);
    read_init(&opened->rests[1].rows, DB_FOLD_REST, 0);

    *view = opened;

    return 0;
}


void
rtn_fold_view_close(struct rtn_fold_view *view)
{
    if (view == NULL) {
        return;
    }

    db_cursor_close(&view->recipients.cursor);
    db_cursor_close(&view->links.cursor);
    db_cursor_close(&view->hours.cursor);
    db_cursor_close(&view->rests[0].rows.cursor);
    db_cursor_close(&view->rests[1].rows.cursor);

    db_snapshot_end(&view->txn);
    free(view);
}


const struct rtn_fold_totals *
rtn_fold_view_totals(const struct rtn_fold_view *view)
{
    return &view->totals;
}


int
rtn_fold_recipient_next(struct rtn_fold_view *view,
    struct rtn_fold_recipient *recipient)
{
    int             rc;
    const uint8_t  *key;
    struct rtn_str  payload;

    while (rtn_wire_left(&view->deltas) == 0) {
        rc = read_next(view, &view->recipients, 14, &key, &payload);
        if (rc != 0) {
            return rc;
        }

        rtn_wire_in_init(&view->deltas, payload);
    }

    return fold_delta_get(&view->deltas, recipient);
}


int
rtn_fold_link_next(struct rtn_fold_view *view, struct rtn_fold_link *link)
{
    int             rc;
    const uint8_t  *key;
    struct rtn_str  payload;

    rc = read_next(view, &view->links, 8, &key, &payload);

    if (rc == 0) {
        link->message = key[4];
        link->link = key[5];
        rc = read_kind(key + 6, &link->kind, &link->class);
    }

    return rc != 0 ? rc : read_sum(payload, &link->n);
}


int
rtn_fold_hour_next(struct rtn_fold_view *view, struct rtn_fold_hour *hour)
{
    int             rc;
    const uint8_t  *key;
    struct rtn_str  payload;

    rc = read_next(view, &view->hours, 10, &key, &payload);

    if (rc == 0) {
        hour->hour_ms = (int64_t) fold_get_u32(key + 4) * FOLD_HOUR_MS;
        rc = read_kind(key + 8, &hour->kind, &hour->class);
    }

    return rc != 0 ? rc : read_sum(payload, &hour->n);
}


int
rtn_fold_rest_next(struct rtn_fold_view *view, struct rtn_event *event)
{
    int                rc;
    size_t             i;
    struct read_rest  *rest;

    for (i = 0; i < 2; i++) {
        rc = read_ahead(view, &view->rests[i]);
        if (rc != 0) {
            return rc;
        }
    }

    rest = read_rest_id(&view->rests[0]) < read_rest_id(&view->rests[1])
           ? &view->rests[0] : &view->rests[1];

    rest->is_held = false;

    if (rest->rc != 0) {
        rest->is_held = rest->rc == RTN_ERR_NOT_FOUND;
        return rest->rc;
    }

    return rtn_event_decode(read_rest_id(rest), rest->rows.cursor.payload,
                            event);
}


int
rtn_fold_tail_open(struct rtn_store *store,
    const struct rtn_fold_totals *totals, struct rtn_fold_tail **tail)
{
    int                    rc;
    struct rtn_fold_tail  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->store = store;
    opened->cursor = totals->state.cursor;

    rc = rtn_log_scan_open(store, opened->cursor + 1, &opened->scan);
    if (rc != 0) {
        free(opened);
        return rc;
    }

    rtn_log_scan_keep_repeats(opened->scan);

    *tail = opened;

    return 0;
}


int
rtn_fold_tail_next(struct rtn_fold_tail *tail, struct rtn_event *event)
{
    int   rc;
    bool  is_repeat;

    for ( ;; ) {
        rc = rtn_log_scan_next(tail->scan, event);
        if (rc != 0 || !event->has_repeat_hash) {
            return rc;
        }

        if (!tail->is_loaded) {
            rc = fold_hashes_load(tail->store, tail->cursor, &tail->repeats);
            if (rc != 0) {
                return rc == RTN_ERR_CORRUPT ? RTN_ERR_IO : rc;
            }

            tail->is_loaded = true;
        }

        rc = db_repeats_add(&tail->repeats, event->repeat_hash,
                            rtn_id_ms(event->id), &is_repeat);
        if (rc != 0 || !is_repeat) {
            return rc;
        }

        tail->dropped++;
    }
}


uint64_t
rtn_fold_tail_repeats(const struct rtn_fold_tail *tail)
{
    return tail->dropped;
}


void
rtn_fold_tail_close(struct rtn_fold_tail *tail)
{
    if (tail != NULL) {
        db_repeats_release(&tail->repeats);
        rtn_log_scan_close(tail->scan);
        free(tail);
    }
}


static int
read_totals(struct rtn_fold_view *view, uint32_t campaign)
{
    int                      rc;
    uint8_t                  key[4];
    struct rtn_str           payload;
    struct rtn_wire_in       in;
    struct rtn_fold_totals  *totals = &view->totals;

    rc = fold_state_get(&view->txn, &totals->state);

    if (rc == 0) {
        rc = db_get(&view->txn, DB_FOLD_CAMPAIGNS,
                    db_row_key(key, db_key_u32(key, campaign)), &payload);
    }

    if (rc != 0) {
        return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
    }

    rtn_wire_in_init(&in, payload);

    totals->last_ms = rtn_wire_get_i64(&in);
    totals->strays = rtn_wire_get_u64(&in);
    totals->outside = rtn_wire_get_u64(&in);

    return rtn_wire_in_end(&in);
}


static void
read_init(struct read_rows *rows, enum db_table table, uint32_t campaign)
{
    rows->table = table;
    db_key_u32(rows->prefix, campaign);
}


static int
read_next(struct rtn_fold_view *view, struct read_rows *rows, size_t key_len,
    const uint8_t **key, struct rtn_str *payload)
{
    int                rc;
    struct db_cursor  *cursor;

    cursor = &rows->cursor;

    if (rows->is_over) {
        return RTN_ERR_NOT_FOUND;
    }

    if (rows->is_begun) {
        rc = db_cursor_next(cursor);

    } else {
        rows->is_begun = true;
        rc = db_cursor_open(&view->txn, rows->table, cursor);

        if (rc == 0) {
            rc = db_cursor_seek(cursor, db_row_key(rows->prefix,
                                                   rows->prefix + 4));
        }
    }

    if (read_is_row(rc)
        && (cursor->key.len < sizeof(rows->prefix)
            || memcmp(cursor->key.data, rows->prefix, sizeof(rows->prefix))
               != 0))
    {
        rc = RTN_ERR_NOT_FOUND;
    }

    if (rc == 0 && cursor->key.len != key_len) {
        rc = RTN_ERR_CORRUPT;
    }

    rows->is_over = !read_is_row(rc);

    if (rc == 0) {
        *key = (const uint8_t *) cursor->key.data;
        *payload = cursor->payload;
    }

    return rc;
}


static int
read_sum(struct rtn_str payload, uint64_t *n)
{
    if (payload.len != FOLD_SUM_LEN) {
        return RTN_ERR_CORRUPT;
    }

    *n = fold_get_u64((const uint8_t *) payload.data);

    return 0;
}


static int
read_kind(const uint8_t *p, enum rtn_kind *kind, enum rtn_class *class)
{
    if (rtn_kind_name(p[0]) == NULL || rtn_class_name(p[1]) == NULL) {
        return RTN_ERR_CORRUPT;
    }

    *kind = p[0];
    *class = p[1];

    return 0;
}


static int
read_ahead(struct rtn_fold_view *view, struct read_rest *rest)
{
    const uint8_t   *key;
    struct rtn_str   payload;

    if (rest->is_held) {
        return 0;
    }

    rest->rc = read_next(view, &rest->rows, 12, &key, &payload);
    rest->is_held = true;

    return read_is_row(rest->rc) || rest->rc == RTN_ERR_NOT_FOUND
           ? 0 : rest->rc;
}


/* A bad row comes first: it is only counted. */
static uint64_t
read_rest_id(const struct read_rest *rest)
{
    if (rest->rc == RTN_ERR_NOT_FOUND) {
        return UINT64_MAX;
    }

    return rest->rc == 0
           ? fold_get_u64((const uint8_t *) rest->rows.cursor.key.data + 4)
           : 0;
}


static bool
read_is_row(int rc)
{
    return rc == 0 || rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER;
}
