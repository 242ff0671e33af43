/* Random numbers from a seed: splitmix64. */
#ifndef RNG_H
#define RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct rng {
  uint64_t state;
} rng;

uint64_t rng_next(rng *random);

/* Uniform in -bound ... bound. */
float rng_uniform(rng *random, float bound);

/* 0 ... count - 1 in random order. */
void rng_permutation(rng *random, uint32_t *order, size_t count);

#endif
