#include "http_head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LENGTH    "Content-Length:"
#define CLOSE     "Connection: close"
#define ENCODING  "Transfer-Encoding:"


static bool
http_field_is(const char *line, const char *name)
{
    return strncasecmp(line, name, strlen(name)) == 0;
}


static void
http_field_read(const char *line, struct http_head *head)
{
    if (http_field_is(line, LENGTH)) {
        head->body = strtoul(line + strlen(LENGTH), NULL, 10);

    } else if (http_field_is(line, CLOSE)) {
        head->is_last = true;

    } else if (http_field_is(line, ENCODING)) {
        head->is_chunked = true;
    }
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

    if (strncmp(text, "HTTP/1.", 7) != 0 || line - text < 12
        || text[8] != ' ')
    {
        return -1;
    }

    head->status = atoi(text + 9);

    if (head->status < 100 || head->status > 999) {
        return -1;
    }

    for (line++; *line != '\r'; line++) {
        http_field_read(line, head);

        line = strchr(line, '\n');

        if (line == NULL) {
            return 0;
        }
    }

    return line[1] == '\n' ? line + 2 - text : 0;
}
