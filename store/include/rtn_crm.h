/*
 * Customers, orders and imported events: what the tool alone writes, and the
 * only place with personal data.
 *
 * Imports are written in slices: rtn_crm_begin ... puts ... rtn_crm_commit.
 * A slice is all or nothing; slices before an interruption stay, and the same
 * import again changes nothing.
 */

#ifndef RTN_CRM_H_INCLUDED
#define RTN_CRM_H_INCLUDED

#include "rtn.h"
#include "rtn_event.h"
#include "rtn_money.h"
#include "rtn_store.h"

#define RTN_EMAIL_MAX     254
#define RTN_FIELD_MAX     200       /* bytes of name, phone, channel, ... */
#define RTN_CUSTOMERS_MAX (RTN_RECIPIENT_TEST - 1)
#define RTN_GUEST_ORDERS_MAX  10000     /* that a known customer takes over */

enum rtn_consent {
    RTN_CONSENT_UNKNOWN = 0,
    RTN_CONSENT_GRANTED,
    RTN_CONSENT_DENIED
};

/* Empty strings and zeros are "not given". */
struct rtn_customer {
    uint32_t          number;       /* given by the store, from 1 */
    bool              is_guest;     /* known by e-mail only; id is empty */
    char              id[RTN_CUSTOMER_ID_MAX + 1];
    char              email[RTN_EMAIL_MAX + 1];     /* as given */
    char              phone[RTN_FIELD_MAX + 1];
    char              name[RTN_FIELD_MAX + 1];
    char              country[RTN_FIELD_MAX + 1];
    char              language[RTN_FIELD_MAX + 1];
    char              channel[RTN_FIELD_MAX + 1];
    char              referred_by[RTN_CUSTOMER_ID_MAX + 1];     /* an id, maybe
                                                   of no customer yet */
    int64_t           registered_ms;                /* 0: not given */
    char              birthday[11];                 /* YYYY-MM-DD */
    enum rtn_consent  consent;
    bool              is_unsubscribed;              /* by the shop's file */
};

enum rtn_order_status {
    RTN_ORDER_PAID = 0,
    RTN_ORDER_CANCELLED,
    RTN_ORDER_REFUNDED
};

struct rtn_order {
    char                   order_id[RTN_ORDER_ID_MAX + 1];
    uint32_t               customer;        /* number */
    int64_t                ordered_ms;
    int64_t                updated_ms;      /* 0: not given */
    enum rtn_order_status  status;
    rtn_currency_t         currency;
    int64_t                amount_minor;
    int64_t                discount_minor;
    int64_t                refunded_minor;
    bool                   has_cost;
    int64_t                cost_minor;
    int64_t                items;           /* 0: not given */
    char                   coupon[RTN_FIELD_MAX + 1];
    char                   channel[RTN_FIELD_MAX + 1];
};

/* What a put did. */
enum rtn_put {
    RTN_PUT_NEW = 1,
    RTN_PUT_CHANGED,
    RTN_PUT_SAME,
    RTN_PUT_OLDER               /* a newer updated_at is stored; left */
};

#define RTN_PUTS  (RTN_PUT_OLDER + 1)

/* Begins a slice.  One at a time.  Writes crm until commit or abort. */
int rtn_crm_begin(struct rtn_store *store);
/* Makes the slice durable; on an error nothing of it is kept. */
int rtn_crm_commit(struct rtn_store *store);
/* Drops the slice. */
void rtn_crm_abort(struct rtn_store *store);
/* Whether a slice holds so much that it is better ended now.  What may hold
   few bytes is small anyway; orders are the cheaper, the more of them. */
bool rtn_crm_is_full(const struct rtn_store *store);

/*
 * Adds or updates a customer by id (within a slice).  Fields that the file
 * did not have keep their value: given has a bit for each column.
 *
 * A guest of the same e-mail becomes this customer, with its orders.
 * is_unsubscribed only ever becomes true: no import undoes an unsubscription.
 * customer->number is set.
 *
 * RTN_ERR_EXISTS: the e-mail belongs to another customer.
 * RTN_ERR_LIMIT: no number left, an empty id, not an e-mail, or a guest of
 * more than RTN_GUEST_ORDERS_MAX orders is to join a customer of another
 * number.  Nothing was changed by this call then.
 */
enum rtn_customer_field {
    RTN_CUSTOMER_EMAIL        = 1u << 0,
    RTN_CUSTOMER_PHONE        = 1u << 1,
    RTN_CUSTOMER_NAME         = 1u << 2,
    RTN_CUSTOMER_COUNTRY      = 1u << 3,
    RTN_CUSTOMER_LANGUAGE     = 1u << 4,
    RTN_CUSTOMER_CHANNEL      = 1u << 5,
    RTN_CUSTOMER_REGISTERED   = 1u << 6,
    RTN_CUSTOMER_BIRTHDAY     = 1u << 7,
    RTN_CUSTOMER_CONSENT      = 1u << 8,
    RTN_CUSTOMER_SUBSCRIBED   = 1u << 9,
    RTN_CUSTOMER_REFERRED_BY  = 1u << 10
};

int rtn_customer_put(struct rtn_store *store, struct rtn_customer *customer,
    uint32_t given, enum rtn_put *put);

