/* The key file: read whole, replaced whole, under a lock. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apikey_file.h"

#define APIKEY_FILE_MODE   0640
#define APIKEY_DIR_MODE    0755
#define APIKEY_PATH_MAX    4096
#define APIKEY_PART        ".part"


static int
apikey_file_fail(struct cmd_context *ctx, const char *doing, const char *path)
{
    int          err = errno;
    const char  *advice = "";

    if (err == EACCES || err == EPERM) {
        advice = "; run it with sudo, or name a file with --file";

    } else if (err == ENOENT) {
        advice = "; 'retentionctl api-key new' makes it, or name a file with "
                 "--file";
    }

    return cmd_fail(ctx, CMD_DATA, "cannot %s '%s': %s%s", doing, path,
                    strerror(err), advice);
}


/*
 * The directory is locked, and not the file: the file is replaced, and a lock
 * on the old one would keep nobody from the new one.
 */

static int
apikey_file_directory(struct apikey_file *file, bool is_change)
{
    char         path[APIKEY_PATH_MAX];
    const char  *slash = strrchr(file->path, '/');

    file->name = slash != NULL ? slash + 1 : file->path;

    if (strlen(file->path) >= sizeof(path) || *file->name == '\0') {
        return cmd_fail(file->ctx, CMD_USAGE, "'%s' is no name of a file",
                        file->path);
    }

    snprintf(path, sizeof(path), "%.*s",
             slash != NULL ? (int) (slash - file->path) + 1 : 2,
             slash != NULL ? file->path : "./");

    if (is_change && mkdir(path, APIKEY_DIR_MODE) != 0 && errno != EEXIST) {
        return apikey_file_fail(file->ctx, "make the directory", path);
    }

    file->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (file->directory < 0) {
        return apikey_file_fail(file->ctx, "open", file->path);
    }

    if (is_change && flock(file->directory, LOCK_EX) != 0) {
        return apikey_file_fail(file->ctx, "lock", path);
    }

    return CMD_OK;
}


static int
apikey_file_read(struct apikey_file *file, int fd)
{
    ssize_t      n;
    struct stat  there;

    if (fstat(fd, &there) != 0) {
        return apikey_file_fail(file->ctx, "read", file->path);
    }

    file->exists = true;
    file->mode = there.st_mode & 07777;
    file->uid = there.st_uid;
    file->gid = there.st_gid;

    for ( ;; ) {
        n = read(fd, file->text + file->len, APIKEY_FILE_MAX - file->len);

        if (n < 0) {
            return apikey_file_fail(file->ctx, "read", file->path);
        }

        if (n == 0) {
            break;
        }

        file->len += (size_t) n;
    }

    if (file->len == APIKEY_FILE_MAX) {
        return cmd_fail(file->ctx, CMD_DATA, "'%s' has more than %d bytes, "
                        "which no key file has", file->path,
                        APIKEY_FILE_MAX - 1);
    }

    file->text[file->len] = '\0';

    return CMD_OK;
}


int
apikey_file_open(struct cmd_context *ctx, const char *path, bool is_change,
    struct apikey_file *file)
{
    int  fd, rc;

    memset(file, 0, sizeof(*file));
    file->ctx = ctx;
    file->path = path;
    file->directory = -1;
    file->text = calloc(1, APIKEY_FILE_MAX + 1);

    if (file->text == NULL) {
        return cmd_fail(ctx, CMD_DATA, "out of memory");
    }

    rc = apikey_file_directory(file, is_change);

    if (rc != CMD_OK) {
        return rc;
    }

    fd = openat(file->directory, file->name, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        if (errno == ENOENT && is_change) {
            return CMD_OK;
        }

        return apikey_file_fail(ctx, "open", path);
    }

    rc = apikey_file_read(file, fd);
    close(fd);

    return rc;
}


static int
apikey_file_write(struct apikey_file *file, int fd)
{
    size_t   done = 0;
    ssize_t  n;

    while (done < file->len) {
        n = write(fd, file->text + done, file->len - done);

        if (n < 0) {
            return -1;
        }

        done += (size_t) n;
    }

    /* The mode last: a change of owner may take bits of it away. */

    if (file->exists && fchown(fd, file->uid, file->gid) != 0) {
        return -1;
    }

    if (fchmod(fd, file->exists ? file->mode : APIKEY_FILE_MODE) != 0) {
        return -1;
    }

    return fsync(fd);
}


int
apikey_file_replace(struct apikey_file *file)
{
    int   fd, rc;
    char  part[APIKEY_PATH_MAX + sizeof(APIKEY_PART)];

    snprintf(part, sizeof(part), "%s" APIKEY_PART, file->name);

    /* The lock is ours, so one that is there was left by a killed command. */

    if (unlinkat(file->directory, part, 0) != 0 && errno != ENOENT) {
        return apikey_file_fail(file->ctx, "remove", part);
    }

    fd = openat(file->directory, part,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0) {
        return apikey_file_fail(file->ctx, "write", file->path);
    }

    rc = apikey_file_write(file, fd);

    if (rc == 0) {
        rc = renameat(file->directory, part, file->directory, file->name);
    }

    if (rc != 0) {
        rc = apikey_file_fail(file->ctx, "write", file->path);
        (void) unlinkat(file->directory, part, 0);

    } else if (fsync(file->directory) != 0) {
        rc = apikey_file_fail(file->ctx, "write", file->path);
    }

    close(fd);

    return rc;
}


void
apikey_file_close(struct apikey_file *file)
{
    if (file->directory >= 0) {
        close(file->directory);
    }

    free(file->text);
}


int
apikey_file_next(const struct apikey_file *file, size_t *pos,
    struct rtn_str *line, struct rtn_apikey *key)
{
    int              rc;
    size_t           i, number;
    const char      *end, *reason;
    struct rtn_str   text;

    memset(key, 0, sizeof(*key));

    while (*pos < file->len) {
        line->data = file->text + *pos;
        end = memchr(line->data, '\n', file->len - *pos);

        text.data = line->data;
        text.len = end != NULL ? (size_t) (end - line->data)
                               : file->len - *pos;
        line->len = text.len + (end != NULL);

        rc = rtn_apikey_parse(text, key, &reason);

        if (rc == 0) {
            *pos += line->len;
            return CMD_OK;
        }

        if (rc != RTN_ERR_NOT_FOUND) {
            for (i = 0, number = 1; i < *pos; i++) {
                number += file->text[i] == '\n';
            }

            return cmd_fail(file->ctx, CMD_DATA, "'%s', line %zu: %s",
                            file->path, number, reason);
        }

        *pos += line->len;
    }

    memset(key, 0, sizeof(*key));

    return CMD_OK;
}
