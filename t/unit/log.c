/* The event log: ids, parts, repeats, and several writers. */

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/db.h"
#include "rtn_id.h"
#include "rtn_log.h"
#include "support.h"

#define WRITERS  2
#define BATCHES  100
#define BATCH    5


static struct rtn_event
event_of(uint32_t customer)
{
    return (struct rtn_event) {
        .kind = RTN_KIND_CLICK, .source = RTN_SOURCE_REDIRECT,
        .campaign = 1, .link = 1, .customer = customer
    };
}


static void
append(struct rtn_store *store, const struct rtn_event *event, int64_t now_ms,
    uint64_t *id)
{
    size_t          len;
    uint8_t         buffer[RTN_EVENT_RECORD_MAX];
    struct rtn_str  payload;

    assert_int_equal(rtn_event_encode(event, buffer, sizeof(buffer), &len),
                     0);

    payload = (struct rtn_str) { (char *) buffer, len };

    assert_int_equal(rtn_log_append(store, &payload, 1, now_ms, id), 0);
}


/* An event of many items, so of many parts. */
static struct rtn_event
event_long(uint32_t customer)
{
    size_t            i;
    struct rtn_event  event;

    static const char  sku[] =
        "0123456789012345678901234567890123456789012345678901234567890123";

    event = event_of(customer);
    event.kind = RTN_KIND_CART;
    event.source = RTN_SOURCE_SERVER;
    event.item_count = RTN_EVENT_ITEMS_MAX;

    for (i = 0; i < event.item_count; i++) {
        event.items[i] = (struct rtn_item) {
            .sku = { sku, RTN_SKU_MAX },
            .category = { sku, RTN_SKU_MAX - i % 9 },
            .quantity_milli = 1000 + (int64_t) i
        };
    }

    return event;
}


/* How many events and bad records a scan hands out. */
static void
count(struct rtn_store *store, uint64_t from, unsigned *events,
    unsigned *bad, uint64_t *repeats)
{
    int                   rc;
    uint64_t              last;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    *events = 0;
    *bad = 0;
    last = 0;

    assert_int_equal(rtn_log_scan_open(store, from, &scan), 0);

    while ((rc = rtn_log_scan_next(scan, &event)) != RTN_ERR_NOT_FOUND) {
        if (rc == RTN_ERR_CORRUPT || rc == RTN_ERR_NEWER) {
            (*bad)++;
            continue;
        }

        assert_int_equal(rc, 0);
        assert_true(event.id > last);
        last = event.id;
        (*events)++;
    }

    if (repeats != NULL) {
        *repeats = rtn_log_scan_repeats(scan);
    }

    rtn_log_scan_close(scan);
}


static void
test_empty(void **state)
{
    unsigned         events, bad;
    struct support  *support = *state;

    count(support->store, 0, &events, &bad, NULL);
    assert_int_equal(events, 0);
    assert_int_equal(bad, 0);
}


/* The clock stands, jumps and goes back: ids rise all the same. */
static void
test_ids_rise(void **state)
{
    size_t            i;
    uint64_t          id, last;
    unsigned          events, bad;
    struct support   *support = *state;
    struct rtn_event  event = event_of(1);

    static const int64_t  clock_ms[] = {
        SUPPORT_NOW_MS, SUPPORT_NOW_MS, SUPPORT_NOW_MS + 5,
        SUPPORT_NOW_MS - 3600000, 0, -1, SUPPORT_NOW_MS + 6
    };

    last = 0;

    for (i = 0; i < COUNT(clock_ms); i++) {
        if (i % 3 == 1) {
            support_open(support, RTN_OPEN_EVENTS);
        }

        append(support->store, &event, clock_ms[i], &id);
        assert_true(id > last);
        last = id;
    }

    assert_true(rtn_id_ms(last) == SUPPORT_NOW_MS + 6);

    count(support->store, 0, &events, &bad, NULL);
    assert_int_equal(events, COUNT(clock_ms));

    count(support->store, last, &events, &bad, NULL);
    assert_int_equal(events, 1);

    count(support->store, last + 1, &events, &bad, NULL);
    assert_int_equal(events, 0);
}


