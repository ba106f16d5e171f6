/*
 * What the recipients of a campaign did in their windows: the one counting
 * function behind every format of the report.
 *
 *     rta_response_init, then
 *     rta_response_recipient         by rising customer number
 *     rta_response_event             the log's, imports', unsubscriptions
 *     rta_response_rollup            what was added up of the log before
 *     rta_response_coupon            the coupon journal's, in its order
 *     rta_response_order             imported ones, after all of the above
 *     rta_response_finish            the report: plain numbers
 *     rta_response_free
 *
 * The unit is the customer as drawn, opened or not, mailed or not.  The window
 * is [t0, until) of the recipient, in every arm alike; what lies at or past
 * the cutoff is not counted.  One order id counts once: an import wins over a
 * purchase event, that over a redemption, wherever the winner lies in time.
 * Money stays in its currency.
 *
 * Arms show all that is known.  Comparisons use only imported orders and
 * events in which a server or an import names the customer: tokens and codes
 * exist for the treated alone.
 *
 * Memory: some 60 bytes a recipient, 8 for each message, 8 for each currency,
 * and some 150 for each order id that an event or a redemption names.
 */

#ifndef RTA_RESPONSE_H_INCLUDED
#define RTA_RESPONSE_H_INCLUDED

#include "interval.h"
#include "rtn.h"
#include "rtn_event.h"
#include "rtn_money.h"
#include "rtn_time.h"
#include "sample_ratio.h"

#define RTA_CURRENCIES_MAX    16    /* of a report; a note counts the rest */
#define RTA_CONFLICTS_MAX     20    /* listed; all are counted */
#define RTA_NOTES_MAX         64
#define RTA_NOTE_MAX         300    /* bytes, with NUL */
#define RTA_ARM_HOLDOUT        0
#define RTA_ARM_ALL_TREATED  255    /* in a comparison: the arms together */
#define RTA_ROUGH_BUYERS     200    /* fewer: an interval of money is rough */

/* What people do, in the order of a report's columns. */
enum rta_response_kind {
    RTA_OPENED = 0,
    RTA_CLICKED,
    RTA_VISITED,
    RTA_VIEWED,
    RTA_CARTED,
    RTA_CHECKED_OUT,
    RTA_RESPONSE_KINDS
};

#define RTA_MESSAGE_KINDS  2        /* opened and clicked are a message's */

/* "opened", "clicked", ...  Static. */
const char *rta_response_name(enum rta_response_kind kind);

struct rta_plan_arm {
    const char  *name;
    uint32_t     share_ppm;         /* of the treated */
};

/* The campaign's shape; names and arrays outlive the response. */
struct rta_plan {
    uint32_t                    campaign;
    uint32_t                    holdout_ppm;
    bool                        has_shares;     /* false: none were planned */
    size_t                      arm_count;
    const struct rta_plan_arm  *arms;           /* arm number i + 1 */
    size_t                      tier_count;
    const char *const          *tiers;          /* tier number i + 1 */
    size_t                      message_count;
    const char *const          *messages;       /* message number i */
    int64_t                     cost_minor;     /* 0: none */
    rtn_currency_t              cost_currency;

    int64_t                     cutoff_ms;      /* first moment not counted */
    int64_t                     pruned_ms;      /* events up to then, of the
                                                   campaign's time, are gone
                                                   from the log; 0: none */
    bool                        has_orders;     /* some were imported */
    int64_t                     orders_until_ms;    /* complete before it */
};

struct rta_recipient {
    uint32_t  customer;             /* from RTN_RECIPIENT_TEST on: ignored */
    uint8_t   arm;                  /* 0: hold-out, or 1 ... arm_count */
    uint8_t   tier;                 /* 1 ... tier_count; 0: none */
    int64_t   t0_ms;
    int64_t   until_ms;
    uint64_t  code;                 /* 0: no coupon */
    int64_t   code_expires_ms;
};

/* An imported order. */
struct rta_order {
    struct rtn_str  id;
    uint32_t        customer;
    int64_t         ordered_ms;
    bool            is_paid;
    rtn_currency_t  currency;
    int64_t         amount_minor;
    int64_t         refunded_minor;
    int64_t         discount_minor;
    uint64_t        code;           /* of the coupon used; 0: none of ours */
};

