/* Whether the roll-ups are what the log and the journal add up to. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coupon.h"
#include "fold.h"
#include "row.h"
#include "rtn_id.h"

#define CHECK_SHOWN      20             /* differences that are named */
#define CHECK_KEY_SHOWN  16             /* bytes of a key */

struct fold_check {
    struct rtn_store       *store;
    rtn_check_report_pt     report;
    void                   *data;
    uint64_t                rows;
    uint64_t                differences;
    struct rtn_fold_state   state;      /* as stored */
    struct rtn_fold_state   counted;
    struct repeats          repeats;
};

static int check_first(struct fold_check *check, bool *is_whole);
static int check_log(struct fold_check *check);
static int check_recount(struct fold_check *check, struct fold_book *book,
    struct rtn_log_scan *scan);
static int check_event(struct fold_check *check, struct fold_book *book,
    const struct rtn_event *event);
static int check_table(struct fold_check *check, enum db_table table,
    struct fold_row **rows, size_t n, size_t *at);
static int check_recipients(struct fold_check *check, struct fold_row **rows,
    size_t n, size_t *at);
static int check_add_up(struct fold_check *check, struct fold_book *book);
static int check_next(struct db_scan *scan, struct rtn_str *key,
    struct rtn_str *payload);
static int check_order(const struct fold_row *row, struct rtn_str key);
static void check_differs(struct fold_check *check, enum db_table table,
    struct rtn_str key, const char *what);
static int check_coupons(struct fold_check *check);
static int check_journal(struct fold_check *check, struct coupon_map *map);
static int check_base(struct fold_check *check, struct coupon_map *map);
static int check_base_row(struct fold_check *check, struct coupon_map *map,
    struct db_txn *txn, struct rtn_str key);


int
rtn_fold_check(struct rtn_store *store, rtn_check_report_pt report,
    void *data, uint64_t *rows, uint64_t *differences, bool *is_whole)
{
    int                rc;
    struct db_txn      txn;
    struct fold_check  check = {
        .store = store, .report = report, .data = data
    };

    /* all scans below share it, so that cursor and rows belong together while
       nginx folds on */
    rc = db_read_begin(store, DB_STATE, &txn);

    if (rc == 0) {
        rc = rtn_fold_state(store, &check.state);
    }

    if (rc == 0) {
        rc = check_first(&check, is_whole);
    }

    if (rc == 0 && *is_whole) {
        rc = check_log(&check);
    }

    if (rc == 0 && (store->flags & RTN_OPEN_COUPONS)) {
        rc = check_coupons(&check);
    }

    db_read_end(&txn);

    if (rc == 0) {
        *rows = check.rows;
        *differences = check.differences;
    }

    return rc;
}


/* Whether the log still begins where the roll-ups began. */
static int
check_first(struct fold_check *check, bool *is_whole)
{
    int                   rc;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    rc = rtn_log_scan_open(check->store, 0, &scan);
    if (rc != 0) {
        return rc;
    }

    do {
        rc = rtn_log_scan_next(scan, &event);
    } while (rc == RTN_ERR_CORRUPT);

    rtn_log_scan_close(scan);

    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    *is_whole = check->state.first == 0
                || (rc == 0 && event.id <= check->state.first);

    return 0;
}


static int
check_log(struct fold_check *check)
{
    int                   rc;
    size_t                at;
    enum db_table         table;
    struct fold_book      book;
    struct fold_row     **rows;
    struct rtn_log_scan  *scan;

    rc = rtn_log_scan_open(check->store, 0, &scan);
    if (rc != 0) {
        return rc;
    }

    rtn_log_scan_keep_repeats(scan);
    db_repeats_init(&check->repeats, 0);
    fold_book_init(&book, NULL, false);
    rows = NULL;

    rc = check_recount(check, &book, scan);

    if (rc == 0) {
        rc = fold_book_sorted(&book, &rows);
    }

    for (table = DB_FOLD_CAMPAIGNS, at = 0;
         rc == 0 && table <= DB_FOLD_REST;
         table++)
    {
        rc = table == DB_FOLD_RECIPIENTS
             ? check_recipients(check, rows, book.n, &at)
             : check_table(check, table, rows, book.n, &at);
    }

    if (rc == 0 && (check->counted.damaged != check->state.damaged
                    || check->counted.repeats != check->state.repeats))
    {
        check_differs(check, DB_FOLD, fold_state_key(),
                      "other numbers of damaged records or repeats");
    }

    free(rows);
    fold_book_release(&book);
    db_repeats_release(&check->repeats);
    rtn_log_scan_close(scan);

    return rc;
}


static int
check_recount(struct fold_check *check, struct fold_book *book,
    struct rtn_log_scan *scan)
{
    int               rc;
    uint64_t          damaged;
    struct db_txn     txn;
    struct rtn_event  event;

    rc = db_read_begin(check->store, DB_STATE, &txn);
    book->txn = &txn;
    damaged = 0;

