#include "power.h"

#include <math.h>

#include "special.h"

/* Halvings of the bracket: its width is then below 1e-15. */
#define POWER_STEPS  60


/* The right side of the equation in power.h. */

static double
power_shown(double base, double difference, double n1, double n0)
{
    double  p1 = base + difference, pooled, z_a, z_b;

    pooled = (n1 * p1 + n0 * base) / (n1 + n0);
    z_a = rta_normal_z(1 - RTA_POWER_ALPHA);
    z_b = rta_normal_z(2 * RTA_POWER_WANTED - 1);

    return z_a * sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
           + z_b * sqrt(p1 * (1 - p1) / n1 + base * (1 - base) / n0);
}


bool
rta_power_difference(double base, double n1, double n0, double *difference)
{
    int     i;
    double  low = 0, high = 1 - base, middle;

    if (n1 < 1 || n0 < 1 || high <= 0
        || power_shown(base, high, n1, n0) > high)
    {
        return false;
    }

    for (i = 0; i < POWER_STEPS; i++) {
        middle = (low + high) / 2;

        if (power_shown(base, middle, n1, n0) > middle) {
            low = middle;

        } else {
            high = middle;
        }
    }

    *difference = high;

    return true;
}


/* The right side falls with the root of the customers. */

bool
rta_power_customers(double base, double difference, double holdout,
    uint64_t *customers)
{
    double  root, needed;

    root = power_shown(base, difference, 1 - holdout, holdout) / difference;
    needed = ceil(root * root);

    if (!(needed <= RTA_POWER_CUSTOMERS_MAX)) {
        return false;
    }

    *customers = (uint64_t) needed;

    return true;
}
