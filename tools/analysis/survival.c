#include "survival.h"

#include <math.h>

#include "special.h"

/* The curve while it is walked down. */
struct survival_walk {
    uint64_t  at_risk;
    double    survivors;            /* S */
    double    greenwood;            /* sum of d / (n (n - d)) */
};


static struct survival_walk
survival_begin(const struct rta_survival *survival)
{
    uint32_t              day;
    struct survival_walk  walk = { .survivors = 1 };

    for (day = 0; day <= RTA_SURVIVAL_DAYS_MAX; day++) {
        walk.at_risk += survival->events[day] + survival->censored[day];
    }

    return walk;
}


/* Takes a day's events; those who leave on it leave with the next. */

static void
survival_step(const struct rta_survival *survival, uint32_t day,
    struct survival_walk *walk)
{
    double  n, d;

    if (day > 0) {
        walk->at_risk -= survival->events[day - 1]
                         + survival->censored[day - 1];
    }

    n = (double) walk->at_risk;
    d = (double) survival->events[day];

    if (d > 0) {
        walk->survivors *= 1 - d / n;
        walk->greenwood += n > d ? d / (n * (n - d)) : 0;
    }
}


void
rta_survival_add(struct rta_survival *survival, int64_t days, bool is_event)
{
    if (days > RTA_SURVIVAL_DAYS_MAX) {
        days = RTA_SURVIVAL_DAYS_MAX;
        is_event = false;
    }

    if (is_event) {
        survival->events[days]++;

    } else {
        survival->censored[days]++;
    }
}


void
rta_survival_at(const struct rta_survival *survival, uint32_t day,
    double level, struct rta_survival_point *point)
{
    double                error, log_survivors, z;
    uint32_t              i;
    struct survival_walk  walk = survival_begin(survival);

    for (i = 0; i <= day; i++) {
        survival_step(survival, i, &walk);
    }

    *point = (struct rta_survival_point) { .at_risk = walk.at_risk };

    if (walk.at_risk == 0) {
        return;
    }

    point->has_share = true;
    point->share = 1 - walk.survivors;

    if (walk.survivors <= 0 || walk.survivors >= 1) {
        return;
    }

    z = rta_normal_z(level);
    log_survivors = log(walk.survivors);
    error = sqrt(walk.greenwood) / -log_survivors;

    point->has_interval = true;
    point->interval.low = -expm1(log_survivors * exp(-z * error));
    point->interval.high = -expm1(log_survivors * exp(z * error));
}


bool
rta_survival_median(const struct rta_survival *survival, uint32_t *day)
{
    uint32_t              i;
    struct survival_walk  walk = survival_begin(survival);

    for (i = 0; i <= RTA_SURVIVAL_DAYS_MAX; i++) {
        survival_step(survival, i, &walk);

        if (walk.at_risk > 0 && walk.survivors <= 0.5) {
            *day = i;
            return true;
        }
    }

    return false;
}
