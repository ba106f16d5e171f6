/* Opening the store as the user that it belongs to. */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../analysis/zone.h"
#include "frame.h"

#define ACCESS_GROUPS_MAX  64       /* of the caller, to go back to */

struct access_ids {
    bool   is_taken;
    uid_t  uid;
    gid_t  gid;
    int    group_count;
    gid_t  groups[ACCESS_GROUPS_MAX];
};

static struct access_ids  access_caller;


static void
access_user_name(unsigned uid, char *name, size_t size)
{
    struct passwd  *user = getpwuid(uid);

    if (user != NULL) {
        snprintf(name, size, "%s", user->pw_name);

    } else {
        snprintf(name, size, "#%u", uid);
    }
}


/* Back to the caller's ids: first the user, who alone may set the groups. */

void
cmd_owner_leave(void)
{
    if (!access_caller.is_taken) {
        return;
    }

    /* The real user is still root, so this cannot fail; if it did, going on
       with half of the ids would be worse than to stop. */

    if (seteuid(access_caller.uid) != 0
        || setegid(access_caller.gid) != 0
        || setgroups((size_t) access_caller.group_count, access_caller.groups)
           != 0)
    {
        abort();
    }

    access_caller.is_taken = false;
}


static int
access_take(unsigned uid, unsigned gid)
{
    struct passwd  *user = getpwuid(uid);

    if (user != NULL) {
        if (initgroups(user->pw_name, gid) != 0) {
            return -1;
        }

    } else if (setgroups(0, NULL) != 0) {
        return -1;
    }

    if (setegid(gid) != 0) {
        return -1;
    }

    return seteuid(uid);
}


int
cmd_ids_enter(struct cmd_context *ctx, unsigned uid, unsigned gid)
{
    int   err;
    char  name[64];

    if (geteuid() != 0 || access_caller.is_taken || uid == 0) {
        return CMD_OK;
    }

    access_caller.uid = geteuid();
    access_caller.gid = getegid();
    access_caller.group_count = getgroups(ACCESS_GROUPS_MAX,
                                          access_caller.groups);

    if (access_caller.group_count < 0) {
        return cmd_fail(ctx, CMD_STORE, "cannot read the caller's groups: %s",
                        strerror(errno));
    }

    access_caller.is_taken = true;

    if (access_take(uid, gid) == 0) {
        return CMD_OK;
    }

    err = errno;
    cmd_owner_leave();
    access_user_name(uid, name, sizeof(name));

    return cmd_fail(ctx, CMD_STORE, "cannot act as '%s': %s; run 'sudo -u %s "
                    "retentionctl %s'", name, strerror(err), name,
                    ctx->command->name);
}


int
cmd_owner_enter(struct cmd_context *ctx)
{
    int       rc;
    unsigned  uid, gid;

    if (geteuid() != 0) {
        return CMD_OK;
    }

    rc = rtn_store_owner(ctx->store_path, &uid, &gid);

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot open store '%s'",
                              ctx->store_path);
    }

    return cmd_ids_enter(ctx, uid, gid);
}


/* A store of somebody else: name whom to be. */

static int
access_refused(struct cmd_context *ctx)
{
    char         name[64];
    struct stat  there;

    /* The directory itself: what is in it, only its owner may see. */

    if (stat(ctx->store_path, &there) != 0 || there.st_uid == geteuid()) {
        return cmd_fail(ctx, CMD_STORE, "cannot open store '%s': permission "
                        "denied; check the modes of its files and of the "
                        "directories above it", ctx->store_path);
    }

    access_user_name(there.st_uid, name, sizeof(name));

    return cmd_fail(ctx, CMD_STORE, "cannot open store '%s': it belongs to "
                    "'%s'; run 'sudo -u %s retentionctl %s ...'",
                    ctx->store_path, name, name, ctx->command->name);
}


static int
access_calendar(struct cmd_context *ctx)
{
    const char      *reason;
    struct rtn_str   zone;

    zone.data = ctx->settings->timezone;
    zone.len = strlen(ctx->settings->timezone);

    if (rta_zone_use(zone, &reason) != 0) {
        return cmd_fail(ctx, CMD_STORE, "the store's time zone '%s': %s; "
                        "install tzdata", ctx->settings->timezone, reason);
    }

    ctx->as_of = ctx->given_as_of.is_given ? ctx->given_as_of.day
                                           : rta_zone_day(ctx->now_ms);

    return CMD_OK;
}


static void
access_fault(void *data, const char *environment, const char *file,
    const char *sentence)
{
    struct cmd_context  *ctx = data;

    (void) cmd_fail(ctx, CMD_STORE, "%s/%s: %s", environment, file, sentence);
}


int
cmd_store_open(struct cmd_context *ctx)
{
    int       rc;
    unsigned  flags = ctx->command->opens | RTN_OPEN_STATE | RTN_OPEN_VERIFY;
    uint64_t  faults = 0;

    if (!(ctx->command->flags & CMD_WRITES)) {
        flags |= RTN_OPEN_READ_ONLY;
    }

    rc = cmd_owner_enter(ctx);

    if (rc != CMD_OK) {
        return rc;
    }

    cmd_signals_store();

    rc = rtn_store_open(ctx->store_path, flags, &ctx->store);

    if (rc == RTN_ERR_DAMAGED || rc == RTN_ERR_CORRUPT) {
        (void) rtn_store_verify(ctx->store_path, flags, access_fault, ctx,
                                &faults);
    }

    cmd_owner_leave();

    if (rc == RTN_ERR_PERMISSION) {
        return access_refused(ctx);
    }

    if (faults > 0) {
        return cmd_fail(ctx, CMD_STORE, "cannot open store '%s': %s; restore "
                        "it from a backup", ctx->store_path,
                        rtn_strerror(rc));
    }

    if (rc != 0) {
        return cmd_fail_store(ctx, rc, "cannot open store '%s'",
                              ctx->store_path);
    }

    ctx->settings = rtn_store_settings(ctx->store);

    return access_calendar(ctx);
}
