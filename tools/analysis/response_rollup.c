/* Counting what recipients did: events that were added up before. */

#include "response_state.h"


int
rta_response_rollup(struct rta_response *response, uint32_t customer,
    bool has_named_visit, const struct rta_rollup_count *counts, size_t n)
{
    int                    rc = 0;
    size_t                 i, at = response_find(response, customer);
    struct response_sight  sight = { .has_message = true };

    if (at == RESPONSE_NOBODY) {
        return RTN_ERR_CORRUPT;
    }

    for (i = 0; rc == 0 && i < n; i++) {
        sight.kind = response_kind(counts[i].kind);
        sight.class = counts[i].class;
        sight.n = counts[i].n;
        sight.message = counts[i].message;
        sight.is_named = has_named_visit;

        if (counts[i].kind == RTN_KIND_UNSUBSCRIBE) {
            response_unsubscribed(response, at);

        } else if (sight.kind >= 0) {
            rc = response_seen(response, at, &sight);
        }
    }

    return rc;
}


void
rta_response_elsewhere(struct rta_response *response, uint64_t strays,
    uint64_t outside)
{
    response->report.strays += strays;
    response->report.outside += outside;
}
