/*
 * A closed segment of the event log as a compressed file: its rows in their
 * order, in blocks that are deflated each by itself, so that a reader holds
 * one block at a time.
 *
 *     magic "rtnlog\0\1" | blocks ... | index | trailer
 *
 *     block     rows, deflated (RFC 1951)
 *     row       id less that of the row before | part u8 | length | payload
 *     index     per block:
 *               first id u64 | first part u8 | bytes in the file u32 |
 *               bytes inflated u32 | rows u32 | CRC-32 of them inflated u32
 *     trailer   rows u64 | blocks u32 | CRC-32 of the index u32 |
 *               CRC-32 of the trailer so far u32 | magic
 *
 * Numbers are big-endian; the id's difference and the length are of variable
 * length, seven bits a byte, the low ones first, the highest bit saying that
 * more follow.  The first row of a block counts from 0.  A row of id 0, which
 * opens a segment, has a block of its own: a damaged block is known by its
 * first row, and events must not pass for that one.  A row's key is its id
 * and part (db/log.h); its envelope is left out: whoever packs has verified
 * it, and the block's checksum takes its place.
 *
 * Everything here is pure, and takes any bytes: sizes are compared with the
 * limits and with each other before they are used.
 */

#ifndef RTN_PACKED_H_INCLUDED
#define RTN_PACKED_H_INCLUDED

#include <libdeflate.h>

#include "rtn.h"

#define RTN_PACKED_HEAD_SIZE     8
#define RTN_PACKED_ENTRY_SIZE    25
#define RTN_PACKED_TRAILER_SIZE  28

#define RTN_PACKED_ROWS_MAX      8192           /* of a block */
#define RTN_PACKED_RAW_MAX       (256 * 1024)   /* bytes of one inflated */
#define RTN_PACKED_STORED_MAX    (320 * 1024)   /* bytes of one in the file */
#define RTN_PACKED_BLOCKS_MAX    (1024 * 1024)
#define RTN_PACKED_PAYLOAD_MAX   2048
#define RTN_PACKED_ROW_MAX       (10 + 1 + 2 + RTN_PACKED_PAYLOAD_MAX)

struct rtn_packed_block {
    uint64_t  first_id;
    uint8_t   first_part;
    uint64_t  offset;           /* in the file; not in the index, which has
                                   the blocks in their order */
    uint32_t  stored;           /* bytes in the file */
    uint32_t  raw;              /* bytes inflated */
    uint32_t  rows;
    uint32_t  crc;
};

struct rtn_packed_trailer {
    uint64_t  rows;
    uint32_t  blocks;
    uint32_t  index_crc;
};

struct rtn_packed_row {
    uint64_t        id;
    uint8_t         part;
    struct rtn_str  payload;
};

/* The eight bytes with which a file begins and ends. */
extern const uint8_t  rtn_packed_magic[RTN_PACKED_HEAD_SIZE];

/*
 * Reads a file's last bytes.
 *
 * file_bytes   its size, at least that of head and trailer
 *
 * RTN_ERR_CORRUPT: not such a file, or damaged, or shorter than its index.
 * RTN_ERR_NEWER: of a later version.
 */
int rtn_packed_trailer_decode(const uint8_t bytes[RTN_PACKED_TRAILER_SIZE],
    uint64_t file_bytes, struct rtn_packed_trailer *trailer);
void rtn_packed_trailer_encode(const struct rtn_packed_trailer *trailer,
    uint8_t bytes[RTN_PACKED_TRAILER_SIZE]);

/*
 * Reads an index.
 *
 * index        trailer->blocks entries
 * file_bytes   the blocks must just fill it
 * blocks       gets trailer->blocks of them
 *
 * RTN_ERR_CORRUPT: damaged, or past a limit, or not in order.
 */
int rtn_packed_index_decode(const struct rtn_packed_trailer *trailer,
    const uint8_t *index, uint64_t file_bytes,
    struct rtn_packed_block *blocks);
void rtn_packed_entry_encode(const struct rtn_packed_block *block,
    uint8_t bytes[RTN_PACKED_ENTRY_SIZE]);

/* A CRC-32 as gzip has it; len may be 0.  crc is that of what came before. */
uint32_t rtn_packed_crc(uint32_t crc, const void *bytes, size_t len);

/*
 * Inflates a block and finds its rows.
 *
 * stored   block->stored bytes
 * raw      room for block->raw bytes; payloads lie in it
 * rows     room for block->rows
 *
 * RTN_ERR_CORRUPT: not what the index says of it.
 */
int rtn_packed_block_decode(struct libdeflate_decompressor *inflate,
    const struct rtn_packed_block *block, const uint8_t *stored,
    uint8_t *raw, struct rtn_packed_row *rows);

/*
 * Writes a row behind those that a block has, and counts it; a block begins
 * as zeros.
 *
 * last_id   of the row before, 0 for the first
 * raw       room for RTN_PACKED_RAW_MAX bytes
 *
 * RTN_ERR_SPACE: the block is full; it is left as it is.  RTN_ERR_LIMIT: the
 * payload is longer than RTN_PACKED_PAYLOAD_MAX, or the id below last_id.
 */
int rtn_packed_row_encode(struct rtn_packed_block *block, uint8_t *raw,
    uint64_t last_id, const struct rtn_packed_row *row);

#endif /* RTN_PACKED_H_INCLUDED */
