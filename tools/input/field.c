/* Cells as values, each with a sentence for what it is not. */

#include <string.h>
#include <strings.h>
#include <time.h>

#include "../analysis/zone.h"
#include "field.h"
#include "rtn_text.h"

#define FIELD_DAY_LEN      10               /* YYYY-MM-DD */
#define FIELD_CLOCK_LEN    16               /* with "Thh:mm" */
#define FIELD_SECONDS_LEN  19               /* with ":ss" as well */
#define FIELD_DAY_MS       INT64_C(86400000)


static int
field_fail(int err, const char **reason, const char *sentence)
{
    *reason = sentence;

    return err;
}


int
rti_integer(struct rtn_str cell, int64_t min, int64_t max, int64_t *number,
    const char **reason)
{
    bool      is_negative;
    size_t    i;
    int64_t   value = 0;
    unsigned  digit;

    is_negative = cell.len > 0 && cell.data[0] == '-';
    i = is_negative ? 1 : 0;

    if (i == cell.len) {
        return field_fail(RTN_ERR_LIMIT, reason, "not a whole number");
    }

    for ( /* void */ ; i < cell.len; i++) {
        digit = (unsigned) cell.data[i] - '0';

        if (digit > 9) {
            return field_fail(RTN_ERR_LIMIT, reason, "not a whole number");
        }

        if (__builtin_mul_overflow(value, 10, &value)
            || __builtin_sub_overflow(value, (int64_t) digit, &value))
        {
            return field_fail(RTN_ERR_LIMIT, reason, "out of range");
        }
    }

    /* Summed below zero, where there is room for INT64_MIN too. */

    if (!is_negative && __builtin_sub_overflow(0, value, &value)) {
        return field_fail(RTN_ERR_LIMIT, reason, "out of range");
    }

    if (value < min || value > max) {
        return field_fail(RTN_ERR_LIMIT, reason, "out of range");
    }

    *number = value;

    return 0;
}


int
rti_money(struct rtn_str cell, const rtn_currency_t currency, int64_t *minor,
    const char **reason)
{
    int  rc = rtn_money_parse(cell, currency, minor);

    return rc == 0 ? 0 : field_fail(rc, reason, rtn_strerror(rc));
}


int
rti_currency(struct rtn_str cell, rtn_currency_t currency,
    const char **reason)
{
    int             rc = RTN_ERR_CURRENCY;
    char            upper[RTN_CURRENCY_LEN];
    size_t          i;
    struct rtn_str  code = { upper, sizeof(upper) };

    if (cell.len == sizeof(upper)) {
        for (i = 0; i < sizeof(upper); i++) {
            upper[i] = cell.data[i];

            if (upper[i] >= 'a' && upper[i] <= 'z') {
                upper[i] -= 'a' - 'A';
            }
        }

        rc = rtn_currency_parse(code, currency);
    }

    return rc == 0 ? 0 : field_fail(rc, reason, "not a currency of ISO 4217");
}


int
rti_day(struct rtn_str cell, rtn_day_t *day, const char **reason)
{
    int  rc = rtn_day_parse(cell, day);

    return rc == 0 ? 0 : field_fail(rc, reason, "not a day that exists, as "
                                    "2026-11-25");
}


/* What the shop's clock is ahead of UTC at a moment; TZ is rta_zone_use's. */

static int64_t
field_offset_ms(int64_t ms)
{
    time_t     seconds = (time_t) (ms / 1000);
    struct tm  local;

    if (ms % 1000 < 0) {
        seconds--;
    }

    if (localtime_r(&seconds, &local) == NULL) {
        return 0;
    }

    return (int64_t) local.tm_gmtoff * 1000;
}


/*
 * The moment at which the shop's clock shows what UTC's shows at shown_ms.
 * The offsets a day before and a day after are the only candidates, since no
 * zone changes its clock twice in two days; the one before gives the first of
 * two moments, and where there is none moves on by the change.
 */

