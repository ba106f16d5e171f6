/* The files of a store that perhaps cannot be opened; see rtn_store.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dir.h"
#include "pages.h"
#include "segment.h"

struct verify {
    struct rtn_store       *store;
    char                    file[DB_PATH_MAX];  /* below the store's path */
    struct db_pages_fault   fault;
};

static int verify_environment(struct verify *verify,
    enum db_environment environment);
static int verify_log(struct verify *verify);
static int verify_state(struct verify *verify);
static int verify_pages(struct verify *verify,
    enum db_environment environment);
static int verify_file(struct verify *verify);
static int verify_fail(struct verify *verify, const char *sentence);


int
rtn_store_verify(const char *path, unsigned flags,
    rtn_check_report_pt report, void *data, uint64_t *faults)
{
    int            rc;
    size_t         i;
    uint64_t       n;
    struct verify  verify;

    /* the pages are verified below, where a fault is told */
    rc = db_store_new(path, (flags & ~(unsigned) RTN_OPEN_VERIFY)
                            | RTN_OPEN_READ_ONLY, &verify.store);
    if (rc != 0) {
        return rc;
    }

    n = 0;

    if (db_env_exists(verify.store, DB_STATE) == RTN_ERR_ABSENT
        && db_env_missed(verify.store) == RTN_ERR_ABSENT)
    {
        rc = RTN_ERR_ABSENT;
    }

    for (i = 0; rc == 0 && i < DB_ENVIRONMENTS; i++) {
        if (!((flags | RTN_OPEN_STATE) & db_environment_flag(i))) {
            continue;
        }

        rc = verify_environment(&verify, i);

        if (rc == RTN_ERR_DAMAGED) {
            report(data, db_environment_name(i),
                   strrchr(verify.file, '/') + 1, verify.fault.sentence);
            n++;
            rc = 0;
        }
    }

    rtn_store_close(verify.store);

    if (rc == 0) {
        *faults = n;
    }

    return rc;
}


static int
verify_environment(struct verify *verify, enum db_environment environment)
{
    int  rc;

    if (environment == DB_EVENTS) {
        return verify_log(verify);
    }

    snprintf(verify->file, sizeof(verify->file), "%s",
             db_environment_file(environment));

    rc = verify_pages(verify, environment);

    if (rc == 0) {
        rc = db_tables_open(verify->store, environment, false);
    }

    if (rc == RTN_ERR_CORRUPT) {
        return verify_fail(verify, "it lacks a table; it may be another "
                           "program's");
    }

    return rc == 0 && environment == DB_STATE ? verify_state(verify) : rc;
}


/* The segment where to begin, and the open one, if that is another. */
static int
verify_log(struct verify *verify)
{
    int                   rc;
    uint32_t              first;
    enum db_segment_form  form;
    struct rtn_store     *store;

    store = verify->store;

    rc = db_segments_locate(store);

    if (rc == RTN_ERR_ABSENT) {
        db_segment_name(1, DB_SEGMENT_PLAIN, verify->file);
        return verify_fail(verify, "it is missing, and so is each other file "
                           "of the log");
    }

    /* behind one that is compressed there is another */
    if (rc == 0 && db_segment_find(store, store->segment, &form, NULL) == 0
        && form == DB_SEGMENT_PACKED)
    {
        store->segment++;
    }

    first = store->segment;
    db_segment_name(first, DB_SEGMENT_PLAIN, verify->file);

    if (rc == 0) {
        rc = verify_pages(verify, DB_EVENTS);
    }

    if (rc == 0) {
        rc = db_tables_open(store, DB_EVENTS, false);
    }

    if (rc != 0) {
        return rc;
    }

    rc = db_segments_follow(store);

    if (rc == RTN_ERR_DAMAGED) {
        db_segment_name(store->segment + 1, DB_SEGMENT_PLAIN, verify->file);
        rc = verify_file(verify);
        return rc != 0 ? rc : verify_fail(verify, "it cannot be opened");
    }

    db_segment_name(store->segment, DB_SEGMENT_PLAIN, verify->file);

    return rc == 0 && store->segment != first
           ? db_pages_verify_env(store->envs[DB_EVENTS].env, false, 0,
                                 &verify->fault)
           : rc;
}


/* Its settings alone: records are for rtn_store_check. */
static int
verify_state(struct verify *verify)
{
    int  rc;

    rc = db_settings_load(verify->store);

    return rc == RTN_ERR_CORRUPT
           ? verify_fail(verify, "its settings are damaged") : rc;
}


static int
verify_pages(struct verify *verify, enum db_environment environment)
{
    int  rc;

    rc = verify_file(verify);

    if (rc == 0) {
        rc = db_env_open(verify->store, environment);
    }

    return rc == 0
           ? db_pages_verify_env(verify->store->envs[environment].env,
                                 environment != DB_EVENTS, 0, &verify->fault)
           : rc;
}


static int
verify_file(struct verify *verify)
{
    int          rc;
    char         path[DB_PATH_MAX], cut[DB_PAGES_SENTENCE_MAX];
    struct stat  st;

    rc = db_dir_join(path, verify->store->path, verify->file);
    if (rc != 0) {
        return rc;
    }

    if (stat(path, &st) != 0) {
        rc = db_err(errno);
        return rc == RTN_ERR_ABSENT ? verify_fail(verify, "it is missing")
                                    : rc;
    }

    if (!S_ISREG(st.st_mode)) {
        return verify_fail(verify, "it is no file");
    }

    if (db_env_file_exists(path) == RTN_ERR_ABSENT) {
        snprintf(cut, sizeof(cut), "it was cut to %lld bytes",
                 (long long) st.st_size);
        return verify_fail(verify, cut);
    }

    return db_pages_check_head(path, &verify->fault);
}


static int
verify_fail(struct verify *verify, const char *sentence)
{
    snprintf(verify->fault.sentence, sizeof(verify->fault.sentence), "%s",
             sentence);

    return RTN_ERR_DAMAGED;
}
