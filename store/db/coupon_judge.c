/*
 * The decision on a coupon.  Each question has a function of its own, which
 * answers RTN_COUPON_OK or the reason; their order is the order of reasons.
 */

#include <string.h>

#include "coupon.h"

struct judge_case {
    const struct coupon_facts    *facts;
    const struct rtn_coupon_job  *job;
    int64_t                       now_ms;
    bool                          is_used;      /* redeemed by any order */
    bool                          is_reserved;  /* and its time is not up */
    bool                          is_own;       /* last change: this order's */
};

typedef void (*judge_action_pt)(const struct judge_case *c,
    struct coupon_outcome *outcome);

static void judge_use(const struct judge_case *c,
    struct coupon_outcome *outcome);
static void judge_release(const struct judge_case *c,
    struct coupon_outcome *outcome);
static void judge_restore(const struct judge_case *c,
    struct coupon_outcome *outcome);
static void judge_void(const struct judge_case *c,
    struct coupon_outcome *outcome);
static bool judge_is_own(const struct judge_case *c);
static bool judge_is_repeat(const struct judge_case *c);
static enum rtn_coupon_reason judge_customer(const struct judge_case *c);
static enum rtn_coupon_reason judge_holder(const struct judge_case *c);
static enum rtn_coupon_reason judge_time(const struct judge_case *c);
static enum rtn_coupon_reason judge_amount(const struct judge_case *c);
static void judge_accept(const struct judge_case *c,
    struct coupon_outcome *outcome);
static void judge_answer_again(const struct judge_case *c,
    struct coupon_outcome *outcome);
static void judge_give_back(const struct judge_case *c, bool is_held,
    struct coupon_outcome *outcome);
static void judge_currency(const struct judge_case *c, bool has_amount,
    const rtn_currency_t currency, struct coupon_outcome *outcome);

static const judge_action_pt judge_actions[] = {
    [RTN_COUPON_VALIDATE] = judge_use,
    [RTN_COUPON_RESERVE]  = judge_use,
    [RTN_COUPON_REDEEM]   = judge_use,
    [RTN_COUPON_RELEASE]  = judge_release,
    [RTN_COUPON_RESTORE]  = judge_restore,
    [RTN_COUPON_VOIDED]   = judge_void
};


bool
coupon_is_bound(const struct coupon_facts *facts)
{
    static const uint8_t  nobody[RTN_HASH_LEN];

    return !facts->offer.is_transferable
           && memcmp(facts->coupon.customer_hash, nobody, RTN_HASH_LEN) != 0;
}


void
coupon_judge(const struct coupon_facts *facts,
    const struct rtn_coupon_job *job, int64_t now_ms,
    struct coupon_outcome *outcome)
{
    struct judge_case  c;

    memset(outcome, 0, sizeof(*outcome));

    if (!facts->is_known) {
        outcome->reason = RTN_COUPON_UNKNOWN;
        return;
    }

    c.facts = facts;
    c.job = job;
    c.now_ms = now_ms;
    c.is_used = facts->status == RTN_COUPON_REDEEMED;
    c.is_reserved = facts->status == RTN_COUPON_RESERVED
                    && facts->last.until_ms > now_ms;
    c.is_own = judge_is_own(&c);

    if (c.is_reserved) {
        outcome->reserved_until_ms = facts->last.until_ms;
    }

    if (facts->status == RTN_COUPON_VOID && job->action != RTN_COUPON_VOIDED) {
        outcome->reason = RTN_COUPON_IS_VOID;
        return;
    }

    judge_actions[job->action](&c, outcome);
}


/* Validate, reserve and redeem ask the same questions. */
static void
judge_use(const struct judge_case *c, struct coupon_outcome *outcome)
{
    outcome->reason = judge_customer(c);
    if (outcome->reason != RTN_COUPON_OK) {
        return;
    }

    outcome->reason = judge_holder(c);
    if (outcome->reason != RTN_COUPON_OK) {
        return;
    }

    if (judge_is_repeat(c)) {
        judge_answer_again(c, outcome);
        return;
    }

    outcome->reason = judge_time(c);
    if (outcome->reason != RTN_COUPON_OK) {
        return;
    }

    outcome->reason = judge_amount(c);
    if (outcome->reason != RTN_COUPON_OK) {
        return;
    }

    judge_accept(c, outcome);
}


static void
judge_release(const struct judge_case *c, struct coupon_outcome *outcome)
{
    judge_give_back(c, c->is_reserved, outcome);
}


static void
judge_restore(const struct judge_case *c, struct coupon_outcome *outcome)
{
    judge_give_back(c, c->is_used, outcome);
}


static void
judge_void(const struct judge_case *c, struct coupon_outcome *outcome)
{
    if (c->facts->status == RTN_COUPON_VOID) {
        outcome->is_repeat = true;
        return;
    }

    if (c->is_used) {
        outcome->reason = RTN_COUPON_USED;
        return;
    }

    outcome->reserved_until_ms = 0;
    outcome->change = RTN_COUPON_VOIDED;
}


