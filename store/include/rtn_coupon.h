/*
 * Coupons: one small interface behind which a coupon is judged, reserved and
 * redeemed.
 *
 * A base record says what was issued.  Every change is appended to a journal;
 * what a coupon is now follows from the base and the journal behind the
 * base's cursor, which each process keeps as an overlay in memory.  A
 * decision runs under the environment's writer lock: it first reads the
 * journal past the last id that this process has seen, so it is right whoever
 * wrote.
 */

#ifndef RTN_COUPON_H_INCLUDED
#define RTN_COUPON_H_INCLUDED

#include "rtn.h"
#include "rtn_campaign.h"
#include "rtn_money.h"
#include "rtn_store.h"

/* how long a reservation holds: half an hour, enough for a checkout */
#define RTN_COUPON_RESERVE_MS  (INT64_C(30) * 60 * 1000)

#define RTN_COUPON_JOBS_MAX    1024     /* decisions in one transaction */

/* A coupon as it was issued. */
struct rtn_coupon {
    uint64_t  code;
    uint32_t  campaign;
    uint8_t   tier;                     /* names the offer */
    uint32_t  customer;
    uint8_t   customer_hash[RTN_HASH_LEN];  /* zeros: bound to nobody */
    int64_t   valid_from_ms;
    int64_t   expires_ms;               /* the first moment it is not valid */
};

enum rtn_coupon_status {
    RTN_COUPON_ISSUED = 0,
    RTN_COUPON_RESERVED,
    RTN_COUPON_REDEEMED,
    RTN_COUPON_VOID
};

enum rtn_coupon_action {
    RTN_COUPON_VALIDATE = 1,            /* asks only; writes nothing */
    RTN_COUPON_RESERVE,                 /* for an order, for a while */
    RTN_COUPON_REDEEM,                  /* used, for good */
    RTN_COUPON_RELEASE,                 /* gives a reservation back */
    RTN_COUPON_RESTORE,                 /* undoes a redemption (order undone) */
    RTN_COUPON_VOIDED                   /* the tool's: good for nothing */
};

/* Why a coupon is not good; names as in the JSON. */
enum rtn_coupon_reason {
    RTN_COUPON_OK = 0,
    RTN_COUPON_UNKNOWN,
    RTN_COUPON_EXPIRED,
    RTN_COUPON_NOT_YET,
    RTN_COUPON_USED,
    RTN_COUPON_IS_RESERVED,             /* by another order */
    RTN_COUPON_WRONG_CUSTOMER,
    RTN_COUPON_BELOW_MINIMUM,
    RTN_COUPON_WRONG_CURRENCY,
    RTN_COUPON_BUDGET,
    RTN_COUPON_IS_VOID,
    RTN_COUPON_RATE_LIMITED,
    RTN_COUPON_REASON_COUNT
};

/* "unknown", "expired", ... and a sentence for the shop's page; "" for OK.
   Static.  Any thread. */
const char *rtn_coupon_reason_name(enum rtn_coupon_reason reason);
const char *rtn_coupon_reason_sentence(enum rtn_coupon_reason reason);

/* "percent", "fixed", "free_shipping", "gift", "points"; "" for none. */
const char *rtn_discount_name(enum rtn_discount type);

/* What is asked of a coupon, and the answer. */
struct rtn_coupon_job {
    /* in */
    enum rtn_coupon_action  action;
    uint64_t                code;       /* 0: was not one */
    char                    order_id[RTN_ORDER_ID_MAX + 1]; /* but validate */
    bool                    has_customer;
    uint8_t                 customer_hash[RTN_HASH_LEN];
    bool                    has_amount;
    int64_t                 amount_minor;
    rtn_currency_t          currency;

