/*
 * RFC 3339 times and days.  The calendar's arithmetic counts years from
 * March, so that the day of a leap year comes last: 400 years have 146,097
 * days, and the months from March on start at (153 * m + 2) / 5.
 */

#include <stdio.h>

#include "rtn_time.h"

#define TIME_DAY_MS        INT64_C(86400000)
#define TIME_YEAR_FIRST    1970
#define TIME_YEAR_LAST     2159
#define TIME_DAY_YEAR      1900     /* birthdays are days, too */
#define TIME_ERA_DAYS      146097   /* 400 years */
#define TIME_EPOCH_DAYS    719468   /* 0000-03-01 to 1970-01-01 */

/* 0000-01-01 and 9999-12-31: what has four digits of a year. */
#define TIME_DAY_MIN       (-719528)
#define TIME_DAY_MAX       2932896

/* What is left of a text while it is read. */
struct time_cursor {
    const char  *p;
    const char  *end;
    bool         is_bad;
};


static int
time_number(struct time_cursor *cursor, int width)
{
    int  value;

    value = 0;

    for ( /* void */ ; width > 0; width--) {
        if (cursor->p == cursor->end || *cursor->p < '0' || *cursor->p > '9') {
            cursor->is_bad = true;
            return 0;
        }

        value = value * 10 + (*cursor->p++ - '0');
    }

    return value;
}


/* Takes the next character when it is one of two, and says which. */
static char
time_accept(struct time_cursor *cursor, char a, char b)
{
    if (cursor->p < cursor->end && (*cursor->p == a || *cursor->p == b)) {
        return *cursor->p++;
    }

    return '\0';
}


static void
time_expect(struct time_cursor *cursor, char a)
{
    if (time_accept(cursor, a, a) == '\0') {
        cursor->is_bad = true;
    }
}


