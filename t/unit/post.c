/* The fields of one event, and the rules between them. */

#include <stdio.h>

#include "random.h"
#include "unit.h"

#include "rtn_post.h"

#define TOKEN  "FAcBAgMBCgsMDQUtxsBMgj8NRdz4vdqa9PLWRaDa"

static struct rtn_post        *post;
static struct rtn_json_fault   fault;


static int
read_as(enum rtn_post_sender sender, bool partial, const char *body)
{
    rtn_post_free(post);
    post = NULL;

    return rtn_post_read(str(body), sender, partial, &post, &fault);
}


static int
release(void **state)
{
    (void) state;

    rtn_post_free(post);
    post = NULL;

    return 0;
}


static void
assert_text(struct rtn_str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data, expected, text.len);
}


static void
test_all_fields(void **state)
{
    static const char  body[] =
        "{\"amount\": \"30.00\", \"event_id\": \"e-1\","
        " \"kind\": \"purchase\", \"customer\": \"\\u00e9 7\","
        " \"campaign\": \"back\", \"link\": \"shop\","
        " \"occurred_at\": \"2026-11-25T09:30:00Z\", \"order_id\": \"A-1\","
        " \"items\": [{\"price\": 12, \"sku\": \"a\", \"category\": \"c\","
        " \"quantity\": 2}, {\"sku\": \"b\", \"quantity\": \"0.5\"},"
        " {\"sku\": \"c\", \"quantity\": 1.001}, {\"sku\": \"d\"}],"
        " \"currency\": \"EUR\"}";

    const struct rtn_posted_event  *posted;

    (void) state;

    assert_int_equal(read_as(RTN_SENDER_SERVER, false, body), 0);
    assert_int_equal(rtn_post_count(post), 1);

    posted = rtn_post_event(post, 0, NULL);
    assert_non_null(posted);
    assert_text(posted->event_id, "e-1");
    assert_text(posted->customer, "\xC3\xA9 7");
    assert_text(posted->campaign, "back");
    assert_text(posted->link, "shop");
    assert_int_equal(posted->token.len, 0);
    assert_int_equal(posted->event.kind, RTN_KIND_PURCHASE);
    assert_int_equal(posted->event.source, RTN_SOURCE_SERVER);
    assert_int_equal(posted->event.class, RTN_CLASS_HUMAN);
    assert_true(posted->event.names_customer);
    assert_true(posted->event.occurred_ms == INT64_C(1795599000000));
    assert_text(posted->event.order_id, "A-1");
    assert_true(posted->event.has_amount);
    assert_true(posted->event.amount_minor == 3000);
    assert_string_equal(posted->event.currency, "EUR");

    assert_int_equal(posted->event.item_count, 4);
    assert_text(posted->event.items[0].sku, "a");
    assert_text(posted->event.items[0].category, "c");
    assert_true(posted->event.items[0].has_price);
    assert_true(posted->event.items[0].price_minor == 1200);
    assert_true(posted->event.items[0].quantity_milli == 2000);
    assert_true(posted->event.items[1].quantity_milli == 500);
    assert_false(posted->event.items[1].has_price);
    assert_true(posted->event.items[2].quantity_milli == 1001);
    assert_true(posted->event.items[3].quantity_milli == 1000);
    assert_null(rtn_post_event(post, 1, NULL));
}


static void
test_browser(void **state)
{
    const struct rtn_posted_event  *posted;

    (void) state;

    assert_int_equal(read_as(RTN_SENDER_BROWSER, false,
                             "{\"kind\":\"survey\",\"token\":\"" TOKEN "\","
                             "\"answer\":\"too-expensive\"}"), 0);
    posted = rtn_post_event(post, 0, NULL);
    assert_text(posted->token, TOKEN);
    assert_text(posted->event.survey, "too-expensive");
    assert_int_equal(posted->event.source, RTN_SOURCE_BROWSER);
    assert_false(posted->event.names_customer);
}


/* One event, what a server gets for it, and what a browser gets; NULL is
   recorded. */
