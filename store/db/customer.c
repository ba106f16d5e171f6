/* Customers: adding and updating by id, reading by number and by id. */

#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "row.h"

/* One put: what is stored, what shall be, and who has the e-mail now. */
struct customer_change {
    struct crm_slice     *slice;
    struct rtn_customer   before;       /* number 0: a new customer */
    struct rtn_customer   after;
    char                  email_before[RTN_EMAIL_MAX + 1];  /* normalised */
    char                  email[RTN_EMAIL_MAX + 1];
    uint32_t              email_owner;  /* 0: nobody; else self or a guest */
};

struct rtn_customer_scan {
    struct db_scan  *rows;
};

static int customer_load(struct customer_change *change, struct rtn_str id);
static int customer_email(struct customer_change *change);
static int customer_number(struct customer_change *change, enum rtn_put *put);
static int customer_email_write(struct customer_change *change);
static int customer_write(struct customer_change *change, enum rtn_put *put);
static bool customer_is_same(const struct rtn_customer *a,
    const struct rtn_customer *b);


int
rtn_customer_put(struct rtn_store *store, struct rtn_customer *customer,
    uint32_t given, enum rtn_put *put)
{
    int                     rc;
    enum rtn_put            done;
    struct customer_change  change;

    memset(&change, 0, sizeof(change));
    change.slice = crm_slice_of(store);

    rc = customer_load(&change, db_row_str(customer->id,
                                           sizeof(customer->id)));
    if (rc != RTN_OK) {
        return rc;
    }

    crm_customer_merge(&change.after, customer, given);

    rc = customer_email(&change);

    if (rc == RTN_OK) {
        rc = customer_number(&change, &done);
    }

    if (rc == RTN_OK) {
        rc = customer_email_write(&change);
    }

    if (rc == RTN_OK) {
        rc = customer_write(&change, &done);
    }

    if (rc == RTN_OK) {
        customer->number = change.after.number;
        *put = done;
    }

    return crm_put_end(change.slice, rc);
}


int
rtn_customer_ensure(struct rtn_store *store, struct rtn_str id,
    uint32_t *number)
{
    int                  rc;
    enum rtn_put         put;
    struct rtn_customer  customer;

    memset(&customer, 0, sizeof(customer));

    rc = db_row_copy(customer.id, sizeof(customer.id), id);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = crm_number_get(&crm_slice_of(store)->txn, DB_CUSTOMER_IDS, id,
                        number);
    if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    rc = rtn_customer_put(store, &customer, 0, &put);

    if (rc == RTN_OK) {
        *number = customer.number;
    }

    return rc;
}


int
rtn_customer_get(struct rtn_store *store, uint32_t number,
    struct rtn_customer *customer)
{
    int                  rc;
    struct db_txn        txn;
    struct rtn_customer  found;

    rc = db_read_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = crm_customer_get(&txn, number, &found);
    }

    db_read_end(&txn);

    if (rc == RTN_OK) {
        *customer = found;
    }

    return rc;
}


int
rtn_customer_find(struct rtn_store *store, struct rtn_str id,
    uint32_t *number)
{
    int            rc;
    struct db_txn  txn;

    if (id.len == 0 || id.len > RTN_CUSTOMER_ID_MAX) {
        return RTN_ERR_NOT_FOUND;
    }

    rc = db_read_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = crm_number_get(&txn, DB_CUSTOMER_IDS, id, number);
    }

    db_read_end(&txn);

    return rc;
}


int
rtn_customer_last(struct rtn_store *store, uint32_t *number)
{
    int                  rc;
    struct db_txn        txn;
    struct crm_counters  counters;

    rc = db_read_begin(store, DB_CRM, &txn);

    if (rc == RTN_OK) {
        rc = crm_counters_get(&txn, &counters);
    }

    db_read_end(&txn);

    if (rc == RTN_OK) {
        *number = counters.customer;
    }

    return rc;
}


int
rtn_customer_scan_open(struct rtn_store *store,
    struct rtn_customer_scan **scan)
{
    int                        rc;
    struct rtn_customer_scan  *opened;

    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = db_scan_open(store, DB_CRM, DB_CUSTOMERS, RTN_STR(""), RTN_STR(""),
                      &opened->rows);
    if (rc != RTN_OK) {
        free(opened);
        return rc;
    }

    *scan = opened;

    return RTN_OK;
}


int
rtn_customer_scan_next(struct rtn_customer_scan *scan,
    struct rtn_customer *customer)
{
    int             rc;
    struct rtn_str  key, payload;

    rc = db_scan_next(scan->rows, &key, &payload);

