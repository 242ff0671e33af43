/* A caller with named arguments, in C: `flip` of Examples/paper/flip.cajal, forward and backward. */
#include <stdio.h>

#include "flip.h"

int main(void) {
  /* true, and the third timestep of a horizon of 10. */
  const float x[2] = {1, 0}, n[10] = {0, 0, 0, 1}, result_bar[2] = {1, 10};
  float result[2], x_bar[2], n_bar[10];
  _Alignas(64) unsigned char work[4096];
  if (flip_flip_from_workspace_bytes(1, 1) > sizeof work) return 1;
  if (flip_flip_from_forward_keep(1, x, 2, n, 10, result, work) != CAJAL_OK) return 1;
  if (flip_flip_from_backward(1, x, 2, n, 10, result_bar, x_bar, n_bar, work) != CAJAL_OK) return 1;
  printf("%g %g | %g %g | %g %g\n", (double)result[0], (double)result[1], (double)x_bar[0], (double)x_bar[1],
         (double)n_bar[0], (double)n_bar[1]);
  return 0;
}
