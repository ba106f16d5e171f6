/* A compressed segment's bytes; see packed.h. */

#include <string.h>

#include "packed.h"
#include "wire.h"

#define PACKED_VERSION      1
#define PACKED_RAW_WANTED   (128 * 1024)    /* a block is full from here on */
#define PACKED_ROW_MIN      3               /* bytes of a row without payload */

const uint8_t  rtn_packed_magic[RTN_PACKED_HEAD_SIZE] = {
    'r', 't', 'n', 'l', 'o', 'g', 0, PACKED_VERSION
};

static int packed_entry_decode(struct rtn_wire_in *in,
    struct rtn_packed_block *block);
static int packed_order(uint64_t id, uint8_t part, uint64_t other_id,
    uint8_t other_part);
static int packed_row_decode(struct rtn_wire_in *in, uint64_t last_id,
    struct rtn_packed_row *row);
static uint64_t packed_get_number(struct rtn_wire_in *in);
static void packed_put_number(struct rtn_wire_out *out, uint64_t number);


int
rtn_packed_trailer_decode(const uint8_t bytes[RTN_PACKED_TRAILER_SIZE],
    uint64_t file_bytes, struct rtn_packed_trailer *trailer)
{
    uint8_t                    magic[RTN_PACKED_HEAD_SIZE];
    uint32_t                   crc;
    struct rtn_wire_in         in;
    struct rtn_packed_trailer  read;

    rtn_wire_in_init(&in, (struct rtn_str) { (const char *) bytes,
                                             RTN_PACKED_TRAILER_SIZE });
    read.rows = rtn_wire_get_u64(&in);
    read.blocks = rtn_wire_get_u32(&in);
    read.index_crc = rtn_wire_get_u32(&in);
    crc = rtn_packed_crc(0, bytes, in.pos);

    if (crc != rtn_wire_get_u32(&in)) {
        return RTN_ERR_CORRUPT;
    }

    rtn_wire_get_bytes(&in, magic, sizeof(magic));

    if (memcmp(magic, rtn_packed_magic, sizeof(magic) - 1) != 0) {
        return RTN_ERR_CORRUPT;
    }

    if (magic[sizeof(magic) - 1] != PACKED_VERSION) {
        return magic[sizeof(magic) - 1] > PACKED_VERSION ? RTN_ERR_NEWER
                                                         : RTN_ERR_CORRUPT;
    }

    if (read.blocks > RTN_PACKED_BLOCKS_MAX
        || file_bytes < RTN_PACKED_HEAD_SIZE + RTN_PACKED_TRAILER_SIZE
                        + (uint64_t) read.blocks * RTN_PACKED_ENTRY_SIZE)
    {
        return RTN_ERR_CORRUPT;
    }

    *trailer = read;

    return 0;
}


void
rtn_packed_trailer_encode(const struct rtn_packed_trailer *trailer,
    uint8_t bytes[RTN_PACKED_TRAILER_SIZE])
{
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, bytes, RTN_PACKED_TRAILER_SIZE);
    rtn_wire_put_u64(&out, trailer->rows);
    rtn_wire_put_u32(&out, trailer->blocks);
    rtn_wire_put_u32(&out, trailer->index_crc);
    rtn_wire_put_u32(&out, rtn_packed_crc(0, bytes, out.pos));
    rtn_wire_put_bytes(&out, rtn_packed_magic, sizeof(rtn_packed_magic));
}


int
rtn_packed_index_decode(const struct rtn_packed_trailer *trailer,
    const uint8_t *index, uint64_t file_bytes,
    struct rtn_packed_block *blocks)
{
    size_t                    i, len;
    uint64_t                  offset, rows;
    struct rtn_wire_in        in;
    struct rtn_packed_block  *block;

    len = (size_t) trailer->blocks * RTN_PACKED_ENTRY_SIZE;

    if (rtn_packed_crc(0, index, len) != trailer->index_crc) {
        return RTN_ERR_CORRUPT;
    }

    rtn_wire_in_init(&in, (struct rtn_str) { (const char *) index, len });

    offset = RTN_PACKED_HEAD_SIZE;
    rows = 0;

    for (i = 0; i < trailer->blocks; i++) {
        block = &blocks[i];

        if (packed_entry_decode(&in, block) != 0
            || (i > 0 && packed_order(block[-1].first_id, block[-1].first_part,
                                      block->first_id, block->first_part)
                         != 0))
        {
            return RTN_ERR_CORRUPT;
        }

        block->offset = offset;
        offset += block->stored;
        rows += block->rows;
    }

    if (rows != trailer->rows
        || offset + len + RTN_PACKED_TRAILER_SIZE != file_bytes)
    {
        return RTN_ERR_CORRUPT;
    }

    return 0;
}


static int
packed_entry_decode(struct rtn_wire_in *in, struct rtn_packed_block *block)
{
    block->first_id = rtn_wire_get_u64(in);
    block->first_part = rtn_wire_get_u8(in);
    block->stored = rtn_wire_get_u32(in);
    block->raw = rtn_wire_get_u32(in);
    block->rows = rtn_wire_get_u32(in);
    block->crc = rtn_wire_get_u32(in);

    if (in->err != 0
        || block->stored == 0 || block->stored > RTN_PACKED_STORED_MAX
        || block->raw > RTN_PACKED_RAW_MAX
        || block->rows == 0 || block->rows > RTN_PACKED_ROWS_MAX
        || block->raw < block->rows * PACKED_ROW_MIN
        || (block->first_id == 0 && block->rows != 1))
    {
        return RTN_ERR_CORRUPT;
    }

    return 0;
}


