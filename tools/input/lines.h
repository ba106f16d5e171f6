/*
 * Private to tools/input: physical lines of a file or a buffer, compressed or
 * not.  A line ends with LF, CR LF or a lone CR, or with the file.
 */

#ifndef RTI_LINES_H_INCLUDED
#define RTI_LINES_H_INCLUDED

#include "rows.h"

struct rti_lines;

/* path: "-" is standard input.  fault is filled on failure. */
int rti_lines_open(const char *path, struct rti_lines **lines,
    struct rti_fault *fault);
int rti_lines_open_buffer(const void *data, size_t size,
    struct rti_lines **lines, struct rti_fault *fault);

struct rti_line {
    struct rtn_str  text;           /* with its end of line, if it has one */
    uint64_t        number;         /* from 1 */
    bool            is_cut;         /* longer than RTI_ROW_MAX; the rest was
                                       skipped */
};

/*
 * The next line; its bytes live until the next call.  RTN_ERR_NOT_FOUND: the
 * end.  RTN_ERR_IO: reading broke off, fault is filled.
 */
int rti_lines_next(struct rti_lines *lines, struct rti_line *line,
    struct rti_fault *fault);

/*
 * A place to come back to: rti_lines_mark after the first line of something
 * that may go on, rti_lines_rewind when it was nothing of the kind.  Then line
 * is the marked line again, and rti_lines_next goes on behind it.  At most
 * RTI_ROW_MAX bytes may be read since the mark, and one line more.
 */
void rti_lines_mark(struct rti_lines *lines);
void rti_lines_rewind(struct rti_lines *lines, struct rti_line *line);

/* The next byte that is no white space, without reading it; -1: none, or a
   fault that rti_lines_next will tell.  Skips a BOM.  Before the first
   rti_lines_next only, and looks no further than one buffer. */
int rti_lines_peek(struct rti_lines *lines);

void rti_lines_position(const struct rti_lines *lines, uint64_t *done,
    uint64_t *total);

/* NULL is allowed. */
void rti_lines_close(struct rti_lines *lines);

#endif /* RTI_LINES_H_INCLUDED */
