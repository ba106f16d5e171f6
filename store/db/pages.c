/* Verifying the pages of an LMDB file; see pages.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pages_tree.h"

#define PAGES_SIZE_MIN     512      /* bytes of a page */
#define PAGES_SIZE_MAX     65536

#define PAGES_LAST         UINT64_MAX   /* the last snapshot, whichever */

#define PAGES_MAGIC        0xBEEFC0DE
#define PAGES_VERSION      1
#define PAGE_META          0x08     /* the kind of a meta page */

/* How often a meta page is read that a writer may be writing. */
#define PAGES_TRIES        20
#define PAGES_WAIT_NS      1000000

/*
 * A meta page, behind the head:
 *
 *     magic u32 | version u32 | address u64 | map's bytes u64
 *     | record of the free table | record of the unnamed one
 *     | last page u64 | transaction u64
 *
 * The free table's record has the size of a page in place of unused.
 */
#define META_VERSION       (PAGE_HEAD + 4)
#define META_FREE          (PAGE_HEAD + 24)
#define META_MAIN          (META_FREE + TABLE_SIZE)
#define META_LAST          (META_MAIN + TABLE_SIZE)
#define META_TXNID         (META_LAST + 8)
#define META_END           (META_TXNID + 8)
#define META_FLAGS_KEPT    0x4000   /* MDB_NOSUBDIR stands there too */


/* What is read of the file's first two pages. */
struct pages_metas {
    size_t   size;                          /* of a page */
    uint8_t  metas[PAGES_FIRST][META_END];
};

static int pages_metas_read(const uint8_t *file, size_t bytes,
    struct pages_metas *metas, struct db_pages_fault *fault);
static int pages_metas_check(const struct pages_metas *metas,
    struct db_pages_fault *fault);
static int pages_verify(struct pages *pages, const struct pages_metas *metas,
    uint64_t txnid, bool has_names);
static int pages_trees(struct pages *pages, const uint8_t *meta,
    bool has_names);
static int pages_tail(struct pages *pages);
static int pages_map(int fd, const uint8_t **file, size_t *bytes,
    struct db_pages_fault *fault);
static int pages_snapshot(MDB_env *env, uint64_t txnid,
    const struct pages *pages, struct pages_metas *metas);
static void pages_wait(void);
static int pages_fail(struct db_pages_fault *fault, const char *format,
    va_list args) __attribute__((format(printf, 2, 0)));
static int pages_fault(struct db_pages_fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));


int
db_pages_verify(const uint8_t *file, size_t bytes, bool has_names,
    struct db_pages_fault *fault)
{
    int                 rc;
    struct pages        pages = {
        .file = file, .bytes = bytes, .fault = fault
    };
    struct pages_metas  metas;

    rc = pages_metas_read(file, bytes, &metas, fault);

    return rc == 0 ? pages_verify(&pages, &metas, PAGES_LAST, has_names) : rc;
}


/* Both name the size of a page, and lie at its multiples. */
static int
pages_metas_read(const uint8_t *file, size_t bytes, struct pages_metas *metas,
    struct db_pages_fault *fault)
{
    size_t  i, size;

    if (bytes < PAGES_SIZE_MIN) {
        return pages_fault(fault, "it has %zu bytes", bytes);
    }

    size = pages_u32(file + META_FREE);

    if (size < PAGES_SIZE_MIN || size > PAGES_SIZE_MAX
        || (size & (size - 1)) != 0 || bytes < PAGES_FIRST * size)
    {
        return pages_fault(fault, "page 0: a page of %zu bytes", size);
    }

    metas->size = size;

    for (i = 0; i < PAGES_FIRST; i++) {
        memcpy(metas->metas[i], file + i * size, META_END);
    }

    return 0;
}


/*
 * Transaction N writes page N % 2, so the two differ by one; only in a file
 * that was never written to are both 0, and all else is the same too.
 */
static int
pages_metas_check(const struct pages_metas *metas,
    struct db_pages_fault *fault)
{
    size_t          i;
    uint64_t        first, second;
    const uint8_t  *meta, *other;

    other = metas->metas[1];

    if (pages_u32(metas->metas[0] + META_VERSION) != PAGES_VERSION
        && pages_u32(other + META_VERSION)
           == pages_u32(metas->metas[0] + META_VERSION))
    {
        return RTN_ERR_NEWER;
    }

