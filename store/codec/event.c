/*
 * The payload of an event's record.  What nearly every event has stands at
 * fixed places, numbers big-endian:
 *
 *     0         1      2       3        4         6          9
 *    +---------+------+-------+--------+---------+----------+ - -
 *    | version | kind | class | source | reasons | campaign |
 *    +---------+------+-------+--------+---------+----------+ - -
 *               9         10     11         15      16
 *          - - +---------+------+----------+-------+
 *              | message | link | customer | flags |
 *          - - +---------+------+----------+-------+
 *
 * What only some have follows in fields, each behind its tag, the tags rising
 * and only that of items repeated:
 *
 *     0     1        3
 *    +-----+--------+-------- - -
 *    | tag | length | value
 *    +-----+--------+-------- - -
 *
 * A later version may add fields.  An even tag that is not known here is
 * skipped: the event means the same without it.  An odd one is not, and the
 * event is RTN_ERR_NEWER.
 */

#include <stddef.h>
#include <string.h>

#include "event_field.h"
#include "rtn_id.h"
#include "rtn_token.h"

#define EVENT_VERSION        1
#define EVENT_REASONS        ((1u << RTN_REASON_COUNT) - 1)
#define EVENT_QUANTITY_MAX   INT64_C(1000000000)

/* Bits of flags. */
#define EVENT_NAMES_CUSTOMER 0x01
#define EVENT_FLAGS          0x01


static bool
event_is_currency(const rtn_currency_t currency)
{
    int  i;

    for (i = 0; i < RTN_CURRENCY_LEN; i++) {
        if (currency[i] < 'A' || currency[i] > 'Z') {
            return false;
        }
    }

    return currency[RTN_CURRENCY_LEN] == '\0';
}


static bool
event_is_money(int64_t minor)
{
    return minor >= -RTN_MONEY_MAX && minor <= RTN_MONEY_MAX;
}


static bool
item_is_in_range(const struct rtn_item *item)
{
    return item->sku.len >= 1 && item->sku.len <= RTN_SKU_MAX
           && item->category.len <= RTN_SKU_MAX
           && item->quantity_milli >= 1
           && item->quantity_milli <= EVENT_QUANTITY_MAX
           && (!item->has_price || event_is_money(item->price_minor));
}


static bool
event_is_in_range(const struct rtn_event *event)
{
    size_t  i;

    if (rtn_kind_name(event->kind) == NULL
        || rtn_class_name(event->class) == NULL
        || rtn_source_name(event->source) == NULL
        || (event->reasons & ~EVENT_REASONS) != 0
        || event->campaign > RTN_CAMPAIGN_MAX
        || event->occurred_ms < 0
        || event->order_id.len > RTN_ORDER_ID_MAX
        || event->survey.len > RTN_SURVEY_MAX
        || event->item_count > RTN_EVENT_ITEMS_MAX)
    {
        return false;
    }

    if (event->currency[0] != '\0' && !event_is_currency(event->currency)) {
        return false;
    }

    if (event->has_amount
        && (event->currency[0] == '\0' || !event_is_money(event->amount_minor)))
    {
        return false;
    }

    for (i = 0; i < event->item_count; i++) {
        if (!item_is_in_range(&event->items[i])) {
            return false;
        }
    }

    return true;
}


static void
event_put_head(struct rtn_wire_out *out, const struct rtn_event *event)
{
    rtn_wire_put_u8(out, EVENT_VERSION);
    rtn_wire_put_u8(out, (uint8_t) event->kind);
    rtn_wire_put_u8(out, (uint8_t) event->class);
    rtn_wire_put_u8(out, (uint8_t) event->source);
    rtn_wire_put_u16(out, (uint16_t) event->reasons);
    rtn_wire_put_u24(out, event->campaign);
    rtn_wire_put_u8(out, event->message);
    rtn_wire_put_u8(out, event->link);
    rtn_wire_put_u32(out, event->customer);
    rtn_wire_put_u8(out, event->names_customer ? EVENT_NAMES_CUSTOMER : 0);
}


