/* Physical lines, from a file, packed or not, or from memory. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahead.h"
#include "lines.h"

/* What was read since a mark, a line as long as may be, and room to read. */
#define LINES_BUFFER  (2 * RTI_ROW_MAX + 65536)
#define LINES_CUT     SIZE_MAX      /* given: a line whose rest is skipped */

struct rti_lines {
    struct rti_unpacker  *unpacker; /* NULL: a buffer of the caller's */
    struct rti_ahead     *ahead;    /* NULL: gzip is read by who asks */
    uint64_t     offset;            /* in the file, of what was read */
    uint64_t     total;             /* bytes of the file; 0: not known */
    uint64_t     number;            /* of the line before */
    const char  *data;              /* window of bytes not yet given out */
    size_t       len;
    size_t       given;             /* bytes of the window given out last, or
                                       LINES_CUT */
    bool         is_marked;
    size_t       kept;              /* bytes before data, from the mark on */
    size_t       mark_given;        /* given, at the mark */
    uint64_t     mark_number;
    char        *buffer;            /* LINES_BUFFER bytes */
    bool         is_end;            /* nothing more can be read */
    int          err;               /* met while reading; told in its turn */
    char         reason[RTI_UNPACK_REASON_MAX];
};


static int
lines_fail(struct rti_fault *fault, int err, const char *sentence)
{
    memset(fault, 0, sizeof(*fault));
    snprintf(fault->sentence, sizeof(fault->sentence), "%s", sentence);

    return err;
}


static int
lines_fail_errno(struct rti_fault *fault, int code)
{
    int  err = RTN_ERR_IO;

    if (code == ENOENT || code == ENOTDIR) {
        err = RTN_ERR_NOT_FOUND;

    } else if (code == EACCES || code == EPERM) {
        err = RTN_ERR_PERMISSION;
    }

    return lines_fail(fault, err, strerror(code));
}


static struct rti_lines *
lines_new(void)
{
    return calloc(1, sizeof(struct rti_lines));
}


int
rti_lines_open_buffer(const void *data, size_t size, struct rti_lines **out,
    struct rti_fault *fault)
{
    struct rti_lines  *lines = lines_new();

    if (lines == NULL) {
        return lines_fail(fault, RTN_ERR_NOMEM, "out of memory");
    }

    lines->data = data;
    lines->len = size;
    lines->total = size;
    lines->is_end = true;

    *out = lines;

    return 0;
}


static int
lines_attach(struct rti_lines *lines, int fd, struct rti_fault *fault)
{
    struct stat  there;

    if (fstat(fd, &there) != 0) {
        return lines_fail_errno(fault, errno);
    }

    if (S_ISDIR(there.st_mode)) {
        return lines_fail_errno(fault, EISDIR);
    }

    if (S_ISREG(there.st_mode)) {
        lines->total = (uint64_t) there.st_size;
    }

    lines->buffer = malloc(LINES_BUFFER);

    if (lines->buffer == NULL) {
        return lines_fail(fault, RTN_ERR_NOMEM, "out of memory");
    }

    lines->data = lines->buffer;

    if (rti_unpacker_open(fd, &lines->unpacker) != 0) {
        return lines_fail(fault, RTN_ERR_NOMEM, "out of memory");
    }

    return 0;
}


int
rti_lines_open(const char *path, struct rti_lines **out,
    struct rti_fault *fault)
{
    int                fd, rc;
    struct rti_lines  *lines;

    fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
                                : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return lines_fail_errno(fault, errno);
    }

    lines = lines_new();

    if (lines == NULL) {
        close(fd);
        return lines_fail(fault, RTN_ERR_NOMEM, "out of memory");
    }

    rc = lines_attach(lines, fd, fault);

    if (rc != 0) {
        if (lines->unpacker == NULL) {
            close(fd);
        }

        rti_lines_close(lines);
        return rc;
    }

    *out = lines;

    return 0;
}


/* Reads; from the second time on by a thread, where there is something to
   unpack. */

static void
lines_read(struct rti_lines *lines, char *to, size_t size,
    struct rti_unpacked *unpacked)
{
    if (lines->ahead != NULL) {
        rti_ahead_read(lines->ahead, to, size, unpacked);
        return;
    }

    rti_unpack(lines->unpacker, to, size, unpacked);

    if (lines->total != 0 && unpacked->len == size && unpacked->err == 0
        && rti_unpacker_is_packed(lines->unpacker))
    {
        (void) rti_ahead_open(lines->unpacker, &lines->ahead);
    }
}


/* Reads on behind the window, which is moved to the buffer's beginning. */