    for (i = 0; i < PAGES_FIRST; i++) {
        meta = metas->metas[i];

        if (pages_u32(meta + PAGE_HEAD) != PAGES_MAGIC
            || pages_u32(meta + META_VERSION) != PAGES_VERSION
            || pages_u64(meta) != i
            || pages_u16(meta + 10) != PAGE_META
            || pages_u32(meta + META_FREE) != metas->size
            || (pages_u16(meta + META_FREE + 4) & ~META_FLAGS_KEPT)
               != MDB_INTEGERKEY)
        {
            return pages_fault(fault, "page %zu: not the head of a file", i);
        }
    }

    meta = metas->metas[0];
    first = pages_u64(meta + META_TXNID);
    second = pages_u64(other + META_TXNID);

    if (first == 0 && second == 0
        ? memcmp(meta + PAGE_HEAD, other + PAGE_HEAD, META_END - PAGE_HEAD)
          != 0
        : first % 2 != 0 || second % 2 != 1
          || (first + 1 != second && second + 1 != first))
    {
        return pages_fault(fault, "its transactions are %llu and %llu",
                           (unsigned long long) first,
                           (unsigned long long) second);
    }

    return 0;
}


static int
pages_verify(struct pages *pages, const struct pages_metas *metas,
    uint64_t txnid, bool has_names)
{
    int             rc;
    const uint8_t  *meta;

    rc = pages_metas_check(metas, pages->fault);
    if (rc != 0) {
        return rc;
    }

    if (txnid == PAGES_LAST) {
        txnid = pages_u64(metas->metas[0] + META_TXNID)
                > pages_u64(metas->metas[1] + META_TXNID) ? 0 : 1;
    }

    meta = metas->metas[txnid % 2];
    pages->size = metas->size;
    pages->last = pages_u64(meta + META_LAST);
    pages->there = pages->bytes / pages->size;

    /* what lies behind the file's end must be free, which takes a list */
    if (pages->last < PAGES_FIRST - 1 || pages->last / 2 > pages->there) {
        return db_pages_fail(pages, "its last page is %llu, of %llu",
                           (unsigned long long) pages->last,
                           (unsigned long long) pages->there);
    }

    pages->seen = calloc(pages->last / 8 + 1, 1);
    if (pages->seen == NULL) {
        return RTN_ERR_NOMEM;
    }

    rc = pages_trees(pages, meta, has_names);

    if (rc == 0) {
        rc = pages_tail(pages);
    }

    free(pages->seen);

    return rc;
}


/* Lists of free pages come last: what they name must be in no tree. */
static int
pages_trees(struct pages *pages, const uint8_t *meta, bool has_names)
{
    int  rc;

    rc = db_pages_tree(pages, meta + META_MAIN,
                    has_names ? PAGES_NAMES : PAGES_ROWS);

    return rc == 0 ? db_pages_tree(pages, meta + META_FREE, PAGES_FREE) : rc;
}


/* A file may end before its last page when those behind the end are free. */
static int
pages_tail(struct pages *pages)
{
    uint64_t  number;

    for (number = pages->there; number <= pages->last; number++) {
        if (!(pages->seen[number / 8] & 1u << number % 8)) {
            return db_pages_fail(pages, "it was cut before page %llu",
                               (unsigned long long) number);
        }
    }

    return 0;
}


/* A writer may be writing one of them: what it wrote is whole a moment
   later. */
int
db_pages_check_head(const char *path, struct db_pages_fault *fault)
{
    int                  fd, rc, tries;
    size_t               bytes;
    const uint8_t       *file;
    struct pages_metas   metas;

    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return db_err(errno);
    }

    rc = pages_map(fd, &file, &bytes, fault);
    close(fd);

    if (rc != 0) {
        return rc == RTN_ERR_NOT_FOUND ? 0 : rc;
    }

    for (tries = 0; tries < PAGES_TRIES; tries++) {
        rc = pages_metas_read(file, bytes, &metas, fault);

        if (rc == 0) {
            rc = pages_metas_check(&metas, fault);
        }

        if (rc == 0) {
            break;
        }

        pages_wait();
    }

    munmap((void *) file, bytes);

    return rc;
}


/* RTN_ERR_NOT_FOUND: the file was never completed. */
static int
pages_map(int fd, const uint8_t **file, size_t *bytes,
    struct db_pages_fault *fault)
{
    void         *map;
    struct stat   st;

