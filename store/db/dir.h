/* Private to store/db: directories, and files that are copied whole. */

#ifndef DB_DIR_H_INCLUDED
#define DB_DIR_H_INCLUDED

#include "db.h"
#include "rtn_backup.h"

#define DB_DIR_MODE   0700
#define DB_FILE_MODE  0600

/* "dir/name".  RTN_ERR_LIMIT: longer than DB_PATH_MAX. */
int db_dir_join(char path[DB_PATH_MAX], const char *dir, const char *name);

/* Flushes the names in a directory, or in the one above a path: LMDB flushes
   its files alone. */
int db_dir_sync(const char *path);
int db_dir_sync_parent(const char *path);

/* Whether a directory has nothing in it; one that cannot be read has. */
bool db_dir_is_empty(const char *path);

/* Removes a directory, the files in it, and directories of files in it.
   Stops at what is neither. */
void db_dir_remove(const char *path);

/* Writes all of it. */
int db_write_all(int fd, const void *bytes, size_t len);

/*
 * A copy in the making: at "PATH.part" until it is complete, and how much of
 * it is there.
 */
struct db_copy {
    char                     path[DB_PATH_MAX];
    char                     part[DB_PATH_MAX];
    rtn_backup_progress_pt   progress;      /* may be NULL */
    void                    *data;
    uint64_t                 done;          /* bytes */
    uint64_t                 total;
    bool                     is_begun;      /* part is ours */
};

/* Makes PATH.part.  RTN_ERR_EXISTS: there is one, or PATH is there and no
   empty directory, or it is one and is_empty_allowed is false. */
int db_copy_begin(struct db_copy *copy, const char *path,
    bool is_empty_allowed);

/* Makes a directory in the part; one that is there is fine. */
int db_copy_dir(struct db_copy *copy, const char *name);

/* Opens a new file in the part for writing. */
int db_copy_open(struct db_copy *copy, const char *name, int *fd);

/* Copies a file of the directory from, and flushes it. */
int db_copy_file(struct db_copy *copy, const char *from, const char *name);

/* Tells progress of more bytes.  RTN_ERR_IO: it said stop. */
int db_copy_add(struct db_copy *copy, uint64_t bytes);

/* Puts the part in place when err is 0, else removes it; returns the first
   error. */
int db_copy_end(struct db_copy *copy, int err);

#endif /* DB_DIR_H_INCLUDED */
