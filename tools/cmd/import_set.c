/* Open addressing, at most half full; key 0 marks a free place. */

#include <stdlib.h>
#include <string.h>

#include "import_set.h"

#define SET_SIZE_FIRST  1024

struct import_pair {
    uint64_t  key;
    uint64_t  value;
};


static struct import_pair *
set_find(const struct import_set *set, uint64_t key)
{
    size_t  i;

    for (i = key & (set->size - 1);
         set->pairs[i].key != 0 && set->pairs[i].key != key;
         i = (i + 1) & (set->size - 1))
    {
        /* void */
    }

    return &set->pairs[i];
}


static int
set_grow(struct import_set *set)
{
    size_t             i;
    struct import_set  larger;

    larger.size = set->size == 0 ? SET_SIZE_FIRST : set->size * 2;
    larger.n = set->n;
    larger.pairs = calloc(larger.size, sizeof(*larger.pairs));

    if (larger.pairs == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < set->size; i++) {
        if (set->pairs[i].key != 0) {
            *set_find(&larger, set->pairs[i].key) = set->pairs[i];
        }
    }

    free(set->pairs);
    *set = larger;

    return 0;
}


int
import_set_put(struct import_set *set, uint64_t key, uint64_t *value)
{
    struct import_pair  *pair;

    if (set->n * 2 >= set->size && set_grow(set) != 0) {
        return RTN_ERR_NOMEM;
    }

    key = key == 0 ? 1 : key;
    pair = set_find(set, key);

    if (pair->key != 0) {
        *value = pair->value;
        return RTN_ERR_EXISTS;
    }

    pair->key = key;
    pair->value = *value;
    set->n++;

    return 0;
}


void
import_set_release(struct import_set *set)
{
    free(set->pairs);
    memset(set, 0, sizeof(*set));
}


uint64_t
import_set_key(const struct rtn_store *store, struct rtn_str bytes)
{
    uint8_t   hash[RTN_HASH_LEN];
    uint64_t  key;

    rtn_customer_hash(store, bytes, hash);
    memcpy(&key, hash, sizeof(key));

    return key;
}
