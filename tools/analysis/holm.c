#include "holm.h"

#include <math.h>
#include <stdlib.h>

struct holm_test {
    double  p;
    size_t  i;
};


static int
holm_compare(const void *a, const void *b)
{
    const struct holm_test  *x = a, *y = b;

    return (x->p > y->p) - (x->p < y->p);
}


int
rta_holm(double *p, size_t n)
{
    size_t             k;
    double             highest = 0;
    struct holm_test  *tests;

    tests = calloc(n + 1, sizeof(*tests));

    if (tests == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (k = 0; k < n; k++) {
        tests[k].p = p[k];
        tests[k].i = k;
    }

    qsort(tests, n, sizeof(*tests), holm_compare);

    for (k = 0; k < n; k++) {
        highest = fmax(highest, fmin(1, (double) (n - k) * tests[k].p));
        p[tests[k].i] = highest;
    }

    free(tests);

    return 0;
}
