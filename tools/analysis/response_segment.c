/* Counting what recipients did: comparisons within tiers and stages. */

#include <stdlib.h>

#include "response_compare.h"

/* A way to divide the recipients; value is below the count. */
struct segment_division {
    const char   *by;
    size_t      (*count)(const struct rta_response *response);
    size_t      (*value)(const struct rta_response *response, size_t at);
    const char *(*name)(const struct rta_response *response, size_t value);
};

/* Treated and held-out of one segment. */
struct segment_pair {
    struct compare_group  treated;
    struct compare_group  heldout;
};


static size_t
segment_tiers(const struct rta_response *response)
{
    return response->plan.tier_count + 1;
}


/* Those without a tier, which is number 0, come last. */

static size_t
segment_tier(const struct rta_response *response, size_t at)
{
    size_t  tiers = response->plan.tier_count + 1;

    return (response->recipients[at].tier + tiers - 1) % tiers;
}


static const char *
segment_tier_name(const struct rta_response *response, size_t value)
{
    return value == response->plan.tier_count ? ""
                                              : response->plan.tiers[value];
}


static size_t
segment_stages(const struct rta_response *response)
{
    (void) response;

    return RTA_STAGES;
}


static size_t
segment_stage(const struct rta_response *response, size_t at)
{
    return response_stage(response, at);
}


static const char *
segment_stage_name(const struct rta_response *response, size_t value)
{
    (void) response;

    return rta_stage_names[value];
}


static const struct segment_division  segment_divisions[] = {
    { "tier", segment_tiers, segment_tier, segment_tier_name },
    { "stage", segment_stages, segment_stage, segment_stage_name }
};

#define SEGMENT_DIVISIONS \
    (sizeof(segment_divisions) / sizeof(segment_divisions[0]))


static struct compare_group *
segment_group(const struct rta_response *response,
    const struct segment_division *division, struct segment_pair *pairs,
    size_t at)
{
    struct segment_pair  *pair = &pairs[division->value(response, at)];

    return response->recipients[at].arm == RTA_ARM_HOLDOUT ? &pair->heldout
                                                           : &pair->treated;
}


static int
segment_moments(const struct rta_response *response,
    const struct segment_division *division,
    const struct compare_measure *measure, struct segment_pair *pairs)
{
    int                    rc = 0;
    size_t                 i, at;
    struct compare_group  *group;

    for (i = 0; i < division->count(response); i++) {
        rta_moments_init(&pairs[i].treated.moments);
        rta_moments_init(&pairs[i].heldout.moments);
    }

    for (at = 0; at < response->n && rc == 0; at++) {
        group = segment_group(response, division, pairs, at);
        rc = rta_moments_add(&group->moments,
                             compare_value(response, measure, at));
    }

    return rc;
}


static void
segment_row(struct rta_response *response,
    const struct segment_division *division, size_t value,
    const struct compare_measure *measure, const struct segment_pair *pair)
{
    struct rta_report          *report = &response->report;
    struct rta_comparison_row  *row;

    row = &report->segments[report->segment_count++];
    row->arm = report->arm_count == 2 ? report->arms[1].name : "treated";
    row->against = report->arms[RTA_ARM_HOLDOUT].name;
    row->by = division->by;
    row->segment = division->name(response, value);

    compare_fill(response, measure, &pair->treated, &pair->heldout, row);
}


/* Buyers and money; orders and visits would only make the family larger. */

static int
segment_measure(struct rta_response *response,
    const struct segment_division *division,
    const struct compare_measure *measure, struct segment_pair *pairs)
{
    int     rc = 0;
    size_t  i;

    if (measure->metric == RTA_METRIC_VISITED
        || measure->metric == RTA_METRIC_ORDERS)
    {
        return 0;
    }

    if (compare_is_mean(measure)) {
        rc = segment_moments(response, division, measure, pairs);
    }

    for (i = 0; i < division->count(response) && rc == 0; i++) {
        if (pairs[i].treated.recipients + pairs[i].heldout.recipients > 0) {
            segment_row(response, division, i, measure, &pairs[i]);
        }
    }

    return rc;
}


/* One segment that has everybody is the whole campaign again. */

static bool
segment_divides(const struct segment_pair *pairs, size_t n)
{
    size_t  i, found = 0;

    for (i = 0; i < n; i++) {
        found += pairs[i].treated.recipients + pairs[i].heldout.recipients
                 > 0;
    }

    return found > 1;
}


static int
segment_division(struct rta_response *response,
    const struct segment_division *division,
    const struct compare_measure *measures, size_t n)
{
    int                   rc = 0;
    size_t                i, at, count = division->count(response);
    struct segment_pair  *pairs;

    pairs = calloc(count, sizeof(*pairs));

    if (pairs == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (at = 0; at < response->n; at++) {
        compare_count(segment_group(response, division, pairs, at),
                      response->bits[at]);
    }

    for (i = 0; i < n && rc == 0 && segment_divides(pairs, count); i++) {
        rc = segment_measure(response, division, &measures[i], pairs);
    }

    free(pairs);

    return rc;
}


static bool
segment_is_any(const struct rta_comparison_row *row)
{
    (void) row;

    return true;
}


int
response_segments(struct rta_response *response)
{
    int                     rc = 0;
    size_t                  i, n, rows = 0;
    struct rta_report      *report = &response->report;
    struct compare_measure  measures[COMPARE_MEASURES_MAX];

    if (!report->has_holdout || response->plan.arm_count == 0) {
        return 0;
    }

    n = compare_measures(response, measures);

    for (i = 0; i < SEGMENT_DIVISIONS; i++) {
        rows += n * segment_divisions[i].count(response);
    }

    report->segments = calloc(rows, sizeof(*report->segments));

    if (report->segments == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < SEGMENT_DIVISIONS && rc == 0; i++) {
        rc = segment_division(response, &segment_divisions[i], measures, n);
    }

    return rc != 0 ? rc : compare_holm(report->segments,
                                       report->segment_count,
                                       segment_is_any);
}
