/* Orders in runs against a plain list of them: random puts, updates, other
   customers, guests that become customers, slices that are dropped, merges. */

#include "support.h"

#include "db/order.h"
#include "random.h"

#define ORDERS     400
#define CUSTOMERS  40
#define GUESTS     10
#define SLICES     120
#define MOMENTS    40

/* The plain list; customer 0: there is no such order. */
struct model {
    struct rtn_order  orders[ORDERS];
    uint64_t          puts[RTN_PUTS];
};


static struct rtn_order
order_random(size_t i, const uint32_t customers[CUSTOMERS])
{
    struct rtn_order  order;

    memset(&order, 0, sizeof(order));
    snprintf(order.order_id, sizeof(order.order_id), "o%zu", i);
    order.customer = customers[random_below(CUSTOMERS)];
    order.ordered_ms = SUPPORT_NOW_MS + (int64_t) random_below(20);
    order.updated_ms = random_below(3) == 0
                       ? 0 : (int64_t) random_below(5) + 1;
    order.status = (enum rtn_order_status) random_below(3);
    strcpy(order.currency, random_below(4) == 0 ? "UAH" : "EUR");
    order.amount_minor = (int64_t) random_below(4);
    order.refunded_minor = (int64_t) random_below(2);
    order.has_cost = random_below(2) == 0;
    order.cost_minor = order.has_cost ? (int64_t) random_below(3) - 1 : 0;

    if (random_below(5) == 0) {
        memset(order.coupon, 'c', RTN_FIELD_MAX);
    }

    return order;
}


static bool
order_is_same(const struct rtn_order *a, const struct rtn_order *b)
{
    return strcmp(a->order_id, b->order_id) == 0
           && a->customer == b->customer
           && a->ordered_ms == b->ordered_ms
           && a->updated_ms == b->updated_ms && a->status == b->status
           && strcmp(a->currency, b->currency) == 0
           && a->amount_minor == b->amount_minor
           && a->discount_minor == b->discount_minor
           && a->refunded_minor == b->refunded_minor
           && a->has_cost == b->has_cost && a->cost_minor == b->cost_minor
           && a->items == b->items && strcmp(a->coupon, b->coupon) == 0
           && strcmp(a->channel, b->channel) == 0;
}


static void
model_put(struct model *model, size_t i, const struct rtn_order *order)
{
    struct rtn_order  *stored = &model->orders[i];

    if (stored->customer == 0) {
        model->puts[RTN_PUT_NEW]++;

    } else if (order_is_same(stored, order)) {
        model->puts[RTN_PUT_SAME]++;

    } else if (order->updated_ms != 0
               && stored->updated_ms > order->updated_ms)
    {
        model->puts[RTN_PUT_OLDER]++;
        return;

    } else {
        model->puts[RTN_PUT_CHANGED]++;
    }

    *stored = *order;
}


static int
model_compare(const void *a, const void *b)
{
    const struct rtn_order  *x = a, *y = b;

    if (x->customer != y->customer) {
        return x->customer < y->customer ? -1 : 1;
    }

    if (x->ordered_ms != y->ordered_ms) {
        return x->ordered_ms < y->ordered_ms ? -1 : 1;
    }

    return strcmp(x->order_id, y->order_id);
}


static void
model_check(struct rtn_store *store, const struct model *model)
{
    size_t                  i;
    struct rtn_order        sorted[ORDERS], order;
    struct rtn_order_scan  *scan;

    memcpy(sorted, model->orders, sizeof(sorted));
    qsort(sorted, ORDERS, sizeof(sorted[0]), model_compare);

    assert_int_equal(rtn_order_scan_open(store, &scan), 0);

    for (i = 0; i < ORDERS; i++) {
        if (sorted[i].customer != 0) {
            assert_int_equal(rtn_order_scan_next(scan, &order), 0);
            assert_true(order_is_same(&sorted[i], &order));
        }
    }

    assert_int_equal(rtn_order_scan_next(scan, &order), RTN_ERR_NOT_FOUND);
    rtn_order_scan_close(scan);
}


