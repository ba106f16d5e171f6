/* Making, opening and looking at a store. */

#include <fcntl.h>
#include <lmdb.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/record.h"
#include "rtn_campaign.h"
#include "support.h"

static const char *const  files[] = {
    "events/000001.mdb", "coupons/data.mdb", "state/data.mdb", "crm/data.mdb"
};

static const char *const  folders[] = {
    "", "events", "coupons", "state", "crm"
};


/* Writes a number into the settings, or removes it, behind the store. */
static void
setting(const struct support *support, const char *name, const char *number)
{
    size_t    len;
    uint8_t   value[64];
    MDB_dbi   dbi;
    MDB_env  *env;
    MDB_txn  *txn;
    MDB_val   k, v;

    k.mv_data = (void *) name;
    k.mv_size = strlen(name);

    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 32), 0);
    assert_int_equal(mdb_env_open(env, support_below(support, "state"), 0,
                                  0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "settings", 0, &dbi), 0);

    if (number == NULL) {
        assert_int_equal(mdb_del(txn, dbi, &k, NULL), 0);

    } else {
        assert_int_equal(rtn_record_seal(name, k.mv_size, number, 4, value,
                                         sizeof(value), &len), 0);
        v.mv_data = value;
        v.mv_size = len;
        assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
    }

    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}


static void
test_create_and_open(void **state)
{
    size_t               i;
    struct stat          st;
    struct support      *support = *state;
    struct rtn_settings  settings;

    assert_int_equal(chmod(support->path, 0755), 0);
    assert_int_equal(support_create(support), 0);
    support_open(support, RTN_OPEN_ALL);

    settings = support_settings();
    assert_memory_equal(rtn_store_settings(support->store), &settings,
                        sizeof(settings));

    for (i = 0; i < COUNT(files); i++) {
        assert_int_equal(stat(support_below(support, files[i]), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
    }

    for (i = 0; i < COUNT(folders); i++) {
        assert_int_equal(stat(support_below(support, folders[i]), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0700);
    }
}


static void
test_create_makes_directory(void **state)
{
    struct support  *support = *state;

    assert_int_equal(rmdir(support->path), 0);
    assert_int_equal(support_create(support), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);
}


static void
test_create_twice(void **state)
{
    uint8_t          secret[32];
    struct support  *support = *state;

    support_open(support, RTN_OPEN_STATE);
    memcpy(secret, rtn_store_secret(support->store, RTN_SECRET_DRAW), 32);
    support_close(support);

    assert_int_equal(support_create(support), RTN_ERR_EXISTS);

    support_open(support, RTN_OPEN_STATE);
    assert_memory_equal(secret,
                        rtn_store_secret(support->store, RTN_SECRET_DRAW),
                        32);
}


static void
test_create_among_others(void **state)
{
    int              fd;
    struct support  *support = *state;

    fd = open(support_below(support, "notes.txt"), O_CREAT | O_WRONLY, 0600);
    assert_true(fd != -1);
    close(fd);

    assert_int_equal(support_create(support), RTN_ERR_EXISTS);
    assert_int_equal(access(support_below(support, "state"), F_OK), -1);
}


/* Wherever it stopped, open says absent and create completes it. */
static void
test_interrupted(void **state)
{
    int              fd;
    struct support  *support = *state;

    assert_int_equal(mkdir(support_below(support, "events"), 0700), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_ABSENT);

    assert_int_equal(mkdir(support_below(support, "state"), 0700), 0);
    fd = open(support_below(support, "state/data.mdb"), O_CREAT | O_WRONLY,
              0600);
    assert_true(fd != -1);
    assert_int_equal(write(fd, "torn", 4), 4);
    close(fd);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_ABSENT);

    assert_int_equal(support_create(support), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);

    setting(support, "format", NULL);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_ABSENT);
    assert_int_equal(support_create(support), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);
    assert_int_equal(support_create(support), RTN_ERR_EXISTS);
}


static void
test_absent(void **state)
{
    unsigned         uid, gid;
    struct support  *support = *state;

    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_ABSENT);
    assert_int_equal(rtn_store_owner(support->path, &uid, &gid),
                     RTN_ERR_ABSENT);

    /* nothing was made by looking */
    assert_int_equal(rmdir(support->path), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_ABSENT);
    assert_int_equal(access(support->path, F_OK), -1);
}


static void
test_formats(void **state)
{
    struct support  *support = *state;

    support_close(support);

    setting(support, "format", "\0\0\0\3");
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_NEWER);
    assert_int_equal(support_create(support), RTN_ERR_EXISTS);

    setting(support, "format", "\0\0\0\1");
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_OLDER);
    assert_int_equal(support_create(support), RTN_ERR_EXISTS);

    setting(support, "format", "\0\0\0\2");
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);
}


