/* Compressing a segment, and comparing what was written; see packed.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"
#include "packed.h"
#include "segment.h"

#define PACKED_LEVEL  6         /* of libdeflate, 1 to 12; zlib's usual one */

struct packed_writer {
    int                            fd;
    uint64_t                       last_id;
    uint64_t                       rows;
    uint64_t                       rows_total;
    rtn_log_progress_pt            progress;
    void                          *data;
    struct libdeflate_compressor  *deflate;
    struct rtn_packed_block        block;       /* in the making */
    uint8_t                       *index;       /* of those that are written */
    size_t                         index_len;
    size_t                         index_size;
    uint8_t                        raw[RTN_PACKED_RAW_MAX];
    uint8_t                        stored[RTN_PACKED_STORED_MAX];
};

static int packed_writer_init(struct packed_writer *writer, const char *path);
static void packed_writer_free(struct packed_writer *writer);
static int packed_write_rows(struct packed_writer *writer,
    struct db_txn *txn);
static int packed_write_row(struct packed_writer *writer, struct rtn_str key,
    struct rtn_str payload);
static int packed_write_block(struct packed_writer *writer);
static int packed_write_entry(struct packed_writer *writer);
static int packed_write_end(struct packed_writer *writer);
static int packed_compare_rows(struct db_cursor *one, struct db_cursor *other,
    uint64_t rows, rtn_log_progress_pt progress, void *data);
static bool packed_is_same(struct rtn_str a, struct rtn_str b);


int
db_packed_write(struct db_txn *txn, const char *path,
    rtn_log_progress_pt progress, void *data)
{
    int                    rc;
    struct packed_writer  *writer;

    writer = calloc(1, sizeof(*writer));
    if (writer == NULL) {
        return RTN_ERR_NOMEM;
    }

    writer->progress = progress;
    writer->data = data;

    rc = packed_writer_init(writer, path);

    if (rc == 0) {
        rc = db_count(txn, DB_LOG, &writer->rows_total);
    }

    if (rc == 0) {
        rc = db_write_all(writer->fd, rtn_packed_magic,
                          RTN_PACKED_HEAD_SIZE);
    }

    if (rc == 0) {
        rc = packed_write_rows(writer, txn);
    }

    if (rc == 0) {
        rc = packed_write_end(writer);
    }

    if (rc == 0 && fsync(writer->fd) != 0) {
        rc = db_err(errno);
    }

    packed_writer_free(writer);

    return rc;
}


static int
packed_writer_init(struct packed_writer *writer, const char *path)
{
    writer->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
                            | O_CLOEXEC, DB_FILE_MODE);
    if (writer->fd == -1) {
        return db_err(errno);
    }

    writer->deflate = libdeflate_alloc_compressor(PACKED_LEVEL);

    return writer->deflate != NULL ? 0 : RTN_ERR_NOMEM;
}


static void
packed_writer_free(struct packed_writer *writer)
{
    if (writer->fd != -1) {
        close(writer->fd);
    }

    if (writer->deflate != NULL) {
        libdeflate_free_compressor(writer->deflate);
    }

    free(writer->index);
    free(writer);
}


static int
packed_write_rows(struct packed_writer *writer, struct db_txn *txn)
{
    int               rc;
    bool              is_closed;
    struct db_cursor  cursor;

    is_closed = false;

    db_cursor_open(txn, DB_LOG, &cursor);

    for (rc = db_cursor_seek(&cursor, RTN_STR("")); rc == 0;
         rc = db_cursor_next(&cursor))
    {
        rc = packed_write_row(writer, cursor.key, cursor.payload);
        if (rc != 0) {
            break;
        }

        is_closed = db_segment_is_end(cursor.key);
    }

    db_cursor_close(&cursor);

    if (rc != RTN_ERR_NOT_FOUND) {
        return rc;
    }

    rc = packed_write_block(writer);

    return rc == 0 && (!is_closed || writer->rows != writer->rows_total)
           ? RTN_ERR_DAMAGED : rc;
}


static int
packed_write_row(struct packed_writer *writer, struct rtn_str key,
    struct rtn_str payload)
{
    int                    rc;
    struct rtn_packed_row  row;

    if (key.len != LOG_KEY_SIZE) {
        return RTN_ERR_CORRUPT;
    }

    row.id = db_key_read_u64((const uint8_t *) key.data);
    row.part = (uint8_t) key.data[LOG_KEY_SIZE - 1];
    row.payload = payload;

    rc = rtn_packed_row_encode(&writer->block, writer->raw, writer->last_id,
                               &row);

