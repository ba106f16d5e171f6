/*
 * Private to tools/input: the bytes of a file, unpacked where it is gzip's,
 * which its first two bytes say.  Members of a gzip file follow each other;
 * zeros behind the last fill it up, as on a tape, anything else is told.
 */

#ifndef RTI_UNPACK_H_INCLUDED
#define RTI_UNPACK_H_INCLUDED

#include "rtn.h"

#define RTI_UNPACK_REASON_MAX  256

struct rti_unpacker;

/* What a read gave. */
struct rti_unpacked {
    size_t   len;                   /* 0: the end */
    int      err;                   /* behind these bytes; RTN_ERR_IO, or 0 */
    int64_t  offset;                /* in the file, so far */
    char     reason[RTI_UNPACK_REASON_MAX];     /* of err */
};

/* The descriptor is the unpacker's from then on.  RTN_ERR_NOMEM: it is not. */
int rti_unpacker_open(int fd, struct rti_unpacker **unpacker);

/*
 * Fills a buffer as far as the file goes.  Not called again behind the end or
 * an error.  One thread at a time for an unpacker.
 */
void rti_unpack(struct rti_unpacker *unpacker, char *to, size_t size,
    struct rti_unpacked *unpacked);

/* Whether the file is gzip's; known after the first read. */
bool rti_unpacker_is_packed(const struct rti_unpacker *unpacker);

/* NULL is allowed. */
void rti_unpacker_close(struct rti_unpacker *unpacker);

#endif /* RTI_UNPACK_H_INCLUDED */
