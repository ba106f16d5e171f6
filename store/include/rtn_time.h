/* Times as text: RFC 3339, written in UTC with Z.  Zones are the tool's. */

#ifndef RTN_TIME_H_INCLUDED
#define RTN_TIME_H_INCLUDED

#include "rtn.h"

#define RTN_TIME_TEXT_MAX   25      /* 2026-11-25T09:30:00.123Z and a NUL */

/* A day of the proleptic Gregorian calendar, 1970-01-01 is 0. */
typedef int32_t rtn_day_t;

/*
 * Reads a complete RFC 3339 time with zone; a space may stand for T; digits
 * of a second past the third are dropped; second 60 counts as 59.
 * Years 1970 to 2159.
 *
 * RTN_ERR_TIME: another form, or a time that does not exist.  Any thread.
 */
int rtn_time_parse(struct rtn_str text, int64_t *ms);

/*
 * Reads YYYY-MM-DD.  Years 1900 to 2159, for birthdays are days as well.
 * RTN_ERR_TIME as above, 2026-02-29 included.
 * Any thread.
 */
int rtn_day_parse(struct rtn_str text, rtn_day_t *day);

/* Writes 2026-11-25T09:30:00Z, with .123 when there are any.  Any thread. */
void rtn_time_format(int64_t ms, char text[RTN_TIME_TEXT_MAX]);

/* Writes YYYY-MM-DD and a NUL.  Any thread. */
void rtn_day_format(rtn_day_t day, char text[11]);

/* Year, month 1 to 12 and day 1 to 31 of a day, and back.  Any thread. */
void rtn_day_civil(rtn_day_t day, int *year, int *month, int *mday);
rtn_day_t rtn_day_from_civil(int year, int month, int mday);

#endif /* RTN_TIME_H_INCLUDED */