    while (rc == 0 && check->counted.cursor < check->state.cursor) {
        rc = rtn_log_scan_next(scan, &event);

        if (rc == RTN_ERR_CORRUPT) {
            damaged++;
            rc = 0;
            continue;
        }

        if (rc == 0 && event.id > check->state.cursor) {
            rc = RTN_ERR_NOT_FOUND;
        }

        if (rc == 0) {
            check->counted.damaged += damaged;
            damaged = 0;
            rc = check_event(check, book, &event);
        }
    }

    db_read_end(&txn);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
check_event(struct fold_check *check, struct fold_book *book,
    const struct rtn_event *event)
{
    int   rc;
    bool  is_repeat;

    check->counted.cursor = event->id;
    is_repeat = false;
    rc = 0;

    if (event->has_repeat_hash) {
        rc = db_repeats_add(&check->repeats, event->repeat_hash,
                            rtn_id_ms(event->id), &is_repeat);
        check->counted.repeats += rc == 0 && is_repeat;
    }

    return rc != 0 || is_repeat ? rc : fold_count(book, event);
}


/* Merges the stored rows of a table with the counted ones from at on.  A bad
   row has an empty payload, and no counted one has. */
static int
check_table(struct fold_check *check, enum db_table table,
    struct fold_row **rows, size_t n, size_t *at)
{
    int               rc, order;
    struct rtn_str    key, payload;
    struct db_scan   *scan;
    struct fold_row  *row;

    rc = db_scan_open(check->store, DB_STATE, table, RTN_STR(""),
                      RTN_STR(""), &scan);
    if (rc != 0) {
        return rc;
    }

    rc = check_next(scan, &key, &payload);

    for ( ;; ) {
        while (*at < n && rows[*at]->table == table && rows[*at]->len == 0) {
            (*at)++;
        }

        row = *at < n && rows[*at]->table == table ? rows[*at] : NULL;

        if (rc != 0 && (rc != RTN_ERR_NOT_FOUND || row == NULL)) {
            break;
        }

        order = rc != 0 ? -1 : check_order(row, key);

        if (order < 0) {
            check_differs(check, table,
                          db_row_key(row->key, row->key + row->key_len),
                          "is in the log and not in the roll-ups");

        } else if (order > 0) {
            check_differs(check, table, key,
                          "is in the roll-ups and not in the log");

        } else if (!db_row_equal(payload, db_row_key(row->bytes,
                                                     row->bytes + row->len)))
        {
            check_differs(check, table, key, "differs from the log");
        }

        check->rows++;
        *at += order <= 0;

        if (order >= 0) {
            rc = check_next(scan, &key, &payload);
        }
    }

