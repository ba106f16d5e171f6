/* The pages of a store that perhaps cannot be opened; see rtn_store.h. */

#include <string.h>

#include "dir.h"
#include "pages.h"
#include "segment.h"

static int verify_environment(struct rtn_store *store,
    enum db_environment environment, struct db_pages_fault *fault);


int
rtn_store_verify(const char *path, unsigned flags,
    rtn_check_report_pt report, void *data, uint64_t *faults)
{
    int                    rc;
    size_t                 i;
    uint64_t               n;
    struct rtn_store      *store;
    struct db_pages_fault  fault;

    /* the pages are verified below, where a fault is told */
    rc = db_store_new(path, (flags & ~(unsigned) RTN_OPEN_VERIFY)
                            | RTN_OPEN_READ_ONLY, &store);
    if (rc != 0) {
        return rc;
    }

    n = 0;

    for (i = 0; rc == 0 && i < DB_ENVIRONMENTS; i++) {
        if (!((flags | RTN_OPEN_STATE) & db_environment_flag(i))) {
            continue;
        }

        rc = verify_environment(store, i, &fault);

        if (rc == RTN_ERR_DAMAGED) {
            report(data, db_environment_name(i),
                   strrchr(db_environment_file(i), '/') + 1, fault.sentence);
            n++;
            rc = 0;
        }
    }

    rtn_store_close(store);

    if (rc == 0) {
        *faults = n;
    }

    return rc;
}


static int
verify_environment(struct rtn_store *store, enum db_environment environment,
    struct db_pages_fault *fault)
{
    int    rc;
    char   path[DB_PATH_MAX];

    if (environment == DB_EVENTS) {
        rc = db_segments_locate(store);

        if (rc == 0) {
            rc = db_segment_path(store, store->segment, DB_SEGMENT_PLAIN,
                                 path);
        }

    } else {
        rc = db_dir_join(path, store->path,
                         db_environment_file(environment));
    }

    if (rc == 0) {
        rc = db_pages_check_head(path, fault);
    }

    if (rc == 0) {
        rc = db_env_open(store, environment);
    }

    return rc == 0 ? db_pages_verify_env(store->envs[environment].env,
                                         environment != DB_EVENTS, 0, fault)
                   : rc;
}
