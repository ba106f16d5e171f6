#include <string.h>

#include "wire.h"


/* Where len more bytes go; NULL, and an error, where they have no room. */
static uint8_t *
wire_take(struct rtn_wire_out *out, size_t len)
{
    uint8_t  *place;

    if (out->err != 0) {
        return NULL;
    }

    if (len > out->size - out->pos) {
        out->err = RTN_ERR_SPACE;
        return NULL;
    }

    place = out->data + out->pos;
    out->pos += len;

    return place;
}


static void
wire_put(struct rtn_wire_out *out, uint64_t value, size_t width)
{
    uint8_t  *place;

    place = wire_take(out, width);

    if (place == NULL) {
        return;
    }

    while (width > 0) {
        place[--width] = (uint8_t) value;
        value >>= 8;
    }
}


static uint64_t
wire_get(struct rtn_wire_in *in, size_t width)
{
    struct rtn_str  run;
    uint64_t        value;
    size_t          i;

    run = rtn_wire_get_run(in, width);
    value = 0;

    for (i = 0; i < run.len; i++) {
        value = value << 8 | (uint8_t) run.data[i];
    }

    return value;
}


void
rtn_wire_out_init(struct rtn_wire_out *out, void *buffer, size_t size)
{
    out->data = buffer;
    out->size = size;
    out->pos = 0;
    out->err = 0;
}


void
rtn_wire_put_u8(struct rtn_wire_out *out, uint8_t value)
{
    wire_put(out, value, 1);
}


void
rtn_wire_put_u16(struct rtn_wire_out *out, uint16_t value)
{
    wire_put(out, value, 2);
}


void
rtn_wire_put_u24(struct rtn_wire_out *out, uint32_t value)
{
    wire_put(out, value, 3);
}


void
rtn_wire_put_u32(struct rtn_wire_out *out, uint32_t value)
{
    wire_put(out, value, 4);
}


void
rtn_wire_put_u64(struct rtn_wire_out *out, uint64_t value)
{
    wire_put(out, value, 8);
}


void
rtn_wire_put_i64(struct rtn_wire_out *out, int64_t value)
{
    wire_put(out, (uint64_t) value, 8);
}


void
rtn_wire_put_bytes(struct rtn_wire_out *out, const void *bytes, size_t len)
{
    uint8_t  *place;

    place = wire_take(out, len);

    if (place != NULL && len > 0) {
        memcpy(place, bytes, len);
    }
}


void
rtn_wire_put_str(struct rtn_wire_out *out, struct rtn_str str)
{
    if (str.len > RTN_WIRE_STR_MAX) {
        out->err = out->err != 0 ? out->err : RTN_ERR_LIMIT;
        return;
    }

    rtn_wire_put_u16(out, (uint16_t) str.len);
    rtn_wire_put_bytes(out, str.data, str.len);
}


int
rtn_wire_out_end(const struct rtn_wire_out *out, size_t *len)
{
    if (out->err == 0) {
        *len = out->pos;
    }

    return out->err;
}


void
rtn_wire_in_init(struct rtn_wire_in *in, struct rtn_str data)
{
    in->data = (const uint8_t *) data.data;
    in->size = data.len;
    in->pos = 0;
    in->err = 0;
}


uint8_t
rtn_wire_get_u8(struct rtn_wire_in *in)
{
    return (uint8_t) wire_get(in, 1);
}


uint16_t
rtn_wire_get_u16(struct rtn_wire_in *in)
{
    return (uint16_t) wire_get(in, 2);
}


uint32_t
rtn_wire_get_u24(struct rtn_wire_in *in)
{
    return (uint32_t) wire_get(in, 3);
}


uint32_t
rtn_wire_get_u32(struct rtn_wire_in *in)
{
    return (uint32_t) wire_get(in, 4);
}


uint64_t
rtn_wire_get_u64(struct rtn_wire_in *in)
{
    return wire_get(in, 8);
}


int64_t
rtn_wire_get_i64(struct rtn_wire_in *in)
{
    return (int64_t) wire_get(in, 8);
}


void
rtn_wire_get_bytes(struct rtn_wire_in *in, void *bytes, size_t len)
{
    struct rtn_str  run;

    if (len == 0) {
        return;
    }

    run = rtn_wire_get_run(in, len);

    if (run.len == len) {
        memcpy(bytes, run.data, len);

    } else {
        memset(bytes, 0, len);
    }
}


struct rtn_str
rtn_wire_get_run(struct rtn_wire_in *in, size_t len)
{
    struct rtn_str  run = { NULL, 0 };

    if (in->err != 0) {
        return run;
    }

    if (len > in->size - in->pos) {
        in->err = RTN_ERR_CORRUPT;
        return run;
    }

    if (len > 0) {
        run.data = (const char *) in->data + in->pos;
        run.len = len;
        in->pos += len;
    }

    return run;
}


struct rtn_str
rtn_wire_get_str(struct rtn_wire_in *in)
{
    size_t  len = rtn_wire_get_u16(in);

    return rtn_wire_get_run(in, len);
}


size_t
rtn_wire_left(const struct rtn_wire_in *in)
{
    return in->err == 0 ? in->size - in->pos : 0;
}


int
rtn_wire_in_end(const struct rtn_wire_in *in)
{
    if (in->err == 0 && in->pos != in->size) {
        return RTN_ERR_CORRUPT;
    }

    return in->err;
}
