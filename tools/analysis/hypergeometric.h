/* Gauss's hypergeometric function, as the purchase models need it. */

#ifndef RTA_HYPERGEOMETRIC_H_INCLUDED
#define RTA_HYPERGEOMETRIC_H_INCLUDED

#define RTA_HYPERGEOMETRIC_TERMS_MAX  100000

/*
 * G = (2F1(a, b; c; z) - 1) c / b, which has a value at b = 0 and c = 0 too:
 *
 *     G = sum over k >= 1 of (a)_k (b + 1)_(k-1) z^k / ((c + 1)_(k-1) k!)
 *
 * by the power series (DLMF 15.2.1), each term from the one before, until a
 * term is below 1e-16 of the sum and falling.
 *
 * a, b   any; c above -1
 * z      0 to below 1
 *
 * The caller brings large a and b to small ones by Euler's transformation
 * (DLMF 15.8.1); then some hundred terms do unless z is near 1.
 *
 * NaN: not converged after RTA_HYPERGEOMETRIC_TERMS_MAX terms, or not finite.
 * Any thread.
 */
double rta_hypergeometric_rest(double a, double b, double c, double z);

#endif /* RTA_HYPERGEOMETRIC_H_INCLUDED */
