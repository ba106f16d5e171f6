/*
 * Which posted events a scan has seen before: hashes with the time of their
 * first event, for seven days.
 *
 * There are two generations of hashes.  The younger takes new ones; when it
 * is seven days old, or has REPEATS_MAX of them, it becomes the elder and the
 * elder is forgotten.  So memory is bounded, by 400 MB, and a repeat is
 * missed only when that many other posted events lie between.
 *
 * No clock: times are those of the events' ids, which rise.  Pure but for
 * memory; one thread at a time.
 */

#ifndef REPEATS_H_INCLUDED
#define REPEATS_H_INCLUDED

#include "rtn.h"

#define REPEATS_DAYS_MS  (INT64_C(7) * 24 * 3600 * 1000)
#define REPEATS_MAX      (4 * 1024 * 1024)  /* hashes of a generation */

struct repeats_slot {
    int64_t  first_ms;                      /* 0: the slot is free */
    uint8_t  hash[RTN_HASH_LEN];
};

struct repeats_generation {
    size_t                count;
    size_t                size;             /* a power of two, or 0 */
    int64_t               began_ms;
    struct repeats_slot  *slots;
};

struct repeats {
    uint64_t                   seed;
    size_t                     max;         /* REPEATS_MAX; less in tests */
    struct repeats_generation  young;
    struct repeats_generation  old;
};

/*
 * seed   random, since senders choose what is hashed: without it they could
 *        choose hashes that fall on one slot
 */
void db_repeats_init(struct repeats *repeats, uint64_t seed);
void db_repeats_release(struct repeats *repeats);

/*
 * Whether a hash was added within the seven days before now_ms; if not, it
 * is added.
 *
 * now_ms   above 0, not below that of the call before
 *
 * RTN_ERR_NOMEM.
 */
int db_repeats_add(struct repeats *repeats, const uint8_t hash[RTN_HASH_LEN],
    int64_t now_ms, bool *is_repeat);

#endif /* REPEATS_H_INCLUDED */
