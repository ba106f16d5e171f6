/* config: the store's settings. */

#include <string.h>

#include "../output/table.h"
#include "commands.h"
#include "rtn_campaign.h"
#include "rtn_crm.h"
#include "settings.h"


static int
config_print_one(struct cmd_context *ctx, const char *name)
{
    char                       text[CMD_SETTING_MAX];
    const struct cmd_setting  *setting = cmd_setting_find(name);

    if (setting == NULL) {
        return cmd_fail(ctx, CMD_USAGE, "no setting '%s'; run 'retentionctl "
                        "config get' to see them all", name);
    }

    setting->get(ctx->settings, text);

    if (ctx->is_json) {
        rto_json_string(ctx->out, (struct rtn_str) { text, strlen(text) });
        fputc('\n', ctx->out);

    } else {
        fprintf(ctx->out, "%s\n", text);
    }

    return CMD_OK;
}


static int
config_get_run(struct cmd_context *ctx)
{
    int                        rc;
    char                       text[CMD_SETTING_MAX];
    struct rto_value           values[2];
    struct rto_table          *table;
    const struct cmd_setting  *setting;

    static const struct rto_column  columns[] = {
        { "name", RTO_TEXT, NULL },
        { "value", RTO_TEXT, NULL }
    };

    if (ctx->argument_count == 1) {
        return config_print_one(ctx, ctx->arguments[0]);
    }

    rc = rto_begin(ctx->out, ctx->is_json ? RTO_FORMAT_JSON : RTO_FORMAT_TEXT,
                   columns, 2, &table);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot print the settings");
    }

    for (setting = cmd_settings; setting->name != NULL; setting++) {
        setting->get(ctx->settings, text);
        values[0] = rto_string(setting->name);
        values[1] = rto_string(text);
        (void) rto_row(table, values);
    }

    return rto_end(table) == 0 ? CMD_OK : CMD_DATA;
}


/* Days of orders and campaigns were counted in the zone: CMD_OK when there
   are none yet. */

static int
config_check_fixed(struct cmd_context *ctx, const char *name)
{
    int                  rc;
    bool                 is_declared;
    int64_t              until_ms;
    struct rtn_campaign  campaign = { 0 };

    rc = rtn_orders_until_get(ctx->store, &until_ms, &is_declared);

    if (rc == RTN_ERR_NOT_FOUND) {
        rc = rtn_campaign_next(ctx->store, 0, &campaign);

        if (rc == 0) {
            rtn_campaign_release(&campaign);
        }
    }

    if (rc == RTN_ERR_NOT_FOUND) {
        return CMD_OK;
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the store");
    }

    return cmd_fail(ctx, CMD_DATA, "cannot change %s: days of orders or of a "
                    "campaign were counted with it", name);
}


/*
 * Who has been held back must not be mailed by mistake, and who joins late has
 * perhaps been mailed.  CMD_OK when it may change.
 */

static int
config_check_global(struct cmd_context *ctx,
    const struct rtn_settings *settings)
{
    int                  rc;
    uint32_t             before = ctx->settings->global_holdout_ppm;
    uint32_t             after = settings->global_holdout_ppm;
    struct rtn_campaign  campaign = { 0 };

    if (before == after) {
        return CMD_OK;
    }

    rc = rtn_campaign_next(ctx->store, 0, &campaign);

    if (rc == RTN_ERR_NOT_FOUND) {
        return CMD_OK;
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot read the store");
    }

    rtn_campaign_release(&campaign);

    if (after > before) {
        cmd_warn(ctx, "there are campaigns: who joins the global hold-out now "
                 "may have been mailed before");
        return CMD_OK;
    }

    if (after == 0) {
        cmd_warn(ctx, "the global hold-out ends here: campaigns from now on "
                 "may mail its members");
        return CMD_OK;
    }

    return cmd_fail(ctx, CMD_DATA, "cannot lower global-holdout: there are "
                    "campaigns, and some whom it has held back would be "
                    "mailed; 0%% ends it");
}


static int
config_set_run(struct cmd_context *ctx)
{
    int                        rc;
    char                       before[CMD_SETTING_MAX], after[CMD_SETTING_MAX];
    const char                *name = ctx->arguments[0];
    struct rtn_settings        settings = *ctx->settings;
    const struct cmd_setting  *setting;

    rc = cmd_setting_set(ctx, &settings, name, ctx->arguments[1]);

    if (rc != CMD_OK) {
        return rc;
    }

    setting = cmd_setting_find(name);
    setting->get(ctx->settings, before);
    setting->get(&settings, after);

    if (strcmp(before, after) == 0) {
        return CMD_OK;
    }

    if (setting->is_fixed) {
        rc = config_check_fixed(ctx, name);

        if (rc != CMD_OK) {
            return rc;
        }
    }

    rc = config_check_global(ctx, &settings);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_settings_put(ctx->store, &settings);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot store the settings");
    }

    fprintf(ctx->out, "%s: %s, was %s\n", name, after, before);

    return CMD_OK;
}


const struct cmd_command  cmd_config_get = {
    .name = "config get",
    .run = config_get_run,
    .help = "print the store's settings, or one of them",
    .example = "timezone",
    .arguments = "[NAME]",
    .arguments_max = 1,
    .opens = RTN_OPEN_STATE,
    .flags = CMD_TABLE
};

const struct cmd_command  cmd_config_set = {
    .name = "config set",
    .run = config_set_run,
    .help = "change a setting of the store",
    .example = "redirect-path /go/",
    .arguments = "NAME VALUE",
    .arguments_min = 2,
    .arguments_max = 2,
    .opens = RTN_OPEN_STATE | RTN_OPEN_CRM,
    .flags = CMD_WRITES
};
