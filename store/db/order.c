/*
 * Orders.  A row's key has the customer and the time, so that reports read a
 * customer's orders in one run; DB_ORDER_IDS finds it by the shop's id.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "row.h"

#define ORDER_KEY_LEN  20       /* customer u32, time, sequence u64 */
#define ORDER_ROW_MAX  700

/* Where an order is stored. */
struct order_place {
    uint32_t  customer;
    int64_t   ordered_ms;
    uint64_t  sequence;         /* its own for good */
};

struct rtn_order_scan {
    struct db_scan  *rows;
};

static struct rtn_str order_key(uint8_t key[ORDER_KEY_LEN],
    const struct order_place *place);
static int order_place_read(struct rtn_str key, struct order_place *place);
static int order_place_get(struct db_txn *txn, struct rtn_str order_id,
    struct order_place *place);
static int order_encode(const struct rtn_order *order,
    uint8_t row[ORDER_ROW_MAX], struct rtn_str *payload);
static int order_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_order *order);
static int order_add(struct crm_slice *slice, const struct rtn_order *order,
    enum rtn_put *put);
static int order_update(struct db_txn *txn, const struct order_place *place,
    const struct rtn_order *order, enum rtn_put *put);
static int order_write(struct db_txn *txn, const struct order_place *place,
    const struct rtn_order *order);
static int order_move(struct db_txn *txn, const struct db_cursor *row,
    uint32_t to);
static int order_count(struct db_txn *txn, uint32_t customer);


int
rtn_order_put(struct rtn_store *store, const struct rtn_order *order,
    enum rtn_put *put)
{
    int                 rc;
    struct rtn_str      id;
    struct crm_slice   *slice;
    struct order_place  place;

    slice = crm_slice_of(store);
    id = db_row_str(order->order_id, sizeof(order->order_id));

    assert(order->customer != 0);

    if (id.len == 0 || id.len > RTN_ORDER_ID_MAX) {
        return RTN_ERR_LIMIT;
    }

    rc = order_place_get(&slice->txn, id, &place);

    if (rc == RTN_OK) {
        rc = order_update(&slice->txn, &place, order, put);

    } else if (rc == RTN_ERR_NOT_FOUND) {
        rc = order_add(slice, order, put);
    }

    return crm_put_end(slice, rc);
}


int
rtn_order_scan_open(struct rtn_store *store, struct rtn_order_scan **scan)
{
    int                     rc;
    struct rtn_order_scan  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_scan_open(store, DB_CRM, DB_ORDERS, RTN_STR(""), RTN_STR(""),
                      &opened->rows);
    if (rc != RTN_OK) {
        free(opened);
        return rc;
    }

    *scan = opened;

    return RTN_OK;
}


int
rtn_order_scan_next(struct rtn_order_scan *scan, struct rtn_order *order)
{
    int             rc;
    struct rtn_str  key, payload;

    rc = db_scan_next(scan->rows, &key, &payload);

    return rc != RTN_OK ? rc : order_decode(key, payload, order);
}


void
rtn_order_scan_close(struct rtn_order_scan *scan)
{
    if (scan == NULL) {
        return;
    }

    db_scan_close(scan->rows);
    free(scan);
}


int
crm_orders_move(struct db_txn *txn, uint32_t from, uint32_t to)
{
    int               rc;
    uint8_t           prefix[4];
    struct rtn_str    first;
    struct db_cursor  row;

    first = crm_customer_key(prefix, from);

    rc = order_count(txn, from);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = db_cursor_open(txn, DB_ORDERS, &row);
    if (rc != RTN_OK) {
        return rc;
    }

    /* what is moved is gone, so the next is again the first */
    while ((rc = db_cursor_seek(&row, first)) == RTN_OK
           && memcmp(row.key.data, prefix, sizeof(prefix)) == 0)
    {
        rc = order_move(txn, &row, to);
        if (rc != RTN_OK) {
            break;
        }
    }

    db_cursor_close(&row);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static struct rtn_str
order_key(uint8_t key[ORDER_KEY_LEN], const struct order_place *place)
{
    uint8_t  *p;

    p = db_key_u32(key, place->customer);
    p = db_key_time(p, place->ordered_ms);
    p = db_key_u64(p, place->sequence);

    return db_row_key(key, p);
}


static int
order_place_read(struct rtn_str key, struct order_place *place)
{
    const uint8_t  *p;

    if (key.len != ORDER_KEY_LEN) {
        return RTN_ERR_CORRUPT;
    }

    p = (const uint8_t *) key.data;

    place->customer = db_key_read_u32(p);
    place->ordered_ms = db_key_read_time(p + 4);
    place->sequence = db_key_read_u64(p + 12);

    return RTN_OK;
}


/* The row of an order's id is the key of its own. */
static int
order_place_get(struct db_txn *txn, struct rtn_str order_id,
    struct order_place *place)
{
    int             rc;
    struct rtn_str  key;

    rc = db_get(txn, DB_ORDER_IDS, order_id, &key);

    return rc != RTN_OK ? rc : order_place_read(key, place);
}


static int
order_encode(const struct rtn_order *order, uint8_t row[ORDER_ROW_MAX],
    struct rtn_str *payload)
{
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, ORDER_ROW_MAX);

    db_row_put_text(&out, order->order_id, sizeof(order->order_id));
    rtn_wire_put_i64(&out, order->updated_ms);
    rtn_wire_put_u8(&out, (uint8_t) order->status);
    db_row_put_currency(&out, order->currency);
    rtn_wire_put_i64(&out, order->amount_minor);
    rtn_wire_put_i64(&out, order->discount_minor);
    rtn_wire_put_i64(&out, order->refunded_minor);
    db_row_put_bool(&out, order->has_cost);
    rtn_wire_put_i64(&out, order->has_cost ? order->cost_minor : 0);
    rtn_wire_put_i64(&out, order->items);
    db_row_put_text(&out, order->coupon, sizeof(order->coupon));
    db_row_put_text(&out, order->channel, sizeof(order->channel));

    return db_row_end(&out, payload);
}


