/*
 * Customers' hashes in state/, so that nginx finds a number without crm/.
 *
 * Hashes fall all over their table: written in the order of numbers, each
 * slice would touch nearly every page of it.  So a run of customers is sorted
 * by hash first, and a slice touches few pages.  The cursor moves on with the
 * last slice of a run, in its transaction; after an interruption the run is
 * done again, which changes nothing where it was done already.
 */

#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "row.h"

#define INDEX_RUN  250000       /* customers sorted at once, 20 bytes each */

struct index_cursor {
    uint32_t  number;           /* customers up to here are in the index */
    uint64_t  promoted;         /* as are promotions up to here */
};

struct index_entry {
    uint8_t   hash[RTN_HASH_LEN];
    uint32_t  number;
};

struct index_run {
    struct rtn_store     *store;
    struct index_cursor   done;         /* before the run, as stored */
    struct index_cursor   cursor;       /* behind it */
    bool                  is_last;
    size_t                n;
    struct index_entry   *entries;      /* INDEX_RUN */
};

static int index_cursor_get(struct rtn_store *store,
    struct index_cursor *cursor);
static int index_cursor_put(struct db_txn *txn,
    const struct index_cursor *cursor);
static int index_collect(struct index_run *run);
static int index_collect_new(struct index_run *run);
static int index_collect_promoted(struct index_run *run);
static int index_promoted_one(struct index_run *run, struct db_txn *txn);
static void index_add(struct index_run *run,
    const struct rtn_customer *customer);
static int index_write(struct index_run *run);
static int index_write_slice(struct index_run *run, size_t from);
static int index_write_one(struct db_txn *txn,
    const struct index_entry *entry);
static int index_compare(const void *a, const void *b);


int
rtn_customer_index_extend(struct rtn_store *store)
{
    int               rc;
    struct index_run  run;

    memset(&run, 0, sizeof(run));
    run.store = store;

    rc = index_cursor_get(store, &run.cursor);
    if (rc != RTN_OK) {
        return rc;
    }

    run.entries = calloc(INDEX_RUN, sizeof(*run.entries));
    if (run.entries == NULL) {
        return RTN_ERR_NOMEM;
    }

    while (rc == RTN_OK && !run.is_last) {
        rc = index_collect(&run);

        if (rc == RTN_OK) {
            rc = index_write(&run);
        }
    }

    free(run.entries);

    return rc;
}


int
rtn_customer_by_hash(struct rtn_store *store,
    const uint8_t hash[RTN_HASH_LEN], uint32_t *number)
{
    int            rc;
    struct db_txn  txn;

    rc = db_read_begin(store, DB_STATE, &txn);

    if (rc == RTN_OK) {
        rc = crm_number_get(&txn, DB_CUSTOMER_INDEX,
                            db_row_key(hash, hash + RTN_HASH_LEN), number);
    }

    db_read_end(&txn);

    return rc;
}


static int
index_cursor_get(struct rtn_store *store, struct index_cursor *cursor)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_str       payload;
    struct rtn_wire_in   in;
    struct index_cursor  read;

    rc = db_read_begin(store, DB_STATE, &txn);
    memset(&read, 0, sizeof(read));

    if (rc == RTN_OK) {
        rc = db_get(&txn, DB_SETTINGS, RTN_STR("customer_index"), &payload);
    }

    if (rc == RTN_OK) {
        rtn_wire_in_init(&in, payload);

        read.number = rtn_wire_get_u32(&in);
        read.promoted = rtn_wire_get_u64(&in);

        rc = rtn_wire_in_end(&in);

    } else if (rc == RTN_ERR_NOT_FOUND) {
        rc = RTN_OK;
    }

    db_read_end(&txn);

    if (rc == RTN_OK) {
        *cursor = read;
    }

    return rc;
}


static int
index_cursor_put(struct db_txn *txn, const struct index_cursor *cursor)
{
    int                  rc;
    uint8_t              row[16];
    struct rtn_str       payload;
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, sizeof(row));

    rtn_wire_put_u32(&out, cursor->number);
    rtn_wire_put_u64(&out, cursor->promoted);

    rc = db_row_end(&out, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    return db_put(txn, DB_SETTINGS, RTN_STR("customer_index"), payload);
}


/* Promotions come last: what became a customer behind the scan's back has a
   row by then, or has one for the next call. */
