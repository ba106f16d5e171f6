/* Directories; see dir.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"

#define DIR_DEPTH  2        /* a store's directories and their files */

static bool dir_is_dots(const char *name);
static void dir_remove(const char *path, int depth);


int
db_dir_join(char path[DB_PATH_MAX], const char *dir, const char *name)
{
    int  n;

    n = snprintf(path, DB_PATH_MAX, "%s/%s", dir, name);

    return n < 0 || n >= DB_PATH_MAX ? RTN_ERR_LIMIT : 0;
}


int
db_dir_sync(const char *path)
{
    int  fd, rc;

    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1) {
        return db_err(errno);
    }

    rc = fsync(fd) == 0 ? 0 : db_err(errno);

    close(fd);

    return rc;
}


int
db_dir_sync_parent(const char *path)
{
    int   rc;
    char  parent[DB_PATH_MAX], *slash;

    snprintf(parent, sizeof(parent), "%s", path);

    slash = strrchr(parent, '/');

    if (slash == NULL) {
        return db_dir_sync(".");
    }

    slash[slash == parent] = '\0';

    /* who may write in a directory need not be allowed to read it */
    rc = db_dir_sync(parent);

    return rc == RTN_ERR_PERMISSION ? 0 : rc;
}


bool
db_dir_is_empty(const char *path)
{
    DIR            *dir;
    bool            is_empty;
    struct dirent  *entry;

    dir = opendir(path);
    is_empty = dir != NULL;

    while (is_empty && (entry = readdir(dir)) != NULL) {
        is_empty = dir_is_dots(entry->d_name);
    }

    if (dir != NULL) {
        closedir(dir);
    }

    return is_empty;
}


static bool
dir_is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}


void
db_dir_remove(const char *path)
{
    dir_remove(path, DIR_DEPTH);
}


static void
dir_remove(const char *path, int depth)
{
    DIR            *dir;
    char            below[DB_PATH_MAX];
    struct dirent  *entry;

    dir = depth > 0 ? opendir(path) : NULL;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (dir_is_dots(entry->d_name)
            || db_dir_join(below, path, entry->d_name) != 0)
        {
            continue;
        }

        if (unlink(below) != 0) {
            dir_remove(below, depth - 1);
        }
    }

    if (dir != NULL) {
        closedir(dir);
    }

    (void) rmdir(path);
}


int
db_write_all(int fd, const void *bytes, size_t len)
{
    ssize_t      n;
    const char  *p;

    for (p = bytes; len > 0; p += n, len -= (size_t) n) {
        n = write(fd, p, len);

        if (n == -1) {
            return db_err(errno);
        }
    }

    return 0;
}
