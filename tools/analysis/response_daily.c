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


/* What is new on each day. */

static void
daily_count(const struct rta_response *response, struct rta_day_row *days,
    size_t n)
{
    size_t               at, begun, bought;
    rtn_day_t            first = days[0].day;
    struct rta_day_row  *row;

    for (at = 0; at < response->n; at++) {
        begun = (size_t) (rta_zone_day(response->recipients[at].t0_ms)
                          - first);
        bought = response->first_days == NULL ? 0 : response->first_days[at];

        if (begun < n) {
            row = &days[begun];

            if (response->recipients[at].arm == RTA_ARM_HOLDOUT) {
                row->heldout++;

            } else {
                row->treated++;
            }
        }

        if (bought > 0) {
            row = &days[bought < n ? bought - 1 : n - 1];

            if (response->recipients[at].arm == RTA_ARM_HOLDOUT) {
                row->heldout_buyers++;

            } else {
                row->treated_buyers++;
            }
        }
    }
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
    size_t               i, n;
    rtn_day_t            first = 0;
    struct rta_day_row  *days;
    struct rta_report   *report = &response->report;

    n = daily_length(response, &first);

    if (n == 0) {
        return 0;
    }

    days = calloc(n, sizeof(*days));

    if (days == NULL) {
        return RTN_ERR_NOMEM;
    }

    days[0].day = first;
    daily_count(response, days, n);

    for (i = 1; i < n; i++) {
        days[i].day = first + (rtn_day_t) i;
        days[i].treated += days[i - 1].treated;
        days[i].heldout += days[i - 1].heldout;
        days[i].treated_buyers += days[i - 1].treated_buyers;
        days[i].heldout_buyers += days[i - 1].heldout_buyers;
    }

    report->days = days;
    report->day_count = n;

    return 0;
}
