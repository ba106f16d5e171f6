/* Fields of rows; see row.h. */

#include <string.h>

#include "row.h"

static void row_fail(struct rtn_wire_in *in);


struct rtn_str
db_row_key(const uint8_t *first, const uint8_t *last)
{
    struct rtn_str  key;

    key.data = (const char *) first;
    key.len = (size_t) (last - first);

    return key;
}


struct rtn_str
db_row_str(const char *text, size_t size)
{
    struct rtn_str  str;

    str.data = text;
    str.len = strnlen(text, size);

    return str;
}


int
db_row_copy(char *text, size_t size, struct rtn_str str)
{
    if (str.len == 0 || str.len >= size
        || memchr(str.data, '\0', str.len) != NULL)
    {
        return RTN_ERR_LIMIT;
    }

    memcpy(text, str.data, str.len);
    text[str.len] = '\0';

    return RTN_OK;
}


void
db_row_put_text(struct rtn_wire_out *out, const char *text, size_t size)
{
    rtn_wire_put_str(out, db_row_str(text, size));
}


void
db_row_get_text(struct rtn_wire_in *in, char *text, size_t size)
{
    struct rtn_str  str;

    str = rtn_wire_get_str(in);
    text[0] = '\0';

    if (str.len > 0 && db_row_copy(text, size, str) != RTN_OK) {
        row_fail(in);
    }
}


void
db_row_put_currency(struct rtn_wire_out *out, const rtn_currency_t currency)
{
    char            letters[RTN_CURRENCY_LEN] = { 0 };
    struct rtn_str  str;

    str = db_row_str(currency, RTN_CURRENCY_LEN);
    memcpy(letters, str.data, str.len);

    rtn_wire_put_bytes(out, letters, sizeof(letters));
}


void
db_row_get_currency(struct rtn_wire_in *in, rtn_currency_t currency)
{
    rtn_wire_get_bytes(in, currency, RTN_CURRENCY_LEN);
    currency[RTN_CURRENCY_LEN] = '\0';
}


void
db_row_put_bool(struct rtn_wire_out *out, bool value)
{
    rtn_wire_put_u8(out, value ? 1 : 0);
}


bool
db_row_get_bool(struct rtn_wire_in *in)
{
    return db_row_get_enum(in, 1) == 1;
}


uint8_t
db_row_get_enum(struct rtn_wire_in *in, uint8_t last)
{
    uint8_t  value;

    value = rtn_wire_get_u8(in);

    if (value > last) {
        row_fail(in);
        return 0;
    }

    return value;
}


bool
db_row_equal(struct rtn_str a, struct rtn_str b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}


int
db_row_end(const struct rtn_wire_out *out, struct rtn_str *payload)
{
    size_t  len;
    int     rc;

    rc = rtn_wire_out_end(out, &len);
    if (rc != RTN_OK) {
        return rc;
    }

    payload->data = (const char *) out->data;
    payload->len = len;

    return RTN_OK;
}


static void
row_fail(struct rtn_wire_in *in)
{
    if (in->err == 0) {
        in->err = RTN_ERR_CORRUPT;
    }
}
