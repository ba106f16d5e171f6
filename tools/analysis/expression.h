/*
 * The condition language of audiences and tiers:
 *
 *     last_order > 90d and orders >= 1 and consent = granted
 *     spend >= "300.00 EUR" and not (country = PL or channel = "my shop")
 *
 *     condition   = all { "or" all }
 *     all         = one { "and" one }
 *     one         = "not" one | "(" condition ")" | comparison
 *     comparison  = field ( ">" | ">=" | "<" | "<=" | "=" | "!=" ) literal
 *
 *     comparison  = asked [ ( ">" | ">=" | ... ) literal ]
 *     asked       = field "(" text ")"
 *
 * The fields, each a row of the table in expression_field.c:
 *
 *     last_order     duration   days from the last paid order to the as-of day
 *     first_order    duration   the same from the first one
 *     registered     duration   days from the registration
 *     overdue        duration   days beyond the median gap between purchase
 *                               days, for who has a rhythm (lifecycle.h) and
 *                               is past it
 *     last_visit     duration   days from the last time a person was seen in
 *                               the shop: a click, visit, view, cart, checkout
 *     cart_abandoned duration   days from the last cart or checkout that
 *                               neither order nor redemption came after
 *     bought(X)      duration   days from the last purchase of a sku or a
 *                               category X
 *     answered(X)    duration   days from the last answer X to a survey
 *     orders         count      paid orders
 *     first_items    count      items of the first one
 *     referrals      count      customers who name him as the one who brought
 *                               them, and have a paid order
 *     spend          money      paid, in the literal's currency
 *     average_order  money      spend over orders, in the literal's currency
 *     expected_value money      what the models expect of him in the next 52
 *                               weeks, in the store's currency
 *     p_alive        fraction   that he is still a customer, by MBG/NBD
 *     lifecycle      word       visitor, new, active, returned, at-risk, lapsed
 *     rfm            scores     155, or a segment's name (rfm.h)
 *     rfm_recency, rfm_frequency, rfm_monetary
 *                    score      1 to 5
 *     consent        word       granted, denied, unknown
 *     subscribed     word       yes, no
 *     country, language, channel
 *                    text       compared byte by byte, as the import has it
 *
 * Literals are durations (90d, 12w), whole numbers (12), money
 * ("30.00 EUR"), fractions (0.25, 25%), words (granted) and text, which needs
 * quotes only for what is not one word; single quotes do as well, and there
 * are no escapes within.  Words, text and rfm know only "=" and "!=".
 *
 * A field with an argument may stand alone: bought(shoes) holds for who has
 * ever bought some, bought(shoes) > 180d for who has, but not of late.
 *
 * A comparison with a value that is missing is false, whatever the operator:
 * "last_order > 90d" does not hold for who never ordered, nor does
 * "country != PL" for whose country is not known, nor any of spend for who
 * has no paid order in that currency.  "not" inverts the result, so
 * "not country = PL" holds for whose country is not known.
 *
 * Guests are never in an audience: the caller leaves them out.
 */

#ifndef RTA_EXPRESSION_H_INCLUDED
#define RTA_EXPRESSION_H_INCLUDED

#include "rtn_campaign.h"
#include "rtn_crm.h"

/* Pending at one place: open parentheses, "not", and operators that wait
   for their right side. */
#define RTA_EXPRESSION_DEPTH_MAX   64
#define RTA_EXPRESSION_DAYS_MAX    36500
#define RTA_EXPRESSION_COUNT_MAX   1000000000

#define RTA_FRACTION_ONE           1000000000   /* the whole, as a value */
#define RTA_ARGUMENT_MAX           64   /* bytes, as a sku's or an answer's */
#define RTA_ASKS_MAX               64   /* different ones of a campaign */

#define RTA_FAULT_MAX              240

/* Where and why a condition was refused. */
struct rta_fault {
    size_t  column;                     /* in bytes, from 1 */
    char    message[RTA_FAULT_MAX];
};

/* What a customer paid in one currency; orders is never 0. */
struct rta_spend {
    rtn_currency_t  currency;
    int64_t         minor;
    int64_t         orders;
    int64_t         expected_minor;     /* in the next 52 weeks; negative: not
                                           known */
};

