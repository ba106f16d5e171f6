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

#include "lifecycle.h"
#include "response_report.h"
#include "rtn.h"
#include "rtn_event.h"
#include "rtn_money.h"

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

    double                      tau;            /* of always-valid estimates
                                                   (sequential.h), a share;
                                                   0: none are made */
    bool                        is_adjusted;    /* estimates by what was known
                                                   before the draw are made */
    bool                        is_tracked;     /* mail has our pixel and links,
                                                   coupons are ours */
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
    bool            has_cost;
    int64_t         cost_minor;
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
 * rta_zone_use (zone.h) has succeeded before the first order comes.
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
 * customer number.  What a customer was before and did after (stages, earlier
 * spend, who ordered again) wants all orders of all customers, those of one
 * in a row and by time; the rest takes them as they come.  Errors as above.
 */
int rta_response_order(struct rta_response *response,
    const struct rta_order *order);

/* The rest of what was added up: clicks on a link, and what happened in an hour
   of UTC, which belongs to the shop's day of its first moment.
   RTN_ERR_NOMEM. */
int rta_response_rollup_link(struct rta_response *response, uint8_t message,
    uint8_t link, enum rtn_class class, uint64_t n);
int rta_response_rollup_hour(struct rta_response *response, int64_t hour_ms,
    enum rtn_kind kind, enum rtn_class class, uint64_t n);

/* A person's first click in his window; the earliest stays. */
int rta_response_rollup_click(struct rta_response *response,
    uint32_t customer, int64_t first_ms);

/*
 * Recipients whom another campaign counts at the same time: after all of
 * ours, for each of its recipients by rising customer number, then once how
 * many there were.
 */
bool rta_response_is_shared(struct rta_response *response, uint32_t customer,
    int64_t t0_ms, int64_t until_ms);

/* The name is copied. */
void rta_response_overlap(struct rta_response *response,
    const char *campaign, uint64_t recipients);

/* Says what the scans met: records that could not be read, and repeats of
   events that the reader dropped. */
void rta_response_health(struct rta_response *response,
    uint64_t records_damaged, uint64_t repeats_dropped);


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


/*
 * Keeps what rta_response_person tells, with sums of one currency; called
 * before the first recipient.  Memory: 56 bytes a recipient more.
 */
void rta_response_keep(struct rta_response *response,
    const rtn_currency_t currency);

/* What one recipient did; sums over persons are the report's figures. */
struct rta_person {
    struct rta_recipient_flags  flags;
    enum rta_stage  stage;          /* at t0 */
    bool      is_delivered;         /* somebody or something opened or
                                       clicked: the mail has arrived */
    bool      has_message;
    uint8_t   message;              /* the first one that a person clicked */
    int64_t   first_click_ms;       /* a person's; 0: none */
    uint64_t  orders;               /* of all currencies */
    uint64_t  counted;              /* of them, in the sums below */
    int64_t   gross_minor;          /* amounts before refunds */
    int64_t   refund_minor;
    int64_t   discount_minor;       /* by the campaign's coupon */
    bool      has_margin;           /* all counted orders carry a cost */
    int64_t   margin_minor;
};

/* After rta_response_finish, where rta_response_keep was called.  False: not a
   recipient that figures count. */
bool rta_response_person(struct rta_response *response, uint32_t customer,
    struct rta_person *person);

#endif /* RTA_RESPONSE_H_INCLUDED */
