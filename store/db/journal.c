/* The journal of coupons' changes, in the order of ids. */

#include <stdlib.h>
#include <string.h>

#include "coupon.h"
#include "row.h"

#define JOURNAL_ROW_MAX  160

struct rtn_journal_scan {
    struct db_scan  *rows;
};

static struct rtn_str journal_key(uint8_t key[8], uint64_t id);


int
rtn_journal_scan_open(struct rtn_store *store, uint64_t from,
    struct rtn_journal_scan **scan)
{
    int                       rc;
    uint8_t                   key[8];
    struct rtn_journal_scan  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_scan_open(store, DB_COUPONS, DB_JOURNAL, RTN_STR(""),
                      journal_key(key, from), &opened->rows);
    if (rc != RTN_OK) {
        free(opened);
        return rc;
    }

    *scan = opened;

    return RTN_OK;
}


int
rtn_journal_scan_next(struct rtn_journal_scan *scan,
    struct rtn_coupon_change *change)
{
    int             rc;
    struct rtn_str  key, payload;

    rc = db_scan_next(scan->rows, &key, &payload);

    return rc != RTN_OK ? rc : journal_decode(key, payload, change);
}


void
rtn_journal_scan_close(struct rtn_journal_scan *scan)
{
    if (scan == NULL) {
        return;
    }

    db_scan_close(scan->rows);
    free(scan);
}


int
journal_get(struct db_txn *txn, uint64_t id, struct rtn_coupon_change *change)
{
    int             rc;
    uint8_t         bytes[8];
    struct rtn_str  key, payload;

    key = journal_key(bytes, id);

    rc = db_get(txn, DB_JOURNAL, key, &payload);

    return rc != RTN_OK ? rc : journal_decode(key, payload, change);
}


int
journal_append(struct db_txn *txn, const struct rtn_coupon_change *change)
{
    int                  rc;
    uint8_t              key[8], row[JOURNAL_ROW_MAX];
    struct rtn_str       payload;
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, sizeof(row));

    rtn_wire_put_u8(&out, (uint8_t) change->action);
    rtn_wire_put_u64(&out, change->code);
    rtn_wire_put_u32(&out, change->campaign);
    rtn_wire_put_u32(&out, change->customer);
    db_row_put_text(&out, change->order_id, sizeof(change->order_id));
    db_row_put_bool(&out, change->has_amount);
    rtn_wire_put_i64(&out, change->amount_minor);
    db_row_put_currency(&out, change->currency);
    rtn_wire_put_i64(&out, change->discount_minor);
    rtn_wire_put_i64(&out, change->until_ms);

    rc = db_row_end(&out, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    return db_append(txn, DB_JOURNAL, journal_key(key, change->id), payload);
}


int
journal_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_coupon_change *change)
{
    int                       rc;
    struct rtn_wire_in        in;
    struct rtn_coupon_change  read;

    if (key.len != 8) {
        return RTN_ERR_CORRUPT;
    }

    memset(&read, 0, sizeof(read));
    rtn_wire_in_init(&in, payload);

    read.id = db_key_read_u64((const uint8_t *) key.data);
    read.action = db_row_get_enum(&in, RTN_COUPON_VOIDED);
    read.code = rtn_wire_get_u64(&in);
    read.campaign = rtn_wire_get_u32(&in);
    read.customer = rtn_wire_get_u32(&in);
    db_row_get_text(&in, read.order_id, sizeof(read.order_id));
    read.has_amount = db_row_get_bool(&in);
    read.amount_minor = rtn_wire_get_i64(&in);
    db_row_get_currency(&in, read.currency);
    read.discount_minor = rtn_wire_get_i64(&in);
    read.until_ms = rtn_wire_get_i64(&in);

    rc = rtn_wire_in_end(&in);
    if (rc != RTN_OK) {
        return rc;
    }

    if (read.action < RTN_COUPON_RESERVE || read.code == 0) {
        return RTN_ERR_CORRUPT;
    }

    *change = read;

    return RTN_OK;
}


static struct rtn_str
journal_key(uint8_t key[8], uint64_t id)
{
    return db_row_key(key, db_key_u64(key, id));
}
