/* retentionctl report: what a campaign brought. */

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "analysis/zone.h"
#include "commands.h"
#include "output/file.h"
#include "output/report.h"
#include "report_load.h"
#include "share.h"

#define REPORT_TAU      0.005       /* half a point */
#define REPORT_TAU_MIN  1e-6

struct report_options {
    int          format;
    const char  *output;
    bool         is_forced;
    bool         is_always_valid;
    const char  *tau;
    bool         is_cuped;
};

enum report_format {
    REPORT_UNSAID = -1,             /* text, or what a global option says */
    REPORT_TEXT = 0,
    REPORT_JSON,
    REPORT_CSV,
    REPORT_XLSX,
    REPORT_HTML
};

static const char *const  report_formats[] = {
    "text", "json", "csv", "xlsx", "html", NULL
};

static int (*const  report_writers[])(FILE *, const struct rto_report *) = {
    [REPORT_TEXT] = rto_report_text,
    [REPORT_JSON] = rto_report_json,
    [REPORT_CSV] = rto_report_csv,
    [REPORT_XLSX] = rto_report_xlsx,
    [REPORT_HTML] = rto_report_html
};


static void
report_frame(const struct report_load *load, struct rto_report *report)
{
    const struct rta_report  *counts = load->report;

    report->counts = counts;
    report->campaign = load->campaign.slug;
    report->title = load->campaign.title;
    report->starts = load->campaign.starts;
    report->window_days = load->campaign.window_days;
    report->as_of = load->ctx->as_of;
    report->last_day = 0;
    report->orders_day = 0;
    report->has_orders_day = false;
    report->links = load->links;
    report->link_count = load->campaign.link_count;
    report->is_excel = load->ctx->is_excel;

    if (counts->last_until_ms != 0) {
        report->last_day = rta_zone_day(counts->last_until_ms - 1);
    }

    if (load->plan.has_orders) {
        report->orders_day = rta_zone_day(load->plan.orders_until_ms - 1);
        report->has_orders_day = rta_zone_day_start(report->orders_day + 1)
                                 == load->plan.orders_until_ms;
    }
}


static int
report_write(struct cmd_context *ctx, enum report_format format,
    const struct rto_report *report)
{
    int                           rc;
    unsigned                      flags;
    const char                   *path;
    struct rto_file              *file;
    const struct report_options  *options = ctx->options;

    path = options->output != NULL ? options->output : "-";
    flags = options->is_forced ? RTO_FILE_FORCE : 0;

    rc = rto_file_open(path, flags, &file);

    if (rc == RTN_ERR_EXISTS) {
        return cmd_fail(ctx, CMD_DATA, "'%s' exists; --force replaces it",
                        path);
    }

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", path,
                        strerror(errno));
    }

    rc = report_writers[format](rto_file_stream(file), report);

    if (rc != 0) {
        rto_file_discard(file);

    } else {
        rc = rto_file_commit(file);
    }

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", path,
                        rtn_strerror(rc));
    }

    return CMD_OK;
}


static int
report_choose(struct cmd_context *ctx, enum report_format *format)
{
    const struct report_options  *options = ctx->options;

    *format = ctx->is_json ? REPORT_JSON
              : ctx->is_excel ? REPORT_CSV : REPORT_TEXT;

    if (options->format != REPORT_UNSAID && options->format != (int) *format
        && (ctx->is_json || ctx->is_excel))
    {
        return cmd_fail(ctx, CMD_USAGE, "--%s goes with --format %s, not "
                        "with %s", ctx->is_json ? "json" : "excel",
                        report_formats[*format],
                        report_formats[options->format]);
    }

    if (options->format != REPORT_UNSAID) {
        *format = (enum report_format) options->format;
    }

    if (*format == REPORT_XLSX && options->output == NULL
        && isatty(fileno(ctx->out)))
    {
        return cmd_fail(ctx, CMD_USAGE, "a workbook is nothing to look at "
                        "here; name a file with -o");
    }

    return CMD_OK;
}


/* What is asked for beside the counts. */

static int
report_ask(struct cmd_context *ctx, struct report_wish *wish)
{
    const struct report_options  *options = ctx->options;

    wish->finds_overlaps = true;
    wish->is_adjusted = options->is_cuped;
    wish->tau = options->is_always_valid ? REPORT_TAU : 0;

    if (options->tau == NULL) {
        return CMD_OK;
    }

    if (!options->is_always_valid) {
        return cmd_fail(ctx, CMD_USAGE, "--tau says nothing without "
                        "--always-valid");
    }

    if (!cmd_share_parse(options->tau, &wish->tau)
        || wish->tau < REPORT_TAU_MIN)
    {
        return cmd_fail(ctx, CMD_USAGE, "'%s' is no --tau: a share of "
                        "customers, as 0.005 or 0.5%% for half a point",
                        options->tau);
    }

    return CMD_OK;
}


static int
report_run(struct cmd_context *ctx)
{
    int                 rc;
    int64_t             cutoff_ms = ctx->now_ms;
    struct rto_report   report;
    struct report_load  load;
    struct report_wish  wish = { 0 };
    enum report_format  format;

    if (ctx->given_as_of.is_given) {
        cutoff_ms = rta_zone_day_start(ctx->as_of + 1);
    }

    wish.cutoff_ms = cutoff_ms;
    rc = report_choose(ctx, &format);

    if (rc == CMD_OK) {
        rc = report_ask(ctx, &wish);
    }

    if (rc != CMD_OK) {
        return rc;
    }

    rc = report_load_more(&load, ctx, ctx->arguments[0], &wish);

    if (rc == CMD_OK) {
        report_frame(&load, &report);
        rc = report_write(ctx, format, &report);
    }

    if (rc == CMD_OK && load.damaged > 0) {
        rc = cmd_fail(ctx, CMD_DATA, "%" PRIu64 " records could not be read "
                      "and are left out; run 'retentionctl check'",
                      load.damaged);
    }

    report_release(&load);

    return rc;
}


static const struct cmd_option  report_options[] = {
    CMD_CHOICE("format", 'f', struct report_options, format, "FORMAT",
        report_formats, REPORT_UNSAID,
        "text, json, csv, xlsx or html; text when left out"),
    CMD_STRING("output", 'o', struct report_options, output, "FILE",
        "where to; standard output when left out"),
    CMD_FLAG("always-valid", 0, struct report_options, is_always_valid,
        "an interval and a p for who looks every day"),
    CMD_STRING("tau", 0, struct report_options, tau, "SHARE",
        "with --always-valid: about the effect that is expected, the same at "
        "every look; 0.005 when left out"),
    CMD_FLAG("cuped", 0, struct report_options, is_cuped,
        "estimates by what customers did in the year before, and by tier"),
    CMD_FLAG("force", 0, struct report_options, is_forced,
        "replace the file if there is one"),
    CMD_END
};

const struct cmd_command  cmd_report = {
    .name = "report",
    .run = report_run,
    .help = "what a campaign brought, against its hold-out",
    .example = "winback-2026-11 --format json",
    .options = report_options,
    .options_size = sizeof(struct report_options),
    .arguments = "CAMPAIGN",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_TABLE | CMD_CSV | CMD_AS_OF
};