static int
time_month_days(int year, int month)
{
    static const int  days[] = { 31, 28, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31 };

    if (month == 2
        && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
    {
        return 29;
    }

    return days[month - 1];
}


static rtn_day_t
time_date(struct time_cursor *cursor, int year_first)
{
    int  year, month, mday;

    year = time_number(cursor, 4);
    time_expect(cursor, '-');
    month = time_number(cursor, 2);
    time_expect(cursor, '-');
    mday = time_number(cursor, 2);

    if (cursor->is_bad
        || year < year_first || year > TIME_YEAR_LAST
        || month < 1 || month > 12
        || mday < 1 || mday > time_month_days(year, month))
    {
        cursor->is_bad = true;
        return 0;
    }

    return rtn_day_from_civil(year, month, mday);
}


static int
time_fraction_ms(struct time_cursor *cursor)
{
    int  ms, scale;

    if (time_accept(cursor, '.', '.') == '\0') {
        return 0;
    }

    ms = time_number(cursor, 1) * 100;

    for (scale = 10; cursor->p < cursor->end; scale /= 10) {
        if (*cursor->p < '0' || *cursor->p > '9') {
            break;
        }

        ms += (*cursor->p++ - '0') * scale;
    }

    return ms;
}


/* The time of a day, in ms. */
static int64_t
time_clock(struct time_cursor *cursor)
{
    int  hour, minute, second, ms;

    hour = time_number(cursor, 2);
    time_expect(cursor, ':');
    minute = time_number(cursor, 2);
    time_expect(cursor, ':');
    second = time_number(cursor, 2);
    ms = time_fraction_ms(cursor);

    if (hour > 23 || minute > 59 || second > 60) {
        cursor->is_bad = true;
    }

    if (second == 60) {
        second = 59;
    }

    return ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + ms;
}


/* How far local time is ahead of UTC, in ms. */
static int64_t
time_zone(struct time_cursor *cursor)
{
    char     sign;
    int      hour, minute;
    int64_t  offset_ms;

    if (time_accept(cursor, 'Z', 'z') != '\0') {
        return 0;
    }

    sign = time_accept(cursor, '+', '-');
    hour = time_number(cursor, 2);
    time_expect(cursor, ':');
    minute = time_number(cursor, 2);

    if (sign == '\0' || hour > 23 || minute > 59) {
        cursor->is_bad = true;
    }

    offset_ms = (hour * 60 + minute) * INT64_C(60000);

    return sign == '-' ? -offset_ms : offset_ms;
}


int
rtn_time_parse(struct rtn_str text, int64_t *ms)
{
    struct time_cursor  cursor;
    int64_t             total;

    if (text.len == 0) {
        return RTN_ERR_TIME;
    }

    cursor.p = text.data;
    cursor.end = text.data + text.len;
    cursor.is_bad = false;

    total = time_date(&cursor, TIME_YEAR_FIRST) * TIME_DAY_MS;

    if (time_accept(&cursor, 'T', 't') == '\0') {
        time_expect(&cursor, ' ');
    }

    total += time_clock(&cursor);
    total -= time_zone(&cursor);

    if (cursor.is_bad || cursor.p != cursor.end) {
        return RTN_ERR_TIME;
    }

    if (total < 0
        || total >= rtn_day_from_civil(TIME_YEAR_LAST + 1, 1, 1) * TIME_DAY_MS)
    {
        return RTN_ERR_TIME;
    }

    *ms = total;

    return RTN_OK;
}


int
rtn_day_parse(struct rtn_str text, rtn_day_t *day)
{
    struct time_cursor  cursor;
    rtn_day_t           found;

    if (text.len == 0) {
        return RTN_ERR_TIME;
    }

    cursor.p = text.data;
    cursor.end = text.data + text.len;
    cursor.is_bad = false;

    found = time_date(&cursor, TIME_DAY_YEAR);

    if (cursor.is_bad || cursor.p != cursor.end) {
        return RTN_ERR_TIME;
    }

    *day = found;

    return RTN_OK;
}


void
rtn_time_format(int64_t ms, char text[RTN_TIME_TEXT_MAX])
{
    char     date[11];
    int64_t  day;
    int      rest, second;

    if (ms < TIME_DAY_MIN * TIME_DAY_MS) {
        ms = TIME_DAY_MIN * TIME_DAY_MS;
    }

    if (ms >= (TIME_DAY_MAX + 1) * TIME_DAY_MS) {
        ms = (TIME_DAY_MAX + 1) * TIME_DAY_MS - 1;
    }

    day = ms / TIME_DAY_MS;
    rest = (int) (ms % TIME_DAY_MS);

    if (rest < 0) {
        day--;
        rest += (int) TIME_DAY_MS;
    }

    rtn_day_format((rtn_day_t) day, date);
    second = rest / 1000;

    if (rest % 1000 == 0) {
        snprintf(text, RTN_TIME_TEXT_MAX, "%sT%02d:%02d:%02dZ", date,
                 second / 3600, second / 60 % 60, second % 60);

    } else {
        snprintf(text, RTN_TIME_TEXT_MAX, "%sT%02d:%02d:%02d.%03dZ", date,
                 second / 3600, second / 60 % 60, second % 60, rest % 1000);
    }
}


void
rtn_day_format(rtn_day_t day, char text[11])
{
    char  digits[32];
    int   year, month, mday, i;

    if (day < TIME_DAY_MIN) {
        day = TIME_DAY_MIN;
    }

    if (day > TIME_DAY_MAX) {
        day = TIME_DAY_MAX;
    }

    rtn_day_civil(day, &year, &month, &mday);
    snprintf(digits, sizeof(digits), "%04d-%02d-%02d", year, month, mday);

    for (i = 0; i < 10; i++) {
        text[i] = digits[i];
    }

    text[10] = '\0';
}


void
rtn_day_civil(rtn_day_t day, int *year, int *month, int *mday)
{
    int64_t  days, era;
    int      rest, y, yday, m;

    days = (int64_t) day + TIME_EPOCH_DAYS;
    era = (days >= 0 ? days : days - (TIME_ERA_DAYS - 1)) / TIME_ERA_DAYS;
    rest = (int) (days - era * TIME_ERA_DAYS);

    /* Days without those of the leap years divide into years of 365. */

    y = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    yday = rest - (365 * y + y / 4 - y / 100);
    m = (5 * yday + 2) / 153;

    *mday = yday - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = (int) (era * 400) + y + (m >= 10);
}


rtn_day_t
rtn_day_from_civil(int year, int month, int mday)
{
    int  era, y, m;

    /* January and February belong to the year before. */

    year -= month <= 2;
    m = month > 2 ? month - 3 : month + 9;

    era = (year >= 0 ? year : year - 399) / 400;
    y = year - era * 400;

    return era * TIME_ERA_DAYS + 365 * y + y / 4 - y / 100
           + (153 * m + 2) / 5 + mday - 1 - TIME_EPOCH_DAYS;
}
