/* Orders: one id counts once, and the newer updated_at wins. */

#include "support.h"

#include "db/db.h"
#include "random.h"
#include "rtn_crm.h"

#define NOW  SUPPORT_NOW_MS


static struct rtn_order
order_of(const char *id, uint32_t customer, int64_t updated_ms)
{
    struct rtn_order  order;

    memset(&order, 0, sizeof(order));
    snprintf(order.order_id, sizeof(order.order_id), "%s", id);
    order.customer = customer;
    order.ordered_ms = NOW;
    order.updated_ms = updated_ms;
    strcpy(order.currency, "EUR");
    order.amount_minor = 1000;

    return order;
}


static enum rtn_put
put(struct rtn_store *store, const struct rtn_order *order)
{
    uint64_t      puts[RTN_PUTS] = { 0 };
    enum rtn_put  done;

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_order_put(store, order), 0);
    assert_int_equal(rtn_orders_write(store, puts), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    for (done = RTN_PUT_NEW; puts[done] == 0; done++) {
        assert_true(done < RTN_PUT_OLDER);
    }

    return done;
}


/* The one order that there is. */
static struct rtn_order
only(struct rtn_store *store)
{
    struct rtn_order        order, other;
    struct rtn_order_scan  *scan;

    memset(&order, 0, sizeof(order));

    assert_int_equal(rtn_order_scan_open(store, &scan), 0);
    assert_int_equal(rtn_order_scan_next(scan, &order), 0);
    assert_int_equal(rtn_order_scan_next(scan, &other), RTN_ERR_NOT_FOUND);
    rtn_order_scan_close(scan);

    return order;
}


static uint64_t
order_rows(struct rtn_store *store)
{
    uint64_t       rows;
    struct db_txn  txn;

    assert_int_equal(db_read_begin(store, DB_CRM, &txn), 0);
    assert_int_equal(db_count(&txn, DB_ORDER_IDS, &rows), 0);
    db_read_end(&txn);

    return rows;
}


static void
test_round_trip(void **state)
{
    struct rtn_store  *store = ((struct support *) *state)->store;
    struct rtn_order   order, read;

    memset(&order, 0, sizeof(order));
    memset(order.order_id, 'o', RTN_ORDER_ID_MAX);
    order.customer = 0xFEFFFFFF;
    order.ordered_ms = -1;
    order.updated_ms = NOW;
    order.status = RTN_ORDER_REFUNDED;
    strcpy(order.currency, "UAH");
    order.amount_minor = RTN_MONEY_MAX;
    order.discount_minor = 5;
    order.refunded_minor = 6;
    order.has_cost = true;
    order.cost_minor = -7;
    order.items = 8;
    memset(order.coupon, 'c', RTN_FIELD_MAX);
    memset(order.channel, 'h', RTN_FIELD_MAX);

    assert_int_equal(put(store, &order), RTN_PUT_NEW);
    read = only(store);
    assert_memory_equal(&read, &order, sizeof(read));

    assert_int_equal(put(store, &order), RTN_PUT_SAME);
    assert_int_equal(order_rows(store), 1);
}


static void
test_empty_id(void **state)
{
    struct rtn_store  *store = ((struct support *) *state)->store;
    struct rtn_order   order;

    order = order_of("", 1, 0);

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_order_put(store, &order), RTN_ERR_LIMIT);
    rtn_crm_abort(store);
}


static void
test_updates(void **state)
{
    size_t             i;
    struct rtn_store  *store = ((struct support *) *state)->store;
    struct rtn_order   order;

    static const struct {
        int64_t       updated_ms;       /* 0: not given */
        int64_t       amount;
        enum rtn_put  put;
        int64_t       stored;           /* amount afterwards */
    } steps[] = {
        { 0,  10, RTN_PUT_NEW,     10 },
        { 0,  10, RTN_PUT_SAME,    10 },
        { 0,  11, RTN_PUT_CHANGED, 11 },
        { 50, 12, RTN_PUT_CHANGED, 12 },
        { 49, 13, RTN_PUT_OLDER,   12 },
        { 50, 14, RTN_PUT_CHANGED, 14 },
        { 51, 15, RTN_PUT_CHANGED, 15 },
        { 50, 14, RTN_PUT_OLDER,   15 },
        { 51, 15, RTN_PUT_SAME,    15 },
        { 0,  16, RTN_PUT_CHANGED, 16 },
        { 1,  17, RTN_PUT_CHANGED, 17 }
    };

    for (i = 0; i < COUNT(steps); i++) {
        order = order_of("o", 1, steps[i].updated_ms);
        order.amount_minor = steps[i].amount;

        assert_int_equal(put(store, &order), steps[i].put);
        assert_int_equal(only(store).amount_minor, steps[i].stored);
    }
}


