/* The event log in several files: written, read, dropped and restored. */

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/dir.h"
#include "db/segment.h"
#include "rtn_backup.h"
#include "rtn_id.h"
#include "segment_log.h"

#define SEGMENTS      3     /* files that a test fills */
#define NEXT_BATCHES  30    /* pages enough for a look at the clock */


/* Runs in a process of its own, with a store of its own. */
static void
apart(struct support *support, unsigned flags,
    void (*run)(struct rtn_store *store))
{
    int                rc, status;
    pid_t              pid;
    struct rtn_store  *store;

    pid = fork();
    assert_int_not_equal(pid, -1);

    if (pid == 0) {
        rc = rtn_store_open(support->path, flags, &store);

        if (rc == 0) {
            run(store);
            rtn_store_close(store);
        }

        _exit(rc == 0 ? 0 : 1);
    }

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}


static void
test_roll(void **state)
{
    size_t                        n;
    uint32_t                      end;
    struct support               *support = *state;
    struct rtn_environment_stat   stats[RTN_ENVIRONMENTS];

    end = log_fill(support->store, 1, SEGMENTS);

    log_expect(support->store, 0, 1, end);
    log_expect_sound(support->store);

    assert_int_equal(rtn_store_stat(support->store, stats, &n), 0);
    assert_string_equal(stats[0].name, "events");
    assert_int_equal(stats[0].entries, end - 1);
    assert_true(stats[0].bytes_used > (SEGMENTS - 1) * 1024 * 1024);

    support_open(support, RTN_OPEN_ALL);
    assert_int_equal(support->store->segment, SEGMENTS);
    log_append(support->store, end, LOG_BATCH);
    log_expect(support->store, 0, 1, end + LOG_BATCH);

    support_open(support, RTN_OPEN_ALL | RTN_OPEN_READ_ONLY);
    log_expect(support->store, 0, 1, end + LOG_BATCH);
    log_expect_sound(support->store);
}


/* From each segment's first and last events on, and from between two. */
static void
test_seek(void **state)
{
    size_t                    i, n;
    uint32_t                  end, customer;
    struct support           *support = *state;
    struct rtn_log_segment   *segments;

    end = log_fill(support->store, 1, SEGMENTS);

    assert_int_equal(rtn_log_segments(support->store, &segments, &n), 0);
    assert_int_equal(n, SEGMENTS);

    customer = 1;

    for (i = 0; i < n; i++) {
        assert_int_equal(segments[i].number, i + 1);
        assert_int_equal(segments[i].is_open, i + 1 == n);
        assert_true(segments[i].first_ms <= segments[i].last_ms);

        log_expect(support->store, rtn_id_first(segments[i].first_ms), customer,
               end);

        customer += (uint32_t) segments[i].rows;
    }

    assert_int_equal(customer, end);
    log_expect(support->store, rtn_id_first(segments[n - 1].last_ms + 1), 1, 1);

    free(segments);
}


static void
write_next(struct rtn_store *store)
{
    size_t    i;
    uint32_t  end;

    end = log_fill(store, 1, store->segment + 1);

    for (i = 0; i < NEXT_BATCHES; i++) {
        log_append(store, end, LOG_BATCH);
        end += LOG_BATCH;
    }
}


/* The time that an opening has to verify pages is also for the files that it
   comes to from the first one. */
static void
test_brief(void **state)
{
    size_t           i;
    struct support  *support = *state;

    for (i = 0; i < 2; i++) {
        support_open(support, RTN_OPEN_ALL | RTN_OPEN_VERIFY
                              | RTN_OPEN_BRIEFLY);
        assert_true(rtn_store_is_verified(support->store));

        support->store->verify_until_ms = i == 0 ? INT64_MAX : 1;

        apart(support, RTN_OPEN_ALL, write_next);
        log_append(support->store, 1, LOG_BATCH);
        assert_int_equal(support->store->segment, i + 2);

        assert_int_equal(rtn_store_is_verified(support->store), i == 0);
    }
}


static void
write_others(struct rtn_store *store)
{
    log_fill(store, 1001, SEGMENTS);
}


static void
write_one(struct rtn_store *store)
{
    log_append(store, 3000001, 1);
}


/* Another process closed the segment that this one has open: writers and
   readers go on in the next. */
