/*
 * A test and an interval that stay valid when somebody looks every day: the
 * mixture sequential probability ratio test (Robbins, Annals of Mathematical
 * Statistics 41:1397, 1970; Johari, Koomen, Pekelis and Walsh, Operations
 * Research 70:1806, 2022).
 *
 * With d the difference, V its variance, and effects thought to be normal
 * around 0 with variance tau^2,
 *
 *     Lambda = sqrt(V / (V + tau^2)) exp(tau^2 d^2 / (2 V (V + tau^2)))
 *
 * is in the mean 1 at every look when there is no effect, so it ever passes
 * 1 / alpha with a probability of at most alpha.  That holds whether V falls
 * from look to look, as when customers join, or rises, as when a fixed number
 * of customers buys one by one: read backwards in time, one is the other.
 *
 * tau is fixed before the first look, about the effect that is expected;
 * choosing it by the data makes all this void.  The normal law takes some
 * tens of events in each arm before the first look: RTA_SEQUENTIAL_MIN.
 */

#ifndef RTA_SEQUENTIAL_H_INCLUDED
#define RTA_SEQUENTIAL_H_INCLUDED

#include "interval.h"

#define RTA_SEQUENTIAL_MIN  20      /* customers with the event, by arm */

/* The looks so far.  Ones begin: { .p = 1 }. */
struct rta_sequential {
    double  p;                      /* the least of 1 / Lambda, at most 1 */
    double  p_now;                  /* that of the last look */
    double  low;                    /* the interval of the last look */
    double  high;
};

/*
 * Looks once more.
 *
 * difference, variance   of this look; variance above 0
 * tau                    above 0, in the unit of the difference
 * level                  of the interval, as in rta_wilson
 *
 * The interval is d -+ sqrt(V (V + tau^2) / tau^2
 *                           (log((V + tau^2) / V) - 2 log(1 - level))).
 * Any thread.
 */
void rta_sequential_look(struct rta_sequential *sequential,
    double difference, double variance, double tau, double level);

/* The variance of a difference of shares, x1 of n1 less x0 of n0, each share
   with its own; n above 0.  Any thread. */
double rta_shares_variance(uint64_t x1, uint64_t n1, uint64_t x0,
    uint64_t n0);

#endif /* RTA_SEQUENTIAL_H_INCLUDED */
