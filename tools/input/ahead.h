/*
 * Private to tools/input: a compressed file is unpacked by a thread of its
 * own, a few blocks ahead of who reads it.  A pipe is not: a thread that waits
 * for one could not be stopped.
 */

#ifndef RTI_AHEAD_H_INCLUDED
#define RTI_AHEAD_H_INCLUDED

#include <zlib.h>

#include "rtn.h"

#define RTI_AHEAD_REASON_MAX  256

struct rti_ahead;

/* What a read gave. */
struct rti_unpacked {
    size_t   len;                   /* 0: the end */
    int      err;                   /* behind these bytes; RTN_ERR_IO, or 0 */
    int64_t  offset;                /* in the file, so far */
    char     reason[RTI_AHEAD_REASON_MAX];      /* of err */
};

/* Reads from a file, by the calling thread: one step of what the thread
   does. */
void rti_unpack(gzFile gzip, char *to, size_t size,
    struct rti_unpacked *unpacked);

/* From now on gzip is the thread's, until close.  RTN_ERR_NOMEM: there is no
   thread, and gzip is read on as before. */
int rti_ahead_open(gzFile gzip, struct rti_ahead **ahead);

/* As rti_unpack; waits for the thread. */
void rti_ahead_read(struct rti_ahead *ahead, char *to, size_t size,
    struct rti_unpacked *unpacked);

/* NULL is allowed. */
void rti_ahead_close(struct rti_ahead *ahead);

#endif /* RTI_AHEAD_H_INCLUDED */