    if (fstat(fd, &st) != 0) {
        return db_err(errno);
    }

    if (!S_ISREG(st.st_mode)) {
        snprintf(fault->sentence, sizeof(fault->sentence), "it is no file");
        return RTN_ERR_DAMAGED;
    }

    if (st.st_size < 2 * sysconf(_SC_PAGESIZE)) {
        return RTN_ERR_NOT_FOUND;
    }

    map = mmap(NULL, (size_t) st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        return db_err(errno);
    }

    *file = map;
    *bytes = (size_t) st.st_size;

    return 0;
}


static void
pages_wait(void)
{
    (void) nanosleep(&(struct timespec) { .tv_nsec = PAGES_WAIT_NS }, NULL);
}


int
db_pages_verify_file(const char *path, struct db_pages_fault *fault)
{
    int             fd, rc;
    size_t          bytes;
    const uint8_t  *file;

    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return db_err(errno);
    }

    rc = pages_map(fd, &file, &bytes, fault);
    close(fd);

    if (rc == RTN_ERR_NOT_FOUND) {
        snprintf(fault->sentence, sizeof(fault->sentence), "it was cut");
        return RTN_ERR_DAMAGED;
    }

    if (rc == 0) {
        rc = db_pages_verify(file, bytes, false, fault);
        munmap((void *) file, bytes);
    }

    return rc;
}


/*
 * A reading transaction keeps the pages of its trees, but not its meta page:
 * the second commit after it writes there, while the walk goes on.  So that
 * page is copied before.
 */
int
db_pages_verify_env(MDB_env *env, bool has_names, int64_t until_ms,
    struct db_pages_fault *fault)
{
    int                  rc, tries;
    MDB_txn             *txn;
    struct pages         pages;
    mdb_filehandle_t     fd;
    struct pages_metas   metas;

    rc = mdb_env_get_fd(env, &fd);
    if (rc != 0) {
        return db_err(rc);
    }

    for (tries = 0; tries < PAGES_TRIES; tries++) {
        rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
        if (rc != 0) {
            return db_err(rc);
        }

        pages = (struct pages) { .fault = fault, .until_ms = until_ms };
        rc = pages_map(fd, &pages.file, &pages.bytes, fault);

        if (rc == 0) {
            rc = pages_snapshot(env, mdb_txn_id(txn), &pages, &metas);

            if (rc == 0) {
                rc = pages_verify(&pages, &metas, mdb_txn_id(txn), has_names);
            }

            munmap((void *) pages.file, pages.bytes);
        }

        mdb_txn_abort(txn);

        if (rc != RTN_ERR_NOT_FOUND) {
            return rc;
        }

        pages_wait();
    }

    return RTN_ERR_IO;
}


/*
 * Transaction N + 2 writes the page of N once N + 1 is over, which is when
 * another one that begins has its number.  Where that still has N's, what was
 * read before is N's; the other page may be half that of N + 1, in what is
 * not looked at.  RTN_ERR_NOT_FOUND: it may have been overwritten.
 */
static int
pages_snapshot(MDB_env *env, uint64_t txnid, const struct pages *pages,
    struct pages_metas *metas)
{
    int       rc, read;
    uint64_t  now;
    MDB_txn  *txn;

    read = pages_metas_read(pages->file, pages->bytes, metas, pages->fault);

    rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (rc != 0) {
        return db_err(rc);
    }

    now = mdb_txn_id(txn);
    mdb_txn_abort(txn);

    return now == txnid ? read : RTN_ERR_NOT_FOUND;
}


int64_t
db_pages_now_ms(void)
{
    struct timespec  now;

    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}


int
db_pages_fail(struct pages *pages, const char *format, ...)
{
    int      rc;
    va_list  args;

    va_start(args, format);
    rc = pages_fail(pages->fault, format, args);
    va_end(args);

    return rc;
}


static int
pages_fault(struct db_pages_fault *fault, const char *format, ...)
{
    int      rc;
    va_list  args;

    va_start(args, format);
    rc = pages_fail(fault, format, args);
    va_end(args);

    return rc;
}


static int
pages_fail(struct db_pages_fault *fault, const char *format, va_list args)
{
    vsnprintf(fault->sentence, sizeof(fault->sentence), format, args);

    return RTN_ERR_DAMAGED;
}
