/* Customers and guests: numbers, e-mails, and what an import may change. */

#include "support.h"

#include "db/crm.h"
#include "rtn_crm.h"


static struct rtn_customer
customer_of(const char *id, const char *email)
{
    struct rtn_customer  customer;

    memset(&customer, 0, sizeof(customer));
    snprintf(customer.id, sizeof(customer.id), "%s", id);
    snprintf(customer.email, sizeof(customer.email), "%s", email);

    return customer;
}


/* One row in a slice of its own. */
static int
put(struct rtn_store *store, struct rtn_customer *customer, uint32_t given,
    enum rtn_put *done)
{
    int  rc;

    assert_int_equal(rtn_crm_begin(store), 0);
    rc = rtn_customer_put(store, customer, given, done);
    assert_int_equal(rtn_crm_commit(store), 0);

    return rc;
}


static uint32_t
put_email(struct rtn_store *store, const char *id, const char *email,
    enum rtn_put expected)
{
    enum rtn_put         done;
    struct rtn_customer  customer;

    customer = customer_of(id, email);

    assert_int_equal(put(store, &customer, RTN_CUSTOMER_EMAIL, &done), 0);
    assert_int_equal(done, expected);

    return customer.number;
}


static uint32_t
guest(struct rtn_store *store, const char *email)
{
    uint32_t  number;

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_guest_ensure(store, str(email), &number), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    return number;
}


static void
order(struct rtn_store *store, const char *id, uint32_t customer)
{
    struct rtn_order  order;

    memset(&order, 0, sizeof(order));
    snprintf(order.order_id, sizeof(order.order_id), "%s", id);
    order.customer = customer;
    order.ordered_ms = SUPPORT_NOW_MS;
    order.amount_minor = 100;
    strcpy(order.currency, "EUR");

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_order_put(store, &order), 0);
    assert_int_equal(rtn_crm_commit(store), 0);
}


/* How many orders a customer has; all says how many there are. */
static size_t
orders(struct rtn_store *store, uint32_t customer, size_t *all)
{
    size_t                  n;
    struct rtn_order        order;
    struct rtn_order_scan  *scan;

    assert_int_equal(rtn_order_scan_open(store, &scan), 0);

    for (n = 0, *all = 0; rtn_order_scan_next(scan, &order) == 0; (*all)++) {
        n += order.customer == customer;
    }

    rtn_order_scan_close(scan);

    return n;
}


static void
test_normalise(void **state)
{
    size_t  i;
    char    out[RTN_EMAIL_MAX + 1], text[RTN_EMAIL_MAX + 2];

    static const struct {
        const char  *text;
        const char  *normalised;        /* NULL: RTN_ERR_LIMIT */
    } emails[] = {
        { "a@b", "a@b" },
        { " \tAnn.Lee+x@Shop.EXAMPLE\r\n", "ann.lee+x@shop.example" },
        { "\xC3\x84nn@shop.example", "\xC3\x84nn@shop.example" },
        { "\"a@b\"@shop.example", "\"a@b\"@shop.example" },
        { "", NULL },
        { "  ", NULL },
        { "ann", NULL },
        { "@shop.example", NULL },
        { "ann@", NULL },
        { "@", NULL },
        { "ann lee@shop.example", NULL },
        { "ann@shop.example\nbob@shop.example", NULL },
        { "ann\x7F@shop.example", NULL }
    };

    (void) state;

    for (i = 0; i < COUNT(emails); i++) {
        if (emails[i].normalised == NULL) {
            assert_int_equal(rtn_email_normalise(str(emails[i].text), out),
                             RTN_ERR_LIMIT);
            continue;
        }

        assert_int_equal(rtn_email_normalise(str(emails[i].text), out), 0);
        assert_string_equal(out, emails[i].normalised);
    }

    assert_int_equal(rtn_email_normalise(RTN_STR("a\0@b"), out),
                     RTN_ERR_LIMIT);

    memset(text, 'a', sizeof(text));
    text[1] = '@';
    assert_int_equal(rtn_email_normalise((struct rtn_str) { text, 254 },
                                         out), 0);
    assert_int_equal(strlen(out), 254);
    assert_int_equal(rtn_email_normalise((struct rtn_str) { text, 255 },
                                         out), RTN_ERR_LIMIT);
}