/* A slice of puts; the counts of a part are asked for on the way. */
static void
slice_put(struct rtn_store *store, struct model *model,
    const uint32_t customers[CUSTOMERS])
{
    size_t            i, n;
    uint64_t          puts[RTN_PUTS] = { 0 };
    struct model      before = *model;
    struct rtn_order  order;

    assert_int_equal(rtn_crm_begin(store), 0);

    for (n = random_below(60) + 1; n > 0; n--) {
        i = random_below(ORDERS);
        order = order_random(i, customers);

        /* often what is stored already */
        if (random_below(2) == 0 && model->orders[i].customer != 0) {
            order = model->orders[i];
        }

        assert_int_equal(rtn_order_put(store, &order), 0);
        model_put(model, i, &order);

        if (random_below(20) == 0) {
            assert_int_equal(rtn_orders_write(store, puts), 0);
        }
    }

    if (random_below(8) == 0) {
        rtn_crm_abort(store);
        *model = before;
        return;
    }

    assert_int_equal(rtn_orders_write(store, puts), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    for (i = RTN_PUT_NEW; i < RTN_PUTS; i++) {
        before.puts[i] += puts[i];
        assert_int_equal(before.puts[i], model->puts[i]);
    }
}


/* A guest becomes the customer who stands in his place from now on. */
static void
slice_join(struct rtn_store *store, struct model *model, uint32_t *customer,
    size_t guest, uint32_t known)
{
    size_t               i;
    enum rtn_put         put;
    struct rtn_customer  joined;

    assert_int_equal(rtn_customer_get(store, known, &joined), 0);
    snprintf(joined.email, sizeof(joined.email), "g%zu@shop", guest);

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_customer_put(store, &joined, RTN_CUSTOMER_EMAIL,
                                      &put), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    for (i = 0; i < ORDERS; i++) {
        if (model->orders[i].customer == *customer) {
            model->orders[i].customer = known;
        }
    }

    *customer = known;
}


static void
customers_make(struct rtn_store *store, uint32_t customers[CUSTOMERS])
{
    char            text[32];
    size_t          i;
    struct rtn_str  id = { text, 0 };

    assert_int_equal(rtn_crm_begin(store), 0);

    for (i = 0; i < CUSTOMERS; i++) {
        id.len = (size_t) snprintf(text, sizeof(text), i < GUESTS
                                   ? "g%zu@shop" : "c%zu", i);

        assert_int_equal(i < GUESTS
                         ? rtn_guest_ensure(store, id, &customers[i])
                         : rtn_customer_ensure(store, id, &customers[i]), 0);
    }

    assert_int_equal(rtn_crm_commit(store), 0);
}


static struct order_runs
runs_of(struct rtn_store *store)
{
    struct db_txn      txn;
    struct order_runs  runs;

    assert_int_equal(db_read_begin(store, DB_CRM, &txn), 0);
    assert_int_equal(order_runs_get(&txn, &runs), 0);
    db_read_end(&txn);

    return runs;
}


/* Rows of runs that are not in the list. */
static size_t
rows_left(struct rtn_store *store, enum db_table table)
{
    size_t             i, left = 0;
    struct rtn_str     key, payload;
    struct db_scan    *scan;
    struct order_runs  runs = runs_of(store);

    assert_int_equal(db_scan_open(store, DB_CRM, table, RTN_STR(""),
                                  RTN_STR(""), &scan), 0);

    while (db_scan_next(scan, &key, &payload) == 0) {
        for (i = 0; i < runs.n; i++) {
            if (runs.runs[i].number
                == db_key_read_u32((const uint8_t *) key.data))
            {
                break;
            }
        }

        left += i == runs.n;
    }

    db_scan_close(scan);

    return left;
}


static void
test_model(void **state)
{
    size_t                i, guest;
    uint32_t              customers[CUSTOMERS];
    struct rtn_store     *store = ((struct support *) *state)->store;
    static struct model   model;

    memset(&model, 0, sizeof(model));
    customers_make(store, customers);

    for (i = 0, guest = 0; i < SLICES; i++) {
        slice_put(store, &model, customers);

        if (i % 10 == 9 && guest < GUESTS) {
            slice_join(store, &model, &customers[guest], guest,
                       customers[GUESTS + guest]);
            guest++;
        }

        model_check(store, &model);

        /* before a slice there are few; it may write several */
        assert_in_range(runs_of(store).n, 0, ORDER_RUNS_MAX / 2);
    }

    assert_int_equal(guest, GUESTS);
    assert_int_equal(rows_left(store, DB_ORDERS), 0);
    assert_int_equal(rows_left(store, DB_ORDER_IDS), 0);
}


/* Rows of a merge that did not come to its end are read by nobody, and go. */
static void
test_left_behind(void **state)
{
    struct db_txn         txn;
    struct rtn_store     *store = ((struct support *) *state)->store;
    struct rtn_order      order;
    struct order_runs     runs;
    struct order_writer   writer;
    static struct model   model;
    static uint32_t       customers[CUSTOMERS];

    memset(&model, 0, sizeof(model));
    customers_make(store, customers);
    slice_put(store, &model, customers);

    assert_int_equal(db_begin(store, DB_CRM, &txn), 0);
    assert_int_equal(order_runs_get(&txn, &runs), 0);

    runs.last++;
    order_writer_init(&writer, &txn, runs.last);
    assert_int_equal(order_writer_add(&writer, 1, false,
                                      (struct order_record) {
                                          (const uint8_t *) "x", 1 }), 0);
    assert_int_equal(order_writer_id(&writer, 1, 1), 0);
    assert_int_equal(order_writer_end(&writer), 0);
    assert_int_equal(order_runs_put(&txn, &runs), 0);
    assert_int_equal(db_commit(&txn), 0);

    model_check(store, &model);
    assert_int_equal(rows_left(store, DB_ORDERS), 1);
    assert_int_equal(rows_left(store, DB_ORDER_IDS), 1);

    order = order_random(0, customers);
    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_order_put(store, &order), 0);
    assert_int_equal(rtn_crm_commit(store), 0);
    model_put(&model, 0, &order);

    model_check(store, &model);
    assert_int_equal(rows_left(store, DB_ORDERS), 0);
    assert_int_equal(rows_left(store, DB_ORDER_IDS), 0);
}