static int
order_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_order *order)
{
    struct rtn_wire_in  in;
    struct order_place  place;

    if (order_place_read(key, &place) != RTN_OK) {
        return RTN_ERR_CORRUPT;
    }

    memset(order, 0, sizeof(*order));
    rtn_wire_in_init(&in, payload);

    order->customer = place.customer;
    order->ordered_ms = place.ordered_ms;
    db_row_get_text(&in, order->order_id, sizeof(order->order_id));
    order->updated_ms = rtn_wire_get_i64(&in);
    order->status = db_row_get_enum(&in, RTN_ORDER_REFUNDED);
    db_row_get_currency(&in, order->currency);
    order->amount_minor = rtn_wire_get_i64(&in);
    order->discount_minor = rtn_wire_get_i64(&in);
    order->refunded_minor = rtn_wire_get_i64(&in);
    order->has_cost = db_row_get_bool(&in);
    order->cost_minor = rtn_wire_get_i64(&in);
    order->items = rtn_wire_get_i64(&in);
    db_row_get_text(&in, order->coupon, sizeof(order->coupon));
    db_row_get_text(&in, order->channel, sizeof(order->channel));

    return rtn_wire_in_end(&in);
}


static int
order_add(struct crm_slice *slice, const struct rtn_order *order,
    enum rtn_put *put)
{
    int                 rc;
    struct order_place  place;

    place.customer = order->customer;
    place.ordered_ms = order->ordered_ms;
    place.sequence = crm_order_next(slice);

    rc = order_write(&slice->txn, &place, order);

    if (rc == RTN_OK) {
        *put = RTN_PUT_NEW;
    }

    return rc;
}


static int
order_update(struct db_txn *txn, const struct order_place *place,
    const struct rtn_order *order, enum rtn_put *put)
{
    int                 rc;
    bool                is_placed;
    uint8_t             bytes[ORDER_KEY_LEN], row[ORDER_ROW_MAX];
    struct rtn_str      key, stored, payload;
    struct rtn_order    before;
    struct order_place  after;

    key = order_key(bytes, place);

    rc = db_get(txn, DB_ORDERS, key, &stored);

    if (rc == RTN_OK) {
        rc = order_decode(key, stored, &before);
    }

    if (rc == RTN_OK) {
        rc = order_encode(order, row, &payload);
    }

    if (rc != RTN_OK) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
    }

    is_placed = before.customer == order->customer
                && before.ordered_ms == order->ordered_ms;

    if (is_placed && db_row_equal(stored, payload)) {
        *put = RTN_PUT_SAME;
        return RTN_OK;
    }

    /* where one of them has no updated_at, the last one wins */
    if (order->updated_ms != 0 && before.updated_ms > order->updated_ms) {
        *put = RTN_PUT_OLDER;
        return RTN_OK;
    }

    if (!is_placed) {
        rc = db_delete(txn, DB_ORDERS, key);
        if (rc != RTN_OK) {
            return rc;
        }
    }

    after.customer = order->customer;
    after.ordered_ms = order->ordered_ms;
    after.sequence = place->sequence;

    rc = order_write(txn, &after, order);

    if (rc == RTN_OK) {
        *put = RTN_PUT_CHANGED;
    }

    return rc;
}


static int
order_write(struct db_txn *txn, const struct order_place *place,
    const struct rtn_order *order)
{
    int             rc;
    uint8_t         bytes[ORDER_KEY_LEN], row[ORDER_ROW_MAX];
    struct rtn_str  key, payload;

    rc = order_encode(order, row, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    key = order_key(bytes, place);

    rc = db_put(txn, DB_ORDERS, key, payload);
    if (rc != RTN_OK) {
        return rc;
    }

    return db_put(txn, DB_ORDER_IDS,
                  db_row_str(order->order_id, sizeof(order->order_id)), key);
}


static int
order_move(struct db_txn *txn, const struct db_cursor *row, uint32_t to)
{
    int                 rc;
    uint8_t             bytes[ORDER_KEY_LEN];
    struct rtn_order    order;
    struct order_place  place;

    rc = order_decode(row->key, row->payload, &order);

    if (rc == RTN_OK) {
        rc = order_place_read(row->key, &place);
    }

    if (rc == RTN_OK) {
        rc = db_delete(txn, DB_ORDERS, order_key(bytes, &place));
    }

    if (rc != RTN_OK) {
        return rc;
    }

    place.customer = to;

    return order_write(txn, &place, &order);
}


/* RTN_ERR_LIMIT: more than one transaction should move. */
static int
order_count(struct db_txn *txn, uint32_t customer)
{
    int               rc;
    size_t            n;
    uint8_t           prefix[4];
    struct db_cursor  row;

    rc = db_cursor_open(txn, DB_ORDERS, &row);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = db_cursor_seek(&row, crm_customer_key(prefix, customer));

    for (n = 0; rc == RTN_OK; n++) {
        if (memcmp(row.key.data, prefix, sizeof(prefix)) != 0) {
            break;
        }

        rc = n < RTN_GUEST_ORDERS_MAX ? db_cursor_next(&row) : RTN_ERR_LIMIT;
    }

    db_cursor_close(&row);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}
