/*
 * The envelope around every value of every environment, since LMDB has no
 * checksums of its own:
 *
 *     0         1           5
 *    +---------+-----------+-------------- - -
 *    | version | CRC-32    | payload
 *    +---------+-----------+-------------- - -
 *
 * The CRC (CRC-32 as gzip has it, big-endian) covers the key and then the
 * payload, so a value under another's key is found out as well.
 */

#ifndef RTN_RECORD_H_INCLUDED
#define RTN_RECORD_H_INCLUDED

#include "rtn.h"

#define RTN_RECORD_VERSION   1
#define RTN_RECORD_OVERHEAD  5      /* bytes before the payload */

/*
 * Writes an envelope and its payload.
 *
 * key, keylen     the record's key in its environment
 * payload, len    may lie within out already, such as at
 *                 out + RTN_RECORD_OVERHEAD
 * out, size       where to; len + RTN_RECORD_OVERHEAD bytes suffice
 * outlen          how many bytes it took
 *
 * RTN_ERR_SPACE: it needs more than size.  Any thread.
 */
int rtn_record_seal(const void *key, size_t keylen, const void *payload,
    size_t len, uint8_t *out, size_t size, size_t *outlen);

/*
 * Checks an envelope.
 *
 * payload   gets the bytes within data; lives as long as data
 *
 * RTN_ERR_CORRUPT: cut, or altered, or under another key.
 * RTN_ERR_NEWER: a version from the future.  Any thread.
 */
int rtn_record_open(const void *key, size_t keylen, struct rtn_str data,
    struct rtn_str *payload);

#endif /* RTN_RECORD_H_INCLUDED */
