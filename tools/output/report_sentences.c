/* The report's plain words one by one, for formats that break no lines. */

#include <stdlib.h>
#include <string.h>

#include "report_words.h"


/* Lines were broken for a terminal; the last one ends in a full stop. */

static void
sentences_each(char *text, void (*each)(void *data, const char *sentence),
    void *data)
{
    char  *line, *end;

    for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        while (end[-1] != '.' && end[1] != '\0') {
            *end = ' ';
            end = strchr(end, '\n');
        }

        *end = '\0';
        each(data, line);
    }
}


int
rto_report_sentences(const struct rto_report *report,
    void (*each)(void *data, const char *sentence), void *data)
{
    int     rc;
    char   *text = NULL;
    FILE   *out;
    size_t  size;

    out = open_memstream(&text, &size);

    if (out == NULL) {
        return RTN_ERR_NOMEM;
    }

    rto_report_words(out, report);
    rc = fclose(out) == 0 ? 0 : RTN_ERR_NOMEM;

    if (rc == 0) {
        sentences_each(text, each, data);
    }

    free(text);

    return rc;
}