static void
test_others(void **state)
{
    uint32_t               n;
    struct support        *support = *state;
    struct rtn_event       event;
    struct rtn_log_scan   *scan;

    log_append(support->store, 501, LOG_BATCH);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);

    apart(support, RTN_OPEN_SERVER, write_others);
    assert_int_equal(support->store->segment, 1);

    for (n = 501; rtn_log_scan_next(scan, &event) == 0; n++) {
        assert_int_equal(event.customer, n);
    }

    rtn_log_scan_close(scan);
    assert_int_equal(support->store->segment, SEGMENTS);

    log_append(support->store, n, 1);
    log_expect(support->store, 0, 501, n + 1);

    /* a writer that was left behind by two */
    support_open(support, RTN_OPEN_ALL);
    log_append(support->store, n + 1, 1);
    apart(support, RTN_OPEN_SERVER, write_one);
    log_expect_sound(support->store);
}


/* A next file that was begun, by a process that died, is made anew. */
static void
test_torn(void **state)
{
    char             path[DB_PATH_MAX];
    FILE            *file;
    uint32_t         end;
    struct support  *support = *state;

    log_file(support, 2, DB_SEGMENT_PLAIN, path);

    file = fopen(path, "w");
    assert_non_null(file);
    fputs("half a page", file);
    fclose(file);

    support_open(support, RTN_OPEN_ALL);
    assert_int_equal(support->store->segment, 1);

    end = log_fill(support->store, 1, SEGMENTS);
    log_expect(support->store, 0, 1, end);
    log_expect_sound(support->store);
}


/* Where the next file cannot be made, the segment goes on. */
static void
test_refused(void **state)
{
    char             path[DB_PATH_MAX];
    size_t           i;
    uint32_t         end;
    struct stat      st;
    struct support  *support = *state;

    log_file(support, 2, DB_SEGMENT_PLAIN, path);
    assert_int_equal(mkdir(path, 0700), 0);

    end = 1;

    for (i = 0; i < LOG_BATCHES_MAX; i++) {
        log_append(support->store, end, LOG_BATCH);
        end += LOG_BATCH;
    }

    assert_int_equal(support->store->segment, 1);

    log_file(support, 1, DB_SEGMENT_PLAIN, path);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 2 * 1024 * 1024);

    log_file(support, 2, DB_SEGMENT_PLAIN, path);
    assert_int_equal(rmdir(path), 0);

    end = log_fill(support->store, end, 2);
    log_expect(support->store, 0, 1, end);
    log_expect_sound(support->store);
}


/* Whether an event is there, also when it is no longer in the open file. */
static void
test_holds(void **state)
{
    bool            holds;
    size_t          len;
    uint8_t         buffer[128];
    uint64_t        id;
    struct rtn_str  payload;
    struct support  *support = *state;
    struct rtn_event event = {
        .kind = RTN_KIND_OPEN, .source = RTN_SOURCE_PIXEL, .customer = 9
    };

    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);

    payload = (struct rtn_str) { (char *) buffer, len };

    assert_int_equal(rtn_log_append(support->store, &payload, 1,
                                    SUPPORT_NOW_MS, &id), 0);
    log_fill(support->store, 1, SEGMENTS);

    assert_int_equal(rtn_log_holds(support->store, id, payload, &holds), 0);
    assert_true(holds);

    assert_int_equal(rtn_log_holds(support->store, id - 1, payload, &holds),
                     0);
    assert_false(holds);
    assert_int_equal(rtn_log_holds(support->store, id + 1, payload, &holds),
                     0);
    assert_false(holds);
}


static void
test_drop(void **state)
{
    size_t                   n;
    int64_t                  ms;
    uint32_t                 end, kept;
    struct support          *support = *state;
    struct rtn_event         event;
    struct rtn_log_scan     *scan;
    struct rtn_log_segment  *segments;

    end = log_fill(support->store, 1, SEGMENTS);

    assert_int_equal(rtn_log_segments(support->store, &segments, &n), 0);
    assert_int_equal(rtn_log_dropped_ms(support->store, &ms),
                     RTN_ERR_NOT_FOUND);

    /* only the first, and never the one that is written */
    assert_int_equal(rtn_log_drop(support->store, 2), RTN_ERR_NOT_FOUND);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);
    assert_int_equal(rtn_log_scan_next(scan, &event), 0);

    assert_int_equal(rtn_log_drop(support->store, 1), 0);
    assert_int_equal(rtn_log_drop(support->store, 1), RTN_ERR_NOT_FOUND);

    /* who reads it reads on */
    for (n = 2; rtn_log_scan_next(scan, &event) == 0; n++) {
        assert_int_equal(event.customer, n);
    }

    assert_int_equal(n, end);
    rtn_log_scan_close(scan);

    kept = 1 + (uint32_t) segments[0].rows;

    log_expect(support->store, 0, kept, end);
    log_expect_sound(support->store);
    assert_int_equal(rtn_log_dropped_ms(support->store, &ms), 0);
    assert_int_equal(ms, segments[0].last_ms);

    support_open(support, RTN_OPEN_ALL);
    log_expect(support->store, 0, kept, end);

    assert_int_equal(rtn_log_drop(support->store, 2), 0);
    assert_int_equal(rtn_log_drop(support->store, SEGMENTS), RTN_ERR_LIMIT);

    support_open(support, RTN_OPEN_ALL);
    log_append(support->store, end, 1);
    log_expect(support->store, 0, kept + (uint32_t) segments[1].rows, end + 1);

    free(segments);
}


