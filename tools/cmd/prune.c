/* prune: drops what is old of the event log, a whole file at a time. */

#include <inttypes.h>
#include <stdlib.h>

#include "../analysis/zone.h"
#include "../output/table.h"
#include "commands.h"
#include "rtn_fold.h"
#include "rtn_id.h"
#include "rtn_log.h"

struct prune_options {
    struct cmd_day  before;
    bool            is_dry;
};

static const struct cmd_option  prune_rows[] = {
    CMD_DAY("before", 0, struct prune_options, before, "DAY",
        "drop files whose last event is of an earlier day (needed)"),
    CMD_FLAG("dry-run", 'n', struct prune_options, is_dry,
        "only say what would be dropped"),
    CMD_END
};

static const struct rto_column  prune_columns[] = {
    { "file", RTO_TEXT, NULL },
    { "from", RTO_TEXT, NULL },
    { "to", RTO_TEXT, NULL },
    { "events", RTO_INTEGER, NULL },
    { "bytes", RTO_INTEGER, NULL }
};


static int
prune_print(struct rto_table *table, const struct rtn_log_segment *segment)
{
    char              file[32], from[RTN_TIME_TEXT_MAX];
    char              to[RTN_TIME_TEXT_MAX];
    struct rto_value  values[5];

    snprintf(file, sizeof(file), "events/%06" PRIu32 "%s", segment->number,
             segment->is_compressed ? ".z" : ".mdb");
    rtn_time_format(segment->first_ms, from);
    rtn_time_format(segment->last_ms, to);

    values[0] = rto_string(file);
    values[1] = rto_string(from);
    values[2] = rto_string(to);
    values[3] = rto_integer((int64_t) segment->rows);
    values[4] = rto_integer((int64_t) segment->bytes);

    return rto_row(table, values);
}


/* What was not added up yet would be missing from the reports. */

static int
prune_check_fold(struct cmd_context *ctx,
    const struct rtn_log_segment *segment)
{
    int                    rc;
    struct rtn_fold_state  state;

    rc = rtn_fold_state(ctx->store, &state);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the roll-ups");
    }

    if (segment->rows > 0 && rtn_id_ms(state.cursor) < segment->last_ms) {
        return cmd_fail(ctx, CMD_DATA, "events/%06" PRIu32 " is not added "
                        "up yet; run 'retentionctl fold'", segment->number);
    }

    return CMD_OK;
}


static int
prune_one(struct cmd_context *ctx, struct rto_table *table,
    const struct rtn_log_segment *segment)
{
    int                          rc;
    const struct prune_options  *options = ctx->options;

    rc = prune_check_fold(ctx, segment);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = options->is_dry ? 0 : rtn_log_drop(ctx->store, segment->number);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot drop events/%06" PRIu32,
                              segment->number);
    }

    return prune_print(table, segment) == 0 ? CMD_OK : CMD_DATA;
}


static int
prune_all(struct cmd_context *ctx, const struct rtn_log_segment *segments,
    size_t n, int64_t before_ms)
{
    int                rc;
    size_t             i;
    struct rto_table  *table;

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   prune_columns, 5, &table);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot print the files");
    }

    for (i = 0; rc == CMD_OK && i < n && !segments[i].is_open
                && segments[i].last_ms < before_ms; i++)
    {
        rc = cmd_interrupted() ? cmd_stop(ctx)
                               : prune_one(ctx, table, &segments[i]);
    }

    if (rto_end(table) != 0 && rc == CMD_OK) {
        rc = CMD_DATA;
    }

    return rc;
}


static int
prune_run(struct cmd_context *ctx)
{
    int                          rc;
    size_t                       n;
    struct rtn_log_segment      *segments;
    const struct prune_options  *options = ctx->options;

    if (!options->before.is_given) {
        return cmd_fail(ctx, CMD_USAGE, "'prune' needs --before; see "
                        "'retentionctl help prune'");
    }

    rc = rtn_log_segments(ctx->store, &segments, &n);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the event log");
    }

    rc = prune_all(ctx, segments, n, rta_zone_day_start(options->before.day));
    free(segments);

    return rc;
}


const struct cmd_command  cmd_prune = {
    .name = "prune",
    .run = prune_run,
    .help = "drop old events for good",
    .details = "The event log is kept in files of 'segment-mib'; whole ones "
               "are dropped, never\nthe one that is written.  Reports keep "
               "what was added up.  Links and coupons of\nold mails go on "
               "working.",
    .example = "--before 2025-01-01",
    .options = prune_rows,
    .options_size = sizeof(struct prune_options),
    .opens = RTN_OPEN_EVENTS,
    .flags = CMD_WRITES | CMD_TABLE
};
