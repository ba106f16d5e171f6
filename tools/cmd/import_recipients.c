/*
 * import recipients: a draw that was made elsewhere.  A row's start may
 * depend on later rows, so all are read before the first is stored.
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "import.h"
#include "import_draw.h"

enum recipients_column {
    RECIPIENTS_CAMPAIGN,
    RECIPIENTS_CUSTOMER,
    RECIPIENTS_ARM,
    RECIPIENTS_TIER,
    RECIPIENTS_BATCH,
    RECIPIENTS_SENT,
    RECIPIENTS_COLUMNS
};

static const struct rti_column  recipients_columns[RECIPIENTS_COLUMNS] = {
    [RECIPIENTS_CAMPAIGN] = { "campaign", true },
    [RECIPIENTS_CUSTOMER] = { "customer_id", true },
    [RECIPIENTS_ARM]      = { "arm", true },
    [RECIPIENTS_TIER]     = { "tier", false },
    [RECIPIENTS_BATCH]    = { "batch", false },
    [RECIPIENTS_SENT]     = { "sent_at", false }
};

/* Which column a frozen fact is in. */
static const enum recipients_column  recipients_frozen[] = {
    [IMPORT_FROZEN_ARM]   = RECIPIENTS_ARM,
    [IMPORT_FROZEN_TIER]  = RECIPIENTS_TIER,
    [IMPORT_FROZEN_BATCH] = RECIPIENTS_BATCH,
    [IMPORT_FROZEN_SENT]  = RECIPIENTS_SENT
};


static int
recipients_campaign(struct import *import, struct rtn_str slug,
    struct import_campaign **campaign)
{
    int  rc;

    if (slug.data == NULL) {
        return import_reject(import, RECIPIENTS_CAMPAIGN, "empty");
    }

    rc = import_draw_campaign(import->ctx->store, import->data, slug,
                              campaign);

    if (rc == RTN_ERR_NOT_FOUND) {
        return import_reject(import, RECIPIENTS_CAMPAIGN,
                             "no such campaign");
    }

    if (rc != 0) {
        return rc;
    }

    if (!(*campaign)->definition.is_imported) {
        return import_reject(import, RECIPIENTS_CAMPAIGN, "its recipients "
                             "are drawn; its file does not say 'recipients: "
                             "imported'");
    }

    if ((*campaign)->definition.status == RTN_CAMPAIGN_CLOSED) {
        return import_reject(import, RECIPIENTS_CAMPAIGN, "closed");
    }

    return 0;
}


static bool
recipients_is(struct rtn_str cell, const char *name)
{
    return cell.len == strlen(name) && memcmp(cell.data, name, cell.len) == 0;
}


static int
recipients_arm(struct import *import, const struct rtn_campaign *definition,
    struct rtn_str cell, uint8_t *arm)
{
    size_t  i;

    if (cell.data == NULL) {
        return import_reject(import, RECIPIENTS_ARM, "empty");
    }

    if (recipients_is(cell, "holdout")) {
        *arm = RTN_ARM_HOLDOUT;
        return 0;
    }

    for (i = 0; i < definition->arm_count; i++) {
        if (recipients_is(cell, definition->arms[i].name)) {
            *arm = (uint8_t) (i + 1);
            return 0;
        }
    }

    return import_reject(import, RECIPIENTS_ARM, "neither 'holdout' nor an "
                         "arm of the campaign");
}


static int
recipients_tier(struct import *import, const struct rtn_campaign *definition,
    struct rtn_str cell, uint8_t *tier)
{
    size_t  i;

    if (cell.data == NULL) {
        *tier = 0;
        return 0;
    }

    for (i = 0; i < definition->tier_count; i++) {
        if (recipients_is(cell, definition->tiers[i].name)) {
            *tier = (uint8_t) (i + 1);
            return 0;
        }
    }

    return import_reject(import, RECIPIENTS_TIER,
                         "not a tier of the campaign");
}


static int
recipients_batch(struct import *import, struct rtn_str cell, uint32_t *batch)
{
    int64_t      number = 0;
    const char  *reason;

    if (cell.data != NULL
        && rti_integer(cell, 0, IMPORT_BATCHES_MAX - 1, &number, &reason) != 0)
    {
        return import_reject(import, RECIPIENTS_BATCH, reason);
    }

    *batch = (uint32_t) number;

    return 0;
}


static int
recipients_read(struct import *import, const struct rti_row *row,
    struct import_campaign **campaign, struct import_drawn *drawn)
{
    int      rc;
    int64_t  sent_ms = 0;

