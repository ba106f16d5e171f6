#include "fuzz.h"

#include "codec/packed.h"
#include "codec/wire.h"

#define TRAILER_CRC  16         /* where it lies; the index's is before it */

static struct rtn_packed_row  rows[RTN_PACKED_ROWS_MAX];
static uint8_t                raw[RTN_PACKED_RAW_MAX];
static uint8_t                raw_again[RTN_PACKED_RAW_MAX];


static void
fuzz_put_crc(uint8_t *at, uint32_t crc)
{
    struct rtn_wire_out  out;

    rtn_wire_out_init(&out, at, 4);
    rtn_wire_put_u32(&out, crc);
}


/* Rows that are read are written the same way, or shorter: a number has longer
   spellings too.  A block may be fuller than one that we make. */
static void
fuzz_block(struct libdeflate_decompressor *inflate,
    struct rtn_packed_block *block, const uint8_t *data)
{
    size_t                   i;
    uint64_t                 last_id;
    struct rtn_packed_block  again;

    /* its checksum, too, is nothing that an enemy could not make */

    if (libdeflate_deflate_decompress(inflate, data + block->offset,
                                      block->stored, raw, block->raw, NULL)
        == LIBDEFLATE_SUCCESS)
    {
        block->crc = rtn_packed_crc(0, raw, block->raw);
    }

    if (rtn_packed_block_decode(inflate, block, data + block->offset, raw,
                                rows) != 0)
    {
        return;
    }

    memset(&again, 0, sizeof(again));
    last_id = 0;

    for (i = 0; i < block->rows; i++) {
        if (rtn_packed_row_encode(&again, raw_again, last_id, &rows[i]) != 0)
        {
            return;
        }

        last_id = rows[i].id;
    }

    assert(again.rows == block->rows && again.raw <= block->raw);
    assert(again.first_id == block->first_id);
}


/* The bytes of a file, after the checksums of trailer and index were made
   right. */
static void
fuzz_file(uint8_t *data, size_t size)
{
    size_t                           i, index;
    uint8_t                         *end;
    struct rtn_packed_block         *blocks;
    struct rtn_packed_trailer        trailer;
    struct libdeflate_decompressor  *inflate;

    end = data + size - RTN_PACKED_TRAILER_SIZE;
    fuzz_put_crc(end + TRAILER_CRC, rtn_packed_crc(0, end, TRAILER_CRC));

    if (rtn_packed_trailer_decode(end, size, &trailer) != 0) {
        return;
    }

    index = size - RTN_PACKED_TRAILER_SIZE
            - (size_t) trailer.blocks * RTN_PACKED_ENTRY_SIZE;
    trailer.index_crc = rtn_packed_crc(0, data + index,
                                       (size_t) trailer.blocks
                                       * RTN_PACKED_ENTRY_SIZE);

    blocks = calloc((size_t) trailer.blocks + 1, sizeof(*blocks));
    inflate = libdeflate_alloc_decompressor();

    if (blocks == NULL || inflate == NULL) {
        abort();
    }

    if (rtn_packed_index_decode(&trailer, data + index, size, blocks) == 0) {
        for (i = 0; i < trailer.blocks; i++) {
            fuzz_block(inflate, &blocks[i], data);
        }
    }

    libdeflate_free_decompressor(inflate);
    free(blocks);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t  *copy;

    if (size < RTN_PACKED_HEAD_SIZE + RTN_PACKED_TRAILER_SIZE) {
        return 0;
    }

    copy = malloc(size);
    if (copy == NULL) {
        abort();
    }

    memcpy(copy, data, size);
    fuzz_file(copy, size);
    free(copy);

    return 0;
}
