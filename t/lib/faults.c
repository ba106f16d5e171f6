/*
 * A library to be preloaded, which makes calls fail as a broken disk or a full
 * memory would.
 *
 *     LD_PRELOAD=faults.so FAULTS_FILE=FILE FAULTS_PATH=PART command
 *
 * FILE has one line, which is read anew whenever it changes, so that faults
 * begin and end while a server runs:
 *
 *     CALL FIRST COUNT ERRNO
 *
 * CALL is one of the names below, or "disk" for all but malloc; from the
 * FIRST-th such call of a process on (from 1), COUNT calls fail with ERRNO; or
 * where that is below 0, they take as many milliseconds longer.  "none 0 0 0"
 * ends it.  Each process has counters of its own, and they begin at 0 with each
 * change of FILE.  When a call is met, a byte is added to FILE.met, if there is
 * one.
 *
 * Only files whose path has FAULTS_PATH in it count, so that logs and pipes go
 * on; allocations all count, once the process has begun to write there, or
 * from the start with FAULTS_MEMORY=1.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FAULTS_LINE_MAX  128
#define FAULTS_PATH_MAX  4096

enum fault_call {
    FAULT_WRITE = 0,
    FAULT_WRITEV,
    FAULT_PWRITE,
    FAULT_FDATASYNC,
    FAULT_FSYNC,
    FAULT_FTRUNCATE,
    FAULT_MALLOC,
    FAULT_CALLS
};

static const char *const  fault_names[FAULT_CALLS] = {
    "write", "writev", "pwrite", "fdatasync", "fsync", "ftruncate", "malloc"
};

struct fault_plan {
    bool  calls[FAULT_CALLS];
    long  first;
    long  count;
    int   err;
};

/* Of the environment, over which nginx writes the titles of its processes. */
static char                fault_file[FAULTS_PATH_MAX];
static char                fault_met_file[FAULTS_PATH_MAX + 8];
static char                fault_path[FAULTS_PATH_MAX];

static pthread_mutex_t     fault_lock = PTHREAD_MUTEX_INITIALIZER;
static struct fault_plan   fault_plan;
static struct stat         fault_seen;      /* FILE as it was read last */
static long                fault_count;     /* calls of the plan so far */
static bool                fault_is_armed;  /* a file of FAULTS_PATH was
                                               written to */
static __thread bool       fault_is_inside; /* this code's own calls */


static void
fault_copy(const char *name, char value[FAULTS_PATH_MAX])
{
    const char  *given;

    given = getenv(name);

    if (given != NULL && strlen(given) < FAULTS_PATH_MAX) {
        strcpy(value, given);
    }
}


__attribute__((constructor)) static void
fault_begin(void)
{
    fault_copy("FAULTS_FILE", fault_file);
    fault_copy("FAULTS_PATH", fault_path);
    snprintf(fault_met_file, sizeof(fault_met_file), "%s.met", fault_file);
    fault_is_armed = getenv("FAULTS_MEMORY") != NULL;
}


static void
fault_parse(const char *line)
{
    char               name[FAULTS_LINE_MAX];
    size_t             i;
    struct fault_plan  plan;

    memset(&plan, 0, sizeof(plan));

    if (sscanf(line, "%127s %ld %ld %d", name, &plan.first, &plan.count,
               &plan.err)
        != 4)
    {
        return;
    }

    for (i = 0; i < FAULT_CALLS; i++) {
        plan.calls[i] = strcmp(name, fault_names[i]) == 0
                        || (strcmp(name, "disk") == 0 && i != FAULT_MALLOC);
    }

    fault_plan = plan;
    fault_count = 0;
}


static void
fault_read(void)
{
    int          fd;
    char         line[FAULTS_LINE_MAX];
    ssize_t      n;
    struct stat  st;

    if (fault_file[0] == '\0' || stat(fault_file, &st) != 0
        || (st.st_ino == fault_seen.st_ino
            && st.st_mtim.tv_sec == fault_seen.st_mtim.tv_sec
            && st.st_mtim.tv_nsec == fault_seen.st_mtim.tv_nsec))
    {
        return;
    }

    fd = open(fault_file, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return;
    }

    n = read(fd, line, sizeof(line) - 1);
    close(fd);

    if (n > 0) {
        line[n] = '\0';
        fault_seen = st;
        fault_parse(line);
    }
}


