/*
 * What was bought with an order, by name, for who asks about it; orders
 * themselves have a count alone.  A row is a part of an order's names:
 *
 *     key       order id | 0 | part, 1 byte
 *     payload   updated_at, 8 bytes | names, each behind its length
 */

#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "row.h"

#define ITEMS_KEY_MAX   (RTN_ORDER_ID_MAX + 2)
#define ITEMS_PART_MAX  1800        /* bytes of a payload */

struct rtn_order_items_scan {
    struct db_scan  *rows;          /* NULL: an older store has no table */
};

static struct rtn_str items_key(uint8_t key[ITEMS_KEY_MAX],
    struct rtn_str order_id, uint8_t part);
static bool items_are_good(const struct rtn_order_items *items);
static int items_is_newer(struct db_txn *txn,
    const struct rtn_order_items *items, bool *is_newer);
static int items_delete(struct db_txn *txn, struct rtn_str order_id);
static int items_write(struct db_txn *txn,
    const struct rtn_order_items *items);
static int items_write_part(struct db_txn *txn,
    const struct rtn_order_items *items, uint8_t part, size_t *next);
static int items_read(struct rtn_str key, struct rtn_str payload,
    struct rtn_order_items *items);


int
rtn_order_items_put(struct rtn_store *store,
    const struct rtn_order_items *items)
{
    int                rc;
    bool               is_newer;
    struct crm_slice  *slice;

    slice = crm_slice_of(store);

    if (!items_are_good(items)) {
        return RTN_ERR_LIMIT;
    }

    rc = items_is_newer(&slice->txn, items, &is_newer);

    if (rc == RTN_OK && is_newer) {
        return RTN_OK;
    }

    if (rc == RTN_OK) {
        rc = items_delete(&slice->txn, items->order_id);
    }

    if (rc == RTN_OK) {
        rc = items_write(&slice->txn, items);
    }

    return crm_put_end(slice, rc);
}


int
rtn_order_items_scan_open(struct rtn_store *store,
    struct rtn_order_items_scan **scan)
{
    int                           rc;
    struct rtn_order_items_scan  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    if (db_has_table(store, DB_ORDER_ITEMS)) {
        rc = db_scan_open(store, DB_CRM, DB_ORDER_ITEMS, RTN_STR(""),
                          RTN_STR(""), &opened->rows);
        if (rc != RTN_OK) {
            free(opened);
            return rc;
        }
    }

    *scan = opened;

    return RTN_OK;
}


int
rtn_order_items_scan_next(struct rtn_order_items_scan *scan,
    struct rtn_order_items *items)
{
    int             rc;
    struct rtn_str  key, payload;

    if (scan->rows == NULL) {
        return RTN_ERR_NOT_FOUND;
    }

    rc = db_scan_next(scan->rows, &key, &payload);

    return rc != RTN_OK ? rc : items_read(key, payload, items);
}


void
rtn_order_items_scan_close(struct rtn_order_items_scan *scan)
{
    if (scan == NULL) {
        return;
    }

    if (scan->rows != NULL) {
        db_scan_close(scan->rows);
    }

    free(scan);
}


static struct rtn_str
items_key(uint8_t key[ITEMS_KEY_MAX], struct rtn_str order_id, uint8_t part)
{
    memcpy(key, order_id.data, order_id.len);
    key[order_id.len] = 0;
    key[order_id.len + 1] = part;

    return db_row_key(key, key + order_id.len + 2);
}


static bool
items_are_good(const struct rtn_order_items *items)
{
    size_t  i;

    if (items->order_id.len == 0 || items->order_id.len > RTN_ORDER_ID_MAX
        || items->n > RTN_ORDER_NAMES_MAX)
    {
        return false;
    }

    for (i = 0; i < items->n; i++) {
        if (items->names[i].len == 0 || items->names[i].len > RTN_SKU_MAX) {
            return false;
        }
    }

    return true;
}


static int
items_is_newer(struct db_txn *txn, const struct rtn_order_items *items,
    bool *is_newer)
{
    int                     rc;
    uint8_t                 bytes[ITEMS_KEY_MAX];
    struct rtn_str          key, payload;
    struct rtn_order_items  stored;

    *is_newer = false;
    key = items_key(bytes, items->order_id, 0);
    rc = db_get(txn, DB_ORDER_ITEMS, key, &payload);

    if (rc == RTN_OK) {
        rc = items_read(key, payload, &stored);
    }

    if (rc == RTN_OK) {
        *is_newer = items->updated_ms != 0
                    && stored.updated_ms > items->updated_ms;
    }

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static int
items_delete(struct db_txn *txn, struct rtn_str order_id)
{
    int       rc;
    uint8_t   part, key[ITEMS_KEY_MAX];

    for (rc = RTN_OK, part = 0; rc == RTN_OK && part < UINT8_MAX; part++) {
        rc = db_delete(txn, DB_ORDER_ITEMS, items_key(key, order_id, part));
    }

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static int
items_write(struct db_txn *txn, const struct rtn_order_items *items)
{
    int      rc;
    size_t   next;
    uint8_t  part;

    for (rc = RTN_OK, next = 0, part = 0;
         rc == RTN_OK && next < items->n;
         part++)
    {
        rc = items_write_part(txn, items, part, &next);
    }

    return rc;
}


/* As many names as fit, from next on. */
static int
items_write_part(struct db_txn *txn, const struct rtn_order_items *items,
    uint8_t part, size_t *next)
{
    int                  rc;
    uint8_t              key[ITEMS_KEY_MAX], row[ITEMS_PART_MAX];
    struct rtn_str       payload;
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, sizeof(row));
    rtn_wire_put_i64(&out, items->updated_ms);

    while (*next < items->n
           && out.pos + 2 + items->names[*next].len <= sizeof(row))
    {
        rtn_wire_put_str(&out, items->names[(*next)++]);
    }

    rc = db_row_end(&out, &payload);

    return rc != RTN_OK ? rc
                        : db_put(txn, DB_ORDER_ITEMS,
                                 items_key(key, items->order_id, part),
                                 payload);
}


static int
items_read(struct rtn_str key, struct rtn_str payload,
    struct rtn_order_items *items)
{
    struct rtn_wire_in  in;

    if (key.len < 3 || key.len > ITEMS_KEY_MAX) {
        return RTN_ERR_CORRUPT;
    }

    items->order_id.data = key.data;
    items->order_id.len = key.len - 2;
    items->n = 0;

    rtn_wire_in_init(&in, payload);
    items->updated_ms = rtn_wire_get_i64(&in);

    while (rtn_wire_left(&in) > 0) {
        if (items->n == RTN_ORDER_NAMES_MAX) {
            return RTN_ERR_CORRUPT;
        }

        items->names[items->n++] = rtn_wire_get_str(&in);
    }

    return rtn_wire_in_end(&in);
}