    /* out */
    int                     rc;         /* RTN_ERR_CORRUPT, RTN_ERR_NEWER: a
                                           record of this coupon cannot be
                                           read, and nothing was decided */
    enum rtn_coupon_reason  reason;
    bool                    is_repeat;  /* the same order asked before */
    struct rtn_offer        offer;      /* when the code is known */
    bool                    is_bound;   /* good for its customer alone */
    int64_t                 discount_minor; /* for this amount; else 0 */
    rtn_currency_t          discount_currency;
    uint32_t                campaign;
    int64_t                 expires_ms;
    int64_t                 reserved_until_ms;  /* reserved; else 0 */
};

/*
 * Decides jobs one after another in one transaction.
 *
 * now_ms   the clock, for validity and ids
 *
 * Redeem and reserve are safe to repeat with the same order: the first answer
 * comes again.  A redemption needs no reservation; one by the same order is
 * used up.  Release and restore of what the order does not hold answer
 * RTN_COUPON_OK and change nothing when the coupon is free, else the reason.
 * An order that holds the coupon may also name itself in a validation; then
 * the coupon is good for it.  A redeemed coupon cannot be made void.
 *
 * A coupon whose records are bad stays alone with that: its job's rc says so,
 * and the others are decided.
 *
 * RTN_ERR_LIMIT: n is above RTN_COUPON_JOBS_MAX.
 * On an error nothing was decided or written: RTN_ERR_DISK_FULL,
 * RTN_ERR_MAP_FULL, RTN_ERR_IO, RTN_ERR_NOMEM; RTN_ERR_CORRUPT and
 * RTN_ERR_NEWER of a journal that cannot be read to its end.
 * Writes coupons.
 */
int rtn_coupon_decide(struct rtn_store *store, struct rtn_coupon_job *jobs,
    size_t n, int64_t now_ms);

/*
 * Stores the offers of a campaign's tiers.  The same again changes nothing.
 * Writes coupons.
 */
int rtn_offers_put(struct rtn_store *store,
    const struct rtn_campaign *campaign);

/*
 * Issues coupons, in slices of RTN_SLICE_ROWS; one that is stored already for
 * the same campaign and customer stays as it is.
 *
 * taken   gets the index of the first whose code belongs to somebody else,
 *         with RTN_ERR_EXISTS; those before it are issued, and those behind
 *         it whose codes were free
 *
 * RTN_ERR_CODE: a code is 0 or has more than RTN_CODE_BITS; none is issued.
 * Writes coupons.
 */
int rtn_coupons_issue(struct rtn_store *store,
    const struct rtn_coupon *coupons, size_t n, size_t *taken);

/* A coupon with what it is now.  Reserved means that nothing came after the
   reservation; whether its time is up is in the journal. */
struct rtn_coupon_state {
    struct rtn_coupon       coupon;
    enum rtn_coupon_status  status;
    uint64_t                last_id;    /* the journal's; 0: never changed */
    int64_t                 changed_ms; /* time of last_id; 0 with it */
};

/* One coupon.  RTN_ERR_NOT_FOUND. */
int rtn_coupon_get(struct rtn_store *store, uint64_t code,
    struct rtn_coupon_state *state);

/* A change in the journal. */
struct rtn_coupon_change {
    uint64_t                id;
    enum rtn_coupon_action  action;
    uint64_t                code;
    uint32_t                campaign;
    uint32_t                customer;
    char                    order_id[RTN_ORDER_ID_MAX + 1];
    bool                    has_amount;
    int64_t                 amount_minor;
    rtn_currency_t          currency;
    int64_t                 discount_minor;
    int64_t                 until_ms;   /* reserve: until when; else 0 */
};

struct rtn_journal_scan;

/* The journal from an id on.  As rtn_log_scan_open. */
int rtn_journal_scan_open(struct rtn_store *store, uint64_t from,
    struct rtn_journal_scan **scan);
/* RTN_ERR_NOT_FOUND: the end. */
int rtn_journal_scan_next(struct rtn_journal_scan *scan,
    struct rtn_coupon_change *change);
void rtn_journal_scan_close(struct rtn_journal_scan *scan);

#endif /* RTN_COUPON_H_INCLUDED */
