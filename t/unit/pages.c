/* The pages of an LMDB file: what LMDB writes is sound, and nothing else. */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lmdb.h>

#include "random.h"
#include "support.h"

#include "db/dir.h"
#include "db/pages.h"

#define ROUNDS      60          /* transactions */
#define CHANGES     400         /* of one */
#define KEYS        6000
#define VALUE_MAX   20000       /* bytes; some take five pages */
#define TABLES      3
#define WALKS       300
#define FLIPS       3000
#define PAGE        4096
#define FILE_NAME   "pages.mdb"

static const char *const  names[TABLES] = { "one", "two", "three" };

struct pages_file {
    size_t    len;
    uint8_t  *bytes;
};


static void
pages_open(struct support *support, unsigned flags, MDB_env **env)
{
    char  path[DB_PATH_MAX];

    assert_int_equal(db_dir_join(path, support->path, FILE_NAME), 0);
    assert_int_equal(mdb_env_create(env), 0);
    assert_int_equal(mdb_env_set_maxdbs(*env, TABLES), 0);
    assert_int_equal(mdb_env_set_mapsize(*env, 64 << 20), 0);
    assert_int_equal(mdb_env_open(*env, path, MDB_NOSUBDIR | MDB_NOSYNC
                                              | flags, 0600), 0);
}


/* Rows of all lengths come and go, so that pages are split, merged and freed;
   in one round in ten nearly all of a table.  LMDB's codes. */
static int
pages_try(MDB_env *env, unsigned round)
{
    int       rc;
    char      key[16];
    size_t    i, n;
    uint8_t   value[VALUE_MAX] = { 0 };
    MDB_dbi   dbi;
    MDB_txn  *txn;
    MDB_val   k, v;

    rc = mdb_txn_begin(env, NULL, 0, &txn);
    if (rc != 0) {
        return rc;
    }

    rc = mdb_dbi_open(txn, names[round % TABLES], MDB_CREATE, &dbi);
    n = round % 10 == 9 ? KEYS : CHANGES;

    for (i = 0; (rc == 0 || rc == MDB_NOTFOUND) && i < n; i++) {
        snprintf(key, sizeof(key), "%05u",
                 n == KEYS ? (unsigned) i : (unsigned) random_below(KEYS));

        k = (MDB_val) { strlen(key), key };
        v = (MDB_val) { random_below(random_below(40) == 0 ? sizeof(value)
                                                           : 200), value };

        rc = n == KEYS || random_below(3) == 0 ? mdb_del(txn, dbi, &k, NULL)
                                               : mdb_put(txn, dbi, &k, &v, 0);
    }

    if (rc != 0 && rc != MDB_NOTFOUND) {
        mdb_txn_abort(txn);
        return rc;
    }

    return mdb_txn_commit(txn);
}


static void
pages_change(MDB_env *env, unsigned round)
{
    assert_int_equal(pages_try(env, round), 0);
}


static void
pages_read(struct support *support, const char *name,
    struct pages_file *file)
{
    int          fd;
    char         path[DB_PATH_MAX];
    struct stat  st;

    assert_int_equal(db_dir_join(path, support->path, name), 0);

    fd = open(path, O_RDONLY);
    assert_int_not_equal(fd, -1);
    assert_int_equal(fstat(fd, &st), 0);

    file->len = (size_t) st.st_size;
    file->bytes = malloc(file->len);
    assert_non_null(file->bytes);
    assert_int_equal(read(fd, file->bytes, file->len), st.st_size);

    close(fd);
}


static int
pages_verify(const struct pages_file *file)
{
    int                    rc;
    struct db_pages_fault  fault = { "" };

    rc = db_pages_verify(file->bytes, file->len, true, &fault);

    assert_true(rc == 0 || rc == RTN_ERR_DAMAGED || rc == RTN_ERR_NEWER);
    assert_true(rc != RTN_ERR_DAMAGED || fault.sentence[0] != '\0');

    return rc;
}


