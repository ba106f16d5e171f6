/* A draw as 'campaign create' and 'campaign preview' show it. */

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "../analysis/zone.h"
#include "../output/table.h"
#include "campaign.h"


/* Of those within the limit, the treated: the hold-out costs nothing. */

static void
draw_print_limit(struct cmd_context *ctx, const struct campaign_draw *draw)
{
    char         stake[RTN_MONEY_TEXT_MAX], cost[RTN_MONEY_TEXT_MAX];
    const char  *currency = ctx->settings->currency;

    if (draw->priorities == NULL) {
        return;
    }

    if (draw->unknown > 0) {
        fprintf(ctx->out, "left out: %" PRIu64 " of whom no value can be "
                "expected\n", draw->unknown);
    }

    fprintf(ctx->out, "left out: %" PRIu64 " beyond the limit, by priority\n",
            draw->beyond);

    if (draw->stake_minor > (double) RTN_MONEY_MAX
        || draw->cost_minor > (double) RTN_MONEY_MAX)
    {
        return;
    }

    rtn_money_format(llround(draw->stake_minor), currency, stake);
    rtn_money_format(llround(draw->cost_minor), currency, cost);
    fprintf(ctx->out, "at stake with the treated: %s %s, to mail them: %s "
            "%s\n", stake, currency, cost, currency);
}


static void
draw_print_audience(struct cmd_context *ctx, const struct campaign_draw *draw)
{
    char    day[11];
    size_t  i;

    rtn_day_format(draw->as_of, day);
    fprintf(ctx->out, "audience as of %s: %" PRIu64 " customers\n", day,
            draw->audience);

    for (i = 0; i < CAMPAIGN_LEFT_COUNT; i++) {
        if (draw->left[i] > 0) {
            fprintf(ctx->out, "left out: %" PRIu64 " %s\n", draw->left[i],
                    campaign_left_names[i]);
        }
    }

    draw_print_limit(ctx, draw);
    fprintf(ctx->out, "recipients: %zu\n\n", draw->n);
}


static int
draw_print_batches(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw)
{
    int                rc;
    size_t             left = draw->n, n;
    uint32_t           batch;
    rtn_day_t          first;
    struct rto_value   values[4];
    struct rto_table  *table;

    static const struct rto_column  columns[] = {
        { "batch", RTO_INTEGER, NULL },
        { "starts", RTO_DAY, NULL },
        { "last_day", RTO_DAY, "last day" },
        { "recipients", RTO_INTEGER, NULL }
    };

    rc = rto_begin(ctx->out, RTO_FORMAT_TEXT, columns, 4, &table);

    if (rc != 0) {
        return rc;
    }

    for (batch = 0; batch < draw->batches; batch++) {
        n = campaign->batch_size == 0 || left < campaign->batch_size
            ? left : campaign->batch_size;
        left -= n;
        first = campaign->starts + (rtn_day_t) batch;

        values[0] = rto_integer(batch);
        values[1] = rto_day(first);
        values[2] = rto_day(first + campaign->window_days - 1);
        values[3] = rto_integer((int64_t) n);

        (void) rto_row(table, values);
    }

    return rto_end(table);
}


/* A mistyped year is cheaper to find here than after the mails are sent. */

static void
draw_print_warning(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw)
{
    char       day[11];
    rtn_day_t  last;

    last = campaign->starts + (rtn_day_t) draw->batches - 1
           + campaign->window_days - 1;

    if (last < rta_zone_day(ctx->now_ms)) {
        rtn_day_format(last, day);
        cmd_warn(ctx, "the window of campaign '%s' ended on %s: responses to "
                 "mails sent now are not counted", campaign->slug, day);
    }
}


int
campaign_draw_print(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, const struct campaign_draw *draw)
{
    int  rc;

    draw_print_warning(ctx, campaign, draw);
    rc = campaign_overlap_warn(ctx, campaign, draw);

    if (rc != CMD_OK) {
        return rc;
    }

    draw_print_audience(ctx, draw);

    rc = campaign_counts_print(ctx, campaign, &draw->counts);

    if (rc != CMD_OK) {
        return rc;
    }

    fputc('\n', ctx->out);
    rc = draw_print_batches(ctx, campaign, draw);

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot print the batches");
}
