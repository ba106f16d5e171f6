#include "bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "random.h"

/* An arm with what each resample needs. */
struct bootstrap_arm {
    const struct rta_bootstrap_arm  *arm;
    double                           mean;
    double                           error;     /* of the mean */
    double                           log_miss;  /* log(1 - count / n) */
};


static struct bootstrap_arm
bootstrap_arm(const struct rta_bootstrap_arm *arm)
{
    double                n = (double) arm->n, sum = 0, squares = 0;
    size_t                i;
    struct bootstrap_arm  made = { .arm = arm };

    for (i = 0; i < arm->count; i++) {
        sum += (double) arm->values[i];
        squares += (double) arm->values[i] * (double) arm->values[i];
    }

    made.mean = sum / n;
    made.error = sqrt(fmax(0, squares / n - made.mean * made.mean) / n);
    made.log_miss = log1p(-(double) arm->count / n);

    return made;
}


/* How many of n customers drawn have spent: a binomial number, by the lengths
   of the runs of those who have not. */

static uint64_t
bootstrap_count(struct rta_random *random, const struct bootstrap_arm *made)
{
    double    left = (double) made->arm->n;
    uint64_t  count = 0;

    if (made->arm->count == made->arm->n) {
        return made->arm->n;
    }

    for ( ;; ) {
        left -= floor(log(rta_random_unit(random)) / made->log_miss) + 1;

        if (left < 0) {
            return count;
        }

        count++;
    }
}


static double
bootstrap_mean(struct rta_random *random, const struct bootstrap_arm *made)
{
    double    sum = 0;
    uint64_t  i, n;

    if (made->arm->count == 0) {
        return 0;
    }

    if (made->arm->count > RTA_BOOTSTRAP_BUYERS_MAX) {
        return made->mean + made->error * rta_random_normal(random);
    }

    n = bootstrap_count(random, made);

    for (i = 0; i < n; i++) {
        sum += (double) made->arm->values[rta_random_below(random,
                                                           made->arm->count)];
    }

    return sum / (double) made->arm->n;
}


static int
bootstrap_compare(const void *a, const void *b)
{
    const double  *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}


int
rta_bootstrap(const struct rta_bootstrap_arm *treated,
    const struct rta_bootstrap_arm *heldout, uint64_t seed, double level,
    struct rta_interval *interval)
{
    double                tail, *found;
    size_t                i, n = RTA_BOOTSTRAP_RESAMPLES;
    struct rta_random     random = { seed };
    struct bootstrap_arm  one = bootstrap_arm(treated);
    struct bootstrap_arm  other = bootstrap_arm(heldout);

    found = calloc(n, sizeof(*found));

    if (found == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < n; i++) {
        found[i] = bootstrap_mean(&random, &one);
        found[i] -= bootstrap_mean(&random, &other);
    }

    qsort(found, n, sizeof(*found), bootstrap_compare);

    tail = (1 - level) / 2;
    interval->low = found[(size_t) (tail * (double) n)];
    interval->high = found[n - 1 - (size_t) (tail * (double) n)];
    free(found);

    return 0;
}
