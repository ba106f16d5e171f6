/*
 * The bodies of POST requests and the lines of event files: JSON in, structs
 * out.  Nothing here reads a store; names are resolved by the caller.
 */

#ifndef RTN_POST_H_INCLUDED
#define RTN_POST_H_INCLUDED

#include "rtn.h"
#include "rtn_event.h"

#define RTN_POST_EVENTS_MAX   1000      /* events in one body */
#define RTN_POST_BODY_MAX     (1024 * 1024)     /* bytes, inflated */
#define RTN_JSON_DEPTH_MAX    8

/*
 * Where a body is wrong, and how.  message is a sentence of ours, such as
 * "unknown field 'emial'", with the place before it: "line 2, column 14" for
 * bad JSON, "[3].items[0].price" for a bad field.
 */
struct rtn_json_fault {
    size_t  index;              /* of the event in the body, from 0 */
    char    message[200];
};

/* One event of a body, before the campaign and the customer are looked up. */
struct rtn_posted_event {
    struct rtn_event  event;        /* all that the body says by itself */
    struct rtn_str    event_id;     /* empty: none */
    struct rtn_str    token;        /* empty: none */
    struct rtn_str    customer;     /* the shop's id; empty: none */
    struct rtn_str    campaign;     /* slug; empty: none */
    struct rtn_str    link;         /* name; empty: none */
};

/* What a sender may say. */
enum rtn_post_sender {
    RTN_SENDER_BROWSER,     /* visit, view, cart, checkout, survey; no money,
                               no customer, no occurred_at; needs a token */
    RTN_SENDER_SERVER       /* every kind; token or customer */
};

struct rtn_post;

/*
 * Reads a body: one object, an array, or lines of JSON.
 *
 * body      any bytes
 * sender    which fields and kinds are allowed
 * partial   true: bad events are listed by rtn_post_fault and the good ones
 *           stay; false: the first bad one refuses the whole body
 * post      freed by the caller with rtn_post_free
 * fault     filled on RTN_ERR_JSON and RTN_ERR_LIMIT
 *
 * Duplicate and unknown fields are refused.  Amounts are strings, or whole
 * JSON numbers.
 *
 * RTN_ERR_JSON: fault says where.  RTN_ERR_LIMIT: too long, too deep or too
 * many.  RTN_ERR_NOMEM.  Any thread.
 */
int rtn_post_read(struct rtn_str body, enum rtn_post_sender sender,
    bool partial, struct rtn_post **post, struct rtn_json_fault *fault);

/* How many events the body had, good and bad. */
size_t rtn_post_count(const struct rtn_post *post);

/*
 * Event i, from 0: NULL when it was bad, then *fault (may be NULL) says why.
 * Lives as long as post; its strings too.
 */
const struct rtn_posted_event *rtn_post_event(const struct rtn_post *post,
    size_t i, const struct rtn_json_fault **fault);

void rtn_post_free(struct rtn_post *post);

/*
 * The hash under which a repeat of an event is known: of the sender's name
 * (the API key's, or campaign and recipient) and its event_id.  Any thread.
 */
void rtn_repeat_hash(struct rtn_str sender, struct rtn_str event_id,
    uint8_t hash[RTN_HASH_LEN]);

/* The body of a coupon request. */
struct rtn_coupon_post {
    char            order_id[RTN_ORDER_ID_MAX + 1];         /* "" when absent */
    char            customer[RTN_CUSTOMER_ID_MAX + 1];      /* "" when absent */
    bool            has_amount;
    int64_t         amount_minor;
    rtn_currency_t  currency;                               /* "" when absent */
};

/*
 * Reads {"order_id", "customer"?, "amount", "currency"}; every field may be
 * absent here, what an action needs its caller checks.  An amount needs its
 * currency.  RTN_ERR_JSON, RTN_ERR_LIMIT, RTN_ERR_NOMEM as above.
 * Any thread.
 */
int rtn_coupon_post_read(struct rtn_str body, struct rtn_coupon_post *post,
    struct rtn_json_fault *fault);

#endif /* RTN_POST_H_INCLUDED */