/* Says so, for a test that goes on until none is met. */
static void
fault_met(void)
{
    int  fd;

    fd = open(fault_met_file, O_WRONLY | O_APPEND | O_CLOEXEC);

    if (fd != -1) {
        (void) !write(fd, "", 1);
        close(fd);
    }
}


/* Whether this call is to fail; errno is set then.  Or it waits. */
static bool
fault_is_due(enum fault_call call)
{
    int   saved, wait_ms;
    bool  is_due;

    saved = errno;

    pthread_mutex_lock(&fault_lock);
    fault_is_inside = true;

    fault_read();

    is_due = false;

    if (fault_plan.calls[call]) {
        fault_count++;
        is_due = fault_count >= fault_plan.first
                 && fault_count - fault_plan.first < fault_plan.count;
    }

    if (is_due) {
        fault_met();
    }

    wait_ms = is_due && fault_plan.err < 0 ? -fault_plan.err : 0;
    saved = is_due && wait_ms == 0 ? fault_plan.err : saved;

    fault_is_inside = false;
    pthread_mutex_unlock(&fault_lock);

    if (wait_ms > 0) {
        usleep((useconds_t) wait_ms * 1000);
    }

    errno = saved;

    return is_due && wait_ms == 0;
}


static bool
fault_is_of_path(int fd)
{
    int      saved;
    char     link[64], path[FAULTS_PATH_MAX];
    ssize_t  n;

    if (fault_path[0] == '\0' || fault_is_inside) {
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

    if (strstr(path, fault_path) == NULL) {
        return false;
    }

    fault_is_armed = true;

    return true;
}


#define FAULT_NEXT(name)                                                     \
    static __typeof__(&name)  next;                                          \
                                                                             \
    if (next == NULL) {                                                      \
        next = (__typeof__(&name)) dlsym(RTLD_NEXT, #name);                  \
    }

#define FAULT_DISK(call, name, arguments)                                    \
    FAULT_NEXT(name)                                                         \
                                                                             \
    if (fault_is_of_path(fd) && fault_is_due(call)) {                        \
        return -1;                                                           \
    }                                                                        \
                                                                             \
    return next arguments


ssize_t
write(int fd, const void *data, size_t len)
{
    FAULT_DISK(FAULT_WRITE, write, (fd, data, len));
}


ssize_t
pwrite(int fd, const void *data, size_t len, off_t offset)
{
    FAULT_DISK(FAULT_PWRITE, pwrite, (fd, data, len, offset));
}


ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
    FAULT_DISK(FAULT_PWRITE, pwrite64, (fd, data, len, offset));
}


ssize_t
writev(int fd, const struct iovec *parts, int n)
{
    FAULT_DISK(FAULT_WRITEV, writev, (fd, parts, n));
}


int
fdatasync(int fd)
{
    FAULT_DISK(FAULT_FDATASYNC, fdatasync, (fd));
}


int
fsync(int fd)
{
    FAULT_DISK(FAULT_FSYNC, fsync, (fd));
}


int
ftruncate(int fd, off_t len)
{
    FAULT_DISK(FAULT_FTRUNCATE, ftruncate, (fd, len));
}


int
ftruncate64(int fd, off64_t len)
{
    FAULT_DISK(FAULT_FTRUNCATE, ftruncate64, (fd, len));
}


/* dlsym may allocate, so the C library's own names are called here. */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);


static bool
fault_is_memory(void)
{
    return fault_is_armed && !fault_is_inside && fault_is_due(FAULT_MALLOC);
}


void *
malloc(size_t size)
{
    return fault_is_memory() ? NULL : __libc_malloc(size);
}


void *
calloc(size_t n, size_t size)
{
    return fault_is_memory() ? NULL : __libc_calloc(n, size);
}


void *
realloc(void *p, size_t size)
{
    return fault_is_memory() ? NULL : __libc_realloc(p, size);
}
