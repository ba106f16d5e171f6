/* Files that stand whole under their name, or not at all. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE                 /* fopencookie, renameat2 */
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "file.h"

#define FILE_PART  ".part"

struct rto_file {
    FILE     *stream;
    gzFile    gzip;                 /* NULL: not compressed */
    int       gzip_errno;           /* of its first write that failed; or 0 */
    int       fd;                   /* of PATH.part; -1: written as it is */
    unsigned  flags;
    char     *path;
    char     *part;                 /* NULL: written as it is */
};


int
rto_file_err(int code)
{
    switch (code) {

    case EACCES:
    case EPERM:
    case EROFS:
        return RTN_ERR_PERMISSION;

    case ENOSPC:
    case EDQUOT:
        return RTN_ERR_DISK_FULL;

    case ENOMEM:
        return RTN_ERR_NOMEM;

    case EEXIST:
        return RTN_ERR_EXISTS;

    default:
        return RTN_ERR_IO;
    }
}


int
rto_stream_err(FILE *out)
{
    if (!ferror(out)) {
        return 0;
    }

    errno = 0;

    return fflush(out) != 0 ? rto_file_err(errno) : RTN_ERR_IO;
}


static bool
file_is_gzip(const char *path)
{
    size_t  len = strlen(path);

    return len > 3 && strcmp(path + len - 3, ".gz") == 0;
}


static void
file_free(struct rto_file *file)
{
    free(file->path);
    free(file->part);
    free(file);
}


/* zlib fails for good after the first time, and then sets no errno. */

static ssize_t
file_gzip_write(void *cookie, const char *data, size_t len)
{
    int               written;
    struct rto_file  *file = cookie;

    if (len > INT32_MAX) {
        len = INT32_MAX;
    }

    errno = 0;
    written = gzwrite(file->gzip, data, (unsigned) len);

    if (written > 0) {
        return written;
    }

    if (file->gzip_errno == 0) {
        file->gzip_errno = errno != 0 ? errno : EIO;
    }

    errno = file->gzip_errno;

    return 0;
}


/* The FILE on a descriptor, with the compressor between where asked for. */

static int
file_attach(struct rto_file *file, int fd)
{
    int                    copy;
    cookie_io_functions_t  functions = { .write = file_gzip_write };

    if (!file_is_gzip(file->path)) {
        file->stream = fdopen(fd, "w");
        return file->stream != NULL ? 0 : rto_file_err(errno);
    }

    /* gzclose closes its descriptor, while commit still needs one to sync. */

    copy = dup(fd);

    if (copy < 0) {
        return rto_file_err(errno);
    }

    file->gzip = gzdopen(copy, "wb");

    if (file->gzip == NULL) {
        close(copy);
        return RTN_ERR_NOMEM;
    }

    file->stream = fopencookie(file, "w", functions);

    return file->stream != NULL ? 0 : RTN_ERR_NOMEM;
}


/*
 * Opens PATH.part for one writer at a time.  One that a killed command left
 * behind is taken over; one that another command just renamed away is not:
 * then the name no longer leads to what was locked.
 */

static int
file_part_open(struct rto_file *file, int *out)
{
    int          fd, saved;
    mode_t       mode = file->flags & RTO_FILE_PRIVATE ? 0600 : 0666;
    struct stat  opened, named;

    for ( ;; ) {
        fd = open(file->part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                  mode);

        if (fd < 0) {
            return -1;
        }

        if (flock(fd, LOCK_EX | LOCK_NB) != 0
            || fstat(fd, &opened) != 0)
        {
            break;
        }

        if (lstat(file->part, &named) == 0 && named.st_ino == opened.st_ino
            && named.st_dev == opened.st_dev)
        {
            if (ftruncate(fd, 0) != 0
                || (file->flags & RTO_FILE_PRIVATE && fchmod(fd, 0600) != 0))
            {
                break;
            }

            *out = fd;
            return 0;
        }

        close(fd);
    }

    saved = errno;
    close(fd);
    errno = saved;

    return -1;
}


/* What exists and is no regular file has no name to be renamed to. */

