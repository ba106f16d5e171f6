/* retentionctl audience: a campaign's customers for advertising platforms. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audience.h"
#include "commands.h"
#include "output/file.h"

static const char *const  audience_left_names[AUDIENCE_LEFT_COUNT] = {
    [AUDIENCE_ERASED]       = "erased",
    [AUDIENCE_DENIED]       = "consent denied",
    [AUDIENCE_UNSUBSCRIBED] = "unsubscribed",
    [AUDIENCE_NOTHING]      = "without anything to match",
    [AUDIENCE_REPEATED]     = "the same as another row"
};

static const char *const  audience_platforms[] = {
    "google", "meta", "yandex", "vk", NULL
};

static const char *const  audience_bys[] = { "email", "phone", NULL };

/* The treated alone, since an advertisement is a treatment; the hold-out goes
   by itself, as a list of whom the platform must leave out. */

static int
audience_arms(struct audience *audience)
{
    size_t                     i, arm;
    const struct cmd_strings  *names = &audience->options->arms;

    for (arm = 1; names->n == 0 && arm <= audience->campaign.arm_count; arm++)
    {
        audience->takes[arm] = true;
    }

    for (i = 0; i < names->n; i++) {
        for (arm = 0; arm <= audience->campaign.arm_count; arm++) {
            if (strcmp(names->items[i], campaign_arm_name(&audience->campaign,
                                                          (uint8_t) arm)) == 0)
            {
                audience->takes[arm] = true;
                break;
            }
        }

        if (arm > audience->campaign.arm_count) {
            return cmd_fail(audience->ctx, CMD_DATA, "campaign '%s' has no "
                            "arm '%s'", audience->campaign.slug,
                            names->items[i]);
        }
    }

    if (audience->takes[RTN_ARM_HOLDOUT] && names->n > 1) {
        return cmd_fail(audience->ctx, CMD_USAGE, "the hold-out is written by "
                        "itself, as a list of whom to leave out");
    }

    return CMD_OK;
}


static int
audience_check(struct audience *audience)
{
    size_t                          len;
    const struct audience_options  *options = audience->options;

    if (options->platform < 0) {
        return cmd_fail(audience->ctx, CMD_USAGE, "'audience' needs --for "
                        "google, meta, yandex or vk");
    }

    audience->platform = &rto_platforms[options->platform];

    if (options->by >= 0 && audience->platform->header != NULL) {
        return cmd_fail(audience->ctx, CMD_USAGE, "--by is for files of one "
                        "item a line, as vk's");
    }

    if (options->calling_code != NULL) {
        len = strlen(options->calling_code);

        if (len == 0 || len > RTO_CALLING_CODE_MAX
            || strspn(options->calling_code, "0123456789") != len
            || options->calling_code[0] == '0')
        {
            return cmd_fail(audience->ctx, CMD_USAGE, "--calling-code wants 1 "
                            "to 3 digits, as 380, not '%s'",
                            options->calling_code);
        }
    }

    return CMD_OK;
}


static int
audience_fits(struct audience *audience)
{
    const struct rto_platform  *platform = audience->platform;

    if (audience->n < platform->rows_min) {
        return cmd_fail(audience->ctx, CMD_DATA, "%s takes %" PRIu64 " rows or "
                        "more, and there are %zu", platform->name,
                        platform->rows_min, audience->n);
    }

    if ((platform->rows_max != 0 && audience->n > platform->rows_max)
        || (platform->bytes_max != 0
            && rto_audience_bytes(platform, audience->n)
               > platform->bytes_max))
    {
        return cmd_fail(audience->ctx, CMD_DATA, "%zu rows are more than %s "
                        "takes; write one arm at a time with --arm",
                        audience->n, platform->name);
    }

    return CMD_OK;
}


