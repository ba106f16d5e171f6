/* Money: decimal strings outside, minor units by ISO 4217 inside. */

#ifndef RTN_MONEY_H_INCLUDED
#define RTN_MONEY_H_INCLUDED

#include "rtn.h"

#define RTN_MONEY_TEXT_MAX   24     /* characters of an amount, with NUL */

/*
 * An amount's limit, 10^15 minor units: ten trillion in a currency with two
 * digits.  A thousand million such orders still fit 64 bits of a sum of
 * ordinary ones, and an amount past it is a mistake.
 */
#define RTN_MONEY_MAX        INT64_C(1000000000000000)

/* A currency as three letters and a NUL; the empty string is "none". */
typedef char rtn_currency_t[RTN_CURRENCY_LEN + 1];

/*
 * Reads a currency code, upper case only.
 * RTN_ERR_CURRENCY: not an active ISO 4217 code.  Any thread.
 */
int rtn_currency_parse(struct rtn_str text, rtn_currency_t currency);

/*
 * How many digits stand after the point: 0 (JPY), 2 (EUR), 3 (KWD), ...
 * -1 for what is not a currency.  Any thread.
 */
int rtn_currency_digits(const rtn_currency_t currency);

/*
 * Reads "30", "30.0" or "-30.00" as minor units.  No exponent, no grouping,
 * no sign but '-', no spaces, no more digits than the currency has, though
 * zeros past them are forgiven ("30.000" in EUR).
 *
 * RTN_ERR_MONEY: not such a number, or past RTN_MONEY_MAX either way.
 * RTN_ERR_CURRENCY: unknown currency.  Any thread.
 */
int rtn_money_parse(struct rtn_str text, const rtn_currency_t currency,
    int64_t *minor);

/*
 * Writes minor units as a decimal with all digits of the currency: "30.00",
 * and a NUL.  An unknown currency is written with two digits.  Any thread.
 */
void rtn_money_format(int64_t minor, const rtn_currency_t currency,
    char text[RTN_MONEY_TEXT_MAX]);

#endif /* RTN_MONEY_H_INCLUDED */
