/* Counting what recipients did: how buyers became more from day to day. */

#include <stdlib.h>

#include "response_state.h"
#include "zone.h"

#define DAILY_MAX  65534            /* days that first_days can tell apart */


int
response_first_day(struct rta_response *response, size_t at, int64_t at_ms)
{
    int64_t    day;
    uint16_t  *first;

    if (response->first_days == NULL) {
        response->first_days = calloc(response->n,
                                      sizeof(*response->first_days));

        if (response->first_days == NULL) {
            return RTN_ERR_NOMEM;
        }
    }

    first = &response->first_days[at];
    day = rta_zone_day(at_ms) - rta_zone_day(response->first_t0_ms);
    day = day > DAILY_MAX ? DAILY_MAX : day;

    if (*first == 0 || day + 1 < *first) {
        *first = (uint16_t) (day + 1);
    }

    return 0;
}


/* What is new on each day, arm by arm. */

static void
daily_count(const struct rta_response *response, rtn_day_t first,
    struct rta_day_arm *cells, size_t n)
{
    size_t  at, arm, begun, bought, arms = response->plan.arm_count + 1;

    for (at = 0; at < response->n; at++) {
        arm = response->recipients[at].arm;
        begun = (size_t) (rta_zone_day(response->recipients[at].t0_ms)
                          - first);
        bought = response->first_days == NULL ? 0 : response->first_days[at];

        if (begun < n) {
            cells[begun * arms + arm].recipients++;
        }

        if (bought > 0) {
            cells[(bought < n ? bought - 1 : n - 1) * arms + arm].buyers++;
        }
    }
}


/* Adds the day before to each arm of a day, and up its arms. */

static void
daily_add(struct rta_day_row *row, struct rta_day_arm *cells, size_t arms,
    bool is_first)
{
    size_t  arm;

    for (arm = 0; arm < arms; arm++) {
        if (!is_first) {
            cells[arm].recipients += (cells - arms)[arm].recipients;
            cells[arm].buyers += (cells - arms)[arm].buyers;
        }

        if (arm != RTA_ARM_HOLDOUT) {
            row->treated += cells[arm].recipients;
            row->treated_buyers += cells[arm].buyers;
        }
    }

    row->heldout = cells[RTA_ARM_HOLDOUT].recipients;
    row->heldout_buyers = cells[RTA_ARM_HOLDOUT].buyers;
    row->arms = cells;
}


/* From the first t0 to now, or to the end of the last window. */

static size_t
daily_length(const struct rta_response *response, rtn_day_t *first)
{
    int64_t    until_ms = response->report.last_until_ms;
    rtn_day_t  last;

    if (response->plan.cutoff_ms < until_ms) {
        until_ms = response->plan.cutoff_ms;
    }

    if (response->n == 0 || until_ms <= response->first_t0_ms) {
        return 0;
    }

    *first = rta_zone_day(response->first_t0_ms);
    last = rta_zone_day(until_ms - 1);

    return last - *first > DAILY_MAX ? DAILY_MAX + 1
                                     : (size_t) (last - *first) + 1;
}


int
response_days(struct rta_response *response)
{
    size_t               i, n, arms = response->plan.arm_count + 1;
    rtn_day_t            first = 0;
    struct rta_day_arm  *cells;
    struct rta_day_row  *days;
    struct rta_report   *report = &response->report;

    n = daily_length(response, &first);

    if (n == 0) {
        return 0;
    }

    days = calloc(n, sizeof(*days));
    cells = calloc(n * arms, sizeof(*cells));

    report->days = days;
    response->day_arms = cells;

    if (days == NULL || cells == NULL) {
        return RTN_ERR_NOMEM;
    }

    daily_count(response, first, cells, n);

    for (i = 0; i < n; i++) {
        days[i].day = first + (rtn_day_t) i;
        daily_add(&days[i], cells + i * arms, arms, i == 0);
    }

    report->day_count = n;

    return 0;
}
