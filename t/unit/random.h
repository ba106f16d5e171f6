/*
 * Seeded random input of the property tests.  The seed is printed, and taken
 * from the first argument, so that a failure can be seen again.
 */

#ifndef T_RANDOM_H_INCLUDED
#define T_RANDOM_H_INCLUDED

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t  random_state;


/* SplitMix64, by Steele, Lea and Flood (2014). */
static inline uint64_t
random_next(void)
{
    uint64_t  z;

    z = random_state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);

    return z ^ z >> 31;
}


/* A number below n. */
static inline uint64_t
random_below(uint64_t n)
{
    return random_next() % n;
}


static inline void
random_init(int argc, char **argv)
{
    random_state = argc > 1 ? strtoull(argv[1], NULL, 10)
                            : (uint64_t) time(NULL);
    printf("# seed %" PRIu64 "\n", random_state);
}

#endif /* T_RANDOM_H_INCLUDED */
