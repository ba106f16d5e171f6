/* Private to response*.c: what is kept while counting. */

#ifndef RTA_RESPONSE_STATE_H_INCLUDED
#define RTA_RESPONSE_STATE_H_INCLUDED

#include "lifecycle.h"
#include "response.h"

#define RESPONSE_NOBODY  SIZE_MAX

/* Bits of a recipient: first kind * RTN_CLASS_COUNT + class, then these. */
enum response_bit {
    RESPONSE_OTHERS_COUPON = 1u << 23,  /* a hold-out with one of the treated */
    RESPONSE_NAMED_VISIT  = 1u << 24,   /* a person's, by a named customer */
    RESPONSE_BUYER        = 1u << 25,
    RESPONSE_NAMED_BUYER  = 1u << 26,   /* as comparisons count them */
    RESPONSE_REDEEMED     = 1u << 27,
    RESPONSE_VOID         = 1u << 28,
    RESPONSE_UNSUBSCRIBED = 1u << 29,
    RESPONSE_TOUCHED      = 1u << 30    /* a hold-out that was mailed */
};

/* The discount that a coupon gave, to be taken back by a restore. */
struct response_discount {
    int64_t  minor;
    uint8_t  currency;
};

/* What one source says of an order. */
struct response_claim {
    bool             is_set;
    bool             names_customer;
    bool             is_inside;         /* of the window */
    bool             has_amount;
    enum rtn_source  source;
    uint32_t         at;                /* index of the recipient */
    int64_t          at_ms;
    rtn_currency_t   currency;
    int64_t          amount_minor;
    int64_t          discount_minor;
};

/* The claims, the stronger first. */
enum response_rank {
    RESPONSE_PURCHASE = 0,
    RESPONSE_REDEMPTION,
    RESPONSE_RANKS
};

/* An order id that an event or a redemption named. */
struct response_named_order {
    uint64_t               hash;
    size_t                 id_offset;
    uint8_t                id_len;
    bool                   is_imported; /* the import decides */
    struct response_claim  claims[RESPONSE_RANKS];
};

struct response_ledger {
    struct response_named_order  *orders;
    size_t                        n;
    size_t                        size;
    uint32_t                     *slots;    /* index + 1; a power of two */
    size_t                        slot_count;
    char                         *ids;
    size_t                        ids_len;
    size_t                        ids_size;
};

/* What is kept of a recipient for rta_response_person. */
struct response_kept {
    int64_t   first_click_ms;
    int64_t   gross_minor;
    int64_t   refund_minor;
    int64_t   discount_minor;
    int64_t   margin_minor;
    uint32_t  orders;
    uint32_t  counted;
    uint32_t  costed;
};

/* Sums by day: kinds, then orders by arm. */
struct response_activity {
    bool                 is_begun;
    rtn_day_t            first;
    size_t               n;         /* 0: none are told */
    uint64_t            *counts;
    struct rta_activity_row  *rows;
};

struct rta_response {
    struct rta_plan            plan;

    struct rta_recipient      *recipients;
    uint32_t                  *numbers;     /* customers', to be searched */
    uint16_t                  *places;      /* index of cells */
    uint32_t                  *bits;        /* enum response_bit */
    uint8_t                   *message_bits;    /* message by message */
    size_t                     n;
    size_t                     size;
    size_t                     cursor;      /* where the last one was found */

    struct rta_tally          *cells;       /* arm by arm, tiers from 0 */
    struct response_discount  *discounts;   /* by recipient, when needed */
    int64_t                   *spent[RTA_CURRENCIES_MAX];   /* named orders */
    int64_t                   *margins[RTA_CURRENCIES_MAX];
    uint64_t                   uncosted[RTA_CURRENCIES_MAX];    /* orders */
    uint32_t                  *orders;          /* named ones; when needed */
    uint16_t                  *first_days;      /* of a named order: days from
                                                   the first t0's, 1 being that
                                                   day; 0: none */
    struct rta_day_arm        *day_arms;        /* of the report's days */
    int64_t                    first_t0_ms;
    uint64_t                  *codes;           /* all coupons', sorted */
    struct response_before    *before;
    struct response_history   *history;
    rtn_currency_t             currencies[RTA_CURRENCIES_MAX];
    size_t                     currency_count;
    bool                       has_named_visits;
    struct response_ledger     ledger;

    bool                       keeps;
    rtn_currency_t             kept_currency;
    struct response_kept      *kept;        /* by recipient, when needed */
    struct response_activity   days;
    uint64_t                  *clicks;      /* by message, link, class */
    struct rta_link_row       *links;

