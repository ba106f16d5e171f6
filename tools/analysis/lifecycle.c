#include "lifecycle.h"

#include <stdlib.h>
#include <string.h>

#define LIFECYCLE_INSERT  32        /* gaps, that are sorted by insertion */

static int lifecycle_reserve(struct rta_rhythm *rhythm, size_t n);
static size_t lifecycle_gaps(struct rta_rhythm *rhythm,
    const struct rta_purchase *purchases, size_t n);
static void lifecycle_limit(const struct rta_stage_limits *limits,
    struct rta_rhythm *rhythm, size_t gaps, struct rta_standing *standing);
static bool lifecycle_has_returned(const struct rta_stage_limits *limits,
    struct rta_rhythm *rhythm, size_t gaps, int64_t silent_days);
static uint32_t lifecycle_bounded(uint64_t days, uint32_t low, uint32_t high);
static void lifecycle_sort(int32_t *days, size_t n);
static int lifecycle_compare(const void *a, const void *b);

const char *const  rta_stage_names[RTA_STAGES + 1] = {
    [RTA_STAGE_VISITOR]  = "visitor",
    [RTA_STAGE_NEW]      = "new",
    [RTA_STAGE_ACTIVE]   = "active",
    [RTA_STAGE_RETURNED] = "returned",
    [RTA_STAGE_AT_RISK]  = "at-risk",
    [RTA_STAGE_LAPSED]   = "lapsed"
};


int
rta_lifecycle_judge(const struct rta_stage_limits *limits,
    struct rta_rhythm *rhythm, const struct rta_purchase *purchases, size_t n,
    rtn_day_t as_of, struct rta_standing *standing)
{
    int                  rc;
    size_t               gaps;
    struct rta_standing  found = { 0 };

    if (n == 0) {
        found.stage = RTA_STAGE_VISITOR;
        found.silent_days = -1;
        found.risk_days = limits->first;
        found.lapse_days = limits->second;
        *standing = found;
        return RTN_OK;
    }

    rc = lifecycle_reserve(rhythm, n);

    if (rc != RTN_OK) {
        return rc;
    }

    gaps = lifecycle_gaps(rhythm, purchases, n);
    lifecycle_limit(limits, rhythm, gaps, &found);

    found.purchase_days = gaps + 1;
    found.silent_days = (int64_t) as_of - purchases[n - 1].day;

    if (gaps == 0 && found.silent_days <= RTA_LIFECYCLE_NEW_DAYS) {
        found.stage = RTA_STAGE_NEW;

    } else if (lifecycle_has_returned(limits, rhythm, gaps,
                                      found.silent_days))
    {
        found.stage = RTA_STAGE_RETURNED;

    } else if (found.silent_days > found.lapse_days) {
        found.stage = RTA_STAGE_LAPSED;

    } else if (found.silent_days > found.risk_days) {
        found.stage = RTA_STAGE_AT_RISK;

    } else {
        found.stage = RTA_STAGE_ACTIVE;
    }

    *standing = found;

    return RTN_OK;
}


void
rta_rhythm_release(struct rta_rhythm *rhythm)
{
    free(rhythm->gaps);
    free(rhythm->sorted);
    memset(rhythm, 0, sizeof(*rhythm));
}


static int
lifecycle_reserve(struct rta_rhythm *rhythm, size_t n)
{
    size_t    size = rhythm->size == 0 ? 64 : rhythm->size;
    int32_t  *gaps, *sorted;

    if (n <= rhythm->size) {
        return RTN_OK;
    }

    while (size < n) {
        size *= 2;
    }

    gaps = malloc(size * sizeof(*gaps));
    sorted = malloc(size * sizeof(*sorted));

    if (gaps == NULL || sorted == NULL) {
        free(gaps);
        free(sorted);
        return RTN_ERR_NOMEM;
    }

    rta_rhythm_release(rhythm);

    rhythm->gaps = gaps;
    rhythm->sorted = sorted;
    rhythm->size = size;

    return RTN_OK;
}


static size_t
lifecycle_gaps(struct rta_rhythm *rhythm, const struct rta_purchase *purchases,
    size_t n)
{
    size_t  i, gaps = 0;

    for (i = 1; i < n; i++) {
        if (purchases[i].day != purchases[i - 1].day) {
            rhythm->gaps[gaps++] = purchases[i].day - purchases[i - 1].day;
        }
    }

    return gaps;
}


/* The limits of who had the first gaps behind him. */

static void
lifecycle_limit(const struct rta_stage_limits *limits,
    struct rta_rhythm *rhythm, size_t gaps, struct rta_standing *standing)
{
    uint64_t  twice;

    standing->gap_halves = 0;
    standing->risk_days = limits->first;
    standing->lapse_days = limits->second;

    if (gaps + 1 < RTA_LIFECYCLE_RHYTHM_DAYS) {
        return;
    }

    memcpy(rhythm->sorted, rhythm->gaps, gaps * sizeof(*rhythm->gaps));
    lifecycle_sort(rhythm->sorted, gaps);

    twice = (uint64_t) rhythm->sorted[(gaps - 1) / 2]
            + (uint64_t) rhythm->sorted[gaps / 2];

    standing->gap_halves = twice;
    standing->risk_days = lifecycle_bounded(twice, RTA_LIFECYCLE_NEW_DAYS,
                                            limits->second);
    standing->lapse_days = lifecycle_bounded(twice * 3 / 2, limits->first,
                                             limits->third);
}


/* No lapse limit is below the first, so few gaps come into question. */

static bool
lifecycle_has_returned(const struct rta_stage_limits *limits,
    struct rta_rhythm *rhythm, size_t gaps, int64_t silent_days)
{
    int64_t              ago = silent_days;
    struct rta_standing  before;

    while (gaps > 0 && ago <= limits->first) {
        gaps--;

        if (rhythm->gaps[gaps] > (int64_t) limits->first) {
            lifecycle_limit(limits, rhythm, gaps, &before);

            if (rhythm->gaps[gaps] > (int64_t) before.lapse_days) {
                return true;
            }
        }

        ago += rhythm->gaps[gaps];
    }

    return false;
}


static uint32_t
lifecycle_bounded(uint64_t days, uint32_t low, uint32_t high)
{
    if (days >= high) {
        return high;
    }

    return days < low ? low : (uint32_t) days;
}


/* Most have few; qsort() of ten took a tenth of a report. */

static void
lifecycle_sort(int32_t *days, size_t n)
{
    size_t   i, j;
    int32_t  day;

    if (n > LIFECYCLE_INSERT) {
        qsort(days, n, sizeof(*days), lifecycle_compare);
        return;
    }

    for (i = 1; i < n; i++) {
        day = days[i];

        for (j = i; j > 0 && days[j - 1] > day; j--) {
            days[j] = days[j - 1];
        }

        days[j] = day;
    }
}


static int
lifecycle_compare(const void *a, const void *b)
{
    int32_t  x = *(const int32_t *) a, y = *(const int32_t *) b;

    return (x > y) - (x < y);
}
