/* The exact test of a 2 x 2 table, for counts too small for z. */

#ifndef RTA_EXACT_H_INCLUDED
#define RTA_EXACT_H_INCLUDED

#include "rtn.h"

/*
 * Fisher's exact test (Fisher, Statistical Methods for Research Workers, 5th
 * edition, 1934, section 21.02), two-sided: the probability, with the margins
 * as they are, of all tables that are no likelier than the one seen.  1 where
 * a margin is 0, which leaves one table only.
 *
 * x1 of n1 customers against x0 of n0; x <= n, n up to 2^40.
 *
 * Takes as many steps as there are tables of non-negligible probability: some
 * thousands for the small counts it is for.  Pure; any thread.
 */
double rta_fisher_p(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0);

#endif /* RTA_EXACT_H_INCLUDED */
