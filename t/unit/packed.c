/* The bytes of a compressed segment: there and back, and no further. */

#include "random.h"
#include "unit.h"

#include "codec/packed.h"

#define ROWS       3000
#define ROUNDS     20
#define FLIPS_MAX  4000

struct packed_file {
    size_t                     n;
    struct rtn_packed_row      rows[ROWS];
    uint8_t                    bytes[RTN_PACKED_RAW_MAX];
    uint8_t                    raw[RTN_PACKED_RAW_MAX];
    uint8_t                    stored[RTN_PACKED_STORED_MAX];
    struct rtn_packed_block    block;
};

static struct packed_file     made;
static struct rtn_packed_row  found[RTN_PACKED_ROWS_MAX];
static uint8_t                inflated[RTN_PACKED_RAW_MAX];


/* Rows with rising keys, until the block is full or there are ROWS. */
static void
make(struct packed_file *file)
{
    int                            rc;
    size_t                         used, len;
    uint64_t                       id, last;
    struct rtn_packed_row         *row;
    struct libdeflate_compressor  *deflate;

    memset(&file->block, 0, sizeof(file->block));
    file->n = 0;
    used = 0;
    last = 0;
    id = 1 + random_below(2);

    for (rc = 0; rc == 0 && file->n < ROWS; file->n++) {
        row = &file->rows[file->n];
        len = (size_t) random_below(random_below(20) == 0 ? 600 : 60);

        row->id = id;
        row->part = (uint8_t) file->n;
        row->payload = (struct rtn_str) { (char *) file->bytes + used, len };

        for (/* void */ ; len > 0; len--) {
            file->bytes[used++] = (uint8_t) random_below(4);
        }

        rc = rtn_packed_row_encode(&file->block, file->raw, last, row);

        if (rc != 0) {
            assert_int_equal(rc, RTN_ERR_SPACE);
            break;
        }

        last = id;
        id += 1 + random_next() % (UINT64_C(1) << random_below(50));
    }

    deflate = libdeflate_alloc_compressor(6);
    assert_non_null(deflate);

    len = libdeflate_deflate_compress(deflate, file->raw, file->block.raw,
                                      file->stored, sizeof(file->stored));
    libdeflate_free_compressor(deflate);
    assert_int_not_equal(len, 0);

    file->block.stored = (uint32_t) len;
    file->block.crc = rtn_packed_crc(0, file->raw, file->block.raw);
}


static int
decode(const struct packed_file *file)
{
    int                              rc;
    struct libdeflate_decompressor  *inflate;

    inflate = libdeflate_alloc_decompressor();
    assert_non_null(inflate);

    rc = rtn_packed_block_decode(inflate, &file->block, file->stored,
                                 inflated, found);
    libdeflate_free_decompressor(inflate);

    return rc;
}


static bool
is_same(const struct packed_file *file)
{
    size_t  i;

    for (i = 0; i < file->n; i++) {
        if (found[i].id != file->rows[i].id
            || found[i].part != file->rows[i].part
            || found[i].payload.len != file->rows[i].payload.len
            || (found[i].payload.len > 0
                && memcmp(found[i].payload.data, file->rows[i].payload.data,
                          found[i].payload.len) != 0))
        {
            return false;
        }
    }

    return true;
}


static void
test_round_trip(void **state)
{
    size_t  i;

    (void) state;

    for (i = 0; i < ROUNDS; i++) {
        make(&made);
        assert_int_equal(made.block.rows, made.n);
        assert_int_equal(decode(&made), 0);
        assert_true(is_same(&made));
    }
}


/* Each flip of a bit is found, or changes nothing. */
static void
test_flips(void **state)
{
    size_t    i, at;
    uint8_t   bit;
    unsigned  harmless;

    (void) state;

    make(&made);
    harmless = 0;

    for (i = 0; i < FLIPS_MAX; i++) {
        at = (size_t) random_below(made.block.stored);
        bit = (uint8_t) (1u << random_below(8));
        made.stored[at] ^= bit;

        if (decode(&made) == 0) {
            assert_true(is_same(&made));
            harmless++;
        }

        made.stored[at] ^= bit;
    }

    /* the bits that pad the last byte */
    assert_true(harmless < FLIPS_MAX / 100);
    assert_int_equal(decode(&made), 0);
}


/* Sizes and counts that are not the block's own. */
static void
test_claims(void **state)
{
    size_t                   i;
    struct rtn_packed_block  block;

    (void) state;

    make(&made);
    block = made.block;

    for (i = 0; i < 6; i++) {
        made.block = block;

        switch (i) {
        case 0: made.block.raw--; break;
        case 1: made.block.raw++; break;
        case 2: made.block.rows--; break;
        case 3: made.block.rows++; break;
        case 4: made.block.first_id++; break;
        case 5: made.block.stored--; break;
        }

        assert_int_equal(decode(&made), RTN_ERR_CORRUPT);
    }
}