static void
event_get_head(struct rtn_wire_in *in, struct rtn_event *event)
{
    uint8_t  flags;

    event->kind = rtn_wire_get_u8(in);
    event->class = rtn_wire_get_u8(in);
    event->source = rtn_wire_get_u8(in);
    event->reasons = rtn_wire_get_u16(in);
    event->campaign = rtn_wire_get_u24(in);
    event->message = rtn_wire_get_u8(in);
    event->link = rtn_wire_get_u8(in);
    event->customer = rtn_wire_get_u32(in);

    flags = rtn_wire_get_u8(in);
    event->names_customer = (flags & EVENT_NAMES_CUSTOMER) != 0;

    if ((flags & ~EVENT_FLAGS) != 0) {
        in->err = RTN_ERR_CORRUPT;
    }
}


/* Reads one field.  last is the tag of the field before it, 0 at first. */
static int
event_get_field(struct rtn_wire_in *in, uint8_t *last,
    struct rtn_event *event)
{
    const struct rtn_event_field  *field;
    struct rtn_wire_in             value;
    struct rtn_str                 run;
    uint8_t                        tag;
    size_t                         i;

    tag = rtn_wire_get_u8(in);
    run = rtn_wire_get_str(in);

    if (in->err != 0
        || tag < *last || (tag == *last && tag != EVENT_TAG_ITEM) || tag == 0)
    {
        return RTN_ERR_CORRUPT;
    }

    *last = tag;

    for (i = 0; i < rtn_event_field_count; i++) {
        field = &rtn_event_fields[i];

        if (field->tag != tag) {
            continue;
        }

        if (run.len > field->max) {
            return RTN_ERR_CORRUPT;
        }

        rtn_wire_in_init(&value, run);
        field->get(&value, event);

        return rtn_wire_in_end(&value);
    }

    return tag % 2 == 0 ? RTN_OK : RTN_ERR_NEWER;
}


int
rtn_event_encode(const struct rtn_event *event, uint8_t *buffer, size_t size,
    size_t *len)
{
    const struct rtn_event_field  *field;
    struct rtn_wire_out            out, value;
    struct rtn_str                 run;
    uint8_t                        bytes[EVENT_ITEM_MAX];
    size_t                         f, i, n;

    if (!event_is_in_range(event)) {
        return RTN_ERR_LIMIT;
    }

    rtn_wire_out_init(&out, buffer, size);
    event_put_head(&out, event);

    for (f = 0; f < rtn_event_field_count; f++) {
        field = &rtn_event_fields[f];
        n = field->count(event);

        for (i = 0; i < n; i++) {
            rtn_wire_out_init(&value, bytes, sizeof(bytes));
            field->put(&value, event, i);

            run.data = (const char *) bytes;
            run.len = value.pos;
            rtn_wire_put_u8(&out, field->tag);
            rtn_wire_put_str(&out, run);
        }
    }

    return rtn_wire_out_end(&out, len);
}


int
rtn_event_decode(uint64_t id, struct rtn_str data, struct rtn_event *event)
{
    struct rtn_wire_in  in;
    uint8_t             version, last;
    int                 err;

    rtn_wire_in_init(&in, data);
    version = rtn_wire_get_u8(&in);

    if (version > EVENT_VERSION) {
        return RTN_ERR_NEWER;
    }

    /* Items are most of an event; each is written whole when it is read. */

    memset(event, 0, offsetof(struct rtn_event, items));
    event_get_head(&in, event);

    if (in.err != 0 || version == 0) {
        return RTN_ERR_CORRUPT;
    }

    last = 0;

    while (rtn_wire_left(&in) > 0) {
        err = event_get_field(&in, &last, event);
        if (err != 0) {
            return err;
        }
    }

    if (!event_is_in_range(event)) {
        return RTN_ERR_CORRUPT;
    }

    event->id = id;

    if (event->occurred_ms == 0) {
        event->occurred_ms = rtn_id_ms(id);
    }

    return RTN_OK;
}
