/* What LMDB and the system say, as enum rtn_err. */

#include <errno.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "db.h"

/* A file system with less left is full: room for no more than a flush. */
#define DB_DISK_FULL_BYTES  (1024 * 1024)

static const struct {
    int  rc;
    int  err;
} db_errors[] = {
    { MDB_SUCCESS,          0 },
    { MDB_NOTFOUND,         RTN_ERR_NOT_FOUND },
    { MDB_KEYEXIST,         RTN_ERR_EXISTS },

    /* the tree is broken, not a row: no scan can go on behind this */
    { MDB_PAGE_NOTFOUND,    RTN_ERR_DAMAGED },
    { MDB_CORRUPTED,        RTN_ERR_DAMAGED },
    { MDB_INVALID,          RTN_ERR_DAMAGED },
    { MDB_INCOMPATIBLE,     RTN_ERR_DAMAGED },
    { MDB_PANIC,            RTN_ERR_IO },

    { MDB_VERSION_MISMATCH, RTN_ERR_NEWER },
    { MDB_MAP_FULL,         RTN_ERR_MAP_FULL },
    { MDB_MAP_RESIZED,      RTN_ERR_MAP_FULL },
    { MDB_READERS_FULL,     RTN_ERR_READERS_FULL },
    { MDB_TXN_FULL,         RTN_ERR_LIMIT },
    { MDB_BAD_VALSIZE,      RTN_ERR_LIMIT },
    { ENOMEM,               RTN_ERR_NOMEM },
    { ENOENT,               RTN_ERR_ABSENT },
    { ENOTDIR,              RTN_ERR_ABSENT },
    { EACCES,               RTN_ERR_PERMISSION },
    { EPERM,                RTN_ERR_PERMISSION },
    { EROFS,                RTN_ERR_READ_ONLY },
    { ENOSPC,               RTN_ERR_DISK_FULL },
    { EDQUOT,               RTN_ERR_DISK_FULL },
    { EEXIST,               RTN_ERR_EXISTS }
};


int
db_err(int rc)
{
    size_t  i;

    for (i = 0; i < sizeof(db_errors) / sizeof(db_errors[0]); i++) {
        if (db_errors[i].rc == rc) {
            return db_errors[i].err;
        }
    }

    return RTN_ERR_IO;
}


int
db_write_err(const struct rtn_store *store, int rc)
{
    uint64_t        blocks;
    struct statvfs  fs;

    if (rc != EIO) {
        return db_err(rc);
    }

    if (statvfs(store->path, &fs) != 0) {
        return RTN_ERR_IO;
    }

    /* the blocks that are kept for root are no use to others */
    blocks = geteuid() == 0 ? fs.f_bfree : fs.f_bavail;

    if (blocks < DB_DISK_FULL_BYTES / fs.f_frsize) {
        return RTN_ERR_DISK_FULL;
    }

    return RTN_ERR_IO;
}
