/*
 * By what repeats are known after a restart: the hash of each posted event
 * that was counted, in the order of ids, several to a row.  Those that were
 * dropped are not kept, since the seven days run from the one that counted.
 */

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "fold.h"
#include "row.h"
#include "rtn_id.h"

#define HASHES_LEN       (8 + RTN_HASH_LEN)
#define HASHES_ROW_MAX   78
#define HASHES_FIRST     64
#define HASHES_PRUNE_MAX 16             /* rows of a slice */

/* A day more than needed: a tail that was begun before may look back. */
#define HASHES_KEEP_MS   (REPEATS_DAYS_MS + INT64_C(24) * 3600 * 1000)

static int hashes_replay(struct rtn_str payload, struct repeats *repeats);


int
fold_hashes_add(struct fold_hashes *hashes, const struct rtn_event *event)
{
    size_t             size;
    struct fold_hash  *items;

    if (hashes->n == hashes->size) {
        size = hashes->size > 0 ? hashes->size * 2 : HASHES_FIRST;

        items = realloc(hashes->items, size * sizeof(*items));
        if (items == NULL) {
            return RTN_ERR_NOMEM;
        }

        hashes->items = items;
        hashes->size = size;
    }

    hashes->items[hashes->n].id = event->id;
    memcpy(hashes->items[hashes->n].hash, event->repeat_hash, RTN_HASH_LEN);
    hashes->n++;

    return 0;
}


int
fold_hashes_put(struct db_txn *txn, const struct fold_hashes *hashes)
{
    int                       rc;
    size_t                    i, n;
    uint8_t                   key[8], bytes[HASHES_ROW_MAX * HASHES_LEN], *p;
    const struct fold_hash   *item;

    rc = 0;

    for (i = 0; rc == 0 && i < hashes->n; i += n) {
        item = &hashes->items[i];
        db_key_u64(key, item->id);

        for (p = bytes, n = 0;
             n < HASHES_ROW_MAX && i + n < hashes->n;
             n++, item++)
        {
            p = db_key_u64(p, (uint64_t) rtn_id_ms(item->id));
            memcpy(p, item->hash, RTN_HASH_LEN);
            p += RTN_HASH_LEN;
        }

        rc = db_put(txn, DB_FOLD_REPEATS, db_row_key(key, key + 8),
                    db_row_key(bytes, p));
    }

    return rc;
}


int
fold_hashes_prune(struct db_txn *txn, uint64_t cursor)
{
    int               rc;
    size_t            i;
    int64_t           last_ms;
    uint8_t           key[8];
    struct db_cursor  row;

    rc = 0;

    for (i = 0; rc == 0 && i < HASHES_PRUNE_MAX; i++) {
        rc = db_cursor_open(txn, DB_FOLD_REPEATS, &row);

        if (rc == 0) {
            rc = db_cursor_seek(&row, RTN_STR(""));
        }

        last_ms = 0;

        if (rc == 0 && row.key.len == sizeof(key)
            && row.payload.len >= HASHES_LEN)
        {
            memcpy(key, row.key.data, sizeof(key));
            last_ms = (int64_t) fold_get_u64((const uint8_t *)
                                             row.payload.data
                                             + row.payload.len - HASHES_LEN);
        }

        db_cursor_close(&row);

        if (last_ms == 0 || last_ms + HASHES_KEEP_MS > rtn_id_ms(cursor)) {
            break;
        }

        rc = db_delete(txn, DB_FOLD_REPEATS, db_row_key(key, key + 8));
    }

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
fold_hashes_load(struct rtn_store *store, uint64_t cursor,
    struct repeats *repeats)
{
    int              rc;
    uint64_t         seed;
    struct rtn_str   key, payload;
    struct db_scan  *scan;

    randombytes_buf(&seed, sizeof(seed));
    db_repeats_init(repeats, seed);

    rc = db_scan_open(store, DB_STATE, DB_FOLD_REPEATS, RTN_STR(""),
                      RTN_STR(""), &scan);
    if (rc != 0) {
        return rc;
    }

    while (rc == 0) {
        rc = db_scan_next(scan, &key, &payload);

        if (rc == 0 && key.len != 8) {
            rc = RTN_ERR_CORRUPT;
        }

        if (rc == 0
            && fold_get_u64((const uint8_t *) key.data) > cursor)
        {
            break;
        }

        if (rc == 0) {
            rc = hashes_replay(payload, repeats);
        }
    }

    db_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


static int
hashes_replay(struct rtn_str payload, struct repeats *repeats)
{
    int             rc;
    bool            is_repeat;
    size_t          at;
    const uint8_t  *p;

    if (payload.len == 0 || payload.len % HASHES_LEN != 0) {
        return RTN_ERR_CORRUPT;
    }

    rc = 0;

    for (at = 0; rc == 0 && at < payload.len; at += HASHES_LEN) {
        p = (const uint8_t *) payload.data + at;

        rc = db_repeats_add(repeats, p + 8, (int64_t) fold_get_u64(p),
                            &is_repeat);
    }

    return rc;
}
