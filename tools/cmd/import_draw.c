/* The draw of an imported campaign, from its rows to its recipients. */

#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "cmd.h"
#include "import_draw.h"

#define DRAW_ROWS_FIRST  4096


/* Notes a day on which a batch was sent. */

static int
draw_note(struct import_campaign *campaign, uint32_t batch, rtn_day_t sent)
{
    size_t      i, batches;
    rtn_day_t  *earliest;

    if (batch >= campaign->batches) {
        batches = ((size_t) batch + 1) * 2;
        earliest = realloc(campaign->earliest, batches * sizeof(*earliest));

        if (earliest == NULL) {
            return RTN_ERR_NOMEM;
        }

        for (i = campaign->batches; i < batches; i++) {
            earliest[i] = IMPORT_NOT_SENT;
        }

        campaign->earliest = earliest;
        campaign->batches = batches;
    }

    if (campaign->earliest[batch] == IMPORT_NOT_SENT
        || sent < campaign->earliest[batch])
    {
        campaign->earliest[batch] = sent;
    }

    return 0;
}


/*
 * Goes over the stored recipients.  Starts of the hold-out may have been
 * inferred, so only the treated say when a batch was sent.
 */

static int
draw_scan(struct rtn_store *store, struct import_campaign *campaign,
    bool notes, uint32_t *recipients, uint32_t *batches)
{
    int                         rc;
    struct rtn_recipient        recipient;
    struct rtn_recipient_scan  *scan;

    *recipients = 0;
    *batches = 0;

    rc = rtn_recipient_scan_open(store, campaign->definition.number, &scan);

    if (rc != 0) {
        return rc;
    }

    while ((rc = rtn_recipient_scan_next(scan, &recipient)) == 0
           && recipient.customer < RTN_RECIPIENT_TEST)
    {
        ++*recipients;

        if (recipient.batch >= *batches) {
            *batches = recipient.batch + 1;
        }

        if (notes && recipient.arm != RTN_ARM_HOLDOUT) {
            rc = draw_note(campaign, recipient.batch,
                           rta_zone_day(recipient.t0_ms));

            if (rc != 0) {
                break;
            }
        }
    }

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
import_draw_campaign(struct rtn_store *store, struct import_draw *draw,
    struct rtn_str slug, struct import_campaign **found)
{
    int                      rc;
    size_t                   i;
    uint32_t                 recipients, batches;
    struct import_campaign  *campaigns, *campaign;

    for (i = 0; i < draw->campaign_count; i++) {
        campaign = &draw->campaigns[i];

        if (strlen(campaign->definition.slug) == slug.len
            && memcmp(campaign->definition.slug, slug.data, slug.len) == 0)
        {
            *found = campaign;
            return 0;
        }
    }

    campaigns = realloc(draw->campaigns, (draw->campaign_count + 1)
                                         * sizeof(*campaigns));

    if (campaigns == NULL) {
        return RTN_ERR_NOMEM;
    }

    draw->campaigns = campaigns;
    campaign = &campaigns[draw->campaign_count];
    memset(campaign, 0, sizeof(*campaign));

    rc = rtn_campaign_find(store, slug, &campaign->definition);

    if (rc != 0) {
        return rc;
    }

    draw->campaign_count++;
    *found = campaign;

    return draw_scan(store, campaign, true, &recipients, &batches);
}


/* What a row says, in 64 bits; days begin with 1970. */

static uint64_t
draw_pack(const struct import_drawn *drawn)
{
    uint64_t  sent;

    sent = drawn->sent == IMPORT_NOT_SENT ? 0 : (uint64_t) drawn->sent + 1;

    return (uint64_t) drawn->arm << 56 | (uint64_t) drawn->tier << 48
           | (uint64_t) drawn->batch << 24 | sent;
}


static bool
draw_is_alike(uint64_t before, uint64_t now, enum import_frozen *frozen)
{
    uint64_t  differs = before ^ now;

    if (differs >> 56 != 0) {
        *frozen = IMPORT_FROZEN_ARM;

    } else if (differs >> 48 != 0) {
        *frozen = IMPORT_FROZEN_TIER;

    } else if (differs >> 24 != 0) {
        *frozen = IMPORT_FROZEN_BATCH;

    } else if (differs != 0) {
        *frozen = IMPORT_FROZEN_SENT;
    }

    return differs == 0;
}


/* A stored start need not be a row's own, where the row does not name one. */

static int
draw_check_stored(struct rtn_store *store,
    const struct import_campaign *campaign, const struct import_drawn *drawn,
    enum rtn_put *put, enum import_frozen *frozen)
{
    int                   rc;
    struct import_drawn   before;
    struct rtn_recipient  stored;

    rc = rtn_recipient_get(store, campaign->definition.number,
                           drawn->customer, &stored);

    if (rc == RTN_ERR_NOT_FOUND) {
        *put = RTN_PUT_NEW;
        return 0;
    }

    if (rc != 0) {
        return rc;
    }

    before.arm = stored.arm;
    before.tier = stored.tier;
    before.batch = stored.batch;
    before.sent = drawn->sent == IMPORT_NOT_SENT
                  ? IMPORT_NOT_SENT : rta_zone_day(stored.t0_ms);

    if (!draw_is_alike(draw_pack(&before), draw_pack(drawn), frozen)) {
        return RTN_ERR_EXISTS;
    }

    *put = RTN_PUT_SAME;

    return 0;
}


static int
draw_push(struct import_draw *draw, const struct import_drawn *drawn)
{
    size_t                size;
    struct import_drawn  *rows;

    if (draw->n == draw->size) {
        size = draw->size == 0 ? DRAW_ROWS_FIRST : draw->size * 2;
        rows = realloc(draw->rows, size * sizeof(*rows));

        if (rows == NULL) {
            return RTN_ERR_NOMEM;
        }

        draw->rows = rows;
        draw->size = size;
    }

    draw->rows[draw->n++] = *drawn;

    return 0;
}


int
import_draw_add(struct rtn_store *store, struct import_draw *draw,
    struct import_campaign *campaign, struct rtn_str id,
    struct import_drawn *drawn, enum rtn_put *put,
    enum import_frozen *frozen)
{
    int       rc;
    uint64_t  key, said;

    rc = draw_check_stored(store, campaign, drawn, put, frozen);

    if (rc != 0) {
        return rc;
    }

    drawn->campaign = (size_t) (campaign - draw->campaigns);
    rtn_customer_hash(store, id, drawn->customer_hash);

    /* By the id and not the number, which a dry run gives to many.  The odd
       factor sets campaigns apart. */

    key = import_set_key(store, id)
          ^ campaign->definition.number * UINT64_C(0x9E3779B97F4A7C15);
    said = draw_pack(drawn);

    rc = import_set_put(&draw->seen, key, &said);

    if (rc == RTN_ERR_EXISTS) {
        if (!draw_is_alike(said, draw_pack(drawn), frozen)) {
            return RTN_ERR_EXISTS;
        }

        *put = RTN_PUT_SAME;
        return 0;
    }

    if (rc == 0) {
        rc = draw_push(draw, drawn);
    }

    if (rc == 0 && drawn->sent != IMPORT_NOT_SENT) {
        rc = draw_note(campaign, drawn->batch, drawn->sent);
    }

    return rc;
}


static int
draw_compare(const void *a, const void *b)
{
    const struct import_drawn  *x = a, *y = b;

    if (x->campaign != y->campaign) {
        return x->campaign < y->campaign ? -1 : 1;
    }

    return (x->customer > y->customer) - (x->customer < y->customer);
}


static rtn_day_t
draw_start(const struct import_campaign *campaign,
    const struct import_drawn *drawn)
{
    if (drawn->sent != IMPORT_NOT_SENT) {
        return drawn->sent;
    }

    if (drawn->batch < campaign->batches
        && campaign->earliest[drawn->batch] != IMPORT_NOT_SENT)
    {
        return campaign->earliest[drawn->batch];
    }

    return campaign->definition.starts;
}


/* A stored recipient may have a coupon by now, and keeps it. */

static int
draw_recipient(struct rtn_store *store,
    const struct import_campaign *campaign, const struct import_drawn *drawn,
    struct rtn_recipient *recipient, uint64_t *moved)
{
    int        rc;
    int64_t    t0_ms;
    rtn_day_t  first = draw_start(campaign, drawn), last;

    last = first + campaign->definition.window_days;
    t0_ms = rta_zone_day_start(first);

    rc = rtn_recipient_get(store, campaign->definition.number,
                           drawn->customer, recipient);

    if (rc == RTN_ERR_NOT_FOUND) {
        memset(recipient, 0, sizeof(*recipient));

    } else if (rc != 0) {
        return rc;

    } else if (recipient->t0_ms != t0_ms) {
        ++*moved;
    }

    recipient->customer = drawn->customer;
    recipient->arm = drawn->arm;
    recipient->tier = drawn->tier;
    recipient->batch = drawn->batch;
    recipient->t0_ms = t0_ms;
    recipient->until_ms = rta_zone_day_start(last);
    memcpy(recipient->customer_hash, drawn->customer_hash, RTN_HASH_LEN);

    return 0;
}


/* Stores as many rows of one campaign as make a slice. */

static int
draw_store_slice(struct rtn_store *store, struct import_draw *draw,
    size_t from, struct rtn_recipient *slice, size_t *n, uint64_t *moved)
{
    int                            rc = 0;
    const struct import_drawn     *rows = draw->rows + from;
    const struct import_campaign  *campaign;

    campaign = &draw->campaigns[rows[0].campaign];

    for (*n = 0;
         rc == 0 && *n < RTN_SLICE_ROWS && from + *n < draw->n
         && rows[*n].campaign == rows[0].campaign;
         ++*n)
    {
        rc = draw_recipient(store, campaign, &rows[*n], &slice[*n], moved);
    }

    if (rc != 0) {
        return rc;
    }

    return rtn_recipients_put(store, campaign->definition.number, slice, *n);
}


static int
draw_count(struct rtn_store *store, struct import_campaign *campaign)
{
    int       rc;
    uint32_t  recipients, batches;

    rc = draw_scan(store, campaign, false, &recipients, &batches);

    if (rc != 0) {
        return rc;
    }

    campaign->definition.recipients = recipients;
    campaign->definition.batches = batches;

    rc = rtn_campaign_update(store, &campaign->definition);
    campaign->is_stored = rc == 0;

    return rc;
}


int
import_draw_store(struct rtn_store *store, struct import_draw *draw,
    uint64_t *moved, bool *is_stopped)
{
    int                    rc = 0;
    size_t                 i, n;
    struct rtn_recipient  *slice;

    slice = malloc(RTN_SLICE_ROWS * sizeof(*slice));

    if (slice == NULL) {
        return RTN_ERR_NOMEM;
    }

    if (draw->n > 0) {
        qsort(draw->rows, draw->n, sizeof(*draw->rows), draw_compare);
    }

    for (i = 0; rc == 0 && i < draw->n && !*is_stopped; i += n) {
        rc = draw_store_slice(store, draw, i, slice, &n, moved);
        *is_stopped = cmd_interrupted();
    }

    for (i = 0; rc == 0 && i < draw->campaign_count && !*is_stopped; i++) {
        rc = draw_count(store, &draw->campaigns[i]);
    }

    free(slice);

    return rc;
}


void
import_draw_release(struct import_draw *draw)
{
    size_t  i;

    for (i = 0; i < draw->campaign_count; i++) {
        rtn_campaign_release(&draw->campaigns[i].definition);
        free(draw->campaigns[i].earliest);
    }

    free(draw->campaigns);
    free(draw->rows);
    import_set_release(&draw->seen);
}
