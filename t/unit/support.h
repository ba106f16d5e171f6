/* What the tests of the store share: stores under $TMPDIR or /tmp. */

#ifndef SUPPORT_H_INCLUDED
#define SUPPORT_H_INCLUDED

#include <stdio.h>
#include <stdlib.h>

#include "rtn_store.h"
#include "unit.h"

#define SUPPORT_PATH_MAX  256
#define SUPPORT_NOW_MS    INT64_C(1795600000000)    /* in November 2026 */

/* A directory of one test, and its store when there is one. */
struct support {
    char               path[SUPPORT_PATH_MAX];
    struct rtn_store  *store;
};

/* For cmocka: *state becomes a struct support with a new, opened store, and
   it all goes away again.  The _dir twin makes an empty directory alone. */
int support_setup(void **state);
int support_setup_dir(void **state);
int support_teardown(void **state);

/* Closes the store, and opens it again with flags; asserts success. */
void support_close(struct support *support);
void support_open(struct support *support, unsigned flags);

/* The settings of the stores that support_setup makes. */
struct rtn_settings support_settings(void);

/* A path below the store, until the next call. */
char *support_below(const struct support *support, const char *name);

/* What rtn_store_create and rtn_store_open answer; what was opened is closed
   again. */
int support_create(const struct support *support);
int support_try_open(const struct support *support, unsigned flags);

/*
 * Flips the lowest bit of the last byte of a value, by LMDB itself.  The
 * store is closed meanwhile, since one process must not open it twice.
 *
 * file    below the store, such as "state" or "events/000001.mdb"
 * table   NULL for the unnamed one
 */
void support_flip(struct support *support, const char *file,
    const char *table, const void *key, size_t len);

#endif /* SUPPORT_H_INCLUDED */
