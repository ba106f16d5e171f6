/* init: makes a store, as the user that nginx's workers run as. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "settings.h"
#include "user.h"

struct init_options {
    const char  *base_url;
    const char  *timezone;
    const char  *currency;
    const char  *node;
    const char  *user;
};

static const struct cmd_option  init_rows[] = {
    CMD_STRING("base-url", 0, struct init_options, base_url, "URL",
        "where the mails' links lead: https and a host (needed)"),
    CMD_STRING("timezone", 0, struct init_options, timezone, "ZONE",
        "the shop's, such as Europe/Kyiv; default: UTC"),
    CMD_STRING("currency", 0, struct init_options, currency, "CODE",
        "of amounts without one, such as EUR (needed)"),
    CMD_STRING("node", 0, struct init_options, node, "N",
        "this machine's number in ids, 0 to 255; default: 1"),
    CMD_STRING("user", 0, struct init_options, user, "NAME",
        "nginx's worker user; default: www-data for root, else the caller"),
    CMD_END
};


static int
init_settings(struct cmd_context *ctx, struct rtn_settings *settings)
{
    int                         rc;
    size_t                      i;
    const struct init_options  *options = ctx->options;

    const struct {
        const char  *name;
        const char  *given;
        const char  *initial;       /* NULL: must be given */
    } rows[] = {
        { "base-url", options->base_url, NULL },
        { "timezone", options->timezone, "UTC" },
        { "currency", options->currency, NULL },
        { "node", options->node, "1" },
        { "pixel-path", NULL, "/o/" },
        { "redirect-path", NULL, "/r/" },
        { "unsubscribe-path", NULL, "/u/" }
    };

    memset(settings, 0, sizeof(*settings));

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].given == NULL && rows[i].initial == NULL) {
            return cmd_fail(ctx, CMD_USAGE, "'init' needs --%s; see "
                            "'retentionctl help init'", rows[i].name);
        }

        rc = cmd_setting_set(ctx, settings, rows[i].name,
                             rows[i].given != NULL ? rows[i].given
                                                   : rows[i].initial);

        if (rc != CMD_OK) {
            return rc;
        }
    }

    return CMD_OK;
}


static int
init_exists(struct cmd_context *ctx)
{
    return cmd_fail(ctx, CMD_STORE, "cannot make store '%s': there is one "
                    "already, or the directory is not empty",
                    ctx->store_path);
}


/* Whether a directory has nothing in it; one that cannot be read has. */

static bool
init_is_empty(int fd)
{
    int             copy = dup(fd);
    DIR            *dir = copy >= 0 ? fdopendir(copy) : NULL;
    bool            is_empty = dir != NULL;
    struct dirent  *entry;

    if (dir == NULL) {
        if (copy >= 0) {
            close(copy);
        }

        return false;
    }

    while (is_empty && (entry = readdir(dir)) != NULL) {
        is_empty = strcmp(entry->d_name, ".") == 0
                   || strcmp(entry->d_name, "..") == 0;
    }

    closedir(dir);

    return is_empty;
}


/*
 * As root, gives the top directory to the user, who may not write above it.
 * Only an empty one of root's is given away; what else there is, the store's
 * own check judges under the user's ids.
 */

static int
init_give(struct cmd_context *ctx, const struct cmd_user *user)
{
    int          fd, rc = CMD_OK;
    struct stat  there;

    fd = open(ctx->store_path,
              O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return cmd_fail(ctx, CMD_STORE, "cannot open '%s': %s",
                        ctx->store_path, strerror(errno));
    }

    if (fstat(fd, &there) == 0 && there.st_uid == 0 && user->uid != 0) {
        if (!init_is_empty(fd)) {
            rc = init_exists(ctx);

        } else if (fchown(fd, user->uid, user->gid) != 0
                   || fchmod(fd, 0700) != 0)
        {
            rc = cmd_fail(ctx, CMD_STORE, "cannot give '%s' to '%s': %s",
                          ctx->store_path, user->name, strerror(errno));
        }
    }

    close(fd);

    return rc;
}


static int
init_directory(struct cmd_context *ctx, const struct cmd_user *user)
{
    if (mkdir(ctx->store_path, 0700) != 0 && errno != EEXIST) {
        return cmd_fail(ctx, CMD_STORE, "cannot make '%s': %s%s",
                        ctx->store_path, strerror(errno), errno == ENOENT
                        ? "; make the directory above it first" : "");
    }

    return geteuid() == 0 ? init_give(ctx, user) : CMD_OK;
}


static void
init_say(struct cmd_context *ctx, const struct rtn_settings *settings,
    const struct cmd_user *user)
{
    fprintf(ctx->out,
            "made the store '%s' of '%s': %s, %s, %s, node %u\n"
            "\n"
            "next:\n"
            "  nginx.conf:  retention_store %s;\n"
            "  retentionctl api-key new shop --scope coupons,events\n"
            "  retentionctl import customers FILE\n"
            "  retentionctl import orders FILE\n",
            ctx->store_path, user->name, settings->base_url,
            settings->timezone, settings->currency, settings->node,
            ctx->store_path);
}


static int
init_run(struct cmd_context *ctx)
{
    int                         rc;
    struct cmd_user             user;
    struct rtn_settings         settings;
    const struct init_options  *options = ctx->options;

    rc = init_settings(ctx, &settings);

    if (rc == CMD_OK) {
        rc = cmd_user_find(ctx, options->user, &user);
    }

    if (rc == CMD_OK) {
        rc = init_directory(ctx, &user);
    }

    if (rc == CMD_OK) {
        rc = cmd_ids_enter(ctx, user.uid, user.gid);
    }

    if (rc != CMD_OK) {
        return rc;
    }

    rc = rtn_store_create(ctx->store_path, &settings, ctx->now_ms);
    cmd_owner_leave();

    if (rc == RTN_ERR_EXISTS) {
        return init_exists(ctx);
    }

    if (rc == RTN_ERR_PERMISSION) {
        return cmd_fail(ctx, CMD_STORE, "cannot make store '%s': '%s' may not "
                        "write there", ctx->store_path, user.name);
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot make store '%s'",
                              ctx->store_path);
    }

    init_say(ctx, &settings, &user);

    return CMD_OK;
}


const struct cmd_command  cmd_init = {
    .name = "init",
    .run = init_run,
    .help = "make a store",
    .example = "--base-url https://mail.shop.example --timezone Europe/Kyiv "
               "--currency EUR",
    .options = init_rows,
    .options_size = sizeof(struct init_options),
    .flags = CMD_NO_STORE | CMD_NAMES_STORE
};
