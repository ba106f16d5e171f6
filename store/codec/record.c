#include <string.h>

#include <libdeflate.h>

#include "record.h"
#include "wire.h"


/*
 * libdeflate's CRC-32 is zlib's in value; on a row of 80 bytes it took 13 ns
 * where zlib's took 190, and a scan checks every row.
 */
static uint32_t
record_crc(const void *key, size_t keylen, const void *payload, size_t len)
{
    uint32_t  crc;

    crc = 0;

    /* a null pointer is a wish for the initial value */

    if (keylen > 0) {
        crc = libdeflate_crc32(crc, key, keylen);
    }

    if (len > 0) {
        crc = libdeflate_crc32(crc, payload, len);
    }

    return crc;
}


int
rtn_record_seal(const void *key, size_t keylen, const void *payload,
    size_t len, uint8_t *out, size_t size, size_t *outlen)
{
    struct rtn_wire_out  head;
    uint32_t             crc;

    if (size < RTN_RECORD_OVERHEAD || len > size - RTN_RECORD_OVERHEAD) {
        return RTN_ERR_SPACE;
    }

    crc = record_crc(key, keylen, payload, len);

    if (len > 0) {
        memmove(out + RTN_RECORD_OVERHEAD, payload, len);
    }

    rtn_wire_out_init(&head, out, RTN_RECORD_OVERHEAD);
    rtn_wire_put_u8(&head, RTN_RECORD_VERSION);
    rtn_wire_put_u32(&head, crc);

    *outlen = len + RTN_RECORD_OVERHEAD;

    return RTN_OK;
}


int
rtn_record_open(const void *key, size_t keylen, struct rtn_str data,
    struct rtn_str *payload)
{
    struct rtn_wire_in  in;
    struct rtn_str      body;
    uint32_t            crc;
    uint8_t             version;

    rtn_wire_in_init(&in, data);
    version = rtn_wire_get_u8(&in);

    if (version > RTN_RECORD_VERSION) {
        return RTN_ERR_NEWER;
    }

    crc = rtn_wire_get_u32(&in);
    body = rtn_wire_get_run(&in, rtn_wire_left(&in));

    if (in.err != 0 || version == 0) {
        return RTN_ERR_CORRUPT;
    }

    if (record_crc(key, keylen, body.data, body.len) != crc) {
        return RTN_ERR_CORRUPT;
    }

    *payload = body;

    return RTN_OK;
}
