#include "concentration.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CONCENTRATION_FIRST  1024

static void concentration_sort(struct rta_concentration *concentration);
static __int128 concentration_sum(
    const struct rta_concentration *concentration, size_t n);
static int concentration_compare(const void *a, const void *b);


int
rta_concentration_add(struct rta_concentration *concentration,
    int64_t spend_minor)
{
    size_t    size;
    int64_t  *spends;

    if (concentration->n == concentration->size) {
        size = concentration->size == 0 ? CONCENTRATION_FIRST
                                        : concentration->size * 2;
        spends = realloc(concentration->spends, size * sizeof(*spends));

        if (spends == NULL) {
            return RTN_ERR_NOMEM;
        }

        concentration->spends = spends;
        concentration->size = size;
    }

    concentration->spends[concentration->n++] = spend_minor > 0
                                                ? spend_minor : 0;
    concentration->is_sorted = false;

    return RTN_OK;
}


struct rta_top
rta_concentration_top(struct rta_concentration *concentration,
    unsigned percent)
{
    __int128        part, whole;
    struct rta_top  top = { 0 };

    assert(percent <= 100);

    concentration_sort(concentration);

    top.customers = (concentration->n * percent + 99) / 100;

    part = concentration_sum(concentration, (size_t) top.customers);
    whole = concentration_sum(concentration, concentration->n);

    top.spend_minor = part > INT64_MAX ? INT64_MAX : (int64_t) part;
    top.share = whole == 0 ? 0 : (double) part / (double) whole;

    return top;
}


/* The biggest is first here, so its rank in rising order is n. */

bool
rta_concentration_gini(struct rta_concentration *concentration, double *gini)
{
    size_t    i, n = concentration->n;
    double    weighted = 0;
    __int128  sum;

    concentration_sort(concentration);
    sum = concentration_sum(concentration, n);

    if (sum == 0) {
        return false;
    }

    /* 2 i - n - 1 is exact, and so are the sums of shops that exist */

    for (i = 0; i < n; i++) {
        weighted += ((double) n - 2 * (double) i - 1)
                    * (double) concentration->spends[i];
    }

    *gini = weighted / ((double) n * (double) sum);

    return true;
}


void
rta_concentration_release(struct rta_concentration *concentration)
{
    free(concentration->spends);
    memset(concentration, 0, sizeof(*concentration));
}


static void
concentration_sort(struct rta_concentration *concentration)
{
    if (concentration->is_sorted || concentration->n == 0) {
        return;
    }

    qsort(concentration->spends, concentration->n,
          sizeof(*concentration->spends), concentration_compare);
    concentration->is_sorted = true;
}


static __int128
concentration_sum(const struct rta_concentration *concentration, size_t n)
{
    size_t    i;
    __int128  sum = 0;

    for (i = 0; i < n; i++) {
        sum += concentration->spends[i];
    }

    return sum;
}


static int
concentration_compare(const void *a, const void *b)
{
    int64_t  x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x < y) - (x > y);
}