static void
test_batch(void **state)
{
    size_t                i, len;
    uint8_t               buffer[1000][64];
    uint64_t              first;
    struct rtn_str        payloads[1000];
    struct support       *support = *state;
    struct rtn_event      event;
    struct rtn_log_scan  *scan;

    for (i = 0; i < COUNT(payloads); i++) {
        event = event_of((uint32_t) i + 1);
        assert_int_equal(rtn_event_encode(&event, buffer[i],
                                          sizeof(buffer[i]), &len), 0);
        payloads[i] = (struct rtn_str) { (char *) buffer[i], len };
    }

    assert_int_equal(rtn_log_append(support->store, payloads,
                                    COUNT(payloads), SUPPORT_NOW_MS, &first),
                     0);
    assert_int_equal(rtn_log_append(support->store, payloads, 1,
                                    SUPPORT_NOW_MS, NULL), 0);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);

    for (i = 0; i < COUNT(payloads); i++) {
        assert_int_equal(rtn_log_scan_next(scan, &event), 0);
        assert_int_equal(event.customer, i + 1);

        if (i == 0) {
            assert_true(event.id == first);
        }
    }

    assert_int_equal(rtn_log_scan_next(scan, &event), 0);
    assert_int_equal(rtn_log_scan_next(scan, &event), RTN_ERR_NOT_FOUND);
    rtn_log_scan_close(scan);
}


static void
test_parts(void **state)
{
    size_t                i;
    uint64_t              id;
    struct support       *support = *state;
    struct rtn_event      event, large = event_long(2), small = event_of(1);
    struct rtn_log_scan  *scan;

    append(support->store, &small, SUPPORT_NOW_MS, NULL);
    append(support->store, &large, SUPPORT_NOW_MS, &id);
    append(support->store, &small, SUPPORT_NOW_MS, NULL);

    assert_int_equal(rtn_log_scan_open(support->store, 0, &scan), 0);
    assert_int_equal(rtn_log_scan_next(scan, &event), 0);
    assert_int_equal(event.customer, 1);
    assert_int_equal(rtn_log_scan_next(scan, &event), 0);
    assert_int_equal(event.customer, 2);
    assert_true(event.id == id);
    assert_int_equal(event.item_count, large.item_count);

    for (i = 0; i < event.item_count; i++) {
        assert_int_equal(event.items[i].sku.len, large.items[i].sku.len);
        assert_int_equal(event.items[i].category.len,
                         large.items[i].category.len);
        assert_memory_equal(event.items[i].category.data,
                            large.items[i].category.data,
                            event.items[i].category.len);
        assert_true(event.items[i].quantity_milli
                    == large.items[i].quantity_milli);
    }

    assert_int_equal(rtn_log_scan_next(scan, &event), 0);
    assert_int_equal(event.customer, 1);
    assert_int_equal(rtn_log_scan_next(scan, &event), RTN_ERR_NOT_FOUND);
    rtn_log_scan_close(scan);
}


static void
test_too_long(void **state)
{
    char             bytes[RTN_EVENT_RECORD_MAX + 1] = "";
    unsigned         events, bad;
    struct support  *support = *state;
    struct rtn_str   payloads[2] = {
        RTN_STR("x"), { bytes, RTN_EVENT_RECORD_MAX + 1 }
    };

    assert_int_equal(rtn_log_append(support->store, payloads, 2,
                                    SUPPORT_NOW_MS, NULL), RTN_ERR_LIMIT);

    count(support->store, 0, &events, &bad, NULL);
    assert_int_equal(events + bad, 0);

    payloads[1].len--;
    assert_int_equal(rtn_log_append(support->store, payloads, 2,
                                    SUPPORT_NOW_MS, NULL), 0);

    /* bytes that are no event are one bad record each */
    count(support->store, 0, &events, &bad, NULL);
    assert_int_equal(events, 0);
    assert_int_equal(bad, 2);
}


