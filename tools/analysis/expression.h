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
 * The fields, each a row of the table in expression_field.c:
 *
 *     last_order     duration   days from the last paid order to the as-of day
 *     first_order    duration   the same from the first one
 *     registered     duration   days from the registration
 *     orders         count      paid orders
 *     spend          money      paid, in the literal's currency
 *     average_order  money      spend over orders, in the literal's currency
 *     consent        word       granted, denied, unknown
 *     subscribed     word       yes, no
 *     country, language, channel
 *                    text       compared byte by byte, as the import has it
 *
 * Literals are durations (90d, 12w), whole numbers (12), money
 * ("30.00 EUR"), words (granted) and text, which needs quotes only for what
 * is not one word; single quotes do as well, and there are no escapes within.
 * Words and text know only "=" and "!=".
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
};

/* A customer, as of a day. */
struct rta_subject {
    int64_t                  last_order_days;   /* negative: never ordered */
    int64_t                  first_order_days;  /* the same */
    int64_t                  registered_days;   /* negative: not known */
    int64_t                  orders;
    int64_t                  consent;           /* enum rtn_consent */
    int64_t                  is_subscribed;     /* 0 or 1 */
    struct rtn_str           country;           /* empty: not known */
    struct rtn_str           language;
    struct rtn_str           channel;
    const struct rta_spend  *spend;             /* one a currency, any order */
    size_t                   spend_count;
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
