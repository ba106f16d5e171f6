/* The whole store: opening, verifying and closing it; see rtn_store.h. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "coupon.h"
#include "crm.h"
#include "pages.h"
#include "segment.h"

/* The opening of one environment. */
struct open_part {
    struct rtn_store     *store;
    enum db_environment   environment;
    pthread_t             thread;
    bool                  has_thread;
    int                   rc;
};

static int open_environments(struct rtn_store *store,
    struct open_part parts[DB_ENVIRONMENTS]);
static int open_environment(struct rtn_store *store,
    enum db_environment environment);
static int open_verify(struct rtn_store *store,
    struct open_part parts[DB_ENVIRONMENTS]);
static void *open_verify_part(void *data);
static int open_state(struct rtn_store *store);
static int open_tables(struct rtn_store *store,
    enum db_environment environment);
static int open_locks_init(struct rtn_store *store);


/* No table is looked into before all pages were verified, where that is
   wanted. */
int
rtn_store_open(const char *path, unsigned flags, struct rtn_store **store)
{
    int                rc;
    size_t             i;
    struct rtn_store  *opened;
    struct open_part   parts[DB_ENVIRONMENTS] = { 0 };

    rc = db_store_new(path, flags | RTN_OPEN_STATE, &opened);
    if (rc != 0) {
        return rc;
    }

    if (flags & RTN_OPEN_BRIEFLY) {
        opened->verify_until_ms = db_pages_now_ms() + RTN_VERIFY_MS;
    }

    rc = open_environments(opened, parts);

    if (rc == 0 && (flags & RTN_OPEN_VERIFY)) {
        rc = open_verify(opened, parts);
    }

    if (rc == 0) {
        rc = open_state(opened);
    }

    for (i = 0; rc == 0 && i < DB_ENVIRONMENTS; i++) {
        rc = parts[i].rc;

        if (rc == 0 && i != DB_STATE && opened->envs[i].env != NULL) {
            rc = open_tables(opened, i);
        }
    }

    if (rc == 0) {
        rc = rtn_store_reap_readers(opened, NULL);
    }

    if (rc != 0) {
        rtn_store_close(opened);
        return rc;
    }

    *store = opened;

    return 0;
}


/* What becomes of the others is told after the format was read: a later one
   may lack some. */
static int
open_environments(struct rtn_store *store,
    struct open_part parts[DB_ENVIRONMENTS])
{
    int     rc;
    size_t  i;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        parts[i].store = store;
        parts[i].environment = i;

        if (!(store->flags & db_environment_flag(i))) {
            continue;
        }

        rc = open_environment(store, i);

        if (i == DB_STATE) {
            if (rc != 0) {
                return rc == RTN_ERR_ABSENT ? db_env_missed(store) : rc;
            }

        } else {
            parts[i].rc = rc == RTN_ERR_ABSENT ? RTN_ERR_DAMAGED : rc;
        }
    }

    return 0;
}


static int
open_environment(struct rtn_store *store, enum db_environment environment)
{
    int  rc;

    rc = environment == DB_EVENTS ? db_segments_locate(store) : 0;

    if (rc == 0) {
        rc = db_env_exists(store, environment);
    }

    return rc == 0 ? db_env_open(store, environment) : rc;
}


/* At the same time, a thread for each: it takes as long as the largest one.
   Signals are not for them, but for those that a file raises that was cut. */
static int
open_verify(struct rtn_store *store, struct open_part parts[DB_ENVIRONMENTS])
{
    int       rc;
    size_t    i;
    sigset_t  others, before;

    sigfillset(&others);
    sigdelset(&others, SIGSEGV);
    sigdelset(&others, SIGBUS);

    pthread_sigmask(SIG_SETMASK, &others, &before);

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (store->envs[i].env != NULL) {
            parts[i].has_thread = pthread_create(&parts[i].thread, NULL,
                                                 open_verify_part, &parts[i])
                                  == 0;
        }
    }

    pthread_sigmask(SIG_SETMASK, &before, NULL);

    rc = 0;

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        if (store->envs[i].env == NULL) {
            continue;
        }

        if (parts[i].has_thread) {
            pthread_join(parts[i].thread, NULL);

        } else {
            open_verify_part(&parts[i]);
        }

        if (parts[i].rc == RTN_ERR_LIMIT) {
            store->is_unverified = true;
            parts[i].rc = 0;
        }

        if (rc == 0) {
            rc = parts[i].rc;
        }
    }

    return rc;
}


