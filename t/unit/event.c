#include "random.h"
#include "unit.h"

#include "rtn_event.h"
#include "rtn_id.h"
#include "rtn_token.h"

#define ID  (UINT64_C(1000) << 22 | 1)

static struct rtn_event  event, decoded;
static uint8_t           buffer[RTN_EVENT_RECORD_MAX];
static char              letters[256];


static struct rtn_str
record(size_t len)
{
    return (struct rtn_str) { (const char *) buffer, len };
}


static void
event_open(void)
{
    memset(&event, 0, sizeof(event));
    event.kind = RTN_KIND_OPEN;
    event.source = RTN_SOURCE_PIXEL;
    event.class = RTN_CLASS_UNKNOWN;
    event.reasons = RTN_REASON_PRIVACY;
    event.campaign = 0x010203;
    event.message = 2;
    event.link = 0;
    event.customer = 0x0A0B0C0D;
}


static void
event_purchase(void)
{
    event_open();
    event.kind = RTN_KIND_PURCHASE;
    event.source = RTN_SOURCE_SERVER;
    event.names_customer = true;
    event.occurred_ms = INT64_C(1795599000000);
    event.order_id = str("A-1");
    event.has_amount = true;
    event.amount_minor = 3000;
    memcpy(event.currency, "EUR", 4);
    event.item_count = 1;
    event.items[0].sku = str("sku");
    event.items[0].quantity_milli = 1000;
}


static struct rtn_str
some_letters(size_t min, size_t max)
{
    return (struct rtn_str) { letters, min + random_below(max - min + 1) };
}


static void
event_random(void)
{
    struct rtn_item  *item;
    size_t            i;

    event_open();
    event.kind = 1 + (unsigned) random_below(RTN_KIND_COUNT - 1);
    event.class = (unsigned) random_below(RTN_CLASS_COUNT);
    event.source = 1 + (unsigned) random_below(RTN_SOURCE_COUNT - 1);
    event.reasons = (uint32_t) random_below(1 << RTN_REASON_COUNT);
    event.campaign = (uint32_t) random_below(RTN_CAMPAIGN_MAX + 1);
    event.message = (uint8_t) random_next();
    event.link = (uint8_t) random_next();
    event.names_customer = random_below(2);
    event.customer = random_below(2) ? (uint32_t) random_next() : 0;
    event.occurred_ms = 1 + (int64_t) random_below(INT64_MAX);
    event.has_repeat_hash = random_below(2);
    event.has_amount = random_below(2);
    event.order_id = some_letters(0, RTN_ORDER_ID_MAX);
    event.survey = some_letters(0, RTN_SURVEY_MAX);
    memcpy(event.currency, "JPY", 4);

    for (i = 0; i < RTN_HASH_LEN; i++) {
        event.repeat_hash[i] = event.has_repeat_hash ? (uint8_t) i : 0;
        event.customer_hash[i] = event.customer == 0 ? (uint8_t) i : 0;
    }

    if (event.has_amount) {
        event.amount_minor = (int64_t) random_below(RTN_MONEY_MAX);
    }

    event.item_count = random_below(RTN_EVENT_ITEMS_MAX + 1);

    for (i = 0; i < event.item_count; i++) {
        item = &event.items[i];
        item->sku = some_letters(1, RTN_SKU_MAX);
        item->category = some_letters(0, RTN_SKU_MAX);
        item->quantity_milli = 1 + (int64_t) random_below(1000000000);
        item->has_price = random_below(2);
        item->price_minor = item->has_price
                            ? (int64_t) random_below(RTN_MONEY_MAX) : 0;
    }
}


static void
assert_same_text(struct rtn_str a, struct rtn_str b)
{
    assert_int_equal(a.len, b.len);

    if (a.len > 0) {
        assert_memory_equal(a.data, b.data, a.len);
    }
}


static void
assert_same(const struct rtn_event *a, const struct rtn_event *b)
{
    size_t  i;

    assert_true(a->occurred_ms == b->occurred_ms);
    assert_true(a->kind == b->kind && a->class == b->class
                && a->source == b->source && a->reasons == b->reasons);
    assert_true(a->campaign == b->campaign && a->message == b->message
                && a->link == b->link && a->customer == b->customer);
    assert_true(a->names_customer == b->names_customer
                && a->has_repeat_hash == b->has_repeat_hash
                && a->has_amount == b->has_amount);
    assert_memory_equal(a->customer_hash, b->customer_hash, RTN_HASH_LEN);
    assert_memory_equal(a->repeat_hash, b->repeat_hash, RTN_HASH_LEN);
    assert_true(a->amount_minor == b->amount_minor);
    assert_string_equal(a->currency, b->currency);
    assert_same_text(a->order_id, b->order_id);
    assert_same_text(a->survey, b->survey);
    assert_int_equal(a->item_count, b->item_count);

    for (i = 0; i < a->item_count; i++) {
        assert_same_text(a->items[i].sku, b->items[i].sku);
        assert_same_text(a->items[i].category, b->items[i].category);
        assert_true(a->items[i].quantity_milli == b->items[i].quantity_milli
                    && a->items[i].has_price == b->items[i].has_price
                    && a->items[i].price_minor == b->items[i].price_minor);
    }
}


