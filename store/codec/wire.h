/*
 * Bytes as records hold them: numbers of fixed width, big-endian, so that
 * keys sort as their numbers do, and strings behind a length of two bytes.
 *
 * A cursor remembers its first error and makes every later step a no-op, so
 * that a long row of small steps needs one check at its end.
 */

#ifndef RTN_WIRE_H_INCLUDED
#define RTN_WIRE_H_INCLUDED

#include "rtn.h"

#define RTN_WIRE_STR_MAX  0xFFFF    /* bytes of a string */

struct rtn_wire_out {
    uint8_t  *data;
    size_t    size;
    size_t    pos;                  /* bytes written */
    int       err;                  /* 0, RTN_ERR_SPACE or RTN_ERR_LIMIT */
};

struct rtn_wire_in {
    const uint8_t  *data;
    size_t          size;
    size_t          pos;            /* bytes read */
    int             err;            /* 0 or RTN_ERR_CORRUPT */
};

/* Starts to write into the caller's buffer. */
void rtn_wire_out_init(struct rtn_wire_out *out, void *buffer, size_t size);

/* RTN_ERR_SPACE: the buffer is full.  A number's high bytes are cut off. */
void rtn_wire_put_u8(struct rtn_wire_out *out, uint8_t value);
void rtn_wire_put_u16(struct rtn_wire_out *out, uint16_t value);
void rtn_wire_put_u24(struct rtn_wire_out *out, uint32_t value);
void rtn_wire_put_u32(struct rtn_wire_out *out, uint32_t value);
void rtn_wire_put_u64(struct rtn_wire_out *out, uint64_t value);
void rtn_wire_put_i64(struct rtn_wire_out *out, int64_t value);
void rtn_wire_put_bytes(struct rtn_wire_out *out, const void *bytes,
    size_t len);

/* RTN_ERR_LIMIT: longer than RTN_WIRE_STR_MAX. */
void rtn_wire_put_str(struct rtn_wire_out *out, struct rtn_str str);

/* How many bytes were written, or the first error. */
int rtn_wire_out_end(const struct rtn_wire_out *out, size_t *len);

/* Starts to read; the bytes stay the caller's. */
void rtn_wire_in_init(struct rtn_wire_in *in, struct rtn_str data);

/* RTN_ERR_CORRUPT, and 0 or an empty string: too few bytes are left. */
uint8_t rtn_wire_get_u8(struct rtn_wire_in *in);
uint16_t rtn_wire_get_u16(struct rtn_wire_in *in);
uint32_t rtn_wire_get_u24(struct rtn_wire_in *in);
uint32_t rtn_wire_get_u32(struct rtn_wire_in *in);
uint64_t rtn_wire_get_u64(struct rtn_wire_in *in);
int64_t rtn_wire_get_i64(struct rtn_wire_in *in);

/* bytes gets len bytes, zeros on an error. */
void rtn_wire_get_bytes(struct rtn_wire_in *in, void *bytes, size_t len);

/* The next len bytes, or a string behind its length; within the input. */
struct rtn_str rtn_wire_get_run(struct rtn_wire_in *in, size_t len);
struct rtn_str rtn_wire_get_str(struct rtn_wire_in *in);

/* Bytes not yet read; 0 after an error. */
size_t rtn_wire_left(const struct rtn_wire_in *in);

/* The first error; RTN_ERR_CORRUPT too when bytes are left over. */
int rtn_wire_in_end(const struct rtn_wire_in *in);

#endif /* RTN_WIRE_H_INCLUDED */