    struct rta_report          report;
};

/* Money of one order as it goes into the books. */
struct response_entry {
    size_t          at;
    int64_t         at_ms;
    bool            is_named;               /* counts in comparisons too */
    bool            has_amount;
    rtn_currency_t  currency;
    int64_t         minor;                  /* less what was refunded */
    int64_t         refund_minor;
    bool            has_cost;
    int64_t         cost_minor;
};

/* What a recipient did n times. */
struct response_sight {
    int             kind;                   /* enum rta_response_kind */
    enum rtn_class  class;
    uint64_t        n;                      /* 1 or more */
    bool            is_named;               /* by a named customer */
    bool            has_message;
    uint8_t         message;
};

/* What an event's kind is in the report, -1: something else. */
int response_kind(enum rtn_kind kind);

int response_seen(struct rta_response *response, size_t at,
    const struct response_sight *sight);
void response_unsubscribed(struct rta_response *response, size_t at);

/* The index of a customer's recipient, or RESPONSE_NOBODY. */
size_t response_find(struct rta_response *response, uint32_t customer);

/* The cell of a recipient. */
struct rta_tally *response_cell(const struct rta_response *response,
    size_t at);

bool response_is_inside(const struct rta_response *response, size_t at,
    int64_t ms);

/* The index of a currency, made when it is new; RTA_CURRENCIES_MAX when there
   are too many. */
size_t response_currency(struct rta_response *response,
    const rtn_currency_t currency);

int response_book(struct rta_response *response,
    const struct response_entry *entry);

int response_purchase(struct rta_response *response, size_t at,
    const struct rtn_event *event, bool is_inside);

/* Books the orders that no import had. */
int response_ledger_close(struct rta_response *response);
void response_ledger_release(struct response_ledger *ledger);

/* The named order of an id.  RTN_ERR_NOT_FOUND, or a new one when is_made;
   RTN_ERR_NOMEM.  It may move with the next one made. */
int response_ledger_find(struct response_ledger *ledger, struct rtn_str id,
    bool is_made, struct response_named_order **order);

void response_conflict(struct rta_response *response, struct rtn_str id,
    enum rtn_source winner, enum rtn_source loser, const char *what);

/* Counts a discount that a recipient's coupon gave. */
int response_discount(struct rta_response *response, size_t at,
    const rtn_currency_t currency, int64_t minor);

/* A hold-out's order with a coupon that was given to one of the treated. */
int response_others_coupon(struct rta_response *response, size_t at,
    uint64_t code);

/* What customers were before and did after; at is RESPONSE_NOBODY for who is
   no recipient (response_history.c). */
int response_history_order(struct rta_response *response, size_t at,
    const struct rta_order *order);
int response_history_close(struct rta_response *response);
void response_history_free(struct response_history *history);

/* What a recipient ordered in the year before its t0, where estimates are
   adjusted: orders, and what they came to in a currency (response_before.c).
   The order is of a time before t0. */
int response_before_order(struct rta_response *response, size_t at,
    const struct rta_order *order);
uint32_t response_before_orders(const struct rta_response *response,
    size_t at);
int64_t response_before_spent(const struct rta_response *response, size_t at,
    const rtn_currency_t currency);
void response_before_free(struct response_before *before);

/* Keeps the day of a named order where it is the recipient's first. */
int response_first_day(struct rta_response *response, size_t at,
    int64_t at_ms);

/* The stage of a recipient at its t0, after the close. */
enum rta_stage response_stage(const struct rta_response *response, size_t at);

/* Days, links, and what is kept of recipients (response_detail.c). */
int response_detail_event(struct rta_response *response, size_t at,
    const struct rtn_event *event);
int response_detail_order(struct rta_response *response,
    const struct response_entry *entry);
int response_detail_discount(struct rta_response *response, size_t at,
    const rtn_currency_t currency, int64_t minor);
int response_detail_finish(struct rta_response *response);
void response_detail_free(struct rta_response *response);

/* Parts of the finish. */
int response_compare(struct rta_response *response);
int response_segments(struct rta_response *response);
int response_days(struct rta_response *response);
int response_estimates(struct rta_response *response);
int response_returns(struct rta_response *response);
void response_contamination(struct rta_response *response);
int response_notes(struct rta_response *response);

/* dst += src; RTN_ERR_LIMIT on overflow. */
int response_add(int64_t *dst, int64_t src);

#endif /* RTA_RESPONSE_STATE_H_INCLUDED */
