/*
 * Private to store/db: the files of the event log.
 *
 *     events/000001.z     closed, and compressed; see packed.h
 *     events/000002.mdb   closed
 *     events/000003.mdb   open: the last one, the only one that is written
 *
 * A segment's first row (of all but the first segment) has key 0 and says
 * what was before it; a closed one's last row has the highest key there is,
 * and whoever finds it there goes on in the next file:
 *
 *     opens    last id before, 8 bytes | rows before, 8 bytes
 *     closes   last id, 8 bytes | rows of this segment, 8 bytes
 *
 * The next file is made and flushed before the row that closes is committed,
 * under the writer lock of the segment that is closed.  So a file behind one
 * that is not closed was never written by anybody, and is made anew.
 *
 * Nothing can be appended behind the row that closes, by older versions
 * neither; so a closed segment never changes.  It is read without locks, in
 * an environment of the reader's own, and goes by being unlinked.
 *
 * A compressed one is made beside it, as "000002.z.part", and renamed when it
 * is on disk and was compared; then the other is unlinked.  Where both are
 * there, the first is read.  Whoever compresses or drops has the lock of the
 * directory (db_segments_lock).
 *
 * The open one is envs[DB_EVENTS].  log_writer is held by who writes the log,
 * and by who changes that environment for the next; log_reader by who uses
 * the environment, for a moment.  One who has both took log_writer first.
 */

#ifndef DB_SEGMENT_H_INCLUDED
#define DB_SEGMENT_H_INCLUDED

#include "db.h"
#include "log.h"

#define SEGMENT_NUMBER_MAX  999999
#define SEGMENT_NAME_MAX    24          /* "events/000001.mdb-lock", NUL */

/* A segment that is closed, opened to be read. */
struct db_segment {
    struct rtn_store  *store;
    uint32_t           number;
    MDB_env           *env;         /* NULL: it is compressed */
    struct db_packed  *packed;
};

/* The files of one number. */
enum db_segment_form {
    DB_SEGMENT_PLAIN = 0,
    DB_SEGMENT_PACKED,
    DB_SEGMENT_PART,                /* a compressed one in the making */
    DB_SEGMENT_LOCK,                /* LMDB's, beside a plain one */
    DB_SEGMENT_FORMS
};

/* The numbers of the files that are there, rising; freed by the caller. */
struct db_segment_list {
    size_t     n;
    uint32_t  *numbers;
};

/* What the row that opens a segment says; zeros for the first. */
struct db_segment_before {
    uint64_t  id;
    uint64_t  rows;
};

void db_segment_name(uint32_t number, enum db_segment_form form,
    char name[SEGMENT_NAME_MAX]);
int db_segment_path(const struct rtn_store *store, uint32_t number,
    enum db_segment_form form, char path[DB_PATH_MAX]);

/* The file that is read of a segment, and its bytes; NULL is allowed.
   RTN_ERR_ABSENT: there is none. */
int db_segment_find(const struct rtn_store *store, uint32_t number,
    enum db_segment_form *form, uint64_t *bytes);

/* RTN_ERR_ABSENT: there is no such directory. */
int db_segments_list(const char *path, struct db_segment_list *list);

/* Sets store->segment to where to begin before the environment is opened:
   the open segment or the one before it. */
int db_segments_locate(struct rtn_store *store);

/* Goes on to the open segment, when the one in use is closed.  The caller
   holds log_writer. */
int db_segments_follow(struct rtn_store *store);

/* The same for who only reads; does nothing while another thread writes, who
   will do it. */
int db_segments_catch_up(struct rtn_store *store);

/* Whether the open segment has its size. */
bool db_segments_is_full(struct db_txn *txn);

/*
 * Closes the segment of a write transaction, which ends in any case.  On an
 * error the segment goes on, for a while beyond its size.
 *
 * last   the highest id in it
 */
int db_segments_roll(struct db_txn *txn, uint64_t last);

/* Unlinks a segment's files. */
int db_segment_remove(struct rtn_store *store, uint32_t number);

/* Unlinks the file of one form; fine where there is none. */
int db_segment_unlink(const struct rtn_store *store, uint32_t number,
    enum db_segment_form form);

/* Waits until nobody else compresses or drops; closing *fd ends it. */
int db_segments_lock(const struct rtn_store *store, int *fd);

/* Whether a key is that of a row that opens or closes a segment. */
bool db_segment_is_mark(struct rtn_str key);
bool db_segment_is_end(struct rtn_str key);

/* Of the segment that a transaction reads.  RTN_ERR_NOT_FOUND: the first one,
   or one that has not begun. */
int db_segment_before(struct db_txn *txn, uint32_t number,
    struct db_segment_before *before);

/* The segment in which an id is or would be. */
int db_segments_seek(struct rtn_store *store, uint64_t id, uint32_t *number);

/* NULL is allowed. */
void db_segment_close(struct db_segment *segment);

/*
 * A read of any segment, ended by db_segment_read_end.  *segment is NULL or a
 * closed segment that is kept from the read before; it is changed for the one
 * of this number, or closed where that is the open one.
 * RTN_ERR_ABSENT: the segment was dropped.
 */
int db_segment_read_begin(struct rtn_store *store, uint32_t number,
    struct db_segment **segment, struct db_txn *txn);
void db_segment_read_end(struct db_segment *segment, struct db_txn *txn);

/* Why a closed segment is RTN_ERR_DAMAGED, as a sentence. */
void db_segment_fault(struct rtn_store *store, uint32_t number,
    char *sentence, size_t size);

/* Bytes of the files and rows of the segments before the open one. */
int db_segments_sum(struct rtn_store *store, uint64_t *bytes,
    uint64_t *rows);

#endif /* DB_SEGMENT_H_INCLUDED */
