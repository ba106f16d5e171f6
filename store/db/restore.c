/* From a backup to a store; see rtn_backup.h. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crm.h"
#include "dir.h"
#include "segment.h"

#define RESTORE_NAME_MAX  32    /* bytes of a file's name, NUL included */

struct restore {
    struct db_copy        copy;
    const char           *backup;
    unsigned              uid;
    unsigned              gid;
    rtn_check_report_pt   report;
    uint64_t              faults;
};

typedef int (*restore_visit_pt)(struct restore *restore, const char *name,
    bool is_kept);

static bool restore_is_kept(const char *name);
static int restore_each(struct restore *restore, const char *top,
    enum db_environment environment, restore_visit_pt visit);
static int restore_total(struct restore *restore);
static void restore_fault(struct restore *restore, const char *environment,
    const char *file, const char *sentence);
static int restore_total_file(struct restore *restore, const char *name,
    bool is_kept);
static int restore_files(struct restore *restore);
static int restore_copy_file(struct restore *restore, const char *name,
    bool is_kept);
static int restore_verify(struct restore *restore);
static void restore_verify_fault(void *data, const char *environment,
    const char *file, const char *sentence);
static int restore_advance(struct rtn_store *store);
static int restore_give(struct restore *restore);
static int restore_give_file(struct restore *restore, const char *name,
    bool is_kept);


int
rtn_restore(const char *backup, const char *path, unsigned uid, unsigned gid,
    rtn_backup_progress_pt progress, rtn_check_report_pt report, void *data,
    uint64_t *faults)
{
    int             rc;
    struct restore  restore = {
        .copy = { .progress = progress, .data = data },
        .backup = backup, .uid = uid, .gid = gid, .report = report
    };

    *faults = 0;

    rc = restore_total(&restore);
    if (rc != 0) {
        *faults = restore.faults;
        return rc;
    }

    rc = db_copy_begin(&restore.copy, path, true);

    if (rc == 0) {
        rc = restore_files(&restore);
    }

    if (rc == 0) {
        rc = restore_verify(&restore);
    }

    if (rc == 0) {
        rc = restore_give(&restore);
    }

    *faults = restore.faults;

    return db_copy_end(&restore.copy, rc);
}


/* What the files are called that are kept of an environment's directory. */
static bool
restore_is_kept(const char *name)
{
    size_t       len;
    const char  *dot;

    len = strlen(name);
    dot = strrchr(name, '.');

    return dot != NULL && dot != name && strcmp(name, "lock.mdb") != 0
           && len < RESTORE_NAME_MAX
           && (strcmp(dot, ".mdb") == 0 || strcmp(dot, ".z") == 0);
}


/* Calls visit for each file of an environment's directory, and its name from
   top on. */
static int
restore_each(struct restore *restore, const char *top,
    enum db_environment environment, restore_visit_pt visit)
{
    int             rc;
    DIR            *dir;
    char            path[DB_PATH_MAX], name[RESTORE_NAME_MAX * 2];
    struct dirent  *entry;

    rc = db_dir_join(path, top, db_environment_name(environment));
    if (rc != 0) {
        return rc;
    }

    dir = opendir(path);
    if (dir == NULL) {
        return db_err(errno);
    }

    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        snprintf(name, sizeof(name), "%s/%.*s",
                 db_environment_name(environment), RESTORE_NAME_MAX,
                 entry->d_name);

        if (entry->d_name[0] != '.') {
            rc = visit(restore, name, restore_is_kept(entry->d_name));
        }
    }

    closedir(dir);

    return rc;
}


static int
restore_total(struct restore *restore)
{
    int         rc;
    bool        is_missing[DB_ENVIRONMENTS];
    size_t      i, missing;

    missing = 0;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        rc = restore_each(restore, restore->backup, i, restore_total_file);

        is_missing[i] = (rc == RTN_ERR_ABSENT);
        missing += is_missing[i];

        if (rc != 0 && rc != RTN_ERR_ABSENT) {
            return rc;
        }
    }

    if (missing == DB_ENVIRONMENTS) {
        return RTN_ERR_ABSENT;
    }

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (is_missing[i]) {
            restore_fault(restore, db_environment_name(i),
                          strrchr(db_environment_file(i), '/') + 1,
                          "it is missing");
        }
    }

    return missing == 0 ? 0 : RTN_ERR_CORRUPT;
}


