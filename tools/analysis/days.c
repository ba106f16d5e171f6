#include "days.h"

#include <stdlib.h>
#include <string.h>

static int days_reserve(struct rta_days *days, size_t size);
static size_t days_ranked(const struct rta_days *days, uint64_t rank);


int
rta_days_add(struct rta_days *days, int64_t value)
{
    int  rc;

    if (value < 0 || value > RTA_DAYS_MAX) {
        return RTN_ERR_LIMIT;
    }

    rc = days_reserve(days, (size_t) value + 1);

    if (rc != RTN_OK) {
        return rc;
    }

    days->counts[value]++;
    days->n++;

    return RTN_OK;
}


bool
rta_days_median(const struct rta_days *days, double *median)
{
    size_t  low, high;

    if (days->n == 0) {
        return false;
    }

    low = days_ranked(days, (days->n - 1) / 2);
    high = days_ranked(days, days->n / 2);

    *median = (double) (low + high) / 2;

    return true;
}


void
rta_days_release(struct rta_days *days)
{
    free(days->counts);
    memset(days, 0, sizeof(*days));
}


static int
days_reserve(struct rta_days *days, size_t size)
{
    size_t     larger;
    uint64_t  *counts;

    if (size <= days->size) {
        return RTN_OK;
    }

    larger = days->size == 0 ? 64 : days->size;

    while (larger < size) {
        larger *= 2;
    }

    counts = realloc(days->counts, larger * sizeof(*counts));

    if (counts == NULL) {
        return RTN_ERR_NOMEM;
    }

    memset(counts + days->size, 0, (larger - days->size) * sizeof(*counts));

    days->counts = counts;
    days->size = larger;

    return RTN_OK;
}


/* The value of a rank, from 0, in rising order; rank is below n. */

static size_t
days_ranked(const struct rta_days *days, uint64_t rank)
{
    size_t    value;
    uint64_t  seen = 0;

    for (value = 0; value < days->size; value++) {
        seen += days->counts[value];

        if (seen > rank) {
            break;
        }
    }

    return value;
}