/* Each row of the log in turn: one report, and all others are read. */
static void
test_corrupt_row(void **state)
{
    int               rc;
    size_t            i, n;
    uint8_t           keys[32][9];
    unsigned          events, bad;
    struct support   *support = *state;
    struct rtn_str    key, payload;
    struct db_scan   *scan;
    struct rtn_event  small = event_of(1), large = event_long(2);

    append(support->store, &small, SUPPORT_NOW_MS, NULL);
    append(support->store, &large, SUPPORT_NOW_MS, NULL);
    append(support->store, &large, SUPPORT_NOW_MS, NULL);
    append(support->store, &small, SUPPORT_NOW_MS, NULL);

    assert_int_equal(db_scan_open(support->store, DB_EVENTS, DB_LOG,
                                  RTN_STR(""), RTN_STR(""), &scan), 0);

    for (n = 0; (rc = db_scan_next(scan, &key, &payload)) == 0; n++) {
        assert_true(n < COUNT(keys));
        assert_int_equal(key.len, sizeof(keys[n]));
        memcpy(keys[n], key.data, key.len);
    }

    db_scan_close(scan);
    assert_true(n > 4 + 2);

    for (i = 0; i < n; i++) {
        support_flip(support, "events/000001.mdb", NULL, keys[i],
                     sizeof(keys[i]));
        support_open(support, RTN_OPEN_EVENTS);

        count(support->store, 0, &events, &bad, NULL);
        assert_int_equal(events, 3);
        assert_int_equal(bad, 1);

        support_flip(support, "events/000001.mdb", NULL, keys[i],
                     sizeof(keys[i]));
    }

    support_open(support, RTN_OPEN_EVENTS);
    count(support->store, 0, &events, &bad, NULL);
    assert_int_equal(events, 4);
    assert_int_equal(bad, 0);
}


/* A part that is gone: the next event is not swallowed. */
static void
test_missing_part(void **state)
{
    uint8_t           key[9];
    uint64_t          id;
    unsigned          part, events, bad;
    struct db_txn     txn;
    struct support   *support = *state;
    struct rtn_event  small = event_of(1), large = event_long(2);

    for (part = 0; part < 8; part++) {
        append(support->store, &large, SUPPORT_NOW_MS, &id);
        append(support->store, &small, SUPPORT_NOW_MS, NULL);

        db_key_u8(db_key_u64(key, id), (uint8_t) part);
        assert_int_equal(db_begin(support->store, DB_EVENTS, &txn), 0);
        assert_int_equal(db_delete(&txn, DB_LOG,
                                   (struct rtn_str) { (char *) key, 9 }), 0);
        assert_int_equal(db_commit(&txn), 0);

        count(support->store, 0, &events, &bad, NULL);
        assert_int_equal(events, part + 1);
        assert_int_equal(bad, part + 1);
    }
}


static void
test_repeats(void **state)
{
    uint64_t          repeats;
    unsigned          events, bad;
    struct support   *support = *state;
    struct rtn_event  event = event_of(1);

    event.source = RTN_SOURCE_SERVER;
    event.has_repeat_hash = true;
    memset(event.repeat_hash, 0xAB, sizeof(event.repeat_hash));

    append(support->store, &event, SUPPORT_NOW_MS, NULL);
    append(support->store, &event, SUPPORT_NOW_MS, NULL);
    append(support->store, &event,
           SUPPORT_NOW_MS + INT64_C(6) * 24 * 3600 * 1000, NULL);

    count(support->store, 0, &events, &bad, &repeats);
    assert_int_equal(events, 1);
    assert_int_equal(repeats, 2);

    append(support->store, &event,
           SUPPORT_NOW_MS + INT64_C(8) * 24 * 3600 * 1000, NULL);
    event.repeat_hash[15] ^= 1;
    append(support->store, &event,
           SUPPORT_NOW_MS + INT64_C(8) * 24 * 3600 * 1000, NULL);

    count(support->store, 0, &events, &bad, &repeats);
    assert_int_equal(events, 3);
    assert_int_equal(repeats, 2);

    /* without a hash, equal events are two events */
    event.has_repeat_hash = false;
    memset(event.repeat_hash, 0, sizeof(event.repeat_hash));
    append(support->store, &event, SUPPORT_NOW_MS, NULL);
    append(support->store, &event, SUPPORT_NOW_MS, NULL);
    count(support->store, 0, &events, &bad, &repeats);
    assert_int_equal(events, 5);
}


static int
write_batches(const struct support *support, uint32_t writer)
{
    size_t             i, n, len;
    uint8_t            buffer[BATCH][64];
    struct rtn_str     payloads[BATCH];
    struct rtn_event   event;
    struct rtn_store  *store;

    if (rtn_store_open(support->path, RTN_OPEN_EVENTS, &store) != 0) {
        return 1;
    }

    for (i = 0; i < BATCHES; i++) {
        for (n = 0; n < BATCH; n++) {
            event = event_of(writer + 1);

            if (rtn_event_encode(&event, buffer[n], sizeof(buffer[n]), &len)
                != 0)
            {
                return 2;
            }

            payloads[n] = (struct rtn_str) { (char *) buffer[n], len };
        }

        /* one writer's clock is an hour behind */
        if (rtn_log_append(store, payloads, BATCH,
                           SUPPORT_NOW_MS - writer * 3600000, NULL) != 0)
        {
            return 3;
        }
    }

    rtn_store_close(store);

    return 0;
}