static int64_t
field_local(int64_t shown_ms)
{
    int64_t  before, after;

    before = shown_ms - field_offset_ms(shown_ms - FIELD_DAY_MS);

    if (before + field_offset_ms(before) == shown_ms) {
        return before;
    }

    after = shown_ms - field_offset_ms(shown_ms + FIELD_DAY_MS);

    return after + field_offset_ms(after) == shown_ms ? after : before;
}


/* A clock's time without a zone: read as if it were UTC's, then moved. */

static int
field_clock(struct rtn_str cell, int64_t *ms)
{
    int              rc;
    char             text[FIELD_SECONDS_LEN + 1];
    int64_t          shown_ms;
    struct rtn_str   utc = { text, sizeof(text) };

    memcpy(text, cell.data, cell.len);

    if (cell.len == FIELD_CLOCK_LEN) {
        memcpy(text + FIELD_CLOCK_LEN, ":00",
               FIELD_SECONDS_LEN - FIELD_CLOCK_LEN);
    }

    text[FIELD_SECONDS_LEN] = 'Z';

    rc = rtn_time_parse(utc, &shown_ms);

    if (rc == 0) {
        *ms = field_local(shown_ms);
    }

    return rc;
}


int
rti_time(struct rtn_str cell, int64_t *ms, const char **reason)
{
    int        rc;
    rtn_day_t  day;

    switch (cell.len) {

    case FIELD_DAY_LEN:
        rc = rtn_day_parse(cell, &day);

        if (rc == 0) {
            *ms = rta_zone_day_start(day);
        }

        break;

    case FIELD_CLOCK_LEN:
    case FIELD_SECONDS_LEN:
        rc = field_clock(cell, ms);
        break;

    default:
        rc = rtn_time_parse(cell, ms);
    }

    return rc == 0 ? 0 : field_fail(rc, reason, "not a time that exists, as "
                                    "2026-11-25T09:30:00Z or 2026-11-25");
}


static bool
field_is(struct rtn_str cell, const char *word)
{
    return cell.len == strlen(word)
           && strncasecmp(cell.data, word, cell.len) == 0;
}


int
rti_choice(struct rtn_str cell, const char *const *names, size_t n,
    size_t *choice, const char **reason)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (field_is(cell, names[i])) {
            *choice = i;
            return 0;
        }
    }

    return field_fail(RTN_ERR_NOT_FOUND, reason, "not a word that is known "
                      "here");
}


int
rti_flag(struct rtn_str cell, bool *flag, const char **reason)
{
    size_t                    word;
    static const char *const  words[] = {
        "no", "yes", "false", "true", "0", "1"
    };

    if (rti_choice(cell, words, sizeof(words) / sizeof(words[0]), &word,
                   reason) != 0)
    {
        return field_fail(RTN_ERR_LIMIT, reason, "neither yes nor no");
    }

    *flag = word % 2 == 1;

    return 0;
}


int
rti_text(struct rtn_str cell, char *out, size_t size, const char **reason)
{
    if (cell.len >= size) {
        return field_fail(RTN_ERR_LIMIT, reason, "too long");
    }

    if (!rtn_text_is_utf8(cell)) {
        return field_fail(RTN_ERR_UTF8, reason, "bytes that are not UTF-8");
    }

    if (rtn_text_has_control(cell)) {
        return field_fail(RTN_ERR_LIMIT, reason, "a control character");
    }

    if (cell.len > 0) {
        memcpy(out, cell.data, cell.len);
    }

    out[cell.len] = '\0';

    return 0;
}


int
rti_id(struct rtn_str cell, char out[RTI_ID_MAX + 1], const char **reason)
{
    if (cell.len == 0) {
        return field_fail(RTN_ERR_LIMIT, reason, "empty");
    }

    if (cell.len > RTI_ID_MAX) {
        return field_fail(RTN_ERR_LIMIT, reason, "longer than 64 bytes");
    }

    return rti_text(cell, out, RTI_ID_MAX + 1, reason);
}
