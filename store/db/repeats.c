#include <stdlib.h>
#include <string.h>

#include "repeats.h"

#define REPEATS_SIZE_FIRST  1024

static const struct repeats_slot *repeats_find(const struct repeats *repeats,
    const struct repeats_generation *generation, const uint8_t *hash);
static struct repeats_slot *repeats_slot(
    const struct repeats_generation *generation, uint64_t seed,
    const uint8_t *hash);
static int repeats_grow(struct repeats *repeats);
static void repeats_turn(struct repeats *repeats, int64_t now_ms);


void
db_repeats_init(struct repeats *repeats, uint64_t seed)
{
    *repeats = (struct repeats) { .seed = seed, .max = REPEATS_MAX };
}


void
db_repeats_release(struct repeats *repeats)
{
    free(repeats->young.slots);
    free(repeats->old.slots);
    *repeats = (struct repeats) { .seed = 0 };
}


int
db_repeats_add(struct repeats *repeats, const uint8_t hash[RTN_HASH_LEN],
    int64_t now_ms, bool *is_repeat)
{
    int                         rc;
    struct repeats_slot        *slot;
    const struct repeats_slot  *seen;

    repeats_turn(repeats, now_ms);

    seen = repeats_find(repeats, &repeats->young, hash);

    if (seen == NULL) {
        seen = repeats_find(repeats, &repeats->old, hash);
    }

    if (seen != NULL && now_ms - seen->first_ms <= REPEATS_DAYS_MS) {
        *is_repeat = true;
        return 0;
    }

    rc = repeats_grow(repeats);
    if (rc != 0) {
        return rc;
    }

    slot = repeats_slot(&repeats->young, repeats->seed, hash);

    if (slot->first_ms == 0) {
        repeats->young.count++;
        memcpy(slot->hash, hash, RTN_HASH_LEN);
    }

    slot->first_ms = now_ms;
    *is_repeat = false;

    return 0;
}


static const struct repeats_slot *
repeats_find(const struct repeats *repeats,
    const struct repeats_generation *generation, const uint8_t *hash)
{
    const struct repeats_slot  *slot;

    if (generation->count == 0) {
        return NULL;
    }

    slot = repeats_slot(generation, repeats->seed, hash);

    return slot->first_ms != 0 ? slot : NULL;
}


/* The slot that has a hash, or the free one where it belongs. */
static struct repeats_slot *
repeats_slot(const struct repeats_generation *generation, uint64_t seed,
    const uint8_t *hash)
{
    uint64_t              i;
    struct repeats_slot  *slot;

    memcpy(&i, hash, sizeof(i));

    /* the finaliser of splitmix64: Steele, Lea, Flood, OOPSLA 2014 */
    i ^= seed;
    i = (i ^ i >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    i = (i ^ i >> 27) * UINT64_C(0x94D049BB133111EB);
    i ^= i >> 31;

    for ( ;; i++) {
        slot = &generation->slots[i & (generation->size - 1)];

        if (slot->first_ms == 0
            || memcmp(slot->hash, hash, RTN_HASH_LEN) == 0)
        {
            return slot;
        }
    }
}


/* Keeps half of the slots free. */
static int
repeats_grow(struct repeats *repeats)
{
    size_t                     i;
    struct repeats_slot       *slot;
    struct repeats_generation  bigger, *young;

    young = &repeats->young;

    if (young->count < young->size / 2) {
        return 0;
    }

    bigger = *young;
    bigger.size = young->size > 0 ? young->size * 2 : REPEATS_SIZE_FIRST;
    bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));

    if (bigger.slots == NULL) {
        return RTN_ERR_NOMEM;
    }

    for (i = 0; i < young->size; i++) {
        slot = &young->slots[i];

        if (slot->first_ms != 0) {
            *repeats_slot(&bigger, repeats->seed, slot->hash) = *slot;
        }
    }

    free(young->slots);
    *young = bigger;

    return 0;
}


static void
repeats_turn(struct repeats *repeats, int64_t now_ms)
{
    if (repeats->young.count < repeats->max
        && now_ms - repeats->young.began_ms <= REPEATS_DAYS_MS)
    {
        return;
    }

    free(repeats->old.slots);
    repeats->old = repeats->young;
    repeats->young = (struct repeats_generation) { .began_ms = now_ms };
}
