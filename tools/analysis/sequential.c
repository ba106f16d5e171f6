#include "sequential.h"

#include <assert.h>
#include <math.h>


void
rta_sequential_look(struct rta_sequential *sequential, double difference,
    double variance, double tau, double level)
{
    double  half, log_ratio, sum;

    assert(variance > 0 && tau > 0);

    sum = variance + tau * tau;
    log_ratio = (log(variance / sum)
                 + tau * tau * difference * difference / (variance * sum)) / 2;

    sequential->p_now = fmin(1, exp(-log_ratio));
    sequential->p = fmin(sequential->p, sequential->p_now);

    half = sqrt(variance * sum / (tau * tau)
                * (log(sum / variance) - 2 * log1p(-level)));
    sequential->low = difference - half;
    sequential->high = difference + half;
}


double
rta_shares_variance(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0)
{
    double  p1 = (double) x1 / (double) n1, p0 = (double) x0 / (double) n0;

    return p1 * (1 - p1) / (double) n1 + p0 * (1 - p0) / (double) n0;
}