static bool
judge_is_own(const struct judge_case *c)
{
    const char  *order_id;

    order_id = c->job->order_id;

    return c->facts->last.id != 0 && order_id[0] != '\0'
           && strcmp(order_id, c->facts->last.order_id) == 0;
}


/* A reservation is not repeated by the redemption that uses it up, and what
   is only asked of it is judged anew. */
static bool
judge_is_repeat(const struct judge_case *c)
{
    if (c->is_used) {
        return true;
    }

    return c->is_reserved && c->job->action == RTN_COUPON_RESERVE;
}


static enum rtn_coupon_reason
judge_customer(const struct judge_case *c)
{
    if (!c->job->has_customer || !coupon_is_bound(c->facts)) {
        return RTN_COUPON_OK;
    }

    if (memcmp(c->job->customer_hash, c->facts->coupon.customer_hash,
               RTN_HASH_LEN) != 0)
    {
        return RTN_COUPON_WRONG_CUSTOMER;
    }

    return RTN_COUPON_OK;
}


static enum rtn_coupon_reason
judge_holder(const struct judge_case *c)
{
    if (c->is_own) {
        return RTN_COUPON_OK;
    }

    if (c->is_used) {
        return RTN_COUPON_USED;
    }

    return c->is_reserved ? RTN_COUPON_IS_RESERVED : RTN_COUPON_OK;
}


static enum rtn_coupon_reason
judge_time(const struct judge_case *c)
{
    if (c->is_reserved) {
        return RTN_COUPON_OK;
    }

    if (c->facts->coupon.valid_from_ms > c->now_ms) {
        return RTN_COUPON_NOT_YET;
    }

    if (c->facts->coupon.expires_ms <= c->now_ms) {
        return RTN_COUPON_EXPIRED;
    }

    return RTN_COUPON_OK;
}


static enum rtn_coupon_reason
judge_amount(const struct judge_case *c)
{
    const struct rtn_offer       *offer;
    const struct rtn_coupon_job  *job;

    job = c->job;
    offer = &c->facts->offer;

    if (!job->has_amount) {
        return RTN_COUPON_OK;
    }

    if (offer->type == RTN_DISCOUNT_FIXED
        && strcmp(job->currency, offer->currency) != 0)
    {
        return RTN_COUPON_WRONG_CURRENCY;
    }

    if (offer->minimum_minor == 0) {
        return RTN_COUPON_OK;
    }

    if (strcmp(job->currency, offer->minimum_currency) != 0) {
        return RTN_COUPON_WRONG_CURRENCY;
    }

    return job->amount_minor < offer->minimum_minor ? RTN_COUPON_BELOW_MINIMUM
                                                    : RTN_COUPON_OK;
}


static void
judge_accept(const struct judge_case *c, struct coupon_outcome *outcome)
{
    const struct rtn_coupon_job  *job;

    job = c->job;

    if (job->has_amount) {
        outcome->discount_minor = coupon_discount(&c->facts->offer,
                                                  job->amount_minor);
    }

    judge_currency(c, job->has_amount, job->currency, outcome);

    if (job->action == RTN_COUPON_RESERVE) {
        outcome->reserved_until_ms = c->now_ms + RTN_COUPON_RESERVE_MS;
        outcome->change = RTN_COUPON_RESERVE;
    }

    if (job->action == RTN_COUPON_REDEEM) {
        outcome->reserved_until_ms = 0;
        outcome->change = RTN_COUPON_REDEEM;
    }
}


static void
judge_answer_again(const struct judge_case *c, struct coupon_outcome *outcome)
{
    const struct rtn_coupon_change  *first;

    first = &c->facts->last;

    outcome->is_repeat = true;
    outcome->discount_minor = first->discount_minor;

    judge_currency(c, first->has_amount, first->currency, outcome);
}


/* is_held: some order holds what is given back. */
static void
judge_give_back(const struct judge_case *c, bool is_held,
    struct coupon_outcome *outcome)
{
    if (is_held && c->is_own) {
        outcome->reserved_until_ms = 0;
        outcome->change = c->job->action;
        return;
    }

    if (c->is_used) {
        outcome->reason = RTN_COUPON_USED;
        return;
    }

    if (c->is_reserved) {
        outcome->reason = RTN_COUPON_IS_RESERVED;
        return;
    }

    outcome->is_repeat = c->is_own
                         && c->facts->last.action == c->job->action;
}


static void
judge_currency(const struct judge_case *c, bool has_amount,
    const rtn_currency_t currency, struct coupon_outcome *outcome)
{
    enum rtn_discount  type;

    type = c->facts->offer.type;

    if (has_amount
        && (type == RTN_DISCOUNT_PERCENT || type == RTN_DISCOUNT_FIXED))
    {
        memcpy(outcome->discount_currency, currency, sizeof(rtn_currency_t));
    }
}
