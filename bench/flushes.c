/*
 * A library to be preloaded, which counts what a server asks of the disk.
 *
 *     LD_PRELOAD=flushes.so FLUSHES_FILE=FILE FLUSHES_PATH=PART command
 *
 * FILE has room for the three numbers below, as the machine has them in
 * memory, and is mapped by the first process; those that it forks go on
 * counting there.  Only files whose path has FLUSHES_PATH in it count.
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

struct flushes {
    uint64_t  syncs;        /* fdatasync and fsync */
    uint64_t  sync_writes;  /* writes that are their own flush: O_DSYNC */
    uint64_t  bytes;        /* written */
};

static struct flushes  *flushes;

/* Of the environment, over which nginx writes the titles of its processes. */
static char             flushes_path[FLUSHES_PATH_MAX];


__attribute__((constructor)) static void
flushes_begin(void)
{
    int          fd;
    void        *map;
    const char  *file, *path;

    file = getenv("FLUSHES_FILE");
    path = getenv("FLUSHES_PATH");

    if (file == NULL || path == NULL || strlen(path) >= FLUSHES_PATH_MAX) {
        return;
    }

    fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd == -1) {
        return;
    }

    map = mmap(NULL, sizeof(struct flushes), PROT_READ | PROT_WRITE,
               MAP_SHARED, fd, 0);
    close(fd);

    if (map != MAP_FAILED) {
        strcpy(flushes_path, path);
        flushes = map;
    }
}


static bool
flushes_is_of_path(int fd)
{
    int      saved;
    char     link[64], path[FLUSHES_PATH_MAX];
    ssize_t  n;

    if (flushes == NULL) {
        return false;
    }

    saved = errno;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    errno = saved;

    if (n <= 0) {
        return false;
    }

    path[n] = '\0';

    return strstr(path, flushes_path) != NULL;
}


static void
flushes_add(uint64_t *counter, uint64_t n)
{
    __atomic_add_fetch(counter, n, __ATOMIC_RELAXED);
}


static void
flushes_sync(int fd)
{
    if (flushes_is_of_path(fd)) {
        flushes_add(&flushes->syncs, 1);
    }
}


static void
flushes_write(int fd, ssize_t n)
{
    int  mode;

    if (n <= 0 || !flushes_is_of_path(fd)) {
        return;
    }

    flushes_add(&flushes->bytes, (uint64_t) n);

    mode = fcntl(fd, F_GETFL);

    if (mode != -1 && (mode & O_DSYNC) != 0) {
        flushes_add(&flushes->sync_writes, 1);
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
