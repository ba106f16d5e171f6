/*
 * Whom to win back first: what is at stake with a customer against what it
 * costs to try.
 *
 *     at stake   p_gone (margin * V - D)
 *     cost       message + D * returns
 *
 *     p_gone    1 - P(alive), of MBG/NBD
 *     V         what he brings within 52 weeks, once he is a customer again:
 *               the models' expected value over P(alive)
 *     margin    the share of revenue that is left after the cost of goods
 *     D         what the offer takes off one order of the size to expect of
 *               him; who is won back uses it once
 *     message   what mailing one customer costs
 *     returns   the orders to expect of him within the window, at most 1, when
 *               nobody does anything.  That is no less than the probability
 *               that he comes by himself (Markov), and then he takes the
 *               discount for nothing
 *
 * What a campaign adds is u * (at stake) - cost, where u, the share of those
 * who are gone that it brings back, is what no history of orders tells: it
 * takes a campaign with a hold-out.  So none is assumed.  Where u is the same
 * for all, a customer pays when u is above his break-even, cost / at stake,
 * and a budget brings the most when it goes to the smallest break-even first
 * (the greedy rule of the continuous knapsack, Dantzig 1957); where nothing
 * costs anything, to the most at stake.  That is the order here.  It is wrong
 * where some answer far more readily than others: the comparison of tiers in
 * the report says whether they do.
 *
 * Influence, what those spent whom a customer brought, is no term of it: they
 * are customers by now, with what is at stake with them in rows of their own,
 * and go on or leave whether or not he comes back.  Whom he would bring next
 * could count, but no file has what that would be estimated from, when each
 * was referred and who was asked in vain.
 *
 * Pure; any thread.
 */

#ifndef RTA_PRIORITY_H_INCLUDED
#define RTA_PRIORITY_H_INCLUDED

#include "outlook.h"

/* What an offer takes off an order: a share of it, or an amount, or nothing
   where both are 0. */
struct rta_priority_offer {
    double  share;                  /* 0.1 for 10 % */
    double  fixed_minor;            /* at most the order */
};

struct rta_priority_terms {
    double  margin;                 /* 1 where cost is not known: then revenue
                                       is at stake, not margin */
    double  message_minor;
};

struct rta_priority_row {
    size_t       place;             /* the caller's */
    const char  *id;                /* of the customer; breaks ties */
    double       p_gone;
    double       value_minor;       /* V */
    double       discount_minor;    /* D */
    double       returns;

    /* set by rta_priority_rank */
    double       stake_minor;
    double       cost_minor;
    double       break_even;        /* infinite: never pays */
};

/*
 * Sets what is above in a row, but place and id.
 *
 * prospect      of buyer, by outlook
 * window_days   in which discounts are counted
 *
 * false: nothing can be expected of him, since he pays in other currencies
 * or beyond what the models know; row is undefined.
 */
bool rta_priority_judge(const struct rta_outlook *outlook,
    const struct rta_buyer *buyer, const struct rta_prospect *prospect,
    int32_t window_days, const struct rta_priority_offer *offer,
    struct rta_priority_row *row);

/* Judges and sorts rows, the first to win back first: by break-even, then by
   what is at stake, then by id. */
void rta_priority_rank(const struct rta_priority_terms *terms,
    struct rta_priority_row *rows, size_t n);

/*
 * How many of ranked rows a number and a budget allow.
 *
 * top            0: any number
 * budget_minor   0: no budget.  The first row that it has no money left for
 *                ends the list
 * treated        the share that is mailed, above 0: the hold-out costs nothing
 */
size_t rta_priority_within(const struct rta_priority_row *rows, size_t n,
    size_t top, int64_t budget_minor, double treated);

/* The sums of rows: what is at stake, where that is above 0, and cost. */
void rta_priority_sum(const struct rta_priority_row *rows, size_t n,
    double *stake_minor, double *cost_minor);

#endif /* RTA_PRIORITY_H_INCLUDED */