static int
file_open_named(struct rto_file *file)
{
    int          fd;
    struct stat  there;

    if (stat(file->path, &there) == 0) {
        if (S_ISDIR(there.st_mode)) {
            errno = EISDIR;
            return RTN_ERR_IO;
        }

        if (!S_ISREG(there.st_mode)) {
            fd = open(file->path, O_WRONLY | O_CLOEXEC);

            if (fd < 0) {
                return rto_file_err(errno);
            }

            file->fd = fd;
            return file_attach(file, fd);
        }

        if (!(file->flags & RTO_FILE_FORCE)) {
            errno = EEXIST;
            return RTN_ERR_EXISTS;
        }
    }

    file->part = malloc(strlen(file->path) + sizeof(FILE_PART));

    if (file->part == NULL) {
        return RTN_ERR_NOMEM;
    }

    sprintf(file->part, "%s" FILE_PART, file->path);

    if (file_part_open(file, &fd) != 0) {
        free(file->part);
        file->part = NULL;
        return rto_file_err(errno);
    }

    file->fd = fd;

    return file_attach(file, fd);
}


int
rto_file_open(const char *path, unsigned flags, struct rto_file **out)
{
    int               rc, saved;
    struct rto_file  *file;

    file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return RTN_ERR_NOMEM;
    }

    file->fd = -1;
    file->flags = flags;
    file->path = strdup(path);

    if (file->path == NULL) {
        free(file);
        return RTN_ERR_NOMEM;
    }

    if (strcmp(path, "-") == 0) {
        file->stream = stdout;
        rc = 0;

    } else {
        rc = file_open_named(file);
    }

    if (rc != 0) {
        saved = errno;
        rto_file_discard(file);
        errno = saved;
        return rc;
    }

    *out = file;

    return 0;
}


FILE *
rto_file_stream(struct rto_file *file)
{
    return file->stream;
}


/* Writes all that is left; the descriptor stays open for a compressed file. */

static int
file_flush(struct rto_file *file)
{
    int  rc;

    rc = fflush(file->stream) != 0 ? rto_file_err(errno)
                                   : rto_stream_err(file->stream);

    if (file->gzip != NULL) {
        if (fclose(file->stream) != 0 && rc == 0) {
            rc = rto_file_err(errno);
        }

        file->stream = NULL;

        if (gzclose(file->gzip) != Z_OK && rc == 0) {
            rc = rto_file_err(errno != 0 ? errno : EIO);
        }

        file->gzip = NULL;
    }

    return rc;
}


/* The name's directory is synced too, else a crash may take the name back. */

static int
file_sync_directory(const char *path)
{
    int          fd, rc;
    char        *directory = strdup(path);
    const char  *name;
    char        *slash;

    if (directory == NULL) {
        return RTN_ERR_NOMEM;
    }

    slash = strrchr(directory, '/');
    name = ".";

    if (slash != NULL) {
        slash[slash == directory ? 1 : 0] = '\0';
        name = directory;
    }

    fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);

    if (fd < 0) {
        return rto_file_err(errno);
    }

    rc = fsync(fd) == 0 || errno == EINVAL ? 0 : rto_file_err(errno);
    close(fd);

    return rc;
}


static int
file_rename(struct rto_file *file)
{
    unsigned  flags = file->flags & RTO_FILE_FORCE ? 0 : RENAME_NOREPLACE;

    if (renameat2(AT_FDCWD, file->part, AT_FDCWD, file->path, flags) == 0) {
        return 0;
    }

    /* Some file systems know no RENAME_NOREPLACE. */

    if (errno == EINVAL && flags != 0) {
        if (access(file->path, F_OK) == 0) {
            return RTN_ERR_EXISTS;
        }

        if (rename(file->part, file->path) == 0) {
            return 0;
        }
    }

    return rto_file_err(errno);
}


int
rto_file_commit(struct rto_file *file)
{
    int  rc;

    if (file == NULL) {
        return 0;
    }

    rc = file_flush(file);

    if (file->part != NULL) {
        if (rc == 0 && fsync(file->fd) != 0) {
            rc = rto_file_err(errno);
        }

        if (rc == 0) {
            rc = file_rename(file);
        }

        if (rc == 0) {
            free(file->part);
            file->part = NULL;
            rc = file_sync_directory(file->path);
        }
    }

    rto_file_discard(file);

    return rc;
}


void
rto_file_discard(struct rto_file *file)
{
    int  saved = errno;

    if (file == NULL) {
        return;
    }

    if (file->part != NULL) {
        (void) unlink(file->part);
    }

    /* A plain stream owns the descriptor; a compressed one has a copy. */

    if (file->stream != NULL && file->stream != stdout) {
        if (file->gzip == NULL) {
            file->fd = -1;
        }

        (void) fclose(file->stream);
    }

    if (file->gzip != NULL) {
        (void) gzclose(file->gzip);
    }

    if (file->fd >= 0) {
        close(file->fd);
    }

    file_free(file);
    errno = saved;
}
