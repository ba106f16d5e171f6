/* What messages about a user's own words need: quoting, and a better word. */

#ifndef RTA_WORDING_H_INCLUDED
#define RTA_WORDING_H_INCLUDED

#include "rtn.h"

#define RTA_QUOTE_MAX  52       /* bytes of a quoted subject, with NUL */

/*
 * Makes a subject fit for a message: control bytes become '?', and what is
 * longer than RTA_QUOTE_MAX - 1 bytes is cut between characters and ends in
 * "...".
 *
 * text   UTF-8, may be empty
 *
 * Returns out, so that it can stand in an argument list.  Any thread.
 */
const char *rta_quote(struct rtn_str text, char out[RTA_QUOTE_MAX]);

/* The nearest name so far; begin with zeros. */
struct rta_nearest {
    const char  *name;          /* NULL: none is near enough to be meant */
    size_t       distance;
};

/*
 * Offers a name that may have been meant by word: it is kept when it is
 * nearer than the one before, at most two letters and half of word away.
 * name is kept as a pointer.  Any thread.
 */
void rta_nearest_offer(struct rta_nearest *nearest, struct rtn_str word,
    const char *name);

#endif /* RTA_WORDING_H_INCLUDED */