static void
audience_summary(const struct audience *audience)
{
    int    i;
    FILE  *err = audience->ctx->err;

    fprintf(err, "%zu rows\n", audience->n);

    if (audience->others > 0) {
        fprintf(err, "left out: %" PRIu64 " of other arms\n",
                audience->others);
    }

    for (i = 0; i < AUDIENCE_LEFT_COUNT; i++) {
        if (audience->left[i] > 0) {
            fprintf(err, "left out: %" PRIu64 " %s\n", audience->left[i],
                    audience_left_names[i]);
        }
    }

    if (audience->bad_emails > 0) {
        fprintf(err, "not used: %" PRIu64 " e-mails that %s cannot match\n",
                audience->bad_emails, audience->platform->name);
    }

    if (audience->bad_phones > 0) {
        fprintf(err, "not used: %" PRIu64 " phones that are none or have no "
                "country%s\n", audience->bad_phones,
                audience->options->calling_code == NULL
                ? "; --calling-code gives one" : "");
    }
}


static int
audience_write(struct audience *audience)
{
    int                  rc;
    const char          *path = "-";
    struct rto_file     *file;
    struct cmd_context  *ctx = audience->ctx;

    if (ctx->argument_count > 1) {
        path = ctx->arguments[1];
    }

    rc = rto_file_open(path, RTO_FILE_PRIVATE
                             | (audience->options->is_forced ? RTO_FILE_FORCE
                                                             : 0), &file);

    if (rc == RTN_ERR_EXISTS) {
        return cmd_fail(ctx, CMD_DATA, "'%s' exists; --force replaces it",
                        path);
    }

    if (rc != 0) {
        return cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", path,
                        strerror(errno));
    }

    rto_audience_write(rto_file_stream(file), audience->platform,
                       audience->rows, audience->n);
    rc = rto_file_commit(file);

    return rc == 0 ? CMD_OK
                   : cmd_fail(ctx, CMD_DATA, "cannot write '%s': %s", path,
                              rtn_strerror(rc));
}


static int
audience_run(struct cmd_context *ctx)
{
    int              rc;
    struct audience  audience = { .ctx = ctx, .options = ctx->options };

    rc = audience_check(&audience);

    if (rc == CMD_OK) {
        rc = campaign_find(ctx, ctx->arguments[0], &audience.campaign);
    }

    if (rc == CMD_OK) {
        rc = audience_arms(&audience);
    }

    if (rc == CMD_OK) {
        rc = audience_collect(&audience);
    }

    if (rc == CMD_OK) {
        audience_summary(&audience);
        rc = audience_fits(&audience);
    }

    if (rc == CMD_OK) {
        rc = audience_write(&audience);
    }

    rtn_campaign_release(&audience.campaign);
    free(audience.rows);

    return rc;
}


static const struct cmd_option  audience_rows[] = {
    CMD_CHOICE("for", 'f', struct audience_options, platform, "PLATFORM",
        audience_platforms, -1, "google, meta, yandex or vk"),
    CMD_STRINGS("arm", 'a', struct audience_options, arms, "ARM",
        "customers of this arm; again for more; all treated when left out"),
    CMD_CHOICE("by", 0, struct audience_options, by, "WHAT", audience_bys, -1,
        "vk: a list of 'email' or of 'phone'; email when left out"),
    CMD_STRING("calling-code", 0, struct audience_options, calling_code,
        "DIGITS", "the country of phones that do not say it, as 380"),
    CMD_FLAG("force", 0, struct audience_options, is_forced,
        "replace the file if there is one"),
    CMD_END
};

const struct cmd_command  cmd_audience = {
    .name = "audience",
    .run = audience_run,
    .help = "write a campaign's customers for an advertising platform, hashed",
    .example = "winback-2026-11 --for google google.csv",
    .options = audience_rows,
    .options_size = sizeof(struct audience_options),
    .arguments = "CAMPAIGN [FILE]",
    .arguments_min = 1,
    .arguments_max = 2,
    .opens = RTN_OPEN_CRM
};