enum rta_coupon_action {
    RTA_COUPON_REDEEMED = 1,
    RTA_COUPON_RESTORED,
    RTA_COUPON_VOIDED
};

/* A change of a coupon of this campaign. */
struct rta_coupon_change {
    enum rta_coupon_action  action;
    uint32_t                customer;
    int64_t                 at_ms;
    struct rtn_str          order_id;
    bool                    has_amount;
    int64_t                 amount_minor;
    rtn_currency_t          currency;       /* of amount and discount */
    int64_t                 discount_minor;
};

struct rta_response;

/*
 * Begins a count.
 *
 * plan   outlives the response
 *
 * RTN_ERR_NOMEM.  RTN_ERR_LIMIT: more than 254 arms, tiers or messages.
 * Every function here: one thread at a time for a response.
 */
int rta_response_init(const struct rta_plan *plan,
    struct rta_response **response);

/* Frees it with its report; NULL is allowed. */
void rta_response_free(struct rta_response *response);

/*
 * Adds a recipient, with a greater customer number than the last (else an
 * assert).  RTN_ERR_NOMEM.  RTN_ERR_CORRUPT: an arm or a tier that the plan
 * has not.
 */
int rta_response_recipient(struct rta_response *response,
    const struct rta_recipient *recipient);

/*
 * Counts an event, in any order of time.
 *
 * event->customer has been resolved, 0 where nobody is known.  One of another
 * campaign is ignored; one without a campaign counts when it names its
 * customer; HEAD requests stand in no count.
 *
 * RTN_ERR_NOMEM.  RTN_ERR_LIMIT: a sum of money would overflow.
 */
int rta_response_event(struct rta_response *response,
    const struct rtn_event *event);

/* How many events of one message, kind and class a recipient has in his
   window. */
struct rta_rollup_count {
    uint8_t         message;
    enum rtn_kind   kind;           /* no purchase */
    enum rtn_class  class;
    uint64_t        n;              /* 1 or more */
};

/*
 * Counts what events of this campaign have been added up to, as if each were
 * given to rta_response_event: all of them lie in the recipient's window and
 * before the cutoff.
 *
 * has_named_visit   a person's visit among them names its customer
 *
 * RTN_ERR_CORRUPT: no such recipient.  RTN_ERR_NOMEM.
 */
int rta_response_rollup(struct rta_response *response, uint32_t customer,
    bool has_named_visit, const struct rta_rollup_count *counts, size_t n);

/* The same for events of no recipient, and of one outside his window. */
void rta_response_elsewhere(struct rta_response *response, uint64_t strays,
    uint64_t outside);

/* Counts a change of a coupon; errors as above. */
int rta_response_coupon(struct rta_response *response,
    const struct rta_coupon_change *change);

/*
 * Counts an imported order, whoever's and from whenever; fastest by rising
 * customer number.  Errors as above.
 */
int rta_response_order(struct rta_response *response,
    const struct rta_order *order);

/* Says what the scans met: records that could not be read, and repeats of
   events that the reader dropped. */
void rta_response_health(struct rta_response *response,
    uint64_t records_damaged, uint64_t repeats_dropped);


struct rta_money {
    uint64_t  orders;
    int64_t   revenue_minor;        /* amounts less refunds */
    int64_t   discount_minor;       /* by this campaign's coupons */
    int64_t   average_minor;        /* of an order; 0 without one */
};

/* What a group of recipients did.  A recipient stands in each class that it
   has, so classes overlap. */
struct rta_tally {
    uint64_t          recipients;
    uint64_t          buyers;
    double            bought;       /* the share of buyers; 0 for nobody */
    uint64_t          orders;
    uint64_t          unsubscribed;
    uint64_t          issued;       /* coupons */
    uint64_t          redeemed;
    uint64_t          expired;      /* neither redeemed nor void by then */
    uint64_t          unique[RTA_RESPONSE_KINDS][RTN_CLASS_COUNT];
    uint64_t          total[RTA_RESPONSE_KINDS][RTN_CLASS_COUNT];
    struct rta_money  money[RTA_CURRENCIES_MAX];    /* by report->currencies */
};

struct rta_arm_row {
    const char        *name;        /* "holdout" for arm 0 */
    struct rta_tally   tally;
};

