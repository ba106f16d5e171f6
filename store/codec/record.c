#include <string.h>
#include <zlib.h>

#include "record.h"
#include "wire.h"


static uint32_t
record_crc(const void *key, size_t keylen, const void *payload, size_t len)
{
    uLong  crc;

    /* crc32_z() takes a null pointer as a wish for the initial value. */

    crc = crc32_z(0, Z_NULL, 0);

    if (keylen > 0) {
        crc = crc32_z(crc, key, keylen);
    }

    if (len > 0) {
        crc = crc32_z(crc, payload, len);
    }

    return (uint32_t) crc;
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
