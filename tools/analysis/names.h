/* Many short texts kept side by side, found again by where they begin. */

#ifndef RTA_NAMES_H_INCLUDED
#define RTA_NAMES_H_INCLUDED

#include "rtn.h"

/* Zeros begin; ended by rta_names_release.  The fields are the file's own. */
struct rta_names {
    char    *bytes;
    size_t   len;
    size_t   size;
};

/*
 * Keeps a copy of a text that ends with NUL.
 *
 * place   what rta_names_get takes
 *
 * RTN_ERR_NOMEM; names is unchanged.
 */
int rta_names_add(struct rta_names *names, const char *text, size_t *place);

/* The text; lives until the next rta_names_add. */
const char *rta_names_get(const struct rta_names *names, size_t place);

/* Frees all of them. */
void rta_names_release(struct rta_names *names);

#endif /* RTA_NAMES_H_INCLUDED */