/* Where everything but an open segment without events was dropped, ids still
   rise. */
static void
test_drop_all(void **state)
{
    char              path[DB_PATH_MAX];
    uint32_t          end;
    struct db_txn     txn;
    struct support   *support = *state;
    struct rtn_event  event;
    struct rtn_log_scan  *scan;
    struct db_segment_before  before;

    end = log_fill(support->store, 1, 2);

    db_begin(support->store, DB_EVENTS, &txn);
    assert_int_equal(db_segment_before(&txn, support->store->segment,
                                       &before), 0);
    db_abort(&txn);

    assert_int_equal(rtn_log_drop(support->store, 1), 0);
    log_file(support, 1, DB_SEGMENT_PLAIN, path);
    assert_int_equal(access(path, F_OK), -1);

    support_open(support, RTN_OPEN_ALL);
    log_append(support->store, end, 1);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);
    assert_int_equal(rtn_log_scan_next(scan, &event), 0);
    assert_true(event.id > before.id);
    rtn_log_scan_close(scan);
}


static void
test_damage(void **state)
{
    char             path[DB_PATH_MAX];
    uint8_t          key[LOG_KEY_SIZE];
    uint64_t         records, faults;
    uint32_t         end;
    struct support  *support = *state;

    end = log_fill(support->store, 1, SEGMENTS);
    log_expect(support->store, 0, 1, end);

    /* the marks themselves: found, and harmless */
    db_key_u8(db_key_u64(key, 0), 0);
    support_flip(support, "events/000002.mdb", NULL, key, sizeof(key));
    memset(key, 0xFF, sizeof(key));
    support_flip(support, "events/000002.mdb", NULL, key, sizeof(key));
    support_open(support, RTN_OPEN_ALL);

    assert_int_equal(rtn_store_check(support->store, NULL, NULL, &records,
                                     &faults), 0);
    assert_int_equal(faults, 2);
    log_expect(support->store, 0, 1, end);

    log_append(support->store, end, 1);
    log_expect(support->store, 0, 1, end + 1);

    /* a file that is gone from between two */
    log_file(support, 2, DB_SEGMENT_PLAIN, path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rtn_store_check(support->store, NULL, NULL, &records,
                                     &faults), 0);
    assert_int_equal(faults, 1);
}


static void
test_backup(void **state)
{
    char                copy[DB_PATH_MAX], back[DB_PATH_MAX];
    uint64_t            faults;
    uint32_t            end;
    struct support     *support = *state;
    struct rtn_store   *store;

    end = log_fill(support->store, 1, SEGMENTS);

    assert_int_equal(db_dir_join(copy, support->path, "copy"), 0);
    assert_int_equal(db_dir_join(back, support->path, "back"), 0);

    assert_int_equal(rtn_backup(support->store, copy, NULL, NULL), 0);
    assert_int_equal(rtn_restore(copy, back, (unsigned) -1, (unsigned) -1,
                                 NULL, NULL, NULL, &faults), 0);

    assert_int_equal(rtn_store_open(back, RTN_OPEN_ALL, &store), 0);
    log_expect(store, 0, 1, end);
    log_append(store, end, LOG_BATCH);
    log_expect(store, 0, 1, end + LOG_BATCH);
    log_expect_sound(store);
    rtn_store_close(store);

    db_dir_remove(copy);
    db_dir_remove(back);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {

#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, log_setup, support_teardown)

        TEST(test_roll),
        TEST(test_seek),
        TEST(test_brief),
        TEST(test_others),
        TEST(test_torn),
        TEST(test_refused),
        TEST(test_holds),
        TEST(test_drop),
        TEST(test_drop_all),
        TEST(test_damage),
        TEST(test_backup)

#undef TEST
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
