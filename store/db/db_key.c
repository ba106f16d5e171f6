/* Keys: big-endian, so that their order is their numbers' order. */

#include "db.h"


uint8_t *
db_key_u8(uint8_t *p, uint8_t value)
{
    *p++ = value;

    return p;
}


uint8_t *
db_key_u32(uint8_t *p, uint32_t value)
{
    int  shift;

    for (shift = 24; shift >= 0; shift -= 8) {
        *p++ = (uint8_t) (value >> shift);
    }

    return p;
}


uint8_t *
db_key_u64(uint8_t *p, uint64_t value)
{
    p = db_key_u32(p, (uint32_t) (value >> 32));

    return db_key_u32(p, (uint32_t) value);
}


uint8_t *
db_key_time(uint8_t *p, int64_t ms)
{
    /* with the sign's bit turned over, times before 1970 sort first */
    return db_key_u64(p, (uint64_t) ms ^ UINT64_C(1) << 63);
}


uint32_t
db_key_read_u32(const uint8_t *p)
{
    return (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16
           | (uint32_t) p[2] << 8 | p[3];
}


uint64_t
db_key_read_u64(const uint8_t *p)
{
    return (uint64_t) db_key_read_u32(p) << 32 | db_key_read_u32(p + 4);
}


int64_t
db_key_read_time(const uint8_t *p)
{
    return (int64_t) (db_key_read_u64(p) ^ UINT64_C(1) << 63);
}
