/* Tables and transactions: what db.h promises. */

#define _GNU_SOURCE             /* memmem */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

#include "codec/record.h"
#include "db/db.h"

#define KEY(literal)  RTN_STR(literal)


static void
put(struct rtn_store *store, const char *key, const char *payload)
{
    struct db_txn  txn;

    assert_int_equal(db_begin(store, DB_CRM, &txn), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META,
                            (struct rtn_str) { key, strlen(key) },
                            (struct rtn_str) { payload, strlen(payload) }),
                     0);
    assert_int_equal(db_commit(&txn), 0);
}


static int
get(struct rtn_store *store, const char *key, char *text, size_t size)
{
    int             rc;
    struct db_txn   txn;
    struct rtn_str  payload;

    assert_int_equal(db_read_begin(store, DB_CRM, &txn), 0);

    rc = db_get(&txn, DB_CRM_META, (struct rtn_str) { key, strlen(key) },
                &payload);

    if (rc == 0) {
        assert_true(payload.len < size);
        memcpy(text, payload.data, payload.len);
        text[payload.len] = '\0';
    }

    db_read_end(&txn);

    return rc;
}


static void
test_round_trip(void **state)
{
    char             text[64];
    struct support  *support = *state;
    struct db_txn    txn;

    put(support->store, "a", "one");
    put(support->store, "a", "two");

    assert_int_equal(get(support->store, "a", text, sizeof(text)), 0);
    assert_string_equal(text, "two");
    assert_int_equal(get(support->store, "b", text, sizeof(text)),
                     RTN_ERR_NOT_FOUND);

    assert_int_equal(db_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_delete(&txn, DB_CRM_META, KEY("b")),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(db_delete(&txn, DB_CRM_META, KEY("a")), 0);
    assert_int_equal(db_commit(&txn), 0);

    assert_int_equal(get(support->store, "a", text, sizeof(text)),
                     RTN_ERR_NOT_FOUND);
}


static void
test_abort(void **state)
{
    char             text[64];
    struct support  *support = *state;
    struct db_txn    txn;

    assert_int_equal(db_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META, KEY("a"), RTN_STR("one")), 0);
    db_abort(&txn);
    db_abort(&txn);

    assert_int_equal(get(support->store, "a", text, sizeof(text)),
                     RTN_ERR_NOT_FOUND);
}


/* The first error stays, what follows does nothing, commit becomes abort. */
static void
test_latch(void **state)
{
    char              text[64];
    char              large[DB_VALUE_MAX - RTN_RECORD_OVERHEAD + 1] = "";
    struct support   *support = *state;
    struct db_txn     txn;
    struct rtn_str    payload;
    struct db_cursor  cursor;

    put(support->store, "old", "one");

    assert_int_equal(db_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META, KEY("a"), RTN_STR("one")), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META, KEY("b"),
                            (struct rtn_str) { large, sizeof(large) }),
                     RTN_ERR_LIMIT);
    assert_int_equal(db_put(&txn, DB_CRM_META, KEY("c"), RTN_STR("one")),
                     RTN_ERR_LIMIT);
    assert_int_equal(db_append(&txn, DB_CRM_META, KEY("z"), RTN_STR("one")),
                     RTN_ERR_LIMIT);
    assert_int_equal(db_get(&txn, DB_CRM_META, KEY("old"), &payload),
                     RTN_ERR_LIMIT);
    assert_int_equal(db_delete(&txn, DB_CRM_META, KEY("old")), RTN_ERR_LIMIT);
    assert_int_equal(db_cursor_open(&txn, DB_CRM_META, &cursor),
                     RTN_ERR_LIMIT);
    assert_int_equal(db_cursor_seek(&cursor, KEY("")), RTN_ERR_LIMIT);
    db_cursor_close(&cursor);
    assert_int_equal(db_commit(&txn), RTN_ERR_LIMIT);

    assert_int_equal(get(support->store, "a", text, sizeof(text)),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(get(support->store, "old", text, sizeof(text)), 0);
}