static void
test_two_processes(void **state)
{
    int              status;
    pid_t            pid[WRITERS];
    unsigned         i, events, bad;
    struct support  *support = *state;

    support_close(support);

    for (i = 0; i < WRITERS; i++) {
        pid[i] = fork();
        assert_true(pid[i] != -1);

        if (pid[i] == 0) {
            _exit(write_batches(support, i));
        }
    }

    for (i = 0; i < WRITERS; i++) {
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_int_equal(status, 0);
    }

    support_open(support, RTN_OPEN_EVENTS);
    count(support->store, 0, &events, &bad, NULL);
    assert_int_equal(events, WRITERS * BATCHES * BATCH);
    assert_int_equal(bad, 0);
}


/* A write that the system refuses: all or nothing, and said so. */
static void
test_refused_write(void **state)
{
    int              rc;
    unsigned         i, events, bad, written;
    struct rlimit    limit, before;
    struct support  *support = *state;
    struct rtn_str   payload = RTN_STR("no event, but some bytes");

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);

    limit = before;
    limit.rlim_cur = 64 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);

    rc = 0;
    written = 0;

    for (i = 0; i < 10000 && rc == 0; i++) {
        rc = rtn_log_append(support->store, &payload, 1, SUPPORT_NOW_MS,
                            NULL);
        written += rc == 0;
    }

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);

    assert_int_equal(rc, RTN_ERR_IO);

    support_open(support, RTN_OPEN_EVENTS);
    count(support->store, 0, &events, &bad, NULL);
    assert_int_equal(bad, written);

    assert_int_equal(rtn_log_append(support->store, &payload, 1,
                                    SUPPORT_NOW_MS, NULL), 0);
}


/* What was written is held, under its id and with its bytes alone. */
static void
test_holds(void **state)
{
    bool             holds;
    char             text[5000];
    uint64_t         id;
    unsigned         i;
    struct support  *support = *state;
    struct rtn_str   short_one = RTN_STR("no event, but some bytes");
    struct rtn_str   long_one = { text, sizeof(text) };
    struct rtn_str   payloads[] = { short_one, long_one };

    memset(text, 'x', sizeof(text));

    for (i = 0; i < 2; i++) {
        assert_int_equal(rtn_log_append(support->store, &payloads[i], 1,
                                        SUPPORT_NOW_MS, &id), 0);

        assert_int_equal(rtn_log_holds(support->store, id, payloads[i],
                                       &holds), 0);
        assert_true(holds);

        assert_int_equal(rtn_log_holds(support->store, id, payloads[1 - i],
                                       &holds), 0);
        assert_false(holds);

        assert_int_equal(rtn_log_holds(support->store, id + 1, payloads[i],
                                       &holds), 0);
        assert_false(holds);
    }
}


/* A writer that was begun and dropped leaves nothing. */
static void
test_abort(void **state)
{
    bool                    holds;
    uint64_t                id;
    struct support         *support = *state;
    struct rtn_str          payload = RTN_STR("no event, but some bytes");
    struct rtn_log_writer  *writer;

    assert_int_equal(rtn_log_begin(support->store, SUPPORT_NOW_MS, &writer),
                     0);
    assert_int_equal(rtn_log_add(writer, payload, &id), 0);
    rtn_log_abort(writer);

    assert_int_equal(rtn_log_holds(support->store, id, payload, &holds), 0);
    assert_false(holds);
}


#define TEST(name)                                                           \
    cmocka_unit_test_setup_teardown(name, support_setup, support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_empty),
        TEST(test_ids_rise),
        TEST(test_batch),
        TEST(test_parts),
        TEST(test_too_long),
        TEST(test_corrupt_row),
        TEST(test_missing_part),
        TEST(test_repeats),
        TEST(test_two_processes),
        TEST(test_refused_write),
        TEST(test_holds),
        TEST(test_abort)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
