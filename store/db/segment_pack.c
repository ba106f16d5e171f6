/* From a closed segment to a compressed one; see segment.h. */

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"
#include "packed.h"
#include "segment.h"

static int pack_locked(struct rtn_store *store, uint32_t number,
    rtn_log_progress_pt progress, void *data, uint64_t *bytes);
static int pack_write(struct rtn_store *store, uint32_t number,
    const char *part, rtn_log_progress_pt progress, void *data);
static int pack_replace(struct rtn_store *store, uint32_t number,
    const char *part);


int
rtn_log_compress(struct rtn_store *store, uint32_t number,
    rtn_log_progress_pt progress, void *data, uint64_t *bytes)
{
    int  fd, rc;

    if (store->flags & RTN_OPEN_READ_ONLY) {
        return RTN_ERR_READ_ONLY;
    }

    rc = db_segments_catch_up(store);

    if (rc == 0 && number >= store->segment) {
        rc = RTN_ERR_LIMIT;
    }

    if (rc == 0) {
        rc = db_segments_lock(store, &fd);
    }

    if (rc != 0) {
        return rc;
    }

    rc = pack_locked(store, number, progress, data, bytes);
    close(fd);

    return rc;
}


static int
pack_locked(struct rtn_store *store, uint32_t number,
    rtn_log_progress_pt progress, void *data, uint64_t *bytes)
{
    int                   rc;
    char                  part[DB_PATH_MAX];
    enum db_segment_form  form;

    rc = db_segment_find(store, number, &form, NULL);

    if (rc == RTN_ERR_ABSENT || (rc == 0 && form == DB_SEGMENT_PACKED)) {
        return RTN_ERR_NOT_FOUND;
    }

    if (rc == 0) {
        rc = db_segment_path(store, number, DB_SEGMENT_PART, part);
    }

    /* what was left by one that was killed */
    if (rc == 0) {
        rc = db_segment_unlink(store, number, DB_SEGMENT_PART);
    }

    if (rc != 0) {
        return rc;
    }

    rc = pack_write(store, number, part, progress, data);

    if (rc == 0) {
        rc = pack_replace(store, number, part);
    }

    if (rc != 0) {
        (void) unlink(part);
        return rc;
    }

    return db_segment_find(store, number, &form, bytes);
}


static int
pack_write(struct rtn_store *store, uint32_t number, const char *part,
    rtn_log_progress_pt progress, void *data)
{
    int                 rc;
    struct db_txn       txn;
    struct db_segment  *segment;

    segment = NULL;

    rc = db_segment_read_begin(store, number, &segment, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = db_packed_write(&txn, part, progress, data);

    if (rc == 0) {
        rc = db_packed_compare(&txn, part, progress, data);
    }

    db_segment_read_end(segment, &txn);
    db_segment_close(segment);

    return rc;
}


static int
pack_replace(struct rtn_store *store, uint32_t number, const char *part)
{
    int   rc;
    char  path[DB_PATH_MAX], dir[DB_PATH_MAX];

    rc = db_segment_path(store, number, DB_SEGMENT_PACKED, path);

    if (rc == 0) {
        rc = db_dir_join(dir, store->path, db_environment_name(DB_EVENTS));
    }

    if (rc == 0 && rename(part, path) != 0) {
        rc = db_err(errno);
    }

    /* from here on there are two; the plain one goes when the other's name
       is on disk */

    if (rc == 0) {
        rc = db_dir_sync(dir);
    }

    if (rc == 0) {
        rc = db_segment_unlink(store, number, DB_SEGMENT_PLAIN);
    }

    if (rc == 0) {
        rc = db_segment_unlink(store, number, DB_SEGMENT_LOCK);
    }

    return rc == 0 ? db_dir_sync(dir) : rc;
}
