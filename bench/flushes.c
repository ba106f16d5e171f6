/*
 * A library to be preloaded, which counts what a server asks of the disk.
 *
 *     LD_PRELOAD=flushes.so FLUSHES_FILE=FILE FLUSHES_PATHS=A:B command
 *
 * Files count whose path has A in it, and apart from them those that have B.
 * FILE has room for the three numbers below, once for A and once for B, as the
 * machine has them in memory.  It is mapped by the first process; those that
 * it forks go on counting there.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define FLUSHES_PATH_MAX  4096
#define FLUSHES_PATHS     2

struct flushes {
    uint64_t  syncs;        /* fdatasync and fsync */
    uint64_t  sync_writes;  /* writes that are their own flush: O_DSYNC */
    uint64_t  bytes;        /* written */
};

static struct flushes  *flushes;        /* one for each path */

/* Of the environment, over which nginx writes the titles of its processes. */
static char             flushes_paths[FLUSHES_PATHS][FLUSHES_PATH_MAX];


static bool
flushes_parse(const char *paths)
{
    const char  *colon;

    colon = strchr(paths, ':');

    if (colon == NULL || colon == paths || colon[1] == '\0'
        || strlen(paths) >= FLUSHES_PATH_MAX)
    {
        return false;
    }

    memcpy(flushes_paths[0], paths, (size_t) (colon - paths));
    strcpy(flushes_paths[1], colon + 1);

    return true;
}


__attribute__((constructor)) static void
flushes_begin(void)
{
    int          fd;
    void        *map;
    const char  *file, *paths;

    file = getenv("FLUSHES_FILE");
    paths = getenv("FLUSHES_PATHS");

    if (file == NULL || paths == NULL || !flushes_parse(paths)) {
        return;
    }

    fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd == -1) {
        return;
    }

    map = mmap(NULL, FLUSHES_PATHS * sizeof(struct flushes),
               PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);

    if (map != MAP_FAILED) {
        flushes = map;
    }
}


/* NULL: the file does not count. */
static struct flushes *
flushes_of(int fd)
{
    int      i, saved;
    char     link[64], path[FLUSHES_PATH_MAX];
    ssize_t  n;

    if (flushes == NULL) {
        return NULL;
    }

    saved = errno;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    errno = saved;

    if (n <= 0) {
        return NULL;
    }

    path[n] = '\0';

    for (i = 0; i < FLUSHES_PATHS; i++) {
        if (strstr(path, flushes_paths[i]) != NULL) {
            return &flushes[i];
        }
    }

    return NULL;
}


static void
flushes_add(uint64_t *counter, uint64_t n)
{
    __atomic_add_fetch(counter, n, __ATOMIC_RELAXED);
}


static void
flushes_sync(int fd)
{
    struct flushes  *counters;

    counters = flushes_of(fd);

    if (counters != NULL) {
        flushes_add(&counters->syncs, 1);
    }
}


static void
flushes_write(int fd, ssize_t n)
{
    int              mode, saved;
    struct flushes  *counters;

    counters = n > 0 ? flushes_of(fd) : NULL;

    if (counters == NULL) {
        return;
    }

    flushes_add(&counters->bytes, (uint64_t) n);

    saved = errno;
    mode = fcntl(fd, F_GETFL);
    errno = saved;

    if (mode != -1 && (mode & O_DSYNC) != 0) {
        flushes_add(&counters->sync_writes, 1);
    }
}


#define FLUSHES_NEXT(name)                                                   \
    static __typeof__(&name)  next;                                          \
                                                                             \
    if (next == NULL) {                                                      \
        next = (__typeof__(&name)) dlsym(RTLD_NEXT, #name);                  \
    }

#define FLUSHES_WRITE(name, arguments)                                       \
    ssize_t  n;                                                              \
    FLUSHES_NEXT(name)                                                       \
                                                                             \
    n = next arguments;                                                      \
    flushes_write(fd, n);                                                    \
                                                                             \
    return n

#define FLUSHES_SYNC(name)                                                   \
    FLUSHES_NEXT(name)                                                       \
                                                                             \
    flushes_sync(fd);                                                        \
                                                                             \
    return next(fd)


ssize_t
write(int fd, const void *data, size_t len)
{
    FLUSHES_WRITE(write, (fd, data, len));
}


ssize_t
writev(int fd, const struct iovec *parts, int count)
{
    FLUSHES_WRITE(writev, (fd, parts, count));
}


ssize_t
pwrite(int fd, const void *data, size_t len, off_t offset)
{
    FLUSHES_WRITE(pwrite, (fd, data, len, offset));
}


ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
    FLUSHES_WRITE(pwrite64, (fd, data, len, offset));
}


ssize_t
pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    FLUSHES_WRITE(pwritev64, (fd, parts, count, offset));
}


int
fdatasync(int fd)
{
    FLUSHES_SYNC(fdatasync);
}


int
fsync(int fd)
{
    FLUSHES_SYNC(fsync);
}