static void
test_rules(void **state)
{
    static const struct {
        const char  *event;
        const char  *server;
        const char  *browser;
    } rows[] = {
        { "{\"kind\":\"view\",\"token\":\"t\"}", NULL, NULL },
        { "{\"kind\":\"view\",\"customer\":\"c\"}", NULL,
          "customer: needs an API key" },
        { "{\"kind\":\"view\"}", "needs a token or a customer",
          "token: is missing" },
        { "{\"kind\":\"view\",\"token\":\"t\",\"customer\":\"c\"}",
          "customer: excludes a token, name one of them",
          "customer: needs an API key" },
        { "{\"token\":\"t\"}", "kind: is missing", "kind: is missing" },
        { "{\"kind\":\"look\",\"token\":\"t\"}",
          "kind: is not a kind of event", "kind: is not a kind of event" },
        { "{\"kind\":7,\"token\":\"t\"}", "kind: must be a string",
          "kind: must be a string" },
        { "{\"kind\":\"open\",\"token\":\"t\"}", NULL,
          "kind: 'open' needs an API key" },
        { "{\"kind\":\"unsubscribe\",\"token\":\"t\"}", NULL,
          "kind: 'unsubscribe' needs an API key" },
        { "{\"kind\":\"view\",\"token\":\"t\",\"emial\":1}",
          "unknown field 'emial'", "unknown field 'emial'" },
        { "{\"kind\":\"view\",\"token\":\"t\",\"e\\n\\u007f\":1}",
          "unknown field 'e?" "?'", "unknown field 'e?" "?'" },
        { "{\"kind\":\"view\",\"token\":\"t\","
          "\"occurred_at\":\"2026-02-29T00:00:00Z\"}",
          "occurred_at: is not a time like 2026-11-25T09:30:00Z",
          "occurred_at: needs an API key" },
        { "{\"kind\":\"view\",\"token\":\"t\","
          "\"occurred_at\":\"1970-01-01T00:00:00Z\"}",
          "occurred_at: is not a time like 2026-11-25T09:30:00Z",
          "occurred_at: needs an API key" },
        { "{\"kind\":\"view\",\"token\":\"t\",\"occurred_at\":1795599000}",
          "occurred_at: must be a string", "occurred_at: needs an API key" },
        { "{\"kind\":\"view\",\"token\":\"\"}",
          "token: must have 1 to 40 bytes", "token: must have 1 to 40 bytes" },
        { "{\"kind\":\"view\",\"token\":null}", "token: must be a string",
          "token: must be a string" },
        { "{\"kind\":\"view\",\"token\":\"t\",\"event_id\":\"a\\tb\"}",
          "event_id: holds a control character",
          "event_id: holds a control character" },
        { "{\"kind\":\"view\",\"token\":\"t\",\"event_id\":\"a\\u0085\"}",
          "event_id: holds a control character",
          "event_id: holds a control character" },
        { "{\"kind\":\"purchase\",\"token\":\"t\"}",
          "order_id: is missing, a purchase needs it",
          "kind: 'purchase' needs an API key" },
        { "{\"kind\":\"purchase\",\"token\":\"t\",\"order_id\":\"o\"}",
          "amount: is missing, a purchase needs it",
          "kind: 'purchase' needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"amount\":\"1\"}",
          "amount: needs a currency", "amount: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"currency\":\"EUR\"}",
          NULL, "currency: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"currency\":\"eur\"}",
          "currency: must be a code of ISO 4217, such as \"EUR\"",
          "currency: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"currency\":\"EUR\","
          "\"amount\":30.5}",
          "amount: must be a string such as \"30.00\", or a whole number",
          "currency: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"currency\":\"EUR\","
          "\"amount\":\"-1\"}", "amount: is negative",
          "currency: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"currency\":\"JPY\","
          "\"amount\":\"1.50\"}", "amount: is not an amount in JPY",
          "currency: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"currency\":\"EUR\","
          "\"amount\":9223372036854775807}", "amount: is not an amount in EUR",
          "currency: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"answer\":\"a\"}",
          "answer: is for a survey only", "answer: is for a survey only" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"items\":[{\"sku\":\"a\"}]}",
          NULL, NULL },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"items\":[]}", NULL, NULL },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"items\":{}}",
          "items: must be an array of at most 100 items",
          "items: must be an array of at most 100 items" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"items\":[{\"sku\":\"a\"},7]}",
          "items[1]: must be an object", "items[1]: must be an object" },
        { "{\"kind\":\"cart\",\"token\":\"t\",\"items\":[{}]}",
          "items[0].sku: is missing", "items[0].sku: is missing" },
        { "{\"kind\":\"cart\",\"token\":\"t\","
          "\"items\":[{\"sku\":\"a\",\"price\":\"1\"}]}",
          "items[0].price: needs a currency",
          "items[0].price: needs an API key" },
        { "{\"kind\":\"cart\",\"token\":\"t\","
          "\"items\":[{\"sku\":\"a\",\"name\":\"1\"}]}",
          "items[0]: unknown field 'name'", "items[0]: unknown field 'name'" },
        { "[7]", "[0]: must be an object", "[0]: must be an object" }
    };

    enum rtn_post_sender  sender;
    const char           *expected;
    int                   err;
    size_t                i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        for (sender = 0; sender <= RTN_SENDER_SERVER; sender++) {
            expected = sender == RTN_SENDER_SERVER ? rows[i].server
                                                   : rows[i].browser;
            err = read_as(sender, false, rows[i].event);

            if (expected == NULL) {
                assert_int_equal(err, 0);

            } else {
                assert_int_equal(err, RTN_ERR_JSON);
                assert_string_equal(fault.message, expected);
                assert_int_equal(fault.index, 0);
            }
        }
    }
}


