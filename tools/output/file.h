/*
 * Files that a command writes: whole or not at all.  The bytes go to
 * PATH.part, which is flushed to the disk and renamed by rto_file_commit.
 */

#ifndef RTO_FILE_H_INCLUDED
#define RTO_FILE_H_INCLUDED

#include <stdio.h>

#include "rtn.h"

enum rto_file_flags {
    RTO_FILE_FORCE   = 1u << 0,     /* an existing file is replaced */
    RTO_FILE_PRIVATE = 1u << 1      /* personal data: mode 0600, else 0644
                                       less the umask */
};

struct rto_file;

/*
 * Opens a file to write.
 *
 * path    "-" is standard output; a name that ends in ".gz" is compressed;
 *         what exists and is no regular file, such as /dev/null, is written
 *         as it is
 * flags   bits of enum rto_file_flags
 * file    ended by rto_file_commit or rto_file_discard
 *
 * RTN_ERR_EXISTS: there is such a file, and no RTO_FILE_FORCE.
 * RTN_ERR_PERMISSION, RTN_ERR_DISK_FULL, RTN_ERR_IO: errno says more.
 * RTN_ERR_NOMEM.
 */
int rto_file_open(const char *path, unsigned flags, struct rto_file **file);

/* The RTN_ERR_* for an errno of opening or writing a file. */
int rto_file_err(int code);

/*
 * Whether a write to a buffered stream failed, at any time before.
 *
 * Returns 0; RTN_ERR_DISK_FULL, RTN_ERR_PERMISSION or RTN_ERR_IO.  It tries
 * what failed once more, since errno may have changed.
 */
int rto_stream_err(FILE *out);

/* Where to print; lives as long as the file. */
FILE *rto_file_stream(struct rto_file *file);

/*
 * Finishes the file and frees it.  On an error nothing stands under its name
 * and PATH.part is gone.  NULL is allowed.
 *
 * RTN_ERR_EXISTS: such a file was made meanwhile.  RTN_ERR_DISK_FULL,
 * RTN_ERR_IO: a write failed, errno says more.
 */
int rto_file_commit(struct rto_file *file);

/* Drops what was written and frees the file.  NULL is allowed. */
void rto_file_discard(struct rto_file *file);

#endif /* RTO_FILE_H_INCLUDED */
