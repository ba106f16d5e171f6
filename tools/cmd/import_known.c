#include "import_known.h"

#include <stdlib.h>
#include <string.h>

#define KNOWN_SETS   (1u << 20)         /* 64 megabytes, when all are used */
#define KNOWN_WAYS   2
#define KNOWN_ID_MAX 27                 /* bytes; longer ones are not kept */

/* A set is a line of the processor's memory. */
struct known_slot {
    uint32_t  number;                   /* 0: free */
    uint8_t   len;
    char      id[KNOWN_ID_MAX];
};

struct import_known {
    struct known_slot  sets[KNOWN_SETS][KNOWN_WAYS];
};


struct import_known *
import_known_new(void)
{
    return calloc(1, sizeof(struct import_known));
}


void
import_known_free(struct import_known *known)
{
    free(known);
}


/* FNV-1a.  Ids that were chosen to fall together cost a question each. */

static size_t
known_set(struct rtn_str id)
{
    size_t    i;
    uint64_t  hash = UINT64_C(0xCBF29CE484222325);

    for (i = 0; i < id.len; i++) {
        hash = (hash ^ (uint8_t) id.data[i]) * UINT64_C(0x100000001B3);
    }

    return (hash ^ hash >> 32) % KNOWN_SETS;
}


uint32_t
import_known_get(const struct import_known *known, struct rtn_str id)
{
    size_t                    i;
    const struct known_slot  *slot;

    if (known == NULL || id.len > KNOWN_ID_MAX) {
        return 0;
    }

    slot = known->sets[known_set(id)];

    for (i = 0; i < KNOWN_WAYS; i++, slot++) {
        if (slot->number != 0 && slot->len == id.len
            && memcmp(slot->id, id.data, id.len) == 0)
        {
            return slot->number;
        }
    }

    return 0;
}


/* The one that came first gives way. */

void
import_known_put(struct import_known *known, struct rtn_str id,
    uint32_t number)
{
    struct known_slot  *slots;

    if (known == NULL || id.len > KNOWN_ID_MAX) {
        return;
    }

    slots = known->sets[known_set(id)];
    slots[1] = slots[0];

    slots[0].number = number;
    slots[0].len = (uint8_t) id.len;
    memcpy(slots[0].id, id.data, id.len);
}
