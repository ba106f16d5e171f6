/*
 * How large a difference of shares a test can be expected to show, and how
 * many customers that takes: the normal approximation of the pooled z test
 * (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd
 * edition, 2003, section 4.4).  With p1 = p0 + d and the pooled share
 * p = (n1 p1 + n0 p0) / (n1 + n0), the difference d is found that solves
 *
 *     d = z_a sqrt(p (1 - p) (1/n1 + 1/n0))
 *         + z_b sqrt(p1 (1 - p1) / n1 + p0 (1 - p0) / n0)
 */

#ifndef RTA_POWER_H_INCLUDED
#define RTA_POWER_H_INCLUDED

#include "rtn.h"

#define RTA_POWER_ALPHA     0.05        /* two-sided */
#define RTA_POWER_WANTED    0.8

/* Customers that a calculation asks for at most. */
#define RTA_POWER_CUSTOMERS_MAX  1e12

/*
 * The smallest difference upwards that a test of n1 treated against n0
 * held out shows with RTA_POWER_WANTED.
 *
 * base   the share of the hold-out, 0 to 1
 *
 * False: an arm is empty, or no difference up to 1 - base is shown.
 * Any thread.
 */
bool rta_power_difference(double base, double n1, double n0,
    double *difference);

/*
 * The customers of both arms together that show a difference.
 *
 * base         0 or more, below 1
 * difference   above 0; base + difference is at most 1
 * holdout      the hold-out's share of the customers, above 0, below 1
 *
 * False: more than RTA_POWER_CUSTOMERS_MAX.  Any thread.
 */
bool rta_power_customers(double base, double difference, double holdout,
    uint64_t *customers);

#endif /* RTA_POWER_H_INCLUDED */
