/*
 * The optional fields of an event's record: for each, when there is one, how
 * it is written and how it is read.  Adding one is adding a row, its tag odd
 * where an event without it would mean something else.
 */

#include <string.h>

#include "event_field.h"

/* Bits of an item's flags. */
#define ITEM_HAS_PRICE  0x01
#define ITEM_FLAGS      0x01


static size_t
occurred_count(const struct rtn_event *event)
{
    return event->occurred_ms != 0;
}


static void
occurred_put(struct rtn_wire_out *out, const struct rtn_event *event,
    size_t i)
{
    (void) i;
    rtn_wire_put_i64(out, event->occurred_ms);
}


static void
occurred_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    event->occurred_ms = rtn_wire_get_i64(in);

    if (event->occurred_ms == 0) {
        in->err = RTN_ERR_CORRUPT;
    }
}


static size_t
customer_hash_count(const struct rtn_event *event)
{
    static const uint8_t  zeros[RTN_HASH_LEN];

    return event->customer == 0
           && memcmp(event->customer_hash, zeros, RTN_HASH_LEN) != 0;
}


static void
customer_hash_put(struct rtn_wire_out *out, const struct rtn_event *event,
    size_t i)
{
    (void) i;
    rtn_wire_put_bytes(out, event->customer_hash, RTN_HASH_LEN);
}


static void
customer_hash_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    rtn_wire_get_bytes(in, event->customer_hash, RTN_HASH_LEN);

    if (customer_hash_count(event) == 0) {
        in->err = RTN_ERR_CORRUPT;
    }
}


static size_t
repeat_hash_count(const struct rtn_event *event)
{
    return event->has_repeat_hash;
}


static void
repeat_hash_put(struct rtn_wire_out *out, const struct rtn_event *event,
    size_t i)
{
    (void) i;
    rtn_wire_put_bytes(out, event->repeat_hash, RTN_HASH_LEN);
}


static void
repeat_hash_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    rtn_wire_get_bytes(in, event->repeat_hash, RTN_HASH_LEN);
    event->has_repeat_hash = true;
}


static size_t
order_id_count(const struct rtn_event *event)
{
    return event->order_id.len > 0;
}


static void
order_id_put(struct rtn_wire_out *out, const struct rtn_event *event,
    size_t i)
{
    (void) i;
    rtn_wire_put_bytes(out, event->order_id.data, event->order_id.len);
}


static void
order_id_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    event->order_id = rtn_wire_get_run(in, rtn_wire_left(in));

    if (event->order_id.len == 0) {
        in->err = RTN_ERR_CORRUPT;
    }
}


static size_t
amount_count(const struct rtn_event *event)
{
    return event->has_amount;
}


static void
amount_put(struct rtn_wire_out *out, const struct rtn_event *event, size_t i)
{
    (void) i;
    rtn_wire_put_i64(out, event->amount_minor);
}


static void
amount_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    event->amount_minor = rtn_wire_get_i64(in);
    event->has_amount = true;
}


static size_t
currency_count(const struct rtn_event *event)
{
    return event->currency[0] != '\0';
}


static void
currency_put(struct rtn_wire_out *out, const struct rtn_event *event,
    size_t i)
{
    (void) i;
    rtn_wire_put_bytes(out, event->currency, RTN_CURRENCY_LEN);
}


static void
currency_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    rtn_wire_get_bytes(in, event->currency, RTN_CURRENCY_LEN);
    event->currency[RTN_CURRENCY_LEN] = '\0';

    if (event->currency[0] == '\0') {
        in->err = RTN_ERR_CORRUPT;
    }
}


static size_t
survey_count(const struct rtn_event *event)
{
    return event->survey.len > 0;
}


static void
survey_put(struct rtn_wire_out *out, const struct rtn_event *event, size_t i)
{
    (void) i;
    rtn_wire_put_bytes(out, event->survey.data, event->survey.len);
}


static void
survey_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    event->survey = rtn_wire_get_run(in, rtn_wire_left(in));

    if (event->survey.len == 0) {
        in->err = RTN_ERR_CORRUPT;
    }
}


static size_t
item_count(const struct rtn_event *event)
{
    return event->item_count;
}


/* flags, quantity, price where flags say so, then both strings. */
static void
item_put(struct rtn_wire_out *out, const struct rtn_event *event, size_t i)
{
    const struct rtn_item  *item = &event->items[i];

    rtn_wire_put_u8(out, item->has_price ? ITEM_HAS_PRICE : 0);
    rtn_wire_put_u32(out, (uint32_t) item->quantity_milli);

    if (item->has_price) {
        rtn_wire_put_i64(out, item->price_minor);
    }

    rtn_wire_put_str(out, item->sku);
    rtn_wire_put_str(out, item->category);
}


static void
item_get(struct rtn_wire_in *in, struct rtn_event *event)
{
    struct rtn_item  *item;
    uint8_t           flags;

    if (event->item_count == RTN_EVENT_ITEMS_MAX) {
        in->err = RTN_ERR_CORRUPT;
        return;
    }

    item = &event->items[event->item_count++];

    flags = rtn_wire_get_u8(in);
    item->has_price = (flags & ITEM_HAS_PRICE) != 0;
    item->quantity_milli = rtn_wire_get_u32(in);
    item->price_minor = item->has_price ? rtn_wire_get_i64(in) : 0;
    item->sku = rtn_wire_get_str(in);
    item->category = rtn_wire_get_str(in);

    if ((flags & ~ITEM_FLAGS) != 0) {
        in->err = RTN_ERR_CORRUPT;
    }
}


const struct rtn_event_field  rtn_event_fields[] = {
    { EVENT_TAG_OCCURRED, 8,
      occurred_count, occurred_put, occurred_get },
    { EVENT_TAG_CUSTOMER_HASH, RTN_HASH_LEN,
      customer_hash_count, customer_hash_put, customer_hash_get },
    { EVENT_TAG_REPEAT_HASH, RTN_HASH_LEN,
      repeat_hash_count, repeat_hash_put, repeat_hash_get },
    { EVENT_TAG_ORDER_ID, RTN_ORDER_ID_MAX,
      order_id_count, order_id_put, order_id_get },
    { EVENT_TAG_AMOUNT, 8,
      amount_count, amount_put, amount_get },
    { EVENT_TAG_CURRENCY, RTN_CURRENCY_LEN,
      currency_count, currency_put, currency_get },
    { EVENT_TAG_SURVEY, RTN_SURVEY_MAX,
      survey_count, survey_put, survey_get },
    { EVENT_TAG_ITEM, EVENT_ITEM_MAX,
      item_count, item_put, item_get }
};

const size_t  rtn_event_field_count = sizeof(rtn_event_fields)
                                      / sizeof(rtn_event_fields[0]);
