#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "digamma.h"

#define DIGAMMA_SERIES_FROM  10     /* the terms below leave 1e-16 there */

/* B(2k) / 2k of the asymptotic series, k from 1. */
static const double  digamma_terms[] = {
    1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760,
    1.0 / 12, -3617.0 / 8160
};

#define DIGAMMA_TERMS  (sizeof(digamma_terms) / sizeof(digamma_terms[0]))


double
rta_digamma(double x)
{
    size_t  k;
    double  square, sum = 0, steps = 0;

    assert(x > 0);

    for ( ; x < DIGAMMA_SERIES_FROM; x++) {
        steps += 1 / x;
    }

    square = 1 / (x * x);

    for (k = DIGAMMA_TERMS; k > 0; k--) {
        sum = (sum + digamma_terms[k - 1]) * square;
    }

    return log(x) - 0.5 / x - sum - steps;
}


double
rta_log_gamma(double x)
{
    int  sign;

    return lgamma_r(x, &sign);
}
