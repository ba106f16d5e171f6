/* Folding: roll-ups equal a recount after a kill at any moment, and whatever
   other processes do. */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fold_ledger.h"

#define KILLS        200
#define KILL_EVENTS  300
#define KILL_MAX_US  6000
#define FOLDERS      3


/* The child folds slice by slice until it is killed, or done. */
static void
fold_and_die(const char *path, int ready)
{
    struct rtn_fold           *fold;
    struct rtn_store          *store;
    struct rtn_fold_progress   progress = { .is_done = false };

    if (rtn_store_open(path, RTN_OPEN_SERVER, &store) != 0
        || rtn_fold_open(store, &fold) != 0 || write(ready, "", 1) != 1)
    {
        _exit(1);
    }

    while (!progress.is_done) {
        if (rtn_fold_run(fold, INT64_MAX, 0, &progress) != 0) {
            _exit(2);
        }
    }

    _exit(0);
}


static bool
fold_killed(const char *path)
{
    int    fds[2], status;
    char   byte;
    pid_t  pid;

    assert_int_equal(pipe(fds), 0);

    pid = fork();
    assert_int_not_equal(pid, -1);

    if (pid == 0) {
        fold_and_die(path, fds[1]);
    }

    assert_int_equal(read(fds[0], &byte, 1), 1);
    usleep((useconds_t) random_below(KILL_MAX_US));
    kill(pid, SIGKILL);

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    close(fds[0]);
    close(fds[1]);

    return WIFSIGNALED(status);
}


static void
test_killed_anywhere(void **state)
{
    int                     i, killed, between;
    int64_t                 now_ms = T0_MS, lag_ms;
    struct support         *support = *state;
    struct rtn_fold_state   before, after;

    for (i = 0, killed = 0, between = 0; i < KILLS; i++) {
        append_random(support->store, KILL_EVENTS, &now_ms);
        decide_random(support->store, 4, now_ms);
        assert_int_equal(rtn_fold_state(support->store, &before), 0);
        support_close(support);

        killed += fold_killed(support->path);

        support_open(support, RTN_OPEN_ALL);
        assert_int_equal(rtn_fold_lag(support->store, now_ms, &lag_ms), 0);
        assert_int_equal(rtn_fold_state(support->store, &after), 0);
        between += lag_ms != 0 && after.cursor != before.cursor;

        if (i % 10 == 9) {
            assert_folded(support->store);
        }

        assert_int_equal(differences(support->store), 0);

        /* a log of its own, so that the recounts stay short */
        if (i % 20 == 19) {
            (void) support_teardown(state);
            assert_int_equal(fold_setup(state), 0);
            support = *state;
            now_ms = T0_MS;
        }
    }

    printf("# killed %d of %d, %d of them half way\n", killed, KILLS,
           between);
    assert_true(between > KILLS / 20);

    append_random(support->store, KILL_EVENTS, &now_ms);

    (void) fold_all(support->store);
    assert_folded(support->store);
    assert_int_equal(differences(support->store), 0);
}


/* Runs work in a process of its own, with a store opened there. */
static pid_t
begin_process(const char *path, void (*work)(struct rtn_store *store))
{
    pid_t              pid;
    struct rtn_store  *store;

    pid = fork();
    assert_int_not_equal(pid, -1);

    if (pid != 0) {
        return pid;
    }

    if (rtn_store_open(path, RTN_OPEN_SERVER, &store) != 0) {
        _exit(1);
    }

    work(store);
    _exit(0);
}


static void
end_process(pid_t pid)
{
    int  status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}


static void
work_fold(struct rtn_store *store)
{
    struct rtn_fold           *fold;
    struct rtn_fold_progress   progress = { .is_done = false };

    if (rtn_fold_open(store, &fold) != 0) {
        _exit(2);
    }

    while (!progress.is_done) {
        if (rtn_fold_run(fold, INT64_MAX, 0, &progress) != 0) {
            _exit(3);
        }
    }
}


/* Several at once prepare the same slice, and one of them writes it. */
static void
test_side_by_side(void **state)
{
    int              i, round;
    pid_t            pids[FOLDERS];
    int64_t          now_ms = T0_MS;
    struct support  *support = *state;

    for (round = 0; round < 5; round++) {
        append_random(support->store, 6000, &now_ms);
        decide_random(support->store, 100, now_ms);
        support_close(support);

        for (i = 0; i < FOLDERS; i++) {
            pids[i] = begin_process(support->path, work_fold);
        }

        for (i = 0; i < FOLDERS; i++) {
            end_process(pids[i]);
        }

        support_open(support, RTN_OPEN_ALL);
        assert_folded(support->store);
        assert_int_equal(differences(support->store), 0);
    }
}


/* A check finds no difference while others fold: none is between two reads. */
static void
test_checked_meanwhile(void **state)
{
    int                     checks, status;
    pid_t                   pid, ended;
    int64_t                 now_ms = T0_MS;
    struct support         *support = *state;
    struct rtn_fold_state   before, after;

    append_random(support->store, 20000, &now_ms);
    assert_int_equal(rtn_fold_state(support->store, &before), 0);
    support_close(support);

    pid = begin_process(support->path, work_fold);
    support_open(support, RTN_OPEN_ALL);

    for (checks = 0; (ended = waitpid(pid, &status, WNOHANG)) == 0; ) {
        assert_int_equal(differences(support->store), 0);
        assert_int_equal(rtn_fold_state(support->store, &after), 0);
        checks += after.cursor != before.cursor;
        before = after;
    }

    assert_int_equal(ended, pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    printf("# %d checks while slices were written\n", checks);
    assert_true(checks > 0);
}


static void
decide_one(struct rtn_store *store, enum rtn_coupon_action action)
{
    struct rtn_coupon_job  job = { .action = action, .code = 1,
                                   .order_id = "mine" };

    assert_int_equal(rtn_coupon_decide(store, &job, 1, T0_MS), 0);
    assert_int_equal(job.reason, RTN_COUPON_OK);
}


static void
work_restore(struct rtn_store *store)
{
    decide_one(store, RTN_COUPON_RESTORE);
    work_fold(store);
}


/* What this process knew of a coupon is older than what the base has now. */
static void
test_base_overtakes(void **state)
{
    struct support           *support = *state;
    struct rtn_coupon_state   coupon;

    decide_one(support->store, RTN_COUPON_REDEEM);
    assert_int_equal(rtn_coupon_get(support->store, 1, &coupon), 0);
    assert_int_equal(coupon.status, RTN_COUPON_REDEEMED);

    end_process(begin_process(support->path, work_restore));

    assert_int_equal(rtn_coupon_get(support->store, 1, &coupon), 0);
    assert_int_equal(coupon.status, RTN_COUPON_ISSUED);
    decide_one(support->store, RTN_COUPON_REDEEM);
    assert_int_equal(rtn_coupon_get(support->store, 1, &coupon), 0);
    assert_int_equal(coupon.status, RTN_COUPON_REDEEMED);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_killed_anywhere, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_side_by_side, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_checked_meanwhile, fold_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_base_overtakes, fold_setup,
                                        support_teardown)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
