/*
 * Rows of customers and guests, and rows that name one by number.
 *
 * What nearly every customer has comes first: flags, consent, the registration,
 * and texts behind their lengths.  What only some have follows in fields as an
 * event's record has them (codec/event.c): tag, length of two bytes, value, the
 * tags rising; an even tag that is not known is skipped, an odd one is
 * RTN_ERR_NEWER.
 */

#include <string.h>

#include "crm.h"
#include "row.h"

#define ROW_NUMBER_LEN  4

/* Tags of fields. */
#define ROW_TAG_REFERRED_BY  2

#define ROW_TEXT(field)                                                       \
    offsetof(struct rtn_customer, field),                                     \
    sizeof(((struct rtn_customer *) 0)->field)

/* In the order of the row's bytes; those with a tag are fields. */
static const struct {
    size_t    offset;
    size_t    size;
    uint32_t  given;        /* 0: never changes */
    uint8_t   tag;          /* 0: none */
} row_texts[] = {
    { ROW_TEXT(id),          0,                        0 },
    { ROW_TEXT(email),       RTN_CUSTOMER_EMAIL,       0 },
    { ROW_TEXT(phone),       RTN_CUSTOMER_PHONE,       0 },
    { ROW_TEXT(name),        RTN_CUSTOMER_NAME,        0 },
    { ROW_TEXT(country),     RTN_CUSTOMER_COUNTRY,     0 },
    { ROW_TEXT(language),    RTN_CUSTOMER_LANGUAGE,    0 },
    { ROW_TEXT(channel),     RTN_CUSTOMER_CHANNEL,     0 },
    { ROW_TEXT(birthday),    RTN_CUSTOMER_BIRTHDAY,    0 },
    { ROW_TEXT(referred_by), RTN_CUSTOMER_REFERRED_BY, ROW_TAG_REFERRED_BY }
};

#define ROW_TEXTS  (sizeof(row_texts) / sizeof(row_texts[0]))

static void row_put_text(struct rtn_wire_out *out,
    const struct rtn_customer *customer, size_t i);
static void row_get_fields(struct rtn_wire_in *in,
    struct rtn_customer *customer);
static void row_get_field(struct rtn_wire_in *in, uint8_t tag,
    struct rtn_customer *customer);


struct rtn_str
crm_customer_key(uint8_t key[4], uint32_t number)
{
    return db_row_key(key, db_key_u32(key, number));
}


int
crm_customer_encode(const struct rtn_customer *customer,
    uint8_t row[CRM_CUSTOMER_ROW_MAX], struct rtn_str *payload)
{
    size_t               i;
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, row, CRM_CUSTOMER_ROW_MAX);

    db_row_put_bool(&out, customer->is_guest);
    db_row_put_bool(&out, customer->is_unsubscribed);
    rtn_wire_put_u8(&out, (uint8_t) customer->consent);
    rtn_wire_put_i64(&out, customer->registered_ms);

    for (i = 0; i < ROW_TEXTS; i++) {
        row_put_text(&out, customer, i);
    }

    return db_row_end(&out, payload);
}


int
crm_customer_decode(struct rtn_str key, struct rtn_str payload,
    struct rtn_customer *customer)
{
    size_t              i;
    struct rtn_wire_in  in;

    if (key.len != ROW_NUMBER_LEN) {
        return RTN_ERR_CORRUPT;
    }

    memset(customer, 0, sizeof(*customer));
    rtn_wire_in_init(&in, payload);

    customer->number = db_key_read_u32((const uint8_t *) key.data);
    customer->is_guest = db_row_get_bool(&in);
    customer->is_unsubscribed = db_row_get_bool(&in);
    customer->consent = db_row_get_enum(&in, RTN_CONSENT_DENIED);
    customer->registered_ms = rtn_wire_get_i64(&in);

    for (i = 0; i < ROW_TEXTS && row_texts[i].tag == 0; i++) {
        db_row_get_text(&in, (char *) customer + row_texts[i].offset,
                        row_texts[i].size);
    }

    row_get_fields(&in, customer);

    return rtn_wire_in_end(&in);
}