    return rc != RTN_OK ? rc : crm_customer_decode(key, payload, customer);
}


void
rtn_customer_scan_close(struct rtn_customer_scan *scan)
{
    if (scan == NULL) {
        return;
    }

    db_scan_close(scan->rows);
    free(scan);
}


static int
customer_load(struct customer_change *change, struct rtn_str id)
{
    int             rc;
    uint32_t        number;
    struct db_txn  *txn;

    txn = &change->slice->txn;

    rc = db_row_copy(change->after.id, sizeof(change->after.id), id);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = crm_number_get(txn, DB_CUSTOMER_IDS, id, &number);
    if (rc != RTN_OK) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_OK : rc;
    }

    rc = crm_customer_get(txn, number, &change->before);
    if (rc != RTN_OK) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
    }

    change->after = change->before;

    return RTN_OK;
}


/* Only a guest may give way to this customer. */
static int
customer_email(struct customer_change *change)
{
    int                  rc;
    struct db_txn       *txn;
    struct rtn_customer  owner;

    txn = &change->slice->txn;

    if (change->before.email[0] != '\0') {
        rc = rtn_email_normalise(db_row_str(change->before.email,
                                            sizeof(change->before.email)),
                                 change->email_before);
        if (rc != RTN_OK) {
            return RTN_ERR_CORRUPT;
        }
    }

    if (change->after.email[0] == '\0') {
        return RTN_OK;
    }

    rc = rtn_email_normalise(db_row_str(change->after.email,
                                        sizeof(change->after.email)),
                             change->email);
    if (rc != RTN_OK) {
        return rc;
    }

    rc = crm_email_owner(txn, change->email, &change->email_owner);

    if (rc != RTN_OK || change->email_owner == 0
        || change->email_owner == change->before.number)
    {
        return rc;
    }

    rc = crm_customer_get(txn, change->email_owner, &owner);
    if (rc != RTN_OK) {
        return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
    }

    return owner.is_guest ? RTN_OK : RTN_ERR_EXISTS;
}


/* A new customer takes the guest's number, or a new one; a known one keeps
   its own and takes the guest's orders. */
static int
customer_number(struct customer_change *change, enum rtn_put *put)
{
    int                rc;
    uint32_t           owner;
    struct crm_slice  *slice;

    slice = change->slice;
    owner = change->email_owner;

    if (change->before.number != 0) {
        *put = RTN_PUT_CHANGED;

        if (owner == 0 || owner == change->before.number) {
            return RTN_OK;
        }

        return crm_guest_merge(slice, owner, change->before.number);
    }

    *put = RTN_PUT_NEW;

    if (owner != 0) {
        change->after.number = owner;
        rc = crm_promotion_put(slice, owner);

    } else {
        rc = crm_customer_next(slice, &change->after.number);
    }

    if (rc != RTN_OK) {
        return rc;
    }

    return crm_number_put(&slice->txn, DB_CUSTOMER_IDS,
                          db_row_str(change->after.id,
                                     sizeof(change->after.id)),
                          change->after.number);
}


static int
customer_email_write(struct customer_change *change)
{
    int             rc;
    struct db_txn  *txn;
    struct rtn_str  before, after;

    txn = &change->slice->txn;
    before = db_row_str(change->email_before, sizeof(change->email_before));
    after = db_row_str(change->email, sizeof(change->email));

    if (before.len > 0 && !db_row_equal(before, after)) {
        rc = db_delete(txn, DB_EMAILS, before);
        if (rc != RTN_OK) {
            return rc == RTN_ERR_NOT_FOUND ? RTN_ERR_CORRUPT : rc;
        }
    }

    if (after.len == 0 || change->email_owner == change->after.number) {
        return RTN_OK;
    }

    return crm_number_put(txn, DB_EMAILS, after, change->after.number);
}


static int
customer_write(struct customer_change *change, enum rtn_put *put)
{
    if (change->before.number != 0
        && customer_is_same(&change->before, &change->after))
    {
        *put = RTN_PUT_SAME;
        return RTN_OK;
    }

    return crm_customer_store(&change->slice->txn, &change->after);
}


static bool
customer_is_same(const struct rtn_customer *a, const struct rtn_customer *b)
{
    uint8_t         row_a[CRM_CUSTOMER_ROW_MAX], row_b[CRM_CUSTOMER_ROW_MAX];
    struct rtn_str  payload_a, payload_b;

    return crm_customer_encode(a, row_a, &payload_a) == RTN_OK
           && crm_customer_encode(b, row_b, &payload_b) == RTN_OK
           && db_row_equal(payload_a, payload_b);
}