/* One byte less fits; answers are no errors. */
static void
test_latch_not(void **state)
{
    char             text[2 * DB_VALUE_MAX];
    char             large[DB_VALUE_MAX - RTN_RECORD_OVERHEAD];
    struct support  *support = *state;
    struct db_txn    txn;
    struct rtn_str   payload;

    memset(large, 'x', sizeof(large));

    assert_int_equal(db_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META, KEY("b"),
                            (struct rtn_str) { large, sizeof(large) }), 0);
    assert_int_equal(db_get(&txn, DB_CRM_META, KEY("c"), &payload),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(db_append(&txn, DB_CRM_META, KEY("b"), RTN_STR("two")),
                     RTN_ERR_EXISTS);
    assert_int_equal(db_append(&txn, DB_CRM_META, KEY("a"), RTN_STR("two")),
                     RTN_ERR_EXISTS);
    assert_int_equal(db_append(&txn, DB_CRM_META, KEY("c"), RTN_STR("two")),
                     0);
    assert_int_equal(db_commit(&txn), 0);

    assert_int_equal(get(support->store, "b", text, sizeof(text)), 0);
    assert_int_equal(strlen(text), sizeof(large));
    assert_int_equal(get(support->store, "c", text, sizeof(text)), 0);
}


static void
test_keys_of_bad_length(void **state)
{
    char             key[DB_KEY_MAX + 1] = "";
    struct support  *support = *state;
    struct db_txn    txn;

    assert_int_equal(db_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META,
                            (struct rtn_str) { key, DB_KEY_MAX },
                            RTN_STR("")), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META,
                            (struct rtn_str) { key, DB_KEY_MAX + 1 },
                            RTN_STR("")), RTN_ERR_LIMIT);
    db_abort(&txn);

    assert_int_equal(db_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_put(&txn, DB_CRM_META, RTN_STR(""), RTN_STR("")),
                     RTN_ERR_LIMIT);
    db_abort(&txn);
}


static void
test_flipped_bit(void **state)
{
    char              text[64];
    struct support   *support = *state;
    struct db_txn     txn;
    struct rtn_str    payload;
    struct db_cursor  cursor;

    put(support->store, "a", "one");
    put(support->store, "b", "two");
    put(support->store, "c", "three");

    support_flip(support, "crm", "meta", "b", 1);
    support_open(support, RTN_OPEN_ALL);

    assert_int_equal(get(support->store, "a", text, sizeof(text)), 0);
    assert_int_equal(get(support->store, "b", text, sizeof(text)),
                     RTN_ERR_CORRUPT);
    assert_int_equal(get(support->store, "c", text, sizeof(text)), 0);

    /* a scan goes on behind the bad row, a decision does not */
    assert_int_equal(db_read_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_cursor_open(&txn, DB_CRM_META, &cursor), 0);
    assert_int_equal(db_cursor_seek(&cursor, KEY("b")), RTN_ERR_CORRUPT);
    assert_int_equal(cursor.key.len, 1);
    assert_int_equal(cursor.payload.len, 0);
    assert_int_equal(db_cursor_next(&cursor), 0);
    assert_memory_equal(cursor.payload.data, "three", 5);
    assert_int_equal(db_cursor_next(&cursor), RTN_ERR_NOT_FOUND);
    db_cursor_close(&cursor);

    assert_int_equal(db_get(&txn, DB_CRM_META, KEY("b"), &payload),
                     RTN_ERR_CORRUPT);
    assert_int_equal(db_get(&txn, DB_CRM_META, KEY("a"), &payload),
                     RTN_ERR_CORRUPT);
    db_read_end(&txn);
}


/* Flips the lowest bit of the last byte of some bytes of a file, in each of
   its pages that has them. */
static void
flip_bytes(struct support *support, const char *name, const char *bytes)
{
    char    path[2 * SUPPORT_PATH_MAX];
    int     fd;
    char   *file, *p;
    size_t  len;

    support_close(support);
    snprintf(path, sizeof(path), "%s/%s", support->path, name);

    fd = open(path, O_RDWR);
    assert_int_not_equal(fd, -1);

    len = (size_t) lseek(fd, 0, SEEK_END);
    file = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(file != MAP_FAILED);

    for (p = file;
         (p = memmem(p, len - (size_t) (p - file), bytes, strlen(bytes)))
         != NULL; /* void */ )
    {
        p[strlen(bytes) - 1] ^= 1;
    }

    munmap(file, len);
    close(fd);
}


static void
expect_fault(void *data, const char *environment, const char *file,
    const char *sentence)
{
    (void) data;

    assert_string_equal(environment, "crm");
    assert_string_equal(file, "data.mdb");
    assert_non_null(strstr(sentence, "keys are not in order"));
}