    if (rc == RTN_ERR_SPACE) {
        rc = packed_write_block(writer);

        if (rc == 0) {
            rc = rtn_packed_row_encode(&writer->block, writer->raw,
                                       writer->last_id, &row);
        }
    }

    writer->last_id = row.id;
    writer->rows++;

    return rc;
}


static int
packed_write_block(struct packed_writer *writer)
{
    int                       rc;
    size_t                    len;
    struct rtn_packed_block  *block;

    block = &writer->block;

    if (block->rows == 0) {
        return 0;
    }

    len = libdeflate_deflate_compress(writer->deflate, writer->raw,
                                      block->raw, writer->stored,
                                      sizeof(writer->stored));
    if (len == 0) {
        return RTN_ERR_LIMIT;
    }

    block->stored = (uint32_t) len;
    block->crc = rtn_packed_crc(0, writer->raw, block->raw);

    rc = packed_write_entry(writer);

    if (rc == 0) {
        rc = db_write_all(writer->fd, writer->stored, len);
    }

    *block = (struct rtn_packed_block) { .rows = 0 };

    if (rc == 0 && writer->progress != NULL
        && !writer->progress(writer->data, writer->rows,
                             2 * writer->rows_total))
    {
        rc = RTN_ERR_IO;
    }

    return rc;
}


static int
packed_write_entry(struct packed_writer *writer)
{
    size_t  size;
    void   *p;

    if (writer->index_len
        >= (size_t) RTN_PACKED_BLOCKS_MAX * RTN_PACKED_ENTRY_SIZE)
    {
        return RTN_ERR_LIMIT;
    }

    if (writer->index_len == writer->index_size) {
        size = writer->index_size == 0 ? 64 * RTN_PACKED_ENTRY_SIZE
                                       : 2 * writer->index_size;

        p = realloc(writer->index, size);
        if (p == NULL) {
            return RTN_ERR_NOMEM;
        }

        writer->index = p;
        writer->index_size = size;
    }

    rtn_packed_entry_encode(&writer->block,
                            writer->index + writer->index_len);
    writer->index_len += RTN_PACKED_ENTRY_SIZE;

    return 0;
}


static int
packed_write_end(struct packed_writer *writer)
{
    int                        rc;
    uint8_t                    bytes[RTN_PACKED_TRAILER_SIZE];
    struct rtn_packed_trailer  trailer;

    trailer.rows = writer->rows;
    trailer.blocks = (uint32_t) (writer->index_len / RTN_PACKED_ENTRY_SIZE);
    trailer.index_crc = rtn_packed_crc(0, writer->index, writer->index_len);

    rtn_packed_trailer_encode(&trailer, bytes);

    rc = db_write_all(writer->fd, writer->index, writer->index_len);

    return rc == 0 ? db_write_all(writer->fd, bytes, sizeof(bytes)) : rc;
}


int
db_packed_compare(struct db_txn *txn, const char *path,
    rtn_log_progress_pt progress, void *data)
{
    int               rc;
    uint64_t          rows;
    struct db_txn     packed;
    struct db_cursor  one, other;

    packed = (struct db_txn) { .store = txn->store,
                               .environment = DB_EVENTS };

    rc = db_count(txn, DB_LOG, &rows);

    if (rc == 0) {
        rc = db_packed_open(path, &packed.packed);
    }

    if (rc != 0) {
        return rc;
    }

    db_cursor_open(txn, DB_LOG, &one);
    db_cursor_open(&packed, DB_LOG, &other);

    rc = packed_compare_rows(&one, &other, rows, progress, data);

    db_cursor_close(&one);
    db_packed_close(packed.packed);

    return rc;
}


static int
packed_compare_rows(struct db_cursor *one, struct db_cursor *other,
    uint64_t rows, rtn_log_progress_pt progress, void *data)
{
    int       rc, rc_other;
    uint64_t  done;

    for (done = 0; /* void */ ; done++) {
        rc = db_cursor_next(one);
        rc_other = db_cursor_next(other);

        if (rc == RTN_ERR_NOT_FOUND && rc_other == rc) {
            return 0;
        }

        if (rc != 0) {
            return rc;
        }

        if (rc_other != 0 || !packed_is_same(one->key, other->key)
            || !packed_is_same(one->payload, other->payload))
        {
            return RTN_ERR_DAMAGED;
        }

        if (progress != NULL && done % RTN_PACKED_ROWS_MAX == 0
            && !progress(data, rows + done, 2 * rows))
        {
            return RTN_ERR_IO;
        }
    }
}


static bool
packed_is_same(struct rtn_str a, struct rtn_str b)
{
    return a.len == b.len
           && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