static void
test_quantities(void **state)
{
    static const struct {
        const char  *text;
        int64_t      milli;     /* 0: refused */
    } rows[] = {
        { "1", 1000 }, { "1000000", 1000000000 }, { "0.001", 1 },
        { "0.1", 100 }, { "2.675", 2675 }, { "999999.999", 999999999 },
        { "1e0", 1000 }, { "\"3\"", 3000 }, { "\"0.25\"", 250 },
        { "\"1000000\"", 1000000000 },
        { "0", 0 }, { "-1", 0 }, { "0.0001", 0 }, { "1.0005", 0 },
        { "1000000.001", 0 }, { "1000001", 0 }, { "1e300", 0 },
        { "\"\"", 0 }, { "\"0\"", 0 }, { "\"-1\"", 0 }, { "\"1.0005\"", 0 },
        { "\"1e3\"", 0 }, { "\"1000001\"", 0 }, { "null", 0 }, { "true", 0 },
        { "9223372036854775807", 0 }
    };

    const struct rtn_posted_event  *posted;
    char                            body[256];
    int                             err;
    size_t                          i;

    (void) state;

    for (i = 0; i < COUNT(rows); i++) {
        snprintf(body, sizeof(body), "{\"kind\":\"cart\",\"token\":\"t\","
                 "\"items\":[{\"sku\":\"a\",\"quantity\":%s}]}",
                 rows[i].text);
        err = read_as(RTN_SENDER_BROWSER, false, body);

        if (rows[i].milli == 0) {
            assert_int_equal(err, RTN_ERR_JSON);
            assert_memory_equal(fault.message, "items[0].quantity: ", 19);
            continue;
        }

        assert_int_equal(err, 0);
        posted = rtn_post_event(post, 0, NULL);
        assert_true(posted->event.items[0].quantity_milli == rows[i].milli);
    }
}


/* Every event that is read can be written to the log. */
static void
test_encodes(void **state)
{
    static const char *const  values[] = {
        "\"view\"", "\"purchase\"", "\"survey\"", "\"t\"", "\"\"", "\"EUR\"",
        "\"30.00\"", "30", "1.5", "null", "{}", "[]", "[{\"sku\":\"a\"}]",
        "[{\"sku\":\"a\",\"price\":\"1\",\"quantity\":3}]",
        "\"2026-11-25T09:30:00Z\""
    };

    static const char *const  names[] = {
        "event_id", "token", "customer", "campaign", "link", "occurred_at",
        "order_id", "amount", "currency", "items", "answer"
    };

    static uint8_t  record[RTN_EVENT_RECORD_MAX];

    const struct rtn_posted_event  *posted;
    char                            body[2048];
    size_t                          len, i;
    int                             round, n, good;

    (void) state;

    good = 0;

    for (round = 0; round < 20000; round++) {
        n = snprintf(body, sizeof(body), "{\"kind\":%s",
                     values[random_below(3)]);

        for (i = 0; i < COUNT(names); i++) {
            if (random_below(4) == 0) {
                n += snprintf(body + n, sizeof(body) - (size_t) n,
                              ",\"%s\":%s", names[i],
                              values[random_below(COUNT(values))]);
            }
        }

        snprintf(body + n, sizeof(body) - (size_t) n, "}");

        if (read_as((unsigned) random_below(2), false, body) != 0) {
            assert_true(fault.message[0] != '\0');
            continue;
        }

        posted = rtn_post_event(post, 0, NULL);
        assert_int_equal(rtn_event_encode(&posted->event, record,
                                          sizeof(record), &len), 0);
        good++;
    }

    assert_true(good > 100);
}


/* BLAKE2b of this was computed with Python's hashlib. */
static void
test_repeat_hash(void **state)
{
    static const uint8_t  expected[RTN_HASH_LEN] = {
        0xE6, 0x81, 0x3C, 0x49, 0xB9, 0x23, 0xA8, 0xBD,
        0x5B, 0x9C, 0x05, 0x92, 0x00, 0x21, 0xA1, 0xA2
    };

    uint8_t  hash[RTN_HASH_LEN];

    (void) state;

    rtn_repeat_hash(str("shop"), str("ev-1"), hash);
    assert_memory_equal(hash, expected, RTN_HASH_LEN);
    rtn_repeat_hash(str("shope"), str("v-1"), hash);
    assert_memory_not_equal(hash, expected, RTN_HASH_LEN);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_all_fields),
        cmocka_unit_test(test_browser),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_quantities),
        cmocka_unit_test(test_encodes),
        cmocka_unit_test(test_repeat_hash)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, release);
}
