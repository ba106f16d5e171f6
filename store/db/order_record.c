/* The bytes of an order; see order.h. */

#include <string.h>

#include <sodium.h>

#include "order.h"
#include "row.h"

#define RECORD_STATUS    0x03       /* enum rtn_order_status; 3: gone */
#define RECORD_GONE      0x03
#define RECORD_UPDATED   0x04
#define RECORD_DISCOUNT  0x08
#define RECORD_REFUNDED  0x10
#define RECORD_COST      0x20
#define RECORD_ITEMS     0x40
#define RECORD_TEXTS     0x80

#define RECORD_VARINT_MAX  10       /* bytes of a varint of 64 bits */

_Static_assert(2 + RTN_ORDER_ID_MAX + RTN_CURRENCY_LEN + 7 * RECORD_VARINT_MAX
               + 2 * (1 + RTN_FIELD_MAX) <= ORDER_RECORD_MAX,
               "an order does not fit its record");

#define RECORD_DOMAIN  "ngx_retention order ids"


uint8_t *
order_varint_put(uint8_t *p, uint64_t value)
{
    while (value >= 0x80) {
        *p++ = (uint8_t) (value | 0x80);
        value >>= 7;
    }

    *p++ = (uint8_t) value;

    return p;
}


static uint8_t *
record_put_signed(uint8_t *p, int64_t value)
{
    uint64_t  sign = value < 0 ? UINT64_MAX : 0;

    return order_varint_put(p, ((uint64_t) value << 1) ^ sign);
}


static inline const uint8_t *
record_get_signed(const uint8_t *p, const uint8_t *end, int64_t *value)
{
    uint64_t  read;

    p = p != NULL ? order_varint_get(p, end, &read) : NULL;

    if (p != NULL) {
        *value = (int64_t) (read >> 1 ^ (0 - (read & 1)));
    }

    return p;
}


static uint8_t *
record_put_text(uint8_t *p, struct rtn_str text)
{
    *p++ = (uint8_t) text.len;
    memcpy(p, text.data, text.len);

    return p + text.len;
}


/*
 * A few bytes, eight at a time, the last ones once more.  Where the compiler
 * knows that there cannot be many it makes a "rep movs" of memcpy, and that
 * alone took a sixth of a scan.
 */
static inline void
record_copy(char *out, const uint8_t *p, size_t len)
{
    size_t  i;

    if (len >= 8) {
        for (i = 0; i < len - 8; i += 8) {
            memcpy(out + i, p + i, 8);
        }

        memcpy(out + len - 8, p + len - 8, 8);

    } else if (len >= 4) {
        memcpy(out, p, 4);
        memcpy(out + len - 4, p + len - 4, 4);

    } else {
        for (i = 0; i < len; i++) {
            out[i] = (char) p[i];
        }
    }
}


/* out gets the text with a NUL. */
static const uint8_t *
record_get_text(const uint8_t *p, const uint8_t *end, char *out, size_t size)
{
    size_t  len;

    if (p == NULL || p == end) {
        return NULL;
    }

    len = *p++;

    if (len > (size_t) (end - p) || len >= size) {
        return NULL;
    }

    record_copy(out, p, len);
    out[len] = '\0';

    return p + len;
}


static const uint8_t *
record_get_currency(const uint8_t *p, const uint8_t *end,
    rtn_currency_t currency)
{
    if (p == NULL || end - p < RTN_CURRENCY_LEN) {
        return NULL;
    }

    memcpy(currency, p, RTN_CURRENCY_LEN);
    currency[RTN_CURRENCY_LEN] = '\0';

    return p + RTN_CURRENCY_LEN;
}


static uint8_t
record_flags(const struct rtn_order *order)
{
    return (uint8_t) (order->status
           | (order->updated_ms != 0 ? RECORD_UPDATED : 0)
           | (order->discount_minor != 0 ? RECORD_DISCOUNT : 0)
           | (order->refunded_minor != 0 ? RECORD_REFUNDED : 0)
           | (order->has_cost ? RECORD_COST : 0)
           | (order->items != 0 ? RECORD_ITEMS : 0)
           | (order->coupon[0] != '\0' || order->channel[0] != '\0'
              ? RECORD_TEXTS : 0));
}


int
order_record_encode(const struct rtn_order *order,
    uint8_t record[ORDER_RECORD_MAX], size_t *len)
{
    uint8_t         *p = record, flags = record_flags(order);
    struct rtn_str   id, currency, coupon, channel;

    id = db_row_str(order->order_id, sizeof(order->order_id));
    currency = db_row_str(order->currency, RTN_CURRENCY_LEN);
    coupon = db_row_str(order->coupon, sizeof(order->coupon));
    channel = db_row_str(order->channel, sizeof(order->channel));

    if (id.len == 0 || id.len > RTN_ORDER_ID_MAX || coupon.len > RTN_FIELD_MAX
        || channel.len > RTN_FIELD_MAX)
    {
        return RTN_ERR_LIMIT;
    }

    *p++ = flags;
    p = record_put_text(p, id);
    p = record_put_signed(p, order->ordered_ms);

    memset(p, 0, RTN_CURRENCY_LEN);
    memcpy(p, currency.data, currency.len);
    p += RTN_CURRENCY_LEN;

    p = record_put_signed(p, order->amount_minor);

    if (flags & RECORD_UPDATED) {
        p = record_put_signed(p, (int64_t) ((uint64_t) order->updated_ms
                                            - (uint64_t) order->ordered_ms));
    }

    if (flags & RECORD_DISCOUNT) {
        p = record_put_signed(p, order->discount_minor);
    }

    if (flags & RECORD_REFUNDED) {
        p = record_put_signed(p, order->refunded_minor);
    }

    if (flags & RECORD_COST) {
        p = record_put_signed(p, order->cost_minor);
    }

    if (flags & RECORD_ITEMS) {
        p = record_put_signed(p, order->items);
    }

    if (flags & RECORD_TEXTS) {
        p = record_put_text(p, coupon);
        p = record_put_text(p, channel);
    }

    *len = (size_t) (p - record);

    return RTN_OK;
}


