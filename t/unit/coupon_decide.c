/* Deciding coupons in a store: repeats, batches, other processes, failures. */

#include "support.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/coupon.h"

#define NOW        SUPPORT_NOW_MS
#define DAY        INT64_C(86400000)
#define COUPONS    2000
#define ROUNDS     200

/* What the processes of a race share. */
struct race {
    pthread_barrier_t  barrier;
    int                wins[2][ROUNDS];
    int                losses[2][ROUNDS];
    int                errors;
};


/* Codes 1 to COUPONS, 10 % each. */
static int
setup(void **state)
{
    int                   rc;
    size_t                i, taken;
    struct rtn_tier       tier;
    struct rtn_coupon    *coupons;
    struct rtn_campaign   campaign;
    struct support       *support;

    if (support_setup(state) != 0) {
        return -1;
    }

    support = *state;

    memset(&tier, 0, sizeof(tier));
    tier.offer.type = RTN_DISCOUNT_PERCENT;
    tier.offer.amount = 1000;

    memset(&campaign, 0, sizeof(campaign));
    campaign.number = 3;
    campaign.tier_count = 1;
    campaign.tiers = &tier;

    coupons = calloc(COUPONS, sizeof(*coupons));
    if (coupons == NULL) {
        return -1;
    }

    for (i = 0; i < COUPONS; i++) {
        coupons[i].code = i + 1;
        coupons[i].campaign = 3;
        coupons[i].tier = 1;
        coupons[i].customer = (uint32_t) i + 1;
        memset(coupons[i].customer_hash, 1, RTN_HASH_LEN);
        coupons[i].valid_from_ms = NOW - DAY;
        coupons[i].expires_ms = NOW + DAY;
    }

    rc = rtn_offers_put(support->store, &campaign);

    if (rc == 0) {
        rc = rtn_coupons_issue(support->store, coupons, COUPONS, &taken);
    }

    free(coupons);

    return rc;
}


static struct rtn_coupon_job
job_of(enum rtn_coupon_action action, uint64_t code, const char *order)
{
    struct rtn_coupon_job  job;

    memset(&job, 0, sizeof(job));

    job.action = action;
    job.code = code;
    snprintf(job.order_id, sizeof(job.order_id), "%s", order);
    job.has_amount = true;
    job.amount_minor = 5000;
    strcpy(job.currency, "EUR");

    return job;
}


static struct rtn_coupon_job
decide(struct rtn_store *store, enum rtn_coupon_action action, uint64_t code,
    const char *order, int64_t now_ms)
{
    struct rtn_coupon_job  job;

    job = job_of(action, code, order);

    assert_int_equal(rtn_coupon_decide(store, &job, 1, now_ms), 0);

    return job;
}


static size_t
journal_rows(struct rtn_store *store)
{
    size_t                     n;
    struct rtn_journal_scan   *scan;
    struct rtn_coupon_change   change;

    assert_int_equal(rtn_journal_scan_open(store, 0, &scan), 0);

    for (n = 0; rtn_journal_scan_next(scan, &change) == 0; n++) { /* void */ }

    rtn_journal_scan_close(scan);

    return n;
}


static size_t
commits(struct rtn_store *store)
{
    MDB_envinfo  info;

    assert_int_equal(mdb_env_info(store->envs[DB_COUPONS].env, &info), 0);

    return info.me_last_txnid;
}