/*
 * The number of a customer by id; a new one is made when there is none
 * (within a slice).
 */
int rtn_customer_ensure(struct rtn_store *store, struct rtn_str id,
    uint32_t *number);

/*
 * The number of the customer or guest with an e-mail, compared by
 * rtn_email_normalise; a new guest is made when there is none (within a
 * slice).
 */
int rtn_guest_ensure(struct rtn_store *store, struct rtn_str email,
    uint32_t *number);

/*
 * Trims, and lower-cases ASCII letters.  RTN_ERR_LIMIT: no '@' with something
 * on both sides, white space or control bytes inside, or too long.
 * Any thread.
 */
int rtn_email_normalise(struct rtn_str email, char out[RTN_EMAIL_MAX + 1]);

/*
 * Adds or updates an order by its id (within a slice).  It is written with
 * others, at the latest when the slice is committed.
 *
 * RTN_ERR_LIMIT: an empty id, or a text that is too long.
 */
int rtn_order_put(struct rtn_store *store, const struct rtn_order *order);

/* Writes the orders that were put, and adds to puts, by enum rtn_put, what
   became of each (within a slice). */
int rtn_orders_write(struct rtn_store *store, uint64_t puts[RTN_PUTS]);

/* Names of an order's items: its skus and their categories. */
#define RTN_ORDER_NAMES_MAX  (2 * RTN_EVENT_ITEMS_MAX)

struct rtn_order_items {
    struct rtn_str  order_id;
    int64_t         updated_ms;     /* as the order's; 0: not given */
    size_t          n;
    struct rtn_str  names[RTN_ORDER_NAMES_MAX];     /* 1 to RTN_SKU_MAX bytes */
};

/*
 * Keeps what was bought with an order, in place of what was said before, but
 * not of what was updated later (within a slice).  The order need not be
 * there yet.
 *
 * RTN_ERR_LIMIT: an id or a name of another length, or too many.
 */
int rtn_order_items_put(struct rtn_store *store,
    const struct rtn_order_items *items);

/*
 * Adds an imported event (within a slice): occurred_ms and customer are set.
 * One with the repeat_hash of a stored one is RTN_PUT_SAME.  The same event
 * without an event_id is recognised by its content.
 */
int rtn_imported_event_put(struct rtn_store *store,
    const struct rtn_event *event, enum rtn_put *put);

/* Says until when the orders are complete, within a slice or outside of one.
   What is declared counts as it is; what is not never goes back.  Writes
   crm. */
int rtn_orders_until_put(struct rtn_store *store, int64_t until_ms,
    bool is_declared);
/* is_declared: by --until; else it is the last ordered_at.
   RTN_ERR_NOT_FOUND: no orders yet. */
int rtn_orders_until_get(struct rtn_store *store, int64_t *until_ms,
    bool *is_declared);

/* Reads outside of a slice: */
int rtn_customer_get(struct rtn_store *store, uint32_t number,
    struct rtn_customer *customer);
int rtn_customer_find(struct rtn_store *store, struct rtn_str id,
    uint32_t *number);
/* The highest number given so far; 0: none. */
int rtn_customer_last(struct rtn_store *store, uint32_t *number);

struct rtn_customer_scan;

/* Customers and guests by number.  next: RTN_ERR_NOT_FOUND at the end. */
int rtn_customer_scan_open(struct rtn_store *store,
    struct rtn_customer_scan **scan);
int rtn_customer_scan_next(struct rtn_customer_scan *scan,
    struct rtn_customer *customer);
void rtn_customer_scan_close(struct rtn_customer_scan *scan);

struct rtn_order_scan;

/* Orders by customer number, then by time, then by id, all of one moment.  As
   above; a thread may have a scan of its own. */
int rtn_order_scan_open(struct rtn_store *store, struct rtn_order_scan **scan);
int rtn_order_scan_next(struct rtn_order_scan *scan, struct rtn_order *order);
void rtn_order_scan_close(struct rtn_order_scan *scan);

struct rtn_order_items_scan;

/* Items by their orders' ids; those of one order may come in several parts.
   What items point to lives until the next call.  As above. */
int rtn_order_items_scan_open(struct rtn_store *store,
    struct rtn_order_items_scan **scan);
int rtn_order_items_scan_next(struct rtn_order_items_scan *scan,
    struct rtn_order_items *items);
void rtn_order_items_scan_close(struct rtn_order_items_scan *scan);

struct rtn_imported_scan;

/* Imported events by time.  As above. */
int rtn_imported_scan_open(struct rtn_store *store,
    struct rtn_imported_scan **scan);
int rtn_imported_scan_next(struct rtn_imported_scan *scan,
    struct rtn_event *event);
void rtn_imported_scan_close(struct rtn_imported_scan *scan);

/*
 * Carries customers' hashes from crm to state, in slices, from where the last
 * call stopped, so that nginx knows numbers by hash.  Run it after imports;
 * what was interrupted is completed by the next.  Writes state.
 */
int rtn_customer_index_extend(struct rtn_store *store);

/* The number behind a hash, from state.  RTN_ERR_NOT_FOUND. */
int rtn_customer_by_hash(struct rtn_store *store,
    const uint8_t hash[RTN_HASH_LEN], uint32_t *number);

#endif /* RTN_CRM_H_INCLUDED */
