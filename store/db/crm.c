/* Slices of imports, and the numbers that they give. */

#include <assert.h>
#include <stdlib.h>

#include "order.h"
#include "row.h"

#define CRM_PROMOTED     "promoted "    /* and a u64 */
#define CRM_SLICE_BYTES  (64u << 20)

static struct rtn_str crm_promotion_key(uint8_t key[DB_KEY_MAX],
    uint64_t sequence);
static int crm_counters_put(struct crm_slice *slice);


int
rtn_crm_begin(struct rtn_store *store)
{
    int                rc;
    struct crm_slice  *slice;

    assert(store->slice == NULL);

    rc = order_merge(store);
    if (rc != RTN_OK) {
        return rc;
    }

    slice = calloc(1, sizeof(*slice));
    if (slice == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_begin(store, DB_CRM, &slice->txn);

    if (rc == RTN_OK) {
        rc = crm_counters_get(&slice->txn, &slice->counters);
    }

    if (rc != RTN_OK) {
        db_abort(&slice->txn);
        free(slice);
        return rc;
    }

    store->slice = &slice->txn;

    return RTN_OK;
}


int
rtn_crm_commit(struct rtn_store *store)
{
    int                rc;
    struct crm_slice  *slice;

    slice = crm_slice_of(store);
    rc = order_batch_write(slice);

    if (rc == RTN_OK && slice->is_counted) {
        rc = crm_counters_put(slice);
    }

    if (rc == RTN_OK) {
        rc = db_commit(&slice->txn);
    }

    rtn_crm_abort(store);

    return rc;
}


bool
rtn_crm_is_full(const struct rtn_store *store)
{
    const struct crm_slice  *slice;

    slice = (const struct crm_slice *) store->slice;

    return slice->txn.bytes >= CRM_SLICE_BYTES
           || order_batch_is_full(slice->orders);
}


void
rtn_crm_abort(struct rtn_store *store)
{
    struct crm_slice  *slice;

    slice = crm_slice_of(store);

    db_abort(&slice->txn);
    order_batch_free(slice->orders);
    store->slice = NULL;
    free(slice);
}


struct crm_slice *
crm_slice_of(struct rtn_store *store)
{
    assert(store->slice != NULL);

    return (struct crm_slice *) store->slice;
}


int
crm_put_end(struct crm_slice *slice, int rc)
{
    if (rc == RTN_ERR_CORRUPT && slice->txn.err == RTN_OK) {
        slice->txn.err = rc;
    }

    return rc;
}


int
crm_counters_get(struct db_txn *txn, struct crm_counters *counters)
{
    int                  rc;
    struct rtn_str       payload;
    struct rtn_wire_in   in;
    struct crm_counters  read;

    rc = db_get(txn, DB_CRM_META, RTN_STR("counters"), &payload);

    if (rc == RTN_ERR_NOT_FOUND) {
        *counters = (struct crm_counters) { 0 };
        return RTN_OK;
    }

    if (rc != RTN_OK) {
        return rc;
    }

    rtn_wire_in_init(&in, payload);

    read.customer = rtn_wire_get_u32(&in);
    read.imported = rtn_wire_get_u64(&in);
    read.promoted = rtn_wire_get_u64(&in);

    rc = rtn_wire_in_end(&in);

    if (rc == RTN_OK) {
        *counters = read;
    }

    return rc;
}


int
crm_customer_next(struct crm_slice *slice, uint32_t *number)
{
    if (slice->counters.customer >= RTN_CUSTOMERS_MAX) {
        return RTN_ERR_LIMIT;
    }

    slice->is_counted = true;
    *number = ++slice->counters.customer;

    return RTN_OK;
}


int
crm_customers_skip(struct rtn_store *store, uint32_t numbers)
{
    int                   rc;
    uint32_t              left;
    struct crm_counters  *counters;

    rc = rtn_crm_begin(store);
    if (rc != RTN_OK) {
        return rc;
    }

    counters = &crm_slice_of(store)->counters;
    left = RTN_CUSTOMERS_MAX - counters->customer;

    counters->customer += numbers < left ? numbers : left;
    crm_slice_of(store)->is_counted = true;

    return rtn_crm_commit(store);
}


uint64_t
crm_imported_next(struct crm_slice *slice)
{
    slice->is_counted = true;

    return ++slice->counters.imported;
}


int
crm_promotion_put(struct crm_slice *slice, uint32_t number)
{
    uint8_t  key[DB_KEY_MAX];

    slice->is_counted = true;
    slice->counters.promoted++;

    return crm_number_put(&slice->txn, DB_CRM_META,
                          crm_promotion_key(key, slice->counters.promoted),
                          number);
}


int
crm_promotion_get(struct db_txn *txn, uint64_t sequence, uint32_t *number)
{
    uint8_t  key[DB_KEY_MAX];

    return crm_number_get(txn, DB_CRM_META, crm_promotion_key(key, sequence),
                          number);
}


static struct rtn_str
crm_promotion_key(uint8_t key[DB_KEY_MAX], uint64_t sequence)
{
    uint8_t     *p;
    const char  *name;

    p = key;

    for (name = CRM_PROMOTED; *name != '\0'; name++) {
        p = db_key_u8(p, (uint8_t) *name);
    }

    return db_row_key(key, db_key_u64(p, sequence));
}


static int
crm_counters_put(struct crm_slice *slice)
{
    int                         rc;
    uint8_t                     row[32];
    struct rtn_str              payload;
    struct rtn_wire_out         out;
    const struct crm_counters  *counters;

    counters = &slice->counters;
    rtn_wire_out_init(&out, row, sizeof(row));

    rtn_wire_put_u32(&out, counters->customer);
    rtn_wire_put_u64(&out, counters->imported);
    rtn_wire_put_u64(&out, counters->promoted);

    rc = db_row_end(&out, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    return db_put(&slice->txn, DB_CRM_META, RTN_STR("counters"), payload);
}
