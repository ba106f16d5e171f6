#include "wording.h"

#include <string.h>

#define WORDING_CUT        "..."
#define WORDING_NAME_MAX   32       /* longer words are not compared */
#define WORDING_FAR_MAX     2


static size_t wording_cut(struct rtn_str text, size_t max);
static size_t wording_distance(struct rtn_str a, struct rtn_str b);
static size_t wording_min(size_t a, size_t b);


const char *
rta_quote(struct rtn_str text, char out[RTA_QUOTE_MAX])
{
    bool           is_cut;
    size_t         i, len;
    unsigned char  c;

    is_cut = text.len > RTA_QUOTE_MAX - 1;
    len = text.len;

    if (is_cut) {
        len = wording_cut(text, RTA_QUOTE_MAX - sizeof(WORDING_CUT));
    }

    for (i = 0; i < len; i++) {
        c = (unsigned char) text.data[i];
        out[i] = (c < 0x20 || c == 0x7f) ? '?' : text.data[i];
    }

    if (is_cut) {
        memcpy(out + len, WORDING_CUT, sizeof(WORDING_CUT));

    } else {
        out[len] = '\0';
    }

    return out;
}


/* The most bytes up to max that end between two characters of UTF-8. */
static size_t
wording_cut(struct rtn_str text, size_t max)
{
    while (max > 0 && ((unsigned char) text.data[max] & 0xc0) == 0x80) {
        max--;
    }

    return max;
}


void
rta_nearest_offer(struct rta_nearest *nearest, struct rtn_str word,
    const char *name)
{
    size_t          distance;
    struct rtn_str  candidate;

    candidate.data = name;
    candidate.len = strlen(name);

    if (word.len > WORDING_NAME_MAX || candidate.len > WORDING_NAME_MAX) {
        return;
    }

    distance = wording_distance(word, candidate);

    if (distance > WORDING_FAR_MAX || distance * 2 > word.len) {
        return;
    }

    if (nearest->name == NULL || distance < nearest->distance) {
        nearest->name = name;
        nearest->distance = distance;
    }
}


/*
 * Levenshtein's distance by the row method of Wagner and Fischer (1974):
 * row[j] is the distance between the letters of a seen so far and the first
 * j letters of b.
 */
static size_t
wording_distance(struct rtn_str a, struct rtn_str b)
{
    size_t  i, j, diagonal, above, row[WORDING_NAME_MAX + 1];

    for (j = 0; j <= b.len; j++) {
        row[j] = j;
    }

    for (i = 0; i < a.len; i++) {
        diagonal = row[0];
        row[0] = i + 1;

        for (j = 0; j < b.len; j++) {
            above = row[j + 1];
            row[j + 1] = wording_min(wording_min(above, row[j]) + 1,
                                     diagonal + (a.data[i] != b.data[j]));
            diagonal = above;
        }
    }

    return row[b.len];
}


static size_t
wording_min(size_t a, size_t b)
{
    return a < b ? a : b;
}