static void
test_corrupt(void **state)
{
    struct support  *support = *state;

    support_flip(support, "state", "settings", "timezone", 8);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_CORRUPT);
    support_flip(support, "state", "settings", "timezone", 8);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);

    assert_int_equal(unlink(support_below(support, "crm/data.mdb")), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_DAMAGED);
    assert_int_equal(support_try_open(support, RTN_OPEN_SERVER), 0);
    assert_int_equal(support_create(support), RTN_ERR_EXISTS);
    assert_int_equal(access(support_below(support, "crm/data.mdb"), F_OK), -1);
}


/* The directory is another's: as root, by becoming nobody for a while. */
static void
test_permission(void **state)
{
    int              opened, created, owner;
    unsigned         uid, gid;
    struct support  *support = *state;

    support_close(support);

    if (geteuid() == 0) {
        assert_int_equal(seteuid(65534), 0);

    } else {
        assert_int_equal(chmod(support->path, 0), 0);
    }

    opened = support_try_open(support, RTN_OPEN_ALL);
    created = support_create(support);
    owner = rtn_store_owner(support->path, &uid, &gid);

    if (getuid() == 0) {
        assert_int_equal(seteuid(0), 0);

    } else {
        assert_int_equal(chmod(support->path, 0700), 0);
    }

    assert_int_equal(opened, RTN_ERR_PERMISSION);
    assert_int_equal(created, RTN_ERR_PERMISSION);
    assert_int_equal(owner, RTN_ERR_PERMISSION);

    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);
    assert_int_equal(rtn_store_owner(support->path, &uid, &gid), 0);
    assert_int_equal(uid, geteuid());
    assert_int_equal(gid, getegid());
}


/* LMDB gives up halfway, and is not closed twice. */
static void
test_lock_file(void **state)
{
    struct support  *support = *state;

    support_close(support);

    assert_int_equal(unlink(support_below(support, "crm/lock.mdb")), 0);
    assert_int_equal(mkdir(support_below(support, "crm/lock.mdb"), 0700), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), RTN_ERR_IO);
    assert_int_equal(support_try_open(support, RTN_OPEN_SERVER), 0);

    assert_int_equal(rmdir(support_below(support, "crm/lock.mdb")), 0);
    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);
}


static void
test_settings_put(void **state)
{
    struct support      *support = *state;
    struct rtn_settings  settings;

    settings = support_settings();
    memset(settings.base_url, 0, sizeof(settings.base_url));
    strcpy(settings.base_url, "http://127.0.0.1:8080");
    settings.node = 255;

    assert_int_equal(rtn_settings_put(support->store, &settings), 0);
    assert_memory_equal(rtn_store_settings(support->store), &settings,
                        sizeof(settings));

    support_open(support, RTN_OPEN_STATE | RTN_OPEN_READ_ONLY);
    assert_memory_equal(rtn_store_settings(support->store), &settings,
                        sizeof(settings));

    settings.node = 3;
    assert_int_equal(rtn_settings_put(support->store, &settings),
                     RTN_ERR_READ_ONLY);
    assert_int_equal(rtn_store_settings(support->store)->node, 255);
}


static void
test_secrets(void **state)
{
    uint8_t          a[RTN_HASH_LEN], b[RTN_HASH_LEN];
    struct support  *support = *state;
    struct support   other = { .store = NULL };
    void            *other_state = &other;

    rtn_customer_hash(support->store, RTN_STR("C-1"), a);
    rtn_customer_hash(support->store, RTN_STR("C-2"), b);
    assert_memory_not_equal(a, b, sizeof(a));

    support_open(support, RTN_OPEN_STATE);
    rtn_customer_hash(support->store, RTN_STR("C-1"), b);
    assert_memory_equal(a, b, sizeof(a));

    assert_memory_not_equal(rtn_store_secret(support->store,
                                             RTN_SECRET_DRAW),
                            rtn_store_secret(support->store,
                                             RTN_SECRET_COUPON_CODE), 32);

    /* another store has other secrets */
    assert_int_equal(support_setup(&other_state), 0);
    rtn_customer_hash(((struct support *) other_state)->store,
                      RTN_STR("C-1"), b);
    assert_memory_not_equal(a, b, sizeof(a));
    support_teardown(&other_state);
}


static void
test_stat(void **state)
{
    size_t                       n;
    struct support              *support = *state;
    struct rtn_suppression       suppression = { .customer = 1 };
    struct rtn_environment_stat  stats[RTN_ENVIRONMENTS];

    assert_int_equal(rtn_store_stat(support->store, stats, &n), 0);
    assert_int_equal(n, 4);
    assert_string_equal(stats[0].name, "events");
    assert_int_equal(stats[0].entries, 0);
    assert_true(stats[0].bytes_limit >= UINT64_C(1) << 30);
    assert_int_equal(stats[0].readers, 0);

    support_open(support, RTN_OPEN_STATE);
    assert_int_equal(rtn_store_stat(support->store, stats, &n), 0);
    assert_int_equal(n, 1);
    assert_string_equal(stats[0].name, "state");

    /* six strings, a number, three secrets, the format; the first key */
    assert_int_equal(stats[0].entries, 12);

    assert_int_equal(rtn_suppress(support->store, &suppression, 1), 0);
    assert_int_equal(rtn_store_stat(support->store, stats, &n), 0);
    assert_int_equal(stats[0].entries, 13);
}


