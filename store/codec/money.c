/* Amounts as decimal strings; the currencies are in currency.c. */

#include "rtn_money.h"
#include "text.h"

#define MONEY_DIGITS_UNKNOWN  2


int
rtn_money_parse(struct rtn_str text, const rtn_currency_t currency,
    int64_t *minor)
{
    int  digits;

    digits = rtn_currency_digits(currency);
    if (digits < 0) {
        return RTN_ERR_CURRENCY;
    }

    if (rtn_decimal_parse(text, digits, RTN_MONEY_MAX, minor) != 0) {
        return RTN_ERR_MONEY;
    }

    return RTN_OK;
}


void
rtn_money_format(int64_t minor, const rtn_currency_t currency,
    char text[RTN_MONEY_TEXT_MAX])
{
    char      reverse[RTN_MONEY_TEXT_MAX];
    size_t    n;
    int       digits, i;
    uint64_t  units;

    digits = rtn_currency_digits(currency);
    if (digits < 0) {
        digits = MONEY_DIGITS_UNKNOWN;
    }

    /* The negation is in unsigned numbers, where INT64_MIN has one. */

    units = minor < 0 ? 0 - (uint64_t) minor : (uint64_t) minor;
    n = 0;

    for (i = 0; units > 0 || i <= digits; i++) {
        if (i == digits && digits > 0) {
            reverse[n++] = '.';
        }

        reverse[n++] = (char) ('0' + units % 10);
        units /= 10;
    }

    if (minor < 0) {
        reverse[n++] = '-';
    }

    while (n > 0) {
        *text++ = reverse[--n];
    }

    *text = '\0';
}