/* A scan goes on in the moment at which it was opened. */
static void
test_moment(void **state)
{
    size_t                  i, n;
    uint32_t                customers[CUSTOMERS];
    struct rtn_store       *store = ((struct support *) *state)->store;
    struct rtn_order        order;
    struct rtn_order_scan  *scan;
    static struct model     model;

    memset(&model, 0, sizeof(model));
    customers_make(store, customers);

    for (i = 0; i < MOMENTS; i++) {
        order = order_random(i, customers);
        assert_int_equal(rtn_crm_begin(store), 0);
        assert_int_equal(rtn_order_put(store, &order), 0);
        assert_int_equal(rtn_crm_commit(store), 0);
        model_put(&model, i, &order);

        if (i == MOMENTS / 2) {
            assert_int_equal(rtn_order_scan_open(store, &scan), 0);
        }
    }

    for (n = 0; rtn_order_scan_next(scan, &order) == 0; n++) {
        /* void */
    }

    assert_int_equal(n, MOMENTS / 2 + 1);
    rtn_order_scan_close(scan);
    model_check(store, &model);
}


/* An id that is a prefix of another, of one customer and time, and a row that
   many orders fill. */
static void
test_many_of_one(void **state)
{
    size_t             i;
    uint64_t           puts[RTN_PUTS] = { 0 };
    struct rtn_store  *store = ((struct support *) *state)->store;
    struct rtn_order   order;
    struct rtn_order_scan  *scan;

    memset(&order, 0, sizeof(order));
    order.customer = 7;
    strcpy(order.currency, "EUR");

    for (i = 0; i < 2; i++) {
        assert_int_equal(rtn_crm_begin(store), 0);

        for (order.order_id[0] = '\0'; strlen(order.order_id)
             < RTN_ORDER_ID_MAX; )
        {
            strcat(order.order_id, "x");
            memset(order.channel, 'c', RTN_FIELD_MAX);
            assert_int_equal(rtn_order_put(store, &order), 0);
        }

        assert_int_equal(rtn_orders_write(store, puts), 0);
        assert_int_equal(rtn_crm_commit(store), 0);
        assert_int_equal(puts[RTN_PUT_NEW], RTN_ORDER_ID_MAX);
        assert_int_equal(puts[RTN_PUT_SAME], i * RTN_ORDER_ID_MAX);
    }

    assert_int_equal(rtn_order_scan_open(store, &scan), 0);

    for (i = 1; i <= RTN_ORDER_ID_MAX; i++) {
        assert_int_equal(rtn_order_scan_next(scan, &order), 0);
        assert_int_equal(strlen(order.order_id), i);
    }

    assert_int_equal(rtn_order_scan_next(scan, &order), RTN_ERR_NOT_FOUND);
    rtn_order_scan_close(scan);
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, support_setup,     \
                                                    support_teardown)

int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        TEST(test_model),
        TEST(test_left_behind),
        TEST(test_moment),
        TEST(test_many_of_one)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
