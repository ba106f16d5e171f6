/*
 * Private to store/db: whether an LMDB file's pages are sound.
 *
 * LMDB trusts its pages: a bit that flipped in one of them may lead a lookup
 * past its row, or out of the map.  Rows have checksums; this is about all
 * else.  Of the snapshot that a transaction has, each page is visited once,
 * and must be what its parent says: its number, its kind, its place within
 * the file, each node within the page and together as long as the page is
 * full, keys in order and between those of the parent, and in the end as many
 * pages, rows and levels as the table's record says.  Free pages must be free.
 * So whatever is in a tree is found, and nothing leads out of it.
 *
 * The layout is that of LMDB 0.9 on a machine of 64 bits, which names it
 * version 1 in the file.
 */

#ifndef DB_PAGES_H_INCLUDED
#define DB_PAGES_H_INCLUDED

#include <lmdb.h>

#include "db.h"

#define DB_PAGES_SENTENCE_MAX  160

/* What is wrong, in words; written when RTN_ERR_DAMAGED is returned. */
struct db_pages_fault {
    char  sentence[DB_PAGES_SENTENCE_MAX];
};

/*
 * Verifies the bytes of a file, as of the last of its two snapshots.
 *
 * has_names  the unnamed table holds named ones
 *
 * RTN_ERR_DAMAGED: fault says why.  RTN_ERR_NEWER: of another layout.
 * RTN_ERR_NOMEM.  Pure.
 */
int db_pages_verify(const uint8_t *file, size_t bytes, bool has_names,
    struct db_pages_fault *fault);

/*
 * The beginning of a file alone, which LMDB reads before anything else; cheap
 * enough for every opening.  A file that is shorter than two pages is sound:
 * it was never completed.  RTN_ERR_DAMAGED, RTN_ERR_NEWER, RTN_ERR_ABSENT,
 * RTN_ERR_IO.
 */
int db_pages_check_head(const char *path, struct db_pages_fault *fault);

/* A file that nobody writes. */
int db_pages_verify_file(const char *path, struct db_pages_fault *fault);

/*
 * An environment that others may write, opened with MDB_NOTLS.
 *
 * until_ms  of the monotonic clock, when to give up; 0: never
 *
 * RTN_ERR_LIMIT: given up.  RTN_ERR_IO: they commit faster than two pages are
 * read, again and again.
 */
int db_pages_verify_env(MDB_env *env, bool has_names, int64_t until_ms,
    struct db_pages_fault *fault);
int64_t db_pages_now_ms(void);

#endif /* DB_PAGES_H_INCLUDED */
