/*
 * librtn: what ngx_retention writes and reads.
 *
 * The public headers rtn_*.h are the only way in.  Every function that can
 * fail returns int: 0, or one of the negative RTN_ERR_* below.  Results come
 * through out-parameters, which are written on success only.
 *
 * Time is in milliseconds since the Unix epoch, UTC, unless a name says
 * otherwise; money is in minor units of its currency (ISO 4217).
 */

#ifndef RTN_H_INCLUDED
#define RTN_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTN_VERSION  "0.1.0"

enum rtn_err {
    RTN_OK                  =   0,

    RTN_ERR_NOMEM           =  -1,  /* an allocation failed */
    RTN_ERR_NOT_FOUND       =  -2,  /* no such record; also: end of a scan */
    RTN_ERR_EXISTS          =  -3,  /* the key is taken */
    RTN_ERR_CORRUPT         =  -4,  /* a checksum or a length is wrong */
    RTN_ERR_NEWER           =  -5,  /* written by a later version */
    RTN_ERR_SPACE           =  -6,  /* the caller's buffer is too small */
    RTN_ERR_LIMIT           =  -7,  /* a limit of this header was passed */
    RTN_ERR_OLDER           =  -8,  /* written by an earlier version */

    RTN_ERR_ABSENT          = -20,  /* no store in this directory */
    RTN_ERR_PERMISSION      = -21,  /* the store belongs to another user */
    RTN_ERR_DISK_FULL       = -22,  /* no space left on the file system */
    RTN_ERR_MAP_FULL        = -23,  /* an environment reached its limit */
    RTN_ERR_READERS_FULL    = -24,  /* more readers than RTN_READERS_MAX */
    RTN_ERR_IO              = -25,  /* the system refused a read or write */
    RTN_ERR_READ_ONLY       = -26,  /* a write to a store opened to read */
    RTN_ERR_DAMAGED         = -27,  /* a file is, or was cut, or is missing:
                                       what is read cannot be trusted */

    RTN_ERR_TOKEN_FORM      = -40,  /* not 36 or 40 characters of base64url */
    RTN_ERR_TOKEN_VERSION   = -41,  /* a version that we do not know */
    RTN_ERR_TOKEN_PURPOSE   = -42,  /* made for another endpoint */
    RTN_ERR_TOKEN_KEY       = -43,  /* its key is retired or unknown */
    RTN_ERR_TOKEN_MAC       = -44,  /* altered or forged */
    RTN_ERR_TOKEN_EXPIRED   = -45,  /* a visit token past its 30 days */

    RTN_ERR_CODE            = -50,  /* not a coupon code */
    RTN_ERR_MONEY           = -51,  /* not an amount of its currency */
    RTN_ERR_CURRENCY        = -52,  /* not an ISO 4217 code */
    RTN_ERR_TIME            = -53,  /* not an RFC 3339 time, or not a day */
    RTN_ERR_URL             = -54,  /* not a target that we redirect to */
    RTN_ERR_UTF8            = -55,  /* bytes that are not UTF-8 */
    RTN_ERR_JSON            = -56   /* see struct rtn_json_fault */
};


/* A run of bytes that somebody else owns; data may be NULL when len is 0. */
struct rtn_str {
    const char  *data;
    size_t       len;
};

#define RTN_STR(literal)  ((struct rtn_str) { (literal), sizeof(literal) - 1 })


#define RTN_CUSTOMER_ID_MAX     64  /* bytes of a customer's id in the shop */
#define RTN_ORDER_ID_MAX        64  /* bytes of an order's id in the shop */
#define RTN_HASH_LEN            16  /* bytes of a keyed hash of an id */
#define RTN_CURRENCY_LEN         3  /* letters of an ISO 4217 code */


/*
 * The sentence for an error, in English, lower case, without a full stop;
 * never NULL.  "unknown error" for a code that is not in enum rtn_err.
 * The string is static.  Any thread.
 */
const char *rtn_strerror(int err);

/*
 * The next step for whoever sees the error, such as "run 'retentionctl
 * init'", or NULL where there is none.  The string is static.  Any thread.
 */
const char *rtn_err_advice(int err);

/*
 * The name of the error, such as "RTN_ERR_ABSENT", for logs and tests.
 * The string is static.  Any thread.
 */
const char *rtn_err_name(int err);

#endif /* RTN_H_INCLUDED */
