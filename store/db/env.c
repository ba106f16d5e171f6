/* The store's environments: opening, closing, what they hold. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db.h"
#include "pages.h"
#include "segment.h"

/*
 * Maps are address space, not disk.  Together they take less than 1 of the
 * 128 TiB that a process has; where that is too much, they are halved down to
 * ENV_MAP_MIN.  Where a process's memory is limited, no map begins with more
 * than its ENV_MAP_SHARE-th part, so that the last one finds room too.
 */
#define ENV_GIB        (UINT64_C(1) << 30)
#define ENV_MAP_MIN    ENV_GIB
#define ENV_MAP_SHARE  (2 * DB_ENVIRONMENTS)

#define ENV_FILE_MODE  0600

static const struct {
    const char  *name;          /* also of its directory */
    const char  *file;          /* below the store's path */
    const char  *opened;        /* what LMDB gets: a directory or the file */
    uint64_t     map_bytes;
    unsigned     open_flag;
    unsigned     lmdb_flags;
} env_rows[DB_ENVIRONMENTS] = {
    [DB_EVENTS]  = { "events", "events/000001.mdb", "events/000001.mdb",
                     256 * ENV_GIB, RTN_OPEN_EVENTS, MDB_NOSUBDIR },
    [DB_COUPONS] = { "coupons", "coupons/data.mdb", "coupons",
                     64 * ENV_GIB, RTN_OPEN_COUPONS, 0 },
    [DB_STATE]   = { "state", "state/data.mdb", "state",
                     64 * ENV_GIB, RTN_OPEN_STATE, 0 },
    [DB_CRM]     = { "crm", "crm/data.mdb", "crm",
                     64 * ENV_GIB, RTN_OPEN_CRM, 0 }
};

static int env_new(struct rtn_store *store, enum db_environment environment,
    const char *path, MDB_env **env);
static int env_owner(const char *path, const char *file, struct stat *st);
static int env_path(const struct rtn_store *store,
    enum db_environment environment, bool is_file, char path[DB_PATH_MAX]);
static int env_check_head(enum db_environment environment,
    const char *path);
static uint64_t env_map_bytes(enum db_environment environment);
static int env_map(const char *path, uint64_t map_bytes, unsigned flags,
    MDB_env **env);


/* Of the state; where that is missing, of another environment. */
int
rtn_store_owner(const char *path, unsigned *uid, unsigned *gid)
{
    int          rc;
    size_t       i;
    struct stat  st;

    rc = env_owner(path, env_rows[DB_STATE].file, &st);

    for (i = 0; rc == RTN_ERR_ABSENT && i < DB_ENVIRONMENTS; i++) {
        rc = env_owner(path, env_rows[i].name, &st);
    }

    if (rc == 0) {
        *uid = st.st_uid;
        *gid = st.st_gid;
    }

    return rc;
}


static int
env_owner(const char *path, const char *file, struct stat *st)
{
    int   n;
    char  below[DB_PATH_MAX];

    n = snprintf(below, sizeof(below), "%s/%s", path, file);
    if (n < 0 || (size_t) n >= sizeof(below)) {
        return RTN_ERR_ABSENT;
    }

    return stat(below, st) == 0 ? 0 : db_err(errno);
}


const char *
db_environment_name(enum db_environment environment)
{
    return env_rows[environment].name;
}


unsigned
db_environment_flag(enum db_environment environment)
{
    return env_rows[environment].open_flag;
}


const char *
db_environment_file(enum db_environment environment)
{
    return env_rows[environment].file;
}


/* Of the file, or of what LMDB gets to open. */
static int
env_path(const struct rtn_store *store, enum db_environment environment,
    bool is_file, char path[DB_PATH_MAX])
{
    int          n;
    const char  *below;

    if (environment == DB_EVENTS) {
        return db_segment_path(store, store->segment, DB_SEGMENT_PLAIN,
                               path);
    }

    below = is_file ? env_rows[environment].file
                    : env_rows[environment].opened;

    n = snprintf(path, DB_PATH_MAX, "%s/%s", store->path, below);

    return n < 0 || n >= DB_PATH_MAX ? RTN_ERR_ABSENT : 0;
}


int
db_env_exists(struct rtn_store *store, enum db_environment environment)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = env_path(store, environment, true, path);

    return rc == 0 ? db_env_file_exists(path) : rc;
}


int
db_env_file_exists(const char *path)
{
    struct stat  st;

    if (stat(path, &st) != 0) {
        return db_err(errno);
    }

    if (!S_ISREG(st.st_mode)) {
        return RTN_ERR_DAMAGED;
    }

    /* LMDB's two first pages, which an interrupted creation may lack */
    if (st.st_size < 2 * sysconf(_SC_PAGESIZE)) {
        return RTN_ERR_ABSENT;
    }

    return 0;
}


