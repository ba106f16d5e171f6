/* Reading a compressed segment; see packed.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packed.h"

#define PACKED_NO_BLOCK  UINT32_MAX

struct db_packed {
    int                              fd;
    struct rtn_packed_trailer        trailer;
    struct rtn_packed_block         *blocks;
    struct libdeflate_decompressor  *inflate;

    uint32_t                         loaded;    /* block in memory, or none */
    int                              rc;        /* of loading it */
    struct rtn_packed_row            rows[RTN_PACKED_ROWS_MAX];
    uint8_t                          raw[RTN_PACKED_RAW_MAX];
    uint8_t                          stored[RTN_PACKED_STORED_MAX];
};

static int packed_read(int fd, uint64_t offset, void *bytes, size_t len);
static int packed_index(struct db_packed *packed);
static int packed_index_blocks(struct db_packed *packed,
    uint64_t file_bytes);
static int packed_load(struct db_packed *packed, uint32_t block);
static int packed_seek(struct db_packed *packed,
    struct db_packed_place *place, struct rtn_str key);
static int packed_compare(const struct rtn_packed_row *row,
    const uint8_t key[LOG_KEY_SIZE]);
static int packed_step(struct db_packed *packed,
    struct db_packed_place *place, MDB_cursor_op op);
static uint32_t packed_last_row(struct db_packed *packed, uint32_t block);
static void packed_key(uint8_t key[LOG_KEY_SIZE], uint64_t id, uint8_t part);


int
db_packed_open(const char *path, struct db_packed **packed)
{
    int                rc;
    struct db_packed  *opened;

    opened = malloc(sizeof(*opened));
    if (opened == NULL) {
        return RTN_ERR_NOMEM;
    }

    opened->blocks = NULL;
    opened->loaded = PACKED_NO_BLOCK;
    opened->inflate = libdeflate_alloc_decompressor();
    opened->fd = open(path, O_RDONLY | O_CLOEXEC);

    if (opened->fd == -1) {
        rc = db_err(errno);

    } else if (opened->inflate == NULL) {
        rc = RTN_ERR_NOMEM;

    } else {
        rc = packed_index(opened);
    }

    if (rc != 0) {
        db_packed_close(opened);
        return rc == RTN_ERR_CORRUPT ? RTN_ERR_DAMAGED : rc;
    }

    *packed = opened;

    return 0;
}


void
db_packed_close(struct db_packed *packed)
{
    if (packed == NULL) {
        return;
    }

    if (packed->fd != -1) {
        close(packed->fd);
    }

    if (packed->inflate != NULL) {
        libdeflate_free_decompressor(packed->inflate);
    }

    free(packed->blocks);
    free(packed);
}


uint64_t
db_packed_rows(const struct db_packed *packed)
{
    return packed->trailer.rows;
}


static int
packed_read(int fd, uint64_t offset, void *bytes, size_t len)
{
    size_t   done;
    ssize_t  n;

    for (done = 0; done < len; done += (size_t) n) {
        n = pread(fd, (char *) bytes + done, len - done,
                  (off_t) (offset + done));

        if (n == -1) {
            return db_err(errno);
        }

        if (n == 0) {
            return RTN_ERR_CORRUPT;
        }
    }

    return 0;
}


static int
packed_index(struct db_packed *packed)
{
    int          rc;
    uint8_t      head[RTN_PACKED_HEAD_SIZE];
    uint8_t      trailer[RTN_PACKED_TRAILER_SIZE];
    uint64_t     bytes;
    struct stat  st;

    if (fstat(packed->fd, &st) != 0) {
        return db_err(errno);
    }

    bytes = (uint64_t) st.st_size;

    if (!S_ISREG(st.st_mode) || bytes < sizeof(head) + sizeof(trailer)) {
        return RTN_ERR_CORRUPT;
    }

    rc = packed_read(packed->fd, bytes - sizeof(trailer), trailer,
                     sizeof(trailer));

    if (rc == 0) {
        rc = rtn_packed_trailer_decode(trailer, bytes, &packed->trailer);
    }

    if (rc == 0) {
        rc = packed_read(packed->fd, 0, head, sizeof(head));
    }

    if (rc == 0 && memcmp(head, rtn_packed_magic, sizeof(head)) != 0) {
        rc = RTN_ERR_CORRUPT;
    }

    return rc == 0 ? packed_index_blocks(packed, bytes) : rc;
}


static int
packed_index_blocks(struct db_packed *packed, uint64_t file_bytes)
{
    int       rc;
    size_t    len;
    uint8_t  *index;

    len = (size_t) packed->trailer.blocks * RTN_PACKED_ENTRY_SIZE;

    index = malloc(len + 1);
    packed->blocks = calloc((size_t) packed->trailer.blocks + 1,
                            sizeof(*packed->blocks));

    if (index == NULL || packed->blocks == NULL) {
        free(index);
        return RTN_ERR_NOMEM;
    }

    rc = packed_read(packed->fd, file_bytes - RTN_PACKED_TRAILER_SIZE - len,
                     index, len);

    if (rc == 0) {
        rc = rtn_packed_index_decode(&packed->trailer, index, file_bytes,
                                     packed->blocks);
    }

    free(index);

    return rc;
}


/* RTN_ERR_CORRUPT: the block is damaged; it stays loaded as such. */
static int
packed_load(struct db_packed *packed, uint32_t block)
{
    int                             rc;
    const struct rtn_packed_block  *entry;

    if (packed->loaded == block) {
        return packed->rc;
    }

    entry = &packed->blocks[block];
    packed->loaded = PACKED_NO_BLOCK;

    rc = packed_read(packed->fd, entry->offset, packed->stored,
                     entry->stored);

    if (rc == 0) {
        rc = rtn_packed_block_decode(packed->inflate, entry, packed->stored,
                                     packed->raw, packed->rows);
    }

    if (rc == 0 || rc == RTN_ERR_CORRUPT) {
        packed->loaded = block;
        packed->rc = rc;
    }

    return rc;
}


