/* campaign merge: the file that the mail service reads. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/zone.h"
#include "merge.h"
#include "rtn_code.h"

#define MERGE_BYTES_MIN  1024

static const struct cmd_option  merge_rows[] = {
    CMD_CHOICE("format", 'f', struct merge_options, format, "NAME",
        merge_format_names, 0, "for which service; default: csv"),
    CMD_STRING("message", 'm', struct merge_options, message, "NAME",
        "of the campaign's messages; default: the first"),
    CMD_INTEGER("batch", 'b', struct merge_options, batch, "K", -1, 0,
        CAMPAIGN_BATCHES_MAX - 1, "one batch, from 0; default: all"),
    CMD_STRING("test", 0, struct merge_options, test, "ADDRESS",
        "only test mails to this address, one an arm and tier"),
    CMD_STRING("existing", 0, struct merge_options, existing, "FILE",
        "listmonk's export, whose other attributes are kept"),
    CMD_STRING("output", 'o', struct merge_options, output, "FILE",
        "where to, .gz too; default: standard output"),
    CMD_INTEGER("max-bytes", 0, struct merge_options, bytes_max, "N", 0,
        MERGE_BYTES_MIN, INT64_MAX, "split into files of at most this size"),
    CMD_FLAG("force", 0, struct merge_options, is_force,
        "replace the file if it exists"),
    CMD_END
};


/* Rows of a reminder leave out whom a bit of 'unless' names. */
static const char *const  merge_unless_names[] = {
    "redeemed the coupon", "bought since", "clicked since"
};


static int
merge_find_message(struct merge *merge)
{
    size_t       i;
    const char  *name = merge->options->message;

    for (i = 0; i < merge->campaign.message_count; i++) {
        if (name == NULL || strcmp(merge->campaign.messages[i].name, name) == 0)
        {
            merge->message = (uint8_t) i;
            return CMD_OK;
        }
    }

    return cmd_fail(merge->ctx, CMD_DATA, "campaign '%s' has no message '%s'",
                    merge->campaign.slug, name != NULL ? name : "");
}


static int
merge_prepare(struct merge *merge)
{
    int                          rc;
    struct cmd_context          *ctx = merge->ctx;
    const struct merge_options  *options = merge->options;

    merge->format = merge_formats[options->format];

    if (options->existing != NULL && !merge->format->keeps_existing) {
        return cmd_fail(ctx, CMD_USAGE, "format '%s' takes no --existing",
                        merge->format->name);
    }

    rc = campaign_find(ctx, ctx->arguments[0], &merge->campaign);

    if (rc != CMD_OK) {
        return rc;
    }

    if (merge->campaign.status == RTN_CAMPAIGN_CLOSED) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' is closed: nothing is "
                        "sent any more", merge->campaign.slug);
    }

    if (options->batch >= (int64_t) merge->campaign.batches) {
        return cmd_fail(ctx, CMD_DATA, "campaign '%s' has batches 0 to %"
                        PRIu32, merge->campaign.slug,
                        merge->campaign.batches - 1);
    }

    rc = merge_find_message(merge);

    if (rc == CMD_OK) {
        rc = merge_columns_init(merge);
    }

    if (rc == CMD_OK && options->existing != NULL) {
        rc = merge_existing_read(ctx, options->existing, &merge->existing);
    }

    return rc;
}


void
merge_around(const struct merge *merge, enum merge_field field,
    const char **path, const char **suffix)
{
    const struct rtn_settings  *settings = merge->ctx->settings;

    *path = "";
    *suffix = "";

    switch (field) {

    case MERGE_PIXEL_URL:
        *path = settings->pixel_path;
        *suffix = ".gif";
        break;

    case MERGE_LINK:
    case MERGE_LINK_TRAP:
        *path = settings->redirect_path;
        break;

    case MERGE_UNSUBSCRIBE_URL:
        *path = settings->unsubscribe_path;
        break;

    default:
        break;
    }
}


/* A URL, or its token, into the column's own buffer. */

static int
merge_url(struct merge *merge, uint32_t recipient, enum merge_field field,
    enum rtn_purpose purpose, uint8_t link, char *url)
{
    int               rc;
    char              text[RTN_TOKEN_LEN_MAX + 1];
    const char       *path, *suffix;
    struct rtn_token  token = { 0 };

    token.purpose = purpose;
    token.message = merge->message;
    token.link = link;
    token.campaign = merge->campaign.number;
    token.recipient = recipient;

    rc = rtn_token_seal(&merge->ring, &token, text);

    if (rc != 0) {
        return rc;
    }

    if (merge->format->has_tokens) {
        snprintf(url, MERGE_URL_MAX, "%s", text);
        return 0;
    }

    merge_around(merge, field, &path, &suffix);
    snprintf(url, MERGE_URL_MAX, "%s%s%s%s", merge->ctx->settings->base_url,
             path, text, suffix);

    return 0;
}


static int
merge_cell_url(struct merge *merge, uint32_t recipient, size_t i)
{
    int                         rc;
    const struct merge_column  *column = &merge->columns[i];

    switch (column->field) {

    case MERGE_PIXEL_URL:
        rc = merge_url(merge, recipient, column->field, RTN_PURPOSE_PIXEL, 0,
                       merge->urls[i]);
        break;

    case MERGE_LINK:
        rc = merge_url(merge, recipient, column->field, RTN_PURPOSE_LINK,
                       column->link, merge->urls[i]);
        break;

    case MERGE_LINK_TRAP:
        rc = merge_url(merge, recipient, column->field, RTN_PURPOSE_LINK,
                       RTN_LINK_TRAP, merge->urls[i]);
        break;

    default:
        rc = merge_url(merge, recipient, column->field,
                       RTN_PURPOSE_UNSUBSCRIBE, 0, merge->urls[i]);
        break;
    }

    merge->row.cells[i] = campaign_str(merge->urls[i]);

    return rc;
}


