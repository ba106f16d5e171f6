/* A directory that is copied whole or not at all; see dir.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"

#define COPY_CHUNK  (1024 * 1024)

static int copy_is_free(const char *path, bool is_empty_allowed);
static int copy_bytes(struct db_copy *copy, int from, int to);


int
db_copy_begin(struct db_copy *copy, const char *path, bool is_empty_allowed)
{
    int     n, rc;
    size_t  len;

    len = strlen(path);

    while (len > 1 && path[len - 1] == '/') {
        len--;
    }

    n = snprintf(copy->part, sizeof(copy->part), "%.*s.part", (int) len,
                 path);

    if (len == 0 || n < 0 || (size_t) n >= sizeof(copy->part)) {
        return RTN_ERR_LIMIT;
    }

    snprintf(copy->path, sizeof(copy->path), "%.*s", (int) len, path);

    rc = copy_is_free(copy->path, is_empty_allowed);
    if (rc != 0) {
        return rc;
    }

    if (mkdir(copy->part, DB_DIR_MODE) != 0) {
        return db_err(errno);
    }

    copy->is_begun = true;

    return 0;
}


/* An empty directory gives way to the rename, no other does. */
static int
copy_is_free(const char *path, bool is_empty_allowed)
{
    struct stat  st;

    if (lstat(path, &st) != 0) {
        return errno == ENOENT ? 0 : db_err(errno);
    }

    if (!is_empty_allowed || !S_ISDIR(st.st_mode)) {
        return RTN_ERR_EXISTS;
    }

    return db_dir_is_empty(path) ? 0 : RTN_ERR_EXISTS;
}


int
db_copy_dir(struct db_copy *copy, const char *name)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_dir_join(path, copy->part, name);

    if (rc == 0 && mkdir(path, DB_DIR_MODE) != 0 && errno != EEXIST) {
        rc = db_err(errno);
    }

    return rc;
}


int
db_copy_open(struct db_copy *copy, const char *name, int *fd)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_dir_join(path, copy->part, name);
    if (rc != 0) {
        return rc;
    }

    *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
               DB_FILE_MODE);

    return *fd == -1 ? db_err(errno) : 0;
}


int
db_copy_file(struct db_copy *copy, const char *from, const char *name)
{
    int   in, out, rc;
    char  path[DB_PATH_MAX];

    rc = db_dir_join(path, from, name);
    if (rc != 0) {
        return rc;
    }

    in = open(path, O_RDONLY | O_CLOEXEC);
    if (in == -1) {
        return db_err(errno);
    }

    rc = db_copy_open(copy, name, &out);

    if (rc == 0) {
        rc = copy_bytes(copy, in, out);

        if (close(out) != 0 && rc == 0) {
            rc = db_err(errno);
        }
    }

    close(in);

    return rc;
}


static int
copy_bytes(struct db_copy *copy, int from, int to)
{
    int      rc;
    char    *chunk;
    ssize_t  n;

    chunk = malloc(COPY_CHUNK);
    if (chunk == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = 0;

    for (n = 1; rc == 0 && n > 0; /* void */ ) {
        n = read(from, chunk, COPY_CHUNK);

        if (n > 0) {
            rc = db_write_all(to, chunk, (size_t) n);

        } else if (n == -1) {
            rc = db_err(errno);
        }

        if (rc == 0 && n > 0) {
            rc = db_copy_add(copy, (uint64_t) n);
        }
    }

    if (rc == 0 && fsync(to) != 0) {
        rc = db_err(errno);
    }

    free(chunk);

    return rc;
}


int
db_copy_add(struct db_copy *copy, uint64_t bytes)
{
    copy->done += bytes;

    if (copy->progress == NULL
        || copy->progress(copy->data, copy->done, copy->total))
    {
        return 0;
    }

    return RTN_ERR_IO;
}


int
db_copy_end(struct db_copy *copy, int err)
{
    if (!copy->is_begun) {
        return err;
    }

    if (err == 0) {
        err = db_dir_sync(copy->part);
    }

    if (err == 0 && rename(copy->part, copy->path) != 0) {
        err = errno == ENOTEMPTY ? RTN_ERR_EXISTS : db_err(errno);
    }

    if (err != 0) {
        db_dir_remove(copy->part);
        return err;
    }

    return db_dir_sync_parent(copy->path);
}
