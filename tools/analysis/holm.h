/*
 * p-values of a family of tests, so adjusted that all of them may be looked
 * at: Holm, "A simple sequentially rejective multiple test procedure",
 * Scandinavian Journal of Statistics 6:65, 1979.
 */

#ifndef RTA_HOLM_H_INCLUDED
#define RTA_HOLM_H_INCLUDED

#include "rtn.h"

/*
 * Adjusts in place: with p sorted, the k-th of n from 0 becomes the greatest
 * so far of min(1, (n - k) p).  Whoever rejects below 5 % is wrong about one
 * or more of the family in at most 5 % of families, however they depend.
 *
 * p   n numbers, 0 to 1
 *
 * RTN_ERR_NOMEM.  Any thread.
 */
int rta_holm(double *p, size_t n);

#endif /* RTA_HOLM_H_INCLUDED */