/* What fields need beyond customers and orders; a set of bits. */
enum rta_need {
    RTA_NEED_STAGE     = 1u << 0,       /* the lifecycle's judgement */
    RTA_NEED_SCORES    = 1u << 1,       /* RFM over all customers */
    RTA_NEED_MODELS    = 1u << 2,       /* MBG/NBD and Gamma-Gamma */
    RTA_NEED_EVENTS    = 1u << 3,       /* what was seen in the shop */
    RTA_NEED_ITEMS     = 1u << 4,       /* what was bought */
    RTA_NEED_REFERRALS = 1u << 5        /* who brought whom */
};

/* What an expression asks about by name. */
enum rta_ask_kind {
    RTA_ASK_BOUGHT = 0,
    RTA_ASK_ANSWERED
};

struct rta_ask {
    enum rta_ask_kind  kind;
    char               text[RTA_ARGUMENT_MAX + 1];
};

/* Zeros begin. */
struct rta_asks {
    size_t          n;
    struct rta_ask  items[RTA_ASKS_MAX];
};

/* A customer, as of a day. */
struct rta_subject {
    int64_t                  last_order_days;   /* negative: never ordered */
    int64_t                  first_order_days;  /* the same */
    int64_t                  registered_days;   /* negative: not known */
    int64_t                  overdue_days;      /* negative: is not */
    int64_t                  visit_days;        /* negative: never seen */
    int64_t                  cart_days;         /* negative: left none */
    int64_t                  orders;
    int64_t                  first_items;       /* negative: not known */
    int64_t                  referrals;
    int64_t                  p_alive;           /* of RTA_FRACTION_ONE;
                                                   negative: not known */
    int64_t                  stage;             /* enum rta_stage */
    int64_t                  rfm;               /* 111 to 555; negative: bought
                                                   nothing */
    int64_t                  rfm_recency;       /* 1 to 5, or negative */
    int64_t                  rfm_frequency;
    int64_t                  rfm_monetary;
    int64_t                  consent;           /* enum rtn_consent */
    int64_t                  is_subscribed;     /* 0 or 1 */
    struct rtn_str           country;           /* empty: not known */
    struct rtn_str           language;
    struct rtn_str           channel;
    const struct rta_spend  *spend;             /* one a currency, any order */
    size_t                   spend_count;
    const int64_t           *asked_days;        /* one an ask; negative: never.
                                                   NULL without asks */
};

struct rta_expression;

/*
 * Reads a condition.
 *
 * text         at most RTN_EXPRESSION_MAX bytes; not needed afterwards
 * expression   released by the caller with rta_expression_free
 * fault        written when RTN_ERR_LIMIT is returned
 *
 * RTN_ERR_LIMIT: not a condition; fault says where and why.  RTN_ERR_NOMEM.
 * Any thread.
 */
int rta_expression_parse(struct rtn_str text,
    struct rta_expression **expression, struct rta_fault *fault);

/* Frees an expression; NULL is none. */
void rta_expression_free(struct rta_expression *expression);

/* Which bits of enum rta_need its fields have.  Any thread. */
unsigned rta_expression_needs(const struct rta_expression *expression);

/*
 * The first currency, other than one, in which it asks for expected_value;
 * NULL: there is none.  Lives as long as the expression.  Any thread.
 */
const char *rta_expression_foreign(const struct rta_expression *expression,
    const rtn_currency_t currency);

/*
 * Gives what it asks about a place in asks, which other expressions may share:
 * subject.asked_days then has their answers.  Before the first judgement of
 * one that asks.
 *
 * RTN_ERR_LIMIT: more than RTA_ASKS_MAX different ones.  One thread at a time.
 */
int rta_expression_bind(struct rta_expression *expression,
    struct rta_asks *asks);

/* Whether the condition holds for a customer.  Any thread. */
bool rta_expression_eval(const struct rta_expression *expression,
    const struct rta_subject *subject);

/*
 * The following three say true only where it is certain from the bounds of
 * the single fields, whoever the customer is; false means "not known".  They
 * do not know that fields hang together, such as orders and last_order.
 */

/* No customer at all can match a.  Any thread. */
bool rta_expression_is_empty(const struct rta_expression *a);

/* No customer can match a and b together.  Any thread. */
bool rta_expression_excludes(const struct rta_expression *a,
    const struct rta_expression *b);

/*
 * Each customer who matches a also matches b.
 *
 * within   only who matches this is asked for; NULL: everybody
 *
 * Any thread.
 */
bool rta_expression_implies(const struct rta_expression *within,
    const struct rta_expression *a, const struct rta_expression *b);

#endif /* RTA_EXPRESSION_H_INCLUDED */