static void
test_redeem(void **state)
{
    struct rtn_store         *store = ((struct support *) *state)->store;
    struct rtn_coupon_job     job;
    struct rtn_coupon_state   coupon;

    job = decide(store, RTN_COUPON_REDEEM, 1, "A", NOW);
    assert_int_equal(job.reason, RTN_COUPON_OK);
    assert_false(job.is_repeat);
    assert_int_equal(job.discount_minor, 500);
    assert_string_equal(job.discount_currency, "EUR");
    assert_int_equal(job.campaign, 3);
    assert_int_equal(job.expires_ms, NOW + DAY);
    assert_int_equal(job.offer.type, RTN_DISCOUNT_PERCENT);
    assert_true(job.is_bound);

    job = job_of(RTN_COUPON_REDEEM, 1, "A");
    job.amount_minor = 100;
    assert_int_equal(rtn_coupon_decide(store, &job, 1, NOW + 9 * DAY), 0);
    assert_int_equal(job.reason, RTN_COUPON_OK);
    assert_true(job.is_repeat);
    assert_int_equal(job.discount_minor, 500);
    assert_string_equal(job.discount_currency, "EUR");

    job = decide(store, RTN_COUPON_REDEEM, 1, "B", NOW);
    assert_int_equal(job.reason, RTN_COUPON_USED);
    assert_int_equal(job.discount_minor, 0);

    job = decide(store, RTN_COUPON_REDEEM, 0, "A", NOW);
    assert_int_equal(job.reason, RTN_COUPON_UNKNOWN);

    job = decide(store, RTN_COUPON_REDEEM, COUPONS + 1, "A", NOW);
    assert_int_equal(job.reason, RTN_COUPON_UNKNOWN);
    assert_int_equal(job.offer.type, RTN_DISCOUNT_NONE);

    assert_int_equal(rtn_coupon_get(store, 1, &coupon), 0);
    assert_int_equal(coupon.status, RTN_COUPON_REDEEMED);
    assert_int_equal(coupon.coupon.customer, 1);
    assert_int_equal(coupon.changed_ms, NOW);

    assert_int_equal(rtn_coupon_get(store, 2, &coupon), 0);
    assert_int_equal(coupon.status, RTN_COUPON_ISSUED);
    assert_int_equal(coupon.last_id, 0);
    assert_int_equal(coupon.changed_ms, 0);

    assert_int_equal(rtn_coupon_get(store, COUPONS + 1, &coupon),
                     RTN_ERR_NOT_FOUND);
}


static void
test_give_back(void **state)
{
    int64_t                 later;
    struct rtn_store       *store = ((struct support *) *state)->store;
    struct rtn_coupon_job   job;

    later = NOW + RTN_COUPON_RESERVE_MS;

    job = decide(store, RTN_COUPON_RESERVE, 1, "A", NOW);
    assert_int_equal(job.reason, RTN_COUPON_OK);
    assert_int_equal(job.reserved_until_ms, later);

    job = decide(store, RTN_COUPON_REDEEM, 1, "B", later - 1);
    assert_int_equal(job.reason, RTN_COUPON_IS_RESERVED);

    job = decide(store, RTN_COUPON_RELEASE, 1, "A", later - 1);
    assert_int_equal(job.reason, RTN_COUPON_OK);
    assert_int_equal(job.reserved_until_ms, 0);

    job = decide(store, RTN_COUPON_REDEEM, 1, "B", later - 1);
    assert_int_equal(job.reason, RTN_COUPON_OK);

    job = decide(store, RTN_COUPON_RESTORE, 1, "A", NOW);
    assert_int_equal(job.reason, RTN_COUPON_USED);

    job = decide(store, RTN_COUPON_RESTORE, 1, "B", NOW);
    assert_int_equal(job.reason, RTN_COUPON_OK);

    job = decide(store, RTN_COUPON_REDEEM, 1, "A", NOW);
    assert_int_equal(job.reason, RTN_COUPON_OK);
    assert_false(job.is_repeat);

    /* the time of a reservation passes */
    decide(store, RTN_COUPON_RESERVE, 2, "A", NOW);
    job = decide(store, RTN_COUPON_REDEEM, 2, "B", later);
    assert_int_equal(job.reason, RTN_COUPON_OK);

    job = decide(store, RTN_COUPON_VOIDED, 3, "", NOW);
    assert_int_equal(job.reason, RTN_COUPON_OK);
    job = decide(store, RTN_COUPON_REDEEM, 3, "A", NOW);
    assert_int_equal(job.reason, RTN_COUPON_IS_VOID);
}


