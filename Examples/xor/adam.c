#include "adam.h"

#include <math.h>
#include <stdlib.h>

#include "memory.h"

static const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;

adam adam_new(size_t count) {
  return (adam){
      .count = count,
      .first = must_allocate(count, sizeof(float)),
      .second = must_allocate(count, sizeof(float)),
      .decay1 = 1,
      .decay2 = 1,
  };
}

void adam_free(adam *state) {
  free(state->first);
  free(state->second);
}

void adam_step(adam *state, float rate, float *restrict parameters, const float *restrict gradients) {
  state->decay1 *= (double)beta1;
  state->decay2 *= (double)beta2;
  const float step = rate / (float)(1 - state->decay1);
  const float correction = (float)(1 / (1 - state->decay2));
  float *restrict first = state->first, *restrict second = state->second;
  for (size_t i = 0; i < state->count; i++) {
    const float g = gradients[i];
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    parameters[i] -= step * first[i] / (sqrtf(second[i] * correction) + epsilon);
  }
}
