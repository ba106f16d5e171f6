/* compress: makes the closed files of the event log smaller. */

#include <inttypes.h>
#include <stdlib.h>

#include "../analysis/zone.h"
#include "../output/table.h"
#include "commands.h"
#include "rtn_log.h"

struct compress_options {
    struct cmd_day  before;
    bool            is_dry;
};

struct compress_run {
    struct cmd_context   *ctx;
    struct rto_table     *table;
    struct cmd_progress   bar;
    uint64_t              done;         /* rows of the files before */
    uint64_t              total;        /* of all, read twice */
};

static const struct cmd_option  compress_rows[] = {
    CMD_DAY("before", 0, struct compress_options, before, "DAY",
        "only files whose last event is of an earlier day; default: all"),
    CMD_FLAG("dry-run", 'n', struct compress_options, is_dry,
        "only say what would be compressed"),
    CMD_END
};

static const struct rto_column  compress_columns[] = {
    { "file", RTO_TEXT, NULL },
    { "from", RTO_TEXT, NULL },
    { "to", RTO_TEXT, NULL },
    { "events", RTO_INTEGER, NULL },
    { "bytes", RTO_INTEGER, NULL },
    { "compressed_bytes", RTO_INTEGER, "compressed" }
};


static bool
compress_progress(void *data, uint64_t done, uint64_t total)
{
    struct compress_run  *run = data;

    (void) total;
    cmd_progress_at(&run->bar, run->done + done);

    return !cmd_interrupted();
}


/* What it will be is not known before it is done. */

static int
compress_print(struct compress_run *run,
    const struct rtn_log_segment *segment, const uint64_t *bytes)
{
    char              file[32], from[RTN_TIME_TEXT_MAX];
    char              to[RTN_TIME_TEXT_MAX];
    struct rto_value  values[6];

    snprintf(file, sizeof(file), "events/%06" PRIu32 ".mdb", segment->number);
    rtn_time_format(segment->first_ms, from);
    rtn_time_format(segment->last_ms, to);

    values[0] = rto_string(file);
    values[1] = rto_string(from);
    values[2] = rto_string(to);
    values[3] = rto_integer((int64_t) segment->rows);
    values[4] = rto_integer((int64_t) segment->bytes);
    values[5] = bytes != NULL ? rto_integer((int64_t) *bytes)
                              : rto_absent();

    return rto_row(run->table, values) == 0 ? CMD_OK : CMD_DATA;
}


static int
compress_one(struct compress_run *run, const struct rtn_log_segment *segment)
{
    int                  rc;
    uint64_t             bytes;
    struct cmd_context  *ctx = run->ctx;

    /* the new file is the store owner's */
    rc = cmd_owner_enter(ctx);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_log_compress(ctx->store, segment->number, compress_progress, run,
                          &bytes);
    cmd_owner_leave();

    run->done += 2 * segment->rows;

    if (rc != 0 && cmd_interrupted()) {
        return cmd_stop(ctx);
    }

    /* dropped meanwhile, or compressed by another */
    if (rc == RTN_ERR_NOT_FOUND) {
        return CMD_OK;
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot compress events/%06" PRIu32
                              ".mdb, which is left as it is",
                              segment->number);
    }

    return compress_print(run, segment, &bytes);
}


static bool
compress_takes(const struct rtn_log_segment *segment,
    const struct compress_options *options)
{
    if (segment->is_open || segment->is_compressed) {
        return false;
    }

    return !options->before.is_given
           || segment->last_ms < rta_zone_day_start(options->before.day);
}


static int
compress_all(struct compress_run *run, const struct rtn_log_segment *segments,
    size_t n)
{
    int                             rc;
    size_t                          i;
    const struct compress_options  *options = run->ctx->options;

    rc = CMD_OK;

    for (i = 0; i < n; i++) {
        run->total += compress_takes(&segments[i], options)
                      ? 2 * segments[i].rows : 0;
    }

    cmd_progress_begin(&run->bar, run->ctx, "compressing", run->total);

    for (i = 0; rc == CMD_OK && i < n; i++) {
        if (!compress_takes(&segments[i], options)) {
            continue;
        }

        if (cmd_interrupted()) {
            rc = cmd_stop(run->ctx);

        } else if (options->is_dry) {
            rc = compress_print(run, &segments[i], NULL);

        } else {
            rc = compress_one(run, &segments[i]);
        }
    }

    cmd_progress_end(&run->bar);

    return rc;
}


static int
compress_run(struct cmd_context *ctx)
{
    int                      rc;
    size_t                   n;
    struct compress_run      run = { .ctx = ctx };
    struct rtn_log_segment  *segments;

    rc = rtn_log_segments(ctx->store, &segments, &n);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the event log");
    }

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   compress_columns, 6, &run.table);

    if (rc != 0) {
        free(segments);
        return cmd_fail_store(ctx, rc, "cannot print the files");
    }

    rc = compress_all(&run, segments, n);
    free(segments);

    if (rto_end(run.table) != 0 && rc == CMD_OK) {
        rc = CMD_DATA;
    }

    return rc;
}


const struct cmd_command  cmd_compress = {
    .name = "compress",
    .run = compress_run,
    .help = "make old files of the event log smaller",
    .details = "Compresses whole files of the event log, never the one that "
               "is written.  Every\ncommand reads them as before.  Each new "
               "file is compared before the old one goes,\nso it can be "
               "stopped and repeated at any time.",
    .example = "--before 2026-11-01",
    .options = compress_rows,
    .options_size = sizeof(struct compress_options),
    .opens = RTN_OPEN_EVENTS,
    .flags = CMD_WRITES | CMD_TABLE
};
