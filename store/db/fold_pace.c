/* How large a slice of a fold is, so that its lock is short. */

#include <time.h>

#include "fold.h"

#define PACE_SLICE_MIN    32            /* events, or changes of coupons */
#define PACE_SLICE_FIRST  128
#define PACE_SLICE_MAX    2048

/* what a slice aims at: the next one may be dearer than the last */
#define PACE_TARGET_US    (RTN_FOLD_LOCK_US * 4 / 10)


uint64_t
fold_now_us(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}


void
fold_pace_init(struct fold_pace *pace)
{
    *pace = (struct fold_pace) {
        .slice = PACE_SLICE_FIRST, .flush_us = PACE_TARGET_US
    };
}


void
fold_pace_took(struct fold_pace *pace, uint64_t lock_us, uint64_t commit_us,
    struct rtn_fold_progress *progress)
{
    size_t    next;
    uint64_t  own_us, target_us;

    pace->flush_us += pace->flush_us / 16 + 1;

    if (commit_us < pace->flush_us) {
        pace->flush_us = commit_us;
    }

    own_us = lock_us - pace->flush_us + 1;
    target_us = PACE_TARGET_US / 2;

    if (pace->flush_us < target_us) {
        target_us = PACE_TARGET_US - pace->flush_us;
    }

    next = pace->slice * 2;

    if (own_us * 2 > target_us) {
        next = pace->slice * target_us / own_us;
        next = next > pace->slice / 2 ? next : pace->slice / 2;
    }

    next = next < PACE_SLICE_MIN ? PACE_SLICE_MIN : next;
    pace->slice = next > PACE_SLICE_MAX ? PACE_SLICE_MAX : next;

    progress->slices++;
    progress->lock_us_max = lock_us > progress->lock_us_max
                            ? lock_us : progress->lock_us_max;
}
