#define _GNU_SOURCE

#include "load_requests.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static void
request_init(struct request *request, char *line, uint16_t port,
    const char *headers)
{
    int    len;
    char  *body;

    body = strchr(line, '\t');

    if (body != NULL) {
        *body++ = '\0';
    }

    len = asprintf(&request->data,
                   "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s"
                   "Content-Length: %zu\r\n\r\n%s",
                   line, port, headers, body != NULL ? strlen(body) : 0,
                   body != NULL ? body : "");

    if (len < 0) {
        errx(2, "out of memory");
    }

    request->len = (size_t) len;
    request->mark = strstr(request->data, INDEX_MARK);
    request->is_head = strncmp(line, "HEAD ", 5) == 0;
}


struct request *
load_requests_read(const char *path, uint16_t port, const char *headers,
    size_t *n)
{
    FILE            *file;
    char            *line;
    size_t           size, room, count;
    ssize_t          len;
    struct request  *requests;

    line = NULL;
    size = 0;
    room = 0;
    count = 0;
    requests = NULL;
    file = fopen(path, "r");

    if (file == NULL) {
        errx(2, "cannot open '%s'", path);
    }

    while ((len = getline(&line, &size, file)) > 0) {
        line[strcspn(line, "\n")] = '\0';

        if (count == room) {
            room = room ? room * 2 : 1024;
            requests = reallocarray(requests, room, sizeof(struct request));

            if (requests == NULL) {
                errx(2, "out of memory");
            }
        }

        request_init(&requests[count++], line, port, headers);
    }

    free(line);
    fclose(file);

    if (count == 0) {
        errx(2, "no request in '%s'", path);
    }

    *n = count;

    return requests;
}
