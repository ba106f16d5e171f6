/*
 * Private to store/db: slices of crm/, and the rows that its files share.
 */

#ifndef DB_CRM_H_INCLUDED
#define DB_CRM_H_INCLUDED

#include "db.h"
#include "rtn_crm.h"

/* The highest numbers given so far; one row of DB_CRM_META. */
struct crm_counters {
    uint32_t  customer;
    uint64_t  imported;
    uint64_t  promoted;     /* guests that became customers; see below */
};

struct order_batch;

/* store->slice points to txn, the first member. */
struct crm_slice {
    struct db_txn        txn;
    struct crm_counters  counters;
    bool                 is_counted;    /* a counter rose */
    struct order_batch  *orders;        /* NULL: none were put */
};

/* crm.c */

/* The open slice; there must be one. */
struct crm_slice *crm_slice_of(struct rtn_store *store);

/* Whether a put went well, as rc says.  RTN_ERR_CORRUPT may have left it half
   done, so the slice remembers it and will not commit. */
int crm_put_end(struct crm_slice *slice, int rc);

/* The counters; zeros before the first slice. */
int crm_counters_get(struct db_txn *txn, struct crm_counters *counters);

/* The next number of a customer or guest.  RTN_ERR_LIMIT. */
int crm_customer_next(struct crm_slice *slice, uint32_t *number);

/* Passes over the next numbers of customers, or all that are left. */
int crm_customers_skip(struct rtn_store *store, uint32_t numbers);

/* Gives the next number and rises for good with the slice. */
uint64_t crm_imported_next(struct crm_slice *slice);

/*
 * Guests have no id and so no hash in state/.  One that becomes a customer
 * is noted in a row of its own, numbered from 1, so that the index finds it
 * although its cursor has passed the number.
 */
int crm_promotion_put(struct crm_slice *slice, uint32_t number);

/* RTN_ERR_NOT_FOUND: no promotion of this sequence yet. */
int crm_promotion_get(struct db_txn *txn, uint64_t sequence,
    uint32_t *number);


/* customer_row.c */

#define CRM_CUSTOMER_ROW_MAX  1600

struct rtn_str crm_customer_key(uint8_t key[4], uint32_t number);
int crm_customer_encode(const struct rtn_customer *customer,
    uint8_t row[CRM_CUSTOMER_ROW_MAX], struct rtn_str *payload);
int crm_customer_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_customer *customer);

/* RTN_ERR_NOT_FOUND: no customer and no guest has this number. */
int crm_customer_get(struct db_txn *txn, uint32_t number,
    struct rtn_customer *customer);
int crm_customer_store(struct db_txn *txn,
    const struct rtn_customer *customer);

/* Puts the fields that a file had over those that are stored. */
void crm_customer_merge(struct rtn_customer *stored,
    const struct rtn_customer *customer, uint32_t given);

/* A number as the payload of an index row. */
int crm_number_get(struct db_txn *txn, enum db_table table,
    struct rtn_str key, uint32_t *number);
int crm_number_put(struct db_txn *txn, enum db_table table,
    struct rtn_str key, uint32_t number);


/* guest.c */

/* The number behind an e-mail that is normalised; 0: nobody's. */
int crm_email_owner(struct db_txn *txn, const char *email, uint32_t *owner);

/* Gives a guest's orders to a customer of another number and removes the
   guest; its e-mail's row is left.  RTN_ERR_LIMIT: RTN_GUEST_ORDERS_MAX. */
int crm_guest_merge(struct crm_slice *slice, uint32_t guest,
    uint32_t customer);


/* order_batch.c */

/* Moves all orders of a guest, who is removed, to a customer.  RTN_ERR_LIMIT,
   with nothing moved: more than RTN_GUEST_ORDERS_MAX. */
int crm_orders_move(struct crm_slice *slice, uint32_t from, uint32_t to);

#endif /* DB_CRM_H_INCLUDED */
