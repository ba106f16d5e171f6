#include "campaign_value.h"

#include <stdio.h>


bool
rti_decimal_parse(struct rtn_str text, int digits, int64_t max,
    int64_t *value)
{
    char     c;
    bool     has_point;
    size_t   i;
    int64_t  n;

    n = 0;
    has_point = false;

    if (text.len == 0 || text.data[0] == '.'
        || text.data[text.len - 1] == '.')
    {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c == '.' && !has_point) {
            has_point = true;
            continue;
        }

        if (c < '0' || c > '9' || (has_point && digits-- == 0)) {
            return false;
        }

        n = n * 10 + (c - '0');

        if (n > max) {
            return false;
        }
    }

    while (digits-- > 0) {
        n *= 10;

        if (n > max) {
            return false;
        }
    }

    *value = n;

    return true;
}


bool
rti_suffix_cut(struct rtn_str *text, char suffix)
{
    if (text->len == 0 || text->data[text->len - 1] != suffix) {
        return false;
    }

    text->len--;

    return true;
}


const char *
rti_ppm_format(uint32_t ppm, char out[RTI_PPM_TEXT_MAX])
{
    size_t  len;

    len = (size_t) snprintf(out, RTI_PPM_TEXT_MAX, "%u.%04u",
                            (unsigned) (ppm / 10000),
                            (unsigned) (ppm % 10000));

    while (out[len - 1] == '0') {
        len--;
    }

    if (out[len - 1] == '.') {
        len--;
    }

    out[len] = '%';
    out[len + 1] = '\0';

    return out;
}
