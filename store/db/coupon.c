/* Names, and what an offer takes off. */

#include "coupon.h"

#define COUPON_PERCENT_ALL  10000       /* 100 %, in hundredths of a percent */

static const struct {
    const char  *name;
    const char  *sentence;
} coupon_reasons[] = {
    [RTN_COUPON_OK] =
        { "", "" },
    [RTN_COUPON_UNKNOWN] =
        { "unknown", "There is no coupon with this code." },
    [RTN_COUPON_EXPIRED] =
        { "expired", "This coupon has expired." },
    [RTN_COUPON_NOT_YET] =
        { "not_yet", "This coupon is not valid yet." },
    [RTN_COUPON_USED] =
        { "used", "This coupon has been used already." },
    [RTN_COUPON_IS_RESERVED] =
        { "reserved", "This coupon is held by another order." },
    [RTN_COUPON_WRONG_CUSTOMER] =
        { "wrong_customer", "This coupon belongs to another customer." },
    [RTN_COUPON_BELOW_MINIMUM] =
        { "below_minimum", "The order is below this coupon's minimum." },
    [RTN_COUPON_WRONG_CURRENCY] =
        { "wrong_currency", "This coupon is for another currency." },
    [RTN_COUPON_BUDGET] =
        { "budget", "This offer has been used up." },
    [RTN_COUPON_IS_VOID] =
        { "void", "This coupon has been withdrawn." },
    [RTN_COUPON_RATE_LIMITED] =
        { "rate_limited", "Too many attempts; try again later." }
};

static const char *const coupon_discounts[] = {
    [RTN_DISCOUNT_NONE]          = "",
    [RTN_DISCOUNT_PERCENT]       = "percent",
    [RTN_DISCOUNT_FIXED]         = "fixed",
    [RTN_DISCOUNT_FREE_SHIPPING] = "free_shipping",
    [RTN_DISCOUNT_GIFT]          = "gift",
    [RTN_DISCOUNT_POINTS]        = "points"
};

_Static_assert(sizeof(coupon_reasons) / sizeof(coupon_reasons[0])
               == RTN_COUPON_REASON_COUNT, "a reason has no row");

static int64_t coupon_percent(int64_t amount_minor, int64_t percent);


const char *
rtn_coupon_reason_name(enum rtn_coupon_reason reason)
{
    if ((unsigned) reason >= RTN_COUPON_REASON_COUNT) {
        return "";
    }

    return coupon_reasons[reason].name;
}


const char *
rtn_coupon_reason_sentence(enum rtn_coupon_reason reason)
{
    if ((unsigned) reason >= RTN_COUPON_REASON_COUNT) {
        return "";
    }

    return coupon_reasons[reason].sentence;
}


const char *
rtn_discount_name(enum rtn_discount type)
{
    if ((unsigned) type >= sizeof(coupon_discounts)
                           / sizeof(coupon_discounts[0]))
    {
        return "";
    }

    return coupon_discounts[type];
}


int64_t
coupon_discount(const struct rtn_offer *offer, int64_t amount_minor)
{
    if (amount_minor <= 0 || offer->amount <= 0) {
        return 0;
    }

    switch (offer->type) {

    case RTN_DISCOUNT_PERCENT:
        return coupon_percent(amount_minor, offer->amount);

    case RTN_DISCOUNT_FIXED:
        return offer->amount < amount_minor ? offer->amount : amount_minor;

    default:
        return 0;
    }
}


/*
 * In two parts, since amount * percent may pass 64 bits.  The part that
 * COUPON_PERCENT_ALL divides is exact, so rounding the rest rounds the sum.
 */
static int64_t
coupon_percent(int64_t amount_minor, int64_t percent)
{
    int64_t  whole, rest;

    if (percent >= COUPON_PERCENT_ALL) {
        return amount_minor;
    }

    whole = amount_minor / COUPON_PERCENT_ALL * percent;
    rest = amount_minor % COUPON_PERCENT_ALL * percent;

    return whole + (rest + COUPON_PERCENT_ALL / 2) / COUPON_PERCENT_ALL;
}