/* What the flags name, behind amount_minor. */
static const uint8_t *
record_get_rest(const uint8_t *p, const uint8_t *end, uint8_t flags,
    struct rtn_order *order)
{
    int64_t  after_ms;

    if (flags & RECORD_UPDATED) {
        p = record_get_signed(p, end, &after_ms);

        if (p != NULL) {
            order->updated_ms = (int64_t) ((uint64_t) order->ordered_ms
                                           + (uint64_t) after_ms);
        }
    }

    if (flags & RECORD_DISCOUNT) {
        p = record_get_signed(p, end, &order->discount_minor);
    }

    if (flags & RECORD_REFUNDED) {
        p = record_get_signed(p, end, &order->refunded_minor);
    }

    if (flags & RECORD_COST) {
        p = record_get_signed(p, end, &order->cost_minor);
    }

    if (flags & RECORD_ITEMS) {
        p = record_get_signed(p, end, &order->items);
    }

    if (flags & RECORD_TEXTS) {
        p = record_get_text(p, end, order->coupon, sizeof(order->coupon));
        p = record_get_text(p, end, order->channel, sizeof(order->channel));
    }

    return p;
}


int
order_record_decode(struct order_record record, struct rtn_order *order)
{
    uint8_t         flags;
    const uint8_t  *p = record.data, *end = record.data + record.len;

    if (record.len == 0) {
        return RTN_ERR_CORRUPT;
    }

    flags = *p++;

    order->status = flags & RECORD_STATUS;
    order->updated_ms = 0;
    order->discount_minor = 0;
    order->refunded_minor = 0;
    order->has_cost = (flags & RECORD_COST) != 0;
    order->cost_minor = 0;
    order->items = 0;
    order->coupon[0] = '\0';
    order->channel[0] = '\0';

    p = record_get_text(p, end, order->order_id, sizeof(order->order_id));
    p = record_get_signed(p, end, &order->ordered_ms);
    p = record_get_currency(p, end, order->currency);
    p = record_get_signed(p, end, &order->amount_minor);
    p = record_get_rest(p, end, flags, order);

    return p == end ? RTN_OK : RTN_ERR_CORRUPT;
}


int
order_record_head(struct order_record record, struct order_head *head)
{
    int64_t         skipped, after_ms = 0;
    uint8_t         flags;
    const uint8_t  *p = record.data, *end = record.data + record.len;

    if (record.len < 2 || p[1] > record.len - 2) {
        return RTN_ERR_CORRUPT;
    }

    flags = p[0];
    head->id = db_row_key(p + 2, p + 2 + p[1]);
    head->is_gone = (flags & RECORD_STATUS) == RECORD_GONE;
    head->updated_ms = 0;

    p = record_get_signed(p + 2 + p[1], end, &head->ordered_ms);

    if (p != NULL && !head->is_gone && (flags & RECORD_UPDATED)) {
        p = end - p < RTN_CURRENCY_LEN ? NULL : p + RTN_CURRENCY_LEN;
        p = record_get_signed(p, end, &skipped);
        p = record_get_signed(p, end, &after_ms);

        head->updated_ms = (int64_t) ((uint64_t) head->ordered_ms
                                      + (uint64_t) after_ms);
    }

    return p != NULL ? RTN_OK : RTN_ERR_CORRUPT;
}


void
order_record_gone(const struct order_head *head,
    uint8_t record[ORDER_RECORD_MAX], size_t *len)
{
    uint8_t  *p = record;

    *p++ = RECORD_GONE;
    p = record_put_text(p, head->id);
    p = record_put_signed(p, head->ordered_ms);

    *len = (size_t) (p - record);
}


int
order_head_compare(const struct order_head *a, const struct order_head *b)
{
    int     rc;
    size_t  len;

    if (a->ordered_ms != b->ordered_ms) {
        return a->ordered_ms < b->ordered_ms ? -1 : 1;
    }

    len = a->id.len < b->id.len ? a->id.len : b->id.len;
    rc = memcmp(a->id.data, b->id.data, len);

    return rc != 0 ? rc : (a->id.len > b->id.len) - (a->id.len < b->id.len);
}


/* The secret hashes customers' ids; a key of its own keeps the two apart. */
void
order_hash_init(const struct rtn_store *store, struct order_hash *hash)
{
    crypto_generichash(hash->key, sizeof(hash->key),
                       (const uint8_t *) RECORD_DOMAIN, sizeof(RECORD_DOMAIN),
                       store->secrets[RTN_SECRET_CUSTOMER_HASH],
                       sizeof(store->secrets[RTN_SECRET_CUSTOMER_HASH]));
}


uint64_t
order_hash(const struct order_hash *hash, struct rtn_str id)
{
    uint8_t  bytes[crypto_shorthash_BYTES];

    crypto_shorthash(bytes, (const uint8_t *) id.data, id.len, hash->key);

    return db_key_read_u64(bytes);
}
