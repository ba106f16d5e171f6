/*
 * Private to store/db: a closed segment that was compressed, read as LMDB's
 * would be.  codec/packed.h has the bytes.
 *
 * One block is in memory at a time, so what a cursor hands out lives until
 * the next step of any cursor on this file.  A block that is damaged stands
 * there as one row with the key of its first, and cannot be verified; the
 * cursor goes on behind it.  One thread at a time.
 */

#ifndef DB_PACKED_H_INCLUDED
#define DB_PACKED_H_INCLUDED

#include <lmdb.h>

#include "codec/packed.h"
#include "db.h"
#include "log.h"

struct db_packed;

/*
 * Opens a file and reads its index.
 *
 * RTN_ERR_ABSENT.  RTN_ERR_DAMAGED: its ends or its index are.
 * RTN_ERR_NEWER, RTN_ERR_IO, RTN_ERR_NOMEM.
 */
int db_packed_open(const char *path, struct db_packed **packed);
void db_packed_close(struct db_packed *packed);     /* NULL is allowed */

/* By its index, damaged blocks too. */
uint64_t db_packed_rows(const struct db_packed *packed);

/*
 * Moves by MDB_FIRST, MDB_LAST, MDB_NEXT, MDB_PREV or, to the first row whose
 * key is not below key, MDB_SET_RANGE.
 *
 * RTN_ERR_NOT_FOUND: no row there.  RTN_ERR_CORRUPT: a damaged block; key is
 * that of its first row.  RTN_ERR_IO.
 */
int db_packed_move(struct db_packed *packed, struct db_packed_place *place,
    MDB_cursor_op op, const struct rtn_str *seek, struct rtn_str *key,
    struct rtn_str *payload);

/* The payload under a key.  RTN_ERR_NOT_FOUND, RTN_ERR_CORRUPT, RTN_ERR_IO. */
int db_packed_get(struct db_packed *packed, struct rtn_str key,
    struct rtn_str *payload);

/*
 * Writes a file anew and flushes it, from an opened transaction on a closed
 * segment, each row of which is verified.
 *
 * RTN_ERR_CORRUPT, RTN_ERR_NEWER: a row is bad, or none of the log's.
 * RTN_ERR_IO: also where progress said stop.  RTN_ERR_LIMIT, RTN_ERR_NOMEM,
 * RTN_ERR_DISK_FULL, RTN_ERR_PERMISSION.
 */
int db_packed_write(struct db_txn *txn, const char *path,
    rtn_log_progress_pt progress, void *data);

/* Whether a file has just the rows of a transaction.  RTN_ERR_DAMAGED: no. */
int db_packed_compare(struct db_txn *txn, const char *path,
    rtn_log_progress_pt progress, void *data);

#endif /* DB_PACKED_H_INCLUDED */
