/* campaign list: all campaigns, one a line. */

#include "../output/table.h"
#include "campaign_show.h"

const char *const  campaign_status_names[] = {
    [RTN_CAMPAIGN_DRAFT]  = "draft",
    [RTN_CAMPAIGN_OPEN]   = "open",
    [RTN_CAMPAIGN_CLOSED] = "closed"
};

static const struct rto_column  list_columns[] = {
    { "id", RTO_TEXT, NULL },
    { "number", RTO_INTEGER, NULL },
    { "status", RTO_TEXT, NULL },
    { "title", RTO_TEXT, NULL },
    { "starts", RTO_DAY, NULL },
    { "window_days", RTO_INTEGER, "window" },
    { "batches", RTO_INTEGER, NULL },
    { "recipients", RTO_INTEGER, NULL },
    { "created_at", RTO_TIME, "created" }
};

#define LIST_COLUMNS  (sizeof(list_columns) / sizeof(list_columns[0]))


static void
list_row(struct rto_table *table, const struct rtn_campaign *campaign)
{
    struct rto_value  values[LIST_COLUMNS];

    values[0] = rto_string(campaign->slug);
    values[1] = rto_integer(campaign->number);
    values[2] = rto_string(campaign_status_names[campaign->status]);
    values[3] = rto_string(campaign->title);
    values[4] = rto_day(campaign->starts);
    values[5] = rto_integer(campaign->window_days);
    values[6] = rto_integer(campaign->batches);
    values[7] = rto_integer(campaign->recipients);
    values[8] = rto_time(campaign->created_ms);

    (void) rto_row(table, values);
}


static int
list_run(struct cmd_context *ctx)
{
    int                  rc, err;
    uint32_t             number = 0;
    struct rto_table    *table;
    struct rtn_campaign  campaign;

    err = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON
                                           : RTO_FORMAT_TEXT,
                    list_columns, LIST_COLUMNS, &table);

    if (err != 0) {
        return cmd_fail_store(ctx, err, "cannot print the campaigns");
    }

    while ((rc = rtn_campaign_next(ctx->store, number, &campaign)) == 0) {
        number = campaign.number;
        list_row(table, &campaign);
        rtn_campaign_release(&campaign);
    }

    err = rto_end(table);

    if (rc != RTN_ERR_NOT_FOUND) {
        return cmd_fail_store(ctx, rc, "cannot read the campaigns");
    }

    return err == 0 ? CMD_OK
                    : cmd_fail_store(ctx, err, "cannot print the campaigns");
}


const struct cmd_command  cmd_campaign_list = {
    .name = "campaign list",
    .run = list_run,
    .help = "list the campaigns",
    .flags = CMD_TABLE
};