/* Creation makes the state's file first: another one without it, or beside
   one that is torn, is what is left of a store. */
int
db_env_missed(struct rtn_store *store)
{
    int     rc;
    size_t  i;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (i == DB_STATE) {
            continue;
        }

        rc = i == DB_EVENTS ? db_segments_locate(store) : 0;

        if (rc == 0) {
            rc = db_env_exists(store, i);
        }

        if (rc != RTN_ERR_ABSENT) {
            return RTN_ERR_DAMAGED;
        }
    }

    return RTN_ERR_ABSENT;
}


int
db_env_remove_torn(struct rtn_store *store, enum db_environment environment)
{
    int   rc;
    char  path[DB_PATH_MAX];

    if (db_env_exists(store, environment) != RTN_ERR_ABSENT) {
        return 0;
    }

    rc = env_path(store, environment, true, path);
    if (rc != 0) {
        return rc;
    }

    return unlink(path) == 0 || errno == ENOENT ? 0 : db_err(errno);
}


int
db_env_open(struct rtn_store *store, enum db_environment environment)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = env_path(store, environment, false, path);

    return rc == 0 ? env_new(store, environment, path,
                             &store->envs[environment].env) : rc;
}


int
db_env_new(struct rtn_store *store, enum db_environment environment,
    const char *path, MDB_env **env)
{
    int                    rc;
    MDB_env               *opened;
    struct db_pages_fault  fault;

    rc = env_new(store, environment, path, &opened);
    if (rc != 0) {
        return rc;
    }

    if (store->flags & RTN_OPEN_VERIFY) {
        rc = db_pages_verify_env(opened, environment != DB_EVENTS,
                                 store->verify_until_ms, &fault);

        if (rc == RTN_ERR_LIMIT) {
            store->is_unverified = true;

        } else if (rc != 0) {
            mdb_env_close(opened);
            return rc;
        }
    }

    *env = opened;

    return 0;
}


static int
env_new(struct rtn_store *store, enum db_environment environment,
    const char *path, MDB_env **env)
{
    int        rc;
    uint64_t   map_bytes;
    unsigned   flags;

    rc = env_check_head(environment, path);
    if (rc != 0) {
        return rc;
    }

    flags = env_rows[environment].lmdb_flags | MDB_NOTLS;

    if (store->flags & RTN_OPEN_READ_ONLY) {
        flags |= MDB_RDONLY;
    }

    map_bytes = env_map_bytes(environment);

    do {
        rc = env_map(path, map_bytes, flags, env);
        map_bytes /= 2;
    } while (rc == ENOMEM && map_bytes >= ENV_MAP_MIN);

    return rc == 0 ? 0 : db_write_err(store, rc);
}


/* A file that is not there yet will be made. */
static int
env_check_head(enum db_environment environment, const char *path)
{
    int                    n, rc;
    char                   file[DB_PATH_MAX];
    struct db_pages_fault  fault;

    n = snprintf(file, sizeof(file), "%s%s", path,
                 env_rows[environment].lmdb_flags & MDB_NOSUBDIR
                 ? "" : "/data.mdb");

    if (n < 0 || (size_t) n >= sizeof(file)) {
        return RTN_ERR_LIMIT;
    }

    rc = db_pages_check_head(file, &fault);

    return rc == RTN_ERR_ABSENT ? 0 : rc;
}


static uint64_t
env_map_bytes(enum db_environment environment)
{
    uint64_t       bytes;
    struct rlimit  limit;

    bytes = env_rows[environment].map_bytes;

    if (getrlimit(RLIMIT_AS, &limit) != 0
        || limit.rlim_cur == RLIM_INFINITY)
    {
        return bytes;
    }

    while (bytes > limit.rlim_cur / ENV_MAP_SHARE && bytes > ENV_MAP_MIN) {
        bytes /= 2;
    }

    return bytes;
}


static int
env_map(const char *path, uint64_t map_bytes, unsigned flags, MDB_env **env)
{
    int       rc;
    MDB_env  *made;

    rc = mdb_env_create(&made);
    if (rc != 0) {
        return rc;
    }

    rc = mdb_env_set_mapsize(made, map_bytes);

    if (rc == 0) {
        rc = mdb_env_set_maxreaders(made, RTN_READERS_MAX);
    }

    if (rc == 0) {
        rc = mdb_env_set_maxdbs(made, DB_TABLES);
    }

    if (rc == 0) {
        rc = mdb_env_open(made, path, flags, ENV_FILE_MODE);
    }

    if (rc != 0) {
        mdb_env_close(made);
        return rc;
    }

    *env = made;

    return 0;
}