/* 0 when the first of two keys is below the other. */
static int
packed_order(uint64_t id, uint8_t part, uint64_t other_id,
    uint8_t other_part)
{
    return id < other_id || (id == other_id && part < other_part)
           ? 0 : RTN_ERR_CORRUPT;
}


void
rtn_packed_entry_encode(const struct rtn_packed_block *block,
    uint8_t bytes[RTN_PACKED_ENTRY_SIZE])
{
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, bytes, RTN_PACKED_ENTRY_SIZE);
    rtn_wire_put_u64(&out, block->first_id);
    rtn_wire_put_u8(&out, block->first_part);
    rtn_wire_put_u32(&out, block->stored);
    rtn_wire_put_u32(&out, block->raw);
    rtn_wire_put_u32(&out, block->rows);
    rtn_wire_put_u32(&out, block->crc);
}


/* libdeflate takes a null pointer for a wish for the initial value. */
uint32_t
rtn_packed_crc(uint32_t crc, const void *bytes, size_t len)
{
    return len > 0 ? libdeflate_crc32(crc, bytes, len) : crc;
}


int
rtn_packed_block_decode(struct libdeflate_decompressor *inflate,
    const struct rtn_packed_block *block, const uint8_t *stored,
    uint8_t *raw, struct rtn_packed_row *rows)
{
    size_t              i, used;
    uint64_t            last_id;
    struct rtn_wire_in  in;

    /* without a place for its length, any other than block->raw is an error */

    if (libdeflate_deflate_decompress_ex(inflate, stored, block->stored, raw,
                                         block->raw, &used, NULL)
        != LIBDEFLATE_SUCCESS || used != block->stored
        || rtn_packed_crc(0, raw, block->raw) != block->crc)
    {
        return RTN_ERR_CORRUPT;
    }

    rtn_wire_in_init(&in, (struct rtn_str) { (const char *) raw,
                                             block->raw });
    last_id = 0;

    for (i = 0; i < block->rows; i++) {
        if (packed_row_decode(&in, last_id, &rows[i]) != 0
            || (i > 0 && packed_order(rows[i - 1].id, rows[i - 1].part,
                                      rows[i].id, rows[i].part) != 0))
        {
            return RTN_ERR_CORRUPT;
        }

        last_id = rows[i].id;
    }

    if (rows[0].id != block->first_id || rows[0].part != block->first_part) {
        return RTN_ERR_CORRUPT;
    }

    return rtn_wire_in_end(&in);
}


static int
packed_row_decode(struct rtn_wire_in *in, uint64_t last_id,
    struct rtn_packed_row *row)
{
    uint64_t  more, len;

    more = packed_get_number(in);

    if (more > UINT64_MAX - last_id) {
        return RTN_ERR_CORRUPT;
    }

    row->id = last_id + more;
    row->part = rtn_wire_get_u8(in);
    len = packed_get_number(in);

    if (len > RTN_PACKED_PAYLOAD_MAX) {
        return RTN_ERR_CORRUPT;
    }

    row->payload = rtn_wire_get_run(in, (size_t) len);

    return in->err;
}


int
rtn_packed_row_encode(struct rtn_packed_block *block, uint8_t *raw,
    uint64_t last_id, const struct rtn_packed_row *row)
{
    struct rtn_wire_out  out;

    if (row->payload.len > RTN_PACKED_PAYLOAD_MAX || row->id < last_id) {
        return RTN_ERR_LIMIT;
    }

    if (block->rows == RTN_PACKED_ROWS_MAX
        || block->raw >= PACKED_RAW_WANTED
        || (block->rows > 0 && block->first_id == 0))
    {
        return RTN_ERR_SPACE;
    }

    if (block->rows == 0) {
        block->first_id = row->id;
        block->first_part = row->part;
        last_id = 0;
    }

    rtn_wire_out_init(&out, raw + block->raw, RTN_PACKED_ROW_MAX);
    packed_put_number(&out, row->id - last_id);
    rtn_wire_put_u8(&out, row->part);
    packed_put_number(&out, row->payload.len);
    rtn_wire_put_bytes(&out, row->payload.data, row->payload.len);

    block->raw += (uint32_t) out.pos;
    block->rows++;

    return out.err;
}


/* A number that is longer than its eight bytes is an error of the input. */
static uint64_t
packed_get_number(struct rtn_wire_in *in)
{
    uint8_t   byte;
    uint64_t  number;
    unsigned  shift;

    number = 0;

    for (shift = 0; shift < 64; shift += 7) {
        byte = rtn_wire_get_u8(in);

        if (shift == 63 && byte > 1) {
            break;
        }

        number |= (uint64_t) (byte & 0x7F) << shift;

        if (byte < 0x80) {
            return number;
        }
    }

    in->err = RTN_ERR_CORRUPT;

    return 0;
}


static void
packed_put_number(struct rtn_wire_out *out, uint64_t number)
{
    while (number > 0x7F) {
        rtn_wire_put_u8(out, (uint8_t) (number & 0x7F) | 0x80);
        number >>= 7;
    }

    rtn_wire_put_u8(out, (uint8_t) number);
}
