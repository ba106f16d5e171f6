/* Where a link leads: targets are checked when stored and when sent. */

#ifndef RTN_TARGET_H_INCLUDED
#define RTN_TARGET_H_INCLUDED

#include "rtn.h"

#define RTN_URL_MAX          1500       /* bytes of a stored target */
#define RTN_LOCATION_MAX     8192       /* bytes of a finished Location */

/* What {name} in a target may stand for; a table in target.c. */
enum rtn_parameter {
    RTN_PARAMETER_CAMPAIGN = 0,     /* the campaign's slug */
    RTN_PARAMETER_MESSAGE,          /* the message's name */
    RTN_PARAMETER_ARM,
    RTN_PARAMETER_TIER,
    RTN_PARAMETER_COUPON,           /* XXXX-XXXX-XXXX-C, empty when none */
    RTN_PARAMETER_VISIT,            /* a visit token */
    RTN_PARAMETER_COUNT
};

/*
 * Checks a target as a campaign's file gives it: https, a host, no user
 * information, no byte below 0x21 or 0x7F, valid UTF-8 beyond, only {names}
 * of the table and none of them in the host, at most RTN_URL_MAX bytes.
 *
 * host   gets the host within url, without a port
 *
 * RTN_ERR_URL, RTN_ERR_LIMIT.  Any thread.
 */
int rtn_target_check(struct rtn_str url, struct rtn_str *host);

/* Whether url uses a parameter; to fetch only what is needed.  Any thread. */
bool rtn_target_uses(struct rtn_str url, enum rtn_parameter parameter);

/*
 * The finished Location: parameters percent-encoded and filled in, then the
 * arguments of the request added where the target has none of that name,
 * before the fragment.
 *
 * args       the query of the request, raw, may be empty
 * location   gets the result, no NUL
 *
 * RTN_ERR_SPACE: longer than size.  RTN_ERR_URL: the target is not one that
 * rtn_target_check accepts, or an argument holds a control byte.
 * Any thread.
 */
int rtn_target_expand(struct rtn_str url,
    const struct rtn_str parameters[RTN_PARAMETER_COUNT], struct rtn_str args,
    char *location, size_t size, size_t *len);

#endif /* RTN_TARGET_H_INCLUDED */