static void
pages_copy(struct support *support, MDB_env *env, unsigned flags)
{
    char               path[DB_PATH_MAX];
    struct pages_file  file;

    assert_int_equal(db_dir_join(path, support->path, "copy.mdb"), 0);
    assert_int_equal(mdb_env_copy2(env, path, flags), 0);

    pages_read(support, "copy.mdb", &file);
    assert_int_equal(pages_verify(&file), 0);

    free(file.bytes);
    assert_int_equal(unlink(path), 0);
}


/* After each transaction, and as copies. */
static void
test_sound(void **state)
{
    unsigned               i;
    MDB_env               *env;
    struct support        *support = *state;
    struct db_pages_fault  fault;

    pages_open(support, MDB_NOTLS, &env);
    assert_int_equal(db_pages_verify_env(env, true, 0, &fault), 0);

    for (i = 0; i < ROUNDS; i++) {
        pages_change(env, i);

        if (db_pages_verify_env(env, true, 0, &fault) != 0) {
            fail_msg("round %u: %s", i, fault.sentence);
        }

        if (i % 20 == 0) {
            pages_copy(support, env, MDB_CP_COMPACT);
            pages_copy(support, env, 0);
        }
    }

    mdb_env_close(env);
}


/* Until it is killed. */
static void
pages_write_on(struct support *support)
{
    unsigned   round;
    MDB_env   *env;

    pages_open(support, 0, &env);

    for (round = 0; pages_try(env, round) == 0; round++) { /* void */ }

    _exit(1);
}


static uint64_t
pages_last(MDB_env *env)
{
    MDB_envinfo  info;

    assert_int_equal(mdb_env_info(env, &info), 0);

    return info.me_last_txnid;
}


/* Of a snapshot the pages stay while others write; its meta page does not. */
static void
test_beside_writer(void **state)
{
    int                    rc, status;
    pid_t                  pid;
    uint64_t               first;
    unsigned               walks;
    MDB_env               *env;
    struct support        *support = *state;
    struct db_pages_fault  fault = { "" };

    pages_open(support, 0, &env);

    for (walks = 0; walks < TABLES; walks++) {
        pages_change(env, walks);
    }

    mdb_env_close(env);

    pid = fork();
    assert_int_not_equal(pid, -1);

    if (pid == 0) {
        pages_write_on(support);
    }

    pages_open(support, MDB_RDONLY | MDB_NOTLS, &env);

    rc = 0;
    first = pages_last(env);

    for (walks = 0;
         rc == 0 && (walks < WALKS || pages_last(env) < first + WALKS);
         walks++)
    {
        rc = db_pages_verify_env(env, true, 0, &fault);
    }

    mdb_env_close(env);

    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));

    if (rc != 0) {
        fail_msg("walk %u: %s", walks, fault.sentence);
    }
}


/* Whoever has no time left gives up. */
static void
test_until(void **state)
{
    unsigned               i;
    MDB_env               *env;
    struct support        *support = *state;
    struct db_pages_fault  fault;

    pages_open(support, MDB_NOTLS, &env);

    for (i = 0; i < 3 * TABLES; i++) {
        pages_change(env, i);
    }

    assert_int_equal(db_pages_verify_env(env, true, 1, &fault),
                     RTN_ERR_LIMIT);
    assert_int_equal(db_pages_verify_env(env, true, INT64_MAX, &fault), 0);

    mdb_env_close(env);
}