static void *
open_verify_part(void *data)
{
    struct open_part       *part = data;
    struct db_pages_fault   fault;

    part->rc = db_pages_verify_env(part->store->envs[part->environment].env,
                                   part->environment != DB_EVENTS,
                                   part->store->verify_until_ms, &fault);

    return NULL;
}


/* The format is read before a table is missed: a later one may lack some. */
static int
open_state(struct rtn_store *store)
{
    int  rc, tables;

    tables = db_tables_open(store, DB_STATE, false);
    if (tables != 0 && tables != RTN_ERR_CORRUPT) {
        return tables;
    }

    rc = db_settings_load(store);

    if (tables == 0 || (rc != 0 && rc != RTN_ERR_ABSENT)) {
        return rc;
    }

    /* before its tables were made, or with some of them lost */
    return rc == RTN_ERR_ABSENT ? db_env_missed(store) : RTN_ERR_DAMAGED;
}


static int
open_tables(struct rtn_store *store, enum db_environment environment)
{
    int  rc;

    rc = db_tables_open(store, environment, false);

    if (rc == RTN_ERR_CORRUPT) {
        return RTN_ERR_DAMAGED;         /* a table is missing */
    }

    return rc == 0 && environment == DB_EVENTS ? db_segments_follow(store)
                                               : rc;
}


bool
rtn_store_is_verified(const struct rtn_store *store)
{
    return (store->flags & RTN_OPEN_VERIFY) && !store->is_unverified;
}


void
rtn_store_close(struct rtn_store *store)
{
    size_t          i;
    struct db_env  *env;

    if (store == NULL) {
        return;
    }

    if (store->slice != NULL) {
        rtn_crm_abort(store);
    }

    coupon_overlay_free(store->overlay);

    for (i = 0; i < DB_ENVIRONMENTS; i++) {
        env = &store->envs[i];

        if (env->reader != NULL) {
            mdb_txn_abort(env->reader);
        }

        if (env->env != NULL) {
            mdb_env_close(env->env);
        }
    }

    free(store->verified);
    pthread_mutex_destroy(&store->log_reader);
    pthread_mutex_destroy(&store->log_writer);

    sodium_memzero(store, sizeof(*store));
    free(store);
}


int
db_store_new(const char *path, unsigned flags, struct rtn_store **store)
{
    size_t             len;
    struct rtn_store  *fresh;

    len = strlen(path);

    while (len > 1 && path[len - 1] == '/') {
        len--;
    }

    if (len == 0 || len >= sizeof(fresh->path)) {
        return RTN_ERR_ABSENT;
    }

    if (sodium_init() == -1) {
        return RTN_ERR_IO;
    }

    fresh = calloc(1, sizeof(*fresh));
    if (fresh == NULL) {
        return RTN_ERR_NOMEM;
    }

    memcpy(fresh->path, path, len);
    fresh->flags = flags;
    fresh->segment = 1;
    fresh->log = fresh;

    if (open_locks_init(fresh) != 0) {
        free(fresh);
        return RTN_ERR_NOMEM;
    }

    *store = fresh;

    return 0;
}


static int
open_locks_init(struct rtn_store *store)
{
    int                  rc;
    pthread_mutexattr_t  attr;

    rc = pthread_mutexattr_init(&attr);

    if (rc == 0) {
        /* reads may be nested */
        rc = pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    }

    if (rc == 0) {
        rc = pthread_mutex_init(&store->log_reader, &attr);
    }

    if (rc == 0) {
        rc = pthread_mutex_init(&store->log_writer, NULL);
    }

    (void) pthread_mutexattr_destroy(&attr);

    return rc;
}
