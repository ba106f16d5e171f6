/* The requests of a load: a file of one a line, as load.c describes it. */

#ifndef LOAD_REQUESTS_H_INCLUDED
#define LOAD_REQUESTS_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_MARK  "##########"    /* becomes the request's index */

struct request {
    char    *data;              /* the whole request, as it is sent */
    size_t   len;
    char    *mark;              /* in data, where the index stands, or NULL */
    bool     is_head;
};

/*
 * Reads the file at path, which has one request at least; ends the program
 * where it cannot.
 *
 * port      of 127.0.0.1, for the header Host
 * headers   for each request, each with its line end; may be empty
 * n         gets how many there are
 */
struct request *load_requests_read(const char *path, uint16_t port,
    const char *headers, size_t *n);

#endif /* LOAD_REQUESTS_H_INCLUDED */
