/* Until when the orders are complete; one row of DB_CRM_META. */

#include "crm.h"
#include "row.h"

static int until_put(struct db_txn *txn, int64_t until_ms, bool is_declared,
    bool *is_changed);
static int until_get(struct db_txn *txn, int64_t *until_ms,
    bool *is_declared);


int
rtn_orders_until_put(struct rtn_store *store, int64_t until_ms,
    bool is_declared)
{
    int            rc;
    bool           is_changed;
    struct db_txn  txn;

    is_changed = false;

    if (store->slice != NULL) {
        return until_put(store->slice, until_ms, is_declared, &is_changed);
    }

    rc = db_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = until_put(&txn, until_ms, is_declared, &is_changed);
    }

    if (rc == RTN_OK && is_changed) {
        return db_commit(&txn);
    }

    db_abort(&txn);

    return rc;
}


int
rtn_orders_until_get(struct rtn_store *store, int64_t *until_ms,
    bool *is_declared)
{
    int            rc;
    struct db_txn  txn;

    rc = db_read_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = until_get(&txn, until_ms, is_declared);
    }

    db_read_end(&txn);

    return rc;
}


static int
until_put(struct db_txn *txn, int64_t until_ms, bool is_declared,
    bool *is_changed)
{
    int                  rc;
    bool                 was_declared;
    int64_t              before_ms;
    uint8_t              row[16];
    struct rtn_str       payload;
    struct rtn_wire_out  out;

    rc = until_get(txn, &before_ms, &was_declared);

    if (rc != RTN_OK && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    if (rc == RTN_OK
        && (is_declared ? was_declared && until_ms == before_ms
                        : until_ms <= before_ms))
    {
        return RTN_OK;
    }

    rtn_wire_out_init(&out, row, sizeof(row));

    rtn_wire_put_i64(&out, until_ms);
    db_row_put_bool(&out, is_declared);

    rc = db_row_end(&out, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    *is_changed = true;

    return db_put(txn, DB_CRM_META, RTN_STR("orders_until"), payload);
}


static int
until_get(struct db_txn *txn, int64_t *until_ms, bool *is_declared)
{
    int                 rc;
    bool                read_declared;
    int64_t             read_ms;
    struct rtn_str      payload;
    struct rtn_wire_in  in;

    rc = db_get(txn, DB_CRM_META, RTN_STR("orders_until"), &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    rtn_wire_in_init(&in, payload);

    read_ms = rtn_wire_get_i64(&in);
    read_declared = db_row_get_bool(&in);

    rc = rtn_wire_in_end(&in);

    if (rc == RTN_OK) {
        *until_ms = read_ms;
        *is_declared = read_declared;
    }

    return rc;
}