/* The length as the service counts it. */

static size_t
merge_cell_length(const struct merge *merge, struct rtn_str cell)
{
    size_t  i, n = 0;

    if (!merge->format->counts_characters) {
        return cell.len;
    }

    for (i = 0; i < cell.len; i++) {
        n += ((unsigned char) cell.data[i] & 0xC0) != 0x80;
    }

    return n;
}


static int
merge_check_cells(struct merge *merge, const char *id)
{
    size_t                      i, len;
    const struct merge_format  *format = merge->format;

    for (i = 0; i < merge->column_count; i++) {
        len = merge_cell_length(merge, merge->row.cells[i]);

        if (format->value_max != 0 && len > format->value_max
            && merge->columns[i].field != MERGE_EMAIL)
        {
            return cmd_fail(merge->ctx, CMD_DATA, "customer '%s': '%s' has "
                            "%zu %s, and format '%s' would cut it at %zu",
                            id, merge->columns[i].name, len,
                            format->counts_characters ? "characters"
                                                      : "bytes",
                            format->name, format->value_max);
        }
    }

    return CMD_OK;
}


/* Of a coupon, as people read it: the code, and the last day it is good. */

static void
merge_coupon(struct merge *merge, const struct rtn_recipient *recipient)
{
    merge->code[0] = '\0';
    merge->expires[0] = '\0';

    if (recipient->code != 0) {
        rtn_code_format(recipient->code, merge->code);
        rtn_day_format(rta_zone_day(recipient->code_expires_ms - 1),
                       merge->expires);
    }

    merge->row.cells[MERGE_COUPON] = campaign_str(merge->code);
    merge->row.cells[MERGE_COUPON_EXPIRES] = campaign_str(merge->expires);
}


int
merge_write(struct merge *merge, const struct rtn_recipient *recipient,
    const char *id, const char *email, const char *name)
{
    int                          rc = 0;
    size_t                       i;
    struct merge_row            *row = &merge->row;
    const struct rtn_campaign   *campaign = &merge->campaign;

    row->email = email;
    row->cells[MERGE_CUSTOMER_ID] = campaign_str(id);
    row->cells[MERGE_EMAIL] = campaign_str(email);
    row->cells[MERGE_NAME] = campaign_str(name);
    row->cells[MERGE_TIER] =
        campaign_str(campaign_tier_name(campaign, recipient->tier));
    row->cells[MERGE_ARM] =
        campaign_str(campaign_arm_name(campaign, recipient->arm));
    merge_coupon(merge, recipient);

    for (i = MERGE_PIXEL_URL; rc == 0 && i < merge->column_count; i++) {
        rc = merge_cell_url(merge, recipient->customer, i);
    }

    if (rc != 0) {
        return cmd_fail_store(merge->ctx, rc, "cannot sign the links of "
                              "customer '%s'", id);
    }

    rc = merge_check_cells(merge, id);

    if (rc == CMD_OK) {
        rc = merge_output_row(merge, row);
    }

    merge->rows += rc == CMD_OK;

    return rc;
}


static void
merge_summary(struct merge *merge)
{
    size_t  i;
    FILE   *err = merge->ctx->err;

    fprintf(err, "%" PRIu64 " rows\n", merge->rows);

    for (i = 0; i < CAMPAIGN_LEFT_COUNT; i++) {
        if (merge->left[i] > 0) {
            fprintf(err, "left out: %" PRIu64 " %s\n", merge->left[i],
                    campaign_left_names[i]);
        }
    }

    if (merge->erased > 0) {
        fprintf(err, "left out: %" PRIu64 " erased\n", merge->erased);
    }

    for (i = 0; i < 3; i++) {
        if (merge->unless[i] > 0) {
            fprintf(err, "left out: %" PRIu64 " %s\n", merge->unless[i],
                    merge_unless_names[i]);
        }
    }
}


static int
merge_do(struct merge *merge)
{
    int  rc;

    rc = merge_prepare(merge);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_store_keyring(merge->ctx->store, &merge->ring);

    if (rc != 0) {
        return cmd_fail_store(merge->ctx, rc, "cannot read the keys");
    }

    rc = merge_output_begin(merge);

    if (rc == CMD_OK) {
        rc = merge->options->test != NULL
             ? merge_test(merge, merge->options->test)
             : merge_recipients(merge);
    }

    if (rc == CMD_OK) {
        rc = merge_output_commit(merge);
    }

    if (rc == CMD_OK) {
        merge_summary(merge);
    }

    return rc;
}


static int
merge_run(struct cmd_context *ctx)
{
    int            rc;
    struct merge  *merge = calloc(1, sizeof(*merge));

    if (merge == NULL) {
        return cmd_fail_store(ctx, RTN_ERR_NOMEM, "cannot merge");
    }

    merge->ctx = ctx;
    merge->options = ctx->options;

    rc = merge_do(merge);

    merge_output_release(merge);
    merge_existing_free(merge->existing);
    rtn_keyring_wipe(&merge->ring);
    rtn_campaign_release(&merge->campaign);
    free(merge);

    return rc;
}


const struct cmd_command  cmd_campaign_merge = {
    .name = "campaign merge",
    .run = merge_run,
    .help = "write the file for the mail service; who unsubscribed or denied "
            "consent since the draw is left out",
    .example = "winback-2026-11 --format csv -o winback.csv",
    .options = merge_rows,
    .options_size = sizeof(struct merge_options),
    .arguments = "CAMPAIGN",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_ALL,
    .flags = CMD_WRITES
};