static void
test_journal(void **state)
{
    struct rtn_store          *store = ((struct support *) *state)->store;
    struct rtn_journal_scan   *scan;
    struct rtn_coupon_change   change, next;

    decide(store, RTN_COUPON_RESERVE, 9, "A", NOW);
    decide(store, RTN_COUPON_REDEEM, 9, "A", NOW - DAY);

    assert_int_equal(rtn_journal_scan_open(store, 0, &scan), 0);

    assert_int_equal(rtn_journal_scan_next(scan, &change), 0);
    assert_int_equal(change.action, RTN_COUPON_RESERVE);
    assert_int_equal(change.code, 9);
    assert_int_equal(change.campaign, 3);
    assert_int_equal(change.customer, 9);
    assert_string_equal(change.order_id, "A");
    assert_true(change.has_amount);
    assert_int_equal(change.amount_minor, 5000);
    assert_string_equal(change.currency, "EUR");
    assert_int_equal(change.discount_minor, 500);
    assert_int_equal(change.until_ms, NOW + RTN_COUPON_RESERVE_MS);

    /* the clock went back, the ids did not */
    assert_int_equal(rtn_journal_scan_next(scan, &next), 0);
    assert_true(next.id > change.id);
    assert_int_equal(next.action, RTN_COUPON_REDEEM);
    assert_int_equal(next.until_ms, 0);

    assert_int_equal(rtn_journal_scan_next(scan, &next), RTN_ERR_NOT_FOUND);
    rtn_journal_scan_close(scan);

    assert_int_equal(rtn_journal_scan_open(store, change.id + 1, &scan), 0);
    assert_int_equal(rtn_journal_scan_next(scan, &next), 0);
    assert_int_equal(next.action, RTN_COUPON_REDEEM);
    rtn_journal_scan_close(scan);
}


/* What changes nothing writes nothing, and waits for no disk. */
static void
test_no_write(void **state)
{
    size_t                  before;
    struct rtn_store       *store = ((struct support *) *state)->store;
    struct rtn_coupon_job   jobs[4];

    decide(store, RTN_COUPON_REDEEM, 1, "A", NOW);

    jobs[0] = job_of(RTN_COUPON_VALIDATE, 2, "");
    jobs[1] = job_of(RTN_COUPON_REDEEM, 1, "A");
    jobs[2] = job_of(RTN_COUPON_REDEEM, 1, "B");
    jobs[3] = job_of(RTN_COUPON_RELEASE, 2, "A");

    before = commits(store);
    assert_int_equal(rtn_coupon_decide(store, jobs, 4, NOW), 0);
    assert_int_equal(commits(store), before);
    assert_int_equal(journal_rows(store), 1);

    assert_int_equal(jobs[0].reason, RTN_COUPON_OK);
    assert_true(jobs[1].is_repeat);
    assert_int_equal(jobs[2].reason, RTN_COUPON_USED);
    assert_int_equal(jobs[3].reason, RTN_COUPON_OK);

    jobs[3] = job_of(RTN_COUPON_REDEEM, 2, "A");
    assert_int_equal(rtn_coupon_decide(store, jobs, 4, NOW), 0);
    assert_int_equal(commits(store), before + 1);
    assert_int_equal(journal_rows(store), 2);
}


static void
test_batch(void **state)
{
    size_t                  i;
    struct rtn_store       *store = ((struct support *) *state)->store;
    struct rtn_coupon_job  *jobs;

    jobs = calloc(RTN_COUPON_JOBS_MAX + 1, sizeof(*jobs));
    assert_non_null(jobs);

    for (i = 0; i <= RTN_COUPON_JOBS_MAX; i++) {
        jobs[i] = job_of(RTN_COUPON_REDEEM, i / 2 + 1, i % 2 ? "B" : "A");
    }

    assert_int_equal(rtn_coupon_decide(store, jobs, RTN_COUPON_JOBS_MAX + 1,
                                       NOW),
                     RTN_ERR_LIMIT);
    assert_int_equal(rtn_coupon_decide(store, jobs, RTN_COUPON_JOBS_MAX, NOW),
                     0);
    assert_int_equal(rtn_coupon_decide(store, jobs, 0, NOW), 0);

    for (i = 0; i < RTN_COUPON_JOBS_MAX; i++) {
        assert_int_equal(jobs[i].reason, i % 2 ? RTN_COUPON_USED
                                               : RTN_COUPON_OK);
    }

    assert_int_equal(journal_rows(store), RTN_COUPON_JOBS_MAX / 2);

    free(jobs);
}