static void
restore_fault(struct restore *restore, const char *environment,
    const char *file, const char *sentence)
{
    restore->faults++;

    if (restore->report != NULL) {
        restore->report(restore->copy.data, environment, file, sentence);
    }
}


static int
restore_total_file(struct restore *restore, const char *name, bool is_kept)
{
    int          rc;
    char         path[DB_PATH_MAX];
    struct stat  st;

    rc = db_dir_join(path, restore->backup, name);

    if (rc == 0 && is_kept) {
        rc = stat(path, &st) == 0 ? 0 : db_err(errno);
        restore->copy.total += rc == 0 ? (uint64_t) st.st_size : 0;
    }

    return rc;
}


static int
restore_files(struct restore *restore)
{
    int     rc;
    size_t  i;

    rc = 0;

    for (i = 0; rc == 0 && i < DB_ENVIRONMENTS; i++) {
        rc = db_copy_dir(&restore->copy, db_environment_name(i));

        if (rc == 0) {
            rc = restore_each(restore, restore->backup, i, restore_copy_file);
        }
    }

    return rc;
}


static int
restore_copy_file(struct restore *restore, const char *name, bool is_kept)
{
    return is_kept ? db_copy_file(&restore->copy, restore->backup, name) : 0;
}


static int
restore_verify(struct restore *restore)
{
    int                rc;
    uint64_t           records, faults;
    struct rtn_store  *store;

    rc = rtn_store_open(restore->copy.part, RTN_OPEN_ALL | RTN_OPEN_VERIFY,
                        &store);
    if (rc == RTN_ERR_DAMAGED || rc == RTN_ERR_CORRUPT) {
        (void) rtn_store_verify(restore->copy.part, RTN_OPEN_ALL,
                                restore_verify_fault, restore, &faults);
        return RTN_ERR_CORRUPT;
    }

    if (rc != 0) {
        return rc;
    }

    rc = rtn_store_check(store, restore->report, restore->copy.data, &records,
                         &restore->faults);

    if (rc == 0 && restore->faults > 0) {
        rc = RTN_ERR_CORRUPT;
    }

    if (rc == 0) {
        rc = restore_advance(store);
    }

    rtn_store_close(store);

    return rc;
}


static void
restore_verify_fault(void *data, const char *environment, const char *file,
    const char *sentence)
{
    restore_fault(data, environment, file, sentence);
}


static int
restore_advance(struct rtn_store *store)
{
    int  rc;

    rc = db_campaign_skip(store, RTN_RESTORE_CAMPAIGNS);

    return rc == 0 ? crm_customers_skip(store, RTN_RESTORE_CUSTOMERS) : rc;
}


static int
restore_give(struct restore *restore)
{
    int     rc;
    size_t  i;

    rc = 0;

    for (i = 0; rc == 0 && i < DB_ENVIRONMENTS; i++) {
        rc = restore_each(restore, restore->copy.part, i, restore_give_file);

        if (rc == 0) {
            rc = restore_give_file(restore, db_environment_name(i), true);
        }
    }

    return rc == 0 ? restore_give_file(restore, ".", true) : rc;
}


/*
 * Nobody else can reach the part: its directory is ours until it is given.
 * What is not kept are LMDB's lock files, made by opening it here.
 */
static int
restore_give_file(struct restore *restore, const char *name, bool is_kept)
{
    int          rc;
    char         path[DB_PATH_MAX];
    struct stat  st;

    rc = db_dir_join(path, restore->copy.part, name);
    if (rc != 0) {
        return rc;
    }

    if (!is_kept) {
        return unlink(path) == 0 ? 0 : db_err(errno);
    }

    if (restore->uid != (unsigned) -1
        && lchown(path, restore->uid, restore->gid) != 0)
    {
        return db_err(errno);
    }

    if (stat(path, &st) != 0) {
        return db_err(errno);
    }

    return S_ISDIR(st.st_mode) ? db_dir_sync(path) : 0;
}
