/* Counting what recipients did: who is in another campaign as well. */

#include <stdio.h>

#include "response_state.h"


static int64_t
overlap_later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}


bool
rta_response_is_shared(struct rta_response *response, uint32_t customer,
    int64_t t0_ms, int64_t until_ms)
{
    size_t                       at = response_find(response, customer);
    int64_t                      first;
    const struct rta_recipient  *recipient;

    if (at == RESPONSE_NOBODY) {
        return false;
    }

    recipient = &response->recipients[at];
    first = overlap_later(t0_ms, recipient->t0_ms);

    return first < until_ms && first < recipient->until_ms
           && first < response->plan.cutoff_ms;
}


void
rta_response_overlap(struct rta_response *response, const char *campaign,
    uint64_t recipients)
{
    struct rta_report   *report = &response->report;
    struct rta_overlap  *overlap;

    if (report->overlap_count < RTA_OVERLAPS_MAX) {
        overlap = &report->overlaps[report->overlap_count];
        snprintf(overlap->campaign, sizeof(overlap->campaign), "%s",
                 campaign);
        overlap->recipients = recipients;
    }

    report->overlap_count++;
}
