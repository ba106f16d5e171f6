#include "unpack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define UNPACK_BYTES        65536
#define UNPACK_OUT_MAX      (1u << 30)      /* of one step; zlib counts in
                                               unsigned */
#define UNPACK_MAGIC_LEN    2
#define UNPACK_WINDOW_BITS  (15 + 16)       /* zlib: the largest; gzip */

static const uint8_t  unpack_magic[UNPACK_MAGIC_LEN] = { 0x1F, 0x8B };

struct rti_unpacker {
    int       fd;
    bool      is_begun;             /* what the file is, is known */
    bool      is_packed;
    bool      is_within;            /* a member of a gzip file */
    bool      is_padding;           /* zeros, behind the last */
    bool      is_eof;               /* of the descriptor */
    bool      is_end;               /* nothing more is given */
    int64_t   offset;               /* bytes read */
    z_stream  stream;               /* its input: bytes, not yet unpacked */
    uint8_t   bytes[UNPACK_BYTES];
};


int
rti_unpacker_open(int fd, struct rti_unpacker **out)
{
    struct rti_unpacker  *unpacker;

    unpacker = calloc(1, sizeof(*unpacker));

    if (unpacker == NULL) {
        return RTN_ERR_NOMEM;
    }

    if (inflateInit2(&unpacker->stream, UNPACK_WINDOW_BITS) != Z_OK) {
        free(unpacker);
        return RTN_ERR_NOMEM;
    }

    unpacker->fd = fd;
    unpacker->stream.next_in = unpacker->bytes;

    *out = unpacker;

    return 0;
}


static void
unpack_fail(struct rti_unpacker *unpacker, struct rti_unpacked *unpacked,
    const char *reason)
{
    unpacker->is_end = true;
    unpacked->err = RTN_ERR_IO;
    snprintf(unpacked->reason, sizeof(unpacked->reason), "%s", reason);
}


/* Bytes read, 0 at the end or on failure. */

static size_t
unpack_read(struct rti_unpacker *unpacker, void *to, size_t size,
    struct rti_unpacked *unpacked)
{
    ssize_t  n;

    n = unpacker->is_eof ? 0 : read(unpacker->fd, to, size);

    if (n < 0) {
        unpack_fail(unpacker, unpacked, strerror(errno));
        n = 0;
    }

    unpacker->is_eof = n == 0;
    unpacker->offset += n;

    return (size_t) n;
}


/* Reads until there are n bytes to unpack.  False: the end comes before, or
   reading failed. */

static bool
unpack_fill(struct rti_unpacker *unpacker, size_t n,
    struct rti_unpacked *unpacked)
{
    size_t     got;
    z_stream  *stream = &unpacker->stream;

    while (stream->avail_in < n) {
        memmove(unpacker->bytes, stream->next_in, stream->avail_in);
        stream->next_in = unpacker->bytes;

        got = unpack_read(unpacker, unpacker->bytes + stream->avail_in,
                          UNPACK_BYTES - stream->avail_in, unpacked);

        if (got == 0) {
            return false;
        }

        stream->avail_in += (unsigned) got;
    }

    return true;
}


static bool
unpack_is_member(struct rti_unpacker *unpacker,
    struct rti_unpacked *unpacked)
{
    return unpack_fill(unpacker, UNPACK_MAGIC_LEN, unpacked)
           && memcmp(unpacker->stream.next_in, unpack_magic,
                     UNPACK_MAGIC_LEN) == 0;
}


static size_t
unpack_copy(struct rti_unpacker *unpacker, char *to, size_t size,
    struct rti_unpacked *unpacked)
{
    size_t     n;
    z_stream  *stream = &unpacker->stream;

    if (stream->avail_in == 0) {
        n = unpack_read(unpacker, to, size, unpacked);
        unpacker->is_end = n == 0;

        return n;
    }

    n = stream->avail_in < size ? stream->avail_in : size;
    memcpy(to, stream->next_in, n);
    stream->next_in += n;
    stream->avail_in -= (unsigned) n;

    return n;
}


/* Behind a member: another, zeros, or the end. */

static void
unpack_between(struct rti_unpacker *unpacker, struct rti_unpacked *unpacked)
{
    z_stream  *stream = &unpacker->stream;

    if (!unpacker->is_padding && unpack_is_member(unpacker, unpacked)) {
        (void) inflateReset(stream);
        unpacker->is_within = true;
        return;
    }

    if (unpacked->err != 0) {
        return;
    }

    unpacker->is_padding = true;

    while (stream->avail_in > 0 && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
    }

    if (stream->avail_in > 0) {
        unpack_fail(unpacker, unpacked, "something else stands behind the "
                    "end of the gzip file");

    } else if (!unpack_fill(unpacker, 1, unpacked)) {
        unpacker->is_end = true;
    }
}


static size_t
unpack_inflate(struct rti_unpacker *unpacker, char *to, size_t size,
    struct rti_unpacked *unpacked)
{
    int        code;
    unsigned   room = size < UNPACK_OUT_MAX ? (unsigned) size : UNPACK_OUT_MAX;
    z_stream  *stream = &unpacker->stream;

    if (!unpack_fill(unpacker, 1, unpacked)) {
        if (unpacked->err == 0) {
            unpack_fail(unpacker, unpacked, "the gzip file is cut short");
        }

        return 0;
    }

    stream->next_out = (uint8_t *) to;
    stream->avail_out = room;
    code = inflate(stream, Z_NO_FLUSH);

    if (code == Z_STREAM_END) {
        unpacker->is_within = false;

    } else if (code == Z_MEM_ERROR) {
        unpack_fail(unpacker, unpacked, "out of memory");

    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        unpack_fail(unpacker, unpacked, "the gzip file is damaged");
    }

    return room - stream->avail_out;
}


void
rti_unpack(struct rti_unpacker *unpacker, char *to, size_t size,
    struct rti_unpacked *unpacked)
{
    memset(unpacked, 0, sizeof(*unpacked));

    if (!unpacker->is_begun) {
        unpacker->is_begun = true;
        unpacker->is_packed = unpack_is_member(unpacker, unpacked);
        unpacker->is_within = unpacker->is_packed;
    }

    while (unpacked->len < size && !unpacker->is_end) {
        if (!unpacker->is_packed) {
            unpacked->len += unpack_copy(unpacker, to + unpacked->len,
                                         size - unpacked->len, unpacked);

        } else if (unpacker->is_within) {
            unpacked->len += unpack_inflate(unpacker, to + unpacked->len,
                                            size - unpacked->len, unpacked);

        } else {
            unpack_between(unpacker, unpacked);
        }
    }

    unpacked->offset = unpacker->offset - unpacker->stream.avail_in;
}


bool
rti_unpacker_is_packed(const struct rti_unpacker *unpacker)
{
    return unpacker->is_packed;
}


void
rti_unpacker_close(struct rti_unpacker *unpacker)
{
    if (unpacker == NULL) {
        return;
    }

    (void) inflateEnd(&unpacker->stream);
    close(unpacker->fd);
    free(unpacker);
}
