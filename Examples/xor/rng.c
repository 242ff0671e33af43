#include "rng.h"

uint64_t rng_next(rng *random) {
  uint64_t z = random->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

float rng_uniform(rng *random, float bound) {
  return bound * ((float)(rng_next(random) >> 40) * 0x1p-23f - 1);
}

void rng_permutation(rng *random, uint32_t *order, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const size_t j = (size_t)(rng_next(random) % (i + 1)); /* the bias of % is below 2^-30 here */
    order[i] = order[j];
    order[j] = (uint32_t)i;
  }
}
