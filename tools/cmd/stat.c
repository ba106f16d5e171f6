/* stat and check: how full the store is, and whether it is sound. */

#include <inttypes.h>

#include "../output/table.h"
#include "commands.h"
#include "rtn_fold.h"


static int
stat_run(struct cmd_context *ctx)
{
    int                          rc;
    size_t                       i, n;
    struct rto_value             values[5];
    struct rto_table            *table;
    struct rtn_environment_stat  stats[RTN_ENVIRONMENTS];

    static const struct rto_column  columns[] = {
        { "environment", RTO_TEXT, NULL },
        { "bytes_used", RTO_INTEGER, "bytes used" },
        { "bytes_limit", RTO_INTEGER, "limit" },
        { "entries", RTO_INTEGER, NULL },
        { "readers", RTO_INTEGER, NULL }
    };

    rc = rtn_store_stat(ctx->store, stats, &n);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the store");
    }

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   columns, 5, &table);

    for (i = 0; i < n && rc == 0; i++) {
        values[0] = rto_string(stats[i].name);
        values[1] = rto_integer((int64_t) stats[i].bytes_used);
        values[2] = rto_integer((int64_t) stats[i].bytes_limit);
        values[3] = rto_integer((int64_t) stats[i].entries);
        values[4] = rto_integer((int64_t) stats[i].readers);
        (void) rto_row(table, values);
    }

    if (rc == 0) {
        rc = rto_end(table);
    }

    return rc == 0 ? CMD_OK
                   : cmd_fail_store(ctx, rc, "cannot print the table");
}


static void
check_report(void *data, const char *environment, const char *table,
    const char *sentence)
{
    struct cmd_context  *ctx = data;

    fprintf(ctx->out, "%s, %s: %s\n", environment, table, sentence);
}


/* What was added up, against the log and the journal. */

static int
check_fold(struct cmd_context *ctx)
{
    int       rc;
    bool      is_whole;
    uint64_t  rows, differences;

    rc = rtn_fold_check(ctx->store, check_report, ctx, &rows, &differences,
                        &is_whole);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot recount the event log");
    }

    fprintf(ctx->out, "%" PRIu64 " rows added up, %" PRIu64 " differences\n",
            rows, differences);

    if (!is_whole) {
        cmd_warn(ctx, "the log no longer begins where the roll-ups began: "
                 "only coupons were recounted");
    }

    if (differences != 0) {
        return cmd_fail(ctx, CMD_DATA, "the roll-ups of store '%s' are not "
                        "what its log adds up to; restore it from a backup",
                        ctx->store_path);
    }

    return CMD_OK;
}


static int
check_run(struct cmd_context *ctx)
{
    int       rc;
    uint64_t  records, faults;

    rc = rtn_store_check(ctx->store, check_report, ctx, &records, &faults);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read store '%s'",
                              ctx->store_path);
    }

    fprintf(ctx->out, "%" PRIu64 " records, %" PRIu64 " faults\n", records,
            faults);

    if (faults != 0) {
        return cmd_fail(ctx, CMD_DATA, "store '%s' is damaged; restore it "
                        "from a backup", ctx->store_path);
    }

    return check_fold(ctx);
}


const struct cmd_command  cmd_stat = {
    .name = "stat",
    .run = stat_run,
    .help = "show how full the store's environments are",
    .opens = RTN_OPEN_ALL,
    .flags = CMD_TABLE
};

const struct cmd_command  cmd_check = {
    .name = "check",
    .run = check_run,
    .help = "verify every record's checksum, and recount the roll-ups",
    .opens = RTN_OPEN_ALL
};
