/* Unsubscriptions, in the order of customer and campaign. */

#include "row.h"
#include "rtn_campaign.h"

#define SUPPRESSION_KEY_SIZE      8
#define SUPPRESSION_PAYLOAD_SIZE  9

static int suppression_put(struct db_txn *txn,
    const struct rtn_suppression *suppression);
static int suppression_seek(struct rtn_store *store, uint32_t customer,
    uint32_t campaign, struct rtn_suppression *found);
static int suppression_decode(const struct db_cursor *cursor,
    struct rtn_suppression *suppression);
static struct rtn_str suppression_key(uint32_t customer, uint32_t campaign,
    uint8_t key[SUPPRESSION_KEY_SIZE]);


int
rtn_suppress(struct rtn_store *store,
    const struct rtn_suppression *suppressions, size_t n)
{
    size_t         i;
    struct db_txn  txn;

    db_begin(store, DB_STATE, &txn);

    for (i = 0; i < n; i++) {
        suppression_put(&txn, &suppressions[i]);
    }

    return db_commit(&txn);
}


int
rtn_is_suppressed(struct rtn_store *store, uint32_t customer,
    bool *is_suppressed)
{
    int                     rc;
    struct rtn_suppression  found;

    rc = suppression_seek(store, customer, 0, &found);
    if (rc != 0 && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    *is_suppressed = rc == 0 && found.customer == customer;

    return 0;
}


int
rtn_suppression_next(struct rtn_store *store,
    struct rtn_suppression *suppression)
{
    uint32_t  customer, campaign;

    customer = suppression->customer;
    campaign = suppression->campaign + 1;

    if (campaign == 0 && ++customer == 0) {
        return RTN_ERR_NOT_FOUND;
    }

    return suppression_seek(store, customer, campaign, suppression);
}


static int
suppression_put(struct db_txn *txn, const struct rtn_suppression *suppression)
{
    int                  rc;
    uint8_t              buffer[SUPPRESSION_KEY_SIZE];
    uint8_t              bytes[SUPPRESSION_PAYLOAD_SIZE];
    struct rtn_str       key, payload;
    struct rtn_wire_out  out;

    key = suppression_key(suppression->customer, suppression->campaign,
                          buffer);

    /* the first one stays, unless it is bad: then this says it again */
    rc = db_get(txn, DB_SUPPRESSIONS, key, &payload);

    if (rc == RTN_ERR_CORRUPT) {
        txn->err = 0;

    } else if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    rtn_wire_out_init(&out, bytes, sizeof(bytes));
    rtn_wire_put_u8(&out, suppression->message);
    rtn_wire_put_i64(&out, suppression->at_ms);

    db_row_end(&out, &payload);

    return db_put(txn, DB_SUPPRESSIONS, key, payload);
}


static int
suppression_seek(struct rtn_store *store, uint32_t customer,
    uint32_t campaign, struct rtn_suppression *found)
{
    int               rc;
    uint8_t           key[SUPPRESSION_KEY_SIZE];
    struct db_txn     txn;
    struct db_cursor  cursor;

    rc = db_read_begin(store, DB_STATE, &txn);
    if (rc != 0) {
        return rc;
    }

    db_cursor_open(&txn, DB_SUPPRESSIONS, &cursor);

    rc = db_cursor_seek(&cursor, suppression_key(customer, campaign, key));

    if (rc == 0) {
        rc = suppression_decode(&cursor, found);
    }

    db_cursor_close(&cursor);
    db_read_end(&txn);

    return rc;
}


static int
suppression_decode(const struct db_cursor *cursor,
    struct rtn_suppression *suppression)
{
    int                     rc;
    const uint8_t          *key;
    struct rtn_wire_in      in;
    struct rtn_suppression  read;

    if (cursor->key.len != SUPPRESSION_KEY_SIZE) {
        return RTN_ERR_CORRUPT;
    }

    key = (const uint8_t *) cursor->key.data;

    rtn_wire_in_init(&in, cursor->payload);

    read.customer = db_key_read_u32(key);
    read.campaign = db_key_read_u32(key + 4);
    read.message = rtn_wire_get_u8(&in);
    read.at_ms = rtn_wire_get_i64(&in);

    rc = rtn_wire_in_end(&in);

    if (rc == 0) {
        *suppression = read;
    }

    return rc;
}


static struct rtn_str
suppression_key(uint32_t customer, uint32_t campaign,
    uint8_t key[SUPPRESSION_KEY_SIZE])
{
    return db_row_key(key, db_key_u32(db_key_u32(key, customer), campaign));
}