/* The bytes of version 1 must never change. */
static void
test_bytes(void **state)
{
    static const uint8_t  expected[] = {
        1, 1, 1, 1, 0, 8, 1, 2, 3, 2, 0, 0x0A, 0x0B, 0x0C, 0x0D, 0
    };

    static const uint8_t  fields[] = {
        1, 0, 8, 0, 0, 0x01, 0xA2, 0x12, 0x0A, 0x61, 0xC0,
        7, 0, 3, 'A', '-', '1',
        9, 0, 8, 0, 0, 0, 0, 0, 0, 0x0B, 0xB8,
        11, 0, 3, 'E', 'U', 'R',
        15, 0, 12, 0, 0, 0, 0x03, 0xE8, 0, 3, 's', 'k', 'u', 0, 0
    };

    size_t  len;

    (void) state;

    event_open();
    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);
    assert_int_equal(len, sizeof(expected));
    assert_memory_equal(buffer, expected, len);
    assert_int_equal(rtn_event_decode(ID, record(len), &decoded), 0);
    assert_true(decoded.id == ID);
    assert_true(decoded.occurred_ms == rtn_id_ms(ID));

    event_purchase();
    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);
    assert_int_equal(len, sizeof(expected) + sizeof(fields));
    assert_memory_equal(buffer + sizeof(expected), fields, sizeof(fields));
    assert_int_equal(rtn_event_decode(ID, record(len), &decoded), 0);
    assert_same(&event, &decoded);
}


static void
test_round_trip(void **state)
{
    size_t  len, i;

    (void) state;

    for (i = 0; i < 2000; i++) {
        event_random();
        assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer),
                                          &len), 0);
        assert_int_equal(rtn_event_decode(ID, record(len), &decoded), 0);
        assert_same(&event, &decoded);
    }
}


static void
test_largest(void **state)
{
    size_t  len, i;

    (void) state;

    event_purchase();
    event.customer = 0;
    event.customer_hash[0] = 1;
    event.has_repeat_hash = true;
    event.order_id = (struct rtn_str) { letters, RTN_ORDER_ID_MAX };
    event.survey = (struct rtn_str) { letters, RTN_SURVEY_MAX };
    event.item_count = RTN_EVENT_ITEMS_MAX;

    for (i = 0; i < RTN_EVENT_ITEMS_MAX; i++) {
        event.items[i].sku = (struct rtn_str) { letters, RTN_SKU_MAX };
        event.items[i].category = event.items[i].sku;
        event.items[i].quantity_milli = 1000000000;
        event.items[i].has_price = true;
        event.items[i].price_minor = RTN_MONEY_MAX;
    }

    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);
    assert_int_equal(rtn_event_encode(&event, buffer, len - 1, &len),
                     RTN_ERR_SPACE);
    assert_int_equal(rtn_event_encode(&event, buffer, len, &len), 0);
    assert_int_equal(rtn_event_decode(ID, record(len), &decoded), 0);
    assert_same(&event, &decoded);
}


/* No prefix of a record is another event, unless cut between fields. */
static void
test_cut(void **state)
{
    size_t  len, i, whole;

    (void) state;

    event_purchase();
    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);
    whole = 0;

    for (i = 0; i < len; i++) {
        whole += rtn_event_decode(ID, record(i), &decoded) == 0;
    }

    /* After the head, the time and the order; an amount needs a currency. */

    assert_int_equal(whole, 4);
}


static void
test_future(void **state)
{
    size_t  len;

    (void) state;

    event_open();
    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);

    memcpy(buffer + len, "\x40\0\2hi", 5);
    assert_int_equal(rtn_event_decode(ID, record(len + 5), &decoded), 0);
    buffer[len] = 0x41;
    assert_int_equal(rtn_event_decode(ID, record(len + 5), &decoded),
                     RTN_ERR_NEWER);

    buffer[0] = 2;
    assert_int_equal(rtn_event_decode(ID, record(len), &decoded),
                     RTN_ERR_NEWER);
    buffer[0] = 0;
    assert_int_equal(rtn_event_decode(ID, record(len), &decoded),
                     RTN_ERR_CORRUPT);
}