int
db_packed_move(struct db_packed *packed, struct db_packed_place *place,
    MDB_cursor_op op, const struct rtn_str *seek, struct rtn_str *key,
    struct rtn_str *payload)
{
    int                             rc;
    const struct rtn_packed_row    *row;
    const struct rtn_packed_block  *block;

    rc = op == MDB_SET_RANGE ? packed_seek(packed, place, *seek)
                             : packed_step(packed, place, op);
    if (rc != 0) {
        return rc;
    }

    rc = packed_load(packed, place->block);

    if (rc != 0 && rc != RTN_ERR_CORRUPT) {
        return rc;
    }

    row = &packed->rows[place->row];
    block = &packed->blocks[place->block];

    packed_key(place->key, rc == 0 ? row->id : block->first_id,
               rc == 0 ? row->part : block->first_part);

    *key = (struct rtn_str) { (const char *) place->key, LOG_KEY_SIZE };

    if (rc == 0) {
        *payload = row->payload;
    }

    return rc;
}


/*
 * To the last block that begins at or before the key, and the first row in it
 * that is not below; where there is none, to the next block's first.
 */
static int
packed_seek(struct db_packed *packed, struct db_packed_place *place,
    struct rtn_str key)
{
    int                    rc;
    uint8_t                bytes[LOG_KEY_SIZE];
    uint32_t               low, high, middle;
    struct rtn_packed_row  first;

    /* a longer key with these bytes first lies behind theirs */
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, key.data, key.len < sizeof(bytes) ? key.len
                                                    : sizeof(bytes));
    low = 0;
    high = packed->trailer.blocks;

    while (high - low > 1) {
        middle = low + (high - low) / 2;

        first.id = packed->blocks[middle].first_id;
        first.part = packed->blocks[middle].first_part;

        if (packed_compare(&first, bytes) <= 0) {
            low = middle;

        } else {
            high = middle;
        }
    }

    *place = (struct db_packed_place) { .is_set = true, .block = low };

    if (low == packed->trailer.blocks) {
        return RTN_ERR_NOT_FOUND;
    }

    rc = packed_load(packed, low);

    /* a damaged one may have the key, unless that is just behind its first,
       where a reader goes on */

    if (rc == RTN_ERR_CORRUPT) {
        first.id = packed->blocks[low].first_id;
        first.part = packed->blocks[low].first_part;

        return key.len > sizeof(bytes) && packed_compare(&first, bytes) == 0
               ? packed_step(packed, place, MDB_NEXT) : 0;
    }

    if (rc != 0) {
        return rc;
    }

    high = packed->blocks[low].rows;

    for (low = 0; low < high; /* void */ ) {
        middle = low + (high - low) / 2;

        rc = packed_compare(&packed->rows[middle], bytes);

        if (rc < 0 || (rc == 0 && key.len > sizeof(bytes))) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    place->row = low;

    if (low < packed->blocks[place->block].rows) {
        return 0;
    }

    place->row = low - 1;

    return packed_step(packed, place, MDB_NEXT);
}


static int
packed_compare(const struct rtn_packed_row *row,
    const uint8_t key[LOG_KEY_SIZE])
{
    uint8_t  bytes[LOG_KEY_SIZE];

    packed_key(bytes, row->id, row->part);

    return memcmp(bytes, key, sizeof(bytes));
}


static int
packed_step(struct db_packed *packed, struct db_packed_place *place,
    MDB_cursor_op op)
{
    uint32_t  blocks;

    blocks = packed->trailer.blocks;

    if (blocks == 0) {
        return RTN_ERR_NOT_FOUND;
    }

    if (op == MDB_FIRST || (op == MDB_NEXT && !place->is_set)) {
        *place = (struct db_packed_place) { .is_set = true };
        return 0;
    }

    if (op == MDB_LAST || !place->is_set) {
        place->is_set = true;
        place->block = blocks - 1;
        place->row = packed_last_row(packed, place->block);
        return 0;
    }

    if (op == MDB_NEXT) {
        if (place->row < packed_last_row(packed, place->block)) {
            place->row++;

        } else if (place->block + 1 < blocks) {
            place->block++;
            place->row = 0;

        } else {
            return RTN_ERR_NOT_FOUND;
        }

        return 0;
    }

    if (place->row > 0) {
        place->row--;

    } else if (place->block > 0) {
        place->block--;
        place->row = packed_last_row(packed, place->block);

    } else {
        return RTN_ERR_NOT_FOUND;
    }

    return 0;
}


/* A damaged block has one row, and so has one that cannot be read, whose
   error comes up when the row is. */
static uint32_t
packed_last_row(struct db_packed *packed, uint32_t block)
{
    return packed_load(packed, block) == 0 ? packed->blocks[block].rows - 1
                                           : 0;
}


static void
packed_key(uint8_t key[LOG_KEY_SIZE], uint64_t id, uint8_t part)
{
    db_key_u8(db_key_u64(key, id), part);
}


int
db_packed_get(struct db_packed *packed, struct rtn_str key,
    struct rtn_str *payload)
{
    int                     rc;
    struct rtn_str          found, bytes;
    struct db_packed_place  place = { .is_set = false };

    rc = db_packed_move(packed, &place, MDB_SET_RANGE, &key, &found, &bytes);
    if (rc != 0) {
        return rc;
    }

    if (found.len != key.len || memcmp(found.data, key.data, key.len) != 0) {
        return RTN_ERR_NOT_FOUND;
    }

    *payload = bytes;

    return 0;
}
