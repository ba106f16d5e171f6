/* Copying a store while others write to it; see rtn_backup.h. */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "dir.h"
#include "rtn_campaign.h"
#include "segment.h"

#define BACKUP_TRIES  3     /* where campaigns are created meanwhile */

/*
 * Roll-ups before the logs that they were made of, so that none is ahead of
 * its log; recipients before the coupons and customers that they name.
 */
static const enum db_environment backup_order[DB_ENVIRONMENTS] = {
    DB_STATE, DB_CRM, DB_COUPONS, DB_EVENTS
};

static int backup_total(struct rtn_store *store, struct db_copy *copy);
static int backup_once(struct rtn_store *store, struct db_copy *copy);
static int backup_environment(struct rtn_store *store, struct db_copy *copy,
    enum db_environment environment);
static int backup_log(struct rtn_store *store, struct db_copy *copy);
static int backup_closed(struct rtn_store *store, struct db_copy *copy,
    uint32_t number);
static int backup_closed_file(struct rtn_store *store, struct db_copy *copy,
    const char *name);
static int backup_unlink(struct db_copy *copy, const char *name);
static int backup_file(struct rtn_store *store, struct db_copy *copy,
    enum db_environment environment, const char *name);
static int backup_snapshot(struct rtn_store *store,
    enum db_environment environment, int fd);
static int backup_campaigns(struct rtn_store *store, uint64_t *n);


int
rtn_backup(struct rtn_store *store, const char *path,
    rtn_backup_progress_pt progress, void *data)
{
    int             rc, tries;
    uint64_t        before, after;
    struct db_copy  copy = { .progress = progress, .data = data };

    rc = db_copy_begin(&copy, path, false);
    if (rc != 0) {
        return rc;
    }

    /* events of a campaign that the copy of state does not have would refer
       to nothing */

    for (tries = 0; rc == 0 && tries < BACKUP_TRIES; tries++) {
        rc = backup_campaigns(store, &before);

        if (rc == 0) {
            rc = backup_total(store, &copy);
        }

        if (rc == 0) {
            rc = backup_once(store, &copy);
        }

        if (rc == 0) {
            rc = backup_campaigns(store, &after);
        }

        if (rc != 0 || before == after) {
            break;
        }
    }

    return db_copy_end(&copy, rc);
}


static int
backup_total(struct rtn_store *store, struct db_copy *copy)
{
    int                          rc;
    size_t                       i, n;
    struct rtn_environment_stat  stats[RTN_ENVIRONMENTS];

    rc = rtn_store_stat(store, stats, &n);

    copy->done = 0;
    copy->total = 0;

    for (i = 0; rc == 0 && i < n; i++) {
        copy->total += stats[i].bytes_used;
    }

    return rc;
}


static int
backup_once(struct rtn_store *store, struct db_copy *copy)
{
    int     rc;
    size_t  i;

    rc = 0;

    for (i = 0; rc == 0 && i < DB_ENVIRONMENTS; i++) {
        rc = backup_environment(store, copy, backup_order[i]);
    }

    return rc;
}


static int
backup_environment(struct rtn_store *store, struct db_copy *copy,
    enum db_environment environment)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_copy_dir(copy, db_environment_name(environment));

    if (rc == 0) {
        rc = environment == DB_EVENTS
             ? backup_log(store, copy)
             : backup_file(store, copy, environment,
                           db_environment_file(environment));
    }

    if (rc == 0) {
        rc = db_dir_join(path, copy->part, db_environment_name(environment));
    }

    return rc == 0 ? db_dir_sync(path) : rc;
}


/*
 * Closed segments as they are, then a snapshot of the open one; when it was
 * closed meanwhile it is copied again, with the row that says so, and the
 * next one too.
 */
