/* The rows that an import left out, as a file to put right. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../output/file.h"
#include "../output/table.h"
#include "rejected.h"

#define REJECTED_SUFFIX  ".rejected.csv"

struct rti_rejected {
    const struct rti_rows  *rows;
    char                   *path;       /* NULL: only counted */
    FILE                   *stream;     /* NULL until the first row */
    uint64_t                count;
    int                     err;        /* the first failure */
};


int
rti_rejected_open(const char *path, const struct rti_rows *rows,
    struct rti_rejected **out)
{
    int                   rc;
    size_t                size;
    struct rti_rejected  *rejected;

    rejected = calloc(1, sizeof(*rejected));

    if (rejected == NULL) {
        return RTN_ERR_NOMEM;
    }

    rejected->rows = rows;

    if (strcmp(path, "-") != 0) {
        size = strlen(path) + sizeof(REJECTED_SUFFIX);
        rejected->path = malloc(size);

        if (rejected->path == NULL) {
            free(rejected);
            return RTN_ERR_NOMEM;
        }

        snprintf(rejected->path, size, "%s" REJECTED_SUFFIX, path);

        if (unlink(rejected->path) != 0 && errno != ENOENT) {
            rc = rto_file_err(errno);
            free(rejected->path);
            free(rejected);
            return rc;
        }
    }

    *out = rejected;

    return 0;
}


static void
rejected_cells(struct rti_rejected *rejected, const struct rtn_str *cells,
    size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        fputc(',', rejected->stream);
        rto_csv_cell(rejected->stream, cells[i], false);
    }

    fputs("\r\n", rejected->stream);
}


/* O_EXCL and O_NOFOLLOW: root may import from a directory of another user. */

static int
rejected_create(struct rti_rejected *rejected)
{
    int                    fd;
    size_t                 n;
    const struct rtn_str  *header;

    fd = open(rejected->path,
              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0) {
        return rto_file_err(errno);
    }

    rejected->stream = fdopen(fd, "w");

    if (rejected->stream == NULL) {
        close(fd);
        return RTN_ERR_NOMEM;
    }

    header = rti_rows_header(rejected->rows, &n);

    fputs("line,reason", rejected->stream);
    rejected_cells(rejected, header, n);

    return 0;
}


int
rti_rejected_put(struct rti_rejected *rejected, const struct rti_row *row,
    const char *column, const char *reason)
{
    char            text[512];
    struct rtn_str  cell = { text, 0 };

    rejected->count++;

    if (rejected->path == NULL || rejected->err != 0) {
        return rejected->err;
    }

    if (rejected->stream == NULL) {
        rejected->err = rejected_create(rejected);

        if (rejected->err != 0) {
            return rejected->err;
        }
    }

    snprintf(text, sizeof(text), "%s%s%s", column != NULL ? column : "",
             column != NULL ? ": " : "", reason);
    cell.len = strlen(text);

    fprintf(rejected->stream, "%" PRIu64 ",", row->line);
    rto_csv_cell(rejected->stream, cell, false);
    rejected_cells(rejected, row->raw, row->raw_count);

    rejected->err = rto_stream_err(rejected->stream);

    return rejected->err;
}


uint64_t
rti_rejected_count(const struct rti_rejected *rejected)
{
    return rejected->count;
}


const char *
rti_rejected_path(const struct rti_rejected *rejected)
{
    return rejected->stream != NULL ? rejected->path : NULL;
}


int
rti_rejected_close(struct rti_rejected *rejected)
{
    int  rc;

    if (rejected == NULL) {
        return 0;
    }

    if (rejected->stream != NULL) {
        if ((fflush(rejected->stream) != 0
             || fsync(fileno(rejected->stream)) != 0)
            && rejected->err == 0)
        {
            rejected->err = rto_file_err(errno);
        }

        (void) fclose(rejected->stream);
    }

    rc = rejected->err;

    free(rejected->path);
    free(rejected);

    return rc;
}