static void
test_disorder(void **state)
{
    static const struct {
        const char  *fields;
        size_t       len;
        int          err;
    } rows[] = {
        { "\x0D\0\1a", 4, 0 },
        { "\x07\0\1a\x0D\0\1a", 8, 0 },
        { "\x0D\0\1a\x07\0\1a", 8, RTN_ERR_CORRUPT },
        { "\x0D\0\1a\x0D\0\1a", 8, RTN_ERR_CORRUPT },
        { "\x00\0\1a", 4, RTN_ERR_CORRUPT },
        { "\x0D\0\0", 3, RTN_ERR_CORRUPT },
        { "\x0D\0\2a", 4, RTN_ERR_CORRUPT },
        { "\x0B\0\3eur", 6, RTN_ERR_CORRUPT },
        { "\x0B\0\3EUR", 6, 0 },
        { "\x0B\0\2EU", 5, RTN_ERR_CORRUPT },
        { "\x01\0\x08\0\0\0\0\0\0\0\0", 11, RTN_ERR_CORRUPT },
        { "\x0F\0\1\0", 4, RTN_ERR_CORRUPT },
        { "\x0F\0\x0A\0\0\0\3\350\0\1a\0\0", 13, 0 },
        { "\x0F\0\x0A\2\0\0\3\350\0\1a\0\0", 13, RTN_ERR_CORRUPT },
        { "\x0F\0\x0A\0\0\0\0\0\0\1a\0\0", 13, RTN_ERR_CORRUPT }
    };

    size_t  len, i;

    (void) state;

    event_open();
    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);

    for (i = 0; i < COUNT(rows); i++) {
        memcpy(buffer + len, rows[i].fields, rows[i].len);
        assert_int_equal(rtn_event_decode(ID, record(len + rows[i].len),
                                          &decoded), rows[i].err);
    }
}


static void
assert_refused(void)
{
    size_t  len;

    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     RTN_ERR_LIMIT);
    event_purchase();
    assert_int_equal(rtn_event_encode(&event, buffer, sizeof(buffer), &len),
                     0);
}


static void
test_ranges(void **state)
{
    (void) state;

    event_purchase();
    event.kind = 0;
    assert_refused();
    event.kind = RTN_KIND_COUNT;
    assert_refused();
    event.class = RTN_CLASS_COUNT;
    assert_refused();
    event.source = 0;
    assert_refused();
    event.reasons = 1u << RTN_REASON_COUNT;
    assert_refused();
    event.campaign = RTN_CAMPAIGN_MAX + 1;
    assert_refused();
    event.occurred_ms = -1;
    assert_refused();
    event.order_id = (struct rtn_str) { letters, RTN_ORDER_ID_MAX + 1 };
    assert_refused();
    event.survey = (struct rtn_str) { letters, RTN_SURVEY_MAX + 1 };
    assert_refused();
    event.amount_minor = RTN_MONEY_MAX + 1;
    assert_refused();
    event.currency[0] = '\0';
    assert_refused();
    event.currency[1] = 'u';
    assert_refused();
    event.item_count = RTN_EVENT_ITEMS_MAX + 1;
    assert_refused();
    event.items[0].sku.len = 0;
    assert_refused();
    event.items[0].quantity_milli = 0;
    assert_refused();
    event.items[0].quantity_milli = 1000000001;
    assert_refused();
}


static void
test_names(void **state)
{
    enum rtn_kind  kind, parsed;
    unsigned       i;

    (void) state;

    for (kind = 1; kind < RTN_KIND_COUNT; kind++) {
        assert_int_equal(rtn_kind_parse(str(rtn_kind_name(kind)), &parsed), 0);
        assert_int_equal(parsed, kind);
    }

    assert_null(rtn_kind_name(0));
    assert_null(rtn_kind_name(RTN_KIND_COUNT));
    assert_int_equal(rtn_kind_parse(str("Open"), &parsed), RTN_ERR_NOT_FOUND);
    assert_int_equal(rtn_kind_parse(str(""), &parsed), RTN_ERR_NOT_FOUND);

    for (i = 0; i < RTN_REASON_COUNT; i++) {
        assert_non_null(rtn_reason_name(1u << i));
    }

    assert_null(rtn_reason_name(0));
    assert_null(rtn_reason_name(3));
    assert_null(rtn_reason_name(1u << RTN_REASON_COUNT));
    assert_string_equal(rtn_reason_name(RTN_REASON_PRIVACY), "privacy");
    assert_string_equal(rtn_class_name(RTN_CLASS_HUMAN), "human");
    assert_null(rtn_class_name(RTN_CLASS_COUNT));
    assert_string_equal(rtn_source_name(RTN_SOURCE_IMPORT), "import");
    assert_null(rtn_source_name(0));
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_future),
        cmocka_unit_test(test_disorder),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_names)
    };

    memset(letters, 'x', sizeof(letters));
    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
