/* Random numbers for estimates by drawing: seeded, the same everywhere, and
   for no secret. */

#ifndef RTA_RANDOM_H_INCLUDED
#define RTA_RANDOM_H_INCLUDED

#include "rtn.h"

/* Begins as { seed }. */
struct rta_random {
    uint64_t  state;
};

/* 64 bits: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
uint64_t rta_random_next(struct rta_random *random);

/* Above 0, up to 1. */
double rta_random_unit(struct rta_random *random);

/* A whole number below n, which is above 0; no number is favoured by more
   than n / 2^64. */
uint64_t rta_random_below(struct rta_random *random, uint64_t n);

/* Standard normal, by Box and Muller (Annals of Mathematical Statistics
   29:610, 1958). */
double rta_random_normal(struct rta_random *random);

#endif /* RTA_RANDOM_H_INCLUDED */
