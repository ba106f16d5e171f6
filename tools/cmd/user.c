/* The user that a new store is made for. */

#include <pwd.h>
#include <unistd.h>

#include "user.h"

#define USER_WORKERS  "www-data"    /* Debian's nginx workers */


int
cmd_user_find(struct cmd_context *ctx, const char *given,
    struct cmd_user *user)
{
    struct passwd  *row;

    if (given == NULL && geteuid() != 0) {
        row = getpwuid(geteuid());
        snprintf(user->name, sizeof(user->name), "%s",
                 row != NULL ? row->pw_name : "the caller");
        user->uid = geteuid();
        user->gid = getegid();
        return CMD_OK;
    }

    snprintf(user->name, sizeof(user->name), "%s",
             given != NULL ? given : USER_WORKERS);
    row = getpwnam(user->name);

    if (row == NULL) {
        return cmd_fail(ctx, CMD_USAGE, "no user '%s'; name nginx's worker "
                        "user with --user", user->name);
    }

    user->uid = row->pw_uid;
    user->gid = row->pw_gid;

    if (geteuid() != 0 && user->uid != geteuid()) {
        return cmd_fail(ctx, CMD_USAGE, "only root can make a store for '%s'; "
                        "run 'sudo retentionctl %s ...'", user->name,
                        ctx->command->name);
    }

    return CMD_OK;
}
