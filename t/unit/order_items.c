/* What was bought with an order: replaced as a whole, never by older news. */

#include "support.h"

#include "rtn_crm.h"


static void
put(struct rtn_store *store, const char *id, int64_t updated_ms, size_t n,
    const char *const *names)
{
    size_t                  i;
    struct rtn_order_items  items = { .order_id = str(id),
                                      .updated_ms = updated_ms, .n = n };

    for (i = 0; i < n; i++) {
        items.names[i] = str(names[i]);
    }

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_order_items_put(store, &items), 0);
    assert_int_equal(rtn_crm_commit(store), 0);
}


/* All as "id:name,name;id:..." */
static const char *
all(struct rtn_store *store, char *text)
{
    size_t                        i, len = 0;
    struct rtn_order_items        items;
    struct rtn_order_items_scan  *scan;

    text[0] = '\0';
    assert_int_equal(rtn_order_items_scan_open(store, &scan), 0);

    while (rtn_order_items_scan_next(scan, &items) == 0) {
        len += (size_t) sprintf(text + len, "%.*s:",
                                (int) items.order_id.len,
                                items.order_id.data);

        for (i = 0; i < items.n; i++) {
            len += (size_t) sprintf(text + len, "%.*s,",
                                    (int) items.names[i].len,
                                    items.names[i].data);
        }
    }

    rtn_order_items_scan_close(scan);

    return text;
}


static void
test_replaced(void **state)
{
    char               text[1000];
    struct rtn_store  *store = ((struct support *) *state)->store;

    static const char *const  hats[] = { "H-1", "hats" };
    static const char *const  shoes[] = { "red shoes" };

    assert_string_equal(all(store, text), "");

    put(store, "b", 0, 2, hats);
    put(store, "a", 20, 1, shoes);
    assert_string_equal(all(store, text), "a:red shoes,b:H-1,hats,");

    put(store, "a", 19, 2, hats);
    assert_string_equal(all(store, text), "a:red shoes,b:H-1,hats,");
    put(store, "a", 0, 2, hats);
    put(store, "b", 5, 1, shoes);
    assert_string_equal(all(store, text), "a:H-1,hats,b:red shoes,");
    put(store, "b", 5, 0, NULL);
    assert_string_equal(all(store, text), "a:H-1,hats,");
}


/* The most and the longest: several rows, and gone again with one name. */

static void
test_parts(void **state)
{
    char                          names[RTN_ORDER_NAMES_MAX][RTN_SKU_MAX + 1];
    char                          text[1000], id[RTN_ORDER_ID_MAX + 1];
    size_t                        i, n = 0, parts = 0;
    const char                   *pointers[RTN_ORDER_NAMES_MAX];
    struct rtn_store             *store = ((struct support *) *state)->store;
    struct rtn_order_items        items;
    struct rtn_order_items_scan  *scan;

    memset(id, 'x', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';

    for (i = 0; i < RTN_ORDER_NAMES_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "%064zu", i);
        pointers[i] = names[i];
    }

    put(store, id, 1, RTN_ORDER_NAMES_MAX, pointers);
    assert_int_equal(rtn_order_items_scan_open(store, &scan), 0);

    while (rtn_order_items_scan_next(scan, &items) == 0) {
        assert_int_equal(items.updated_ms, 1);
        assert_int_equal(items.order_id.len, RTN_ORDER_ID_MAX);
        parts++;

        for (i = 0; i < items.n; i++) {
            assert_int_equal(items.names[i].len, RTN_SKU_MAX);
            assert_memory_equal(items.names[i].data, names[n++], RTN_SKU_MAX);
        }
    }

    rtn_order_items_scan_close(scan);
    assert_int_equal(n, RTN_ORDER_NAMES_MAX);
    assert_true(parts > 1);

    pointers[0] = "one";
    put(store, id, 1, 1, pointers);
    assert_non_null(strstr(all(store, text), "x:one,"));
    assert_int_equal(strlen(text), RTN_ORDER_ID_MAX + strlen(":one,"));
}


static void
test_bad(void **state)
{
    char                    text[1000], name[RTN_SKU_MAX + 1];
    struct rtn_store       *store = ((struct support *) *state)->store;
    struct rtn_order_items  items = { .order_id = str("a"), .n = 1 };

    memset(name, 'n', sizeof(name));
    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_order_items_put(store, &items), RTN_ERR_LIMIT);

    items.names[0] = (struct rtn_str) { name, sizeof(name) };
    assert_int_equal(rtn_order_items_put(store, &items), RTN_ERR_LIMIT);

    items.names[0].len--;
    items.order_id.len = 0;
    assert_int_equal(rtn_order_items_put(store, &items), RTN_ERR_LIMIT);

    items.order_id = str("a");
    items.n = RTN_ORDER_NAMES_MAX + 1;
    assert_int_equal(rtn_order_items_put(store, &items), RTN_ERR_LIMIT);

    assert_int_equal(rtn_crm_commit(store), 0);
    assert_string_equal(all(store, text), "");
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, support_setup,     \
                                                    support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_replaced),
        TEST(test_parts),
        TEST(test_bad)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
