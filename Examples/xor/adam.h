/* Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1), with beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8. */
#ifndef ADAM_H
#define ADAM_H

#include <stddef.h>

typedef struct adam {
  size_t count;
  float *first, *second; /* moments of the gradient */
  double decay1, decay2; /* beta1^t, beta2^t */
} adam;

adam adam_new(size_t count);
void adam_free(adam *state);

void adam_step(adam *state, float rate, float *parameters, const float *gradients);

#endif