    rc = recipients_campaign(import, row->cells[RECIPIENTS_CAMPAIGN],
                             campaign);

    if (rc == 0) {
        rc = import_customer_check(import, row, RECIPIENTS_CUSTOMER,
                                   IMPORT_NO_COLUMN);
    }

    if (rc == 0) {
        rc = recipients_arm(import, &(*campaign)->definition,
                            row->cells[RECIPIENTS_ARM], &drawn->arm);
    }

    if (rc == 0) {
        rc = recipients_tier(import, &(*campaign)->definition,
                             row->cells[RECIPIENTS_TIER], &drawn->tier);
    }

    if (rc == 0) {
        rc = recipients_batch(import, row->cells[RECIPIENTS_BATCH],
                              &drawn->batch);
    }

    if (rc == 0) {
        rc = import_time(import, row, RECIPIENTS_SENT, &sent_ms);
    }

    if (rc == 0 && sent_ms != 0) {
        drawn->sent = rta_zone_day(sent_ms);
    }

    return rc;
}


static int
recipients_row(struct import *import, const struct rti_row *row,
    enum rtn_put *put)
{
    int                      rc;
    enum import_frozen       frozen;
    struct import_drawn      drawn = { .sent = IMPORT_NOT_SENT };
    struct import_campaign  *campaign;

    rc = recipients_read(import, row, &campaign, &drawn);

    if (rc == 0) {
        rc = import_customer_ensure(import, row, RECIPIENTS_CUSTOMER,
                                    IMPORT_NO_COLUMN, &drawn.customer);
    }

    if (rc == 0) {
        rc = import_draw_add(import->ctx->store, import->data, campaign,
                             row->cells[RECIPIENTS_CUSTOMER], &drawn, put,
                             &frozen);
    }

    if (rc == RTN_ERR_EXISTS) {
        return import_reject(import, recipients_frozen[frozen], "the draw is "
                             "frozen, and said otherwise before");
    }

    if (rc == 0 && drawn.arm == RTN_ARM_HOLDOUT
        && drawn.sent != IMPORT_NOT_SENT)
    {
        ((struct import_draw *) import->data)->holdout_sent++;
    }

    return rc;
}


static int
recipients_finish(struct import *import)
{
    int       rc;
    uint64_t  moved = 0;

    rc = import_draw_store(import->ctx->store, import->data, &moved,
                           &import->is_stopped);

    import->puts[RTN_PUT_SAME] -= moved;
    import->puts[RTN_PUT_CHANGED] += moved;

    return rc;
}


/* How many recipients the file's campaigns have now. */

static void
recipients_summary(struct import *import)
{
    size_t                         i;
    uint64_t                       n = 0;
    struct import_draw            *draw = import->data;
    const struct import_campaign  *campaign;

    for (i = 0; i < draw->campaign_count; i++) {
        campaign = &draw->campaigns[i];
        n += campaign->is_stored ? campaign->definition.recipients : 0;
    }

    if (n > 0) {
        import_say_count(import, "campaigns", "campaigns",
                         draw->campaign_count);
        import_say_count(import, "recipients", "their recipients", n);
    }

    if (draw->holdout_sent > 0) {
        import_say_count(import, "holdout_sent", "held out, but sent",
                         draw->holdout_sent);
        cmd_warn(import->ctx, "%" PRIu64 " of the hold-out have a sent_at: "
                 "who was mailed by accident stays in the hold-out, and draws "
                 "the difference towards zero", draw->holdout_sent);
    }
}


static void
recipients_release(struct import *import)
{
    import_draw_release(import->data);
}


static const struct import_kind  recipients_kind = {
    .name = "recipients",
    .columns = recipients_columns,
    .n = RECIPIENTS_COLUMNS,
    .data_size = sizeof(struct import_draw),
    .row = recipients_row,
    .finish = recipients_finish,
    .summary = recipients_summary,
    .release = recipients_release
};


static int
recipients_run(struct cmd_context *ctx)
{
    return import_run(ctx, &recipients_kind);
}


static const struct cmd_option  recipients_options[] = {
    IMPORT_OPTIONS,
    CMD_END
};

const struct cmd_command  cmd_import_recipients = {
    .name = "import recipients",
    .run = recipients_run,
    .help = "take in who was in which arm of a campaign that ran elsewhere",
    .example = "recipients.csv",
    .options = recipients_options,
    .options_size = sizeof(struct import_options),
    .arguments = "FILE",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_CRM,
    .flags = CMD_WRITES | CMD_TABLE
};
