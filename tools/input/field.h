/*
 * Cells of a file as values.  Each function takes a cell that is not empty,
 * writes the value on success, and on failure points reason at a static
 * sentence, lower case, without the column's name.
 */

#ifndef RTI_FIELD_H_INCLUDED
#define RTI_FIELD_H_INCLUDED

#include "rtn.h"
#include "rtn_money.h"
#include "rtn_time.h"

/* Decimal digits with an optional '-'; min to max, both allowed.
   RTN_ERR_LIMIT. */
int rti_integer(struct rtn_str cell, int64_t min, int64_t max,
    int64_t *number, const char **reason);

/* An amount, as rtn_money_parse reads it.  RTN_ERR_MONEY,
   RTN_ERR_CURRENCY. */
int rti_money(struct rtn_str cell, const rtn_currency_t currency,
    int64_t *minor, const char **reason);

/* A currency; small letters are forgiven.  RTN_ERR_CURRENCY. */
int rti_currency(struct rtn_str cell, rtn_currency_t currency,
    const char **reason);

/*
 * A time, in the zone of rta_zone_use:
 *
 *     2026-11-25T09:30:00Z, 2026-11-25 09:30:00+02:00   RFC 3339
 *     2026-11-25T09:30:00, 2026-11-25 09:30[:00]        the shop's clock
 *     2026-11-25                                        its midnight
 *
 * A clock time that the change to summer time leaves out is moved on by the
 * change; of one that comes twice the first is meant.  RTN_ERR_TIME.
 */
int rti_time(struct rtn_str cell, int64_t *ms, const char **reason);

/* YYYY-MM-DD.  RTN_ERR_TIME. */
int rti_day(struct rtn_str cell, rtn_day_t *day, const char **reason);

/* yes, no, true, false, 1, 0, in any case.  RTN_ERR_LIMIT. */
int rti_flag(struct rtn_str cell, bool *flag, const char **reason);

/* One of names, in any case; choice gets its index.  RTN_ERR_NOT_FOUND. */
int rti_choice(struct rtn_str cell, const char *const *names, size_t n,
    size_t *choice, const char **reason);

/* An id of a customer or an order: UTF-8, no control bytes, 1 to 64 bytes;
   out gets it with a NUL.  RTN_ERR_LIMIT, RTN_ERR_UTF8. */
#define RTI_ID_MAX  64
int rti_id(struct rtn_str cell, char out[RTI_ID_MAX + 1],
    const char **reason);

/* Any text: UTF-8, no control bytes, less than size bytes; out gets it with a
   NUL.  RTN_ERR_LIMIT, RTN_ERR_UTF8. */
int rti_text(struct rtn_str cell, char *out, size_t size,
    const char **reason);

#endif /* RTI_FIELD_H_INCLUDED */
