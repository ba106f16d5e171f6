#include "http_head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LENGTH    "Content-Length:"
#define CLOSE     "Connection: close"
#define ENCODING  "Transfer-Encoding:"


static bool
http_head_field_is(const char *line, const char *name)
{
    return strncasecmp(line, name, strlen(name)) == 0;
}


static void
http_head_field_read(const char *line, struct http_head *head)
{
    if (http_head_field_is(line, LENGTH)) {
        head->body = strtoul(line + strlen(LENGTH), NULL, 10);

    } else if (http_head_field_is(line, CLOSE)) {
        head->is_last = true;

    } else if (http_head_field_is(line, ENCODING)) {
        head->is_chunked = true;
    }
}


/* The status in "HTTP/1.1 200 OK", which ends in a line feed; or -1. */
static int
http_head_status_read(const char *line)
{
    int     status;
    size_t  i;

    if (strncmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ') {
        return -1;
    }

    for (i = 9, status = 0; i < 12; i++) {
        if (line[i] < '0' || line[i] > '9') {
            return -1;
        }

        status = status * 10 + line[i] - '0';
    }

    return status >= 100 && (line[i] == ' ' || line[i] == '\r') ? status : -1;
}


ssize_t
http_head_read(const char *text, struct http_head *head)
{
    const char  *line;

    memset(head, 0, sizeof(struct http_head));

    line = strchr(text, '\n');

    if (line == NULL) {
        return 0;
    }

    head->status = http_head_status_read(text);

    if (head->status < 0) {
        return -1;
    }

    for (line++; *line != '\r' && *line != '\n'; line++) {
        http_head_field_read(line, head);

        line = strchr(line, '\n');

        if (line == NULL) {
            return 0;
        }
    }

    if (line[0] == '\r' && line[1] == '\n') {
        return line + 2 - text;
    }

    return line[0] == '\r' && line[1] == '\0' ? 0 : -1;
}