    db_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


/* As check_table, with the stored slices added up. */
static int
check_recipients(struct fold_check *check, struct fold_row **rows, size_t n,
    size_t *at)
{
    int                rc, order;
    size_t             i;
    struct rtn_str     key;
    struct fold_row  **sums, *row, *sum;
    struct fold_book   book;

    fold_book_init(&book, NULL, false);
    sums = NULL;

    rc = check_add_up(check, &book);

    if (rc == 0) {
        rc = fold_book_sorted(&book, &sums);
    }

    for (i = 0; rc == 0; check->rows++) {
        while (*at < n && rows[*at]->table == DB_FOLD_RECIPIENTS
               && rows[*at]->len == 0)
        {
            (*at)++;
        }

        row = *at < n && rows[*at]->table == DB_FOLD_RECIPIENTS ? rows[*at]
                                                                : NULL;
        sum = i < book.n ? sums[i] : NULL;

        if (row == NULL && sum == NULL) {
            break;
        }

        key = sum != NULL ? db_row_key(sum->key, sum->key + sum->key_len)
                          : db_row_key(row->key, row->key + row->key_len);
        order = sum != NULL ? check_order(row, key) : -1;

        if (order != 0 || row->len != sum->len
            || memcmp(row->bytes, sum->bytes, sum->len) != 0)
        {
            key = order < 0 ? db_row_key(row->key, row->key + row->key_len)
                            : key;
            check_differs(check, DB_FOLD_RECIPIENTS, key,
                          "differs from the log");
        }

        *at += order <= 0;
        i += order >= 0;
    }

    free(sums);
    fold_book_release(&book);

    return rc;
}


static int
check_add_up(struct fold_check *check, struct fold_book *book)
{
    int                         rc;
    struct db_scan             *scan;
    struct rtn_str              key, payload;
    struct rtn_wire_in          in;
    struct rtn_fold_recipient   recipient;

    rc = db_scan_open(check->store, DB_STATE, DB_FOLD_RECIPIENTS, RTN_STR(""),
                      RTN_STR(""), &scan);
    if (rc != 0) {
        return rc;
    }

    while ((rc = check_next(scan, &key, &payload)) == 0) {
        rtn_wire_in_init(&in, payload);

        if (key.len != 14) {
            check_differs(check, DB_FOLD_RECIPIENTS, key, "is none of ours");
            continue;
        }

        while (rc == 0 && rtn_wire_left(&in) > 0) {
            rc = fold_delta_get(&in, &recipient);

            if (rc == 0) {
                rc = fold_add(book,
                              fold_get_u32((const uint8_t *) key.data),
                              &recipient);
            }
        }

        if (rc == RTN_ERR_CORRUPT || rc == RTN_ERR_LIMIT) {
            check_differs(check, DB_FOLD_RECIPIENTS, key, "cannot be read");
            rc = 0;
        }

        if (rc != 0) {
            break;
        }
    }

    db_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
check_next(struct db_scan *scan, struct rtn_str *key, struct rtn_str *payload)
{
    int  rc;

    rc = db_scan_next(scan, key, payload);

    return rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER ? 0 : rc;
}


/* The counted row against the stored one; there may be none. */
static int
check_order(const struct fold_row *row, struct rtn_str key)
{
    int     order;
    size_t  len;

    if (row == NULL) {
        return 1;
    }

    len = row->key_len < key.len ? row->key_len : key.len;
    order = memcmp(row->key, key.data, len);

    if (order != 0) {
        return order;
    }

    return row->key_len < key.len ? -1 : row->key_len > key.len;
}


static void
check_differs(struct fold_check *check, enum db_table table,
    struct rtn_str key, const char *what)
{
    char    hex[2 * CHECK_KEY_SHOWN + 1], sentence[128];
    size_t  i;

    check->differences++;

    if (check->report == NULL || check->differences > CHECK_SHOWN) {
        return;
    }

    hex[0] = '\0';

    for (i = 0; i < key.len && i < CHECK_KEY_SHOWN; i++) {
        snprintf(hex + 2 * i, 3, "%02x", (uint8_t) key.data[i]);
    }

    snprintf(sentence, sizeof(sentence), "row %s %s", hex, what);

    check->report(check->data,
                  db_environment_name(db_table_environment(table)),
                  db_table_name(table), sentence);
}


static int
check_coupons(struct fold_check *check)
{
    int                 rc;
    struct db_txn       txn;
    struct coupon_map  *map;
    struct rtn_store    shared;

    /* a map of its own: the store's know the whole journal */
    fold_share(&shared, check->store);

    rc = db_read_begin(check->store, DB_COUPONS, &txn);

    if (rc == 0) {
        rc = fold_journal_cursor_get(&txn, &check->state.journal_cursor);
    }

    if (rc == 0) {
        rc = coupon_map_of(&shared, COUPON_MAP_READER, &map);
    }

    if (rc == 0) {
        rc = check_journal(check, map);
    }

    if (rc == 0) {
        rc = check_base(check, map);
    }

    db_read_end(&txn);
    coupon_overlay_free(shared.overlay);
    fold_unshare(&shared);

    return rc;
}


static int
check_journal(struct fold_check *check, struct coupon_map *map)
{
    int                        rc;
    struct rtn_journal_scan   *scan;
    struct rtn_coupon_change   change;

    rc = rtn_journal_scan_open(check->store, 0, &scan);
    if (rc != 0) {
        return rc;
    }

    while (rc == 0) {
        rc = rtn_journal_scan_next(scan, &change);

        if (rc == 0 && change.id > check->state.journal_cursor) {
            break;
        }

        if (rc == 0) {
            rc = coupon_map_put(map, change.code,
                                coupon_status_after(change.action),
                                change.id);
        }
    }

    rtn_journal_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
check_base(struct fold_check *check, struct coupon_map *map)
{
    int              rc;
    struct db_txn    txn;
    struct db_scan  *scan;
    struct rtn_str   key, payload;

    rc = db_scan_open(check->store, DB_COUPONS, DB_BASE, RTN_STR(""),
                      RTN_STR(""), &scan);
    if (rc != 0) {
        return rc;
    }

    while ((rc = db_scan_next(scan, &key, &payload)) == 0) {
        rc = db_read_begin(check->store, DB_COUPONS, &txn);

        if (rc == 0) {
            rc = check_base_row(check, map, &txn, key);
        }

        db_read_end(&txn);

        if (rc != 0) {
            break;
        }
    }

    db_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
check_base_row(struct fold_check *check, struct coupon_map *map,
    struct db_txn *txn, struct rtn_str key)
{
    int                      rc;
    uint64_t                 last_id;
    enum rtn_coupon_status   status;
    struct rtn_coupon_state  state;

    if (key.len != 8) {
        return RTN_ERR_CORRUPT;
    }

    rc = coupon_base_get(txn, fold_get_u64((const uint8_t *) key.data),
                         &state);
    if (rc != 0) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
    }

    coupon_map_find(map, state.coupon.code, &status, &last_id);

    if (state.last_id != last_id || state.status != status) {
        check_differs(check, DB_BASE, key, "differs from the journal");
    }

    check->rows++;

    return 0;
}
