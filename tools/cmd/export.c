/* What all exports share: the file, the table, and how they end. */

#include <errno.h>
#include <string.h>

#include "export.h"

const char *const  export_formats[] = { "csv", "jsonl", NULL };

static const enum rto_format  export_writers[] = {
    RTO_FORMAT_CSV, RTO_FORMAT_JSONL
};


int
export_campaign(struct cmd_context *ctx, uint32_t *number)
{
    int                           rc;
    struct rtn_str                slug;
    const struct export_options  *options = ctx->options;

    *number = 0;

    if (options->campaign == NULL) {
        return CMD_OK;
    }

    slug.data = options->campaign;
    slug.len = strlen(options->campaign);
    rc = rtn_campaign_number(ctx->store, slug, number);

    if (rc == RTN_ERR_NOT_FOUND) {
        return cmd_fail(ctx, CMD_DATA, "no campaign '%s'; see 'retentionctl "
                        "campaign list'", options->campaign);
    }

    return rc == 0 ? CMD_OK : cmd_fail_store(ctx, rc, "cannot read the "
                                             "campaign '%s'",
                                             options->campaign);
}


int
export_begin(struct export_output *output, struct cmd_context *ctx,
    const char *path, const struct rto_column *columns, size_t n)
{
    int                           rc;
    unsigned                      flags = RTO_FILE_PRIVATE;
    const struct export_options  *options = ctx->options;
    enum rto_format               format = export_writers[options->format];

    memset(output, 0, sizeof(*output));
    output->ctx = ctx;
    output->path = path != NULL ? path : "-";

    if (ctx->is_excel && format != RTO_FORMAT_CSV) {
        return cmd_fail(ctx, CMD_USAGE, "--excel goes with --format csv");
    }

    if (ctx->is_excel) {
        format = RTO_FORMAT_EXCEL;
    }

    if (options->is_forced) {
        flags |= RTO_FILE_FORCE;
    }

    rc = rto_file_open(output->path, flags, &output->file);

    if (rc == RTN_ERR_EXISTS) {
        return cmd_fail(ctx, CMD_DATA, "'%s' exists; --force replaces it",
                        output->path);
    }

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", output->path,
                        strerror(errno));
    }

    rc = rto_begin(rto_file_stream(output->file), format, columns, n,
                   &output->table);

    if (rc != 0) {
        rto_file_discard(output->file);
        return cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", output->path,
                        rtn_strerror(rc));
    }

    cmd_progress_begin(&output->progress, ctx, "exporting", 0);

    return CMD_OK;
}


int
export_row(struct export_output *output, const struct rto_value *values)
{
    cmd_progress_at(&output->progress, ++output->rows);

    return rto_row(output->table, values);
}


int
export_step(struct export_output *output, int rc)
{
    if (cmd_interrupted()) {
        return EXPORT_STOPPED;
    }

    if (rc == RTN_ERR_CORRUPT && ++output->damaged > EXPORT_DAMAGED_MAX) {
        return RTN_ERR_IO;
    }

    return rc;
}


int
export_recipients(struct export_output *output, struct rtn_store *store,
    uint32_t campaign,
    int (*row)(void *data, const struct rtn_recipient *recipient), void *data)
{
    int                         rc;
    struct rtn_recipient        recipient;
    struct rtn_recipient_scan  *scan;

    rc = rtn_recipient_scan_open(store, campaign, &scan);

    if (rc != 0) {
        return rc;
    }

    do {
        rc = export_step(output, rtn_recipient_scan_next(scan, &recipient));

        if (rc == 0) {
            rc = row(data, &recipient);
        }
    } while (rc == 0 || rc == RTN_ERR_CORRUPT);

    rtn_recipient_scan_close(scan);

    return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
}


int
export_end(struct export_output *output, int rc, const char *what)
{
    int  written = rto_end(output->table);

    cmd_progress_end(&output->progress);

    if (rc != 0 || written != 0) {
        rto_file_discard(output->file);

    } else {
        written = rto_file_commit(output->file);
    }

    if (rc == EXPORT_STOPPED) {
        return cmd_stop(output->ctx);
    }

    if (written != 0) {
        return cmd_fail(output->ctx, CMD_DATA, "cannot write '%s': %s",
                        output->path, rtn_strerror(written));
    }

    if (rc != 0) {
        return cmd_fail_store(output->ctx, rc, "cannot read %s", what);
    }

    if (output->damaged > 0) {
        return cmd_fail(output->ctx, CMD_DATA, "%llu records could not be "
                        "read and are left out; run 'retentionctl check'",
                        (unsigned long long) output->damaged);
    }

    return CMD_OK;
}
