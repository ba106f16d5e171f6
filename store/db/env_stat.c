/* How full the environments are, and who reads them. */

#include <inttypes.h>
#include <stdio.h>

#include "segment.h"

static int stat_environment(struct rtn_store *store,
    enum db_environment environment, struct rtn_environment_stat *stat);
static int stat_closed(struct rtn_store *store,
    struct rtn_environment_stat *stat);
static int stat_reader_line(const char *line, void *data);


int
rtn_store_stat(struct rtn_store *store,
    struct rtn_environment_stat stats[RTN_ENVIRONMENTS], size_t *n)
{
    int     rc;
    size_t  i, count;

    count = 0;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (store->envs[i].env == NULL) {
            continue;
        }

        if (i == DB_EVENTS) {
            rc = db_segments_catch_up(store);
            if (rc != 0) {
                return rc;
            }
        }

        db_env_hold(store, i);
        rc = stat_environment(store, i, &stats[count]);
        db_env_let_go(store, i);

        if (rc != 0) {
            return rc;
        }

        count++;
    }

    *n = count;

    return 0;
}


static int
stat_environment(struct rtn_store *store, enum db_environment environment,
    struct rtn_environment_stat *stat)
{
    int            rc;
    size_t         i;
    MDB_env       *env;
    uint64_t       rows;
    MDB_stat       pages;
    MDB_envinfo    info;
    struct db_txn  txn;

    env = store->envs[environment].env;

    *stat = (struct rtn_environment_stat) {
        .name = db_environment_name(environment)
    };

    /* counted first, without the transaction that this function needs */
    rc = mdb_reader_list(env, stat_reader_line, &stat->readers);
    if (rc < 0) {
        return RTN_ERR_IO;
    }

    mdb_env_info(env, &info);
    mdb_env_stat(env, &pages);

    stat->bytes_used = ((uint64_t) info.me_last_pgno + 1) * pages.ms_psize;
    stat->bytes_limit = info.me_mapsize;

    rc = db_read_begin(store, environment, &txn);

    for (i = 0; rc == 0 && i < DB_TABLES; i++) {
        if (db_table_environment(i) == environment) {
            rc = db_count(&txn, i, &rows);
            stat->entries += rc == 0 ? rows : 0;
        }
    }

    db_read_end(&txn);

    if (rc == 0 && environment == DB_EVENTS) {
        rc = stat_closed(store, stat);
    }

    return rc;
}


/* The segments before the open one, whose own marks are no events. */
static int
stat_closed(struct rtn_store *store, struct rtn_environment_stat *stat)
{
    int       rc;
    uint64_t  bytes, rows;

    rc = db_segments_sum(store, &bytes, &rows);

    if (rc == 0) {
        stat->bytes_used += bytes;
        stat->entries += rows;
        stat->entries -= store->segment > 1 && stat->entries > 0;
    }

    return rc;
}


/* Lines are "pid thread txnid", below one of titles; '-' is an idle slot. */
static int
stat_reader_line(const char *line, void *data)
{
    uint64_t       pid, thread, id;
    uint64_t      *readers = data;

    if (sscanf(line, "%" SCNu64 " %" SCNx64 " %" SCNu64, &pid, &thread, &id)
        == 3)
    {
        (*readers)++;
    }

    return 0;
}


int
rtn_store_reap_readers(struct rtn_store *store, unsigned *dropped)
{
    int       rc, dead;
    size_t    i;
    unsigned  sum;

    sum = 0;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (store->envs[i].env == NULL) {
            continue;
        }

        dead = 0;

        db_env_hold(store, i);
        rc = mdb_reader_check(store->envs[i].env, &dead);
        db_env_let_go(store, i);

        if (rc != 0) {
            return db_err(rc);
        }

        sum += (unsigned) dead;
    }

    if (dropped != NULL) {
        *dropped = sum;
    }

    return 0;
}