/* A new process, and so a new overlay, finds what the old one left. */
static void
test_reopened(void **state)
{
    size_t                    i;
    struct support           *support = *state;
    struct rtn_coupon_job     job;
    struct rtn_coupon_state   coupon;

    for (i = 1; i <= COUPONS; i += 500) {
        decide(support->store, RTN_COUPON_REDEEM, i, "A", NOW);
    }

    support_open(support, RTN_OPEN_SERVER);

    for (i = 1; i <= COUPONS; i += 500) {
        job = decide(support->store, RTN_COUPON_REDEEM, i, "A", NOW);
        assert_true(job.is_repeat);
        job = decide(support->store, RTN_COUPON_REDEEM, i, "B", NOW);
        assert_int_equal(job.reason, RTN_COUPON_USED);
        assert_int_equal(rtn_coupon_get(support->store, i, &coupon), 0);
        assert_int_equal(coupon.status, RTN_COUPON_REDEEMED);
    }
}


/* A transaction that fails leaves no trace in memory either. */
static void
test_failure(void **state)
{
    int                     rc;
    size_t                  i, code, before;
    MDB_envinfo             info;
    struct rtn_store       *store = ((struct support *) *state)->store;
    struct rtn_coupon_job   jobs[100], job;

    decide(store, RTN_COUPON_RESERVE, 1, "A", NOW);

    assert_int_equal(mdb_env_info(store->envs[DB_COUPONS].env, &info), 0);
    assert_int_equal(mdb_env_set_mapsize(store->envs[DB_COUPONS].env, 1), 0);

    for (rc = 0, code = 2; rc == 0; code += 100) {
        assert_true(code + 100 <= COUPONS);
        before = journal_rows(store);

        for (i = 0; i < 100; i++) {
            jobs[i] = job_of(RTN_COUPON_REDEEM, code + i, "A");
        }

        jobs[99] = job_of(RTN_COUPON_REDEEM, 1, "A");

        rc = rtn_coupon_decide(store, jobs, 100, NOW);

        /* so that only the batch that fails redeems it */
        if (rc == 0) {
            decide(store, RTN_COUPON_RESTORE, 1, "A", NOW);
            decide(store, RTN_COUPON_RESERVE, 1, "A", NOW);
        }
    }

    assert_int_equal(rc, RTN_ERR_MAP_FULL);
    assert_int_equal(jobs[0].campaign, 0);

    assert_int_equal(mdb_env_set_mapsize(store->envs[DB_COUPONS].env,
                                         info.me_mapsize), 0);
    assert_int_equal(journal_rows(store), before);

    job = decide(store, RTN_COUPON_REDEEM, code - 100, "B", NOW);
    assert_int_equal(job.reason, RTN_COUPON_OK);
    assert_false(job.is_repeat);

    job = decide(store, RTN_COUPON_REDEEM, 1, "B", NOW);
    assert_int_equal(job.reason, RTN_COUPON_IS_RESERVED);
}


static void
test_read_only(void **state)
{
    struct support         *support = *state;
    struct rtn_coupon_job   job;

    support_open(support, RTN_OPEN_ALL | RTN_OPEN_READ_ONLY);

    job = job_of(RTN_COUPON_REDEEM, 1, "A");
    assert_int_equal(rtn_coupon_decide(support->store, &job, 1, NOW),
                     RTN_ERR_READ_ONLY);
}


static void
race_run(const char *path, struct race *race, int me)
{
    int                     i;
    struct rtn_store       *store;
    struct rtn_coupon_job   job;

    store = NULL;

    if (rtn_store_open(path, RTN_OPEN_COUPONS, &store) != 0) {
        race->errors++;
    }

    for (i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&race->barrier);

        if (store == NULL) {
            continue;
        }

        job = job_of(RTN_COUPON_REDEEM, (uint64_t) i + 1, me ? "B" : "A");

        if (rtn_coupon_decide(store, &job, 1, NOW) != 0) {
            race->errors++;
        }

        race->wins[me][i] = job.reason == RTN_COUPON_OK && !job.is_repeat;
        race->losses[me][i] = job.reason == RTN_COUPON_USED;
    }

    rtn_store_close(store);
}


