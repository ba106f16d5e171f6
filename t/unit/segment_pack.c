/* Compressed segments of the event log: read as before, damaged, half done. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/dir.h"
#include "db/packed.h"
#include "db/segment.h"
#include "rtn_backup.h"
#include "rtn_id.h"
#include "segment_log.h"

#define SEGMENTS  4             /* files that a test fills */


static void
compress(struct rtn_store *store, uint32_t number)
{
    uint64_t  bytes;

    assert_int_equal(rtn_log_compress(store, number, NULL, NULL, &bytes), 0);
    assert_true(bytes > 0 && bytes < 512 * 1024);
}


static bool
is_there(struct support *support, uint32_t number, enum db_segment_form form)
{
    char  path[DB_PATH_MAX];

    log_file(support, number, form, path);

    return access(path, F_OK) == 0;
}


/* The bytes of a file from offset on; behind the end when it is negative. */
static void
overwrite(struct support *support, uint32_t number, enum db_segment_form form,
    off_t offset, const char *bytes)
{
    int   fd;
    char  path[DB_PATH_MAX];

    log_file(support, number, form, path);

    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_not_equal(fd, -1);

    if (offset < 0) {
        offset += lseek(fd, 0, SEEK_END);
    }

    assert_int_equal(pwrite(fd, bytes, strlen(bytes), offset),
                     strlen(bytes));
    close(fd);
}


static void
test_read(void **state)
{
    bool                     holds;
    size_t                   i, n;
    int64_t                  last_ms;
    uint32_t                 end, customer;
    uint64_t                 bytes;
    struct support          *support = *state;
    struct rtn_log_segment  *segments;
    struct rtn_environment_stat  before[RTN_ENVIRONMENTS];
    struct rtn_environment_stat  after[RTN_ENVIRONMENTS];

    end = log_fill(support->store, 1, SEGMENTS);
    assert_int_equal(rtn_store_stat(support->store, before, &n), 0);

    assert_int_equal(rtn_log_compress(support->store, SEGMENTS, NULL, NULL,
                                      &bytes), RTN_ERR_LIMIT);
    compress(support->store, 1);
    compress(support->store, 3);
    assert_int_equal(rtn_log_compress(support->store, 1, NULL, NULL, &bytes),
                     RTN_ERR_NOT_FOUND);

    assert_false(is_there(support, 1, DB_SEGMENT_PLAIN));
    assert_false(is_there(support, 1, DB_SEGMENT_LOCK));
    assert_false(is_there(support, 1, DB_SEGMENT_PART));

    log_expect(support->store, 0, 1, end);
    log_expect_sound(support->store);

    assert_int_equal(rtn_store_stat(support->store, after, &n), 0);
    assert_int_equal(after[0].entries, before[0].entries);
    assert_true(after[0].bytes_used < before[0].bytes_used - 1024 * 1024);

    /* from each one's first and last event on */

    assert_int_equal(rtn_log_segments(support->store, &segments, &n), 0);
    assert_int_equal(n, SEGMENTS);
    customer = 1;

    for (i = 0; i < n; i++) {
        assert_int_equal(segments[i].is_compressed, i == 0 || i == 2);
        log_expect(support->store, rtn_id_first(segments[i].first_ms),
                   customer, end);

        customer += (uint32_t) segments[i].rows;
        last_ms = segments[i].last_ms;
        log_expect(support->store, rtn_id_first(last_ms + 1), customer,
                   i + 1 == n ? customer : end);
    }

    assert_int_equal(rtn_log_holds(support->store,
                                   rtn_id_first(segments[0].first_ms) + 1,
                                   RTN_STR("x"), &holds), 0);
    assert_false(holds);
    free(segments);

    support_open(support, RTN_OPEN_ALL);
    log_append(support->store, end, 1);
    log_expect(support->store, 0, 1, end + 1);

    support_open(support, RTN_OPEN_ALL | RTN_OPEN_READ_ONLY);
    log_expect(support->store, 0, 1, end + 1);
    assert_int_equal(rtn_log_compress(support->store, 2, NULL, NULL, &bytes),
                     RTN_ERR_READ_ONLY);
}


/* The one before the open segment, which tells where to begin. */
static void
test_last(void **state)
{
    uint32_t         end;
    struct support  *support = *state;

    end = log_fill(support->store, 1, 2);
    compress(support->store, 1);

    support_open(support, RTN_OPEN_ALL);
    assert_int_equal(support->store->segment, 2);
    log_append(support->store, end, 1);
    log_expect(support->store, 0, 1, end + 1);
    log_expect_sound(support->store);
}


/* Who has the old file open reads on, also a scan between two slices. */
static void
test_reader(void **state)
{
    size_t                n;
    uint32_t              end;
    struct support       *support = *state;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    end = log_fill(support->store, 1, SEGMENTS);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);
    assert_int_equal(rtn_log_scan_next(scan, &event), 0);

    compress(support->store, 1);
    compress(support->store, 2);

    for (n = 2; rtn_log_scan_next(scan, &event) == 0; n++) {
        assert_int_equal(event.customer, n);
    }

    assert_int_equal(n, end);
    rtn_log_scan_close(scan);
}