static int
backup_log(struct rtn_store *store, struct db_copy *copy)
{
    int                     rc;
    char                    name[SEGMENT_NAME_MAX];
    uint32_t                number;
    struct db_segment_list  list;

    rc = db_segments_list(store->path, &list);
    if (rc != 0) {
        return rc;
    }

    number = list.n > 0 ? list.numbers[0] : store->segment;
    free(list.numbers);

    for ( ;; ) {
        rc = db_segments_catch_up(store);
        if (rc != 0) {
            return rc;
        }

        db_segment_name(number, DB_SEGMENT_PLAIN, name);

        if (number < store->segment) {
            rc = backup_closed(store, copy, number);
            number++;

        } else {
            rc = backup_file(store, copy, DB_EVENTS, name);

            if (rc == 0) {
                rc = db_segments_catch_up(store);
            }

            if (rc == 0 && number == store->segment) {
                return 0;
            }

            if (rc == 0) {
                rc = backup_unlink(copy, name);
            }
        }

        if (rc != 0) {
            return rc;
        }
    }
}


static int
backup_closed(struct rtn_store *store, struct db_copy *copy,
    uint32_t number)
{
    int     rc;
    char    name[SEGMENT_NAME_MAX];
    size_t  i;

    /* in this order: one that is compressed meanwhile goes from the first to
       the second */

    for (i = DB_SEGMENT_PLAIN; i <= DB_SEGMENT_PACKED; i++) {
        db_segment_name(number, i, name);

        rc = backup_closed_file(store, copy, name);
        if (rc != RTN_ERR_ABSENT) {
            return rc;
        }
    }

    /* dropped meanwhile */
    return 0;
}


static int
backup_closed_file(struct rtn_store *store, struct db_copy *copy,
    const char *name)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_dir_join(path, copy->part, name);
    if (rc != 0) {
        return rc;
    }

    /* of a try before this one; it has not changed since */
    if (access(path, F_OK) == 0) {
        return 0;
    }

    return db_copy_file(copy, store->path, name);
}


static int
backup_unlink(struct db_copy *copy, const char *name)
{
    int   rc;
    char  path[DB_PATH_MAX];

    rc = db_dir_join(path, copy->part, name);

    if (rc == 0 && unlink(path) != 0 && errno != ENOENT) {
        rc = db_err(errno);
    }

    return rc;
}


static int
backup_file(struct rtn_store *store, struct db_copy *copy,
    enum db_environment environment, const char *name)
{
    int    fd, rc;
    off_t  bytes;

    rc = backup_unlink(copy, name);

    if (rc == 0) {
        rc = db_copy_open(copy, name, &fd);
    }

    if (rc != 0) {
        return rc;
    }

    rc = backup_snapshot(store, environment, fd);
    bytes = lseek(fd, 0, SEEK_END);

    if (rc == 0 && fsync(fd) != 0) {
        rc = db_err(errno);
    }

    if (close(fd) != 0 && rc == 0) {
        rc = db_err(errno);
    }

    return rc == 0 ? db_copy_add(copy, bytes > 0 ? (uint64_t) bytes : 0) : rc;
}


/*
 * Compacted: free pages may still have what was erased, and there is less to
 * write.  LMDB refuses that where pages have leaked; then as it stands.
 */
static int
backup_snapshot(struct rtn_store *store, enum db_environment environment,
    int fd)
{
    int       rc;
    MDB_env  *env;

    env = store->envs[environment].env;

    rc = mdb_env_copyfd2(env, fd, MDB_CP_COMPACT);

    if (rc == MDB_INCOMPATIBLE && ftruncate(fd, 0) == 0
        && lseek(fd, 0, SEEK_SET) == 0)
    {
        rc = mdb_env_copyfd2(env, fd, 0);
    }

    return rc == 0 ? 0 : db_err(rc);
}


/* How many campaigns can be seen; they never go. */
static int
backup_campaigns(struct rtn_store *store, uint64_t *n)
{
    int                  rc;
    uint32_t             number;
    uint64_t             count;
    struct rtn_campaign  campaign;

    count = 0;
    number = 0;

    while ((rc = rtn_campaign_next(store, number, &campaign)) == 0) {
        number = campaign.number;
        rtn_campaign_release(&campaign);
        count++;
    }

    if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    *n = count;

    return 0;
}
