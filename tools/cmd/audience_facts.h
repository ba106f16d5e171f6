/*
 * What conditions need before the first customer is judged: cut points of
 * scores, fitted models, what events and orders' items say of whom, and who
 * brought whom.
 */

#ifndef CMD_AUDIENCE_FACTS_H_INCLUDED
#define CMD_AUDIENCE_FACTS_H_INCLUDED

#include "../analysis/audience.h"
#include "audience_bought.h"
#include "cmd.h"

/* By customer's number; arrays of size. */
struct cmd_seen {
    uint32_t    size;                   /* the highest number + 1; 0: nothing
                                           was asked of events */
    int64_t    *visit_ms;               /* as in struct rta_seen */
    int64_t    *cart_ms;
    int64_t    *bought_ms;
    rtn_day_t  *asked[RTA_ASKS_MAX];    /* the last day; CMD_SEEN_NEVER */
};

#define CMD_SEEN_NEVER  INT32_MIN

struct cmd_referred {
    uint32_t              size;         /* the highest number + 1; 0: nobody
                                           asked */
    struct rta_referred  *by;           /* whom he brought, by his number */
    uint64_t              unknown;      /* customers who name somebody who is
                                           none */
};

struct cmd_audience_facts {
    struct rta_audience_basis  basis;
    struct rta_asks            asks;
    struct cmd_seen            seen;
    struct cmd_bought         *bought;          /* with RTA_NEED_ITEMS */
    struct cmd_referred        referred;        /* with RTA_NEED_REFERRALS */
    bool                       has_dropout;     /* with RTA_NEED_MODELS */
};

/*
 * Reads a condition and adds what it needs to what others need.
 *
 * what         of what, in messages: "audience"
 * expression   freed by the caller with rta_expression_free; NULL where it
 *              could not be read
 *
 * CMD_OK, or an exit code after saying what was wrong: CMD_USAGE for what is
 * no condition, CMD_DATA for one that cannot be judged in this store.
 */
int cmd_condition_read(struct cmd_context *ctx, const char *what,
    const char *text, struct rta_expression **expression, unsigned *needs,
    struct rta_asks *asks);

/*
 * Gathers them, reading no more than the needs ask for.  The zone is in use,
 * crm is open, and events and coupons are where RTA_NEED_EVENTS is among the
 * needs.
 *
 * needs   bits of enum rta_need, of all conditions that will be judged
 * asks    that they were bound to; copied
 * facts   released by cmd_audience_facts_release, after a failure as well
 *
 * CMD_OK, or an exit code after saying what was wrong.
 */
int cmd_audience_facts_gather(struct cmd_context *ctx, rtn_day_t as_of,
    unsigned needs, const struct rta_asks *asks,
    struct cmd_audience_facts *facts);

void cmd_audience_facts_release(struct cmd_audience_facts *facts);

/*
 * Private to audience_*.c: reads events, up to the as-of day's end.
 * facts->seen is released by the caller, after a failure as well.
 */
int cmd_seen_gather(struct cmd_context *ctx, struct cmd_audience_facts *facts);

/*
 * Private to audience_seen.c: raises seen->bought_ms by the coupons that were
 * redeemed before until_ms and not restored.  An RTN_ERR_*.
 */
int cmd_redeemed_gather(struct cmd_context *ctx, struct cmd_seen *seen,
    int64_t until_ms);

/*
 * The same as cmd_seen_gather for who brought whom, and what those bought up
 * to the as-of day's end, paid in the store's currency: facts->referred.
 */
int cmd_referred_gather(struct cmd_context *ctx,
    struct cmd_audience_facts *facts);

#endif /* CMD_AUDIENCE_FACTS_H_INCLUDED */
