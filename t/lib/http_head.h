/* The head of an HTTP/1 answer, as far as a load generator needs it. */

#ifndef HTTP_HEAD_H_INCLUDED
#define HTTP_HEAD_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct http_head {
    int     status;             /* 100 to 999 */
    size_t  body;               /* bytes, as Content-Length says; else 0 */
    bool    is_chunked;
    bool    is_last;            /* the server closes after this answer */
};

/*
 * Reads the head at the beginning of a text, which ends in NUL, in one pass.
 * Its lines end in CR and LF.
 *
 * Returns its bytes, with the empty line; 0: more must come; -1: it is none.
 */
ssize_t http_head_read(const char *text, struct http_head *head);

#endif /* HTTP_HEAD_H_INCLUDED */