struct report {
    unsigned  calls;
    char      table[32];
    char      sentence[128];
};


static void
report_fault(void *data, const char *environment, const char *table,
    const char *sentence)
{
    struct report  *report = data;

    report->calls++;
    snprintf(report->table, sizeof(report->table), "%s/%s", environment,
             table);
    snprintf(report->sentence, sizeof(report->sentence), "%s", sentence);
}


static void
test_check(void **state)
{
    uint64_t         records, faults;
    struct report    report = { .calls = 0 };
    struct support  *support = *state;

    assert_int_equal(rtn_store_check(support->store, report_fault, &report,
                                     &records, &faults), 0);
    assert_int_equal(records, 12);
    assert_int_equal(faults, 0);
    assert_int_equal(report.calls, 0);

    support_flip(support, "state", "keys", "\1", 1);
    support_open(support, RTN_OPEN_ALL);

    assert_int_equal(rtn_store_check(support->store, report_fault, &report,
                                     &records, &faults), 0);
    assert_int_equal(records, 12);
    assert_int_equal(faults, 1);
    assert_int_equal(report.calls, 1);
    assert_string_equal(report.table, "state/keys");
    assert_non_null(strstr(report.sentence, "record 01: "));

    assert_int_equal(rtn_store_check(support->store, NULL, NULL, &records,
                                     &faults), 0);
    assert_int_equal(faults, 1);
}


/* Dies within a read, without giving its slot back. */
static int
die_reading(const struct support *support)
{
    MDB_env  *env;
    MDB_txn  *txn;

    return mdb_env_create(&env) != 0
           || mdb_env_open(env, support_below(support, "crm"), 0, 0600) != 0
           || mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0;
}


static int
open_only(const struct support *support)
{
    return support_try_open(support, RTN_OPEN_ALL) != 0;
}


static void
run(int (*child)(const struct support *support),
    const struct support *support)
{
    int    status;
    pid_t  pid;

    pid = fork();
    assert_true(pid != -1);

    if (pid == 0) {
        _exit(child(support));
    }

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}


static uint64_t
crm_readers(struct rtn_store *store)
{
    size_t                       n;
    struct rtn_environment_stat  stats[RTN_ENVIRONMENTS];

    assert_int_equal(rtn_store_stat(store, stats, &n), 0);
    assert_int_equal(n, 4);
    assert_string_equal(stats[3].name, "crm");

    return stats[3].readers;
}


static void
test_reap_readers(void **state)
{
    unsigned         dropped;
    struct support  *support = *state;

    run(die_reading, support);
    assert_int_equal(crm_readers(support->store), 1);

    assert_int_equal(rtn_store_reap_readers(support->store, &dropped), 0);
    assert_int_equal(dropped, 1);
    assert_int_equal(crm_readers(support->store), 0);

    assert_int_equal(rtn_store_reap_readers(support->store, &dropped), 0);
    assert_int_equal(dropped, 0);

    /* whoever opens the store does it as well */
    run(die_reading, support);
    assert_int_equal(crm_readers(support->store), 1);
    run(open_only, support);
    assert_int_equal(crm_readers(support->store), 0);
}


/* With less memory than the maps would like, they are smaller. */
static void
test_address_space(void **state)
{
    struct rlimit    limit, before;
    struct support  *support = *state;

    support_close(support);

    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);

    limit = before;
    limit.rlim_cur = UINT64_C(38) << 30;

    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);

    if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        == MAP_FAILED)
    {
        /* a sanitizer's shadow is larger than the limit */
        assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
        return;
    }

    assert_int_equal(support_try_open(support, RTN_OPEN_ALL), 0);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
}


#define TEST(name, setup)                                                    \
    cmocka_unit_test_setup_teardown(name, setup, support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_create_and_open, support_setup_dir),
        TEST(test_create_makes_directory, support_setup_dir),
        TEST(test_create_twice, support_setup),
        TEST(test_create_among_others, support_setup_dir),
        TEST(test_interrupted, support_setup_dir),
        TEST(test_absent, support_setup_dir),
        TEST(test_formats, support_setup),
        TEST(test_corrupt, support_setup),
        TEST(test_permission, support_setup),
        TEST(test_lock_file, support_setup),
        TEST(test_settings_put, support_setup),
        TEST(test_secrets, support_setup),
        TEST(test_stat, support_setup),
        TEST(test_check, support_setup),
        TEST(test_reap_readers, support_setup),
        TEST(test_address_space, support_setup)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