static void
test_round_trip(void **state)
{
    uint32_t             given, number;
    enum rtn_put         done;
    struct rtn_store    *store = ((struct support *) *state)->store;
    struct rtn_customer  customer, read;

    customer = customer_of("c-1", "Ann@Shop.example");
    strcpy(customer.phone, "+380441234567");
    strcpy(customer.name, "Ann");
    strcpy(customer.country, "UA");
    strcpy(customer.language, "uk");
    memset(customer.channel, 'x', RTN_FIELD_MAX);
    customer.registered_ms = 12345;
    strcpy(customer.birthday, "1990-02-28");
    memset(customer.referred_by, 'r', RTN_CUSTOMER_ID_MAX);
    customer.consent = RTN_CONSENT_GRANTED;

    given = RTN_CUSTOMER_EMAIL | RTN_CUSTOMER_PHONE | RTN_CUSTOMER_NAME
            | RTN_CUSTOMER_COUNTRY | RTN_CUSTOMER_LANGUAGE
            | RTN_CUSTOMER_CHANNEL | RTN_CUSTOMER_REGISTERED
            | RTN_CUSTOMER_BIRTHDAY | RTN_CUSTOMER_CONSENT
            | RTN_CUSTOMER_SUBSCRIBED | RTN_CUSTOMER_REFERRED_BY;

    assert_int_equal(put(store, &customer, given, &done), 0);
    assert_int_equal(done, RTN_PUT_NEW);
    assert_int_equal(customer.number, 1);

    assert_int_equal(rtn_customer_get(store, 1, &read), 0);
    assert_memory_equal(&read, &customer, sizeof(read));

    assert_int_equal(put(store, &customer, given, &done), 0);
    assert_int_equal(done, RTN_PUT_SAME);

    /* columns that the file did not have */
    memset(&customer.phone, 0, sizeof(customer.phone));
    customer.consent = RTN_CONSENT_DENIED;
    assert_int_equal(put(store, &customer, RTN_CUSTOMER_CONSENT, &done), 0);
    assert_int_equal(done, RTN_PUT_CHANGED);
    assert_int_equal(rtn_customer_get(store, 1, &read), 0);
    assert_string_equal(read.phone, "+380441234567");
    assert_int_equal(read.consent, RTN_CONSENT_DENIED);

    assert_int_equal(rtn_customer_find(store, str("c-1"), &number), 0);
    assert_int_equal(number, 1);
    assert_int_equal(rtn_customer_find(store, str("c-2"), &number),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_customer_find(store, str(""), &number),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_customer_get(store, 2, &read), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_customer_last(store, &number), 0);
    assert_int_equal(number, 1);

    customer = customer_of("", "x@y");
    assert_int_equal(put(store, &customer, given, &done), RTN_ERR_LIMIT);
    customer = customer_of("c-3", "x");
    assert_int_equal(put(store, &customer, given, &done), RTN_ERR_LIMIT);
    assert_int_equal(rtn_customer_find(store, str("c-3"), &number),
                     RTN_ERR_NOT_FOUND);
}