/* A changed time or customer moves the row, and leaves no other behind. */
static void
test_moves(void **state)
{
    struct rtn_store  *store = ((struct support *) *state)->store;
    struct rtn_order   order;

    order = order_of("o", 5, 0);
    assert_int_equal(put(store, &order), RTN_PUT_NEW);

    order.ordered_ms--;
    assert_int_equal(put(store, &order), RTN_PUT_CHANGED);
    assert_int_equal(only(store).ordered_ms, NOW - 1);

    order.customer = 4;
    assert_int_equal(put(store, &order), RTN_PUT_CHANGED);
    assert_int_equal(only(store).customer, 4);

    assert_int_equal(put(store, &order), RTN_PUT_SAME);

    order.updated_ms = 10;
    assert_int_equal(put(store, &order), RTN_PUT_CHANGED);

    order.customer = 9;
    order.updated_ms = 9;
    assert_int_equal(put(store, &order), RTN_PUT_OLDER);
    assert_int_equal(only(store).customer, 4);
}


/* Any order of writing reads back by customer and time. */
static void
test_scan(void **state)
{
    size_t                  i, n;
    struct rtn_store       *store = ((struct support *) *state)->store;
    struct rtn_order        order, last;
    struct rtn_order_scan  *scan;

    assert_int_equal(rtn_crm_begin(store), 0);

    for (i = 0; i < 6000; i++) {
        order = order_of("", (uint32_t) random_below(300) + 1, 0);
        snprintf(order.order_id, sizeof(order.order_id), "%zu", i);
        order.ordered_ms = (int64_t) random_below(2000) - 1000;
        assert_int_equal(rtn_order_put(store, &order), 0);
    }

    assert_int_equal(rtn_crm_commit(store), 0);
    assert_int_equal(rtn_order_scan_open(store, &scan), 0);

    memset(&last, 0, sizeof(last));

    for (n = 0; rtn_order_scan_next(scan, &order) == 0; n++) {
        assert_true(order.customer > last.customer
                    || (order.customer == last.customer
                        && order.ordered_ms >= last.ordered_ms));
        last = order;
    }

    assert_int_equal(n, 6000);
    rtn_order_scan_close(scan);
}


static void
test_until(void **state)
{
    bool               is_declared;
    size_t             i;
    int64_t            until_ms;
    struct rtn_store  *store = ((struct support *) *state)->store;

    static const struct {
        int64_t  until_ms;
        bool     is_declared;
        int64_t  stored_ms;
        bool     was_declared;
    } steps[] = {
        { 100, false, 100, false },
        {  99, false, 100, false },
        { 110, false, 110, false },
        { 105, true,  105, true },
        { 105, false, 105, true },
        { 104, true,  104, true },
        { 106, false, 106, false },
        { 106, true,  106, true }
    };

    assert_int_equal(rtn_orders_until_get(store, &until_ms, &is_declared),
                     RTN_ERR_NOT_FOUND);

    for (i = 0; i < COUNT(steps); i++) {

        /* within a slice and outside of one */
        if (i % 2) {
            assert_int_equal(rtn_crm_begin(store), 0);
        }

        assert_int_equal(rtn_orders_until_put(store, steps[i].until_ms,
                                              steps[i].is_declared), 0);
        if (i % 2) {
            assert_int_equal(rtn_crm_commit(store), 0);
        }

        assert_int_equal(rtn_orders_until_get(store, &until_ms, &is_declared),
                         0);
        assert_int_equal(until_ms, steps[i].stored_ms);
        assert_int_equal(is_declared, steps[i].was_declared);
    }
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, support_setup,     \
                                                    support_teardown)

int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_round_trip),
        TEST(test_empty_id),
        TEST(test_updates),
        TEST(test_moves),
        TEST(test_scan),
        TEST(test_until)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