static int
index_collect(struct index_run *run)
{
    int  rc;

    run->done = run->cursor;
    run->n = 0;

    rc = index_collect_new(run);

    if (rc == RTN_OK) {
        rc = index_collect_promoted(run);
    }

    run->is_last = run->n < INDEX_RUN;

    return rc;
}


static int
index_collect_new(struct index_run *run)
{
    int                   rc;
    uint8_t               from[4];
    struct rtn_str        key, payload;
    struct db_scan       *rows;
    struct rtn_customer   customer;

    rc = db_scan_open(run->store, DB_CRM, DB_CUSTOMERS, RTN_STR(""),
                      crm_customer_key(from, run->cursor.number + 1), &rows);
    if (rc != RTN_OK) {
        return rc;
    }

    while (run->n < INDEX_RUN) {
        rc = db_scan_next(rows, &key, &payload);

        if (rc == RTN_OK) {
            rc = crm_customer_decode(key, payload, &customer);
        }

        if (rc != RTN_OK) {
            break;
        }

        if (!customer.is_guest) {
            index_add(run, &customer);
        }

        run->cursor.number = customer.number;
    }

    db_scan_close(rows);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static int
index_collect_promoted(struct index_run *run)
{
    int            rc;
    struct db_txn  txn;

    rc = db_read_begin(run->store, DB_CRM, &txn);

    while (rc == RTN_OK && run->n < INDEX_RUN) {
        rc = index_promoted_one(run, &txn);
    }

    db_read_end(&txn);

    return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
}


static int
index_promoted_one(struct index_run *run, struct db_txn *txn)
{
    int                  rc;
    uint32_t             number;
    struct rtn_customer  customer;

    rc = crm_promotion_get(txn, run->cursor.promoted + 1, &number);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = crm_customer_get(txn, number, &customer);

    if (rc == RTN_OK) {
        index_add(run, &customer);

    } else if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    run->cursor.promoted++;

    return RTN_OK;
}


static void
index_add(struct index_run *run, const struct rtn_customer *customer)
{
    struct index_entry  *entry;

    entry = &run->entries[run->n++];
    entry->number = customer->number;

    rtn_customer_hash(run->store,
                      db_row_str(customer->id, sizeof(customer->id)),
                      entry->hash);
}


static int
index_write(struct index_run *run)
{
    int     rc;
    size_t  from;

    if (run->cursor.number == run->done.number
        && run->cursor.promoted == run->done.promoted)
    {
        return RTN_OK;
    }

    qsort(run->entries, run->n, sizeof(*run->entries), index_compare);

    from = 0;

    /* a run of guests alone has one slice, with the cursor */
    do {
        rc = index_write_slice(run, from);
        from += RTN_SLICE_ROWS;
    } while (rc == RTN_OK && from < run->n);

    return rc;
}


static int
index_write_slice(struct index_run *run, size_t from)
{
    int            rc;
    size_t         i, last;
    struct db_txn  txn;

    last = run->n - from < RTN_SLICE_ROWS ? run->n : from + RTN_SLICE_ROWS;

    rc = db_begin(run->store, DB_STATE, &txn);

    for (i = from; i < last && rc == RTN_OK; i++) {
        rc = index_write_one(&txn, &run->entries[i]);
    }

    if (rc == RTN_OK && last == run->n) {
        rc = index_cursor_put(&txn, &run->cursor);
    }

    if (rc != RTN_OK) {
        db_abort(&txn);
        return rc;
    }

    return db_commit(&txn);
}


/* A run that is done again finds most rows there. */
static int
index_write_one(struct db_txn *txn, const struct index_entry *entry)
{
    int             rc;
    uint32_t        number;
    struct rtn_str  key;

    key = db_row_key(entry->hash, entry->hash + RTN_HASH_LEN);

    rc = crm_number_get(txn, DB_CUSTOMER_INDEX, key, &number);

    if (rc == RTN_OK && number == entry->number) {
        return RTN_OK;
    }

    if (rc != RTN_OK && rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    return crm_number_put(txn, DB_CUSTOMER_INDEX, key, entry->number);
}


static int
index_compare(const void *a, const void *b)
{
    const struct index_entry  *x, *y;

    x = a;
    y = b;

    return memcmp(x->hash, y->hash, RTN_HASH_LEN);
}