/* Behind what each customer has: fields by their tags, which rise. */
static void
test_fields(void **state)
{
    size_t               i;
    uint8_t              row[CRM_CUSTOMER_ROW_MAX], key[4];
    struct rtn_str       payload;
    struct rtn_customer  customer, read;

    static const struct {
        struct rtn_str  fields;
        int             rc;
        const char     *referred_by;
    } cases[] = {
        { { "", 0 },                            0,  "" },
        { { "\2\0\1a", 4 },                     0,  "a" },
        { { "\2\0\1a\4\0\2xy", 9 },            0,  "a" },
        { { "\4\0\0\6\0\1x", 7 },              0,  "" },
        { { "\1\0\0", 3 },                      RTN_ERR_NEWER,   NULL },
        { { "\2\0\1a\3\0\0", 7 },              RTN_ERR_NEWER,   NULL },
        { { "\2\0\1a\2\0\1b", 8 },             RTN_ERR_CORRUPT, NULL },
        { { "\4\0\0\2\0\1a", 7 },              RTN_ERR_CORRUPT, NULL },
        { { "\0\0\0", 3 },                      RTN_ERR_CORRUPT, NULL },
        { { "\2\0\2a", 4 },                     RTN_ERR_CORRUPT, NULL },
        { { "\2\0\1\0", 4 },                    RTN_ERR_CORRUPT, NULL },
        { { "\2", 1 },                          RTN_ERR_CORRUPT, NULL }
    };

    (void) state;

    customer = customer_of("c", "");
    assert_int_equal(crm_customer_encode(&customer, row, &payload), 0);

    for (i = 0; i < COUNT(cases); i++) {
        memcpy(row + payload.len, cases[i].fields.data, cases[i].fields.len);

        assert_int_equal(
            crm_customer_decode(crm_customer_key(key, 7),
                                (struct rtn_str) {
                                    (const char *) row,
                                    payload.len + cases[i].fields.len
                                }, &read),
            cases[i].rc);

        if (cases[i].rc == 0) {
            assert_string_equal(read.referred_by, cases[i].referred_by);
        }
    }
}


static void
test_unsubscribed(void **state)
{
    enum rtn_put         done;
    struct rtn_store    *store = ((struct support *) *state)->store;
    struct rtn_customer  customer, read;

    customer = customer_of("c", "");
    customer.is_unsubscribed = true;

    /* not a column of this file */
    assert_int_equal(put(store, &customer, 0, &done), 0);
    assert_int_equal(rtn_customer_get(store, 1, &read), 0);
    assert_false(read.is_unsubscribed);

    assert_int_equal(put(store, &customer, RTN_CUSTOMER_SUBSCRIBED, &done),
                     0);
    assert_int_equal(done, RTN_PUT_CHANGED);

    customer.is_unsubscribed = false;
    assert_int_equal(put(store, &customer, RTN_CUSTOMER_SUBSCRIBED, &done),
                     0);
    assert_int_equal(done, RTN_PUT_SAME);
    assert_int_equal(rtn_customer_get(store, 1, &read), 0);
    assert_true(read.is_unsubscribed);
}


static void
test_emails(void **state)
{
    uint32_t             ann;
    enum rtn_put         done;
    struct rtn_store    *store = ((struct support *) *state)->store;
    struct rtn_customer  customer;

    ann = put_email(store, "ann", "ann@x", RTN_PUT_NEW);
    put_email(store, "ann", "ann@x", RTN_PUT_SAME);
    put_email(store, "ann", "Ann@x", RTN_PUT_CHANGED);
    assert_int_equal(guest(store, "ANN@X"), ann);

    customer = customer_of("bob", " ann@X");
    assert_int_equal(put(store, &customer, RTN_CUSTOMER_EMAIL, &done),
                     RTN_ERR_EXISTS);
    assert_int_equal(put(store, &customer, 0, &done), 0);
    assert_int_equal(done, RTN_PUT_NEW);
    assert_int_equal(put(store, &customer, RTN_CUSTOMER_EMAIL, &done),
                     RTN_ERR_EXISTS);

    /* the old e-mail is free again */
    put_email(store, "ann", "lee@x", RTN_PUT_CHANGED);
    put_email(store, "bob", "ann@x", RTN_PUT_CHANGED);
    put_email(store, "ann", "", RTN_PUT_CHANGED);
    put_email(store, "eve", "lee@x", RTN_PUT_NEW);
}