/* A long value whose place a shorter one takes at once keeps its pages. */
static void
test_long_value(void **state)
{
    size_t                 i;
    uint8_t                value[5 * PAGE] = { 0 };
    MDB_dbi                dbi;
    MDB_env               *env;
    MDB_txn               *txn;
    MDB_val                k, v;
    struct support        *support = *state;
    struct db_pages_fault  fault = { "" };

    static const size_t  lengths[] = { 5 * PAGE, 2 * PAGE, PAGE };

    pages_open(support, MDB_NOTLS, &env);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, names[0], MDB_CREATE, &dbi), 0);

    for (i = 0; i < COUNT(lengths); i++) {
        k = (MDB_val) { 1, "k" };
        v = (MDB_val) { lengths[i], value };
        assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
    }

    assert_int_equal(mdb_txn_commit(txn), 0);

    if (db_pages_verify_env(env, true, 0, &fault) != 0) {
        fail_msg("%s", fault.sentence);
    }

    mdb_env_close(env);
}


/* Where a bit of a page in use says what the page is, its flip is found. */
static void
test_heads(void **state)
{
    size_t             i, at;
    uint8_t            bit;
    MDB_env           *env;
    struct support    *support = *state;
    struct pages_file  file;

    static const size_t  meta[] = {
        16, 20, 40, 44, 40 + 48 + 6, 40 + 48 + 40, 40 + 96 + 8
    };
    static const size_t  head[] = { 0, 3, 10, 12, 14, 16 };

    pages_open(support, 0, &env);
    pages_change(env, 0);
    mdb_env_close(env);

    pages_read(support, FILE_NAME, &file);
    assert_int_equal(pages_verify(&file), 0);

    for (i = 0; i < COUNT(meta) * 8; i++) {
        at = PAGE + meta[i / 8];            /* of the last transaction, 1 */
        bit = (uint8_t) (1u << i % 8);

        if (meta[i / 8] == 44 && bit != 8) {
            continue;                       /* flags without a meaning */
        }

        file.bytes[at] ^= bit;
        assert_int_not_equal(pages_verify(&file), 0);
        file.bytes[at] ^= bit;
    }

    for (i = 0; i < COUNT(head) * 8; i++) {
        at = 2 * PAGE + head[i / 8];        /* a page of a table */
        bit = (uint8_t) (1u << i % 8);
        file.bytes[at] ^= bit;
        assert_int_not_equal(pages_verify(&file), 0);
        file.bytes[at] ^= bit;
    }

    assert_int_equal(pages_verify(&file), 0);
    free(file.bytes);
}


/* Bits anywhere, and files that end anywhere. */
static void
test_anything(void **state)
{
    size_t             i, at, len;
    unsigned           found;
    uint8_t            bit;
    MDB_env           *env;
    struct support    *support = *state;
    struct pages_file  file, cut;

    pages_open(support, 0, &env);

    for (i = 0; i < 12; i++) {
        pages_change(env, (unsigned) i);
    }

    mdb_env_close(env);
    pages_read(support, FILE_NAME, &file);
    found = 0;

    for (i = 0; i < FLIPS; i++) {
        at = (size_t) random_below(file.len);
        bit = (uint8_t) (1u << random_below(8));

        file.bytes[at] ^= bit;
        found += db_pages_verify(file.bytes, file.len, true,
                                 &(struct db_pages_fault) { "" }) != 0;
        file.bytes[at] ^= bit;
    }

    print_message("# %u of %u flips are of the structure\n", found, FLIPS);
    assert_true(found > FLIPS / 100);

    for (i = 0; i < 50; i++) {
        len = (size_t) random_below(file.len / 2);

        /* exactly as long, so that a sanitizer sees its end */
        cut = (struct pages_file) { len, malloc(len + 1) };
        assert_non_null(cut.bytes);
        memcpy(cut.bytes, file.bytes, len);
        assert_int_equal(pages_verify(&cut), RTN_ERR_DAMAGED);
        free(cut.bytes);
    }

    free(file.bytes);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {

#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, support_setup_dir,                 \
                                    support_teardown)

        TEST(test_sound),
        TEST(test_beside_writer),
        TEST(test_until),
        TEST(test_long_value),
        TEST(test_heads),
        TEST(test_anything)

#undef TEST
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
