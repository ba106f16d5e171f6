/* Whether an opened store is still the one in its directory. */

#include <stdio.h>
#include <sys/stat.h>

#include "db.h"

static bool current_is_same(MDB_env *env);


bool
rtn_store_is_current(const struct rtn_store *store)
{
    size_t  i;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (store->envs[i].env != NULL
            && !current_is_same(store->envs[i].env))
        {
            return false;
        }
    }

    return true;
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