/* A guest who becomes a new customer keeps number and orders. */
static void
test_promoted(void **state)
{
    size_t               all;
    uint32_t             number;
    struct rtn_store    *store = ((struct support *) *state)->store;
    struct rtn_customer  read;

    number = guest(store, " Ann@X ");
    assert_int_equal(guest(store, "ann@x"), number);
    order(store, "o-1", number);

    assert_int_equal(rtn_customer_get(store, number, &read), 0);
    assert_true(read.is_guest);
    assert_string_equal(read.id, "");
    assert_string_equal(read.email, "Ann@X");

    assert_int_equal(put_email(store, "ann", "ann@x", RTN_PUT_NEW), number);
    assert_int_equal(orders(store, number, &all), 1);

    assert_int_equal(rtn_customer_get(store, number, &read), 0);
    assert_false(read.is_guest);
    assert_string_equal(read.id, "ann");

    /* now a customer's, so nobody else may have it */
    assert_int_equal(guest(store, "ann@x"), number);
    put_email(store, "ann", "ann@x", RTN_PUT_SAME);
}


/* A guest whose e-mail a known customer gets gives up his orders. */
static void
test_merged(void **state)
{
    size_t                     n, all;
    char                       id[16];
    uint32_t                   ann, bob, number;
    struct rtn_store          *store = ((struct support *) *state)->store;
    struct rtn_customer        read;
    struct rtn_customer_scan  *scan;

    ann = put_email(store, "ann", "", RTN_PUT_NEW);
    number = guest(store, "ann@x");
    bob = put_email(store, "bob", "bob@x", RTN_PUT_NEW);

    order(store, "o-1", ann);
    order(store, "o-2", bob);

    for (n = 0; n < 20; n++) {
        snprintf(id, sizeof(id), "g-%zu", n);
        order(store, id, number);
    }

    assert_int_equal(put_email(store, "ann", "ann@x", RTN_PUT_CHANGED), ann);

    assert_int_equal(orders(store, ann, &all), 21);
    assert_int_equal(orders(store, bob, &all), 1);
    assert_int_equal(orders(store, number, &all), 0);
    assert_int_equal(all, 22);
    assert_int_equal(rtn_customer_get(store, number, &read),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(guest(store, "ann@x"), ann);

    /* an order is still found by its id */
    order(store, "g-7", bob);
    assert_int_equal(orders(store, ann, &all), 20);
    assert_int_equal(all, 22);

    assert_int_equal(rtn_customer_scan_open(store, &scan), 0);
    assert_int_equal(rtn_customer_scan_next(scan, &read), 0);
    assert_int_equal(read.number, ann);
    assert_int_equal(rtn_customer_scan_next(scan, &read), 0);
    assert_int_equal(read.number, bob);
    assert_int_equal(rtn_customer_scan_next(scan, &read), RTN_ERR_NOT_FOUND);
    rtn_customer_scan_close(scan);
}


static void
test_too_many(void **state)
{
    size_t               i, all;
    uint32_t             number, ann;
    enum rtn_put         done;
    struct rtn_order     order;
    struct rtn_store    *store = ((struct support *) *state)->store;
    struct rtn_customer  customer;

    ann = put_email(store, "ann", "", RTN_PUT_NEW);
    number = guest(store, "till@shop");

    memset(&order, 0, sizeof(order));
    order.customer = number;

    assert_int_equal(rtn_crm_begin(store), 0);

    for (i = 0; i <= RTN_GUEST_ORDERS_MAX; i++) {
        snprintf(order.order_id, sizeof(order.order_id), "%zu", i);
        order.ordered_ms = (int64_t) i;
        assert_int_equal(rtn_order_put(store, &order), 0);
    }

    assert_int_equal(rtn_crm_commit(store), 0);

    customer = customer_of("ann", "till@shop");
    assert_int_equal(put(store, &customer, RTN_CUSTOMER_EMAIL, &done),
                     RTN_ERR_LIMIT);
    assert_int_equal(orders(store, number, &all), RTN_GUEST_ORDERS_MAX + 1);

    /* one less is not too many */
    order.customer = ann;
    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_order_put(store, &order), 0);
    assert_int_equal(rtn_crm_commit(store), 0);

    assert_int_equal(put(store, &customer, RTN_CUSTOMER_EMAIL, &done), 0);
    assert_int_equal(orders(store, ann, &all), RTN_GUEST_ORDERS_MAX + 1);
}


