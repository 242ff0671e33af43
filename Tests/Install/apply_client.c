/* Calls the kernel of a product: the matrix has ones, and so every entry of the result is the sum of x. */
#include <stdlib.h>

#include "apply.h"

int main(void) {
  static float matrix[1600], x[40], result[40];
  for (int i = 0; i < 1600; i++) matrix[i] = 1;
  for (int i = 0; i < 40; i++) x[i] = 2;
  const size_t bytes = apply_apply_workspace_bytes(1, 0), unit = CAJAL_WORKSPACE_ALIGNMENT;
  void *work = aligned_alloc(unit, (bytes / unit + 1) * unit);
  if (work == NULL || apply_apply_forward(1, matrix, 1600, x, 40, result, work) != CAJAL_OK) return 1;
  for (int i = 0; i < 40; i++)
    if (result[i] != 80) return 1;
  free(work);
  return 0;
}
