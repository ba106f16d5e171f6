#define _XOPEN_SOURCE 700    /* nftw */

#include <ftw.h>
#include <lmdb.h>
#include <unistd.h>

#include "support.h"

static int support_remove_one(const char *path, const struct stat *st,
    int type, struct FTW *ftw);


int
support_setup_dir(void **state)
{
    const char      *tmp;
    struct support  *support;

    support = calloc(1, sizeof(*support));
    if (support == NULL) {
        return -1;
    }

    tmp = getenv("TMPDIR");

    snprintf(support->path, sizeof(support->path), "%s/rtn-unit-XXXXXX",
             tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");

    if (mkdtemp(support->path) == NULL) {
        free(support);
        return -1;
    }

    *state = support;

    return 0;
}


int
support_setup(void **state)
{
    struct support       *support;
    struct rtn_settings   settings;

    if (support_setup_dir(state) != 0) {
        return -1;
    }

    support = *state;
    settings = support_settings();

    /* cmocka calls no teardown after a setup that failed */
    if (rtn_store_create(support->path, &settings, SUPPORT_NOW_MS) != 0
        || rtn_store_open(support->path, RTN_OPEN_ALL, &support->store) != 0)
    {
        support_teardown(state);
        return -1;
    }

    return 0;
}


int
support_teardown(void **state)
{
    struct support  *support;

    support = *state;

    rtn_store_close(support->store);
    nftw(support->path, support_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(support);

    return 0;
}


static int
support_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
    (void) st;
    (void) type;
    (void) ftw;

    return remove(path);
}


void
support_close(struct support *support)
{
    rtn_store_close(support->store);
    support->store = NULL;
}


void
support_open(struct support *support, unsigned flags)
{
    support_close(support);

    assert_int_equal(rtn_store_open(support->path, flags, &support->store),
                     0);
}


char *
support_below(const struct support *support, const char *name)
{
    static char  path[2 * SUPPORT_PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", support->path, name);

    return path;
}


int
support_create(const struct support *support)
{
    struct rtn_settings  settings = support_settings();

    return rtn_store_create(support->path, &settings, SUPPORT_NOW_MS);
}


int
support_try_open(const struct support *support, unsigned flags)
{
    int                rc;
    struct rtn_store  *store;

    rc = rtn_store_open(support->path, flags, &store);

    if (rc == 0) {
        rtn_store_close(store);
    }

    return rc;
}


struct rtn_settings
support_settings(void)
{
    return (struct rtn_settings) {
        .base_url = "https://mail.shop.example",
        .pixel_path = "/o/",
        .redirect_path = "/r/",
        .unsubscribe_path = "/u/",
        .timezone = "Europe/Kyiv",
        .currency = "EUR",
        .node = 7
    };
}


void
support_flip(struct support *support, const char *file, const char *table,
    const void *key, size_t len)
{
    char      path[2 * SUPPORT_PATH_MAX];
    char     *copy;
    MDB_dbi   dbi;
    MDB_env  *env;
    MDB_txn  *txn;
    MDB_val   k, v;

    support_close(support);

    snprintf(path, sizeof(path), "%s/%s", support->path, file);

    k.mv_data = (void *) key;
    k.mv_size = len;

    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 32), 0);
    assert_int_equal(mdb_env_open(env, path, table == NULL ? MDB_NOSUBDIR : 0,
                                  0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, table, 0, &dbi), 0);
    assert_int_equal(mdb_get(txn, dbi, &k, &v), 0);

    copy = malloc(v.mv_size);
    assert_non_null(copy);

    memcpy(copy, v.mv_data, v.mv_size);
    copy[v.mv_size - 1] ^= 1;
    v.mv_data = copy;

    assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);

    mdb_env_close(env);
    free(copy);
}
