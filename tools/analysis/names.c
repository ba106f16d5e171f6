#include "names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_SIZE_FIRST  4096


int
rta_names_add(struct rta_names *names, const char *text, size_t *place)
{
    char    *bytes;
    size_t   len, size;

    len = strlen(text) + 1;

    if (len > names->size - names->len) {
        size = names->size == 0 ? NAMES_SIZE_FIRST : names->size;

        while (size - names->len < len) {
            if (size > SIZE_MAX / 2) {
                return RTN_ERR_NOMEM;
            }

            size *= 2;
        }

        bytes = realloc(names->bytes, size);

        if (bytes == NULL) {
            return RTN_ERR_NOMEM;
        }

        names->bytes = bytes;
        names->size = size;
    }

    memcpy(names->bytes + names->len, text, len);

    *place = names->len;
    names->len += len;

    return RTN_OK;
}


const char *
rta_names_get(const struct rta_names *names, size_t place)
{
    assert(place < names->len);

    return names->bytes + place;
}


void
rta_names_release(struct rta_names *names)
{
    free(names->bytes);
    memset(names, 0, sizeof(*names));
}
