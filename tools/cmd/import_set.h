/* What a file has said so far: a map from 64 bits to 64 bits. */

#ifndef CMD_IMPORT_SET_H_INCLUDED
#define CMD_IMPORT_SET_H_INCLUDED

#include "rtn_store.h"

/* Zeros are an empty set. */
struct import_set {
    struct import_pair  *pairs;
    size_t               size;          /* a power of two, or 0 */
    size_t               n;
};

/*
 * Puts a pair unless the key is there.
 *
 * value   in: of a new key; out: what the key has
 *
 * RTN_ERR_EXISTS: the key was there.  RTN_ERR_NOMEM.
 */
int import_set_put(struct import_set *set, uint64_t key, uint64_t *value);

void import_set_release(struct import_set *set);

/* A key of some bytes, from the store's keyed hash: no file can be made whose
   keys collide. */
uint64_t import_set_key(const struct rtn_store *store, struct rtn_str bytes);

#endif /* CMD_IMPORT_SET_H_INCLUDED */
