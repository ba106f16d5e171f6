/*
 * Private to tools/input: a compressed file is unpacked by a thread of its
 * own, a few blocks ahead of who reads it.  A pipe is not: a thread that waits
 * for one could not be stopped.
 */

#ifndef RTI_AHEAD_H_INCLUDED
#define RTI_AHEAD_H_INCLUDED

#include "unpack.h"

struct rti_ahead;

/* From now on the unpacker is the thread's, until close.  RTN_ERR_NOMEM: there
   is no thread, and it is read on as before. */
int rti_ahead_open(struct rti_unpacker *unpacker, struct rti_ahead **ahead);

/* As rti_unpack; waits for the thread. */
void rti_ahead_read(struct rti_ahead *ahead, char *to, size_t size,
    struct rti_unpacked *unpacked);

/* NULL is allowed. */
void rti_ahead_close(struct rti_ahead *ahead);

#endif /* RTI_AHEAD_H_INCLUDED */