int
crm_customer_get(struct db_txn *txn, uint32_t number,
    struct rtn_customer *customer)
{
    int             rc;
    uint8_t         bytes[ROW_NUMBER_LEN];
    struct rtn_str  key, payload;

    key = crm_customer_key(bytes, number);

    rc = db_get(txn, DB_CUSTOMERS, key, &payload);

    return rc != RTN_OK ? rc : crm_customer_decode(key, payload, customer);
}


int
crm_customer_store(struct db_txn *txn, const struct rtn_customer *customer)
{
    int             rc;
    uint8_t         key[ROW_NUMBER_LEN], row[CRM_CUSTOMER_ROW_MAX];
    struct rtn_str  payload;

    rc = crm_customer_encode(customer, row, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    return db_put(txn, DB_CUSTOMERS, crm_customer_key(key, customer->number),
                  payload);
}


void
crm_customer_merge(struct rtn_customer *stored,
    const struct rtn_customer *customer, uint32_t given)
{
    size_t          i, offset;
    char           *text;
    struct rtn_str  str;

    for (i = 0; i < ROW_TEXTS; i++) {
        if (!(given & row_texts[i].given)) {
            continue;
        }

        offset = row_texts[i].offset;
        text = (char *) stored + offset;
        str = db_row_str((const char *) customer + offset,
                         row_texts[i].size - 1);

        memcpy(text, str.data, str.len);
        text[str.len] = '\0';
    }

    if (given & RTN_CUSTOMER_REGISTERED) {
        stored->registered_ms = customer->registered_ms;
    }

    if (given & RTN_CUSTOMER_CONSENT) {
        stored->consent = customer->consent;
    }

    /* no import undoes an unsubscription */
    if ((given & RTN_CUSTOMER_SUBSCRIBED) && customer->is_unsubscribed) {
        stored->is_unsubscribed = true;
    }
}


int
crm_number_get(struct db_txn *txn, enum db_table table, struct rtn_str key,
    uint32_t *number)
{
    int                 rc;
    uint32_t            read;
    struct rtn_str      payload;
    struct rtn_wire_in  in;

    rc = db_get(txn, table, key, &payload);
    if (rc != RTN_OK) {
        return rc;
    }

    rtn_wire_in_init(&in, payload);
    read = rtn_wire_get_u32(&in);

    rc = rtn_wire_in_end(&in);

    if (rc == RTN_OK) {
        *number = read;
    }

    return rc;
}


int
crm_number_put(struct db_txn *txn, enum db_table table, struct rtn_str key,
    uint32_t number)
{
    uint8_t  payload[ROW_NUMBER_LEN];

    return db_put(txn, table, key,
                  db_row_key(payload, db_key_u32(payload, number)));
}


static void
row_put_text(struct rtn_wire_out *out, const struct rtn_customer *customer,
    size_t i)
{
    const char  *text;

    text = (const char *) customer + row_texts[i].offset;

    if (row_texts[i].tag == 0) {
        db_row_put_text(out, text, row_texts[i].size);

    } else if (text[0] != '\0') {
        rtn_wire_put_u8(out, row_texts[i].tag);
        db_row_put_text(out, text, row_texts[i].size);
    }
}


static void
row_get_fields(struct rtn_wire_in *in, struct rtn_customer *customer)
{
    uint8_t  tag, last;

    for (last = 0; rtn_wire_left(in) > 0; last = tag) {
        tag = rtn_wire_get_u8(in);

        if (tag <= last) {
            in->err = RTN_ERR_CORRUPT;
            return;
        }

        row_get_field(in, tag, customer);
    }
}


static void
row_get_field(struct rtn_wire_in *in, uint8_t tag,
    struct rtn_customer *customer)
{
    size_t  i;

    for (i = 0; i < ROW_TEXTS; i++) {
        if (row_texts[i].tag == tag) {
            db_row_get_text(in, (char *) customer + row_texts[i].offset,
                            row_texts[i].size);
            return;
        }
    }

    if (tag % 2 != 0) {
        in->err = RTN_ERR_NEWER;
        return;
    }

    (void) rtn_wire_get_str(in);
}