static void
test_ensure(void **state)
{
    uint32_t           a, b;
    struct rtn_store  *store = ((struct support *) *state)->store;

    assert_int_equal(rtn_crm_begin(store), 0);

    assert_int_equal(rtn_customer_ensure(store, str("ann"), &a), 0);
    assert_int_equal(rtn_customer_ensure(store, str("bob"), &b), 0);
    assert_int_not_equal(a, b);
    assert_int_equal(rtn_customer_ensure(store, str("ann"), &b), 0);
    assert_int_equal(a, b);

    assert_int_equal(rtn_customer_ensure(store, str(""), &b), RTN_ERR_LIMIT);
    assert_int_equal(rtn_customer_ensure(store, RTN_STR("a\0b"), &b),
                     RTN_ERR_LIMIT);
    assert_int_equal(rtn_guest_ensure(store, str("x"), &b), RTN_ERR_LIMIT);

    assert_int_equal(rtn_crm_commit(store), 0);

    put_email(store, "ann", "", RTN_PUT_SAME);
}


/* A slice that is dropped leaves nothing, its numbers included. */
static void
test_abort(void **state)
{
    uint32_t          number;
    struct support   *support = *state;
    struct rtn_store *store = support->store;

    put_email(store, "ann", "", RTN_PUT_NEW);

    assert_int_equal(rtn_crm_begin(store), 0);
    assert_int_equal(rtn_customer_ensure(store, str("bob"), &number), 0);
    assert_int_equal(number, 2);
    rtn_crm_abort(store);

    assert_int_equal(rtn_customer_find(store, str("bob"), &number),
                     RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_customer_last(store, &number), 0);
    assert_int_equal(number, 1);

    support_open(support, RTN_OPEN_ALL);
    assert_int_equal(put_email(support->store, "eve", "", RTN_PUT_NEW), 2);

    support_open(support, RTN_OPEN_ALL | RTN_OPEN_READ_ONLY);
    assert_int_equal(rtn_crm_begin(support->store), RTN_ERR_READ_ONLY);
    assert_null(support->store->slice);
}


static void
test_last_number(void **state)
{
    uint32_t           number;
    struct rtn_store  *store = ((struct support *) *state)->store;

    assert_int_equal(rtn_crm_begin(store), 0);
    crm_slice_of(store)->counters.customer = RTN_CUSTOMERS_MAX - 1;
    assert_int_equal(rtn_customer_ensure(store, str("ann"), &number), 0);
    assert_int_equal(number, RTN_CUSTOMERS_MAX);
    assert_int_equal(rtn_customer_ensure(store, str("bob"), &number),
                     RTN_ERR_LIMIT);
    assert_int_equal(rtn_guest_ensure(store, str("b@x"), &number),
                     RTN_ERR_LIMIT);
    assert_int_equal(rtn_crm_commit(store), 0);

    assert_int_equal(rtn_customer_find(store, str("bob"), &number),
                     RTN_ERR_NOT_FOUND);
}


#define TEST(name)  cmocka_unit_test_setup_teardown(name, support_setup,     \
                                                    support_teardown)

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_normalise),
        TEST(test_round_trip),
        cmocka_unit_test(test_fields),
        TEST(test_unsubscribed),
        TEST(test_emails),
        TEST(test_promoted),
        TEST(test_merged),
        TEST(test_too_many),
        TEST(test_ensure),
        TEST(test_abort),
        TEST(test_last_number)
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
