#include "random.h"

#include <math.h>

#define RANDOM_TURN  6.283185307179586


uint64_t
rta_random_next(struct rta_random *random)
{
    uint64_t  z;

    z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);

    return z ^ z >> 31;
}


double
rta_random_unit(struct rta_random *random)
{
    return ((double) (rta_random_next(random) >> 11) + 1) * 0x1p-53;
}


uint64_t
rta_random_below(struct rta_random *random, uint64_t n)
{
    return (uint64_t) (((unsigned __int128) rta_random_next(random) * n)
                       >> 64);
}


double
rta_random_normal(struct rta_random *random)
{
    double  radius = sqrt(-2 * log(rta_random_unit(random)));

    return radius * cos(RANDOM_TURN * rta_random_unit(random));
}
