/* Making a store: directories, environments, and last its settings. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"

/* State is first, so that it is missing only where no other is there, or
   where a store has lost it; its settings, put last and in one transaction,
   complete the store. */
static const enum db_environment create_order[DB_ENVIRONMENTS] = {
    DB_STATE, DB_EVENTS, DB_COUPONS, DB_CRM
};

static int create_directory(const char *path);
static int create_lock(const char *path, int *fd);
static int create_claim(const char *path);
static int create_is_absent(const char *path);
static bool create_is_ours(const char *name);
static int create_environment(struct rtn_store *store,
    enum db_environment environment);


int
rtn_store_create(const char *path, const struct rtn_settings *settings,
    int64_t now_ms)
{
    int                fd, rc;
    size_t             i;
    struct rtn_store  *store;

    rc = db_store_new(path, RTN_OPEN_ALL, &store);
    if (rc != 0) {
        return rc;
    }

    fd = -1;

    rc = create_directory(store->path);
    if (rc != 0) {
        goto done;
    }

    rc = create_lock(store->path, &fd);
    if (rc != 0) {
        goto done;
    }

    rc = create_claim(store->path);

    for (i = 0; rc == 0 && i < DB_ENVIRONMENTS; i++) {
        rc = create_environment(store, create_order[i]);

        if (rc == 0) {
            rc = db_dir_sync(store->path);
        }
    }

    if (rc == 0) {
        rc = db_dir_sync_parent(store->path);
    }

    if (rc == 0) {
        rc = db_settings_create(store, settings, now_ms);
    }

done:

    rtn_store_close(store);

    if (fd != -1) {
        close(fd);
    }

    return rc;
}


static int
create_directory(const char *path)
{
    struct stat  st;

    if (mkdir(path, DB_DIR_MODE) == 0) {
        return 0;
    }

    if (errno != EEXIST) {
        return errno == ENOENT ? RTN_ERR_IO : db_err(errno);
    }

    if (stat(path, &st) != 0) {
        return db_err(errno);
    }

    return S_ISDIR(st.st_mode) ? 0 : RTN_ERR_EXISTS;
}


/* Two that create at once would remove each other's files. */
static int
create_lock(const char *path, int *fd)
{
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd == -1) {
        return db_err(errno);
    }

    return flock(*fd, LOCK_EX) == 0 ? 0 : db_err(errno);
}


/* Takes a directory that is empty, or has what was interrupted. */
static int
create_claim(const char *path)
{
    int             rc;
    DIR            *dir;
    struct dirent  *entry;

    dir = opendir(path);
    if (dir == NULL) {
        return db_err(errno);
    }

    rc = 0;

    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        rc = create_is_ours(entry->d_name) ? 0 : RTN_ERR_EXISTS;
    }

    closedir(dir);

    if (rc == 0) {
        rc = create_is_absent(path);
    }

    if (rc == 0 && chmod(path, DB_DIR_MODE) != 0) {
        rc = db_err(errno);
    }

    return rc;
}


static int
create_is_absent(const char *path)
{
    int                rc;
    struct rtn_store  *store;

    rc = rtn_store_open(path, RTN_OPEN_STATE | RTN_OPEN_READ_ONLY, &store);

    switch (rc) {

    case 0:
        rtn_store_close(store);
        return RTN_ERR_EXISTS;

    case RTN_ERR_ABSENT:
        return 0;

    case RTN_ERR_NEWER:
    case RTN_ERR_OLDER:
    case RTN_ERR_CORRUPT:
        return RTN_ERR_EXISTS;

    default:
        return rc;
    }
}


static bool
create_is_ours(const char *name)
{
    size_t  i;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (strcmp(name, db_environment_name(i)) == 0) {
            return true;
        }
    }

    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}


static int
create_environment(struct rtn_store *store, enum db_environment environment)
{
    int   n, rc;
    char  path[DB_PATH_MAX];

    n = snprintf(path, sizeof(path), "%s/%s", store->path,
                 db_environment_name(environment));
    if (n < 0 || (size_t) n >= sizeof(path)) {
        return RTN_ERR_IO;
    }

    rc = create_directory(path);
    if (rc != 0) {
        return rc;
    }

    rc = db_env_remove_torn(store, environment);
    if (rc != 0) {
        return rc;
    }

    rc = db_env_open(store, environment);
    if (rc != 0) {
        return rc;
    }

    rc = db_tables_open(store, environment, true);
    if (rc != 0) {
        return rc;
    }

    return db_dir_sync(path);
}