/* An index of two blocks, and what must not be in one. */
static void
test_index(void **state)
{
    size_t                     i;
    uint8_t                    index[2 * RTN_PACKED_ENTRY_SIZE];
    uint64_t                   size;
    struct rtn_packed_block    blocks[2], read[2];
    struct rtn_packed_trailer  trailer;

    (void) state;

    for (i = 0; i < 9; i++) {
        blocks[0] = (struct rtn_packed_block) {
            .first_id = 7, .stored = 100, .raw = 300, .rows = 10
        };
        blocks[1] = (struct rtn_packed_block) {
            .first_id = 7, .first_part = 1, .stored = 50, .raw = 60, .rows = 5
        };
        trailer = (struct rtn_packed_trailer) { .rows = 15, .blocks = 2 };
        size = RTN_PACKED_HEAD_SIZE + 150 + sizeof(index)
               + RTN_PACKED_TRAILER_SIZE;

        switch (i) {
        case 1: blocks[1].first_part = 0; break;
        case 2: blocks[1].first_id = 6; break;
        case 3: blocks[0].raw = RTN_PACKED_RAW_MAX + 1; break;
        case 4: blocks[0].raw = 29; break;
        case 5: trailer.rows = 16; break;
        case 6: size++; break;
        case 7: blocks[0].first_id = 0; break;
        case 8: blocks[1].stored = RTN_PACKED_STORED_MAX + 1; break;
        }

        rtn_packed_entry_encode(&blocks[0], index);
        rtn_packed_entry_encode(&blocks[1], index + RTN_PACKED_ENTRY_SIZE);
        trailer.index_crc = rtn_packed_crc(0, index, sizeof(index));

        assert_int_equal(rtn_packed_index_decode(&trailer, index, size, read),
                         i == 0 ? 0 : RTN_ERR_CORRUPT);
    }

    blocks[1].stored = 50;
    rtn_packed_entry_encode(&blocks[1], index + RTN_PACKED_ENTRY_SIZE);
    trailer.index_crc = rtn_packed_crc(0, index, sizeof(index));
    assert_int_equal(rtn_packed_index_decode(&trailer, index, size, read), 0);
    assert_int_equal(read[0].offset, RTN_PACKED_HEAD_SIZE);
    assert_int_equal(read[1].offset, RTN_PACKED_HEAD_SIZE + 100);

    index[3] ^= 1;
    assert_int_equal(rtn_packed_index_decode(&trailer, index, size, read),
                     RTN_ERR_CORRUPT);
}


static void
test_trailer(void **state)
{
    size_t                     i;
    uint8_t                    bytes[RTN_PACKED_TRAILER_SIZE];
    struct rtn_packed_trailer  trailer = { .rows = 9, .blocks = 2 }, read;

    (void) state;

    rtn_packed_trailer_encode(&trailer, bytes);
    assert_int_equal(rtn_packed_trailer_decode(bytes, 1000, &read), 0);
    assert_int_equal(read.rows, 9);
    assert_int_equal(read.blocks, 2);

    /* a file that is shorter than its index */
    assert_int_equal(rtn_packed_trailer_decode(bytes, 85, &read),
                     RTN_ERR_CORRUPT);

    for (i = 0; i + 1 < sizeof(bytes); i++) {
        bytes[i] ^= 1;
        assert_int_equal(rtn_packed_trailer_decode(bytes, 1000, &read),
                         RTN_ERR_CORRUPT);
        bytes[i] ^= 1;
    }

    bytes[i]++;
    assert_int_equal(rtn_packed_trailer_decode(bytes, 1000, &read),
                     RTN_ERR_NEWER);

    trailer.blocks = RTN_PACKED_BLOCKS_MAX + 1;
    rtn_packed_trailer_encode(&trailer, bytes);
    assert_int_equal(rtn_packed_trailer_decode(bytes, UINT64_MAX, &read),
                     RTN_ERR_CORRUPT);
}


static void
test_limits(void **state)
{
    char                   payload[RTN_PACKED_PAYLOAD_MAX + 1] = { 0 };
    struct rtn_packed_row  row = { .id = UINT64_MAX,
                                   .payload = { payload, sizeof(payload) } };

    (void) state;

    memset(&made.block, 0, sizeof(made.block));
    assert_int_equal(rtn_packed_row_encode(&made.block, made.raw, 0, &row),
                     RTN_ERR_LIMIT);

    /* behind the row that opens a segment comes another block */

    assert_int_equal(rtn_packed_row_encode(&made.block, made.raw, 0,
                                           &(struct rtn_packed_row) {
                                               .id = 0 }), 0);
    assert_int_equal(rtn_packed_row_encode(&made.block, made.raw, 0,
                                           &(struct rtn_packed_row) {
                                               .id = 1 }), RTN_ERR_SPACE);
    memset(&made.block, 0, sizeof(made.block));

    row.payload.len--;
    assert_int_equal(rtn_packed_row_encode(&made.block, made.raw, 0, &row),
                     0);
    assert_int_equal(made.block.first_id, UINT64_MAX);

    row.id--;
    assert_int_equal(rtn_packed_row_encode(&made.block, made.raw, UINT64_MAX,
                                           &row), RTN_ERR_LIMIT);
}


int
main(int argc, char **argv)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_flips),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_trailer),
        cmocka_unit_test(test_limits)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
