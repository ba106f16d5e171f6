/* Whether an opened store is still the one in its directory. */

#include <stdio.h>
#include <sys/stat.h>

#include "segment.h"

static bool current_environment(struct rtn_store *store,
    enum db_environment environment);
static bool current_is_same(MDB_env *env);


bool
rtn_store_is_current(struct rtn_store *store)
{
    bool    is_current;
    size_t  i;

    is_current = true;

    for (i = 0; is_current && i < DB_ENVIRONMENTS; i++) {
        if (store->envs[i].env != NULL) {
            is_current = current_environment(store, i);
        }
    }

    return is_current;
}


static bool
current_environment(struct rtn_store *store, enum db_environment environment)
{
    bool  is_same;

    db_env_hold(store, environment);
    is_same = current_is_same(store->envs[environment].env);
    db_env_let_go(store, environment);

    /* of a segment that was closed and dropped there is a next one */

    if (!is_same && environment == DB_EVENTS
        && db_segments_catch_up(store) == 0)
    {
        db_env_hold(store, environment);
        is_same = current_is_same(store->envs[environment].env);
        db_env_let_go(store, environment);
    }

    return is_same;
}


static bool
current_is_same(MDB_env *env)
{
    int               n;
    char              path[DB_PATH_MAX];
    unsigned          flags;
    const char       *opened;
    struct stat       there, here;
    mdb_filehandle_t  fd;

    if (mdb_env_get_path(env, &opened) != 0
        || mdb_env_get_flags(env, &flags) != 0
        || mdb_env_get_fd(env, &fd) != 0)
    {
        return false;
    }

    n = snprintf(path, sizeof(path), "%s%s", opened,
                 flags & MDB_NOSUBDIR ? "" : "/data.mdb");

    if (n < 0 || (size_t) n >= sizeof(path) || stat(path, &there) != 0
        || fstat(fd, &here) != 0)
    {
        return false;
    }

    return there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}
