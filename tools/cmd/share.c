#include "share.h"

#include <stdlib.h>
#include <string.h>


bool
cmd_share_parse(const char *text, double *share)
{
    char    *end;
    double   number;

    /* strtod also takes blanks, signs, "inf" and "0x1p-8". */

    if (strspn(text, "0123456789.") == 0) {
        return false;
    }

    number = strtod(text, &end);

    if ((size_t) (end - text) != strspn(text, "0123456789.")) {
        return false;
    }

    if (strcmp(end, "%") == 0) {
        number /= 100;

    } else if (*end != '\0') {
        return false;
    }

    if (!(number >= 0 && number <= 1)) {
        return false;
    }

    *share = number;

    return true;
}
