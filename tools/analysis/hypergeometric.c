#include <assert.h>
#include <math.h>

#include "hypergeometric.h"

#define HYPERGEOMETRIC_STOP  1e-16


double
rta_hypergeometric_rest(double a, double b, double c, double z)
{
    int     k;
    double  ratio, term, sum;

    assert(c > -1 && z >= 0 && z < 1);

    term = a * z;
    sum = term;

    for (k = 1; k < RTA_HYPERGEOMETRIC_TERMS_MAX; k++) {
        ratio = (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        term *= ratio;
        sum += term;

        /* Once all factors are positive the ratio goes to z without turning,
           so what follows is at most a geometric series. */

        if (term == 0
            || (a + k > 0 && b + k > 0
                && fabs(term) <= HYPERGEOMETRIC_STOP * fabs(sum)
                                 * (1 - fmax(ratio, z))))
        {
            return isfinite(sum) ? sum : NAN;
        }
    }

    return NAN;
}
