/* backup and restore: a whole store, there and back. */

#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "rtn_backup.h"
#include "user.h"

struct backup_run {
    struct cmd_context   *ctx;
    struct cmd_progress   bar;
    bool                  is_drawn;
};

struct restore_options {
    const char  *user;
};

static const struct cmd_option  restore_rows[] = {
    CMD_STRING("user", 0, struct restore_options, user, "NAME",
        "nginx's worker user; default: www-data for root, else the caller"),
    CMD_END
};


static bool
backup_progress(void *data, uint64_t done, uint64_t total)
{
    struct backup_run  *run = data;

    if (!run->is_drawn) {
        cmd_progress_begin(&run->bar, run->ctx, "copying", total);
        run->is_drawn = true;
    }

    cmd_progress_at(&run->bar, done);

    return !cmd_interrupted();
}


static void
backup_report(void *data, const char *environment, const char *table,
    const char *sentence)
{
    struct backup_run  *run = data;

    /* a file, unlike a table, has a dot in its name */
    fprintf(run->ctx->out, "%s%s%s: %s\n", environment,
            strchr(table, '.') != NULL ? "/" : ", ", table, sentence);
}


static void
backup_end(struct backup_run *run)
{
    if (run->is_drawn) {
        cmd_progress_end(&run->bar);
    }
}


static int
backup_stopped(struct cmd_context *ctx, const char *path)
{
    (void) cmd_fail(ctx, CMD_STOPPED, "stopped; nothing is left at '%s'",
                    path);

    return CMD_STOPPED;
}


static int
backup_run(struct cmd_context *ctx)
{
    int                 rc;
    const char         *path = ctx->arguments[0];
    struct backup_run   run = { .ctx = ctx };

    rc = rtn_backup(ctx->store, path, backup_progress, &run);
    backup_end(&run);

    switch (rc) {

    case RTN_OK:
        fprintf(ctx->out, "copied the store '%s' to '%s'\n", ctx->store_path,
                path);
        return CMD_OK;

    case RTN_ERR_EXISTS:
        return cmd_fail(ctx, CMD_DATA, "there is '%s' or '%s.part' already; "
                        "name another, or remove what an interrupted backup "
                        "left", path, path);

    case RTN_ERR_ABSENT:
        return cmd_fail(ctx, CMD_DATA, "cannot make '%s': make the directory "
                        "above it first", path);

    case RTN_ERR_PERMISSION:
        return cmd_fail(ctx, CMD_DATA, "cannot make '%s': permission denied",
                        path);

    default:
        if (cmd_interrupted()) {
            return backup_stopped(ctx, path);
        }

        return cmd_fail_store(ctx, rc, "cannot copy the store to '%s'", path);
    }
}


static int
restore_fail(struct cmd_context *ctx, int rc, uint64_t faults)
{
    const char  *from = ctx->arguments[0];

    switch (rc) {

    case RTN_ERR_EXISTS:
        return cmd_fail(ctx, CMD_STORE, "cannot make store '%s': there is one "
                        "already, or the directory is not empty, or '%s.part' "
                        "is there", ctx->store_path, ctx->store_path);

    case RTN_ERR_ABSENT:
        return cmd_fail(ctx, CMD_DATA, "no backup in '%s', or no directory "
                        "above '%s'", from, ctx->store_path);

    case RTN_ERR_PERMISSION:
        return cmd_fail(ctx, CMD_STORE, "cannot read '%s' or make '%s': "
                        "permission denied", from, ctx->store_path);

    case RTN_ERR_CORRUPT:
        return cmd_fail(ctx, CMD_DATA, "the backup '%s' is damaged, %" PRIu64
                        " fault%s; take another", from, faults,
                        faults == 1 ? "" : "s");

    default:
        if (cmd_interrupted()) {
            return backup_stopped(ctx, ctx->store_path);
        }

        return cmd_fail_store(ctx, rc, "cannot restore '%s'", from);
    }
}


static int
restore_run(struct cmd_context *ctx)
{
    int                            rc;
    uint64_t                       faults;
    const char                    *from = ctx->arguments[0];
    struct cmd_user                user;
    struct backup_run              run = { .ctx = ctx };
    const struct restore_options  *options = ctx->options;

    rc = cmd_user_find(ctx, options->user, &user);

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_restore(from, ctx->store_path, user.uid, user.gid,
                     backup_progress, backup_report, &run, &faults);
    backup_end(&run);

    if (rc != 0) {
        return restore_fail(ctx, rc, faults);
    }

    fprintf(ctx->out,
            "made the store '%s' of '%s' from '%s'; the next campaign and "
            "customer\nhave numbers that no mail has seen\n",
            ctx->store_path, user.name, from);

    return CMD_OK;
}


const struct cmd_command  cmd_backup = {
    .name = "backup",
    .run = backup_run,
    .help = "copy the whole store while nginx goes on",
    .details = "The copy has every event that was acknowledged before the "
               "command began.\nIt is private, and complete once it has its "
               "name; until then it is DIR.part.",
    .example = "retention.copy",
    .arguments = "DIR",
    .arguments_min = 1,
    .arguments_max = 1,
    .opens = RTN_OPEN_ALL
};

const struct cmd_command  cmd_restore = {
    .name = "restore",
    .run = restore_run,
    .help = "make a store from a backup",
    .details = "Reads every record before the store appears.  Mails that "
               "were sent after the\nbackup keep their meaning: their "
               "campaigns and customers are unknown, never others.",
    .example = "retention.copy --store retention.new",
    .options = restore_rows,
    .options_size = sizeof(struct restore_options),
    .arguments = "DIR",
    .arguments_min = 1,
    .arguments_max = 1,
    .flags = CMD_NO_STORE | CMD_NAMES_STORE
};
