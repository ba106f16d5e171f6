#include <string.h>

#include "text.h"

/* RFC 3629, section 4: what the first byte says of the bytes after it. */
struct text_utf8_row {
    uint8_t  first_low, first_high;     /* of the first byte */
    uint8_t  low, high;                 /* of the second byte */
    uint8_t  len;
};

static const struct text_utf8_row  text_utf8_rows[] = {
    { 0x00, 0x7F, 0x00, 0x00, 1 },
    { 0xC2, 0xDF, 0x80, 0xBF, 2 },
    { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
    { 0xE1, 0xEC, 0x80, 0xBF, 3 },
    { 0xED, 0xED, 0x80, 0x9F, 3 },
    { 0xEE, 0xEF, 0x80, 0xBF, 3 },
    { 0xF0, 0xF0, 0x90, 0xBF, 4 },
    { 0xF1, 0xF3, 0x80, 0xBF, 4 },
    { 0xF4, 0xF4, 0x80, 0x8F, 4 }
};


bool
rtn_text_is(struct rtn_str text, const char *word)
{
    size_t  len = strlen(word);

    return text.len == len && (len == 0 || memcmp(text.data, word, len) == 0);
}


bool
rtn_text_has_control(struct rtn_str text)
{
    size_t   i;
    uint8_t  byte;

    for (i = 0; i < text.len; i++) {
        byte = (uint8_t) text.data[i];

        if (byte < 0x20 || byte == 0x7F) {
            return true;
        }

        /* U+0080 to U+009F are C2 80 to C2 9F. */

        if (byte == 0xC2 && i + 1 < text.len
            && (uint8_t) text.data[i + 1] < 0xA0)
        {
            return true;
        }
    }

    return false;
}


/* Bytes of the character at p, 0 where there is none. */
static size_t
text_utf8_len(const uint8_t *p, size_t left)
{
    const struct text_utf8_row  *row;
    size_t                       i, n;

    for (i = 0; i < sizeof(text_utf8_rows) / sizeof(text_utf8_rows[0]); i++) {
        row = &text_utf8_rows[i];

        if (p[0] < row->first_low || p[0] > row->first_high) {
            continue;
        }

        if (row->len > left) {
            return 0;
        }

        if (row->len > 1 && (p[1] < row->low || p[1] > row->high)) {
            return 0;
        }

        for (n = 2; n < row->len; n++) {
            if ((p[n] & 0xC0) != 0x80) {
                return 0;
            }
        }

        return row->len;
    }

    return 0;
}


bool
rtn_text_is_utf8(struct rtn_str text)
{
    const uint8_t  *p = (const uint8_t *) text.data;
    size_t          i, len;

    for (i = 0; i < text.len; i += len) {
        len = text_utf8_len(p + i, text.len - i);
        if (len == 0) {
            return false;
        }
    }

    return true;
}


size_t
rtn_text_cut(struct rtn_str text, size_t max)
{
    size_t  len;

    if (text.len <= max) {
        return text.len;
    }

    len = max;

    while (len > 0 && ((uint8_t) text.data[len] & 0xC0) == 0x80) {
        len--;
    }

    return len;
}


/* Reads digits from i on as long as there are any, most of them into value. */
static int
decimal_digits(struct rtn_str text, size_t *i, int most, int64_t max,
    int64_t *value)
{
    int  digit, n;

    for (n = 0; *i < text.len; n++, (*i)++) {
        if (text.data[*i] < '0' || text.data[*i] > '9') {
            break;
        }

        digit = text.data[*i] - '0';

        if (n < most) {
            *value = *value * 10 + digit;

        } else if (digit != 0) {
            return RTN_ERR_LIMIT;
        }

        if (*value > max) {
            return RTN_ERR_LIMIT;
        }
    }

    return n;
}


int
rtn_decimal_parse(struct rtn_str text, int digits, int64_t max,
    int64_t *value)
{
    bool     is_negative;
    size_t   i;
    int      n;
    int64_t  total;

    /* No number of 18 digits needs more, and n stays far from overflow. */

    if (text.len > 64) {
        return RTN_ERR_LIMIT;
    }

    is_negative = text.len > 0 && text.data[0] == '-';
    i = is_negative;
    total = 0;

    n = decimal_digits(text, &i, (int) text.len, max, &total);
    if (n <= 0) {
        return RTN_ERR_LIMIT;
    }

    n = 0;

    if (i < text.len && text.data[i] == '.') {
        i++;

        n = decimal_digits(text, &i, digits, max, &total);
        if (n <= 0) {
            return RTN_ERR_LIMIT;
        }
    }

    if (i != text.len) {
        return RTN_ERR_LIMIT;
    }

    for ( /* void */ ; n < digits; n++) {
        total *= 10;

        if (total > max) {
            return RTN_ERR_LIMIT;
        }
    }

    *value = is_negative ? -total : total;

    return RTN_OK;
}