struct rta_tier_row {
    const char              *name;  /* "" for recipients without a tier */
    const char              *arm;
    const struct rta_tally  *tally;
};

/* All arms together. */
struct rta_message_row {
    const char  *name;
    uint64_t     unique[RTA_MESSAGE_KINDS][RTN_CLASS_COUNT];
    uint64_t     total[RTA_MESSAGE_KINDS][RTN_CLASS_COUNT];
};

enum rta_metric {
    RTA_METRIC_BUYERS = 0,
    RTA_METRIC_VISITED,
    RTA_METRIC_REVENUE,
    RTA_METRICS
};

/* "buyers", "visited", "revenue".  Static. */
const char *rta_metric_name(enum rta_metric metric);

/* A treated arm, or all of them, against the hold-out.  Money is in major
   units, ready to print. */
struct rta_comparison_row {
    const char             *arm;
    const char             *against;
    bool                    is_headline;    /* all of the treated */
    enum rta_metric         metric;
    rtn_currency_t          currency;       /* of revenue; else empty */
    bool                    is_withheld;    /* comparison says nothing */
    uint64_t                treated;        /* recipients */
    uint64_t                heldout;
    double                  treated_value;  /* share, or money a customer */
    double                  heldout_value;
    struct rta_comparison   comparison;
    double                  incremental;    /* customers, or money; 0 where */
    double                  incremental_low;    /* comparison has no such */
    double                  incremental_high;
};

/* Return on revenue of all treated arms, in one currency, major units:
   incremental revenue - discounts - cost. */
struct rta_return_row {
    rtn_currency_t  currency;
    double          incremental;
    double          incremental_low;
    double          incremental_high;
    int64_t         discount_minor;
    int64_t         cost_minor;     /* 0: of another currency, or none */
    double          value;
    double          low;
    double          high;
};

/* Two sources that tell an order differently; the winner's stands. */
struct rta_conflict {
    char             order_id[RTN_ORDER_ID_MAX + 1];
    enum rtn_source  winner;        /* RTN_SOURCE_IMPORT, ... */
    enum rtn_source  loser;
    const char      *what;          /* "customer", "currency", "amount" */
};

struct rta_report {
    const struct rta_plan      *plan;
    bool                        has_holdout;
    bool                        window_complete;
    bool                        is_withheld;    /* not split as planned */
    bool                        ratio_is_tested;
    int64_t                     last_until_ms;  /* 0: no recipients */
    struct rta_sample_ratio     sample_ratio;

    size_t                      currency_count;
    const rtn_currency_t       *currencies;
    size_t                      arm_count;      /* hold-out included: first */
    struct rta_arm_row         *arms;
    size_t                      tier_count;     /* rows with recipients */
    struct rta_tier_row        *tiers;
    size_t                      message_count;
    struct rta_message_row     *messages;
    size_t                      comparison_count;
    struct rta_comparison_row  *comparisons;
    size_t                      return_count;
    struct rta_return_row       returns[RTA_CURRENCIES_MAX];

    uint64_t                    records_damaged;
    uint64_t                    repeats_dropped;
    uint64_t                    strays;         /* events of no recipient */
    uint64_t                    outside;        /* events outside a window */
    uint64_t                    currencies_over;    /* orders left out */
    uint64_t                    holdout_touched;    /* opened, clicked ... */
    uint64_t                    conflict_count;
    struct rta_conflict         conflicts[RTA_CONFLICTS_MAX];

    size_t                      note_count;
    char                      (*notes)[RTA_NOTE_MAX];
};

/*
 * Ends the count.  The report belongs to the response and lives as long.
 * Call once, then only rta_response_free.
 *
 * RTN_ERR_NOMEM, RTN_ERR_LIMIT as above.
 */
int rta_response_finish(struct rta_response *response,
    const struct rta_report **report);

/* What one recipient did, as the report counts it. */
struct rta_recipient_flags {
    bool  seen[RTA_RESPONSE_KINDS];     /* by a person */
    bool  is_buyer;
    bool  has_redeemed;
    bool  has_unsubscribed;
};

/* After rta_response_finish.  False: not a recipient that figures count. */
bool rta_response_flags(struct rta_response *response, uint32_t customer,
    struct rta_recipient_flags *flags);

#endif /* RTA_RESPONSE_H_INCLUDED */
