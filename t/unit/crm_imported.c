/* Imported events: each once, long ones as well, read back by time. */

#include "support.h"

#include "random.h"
#include "rtn_crm.h"

#define NOW  SUPPORT_NOW_MS


static struct rtn_event
event_of(enum rtn_kind kind, uint32_t customer, int64_t occurred_ms)
{
    struct rtn_event  event;

    memset(&event, 0, sizeof(event));
    event.kind = kind;
    event.source = RTN_SOURCE_IMPORT;
    event.customer = customer;
    event.names_customer = true;
    event.occurred_ms = occurred_ms;

    return event;
}


static enum rtn_put
put(struct rtn_store *store, const struct rtn_event *event)
{
    enum rtn_put  done;

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_imported_event_put(store, event, &done), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    return done;
}


static size_t
rows(struct rtn_store *store)
{
    size_t                     n;
    struct rtn_event           event;
    struct rtn_imported_scan  *scan;

    assert_int_equal(rtn_imported_scan_open(store, &scan), 0);

    for (n = 0; rtn_imported_scan_next(scan, &event) == 0; n++) { /* void */ }

    rtn_imported_scan_close(scan);

    return n;
}


static void
test_repeats(void **state)
{
    struct rtn_store  *store = ((struct support *) *state)->store;
    struct rtn_event   event;

    event = event_of(RTN_KIND_VISIT, 1, NOW);
    assert_int_equal(put(store, &event), RTN_PUT_NEW);
    assert_int_equal(put(store, &event), RTN_PUT_SAME);

    event.id = 99;
    assert_int_equal(put(store, &event), RTN_PUT_SAME);

    event.occurred_ms++;
    assert_int_equal(put(store, &event), RTN_PUT_NEW);

    event.customer++;
    assert_int_equal(put(store, &event), RTN_PUT_NEW);

    /* with an event_id, the content does not count */
    event.has_repeat_hash = true;
    memset(event.repeat_hash, 1, RTN_HASH_LEN);
    assert_int_equal(put(store, &event), RTN_PUT_NEW);

    event.kind = RTN_KIND_CART;
    assert_int_equal(put(store, &event), RTN_PUT_SAME);

    memset(event.repeat_hash, 2, RTN_HASH_LEN);
    assert_int_equal(put(store, &event), RTN_PUT_NEW);

    assert_int_equal(rows(store), 5);
}


/* Events of every size, a hundred long items included. */
static void
test_sizes(void **state)
{
    char                       text[RTN_SKU_MAX];
    size_t                     i, items;
    struct rtn_store          *store = ((struct support *) *state)->store;
    struct rtn_event           event, read;
    struct rtn_imported_scan  *scan;

    memset(text, 's', sizeof(text));

    for (items = 0; items <= RTN_EVENT_ITEMS_MAX; items++) {
        event = event_of(RTN_KIND_PURCHASE, 7, NOW + (int64_t) items);
        event.order_id = str("o-1");
        event.item_count = items;

        for (i = 0; i < items; i++) {
            event.items[i].sku = (struct rtn_str) { text, sizeof(text) };
            event.items[i].category = event.items[i].sku;
            event.items[i].quantity_milli = (int64_t) i + 1;
            event.items[i].has_price = true;
            event.items[i].price_minor = RTN_MONEY_MAX;
        }

        assert_int_equal(put(store, &event), RTN_PUT_NEW);
        assert_int_equal(put(store, &event), RTN_PUT_SAME);
    }

    assert_int_equal(rtn_imported_scan_open(store, &scan), 0);

    for (items = 0; items <= RTN_EVENT_ITEMS_MAX; items++) {
        assert_int_equal(rtn_imported_scan_next(scan, &read), 0);
        assert_int_equal(read.occurred_ms, NOW + (int64_t) items);
        assert_int_equal(read.customer, 7);
        assert_int_equal(read.item_count, items);

        for (i = 0; i < items; i++) {
            assert_int_equal(read.items[i].sku.len, sizeof(text));
            assert_memory_equal(read.items[i].sku.data, text, sizeof(text));
            assert_int_equal(read.items[i].quantity_milli, i + 1);
        }
    }

    assert_int_equal(rtn_imported_scan_next(scan, &read), RTN_ERR_NOT_FOUND);
    rtn_imported_scan_close(scan);
}


static void
test_by_time(void **state)
{
    size_t                     i;
    int64_t                    last_ms;
    enum rtn_put               done;
    struct rtn_store          *store = ((struct support *) *state)->store;
    struct rtn_event           event;
    struct rtn_imported_scan  *scan;

    assert_int_equal(rtn_crm_begin(store), 0);

    for (i = 0; i < 3000; i++) {
        event = event_of(RTN_KIND_VIEW, (uint32_t) i + 1,
                         NOW + (int64_t) random_below(500));
        assert_int_equal(rtn_imported_event_put(store, &event, &done), 0);
        assert_int_equal(done, RTN_PUT_NEW);
    }

    assert_int_equal(rtn_crm_commit(store), 0);
    assert_int_equal(rtn_imported_scan_open(store, &scan), 0);

    last_ms = 0;

    for (i = 0; i < 3000; i++) {
        assert_int_equal(rtn_imported_scan_next(scan, &event), 0);
        assert_true(event.occurred_ms >= last_ms);
        last_ms = event.occurred_ms;
    }

    assert_int_equal(rtn_imported_scan_next(scan, &event),
                     RTN_ERR_NOT_FOUND);
    rtn_imported_scan_close(scan);
}


static void
test_bad(void **state)
{
    enum rtn_put       done;
    struct rtn_store  *store = ((struct support *) *state)->store;
    struct rtn_event   event;

    event = event_of(RTN_KIND_COUNT, 1, NOW);

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_imported_event_put(store, &event, &done),
                     RTN_ERR_LIMIT);

    event.kind = RTN_KIND_VIEW;
    assert_int_equal(rtn_imported_event_put(store, &event, &done), 0);
    assert_int_equal(rtn_crm_commit(store), 0);
    assert_int_equal(rows(store), 1);
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, support_setup,     \
                                                    support_teardown)

int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_repeats),
        TEST(test_sizes),
        TEST(test_by_time),
        TEST(test_bad)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
