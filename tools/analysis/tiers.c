#include "tiers.h"

#include <assert.h>
#include <string.h>


static const char *tiers_check(const uint32_t *limits, size_t n);
static bool tiers_read_number(struct rtn_str *text, uint32_t *number);


int
rta_tiers_init(struct rta_tiers *tiers, const uint32_t *limits, size_t n,
    const char **reason)
{
    *reason = tiers_check(limits, n);
    if (*reason != NULL) {
        return RTN_ERR_LIMIT;
    }

    memset(tiers, 0, sizeof(*tiers));
    memcpy(tiers->limits, limits, n * sizeof(limits[0]));
    tiers->n = n;

    return RTN_OK;
}


int
rta_tiers_parse(struct rta_tiers *tiers, struct rtn_str text,
    const char **reason)
{
    size_t    n;
    uint32_t  limits[RTA_TIERS_MAX];

    for (n = 0; n < RTA_TIERS_MAX; /* void */ ) {

        if (!tiers_read_number(&text, &limits[n++])) {
            *reason = "tiers are whole days with commas, such as 90,180,360";
            return RTN_ERR_LIMIT;
        }

        if (text.len == 0) {
            return rta_tiers_init(tiers, limits, n, reason);
        }

        if (text.data[0] != ',') {
            *reason = "tiers are whole days with commas, such as 90,180,360";
            return RTN_ERR_LIMIT;
        }

        text.data++;
        text.len--;
    }

    *reason = "there are at most 32 limits";

    return RTN_ERR_LIMIT;
}


size_t
rta_tiers_add(struct rta_tiers *tiers, uint32_t days)
{
    size_t  i;

    for (i = 0; i < tiers->n && days > tiers->limits[i]; i++) {
        /* void */
    }

    tiers->customers[i]++;

    return i;
}


size_t
rta_tiers_count(const struct rta_tiers *tiers)
{
    return tiers->n + 1;
}


struct rta_tier
rta_tiers_row(const struct rta_tiers *tiers, size_t i)
{
    struct rta_tier  tier = { 0 };

    assert(i <= tiers->n);

    tier.from_days = (i == 0) ? 0 : tiers->limits[i - 1] + 1;
    tier.has_to = i < tiers->n;
    tier.to_days = tier.has_to ? tiers->limits[i] : 0;
    tier.customers = tiers->customers[i];

    return tier;
}


static const char *
tiers_check(const uint32_t *limits, size_t n)
{
    size_t  i;

    if (n == 0) {
        return "there is no limit";
    }

    if (n > RTA_TIERS_MAX) {
        return "there are at most 32 limits";
    }

    for (i = 0; i < n; i++) {

        if (limits[i] == 0 || limits[i] > RTA_TIER_DAYS_MAX) {
            return "a limit is 1 to 36500 days";
        }

        if (i > 0 && limits[i] <= limits[i - 1]) {
            return "each limit must be above the one before";
        }
    }

    return NULL;
}


/* Takes digits off the front; a value past the limit stops just past it. */

static bool
tiers_read_number(struct rtn_str *text, uint32_t *number)
{
    uint32_t  n;

    if (text->len == 0 || text->data[0] < '0' || text->data[0] > '9') {
        return false;
    }

    n = 0;

    while (text->len > 0 && text->data[0] >= '0' && text->data[0] <= '9') {
        if (n <= RTA_TIER_DAYS_MAX) {
            n = n * 10 + (uint32_t) (text->data[0] - '0');
        }

        text->data++;
        text->len--;
    }

    *number = n;

    return true;
}
