#include "report_gather.h"

#include <stdlib.h>
#include <string.h>

#define GATHER_MAX        (1u << 22)    /* counts; 100 megabytes, twice 12
                                           bytes each */
#define GATHER_PART_BITS  12            /* customers of a part, as bits */
#define GATHER_PARTS      (1u << (32 - GATHER_PART_BITS))

struct gather_count {
    uint32_t  customer;
    uint32_t  n;
    uint8_t   message;
    uint8_t   kind;
    uint8_t   class;
    bool      has_named_visit;
};

struct report_gather {
    struct rta_response  *response;
    size_t                n;
    uint32_t              last;         /* the highest part */
    struct gather_count  *counts;
    struct gather_count  *parted;
    uint32_t             *ends;         /* of each part */
};


int
report_gather_open(struct rta_response *response,
    struct report_gather **gather)
{
    struct report_gather  *opened;

    opened = calloc(1, sizeof(*opened));

    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->response = response;
    opened->counts = reallocarray(NULL, GATHER_MAX, sizeof(*opened->counts));
    opened->parted = reallocarray(NULL, GATHER_MAX, sizeof(*opened->parted));
    opened->ends = reallocarray(NULL, GATHER_PARTS, sizeof(*opened->ends));

    if (opened->counts == NULL || opened->parted == NULL
        || opened->ends == NULL)
    {
        report_gather_close(opened);
        return RTN_ERR_NOMEM;
    }

    *gather = opened;

    return 0;
}


void
report_gather_close(struct report_gather *gather)
{
    if (gather != NULL) {
        free(gather->counts);
        free(gather->parted);
        free(gather->ends);
        free(gather);
    }
}


/* What came first stays first within a part. */

static void
gather_part(struct report_gather *gather)
{
    size_t     i;
    uint32_t  *ends = gather->ends, sum = 0, part, many;

    memset(ends, 0, (gather->last + 1) * sizeof(*ends));

    for (i = 0; i < gather->n; i++) {
        ends[gather->counts[i].customer >> GATHER_PART_BITS]++;
    }

    for (part = 0; part <= gather->last; part++) {
        many = ends[part];
        ends[part] = sum;
        sum += many;
    }

    for (i = 0; i < gather->n; i++) {
        part = gather->counts[i].customer >> GATHER_PART_BITS;
        gather->parted[ends[part]++] = gather->counts[i];
    }
}


int
report_gather_end(struct report_gather *gather)
{
    int                         rc;
    size_t                      i;
    struct rta_rollup_count     count;
    const struct gather_count  *from;

    gather_part(gather);

    for (i = 0, rc = 0; rc == 0 && i < gather->n; i++) {
        from = &gather->parted[i];

        count.message = from->message;
        count.kind = from->kind;
        count.class = from->class;
        count.n = from->n;

        rc = rta_response_rollup(gather->response, from->customer,
                                 from->has_named_visit, &count, 1);
    }

    gather->n = 0;
    gather->last = 0;

    return rc;
}


int
report_gather_add(struct report_gather *gather,
    const struct rtn_fold_recipient *recipient)
{
    int       rc;
    size_t    i;
    uint32_t  part = recipient->customer >> GATHER_PART_BITS;

    if (GATHER_MAX - gather->n < recipient->count) {
        rc = report_gather_end(gather);

        if (rc != 0) {
            return rc;
        }
    }

    for (i = 0; i < recipient->count; i++) {
        gather->counts[gather->n++] = (struct gather_count) {
            .customer = recipient->customer,
            .n = recipient->counts[i].n,
            .message = recipient->counts[i].message,
            .kind = (uint8_t) recipient->counts[i].kind,
            .class = (uint8_t) recipient->counts[i].class,
            .has_named_visit = recipient->has_named_visit
        };
    }

    gather->last = part > gather->last ? part : gather->last;

    return 0;
}