/* What a compression leaves that was killed: half a file, or both. */
static void
test_killed(void **state)
{
    char             plain[DB_PATH_MAX], kept[DB_PATH_MAX];
    uint32_t         end;
    struct support  *support = *state;

    end = log_fill(support->store, 1, SEGMENTS);

    overwrite(support, 1, DB_SEGMENT_PART, 0, "half of it");
    log_expect(support->store, 0, 1, end);
    log_expect_sound(support->store);

    log_file(support, 1, DB_SEGMENT_PLAIN, plain);
    assert_int_equal(db_dir_join(kept, support->path, "kept"), 0);
    assert_int_equal(link(plain, kept), 0);
    compress(support->store, 1);
    assert_int_equal(rename(kept, plain), 0);

    log_expect(support->store, 0, 1, end);
    log_expect_sound(support->store);

    compress(support->store, 1);
    assert_false(is_there(support, 1, DB_SEGMENT_PLAIN));
    log_expect(support->store, 0, 1, end);

    assert_int_equal(link(kept, plain), -1);
    assert_int_equal(rtn_log_drop(support->store, 1), 0);
    assert_false(is_there(support, 1, DB_SEGMENT_PACKED));
    log_expect_sound(support->store);
}


static bool
stop_at_once(void *data, uint64_t done, uint64_t total)
{
    assert_true(done <= total);
    (void) data;

    return false;
}


static void
test_stopped(void **state)
{
    uint32_t         end;
    uint64_t         bytes;
    struct support  *support = *state;

    end = log_fill(support->store, 1, 2);

    assert_int_equal(rtn_log_compress(support->store, 1, stop_at_once, NULL,
                                      &bytes), RTN_ERR_IO);
    assert_true(is_there(support, 1, DB_SEGMENT_PLAIN));
    assert_false(is_there(support, 1, DB_SEGMENT_PART));
    assert_false(is_there(support, 1, DB_SEGMENT_PACKED));
    log_expect(support->store, 0, 1, end);
}


/* A bad row is not made a good one. */
static void
test_bad_row(void **state)
{
    uint8_t               key[LOG_KEY_SIZE];
    uint64_t              bytes;
    struct support       *support = *state;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    log_fill(support->store, 1, 2);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);
    assert_int_equal(rtn_log_scan_next(scan, &event), 0);
    rtn_log_scan_close(scan);

    db_key_u8(db_key_u64(key, event.id), 0);
    support_flip(support, "events/000001.mdb", NULL, key, sizeof(key));
    support_open(support, RTN_OPEN_ALL);

    assert_int_equal(rtn_log_compress(support->store, 1, NULL, NULL, &bytes),
                     RTN_ERR_CORRUPT);
    assert_true(is_there(support, 1, DB_SEGMENT_PLAIN));
    assert_false(is_there(support, 1, DB_SEGMENT_PART));
}


/* A damaged block is one bad record, and what is behind it can be read; a
   damaged end is the file's. */
static void
test_damage(void **state)
{
    int                   rc, bad;
    size_t                n;
    uint32_t              end;
    uint64_t              records, faults;
    struct support       *support = *state;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    end = log_fill(support->store, 1, SEGMENTS);
    compress(support->store, 2);
    overwrite(support, 2, DB_SEGMENT_PACKED, 1000, "damaged");

    assert_int_equal(rtn_store_check(support->store, NULL, NULL, &records,
                                     &faults), 0);
    assert_int_equal(faults, 1);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);

    bad = 0;
    n = 0;

    while ((rc = rtn_log_scan_next(scan, &event)) != RTN_ERR_NOT_FOUND) {
        assert_true(rc == 0 || rc == RTN_ERR_CORRUPT);
        bad += rc != 0;
        n += rc == 0;
    }

    assert_int_equal(bad, 1);
    assert_int_equal(event.customer, end - 1);
    assert_true(n > (end - 1) / 2 && n < end - 1);
    rtn_log_scan_close(scan);

    /* the file, and the end of what can be read */
    overwrite(support, 2, DB_SEGMENT_PACKED, -20, "damaged");
    assert_int_equal(rtn_store_check(support->store, NULL, NULL, &records,
                                     &faults), 0);
    assert_int_equal(faults, 2);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);

    do {
        rc = rtn_log_scan_next(scan, &event);
    } while (rc == 0);

    assert_int_equal(rc, RTN_ERR_DAMAGED);
    rtn_log_scan_close(scan);
}


static void
test_backup(void **state)
{
    char               copy[DB_PATH_MAX], back[DB_PATH_MAX];
    uint64_t           faults;
    uint32_t           end;
    struct support    *support = *state;
    struct rtn_store  *store;

    end = log_fill(support->store, 1, SEGMENTS);
    compress(support->store, 1);
    compress(support->store, 2);

    assert_int_equal(db_dir_join(copy, support->path, "copy"), 0);
    assert_int_equal(db_dir_join(back, support->path, "back"), 0);

    assert_int_equal(rtn_backup(support->store, copy, NULL, NULL), 0);
    assert_int_equal(rtn_restore(copy, back, (unsigned) -1, (unsigned) -1,
                                 NULL, NULL, NULL, &faults), 0);
    assert_int_equal(rtn_store_open(back, RTN_OPEN_ALL, &store), 0);
    log_expect(store, 0, 1, end);
    log_append(store, end, 1);
    log_expect(store, 0, 1, end + 1);
    log_expect_sound(store);
    rtn_store_close(store);
    db_dir_remove(back);

    overwrite(support, 2, DB_SEGMENT_PACKED, 1000, "damaged");
    db_dir_remove(copy);
    assert_int_equal(rtn_backup(support->store, copy, NULL, NULL), 0);
    assert_int_equal(rtn_restore(copy, back, (unsigned) -1, (unsigned) -1,
                                 NULL, NULL, NULL, &faults),
                     RTN_ERR_CORRUPT);
    assert_int_equal(faults, 1);
    db_dir_remove(copy);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {

#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, log_setup, support_teardown)

        TEST(test_read),
        TEST(test_last),
        TEST(test_reader),
        TEST(test_killed),
        TEST(test_stopped),
        TEST(test_bad_row),
        TEST(test_damage),
        TEST(test_backup)

#undef TEST
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
