#include "cohorts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int32_t cohorts_month(rtn_day_t day);
static int cohorts_reserve(struct rta_cohorts *cohorts, uint32_t n);
static size_t cohorts_cell(uint32_t age, uint32_t month);


void
rta_cohorts_init(struct rta_cohorts *cohorts, rtn_day_t as_of)
{
    memset(cohorts, 0, sizeof(*cohorts));

    cohorts->as_of = as_of;
    cohorts->month = cohorts_month(as_of);
}


int
rta_cohorts_add(struct rta_cohorts *cohorts,
    const struct rta_purchase *purchases, size_t n)
{
    int        rc;
    size_t     i;
    int32_t    first, month, last = -1;
    uint32_t   age;
    uint64_t  *cells;

    if (n == 0) {
        return RTN_OK;
    }

    first = cohorts_month(purchases[0].day);

    if (cohorts->month - first >= RTA_COHORT_MONTHS_MAX) {
        return RTN_ERR_LIMIT;
    }

    age = (uint32_t) (cohorts->month - first);
    rc = cohorts_reserve(cohorts, age + 1);

    if (rc != RTN_OK) {
        return rc;
    }

    cells = cohorts->cells + cohorts_cell(age, 0);

    for (i = 0; i < n; i++) {
        if (i > 0 && purchases[i].day == purchases[i - 1].day) {
            continue;
        }

        month = cohorts_month(purchases[i].day) - first;

        if (month != last) {
            cells[month]++;
            last = month;
        }
    }

    return RTN_OK;
}


uint64_t
rta_cohorts_active(const struct rta_cohorts *cohorts, uint32_t age,
    uint32_t month)
{
    assert(age < cohorts->n && month <= age);

    return cohorts->cells[cohorts_cell(age, month)];
}


rtn_day_t
rta_cohorts_first_day(const struct rta_cohorts *cohorts, uint32_t age)
{
    int32_t  month = cohorts->month - (int32_t) age;

    return rtn_day_from_civil(month / 12, month % 12 + 1, 1);
}


bool
rta_cohorts_is_complete(const struct rta_cohorts *cohorts, uint32_t age,
    uint32_t month)
{
    return month < age
           || cohorts_month(cohorts->as_of + 1) > cohorts->month;
}


void
rta_cohorts_release(struct rta_cohorts *cohorts)
{
    free(cohorts->cells);

    cohorts->cells = NULL;
    cohorts->n = 0;
    cohorts->size = 0;
}


int
rta_repeats_init(struct rta_repeats *repeats, size_t n)
{
    assert(n >= 1 && n <= RTA_REPEAT_NUMBERS_MAX);

    repeats->numbers = calloc(n, sizeof(*repeats->numbers));
    repeats->n = n;

    return repeats->numbers == NULL ? RTN_ERR_NOMEM : RTN_OK;
}


int
rta_repeats_add(struct rta_repeats *repeats,
    const struct rta_purchase *purchases, size_t n)
{
    int        rc;
    size_t     i, number = 0;
    rtn_day_t  last = 0;

    for (i = 0; i < n; i++) {
        if (i > 0 && purchases[i].day == last) {
            continue;
        }

        if (number > 0) {
            rc = rta_days_add(&repeats->numbers[number - 1].days,
                              (int64_t) purchases[i].day - last);

            if (rc != RTN_OK) {
                return rc;
            }
        }

        if (number == repeats->n) {
            break;
        }

        last = purchases[i].day;
        repeats->numbers[number++].customers++;
    }

    return RTN_OK;
}


void
rta_repeats_release(struct rta_repeats *repeats)
{
    size_t  i;

    for (i = 0; repeats->numbers != NULL && i < repeats->n; i++) {
        rta_days_release(&repeats->numbers[i].days);
    }

    free(repeats->numbers);

    repeats->numbers = NULL;
    repeats->n = 0;
}


static int32_t
cohorts_month(rtn_day_t day)
{
    int  year, month, mday;

    rtn_day_civil(day, &year, &month, &mday);

    return year * 12 + month - 1;
}


static int
cohorts_reserve(struct rta_cohorts *cohorts, uint32_t n)
{
    size_t     size;
    uint64_t  *cells;

    if (n <= cohorts->n) {
        return RTN_OK;
    }

    size = cohorts_cell(n, 0);
    cells = realloc(cohorts->cells, size * sizeof(*cells));

    if (cells == NULL) {
        return RTN_ERR_NOMEM;
    }

    memset(cells + cohorts->size, 0,
           (size - cohorts->size) * sizeof(*cells));

    cohorts->cells = cells;
    cohorts->size = size;
    cohorts->n = n;

    return RTN_OK;
}


/* A cohort of age a has the months 0 to a. */

static size_t
cohorts_cell(uint32_t age, uint32_t month)
{
    return (size_t) age * (age + 1) / 2 + month;
}
