/* retentionctl fold: brings the roll-ups up to the log's end. */

#include <inttypes.h>

#include "../output/table.h"
#include "commands.h"
#include "rtn_fold.h"

#define FOLD_BUDGET_MS  200     /* between two looks at the bar and signals */


static int
fold_print(struct cmd_context *ctx, const struct rtn_fold_progress *sum)
{
    int                rc;
    struct rto_table  *table;
    struct rto_value   values[4];

    static const struct rto_column  columns[] = {
        { "events", RTO_INTEGER, NULL },
        { "coupon_changes", RTO_INTEGER, "coupon changes" },
        { "transactions", RTO_INTEGER, NULL },
        { "longest_lock_us", RTO_INTEGER, "longest lock, us" }
    };

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   columns, 4, &table);

    if (rc == 0) {
        values[0] = rto_integer((int64_t) sum->events);
        values[1] = rto_integer((int64_t) sum->changes);
        values[2] = rto_integer((int64_t) sum->slices);
        values[3] = rto_integer((int64_t) sum->lock_us_max);

        (void) rto_row(table, values);
        rc = rto_end(table);
    }

    return rc == 0 ? CMD_OK : cmd_fail_store(ctx, rc, "cannot print the sum");
}


static int
fold_all(struct cmd_context *ctx, struct rtn_fold *fold,
    struct rtn_fold_progress *sum)
{
    int                       rc;
    struct cmd_progress       progress;
    struct rtn_fold_progress  done;

    cmd_progress_begin(&progress, ctx, "folding", 0);

    do {
        rc = rtn_fold_run(fold, ctx->now_ms, FOLD_BUDGET_MS, &done);

        sum->events += done.events;
        sum->changes += done.changes;
        sum->slices += done.slices;

        if (done.lock_us_max > sum->lock_us_max) {
            sum->lock_us_max = done.lock_us_max;
        }

        cmd_progress_at(&progress, sum->events + sum->changes);
    } while (rc == 0 && !done.is_done && !cmd_interrupted());

    cmd_progress_end(&progress);
    sum->is_done = rc == 0 && done.is_done;

    return rc;
}


static int
fold_run(struct cmd_context *ctx)
{
    int                       rc;
    struct rtn_fold          *fold;
    struct rtn_fold_progress  sum = { 0 };

    rc = rtn_fold_open(ctx->store, &fold);

    if (rc == 0) {
        rc = fold_all(ctx, fold, &sum);
        rtn_fold_close(fold);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot fold the event log");
    }

    return sum.is_done ? fold_print(ctx, &sum) : cmd_stop(ctx);
}


const struct cmd_command  cmd_fold = {
    .name = "fold",
    .run = fold_run,
    .help = "add up the event log, so that reports are quick",
    .opens = RTN_OPEN_SERVER,
    .flags = CMD_TABLE | CMD_WRITES
};
