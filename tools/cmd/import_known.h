/*
 * Private to import*.c: numbers of customers that were met before, so that the
 * store is not asked again at each of their rows; with a million customers
 * that was a third of an import.  What does not fit is forgotten.
 */

#ifndef CMD_IMPORT_KNOWN_H_INCLUDED
#define CMD_IMPORT_KNOWN_H_INCLUDED

#include "rtn.h"

struct import_known;

/* NULL: no memory, and then nothing is known. */
struct import_known *import_known_new(void);

/* 0: not known. */
uint32_t import_known_get(const struct import_known *known,
    struct rtn_str id);
/* An id keeps its number for good, so long as its slice is kept. */
void import_known_put(struct import_known *known, struct rtn_str id,
    uint32_t number);

/* NULL is allowed in all three. */
void import_known_free(struct import_known *known);

#endif /* CMD_IMPORT_KNOWN_H_INCLUDED */