/* A row under a damaged key: what looks for it is told, and only that. */
static void
test_flipped_key(void **state)
{
    int               rc;
    size_t            i, bad;
    char              text[64];
    struct support   *support = *state;
    struct db_txn     txn;
    struct db_scan   *scan;
    struct rtn_str    key, payload;
    struct db_cursor  cursor;

    static const char *const  keys[] = {
        "key-a10", "key-a20", "key-a30", "key-b10", "key-b20"
    };
    static const char *const  prefixes[] = { "key-a", "key-b" };

    for (i = 0; i < COUNT(keys); i++) {
        put(support->store, keys[i], keys[i]);
    }

    /* the last of its prefix becomes none of it: b before 10 */
    flip_bytes(support, "crm/data.mdb", "key-a30");
    support_open(support, RTN_OPEN_ALL | RTN_OPEN_VERIFY);

    assert_int_equal(get(support->store, "key-a30", text, sizeof(text)),
                     RTN_ERR_CORRUPT);
    assert_int_equal(get(support->store, "key-a15", text, sizeof(text)),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(get(support->store, "key-b15", text, sizeof(text)),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(get(support->store, "key-b20", text, sizeof(text)), 0);

    for (i = 0; i < COUNT(prefixes); i++) {
        assert_int_equal(db_scan_open(support->store, DB_CRM, DB_CRM_META,
                                      str(prefixes[i]), RTN_STR(""), &scan),
                         0);
        bad = 0;

        while ((rc = db_scan_next(scan, &key, &payload))
               != RTN_ERR_NOT_FOUND)
        {
            bad += rc == RTN_ERR_CORRUPT;
        }

        assert_int_equal(bad, 1);
        db_scan_close(scan);
    }

    /* before the place of a seek, it is stood on; the next one is behind */
    assert_int_equal(db_read_begin(support->store, DB_CRM, &txn), 0);
    assert_int_equal(db_cursor_open(&txn, DB_CRM_META, &cursor), 0);
    assert_int_equal(db_cursor_seek(&cursor, KEY("key-b")), RTN_ERR_CORRUPT);
    assert_int_equal(db_cursor_next(&cursor), 0);
    assert_memory_equal(cursor.key.data, "key-b10", 7);
    assert_int_equal(db_cursor_seek(&cursor, KEY("key-b15")), 0);
    assert_memory_equal(cursor.key.data, "key-b20", 7);
    db_cursor_close(&cursor);
    db_read_end(&txn);
}


/* A key that is out of order, and a file that was cut. */
static void
test_flipped_page(void **state)
{
    struct support    *support = *state;
    struct rtn_store  *store;
    uint64_t           faults;

    put(support->store, "key-a10", "x");
    put(support->store, "key-a11", "y");
    flip_bytes(support, "crm/data.mdb", "key-a10");

    assert_int_equal(rtn_store_open(support->path, RTN_OPEN_ALL
                                                   | RTN_OPEN_VERIFY, &store),
                     RTN_ERR_DAMAGED);
    assert_int_equal(rtn_store_verify(support->path, RTN_OPEN_ALL,
                                      expect_fault, NULL, &faults), 0);
    assert_int_equal(faults, 1);
    assert_int_equal(rtn_store_verify(support->path, RTN_OPEN_SERVER,
                                      expect_fault, NULL, &faults), 0);
    assert_int_equal(faults, 0);
    assert_int_equal(rtn_store_open(support->path, RTN_OPEN_SERVER
                                                   | RTN_OPEN_VERIFY, &store),
                     0);
    rtn_store_close(store);
}


/* Nested reads share a snapshot; the next one sees what was written. */
static void
test_nested_reads(void **state)
{
    char             text[64];
    struct support  *support = *state;
    struct db_txn    outer, inner;
    struct rtn_str   payload;

    put(support->store, "a", "one");

    assert_int_equal(db_read_begin(support->store, DB_CRM, &outer), 0);
    put(support->store, "a", "two");

    assert_int_equal(db_read_begin(support->store, DB_CRM, &inner), 0);
    assert_int_equal(db_get(&inner, DB_CRM_META, KEY("a"), &payload), 0);
    assert_memory_equal(payload.data, "one", 3);
    db_read_end(&inner);
    db_read_end(&inner);

    assert_int_equal(db_get(&outer, DB_CRM_META, KEY("a"), &payload), 0);
    assert_memory_equal(payload.data, "one", 3);
    db_read_end(&outer);

    assert_int_equal(get(support->store, "a", text, sizeof(text)), 0);
    assert_string_equal(text, "two");
}


static void
test_read_only(void **state)
{
    char             text[64];
    struct support  *support = *state;
    struct db_txn    txn;

    put(support->store, "a", "one");
    support_open(support, RTN_OPEN_ALL | RTN_OPEN_READ_ONLY);

    assert_int_equal(db_begin(support->store, DB_CRM, &txn),
                     RTN_ERR_READ_ONLY);
    assert_int_equal(db_commit(&txn), RTN_ERR_READ_ONLY);
    assert_int_equal(get(support->store, "a", text, sizeof(text)), 0);
}


/* More rows than a slice, some written and removed while the scan goes. */
static void
test_scan(void **state)
{
    int              rc;
    uint8_t          key[8], *p;
    uint32_t         i, n = 3 * RTN_SLICE_ROWS + 5;
    struct support  *support = *state;
    struct db_txn    txn;
    struct rtn_str   k, payload;
    struct db_scan  *scan;

    assert_int_equal(db_begin(support->store, DB_CRM, &txn), 0);

    for (i = 0; i < n; i++) {
        p = db_key_u32(db_key_u32(key, 7), i);
        db_append(&txn, DB_CRM_META,
                  (struct rtn_str) { (char *) key, (size_t) (p - key) },
                  RTN_STR("x"));
    }

    p = db_key_u32(key, 8);
    db_append(&txn, DB_CRM_META, (struct rtn_str) { (char *) key, 4 },
              RTN_STR("y"));
    assert_int_equal(db_commit(&txn), 0);

    p = db_key_u32(key, 7);
    assert_int_equal(db_scan_open(support->store, DB_CRM, DB_CRM_META,
                                  (struct rtn_str) { (char *) key, 4 },
                                  RTN_STR(""), &scan), 0);

    for (i = 0; (rc = db_scan_next(scan, &k, &payload)) == 0; i++) {
        assert_int_equal(db_key_read_u32((const uint8_t *) k.data + 4), i);
        assert_int_equal(payload.len, 1);

        if (i == 100) {
            put(support->store, "b", "a writer is not kept waiting");
        }
    }

    assert_int_equal(rc, RTN_ERR_NOT_FOUND);
    assert_int_equal(db_scan_next(scan, &k, &payload), RTN_ERR_NOT_FOUND);
    assert_int_equal(i, n);
    db_scan_close(scan);

    db_key_u32(db_key_u32(key, 7), n - 2);
    assert_int_equal(db_scan_open(support->store, DB_CRM, DB_CRM_META,
                                  RTN_STR(""),
                                  (struct rtn_str) { (char *) key, 8 },
                                  &scan), 0);

    for (i = 0; db_scan_next(scan, &k, &payload) == 0; i++) { /* void */ }

    /* two of 7, one of 8, and the writer's */
    assert_int_equal(i, 4);
    db_scan_close(scan);
}


static void
test_key_order(void **state)
{
    size_t   i;
    uint8_t  a[8], b[8];

    static const int64_t  times[] = {
        INT64_MIN, -1000, -1, 0, 1, 1795600000000, INT64_MAX
    };

    (void) state;

    for (i = 0; i + 1 < sizeof(times) / sizeof(times[0]); i++) {
        db_key_time(a, times[i]);
        db_key_time(b, times[i + 1]);

        assert_true(memcmp(a, b, sizeof(a)) < 0);
        assert_true(db_key_read_time(a) == times[i]);
    }

    db_key_u64(a, UINT64_C(0x0102030405060708));
    assert_memory_equal(a, "\1\2\3\4\5\6\7\10", 8);
    assert_true(db_key_read_u64(a) == UINT64_C(0x0102030405060708));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_abort, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_latch, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_latch_not, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_keys_of_bad_length,
                                        support_setup, support_teardown),
        cmocka_unit_test_setup_teardown(test_flipped_bit, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_flipped_key, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_flipped_page, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_nested_reads, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_read_only, support_setup,
                                        support_teardown),
        cmocka_unit_test_setup_teardown(test_scan, support_setup,
                                        support_teardown),
        cmocka_unit_test(test_key_order)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
