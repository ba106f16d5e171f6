#include "exact.h"

#include <assert.h>
#include <math.h>

/* Equal probabilities come out unequal in the last digits; R uses the same. */
#define EXACT_TIE  (1 + 1e-7)

/* The margins of the table; k, its corner, is all that can vary. */
struct exact_table {
    double  drawn;              /* n1 */
    double  hits;               /* x1 + x0 */
    double  total;              /* n1 + n0 */
};


static double exact_weight(const struct exact_table *t, double mode,
    double k);
static double exact_mass(const struct exact_table *t, double mode,
    double weight_max);
static double exact_side(const struct exact_table *t, double mode,
    int direction, double weight_max);
static double exact_ratio(const struct exact_table *t, double k,
    int direction);


/* Weights are relative to the likeliest table's, so none overflows. */

double
rta_fisher_p(uint64_t x1, uint64_t n1, uint64_t x0, uint64_t n0)
{
    double              mode, seen;
    struct exact_table  t;

    assert(x1 <= n1 && x0 <= n0);

    t.drawn = (double) n1;
    t.hits = (double) x1 + (double) x0;
    t.total = (double) n1 + (double) n0;

    /* Rounding of a large product must not lead out of the table. */

    mode = floor((t.drawn + 1) * (t.hits + 1) / (t.total + 2));
    mode = fmin(mode, fmin(t.drawn, t.hits));
    mode = fmax(mode, fmax(t.drawn + t.hits - t.total, 0));

    seen = exact_weight(&t, mode, (double) x1);

    return fmin(exact_mass(&t, mode, seen * EXACT_TIE)
                / exact_mass(&t, mode, INFINITY), 1);
}


static double
exact_weight(const struct exact_table *t, double mode, double k)
{
    int     direction;
    double  at, weight;

    direction = (k > mode) ? 1 : -1;
    weight = 1;

    for (at = mode; at != k && weight > 0; at += direction) {
        weight *= exact_ratio(t, at, direction);
    }

    return weight;
}


/* The sum of all weights that are at most weight_max. */

static double
exact_mass(const struct exact_table *t, double mode, double weight_max)
{
    return ((1 <= weight_max) ? 1 : 0)
           + exact_side(t, mode, 1, weight_max)
           + exact_side(t, mode, -1, weight_max);
}


static double
exact_side(const struct exact_table *t, double mode, int direction,
    double weight_max)
{
    double  k, sum, weight;

    sum = 0;
    weight = 1;

    for (k = mode; weight > 0; k += direction) {
        weight *= exact_ratio(t, k, direction);

        if (weight <= weight_max) {
            sum += weight;
        }
    }

    return sum;
}


/* P(k + direction) / P(k) of the hypergeometric; 0 past the last table. */

static double
exact_ratio(const struct exact_table *t, double k, int direction)
{
    double  rest;

    rest = t->total - t->drawn - t->hits;

    if (direction > 0) {
        return (t->drawn - k) * (t->hits - k) / ((k + 1) * (rest + k + 1));
    }

    return k * (rest + k) / ((t->drawn - k + 1) * (t->hits - k + 1));
}