static void
lines_fill(struct rti_lines *lines)
{
    struct rti_unpacked  unpacked;

    if (lines->is_end) {
        return;
    }

    memmove(lines->buffer, lines->data - lines->kept,
            lines->kept + lines->len);
    lines->data = lines->buffer + lines->kept;

    lines_read(lines, lines->buffer + lines->kept + lines->len,
               LINES_BUFFER - lines->kept - lines->len, &unpacked);

    lines->len += unpacked.len;
    lines->offset = (uint64_t) unpacked.offset;
    lines->is_end = unpacked.len == 0 || unpacked.err != 0;

    if (unpacked.err != 0) {
        lines->err = unpacked.err;
        snprintf(lines->reason, sizeof(lines->reason), "%s",
                 unpacked.reason);
    }
}


/* Bytes of the first line in the window with its end; 0: it may go on. */

static size_t
lines_end(const struct rti_lines *lines)
{
    size_t       len = lines->len;
    const char  *lf, *cr;

    lf = memchr(lines->data, '\n', len);

    if (lf != NULL) {
        len = (size_t) (lf - lines->data) + 1;
    }

    cr = memchr(lines->data, '\r', len);

    if (cr == NULL) {
        return lf != NULL ? len : 0;
    }

    if (cr + 1 == lines->data + lines->len) {
        return 0;
    }

    return (size_t) (cr - lines->data) + (cr[1] == '\n' ? 2 : 1);
}


static void
lines_forget(struct rti_lines *lines)
{
    lines->is_marked = false;
    lines->kept = 0;
}


/* Drops bytes until the end of a line that is too long. */

static void
lines_skip_rest(struct rti_lines *lines)
{
    size_t  end;

    for ( ;; ) {
        end = lines_end(lines);

        if (end == 0 && !lines->is_end) {
            lines->data += lines->len > 0 ? lines->len - 1 : 0;
            lines->len = lines->len > 0 ? 1 : 0;
            lines_fill(lines);
            continue;
        }

        if (end == 0) {
            end = lines->len;
        }

        lines->data += end;
        lines->len -= end;

        return;
    }
}


int
rti_lines_next(struct rti_lines *lines, struct rti_line *line,
    struct rti_fault *fault)
{
    size_t  end;

    if (lines->given == LINES_CUT) {
        lines->given = 0;
        lines_forget(lines);
        lines_skip_rest(lines);
    }

    lines->data += lines->given;
    lines->len -= lines->given;
    lines->kept += lines->is_marked ? lines->given : 0;
    lines->given = 0;

    end = lines->len != 0 ? lines_end(lines) : 0;

    while (end == 0 && !lines->is_end && lines->len <= RTI_ROW_MAX) {
        lines_fill(lines);
        end = lines->len != 0 ? lines_end(lines) : 0;
    }

    /* Bytes before the place where reading broke off are no whole line. */

    if (end == 0 && lines->is_end && lines->err != 0) {
        fault->line = lines->number + 1;
        snprintf(fault->sentence, sizeof(fault->sentence), "%s",
                 lines->reason);
        return lines->err;
    }

    if (end == 0) {
        end = lines->len;
    }

    if (end == 0) {
        return RTN_ERR_NOT_FOUND;
    }

    line->number = ++lines->number;
    line->is_cut = end > RTI_ROW_MAX;
    line->text.data = lines->data;
    line->text.len = line->is_cut ? RTI_ROW_MAX : end;

    lines->given = line->is_cut ? LINES_CUT : end;

    return 0;
}


void
rti_lines_mark(struct rti_lines *lines)
{
    lines->is_marked = true;
    lines->kept = 0;
    lines->mark_given = lines->given;
    lines->mark_number = lines->number;
}


void
rti_lines_rewind(struct rti_lines *lines, struct rti_line *line)
{
    lines->data -= lines->kept;
    lines->len += lines->kept;
    lines->given = lines->mark_given;
    lines->number = lines->mark_number;

    line->number = lines->number;
    line->is_cut = lines->given == LINES_CUT;
    line->text.data = lines->data;
    line->text.len = line->is_cut ? RTI_ROW_MAX : lines->given;

    lines_forget(lines);
}


int
rti_lines_peek(struct rti_lines *lines)
{
    size_t  i;

    lines_fill(lines);

    if (lines->len >= 3 && memcmp(lines->data, "\xEF\xBB\xBF", 3) == 0) {
        lines->data += 3;
        lines->len -= 3;
    }

    for (i = 0; i < lines->len; i++) {
        if (strchr(" \t\r\n", lines->data[i]) == NULL
            || lines->data[i] == '\0')
        {
            return (uint8_t) lines->data[i];
        }
    }

    return -1;
}


void
rti_lines_position(const struct rti_lines *lines, uint64_t *done,
    uint64_t *total)
{
    *total = lines->total;
    *done = lines->unpacker == NULL ? lines->total - lines->len
                                    : lines->offset;
}


void
rti_lines_close(struct rti_lines *lines)
{
    if (lines == NULL) {
        return;
    }

    rti_ahead_close(lines->ahead);
    rti_unpacker_close(lines->unpacker);
    free(lines->buffer);
    free(lines);
}