/* Two processes want one coupon: exactly one gets it, in each round. */
static void
test_race(void **state)
{
    int                     i, me, status, a_wins;
    pid_t                   pids[2];
    struct race            *race;
    struct support         *support = *state;
    struct rtn_coupon_job   job;
    pthread_barrierattr_t   shared;

    support_close(support);

    race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(race, MAP_FAILED);

    assert_int_equal(pthread_barrierattr_init(&shared), 0);
    assert_int_equal(pthread_barrierattr_setpshared(&shared,
                                                 PTHREAD_PROCESS_SHARED), 0);
    assert_int_equal(pthread_barrier_init(&race->barrier, &shared, 2), 0);

    for (me = 0; me < 2; me++) {
        pids[me] = fork();
        assert_int_not_equal(pids[me], -1);

        if (pids[me] == 0) {
            race_run(support->path, race, me);
            _exit(0);
        }
    }

    for (me = 0; me < 2; me++) {
        assert_int_equal(waitpid(pids[me], &status, 0), pids[me]);
        assert_int_equal(status, 0);
    }

    assert_int_equal(race->errors, 0);

    for (a_wins = 0, i = 0; i < ROUNDS; i++) {
        assert_int_equal(race->wins[0][i] + race->wins[1][i], 1);
        assert_int_equal(race->losses[0][i] + race->losses[1][i], 1);
        a_wins += race->wins[0][i];
    }

    printf("# A won %d of %d rounds\n", a_wins, ROUNDS);

    support_open(support, RTN_OPEN_ALL);
    assert_int_equal(journal_rows(support->store), ROUNDS);

    job = decide(support->store, RTN_COUPON_REDEEM, 1,
                 race->wins[0][0] ? "A" : "B", NOW);
    assert_true(job.is_repeat);

    munmap(race, sizeof(*race));
}


/* A coupon whose record is bad is refused alone; a bad journal refuses all. */
static void
test_bad_record(void **state)
{
    uint8_t                  key[8];
    struct support          *support = *state;
    struct rtn_coupon_job    jobs[3];
    struct rtn_coupon_state  coupon;

    db_key_u64(key, 2);
    support_flip(support, "coupons", "base", key, sizeof(key));
    support_open(support, RTN_OPEN_ALL);

    jobs[0] = job_of(RTN_COUPON_REDEEM, 1, "A");
    jobs[1] = job_of(RTN_COUPON_REDEEM, 2, "B");
    jobs[2] = job_of(RTN_COUPON_REDEEM, 3, "C");

    assert_int_equal(rtn_coupon_decide(support->store, jobs, 3, NOW), 0);
    assert_int_equal(jobs[0].rc, 0);
    assert_int_equal(jobs[1].rc, RTN_ERR_CORRUPT);
    assert_int_equal(jobs[2].rc, 0);
    assert_int_equal(jobs[2].discount_minor, 500);
    assert_int_equal(journal_rows(support->store), 2);

    assert_int_equal(rtn_coupon_get(support->store, 3, &coupon), 0);
    assert_int_equal(coupon.status, RTN_COUPON_REDEEMED);

    db_key_u64(key, coupon.last_id);
    support_flip(support, "coupons", "journal", key, sizeof(key));
    support_open(support, RTN_OPEN_ALL);

    assert_int_equal(rtn_coupon_decide(support->store, jobs, 1, NOW),
                     RTN_ERR_CORRUPT);
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, setup,             \
                                                    support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_redeem),
        TEST(test_give_back),
        TEST(test_journal),
        TEST(test_no_write),
        TEST(test_batch),
        TEST(test_reopened),
        TEST(test_failure),
        TEST(test_bad_record),
        TEST(test_read_only),
        TEST(test_race)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
