/*
 * The frozen draw: who is held out, which arm a treated customer gets, and
 * the order in which customers go into batches.  A keyed hash of campaign and
 * customer decides, so the same draw comes out on every run and anyone with
 * the store can check it, while two campaigns draw independently.
 *
 *     BLAKE2b-256 keyed with the store's 32-byte draw secret, over
 *
 *     0          4
 *    +----------+--------------------------+
 *    | campaign | customer's id, 1 to 64   |
 *    | be32     | bytes as the shop has it |
 *    +----------+--------------------------+
 *
 *     gives four numbers of 64 bits, big-endian:
 *
 *     0            8            16           24            32
 *    +------------+------------+------------+-------------+
 *    | hold-out   | arm        | rank       | not used    |
 *    +------------+------------+------------+-------------+
 *
 * Hold-out and arm are taken modulo 10^6.  That favours no remainder by more
 * than 10^6 / 2^64, under 1e-13 of its probability: one customer in more than
 * 10^13.  These bytes are a promise to campaigns already drawn: never change
 * them.
 */

#ifndef RTA_DRAW_H_INCLUDED
#define RTA_DRAW_H_INCLUDED

#include "rtn.h"

#define RTA_DRAW_SECRET_LEN   32
#define RTA_DRAW_PPM          1000000u      /* the whole, parts per million */

struct rta_draw {
    bool      is_holdout;
    unsigned  arm;          /* index into the shares; 0 for the hold-out */
    uint64_t  rank;         /* order for batches; ties go by customer id */
};

/*
 * Draws one customer.
 *
 * secret           RTA_DRAW_SECRET_LEN bytes, the store's, no token key
 * campaign         the campaign's number
 * customer_id      the shop's id, 1 to RTN_CUSTOMER_ID_MAX bytes; the shop's
 *                  and not our number, so that an import in another order
 *                  draws alike
 * holdout_ppm      share of the hold-out, 0 to RTA_DRAW_PPM
 * arm_shares_ppm   shares of the treated, adding up to RTA_DRAW_PPM
 * n_arms           1 or more
 *
 * The rank is there for the hold-out too: its customers go into batches as
 * the treated do.
 *
 * RTN_ERR_LIMIT: an id of another length, shares that do not add up.
 * sodium_init() has been called.  Any thread.
 */
int rta_draw(const uint8_t secret[RTA_DRAW_SECRET_LEN], uint32_t campaign,
    struct rtn_str customer_id, uint32_t holdout_ppm,
    const uint32_t *arm_shares_ppm, size_t n_arms, struct rta_draw *draw);

/*
 * The permanent hold-out: customers who are in no campaign, so that what all
 * campaigns do together can be seen against them.  Its draw has a key of its
 * own, so it is independent of each campaign's:
 *
 *     key      BLAKE2b-256 keyed with the draw secret, over RTA_DRAW_GLOBAL
 *     member   BLAKE2b-256 keyed with that, over the customer's id; its first
 *              64 bits, big-endian, modulo 10^6, are below the share
 *
 * A larger share has all members of a smaller one.  These bytes are a promise
 * as well.
 */
#define RTA_DRAW_GLOBAL  "ngx_retention global hold-out"

/* Makes the key; wiped by the caller.  sodium_init() has been called. */
void rta_draw_global_key(const uint8_t secret[RTA_DRAW_SECRET_LEN],
    uint8_t key[RTA_DRAW_SECRET_LEN]);

/* Whether a customer, 1 to RTN_CUSTOMER_ID_MAX bytes, is a member.  Any
   thread. */
bool rta_draw_is_global(const uint8_t key[RTA_DRAW_SECRET_LEN],
    struct rtn_str customer_id, uint32_t share_ppm);

#endif /* RTA_DRAW_H_INCLUDED */
